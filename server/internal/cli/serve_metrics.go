package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"time"

	"framecraft/server/internal/logs"
	"framecraft/server/internal/web"
)

// What the operator sees and visitors do not: metrics, health and, if asked for,
// profiles, on a listener of their own. It is on loopback unless the operator says
// otherwise, and there it answers only to loopback's names, or else a page in a
// browser on this machine could read it under a name of its own that leads here.

// metricsFlags are part of serve's.
type metricsFlags struct {
	Metrics     string `placeholder:"ADDRESS" help:"Second address to listen on, with /metrics for Prometheus and /healthz (default: none)."`
	MetricsOpen bool   `help:"Let --metrics be an address that other machines reach."`
	Pprof       bool   `help:"Serve /debug/pprof/ on the --metrics address, too; not with --metrics-open."`
}

func (f *metricsFlags) check() error {
	switch {
	case f.Metrics == "" && (f.MetricsOpen || f.Pprof):
		return errors.New("found --metrics-open or --pprof without --metrics, expected --metrics ADDRESS, such as 127.0.0.1:9090")
	case f.MetricsOpen && f.Pprof:
		return errors.New("found --pprof with --metrics-open, expected one of them: profiles hold what visitors sent")
	}
	return nil
}

// listenMetrics returns the listener, nil without an address.
func (f *metricsFlags) listenMetrics() (net.Listener, error) {
	if f.Metrics == "" {
		return nil, nil
	}
	listener, err := listen(f.Metrics, "--metrics")
	if err != nil {
		return nil, err
	}
	at, ok := listener.Addr().(*net.TCPAddr)
	if !f.MetricsOpen && !(ok && at.IP.IsLoopback()) {
		return nil, errors.Join(fmt.Errorf("--metrics is %s, which other machines may reach, expected an address of loopback, or --metrics-open", f.Metrics), listener.Close())
	}
	return listener, nil
}

// serveMetrics begins to serve; what it returns ends that. Without a listener there
// is nothing to do.
func (f *metricsFlags) serveMetrics(listener net.Listener, site *web.Site, log *slog.Logger) (end func()) {
	if listener == nil {
		return func() {}
	}
	server := f.metricsServer(site, log)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics are not served any more", "error", err)
		}
	}()
	log.Info("metrics", "url", "http://"+listener.Addr().String()+"/metrics", "pprof", f.Pprof)
	return func() {
		// An error means that somebody was in the middle of reading.
		_ = server.Close()
		<-ended
	}
}

func (f *metricsFlags) metricsServer(site *web.Site, log *slog.Logger) *http.Server {
	server := &http.Server{
		Handler:           f.metricsHandler(site),
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    8192,
		ErrorLog:          logs.ForHTTP(log, site.Metrics().AcceptFailed, func() {}),
	}
	if f.MetricsOpen {
		// Whoever sends a body slowly, or reads slowly, would stay for ever. On loopback
		// these times would cut profiles off.
		server.ReadTimeout, server.WriteTimeout = 10*time.Second, 30*time.Second
	}
	return server
}

func (f *metricsFlags) metricsHandler(site *web.Site) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", site.Metrics().Handler())
	mux.HandleFunc("GET /healthz", site.Health)
	if f.Pprof {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if !f.MetricsOpen && !loopbackHost(r.Host) {
			http.Error(w, "expected a name of loopback as Host", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// loopbackHost reports whether a Host names this machine and nothing else can.
func loopbackHost(hostPort string) bool {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		host = hostPort
	}
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

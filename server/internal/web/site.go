// Package web is everything of the server that speaks HTTP: the page and its
// files, the session cookie, the doors to the sockets. What happens behind those
// doors is package endpoint's, and package wire's for scenarios.
//
// In reading order:
//
//	site.go       the routes, and how the site is put together
//	headers.go    security headers; requests that are refused before any route
//	refusal.go    what becomes of whoever is refused, at any door
//	observe.go    what is measured of requests that are no upgrade; panics
//	files.go      the page's files
//	session.go keys.go   the cookie and its keys
//	proxy.go      whose request it is, directly or behind a proxy
//	origin.go     whose pages may open the page's socket
//	callers.go    how many TCP connections there may be that are no WebSocket
//	admission.go  how many connections there may be
//	socket.go     /socket and /echo
//	play.go       /play
//	tally.go      who has what, and how often lately; admission.go and playquota.go use it
//	playquota.go  how many scenarios a session may play
//	live.go       /live; live_message.go what it says, live_history.go of the past,
//	              live_growth.go of a connection's memory, live_open.go the
//	              connections that it lets the server open
package web

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/logs"
	"framecraft/server/internal/metrics"
	"framecraft/server/internal/opener"
	"framecraft/server/internal/wire"

	"github.com/go-chi/chi/v5"
)

// Config is what a site is made of.
type Config struct {
	// Page holds the page's files, index.html at its root.
	Page fs.FS
	// Keys are the cookie's, the newest pair first.
	Keys []KeyPair
	// Origins may open the page's socket.
	Origins []string
	// TrustedProxies are the networks whose X-Forwarded-For is believed; without
	// any, the address of the TCP peer is the client's.
	TrustedProxies []netip.Prefix
	// OnlyProxies refuses every request that comes from elsewhere.
	OnlyProxies bool
	// HSTS tells browsers to come back by TLS only, for a year.
	HSTS   bool
	Counts Counts
	// SocketRate is how fast a page may send, EchoRate how fast anybody may to /echo;
	// the zero Rate is no limit.
	SocketRate, EchoRate endpoint.Rate
	// EchoMessage is how long a message of /echo may be; 0 is EchoMessageLimit. Each
	// connection can make the server hold as much.
	EchoMessage int
	Limits      endpoint.Limits
	// Allow says what /play may dial besides the built-in targets; nil is nothing.
	Allow *wire.Guard
	// Play limits each play; without a time it is wire.DefaultLimits.
	Play wire.Limits
	// Listener is the address that the server listens on, for /live to show, and
	// ReusePort says that other processes listen on it as well.
	Listener  net.Addr
	ReusePort bool
	// Strangers says that anybody may come: /live tells nothing of the machine beyond
	// this server then.
	Strangers bool
	// OpenLimit is how many connections /live lets the server open to itself, in
	// all; where it must not, NotOpening says why.
	OpenLimit  int
	NotOpening string
	Log        *slog.Logger
	// LogAddress is what the log has of visitors' addresses.
	LogAddress logs.Addresses

	// HeaderTime is how long a request's header may take; 0 is 5 s.
	HeaderTime time.Duration
	// SessionAge is how long a cookie is good for; 0 is 12 h.
	SessionAge time.Duration
}

// DefaultSocketRate is how fast a page may send unless the operator says
// otherwise.
func DefaultSocketRate() endpoint.Rate {
	return endpoint.Rate{
		MessagesASecond: 50, MessageBurst: 100,
		PingsASecond: 5, PingBurst: 10,
		BytesASecond: 1 << 20, ByteBurst: 1 << 20,
	}
}

// Site is the server's handler with all that belongs to it.
type Site struct {
	files     map[string]*file
	sessions  *sessions
	origins   []string
	admission *admission
	endpoint  *endpoint.Endpoint
	log       *slog.Logger
	metrics   *metrics.Metrics

	logAddress logs.Addresses
	proxies    []netip.Prefix
	headerTime time.Duration

	echo    endpoint.Kind
	sockets [4]endpoint.Kind // see readings

	dialer     *wire.Dialer
	playLimits wire.Limits
	playRate   endpoint.Rate
	plays      *playQuota
	playing    sync.WaitGroup
	// perform is wire.Play, and playFlush the constant, but for tests that play very
	// many scenarios.
	perform   func(context.Context, *protocol.Scenario, wire.Target, wire.Options, func(protocol.Entry)) (wire.Result, error)
	playFlush time.Duration

	watch     *watch
	listener  *liveListener
	strangers bool
	liveRate  endpoint.Rate
	opener    *opener.Opener
	// newGroup is the opener's, but for tests.
	newGroup func(owner endpoint.Owner, news func()) group
	opened   endpoint.Kind

	handler http.Handler
}

// New puts a site together. Close it with Shutdown.
func New(config Config) (*Site, error) {
	files, err := readFiles(config.Page)
	if err != nil {
		return nil, err
	}
	secure, err := SecureOrigins(config.Origins)
	if err != nil {
		return nil, err
	}
	if len(config.Keys) == 0 {
		return nil, fmt.Errorf("web: no cookie keys, expected at least one pair")
	}
	if config.HeaderTime == 0 {
		config.HeaderTime = 5 * time.Second
	}
	if config.SessionAge == 0 {
		config.SessionAge = 12 * time.Hour
	}
	if config.EchoMessage == 0 {
		config.EchoMessage = EchoMessageLimit
	}
	if config.Play.Time == 0 {
		config.Play = wire.DefaultLimits()
	}
	s := &Site{
		files:     files,
		sessions:  newSessions(config.Keys, secure, config.SessionAge),
		origins:   config.Origins,
		admission: newAdmission(config.Counts, time.Now),
		endpoint:  endpoint.New(config.Limits, config.Log),
		log:       config.Log,

		logAddress: config.LogAddress,
		proxies:    config.TrustedProxies,
		headerTime: config.HeaderTime,

		echo:    endpoint.Echo(config.EchoMessage),
		sockets: socketKinds(config.SocketRate),

		dialer:     &wire.Dialer{Guard: config.Allow},
		playLimits: config.Play,
		playRate:   config.SocketRate,
		plays:      newPlayQuota(config.Counts, time.Now),
		perform:    wire.Play,
		playFlush:  playFlush,

		listener:  listenerOf(config.Listener, config.ReusePort),
		strangers: config.Strangers,
		liveRate:  config.SocketRate,
		opened:    endpoint.Echo(EchoMessageLimit),
	}
	s.newGroup = func(owner endpoint.Owner, news func()) group { return s.opener.Group(owner, news) }
	s.metrics = metrics.New(s.endpoint.Totals, s.endpoint.Closing)
	s.opener = opener.New(opener.Config{
		Limit: config.OpenLimit, Off: config.NotOpening,
		Listener: config.Listener, Shared: config.ReusePort, Path: "/echo",
		Panicked: func(stack []byte) { s.panicked("opening connections", stack) },
	})
	s.watch = newWatch(s.endpoint, func(stack []byte) { s.panicked("looking at the process", stack) })
	s.echo.Rate = config.EchoRate
	s.echo.Name, s.opened.Name, s.opened.Crowd = "/echo", openedName, true
	s.dialer.BuiltIn = s.builtIn()
	// No middleware here wraps the ResponseWriter, times out, compresses or
	// throttles: all routes go through these, the upgrades too.
	router := chi.NewRouter()
	router.Use(s.recoverPanics, securityHeaders)
	if config.HSTS {
		router.Use(strictTransport)
	}
	if config.OnlyProxies {
		router.Use(s.onlyFrom(config.TrustedProxies))
	}
	router.Use(s.clientAddressFrom(config.TrustedProxies), refuseOddRequests(func(w http.ResponseWriter, r *http.Request, refusal *endpoint.Refusal) {
		s.turnAwayFor(w, r, causeRequest, refusal)
	}))
	router.Get("/healthz", s.Health)
	router.Head("/healthz", s.Health)
	router.HandleFunc("/socket", s.socket)
	router.HandleFunc("/echo", s.echoSocket)
	router.Get("/echo/options", s.echoOptions)
	router.Head("/echo/options", s.echoOptions)
	router.HandleFunc("/play", s.play)
	router.HandleFunc("/live", s.live)
	router.Get("/presets", s.listPresets)
	router.Head("/presets", s.listPresets)
	router.With(s.observe).Get("/*", s.page)
	router.With(s.observe).Head("/*", s.page)
	router.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", "GET, HEAD")
		s.turnAway(w, r, http.StatusMethodNotAllowed, causeRequest, "expected the method GET", "")
	})
	// The only target that is no path is that of OPTIONS *.
	router.NotFound(func(w http.ResponseWriter, r *http.Request) {
		s.turnAway(w, r, http.StatusNotFound, causeRequest, "nothing here", "")
	})
	s.handler = router
	return s, nil
}

// builtIn returns the target of /play in this process: /echo as everybody else
// finds it, but for the doors, and for the security headers, which are for browsers
// and would be most of what a transcript shows. A visitor who plays has been
// counted already, and what is refused there is refused to a scenario.
func (s *Site) builtIn() *wire.BuiltIn {
	kind := s.echo
	kind.Name = "echo played"
	refuse := refuseOddRequests(func(w http.ResponseWriter, _ *http.Request, r *endpoint.Refusal) { r.Write(w) })
	echo := wire.WatchedEchoHandler(s.endpoint, kind, func(e *endpoint.Ending) {
		if e != nil && e.Panicked {
			s.metrics.Panicked()
		}
	})
	return wire.NewBuiltIn(s.serverOf(s.recoverPanics(refuse(echo))))
}

// Server returns the http.Server of the site.
func (s *Site) Server() *http.Server {
	server := s.serverOf(s)
	s.limitCallers(server, s.admission.counts.CallersPerAddress, s.proxies)
	return server
}

// serverOf returns an http.Server with what net/http limits. MaxHeaderBytes
// admits about 4 KiB more than it says. The read and write times end with a
// hijack; the sockets have their own.
func (s *Site) serverOf(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: s.headerTime,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    8192,
		ErrorLog:          logs.ForHTTP(s.log, s.metrics.AcceptFailed, s.metrics.HandshakeOfTLSFailed),
	}
}

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Shutdown ends the connections of all sockets in good order, with what is played
// on them, and returns when none is left. From its beginning on new ones are
// refused.
func (s *Site) Shutdown() {
	var opened sync.WaitGroup
	opened.Go(s.opener.Shutdown)
	s.endpoint.Shutdown()
	opened.Wait()
	s.playing.Wait()
	s.watch.close()
	if err := s.dialer.BuiltIn.Close(); err != nil {
		s.log.Error("closing the built-in target", "error", err)
	}
}

// panicked counts and logs a panic of a goroutine that serves no connection.
func (s *Site) panicked(while string, stack []byte) {
	s.metrics.Panicked()
	s.log.Error("panic while "+while, "stack", string(stack))
}

// Metrics are those of this site.
func (s *Site) Metrics() *metrics.Metrics { return s.metrics }

// Health answers whoever asks whether to send visitors here: 200, or 503 while the
// server ends.
func (s *Site) Health(w http.ResponseWriter, _ *http.Request) {
	if s.endpoint.Closing() {
		plain(w, http.StatusServiceUnavailable, "shutting down")
		return
	}
	plain(w, http.StatusOK, "ok")
}

// page answers with a file of the page. The page itself brings the cookie along.
func (s *Site) page(w http.ResponseWriter, r *http.Request) {
	f := s.files[r.URL.Path]
	if f == nil {
		if r.URL.Path == "/" {
			plain(w, http.StatusServiceUnavailable, "The page is not built yet: "+moduleName+" is missing. Run `make`, or `make run`, and start again.")
			return
		}
		plain(w, http.StatusNotFound, "nothing here")
		return
	}
	if r.URL.Path == "/" {
		if err := s.sessions.renew(w, r); err != nil {
			s.log.Error("setting the session cookie", "error", err)
			plain(w, http.StatusInternalServerError, "the session cookie could not be made")
			return
		}
	}
	f.serve(w, r)
}

package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/web"
	"framecraft/server/internal/wire"
	"framecraft/static"
)

// serveCommand runs the server until a signal ends it.
type serveCommand struct {
	Addr           string        `default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Address to listen on."`
	Origin         string        `placeholder:"ORIGINS" help:"Origins whose pages may open /socket, separated by commas (default: http on this machine and port)."`
	Keys           string        `placeholder:"FILE" help:"File of the cookie keys, made if it is not there (default: framecraft/keys in the user's configuration folder)."`
	TrustProxy     string        `placeholder:"NETWORKS" help:"Networks of proxies whose X-Forwarded-For is believed, separated by commas (default: none)."`
	Allow          []string      `placeholder:"TARGETS" help:"What scenarios of the page may be played against, besides the endpoint here: host:port, an address, or a network such as 10.1.0.0/16, separated by commas (default: nothing)."`
	Debug          bool          `help:"Log every connection that ends in good order too."`
	MaxSession     int           `default:"${max_session}" placeholder:"N" help:"Live connections of one session; 0 is no limit."`
	MaxAddress     int           `default:"${max_address}" placeholder:"N" help:"Live connections of one address; 0 is no limit."`
	MaxConnections int           `default:"${max_connections}" placeholder:"N" help:"Live connections in all; 0 is no limit."`
	MaxHandshakes  int           `default:"${max_handshakes}" placeholder:"N" help:"Handshakes a minute of one address; 0 is no limit."`
	MaxPlays       int           `default:"${max_plays}" placeholder:"N" help:"Scenarios of one session that are played at a time; 0 is no limit."`
	MaxDials       int           `default:"${max_dials}" placeholder:"N" help:"Scenarios a minute of one session against what --allow admits; 0 is no limit."`
	MaxHeld        int           `default:"${max_held}" placeholder:"N" help:"Bytes of unfinished messages and of answers that wait, on all connections together; beyond it whoever wants more than 64 KiB is ended with 1013. 0 is no limit."`
	Ping           time.Duration `default:"${ping}" placeholder:"TIME" help:"Time between two pings."`
	MessageTime    time.Duration `default:"${message_time}" placeholder:"TIME" help:"Time that a message may take to arrive."`
	ShutdownTime   time.Duration `default:"${shutdown_time}" placeholder:"TIME" help:"Time that connections have to close when the server ends."`

	liveFlags
	tlsFlags
	publicFlags
	metricsFlags
	logFlags
	shareFlags
}

// Help is the examples of the help.
func (*serveCommand) Help() string {
	return `framecraft
    the page on http://127.0.0.1:8080/
framecraft serve --public --trust-proxy 127.0.0.1 --origin https://frames.example --keys /var/lib/framecraft/keys
    on the open network, behind a proxy on this machine that speaks TLS
framecraft serve --public --addr :443 --tls-cert chain.pem --tls-key key.pem --origin https://frames.example --keys keys
    on the open network by itself
framecraft serve --allow localhost:3000
    scenarios may be played against a server of yours
framecraft serve --processes 12 --max-connections 0 --max-address 0 --max-handshakes 0
    more connections on one port than one process has descriptors
framecraft --addr 127.0.0.1:0 --debug
    on any free port; the log names it`
}

// countFlag is a flag that limits how many.
type countFlag struct {
	name string
	n    int
}

// counts are the flags of which 0 is no limit.
func (c *serveCommand) counts() []countFlag {
	return []countFlag{
		{"max-session", c.MaxSession}, {"max-address", c.MaxAddress},
		{"max-connections", c.MaxConnections}, {"max-handshakes", c.MaxHandshakes},
		{"max-plays", c.MaxPlays}, {"max-dials", c.MaxDials}, {"max-held", c.MaxHeld},
	}
}

// check holds the values against what the server can do.
func (c *serveCommand) check() error {
	for _, limit := range append(c.counts(), c.publicCounts()...) {
		if limit.n < 0 {
			return fmt.Errorf("--%s is %d, expected 0 or more", limit.name, limit.n)
		}
	}
	for _, limit := range []struct {
		name string
		d    time.Duration
	}{
		{"ping", c.Ping}, {"message-time", c.MessageTime}, {"shutdown-time", c.ShutdownTime},
	} {
		if limit.d <= 0 {
			return fmt.Errorf("--%s is %v, expected more than 0", limit.name, limit.d)
		}
	}
	return cmp.Or(c.checkLive(), c.publicFlags.check(), c.tlsFlags.check(), c.metricsFlags.check(), c.logFlags.check(), c.checkShared(), c.checkBelieved())
}

// checkBelieved reads which origins and which proxies are believed. What is needed
// of them is made of them once the address is known.
func (c *serveCommand) checkBelieved() error {
	if _, err := web.ParseNetworks(c.TrustProxy); err != nil {
		return fmt.Errorf("--trust-proxy: %w", err)
	}
	var origins []string
	if c.Origin != "" {
		var err error
		if origins, err = web.ParseOrigins(c.Origin); err != nil {
			return err
		}
	}
	switch {
	case c.Public: // all that is amiss is said at once
	case len(origins) > 0:
		_, err := web.SecureOrigins(origins)
		return err
	case c.tls():
		return errors.New("found --tls-cert without --origin, expected the name that the certificate is for, as in --origin https://frames.example")
	}
	return nil
}

func (c *serveCommand) run(p *Process) (int, error) {
	if err := c.check(); err != nil {
		return 0, usageError{err}
	}
	if err := c.checkPublic(p.Lookup); err != nil {
		return 0, usageError{err}
	}
	ctx, stop := untilSignal()
	defer stop()
	return exitDone, c.serve(ctx, p)
}

func (c *serveCommand) serve(ctx context.Context, p *Process) error {
	log := c.logFlags.open(p.Stderr, c.Debug)
	allow, err := wire.ParseAllow(c.Allow)
	if err != nil {
		return usageError{err}
	}
	keys, err := web.LoadKeys(p.Lookup, func() (string, error) {
		if c.Keys != "" {
			return c.Keys, nil
		}
		return web.DefaultKeyFile()
	})
	if err != nil {
		return err
	}
	var certificate *certificate
	if c.tls() {
		if certificate, err = c.loadCertificate(log); err != nil {
			return err
		}
	}
	listener, err := inherited(p.Lookup)
	switch {
	case err != nil:
		return err
	case listener != nil:
		// A terminal interrupts its whole foreground, and timeout(1) or a service manager
		// terminates a whole group; whoever started this has the say.
		signal.Ignore(os.Interrupt, syscall.SIGTERM)
		ctx = untilInputEnds(ctx, p.Stdin)
		log = log.With("process", os.Getpid())
	case c.Processes > 1:
		return c.supervise(ctx, p, log)
	default:
		if listener, err = c.listenShared(c.Addr); err != nil {
			return err
		}
	}
	defer listener.Close()
	metricsListener, err := c.listenMetrics()
	if err != nil {
		return err
	}
	origins, err := c.origins(listener.Addr())
	if err != nil {
		return err
	}
	proxies, err := web.ParseNetworks(c.TrustProxy)
	if err != nil {
		return err
	}
	if certificate != nil {
		listener = certificate.listen(listener)
		certificate.judge(origins)
	}
	config := c.siteConfig(keys, allow, origins, proxies)
	config.Listener, config.Log = listener.Addr(), log
	site, err := web.New(config)
	if err != nil {
		return err
	}
	server := site.Server()
	failed := make(chan error, 1)
	go func() { failed <- endpoint.Serve(server, listener) }()
	log.Info("listening", "url", c.pageAt(listener.Addr()), "origins", strings.Join(origins, ","), "allow", strings.Join(c.Allow, ","))
	if c.Public {
		log.Info("public", c.publicFacts()...)
	}
	if certificate != nil {
		site.Metrics().CertificateExpires(certificate.expires)
	}
	defer c.serveMetrics(metricsListener, site, log)()

	select {
	case err = <-failed:
		err = fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	return errors.Join(err, drain(site, server, c.ShutdownTime, log))
}

// siteConfig is what the flags say about the site.
func (c *serveCommand) siteConfig(keys []web.KeyPair, allow *wire.Guard, origins []string, proxies []netip.Prefix) web.Config {
	limits := endpoint.DefaultLimits()
	limits.Ping, limits.Message, limits.Shutdown = c.Ping, c.MessageTime, c.ShutdownTime
	limits.Held = int64(c.MaxHeld)
	return web.Config{
		Page:           static.Files,
		Keys:           keys,
		Origins:        origins,
		TrustedProxies: proxies,
		// What comes past the proxy has not been through its TLS.
		OnlyProxies: c.Public && !c.tls(),
		HSTS:        c.Public,
		Strangers:   c.Public,
		Counts: web.Counts{
			PerSession: c.MaxSession, PerAddress: c.MaxAddress,
			Total: c.MaxConnections, HandshakesAMinute: c.MaxHandshakes,
			PlaysPerSession: c.MaxPlays, DialsAMinute: c.MaxDials,
			CallersPerAddress: c.callers(),
		},
		SocketRate:  web.DefaultSocketRate(),
		EchoRate:    c.echoRate(),
		EchoMessage: c.echoMessage(),
		Limits:      limits,
		Allow:       allow,
		ReusePort:   c.shared(),
		OpenLimit:   c.openLimit(),
		NotOpening:  c.notOpening(),
		LogAddress:  c.addresses(),
	}
}

// listen listens for TCP on an address that a flag has.
func listen(address, flag string) (net.Listener, error) {
	return listenWith(&net.ListenConfig{}, address, flag)
}

// listenWith turns TCP's keep-alive off: the endpoint's own pings find a peer that
// is gone, requests have their times, and on many idle connections the kernel
// would send more probes than the endpoint sends pings.
func listenWith(config *net.ListenConfig, address, flag string) (net.Listener, error) {
	config.KeepAlive = -1
	listener, err := config.Listen(context.Background(), "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program; stop that, or choose another address with %s", address, flag)
	}
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", address, err)
	}
	return listener, nil
}

// pageAt is the page's address for somebody on this machine. What a server on all
// addresses listens on is nothing that a browser could have as its origin.
func (c *serveCommand) pageAt(listening net.Addr) string {
	host := listening.String()
	if at, err := netip.ParseAddrPort(host); err == nil && at.Addr().IsUnspecified() {
		host = fmt.Sprintf("localhost:%d", at.Port())
	}
	return c.scheme() + "://" + host + "/"
}

// origins are those whose pages are let in.
func (c *serveCommand) origins(listening net.Addr) ([]string, error) {
	if c.Origin != "" {
		return web.ParseOrigins(c.Origin)
	}
	return web.DefaultOrigins(listening), nil
}

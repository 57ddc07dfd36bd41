// Command server serves Framecraft: the page, the page's own WebSocket at
// /socket, a strict echo endpoint for any client at /echo, and /healthz.
//
// This file reads the flags and wires; what the server does is in
// internal/web and internal/endpoint.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/web"
	"framecraft/static"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.LookupEnv, os.Stderr)
	stop()
	os.Exit(code)
}

// options are what the flags say.
type options struct {
	address string
	origins string
	keys    string
	proxies string
	debug   bool
	counts  web.Counts
	rate    endpoint.Rate
	limits  endpoint.Limits
}

func parseOptions(args []string, stderr io.Writer) (*options, error) {
	o := &options{counts: web.DefaultCounts(), rate: web.DefaultSocketRate(), limits: endpoint.DefaultLimits()}
	flags := flag.NewFlagSet("framecraft", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // run prints errors, in one line
	flags.StringVar(&o.address, "addr", "127.0.0.1:8080", "`address` to listen on")
	flags.StringVar(&o.origins, "origin", "", "`origins` whose pages may open /socket, separated by commas (default: http on this machine and port)")
	flags.StringVar(&o.keys, "keys", "", "`file` of the cookie keys, made if it is not there (default: framecraft/keys in the user's configuration folder)")
	flags.StringVar(&o.proxies, "trust-proxy", "", "`networks` of proxies whose X-Forwarded-For is believed, separated by commas (default: none)")
	flags.BoolVar(&o.debug, "debug", false, "log every connection that ends in good order too")
	flags.IntVar(&o.counts.PerSession, "max-session", o.counts.PerSession, "live connections of one session; 0 is no limit")
	flags.IntVar(&o.counts.PerAddress, "max-address", o.counts.PerAddress, "live connections of one address; 0 is no limit")
	flags.IntVar(&o.counts.Total, "max-connections", o.counts.Total, "live connections in all; 0 is no limit")
	flags.IntVar(&o.counts.HandshakesAMinute, "max-handshakes", o.counts.HandshakesAMinute, "handshakes a minute of one address; 0 is no limit")
	flags.DurationVar(&o.limits.Ping, "ping", o.limits.Ping, "time between two pings")
	flags.DurationVar(&o.limits.Message, "message-time", o.limits.Message, "time that a message may take to arrive")
	flags.DurationVar(&o.limits.Shutdown, "shutdown-time", o.limits.Shutdown, "time that connections have to close when the server ends")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stderr)
			flags.PrintDefaults()
		}
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("found %q, expected flags only; -help lists them", flags.Arg(0))
	}
	for name, n := range map[string]int{
		"max-session": o.counts.PerSession, "max-address": o.counts.PerAddress,
		"max-connections": o.counts.Total, "max-handshakes": o.counts.HandshakesAMinute,
	} {
		if n < 0 {
			return nil, fmt.Errorf("-%s is %d, expected 0 or more", name, n)
		}
	}
	for name, d := range map[string]time.Duration{
		"ping": o.limits.Ping, "message-time": o.limits.Message, "shutdown-time": o.limits.Shutdown,
	} {
		if d <= 0 {
			return nil, fmt.Errorf("-%s is %v, expected more than 0", name, d)
		}
	}
	return o, nil
}

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, lookup func(string) (string, bool), stderr io.Writer) int {
	o, err := parseOptions(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, "framecraft:", err)
		return 2
	}
	if err := serve(ctx, o, lookup, stderr); err != nil {
		fmt.Fprintln(stderr, "framecraft:", err)
		return 1
	}
	return 0
}

func serve(ctx context.Context, o *options, lookup func(string) (string, bool), stderr io.Writer) error {
	level := slog.LevelInfo
	if o.debug {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
	keys, err := web.LoadKeys(lookup, func() (string, error) {
		if o.keys != "" {
			return o.keys, nil
		}
		return web.DefaultKeyFile()
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is in use by another program; stop that, or choose another address with -addr", o.address)
	}
	if err != nil {
		return fmt.Errorf("listening on %s: %w", o.address, err)
	}
	defer listener.Close()
	origins := web.DefaultOrigins(listener.Addr())
	if o.origins != "" {
		if origins, err = web.ParseOrigins(o.origins); err != nil {
			return err
		}
	}
	site, err := web.New(web.Config{
		Page:           static.Files,
		Keys:           keys,
		Origins:        origins,
		TrustedProxies: split(o.proxies),
		Counts:         o.counts,
		SocketRate:     o.rate,
		Limits:         o.limits,
		Log:            log,
	})
	if err != nil {
		return err
	}
	server := site.Server()
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	log.Info("listening", "url", "http://"+listener.Addr().String()+"/", "origins", strings.Join(origins, ","))

	select {
	case err = <-failed:
		err = fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
		log.Info("shutting down")
	}
	// The sockets first: while they close, whoever knocks is told 503.
	site.Shutdown()
	end, cancel := context.WithTimeout(context.Background(), o.limits.Shutdown)
	defer cancel()
	if stopErr := server.Shutdown(end); stopErr != nil {
		err = errors.Join(err, fmt.Errorf("shutting down: %w", stopErr), server.Close())
	}
	return err
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

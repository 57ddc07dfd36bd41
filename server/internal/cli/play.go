package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/wire"
)

// playCommand plays a scenario on TCP. The machine and the targets are its
// user's, so nothing is guarded here.
type playCommand struct {
	File     string        `arg:"" help:"Scenario to play; - is standard input."`
	Target   string        `arg:"" optional:"" help:"What it is played against: ws://host:port/path, wss://host:port/path, or echo for the endpoint in this program. A scenario with role server needs none: its client is client, the one in this program."`
	Listen   string        `placeholder:"ADDRESS" help:"Wait here for a client of yours, for a scenario with role server."`
	Insecure bool          `help:"Take any certificate of a wss:// target, a self-signed one too."`
	Timeout  time.Duration `default:"${play_time}" placeholder:"TIME" help:"Time that the play may take."`
	JSON     bool          `name:"json" help:"Print what the transcript means as JSON, once it is over."`
	colourFlag
}

// Help is the examples of the help.
func (*playCommand) Help() string {
	return `framecraft play hello.frames ws://127.0.0.1:8080/echo
    against a server of yours, byte for byte
printf 'handshake\nexpect status 101\nopcode=3 "?"\nexpect close 1002\n' | framecraft play - echo
    what a strict endpoint does with a reserved opcode
framecraft play --listen 127.0.0.1:9000 server.frames
    as the server, with a client of yours
framecraft play hello.frames echo --json | jq .diagnostics
    for other programs`
}

func (*playCommand) exitCodes() [][2]string {
	return [][2]string{
		{"0", "The scenario is played, and all its expectations hold."},
		{"1", "Some do not, or it was stopped before its end."},
		{"2", "The arguments or the scenario cannot be read, or there was no connection to play on."},
	}
}

// playLimits are those of a person's own machine: a transcript can be as long as
// one that can be read again.
func (c *playCommand) limits() wire.Limits {
	limits := wire.DefaultLimits()
	limits.Time = c.Timeout
	limits.Bytes, limits.Entries = protocol.MaxDraftPayload, protocol.MaxTranscriptEntries
	return limits
}

func (c *playCommand) run(p *Process) (int, error) {
	if c.Timeout <= 0 {
		return 0, usageError{fmt.Errorf("--timeout is %v, expected more than 0", c.Timeout)}
	}
	text, err := c.read(p)
	if err != nil {
		return 0, err
	}
	scenario, err := protocol.ParseScenario(text)
	if err != nil {
		return 0, unreadable(text, err)
	}
	target, err := c.target(scenario)
	if err != nil {
		return 0, usageError{err}
	}
	options := wire.Options{Limits: c.limits(), Dialer: &wire.Dialer{Anywhere: true, Insecure: c.Insecure}}
	if target.Kind == wire.TargetEcho {
		stop := serveBuiltIn(options.Dialer)
		defer stop()
	}
	if c.Listen != "" {
		if options.Listener, err = listenTCP(c.Listen); err != nil {
			return 0, usageError{err}
		}
		defer options.Listener.Close()
		fmt.Fprintf(p.Stderr, "framecraft: listening on %v\n", options.Listener.Addr())
	}
	return c.play(p, scenario, target, options)
}

// read returns the text of the scenario.
func (c *playCommand) read(p *Process) (string, error) {
	if c.File == "-" {
		b, err := readInput(p, maxText)
		return string(b), err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return "", usageError{fmt.Errorf("the scenario: %w", err)}
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxText+1))
	if err != nil {
		return "", usageError{fmt.Errorf("the scenario: %w", err)}
	}
	if len(b) > maxText {
		return "", usageError{fmt.Errorf("%s: found more than %d bytes, expected at most so many", c.File, maxText)}
	}
	return string(b), nil
}

// target returns what the scenario is played against.
func (c *playCommand) target(s *protocol.Scenario) (wire.Target, error) {
	server := s.Role == protocol.RoleServer
	switch {
	case c.Listen != "" && !server:
		return wire.Target{}, errors.New("--listen: the scenario has the role client, expected the line role server in front of its steps")
	case c.Listen != "" && c.Target != "":
		return wire.Target{}, fmt.Errorf("found the target %q beside --listen, expected one of them", c.Target)
	case c.Target == "" && server:
		return wire.Target{Kind: wire.TargetClient}, nil
	case c.Target == "":
		return wire.Target{}, errors.New("found no target, expected ws://host:port/path, wss://host:port/path or echo")
	}
	return wire.ParseTarget(c.Target)
}

// listenTCP listens where the person said.
func listenTCP(address string) (*net.TCPListener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("--listen: %w", err)
	}
	return listener.(*net.TCPListener), nil
}

// serveBuiltIn starts the endpoint behind the target echo.
func serveBuiltIn(dialer *wire.Dialer) (stop func()) {
	e := endpoint.New(endpoint.DefaultLimits(), slog.New(slog.DiscardHandler))
	dialer.BuiltIn = wire.NewBuiltIn(&http.Server{
		Handler:           wire.EchoHandler(e, endpoint.Echo(protocol.MaxDraftPayload)),
		ReadHeaderTimeout: 5 * time.Second,
		MaxHeaderBytes:    8192,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	})
	return func() {
		_ = dialer.BuiltIn.Close() // nothing is lost with it
		e.Shutdown()
	}
}

// play plays, prints the transcript meanwhile, and returns the exit code.
func (c *playCommand) play(p *Process, s *protocol.Scenario, target wire.Target, options wire.Options) (int, error) {
	signals, release := untilSignal()
	defer release()
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	defer context.AfterFunc(signals, func() { cancel(wire.ErrStopped) })()

	printer := newTranscriptPrinter(p, newTerminal(p.Stdout, c.Color, p.Lookup), cancel)
	sink := printer.print
	if c.JSON {
		sink = func(protocol.Entry) {}
	}
	result, err := wire.Play(ctx, s, target, options, sink)
	if err != nil {
		printer.close()
		return 0, usageError{err}
	}
	if !c.JSON {
		printer.last(&result)
	}
	if err := printer.close(); err != nil {
		return 0, err
	}
	if c.JSON {
		conversation := protocol.InspectTranscript(&result.Transcript)
		if err := write(p.Stdout, append(conversation.AppendJSON(nil), '\n')); err != nil {
			return 0, err
		}
	}
	switch {
	case !result.Connected:
		return exitUnreadable, nil
	case result.Unmet > 0 || result.Stopped != nil:
		return exitFailed, nil
	}
	return exitDone, nil
}

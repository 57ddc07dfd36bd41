// Package cli is the command line of Framecraft: what the program's arguments
// say, and the commands that do it.
//
//   - serve, the default, runs the server (internal/web, internal/endpoint).
//   - inspect explains the frames in bytes or in notation.
//   - craft makes bytes out of notation.
//   - play plays a scenario on TCP (internal/wire).
//   - hold holds very many connections (internal/hold).
//
// kong reads the arguments into the structs of the commands, after arguments.go
// has brought them into the one form that it knows. help.go writes the help from
// kong's model, terminal.go knows colours and widths, explain.go and its
// neighbours lay out a report.
//
// To add a command: a struct with a run method in a file of its own, its field in
// grammar, its name in the test of the help, and a script in testdata/script.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/hold"
	"framecraft/server/internal/web"
	"framecraft/server/internal/wire"
)

// Process is what the program has of the system.
type Process struct {
	Stdin          *os.File
	Stdout, Stderr *os.File
	// Lookup finds a variable of the environment.
	Lookup func(name string) (string, bool)

	// args are what Run was called with; environment is added to that of the
	// processes that are started with them.
	args, environment []string
}

// The exit codes.
const (
	exitDone = 0
	// exitFailed: the command could not do its work, or the verdict of inspect is
	// that the connection fails.
	exitFailed = 1
	// exitUnreadable: the arguments or the input cannot be read.
	exitUnreadable = 2
)

// grammar has the commands; kong fills the one that is called.
type grammar struct {
	Serve   serveCommand   `cmd:"" help:"Serve the page, and /echo for any client. This is what happens without a command."`
	Inspect inspectCommand `cmd:"" help:"Explain frames bit by bit, from bytes or from notation."`
	Craft   craftCommand   `cmd:"" help:"Make the bytes of frames, legal or not, from notation."`
	Play    playCommand    `cmd:"" help:"Play a conversation on TCP and print what happened."`
	Hold    holdCommand    `cmd:"" help:"Open very many connections, hold them, and say what they cost."`
}

// command is what runs. A nil error and a code other than 0 has been explained
// on the output.
type command interface {
	run(p *Process) (code int, err error)
}

// usageError is a command line that cannot be read.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Run does what the arguments, without the program's name, say and returns the
// exit code.
func Run(args []string, p *Process) int {
	if code, is := holdWorker(p); is {
		return code
	}
	p.args = args
	code, err := run(args, p)
	if err == nil {
		return code
	}
	t := newTerminal(p.Stderr, colourAuto, p.Lookup)
	var unreadable *unreadableError
	if errors.As(err, &unreadable) {
		io.WriteString(p.Stderr, unreadable.explain(t))
		return exitUnreadable
	}
	io.WriteString(p.Stderr, t.complaint(err))
	if errors.As(err, new(usageError)) {
		return exitUnreadable
	}
	return exitFailed
}

func run(args []string, p *Process) (int, error) {
	var g grammar
	parser, err := newParser(&g)
	if err != nil {
		return 0, fmt.Errorf("building the command line: %w", err)
	}
	call, err := readArguments(parser.Model, args)
	if err != nil {
		return 0, usageError{err}
	}
	if call.help {
		t := newTerminal(p.Stdout, colourAuto, p.Lookup)
		_, err := io.WriteString(p.Stdout, helpText(parser.Model, call.node, t))
		return exitDone, err
	}
	if _, err := parser.Parse(call.args()); err != nil {
		return 0, usageError{err}
	}
	return call.node.Target.Addr().Interface().(command).run(p)
}

// newParser builds the model of the grammar. Help is ours, so kong has no flag
// for it.
func newParser(g *grammar) (*kong.Kong, error) {
	counts, limits, held := web.DefaultCounts(), endpoint.DefaultLimits(), hold.DefaultOptions()
	return kong.New(g,
		kong.Name("framecraft"),
		kong.Description("Craft a WebSocket frame, legal or not, and see every bit of it explained."),
		kong.NoDefaultHelp(),
		kong.Vars{
			"max_session":       fmt.Sprint(counts.PerSession),
			"max_address":       fmt.Sprint(counts.PerAddress),
			"max_connections":   fmt.Sprint(counts.Total),
			"max_handshakes":    fmt.Sprint(counts.HandshakesAMinute),
			"max_plays":         fmt.Sprint(counts.PlaysPerSession),
			"max_dials":         fmt.Sprint(counts.DialsAMinute),
			"open_limit":        fmt.Sprint(web.DefaultOpenLimit),
			"max_http":          fmt.Sprint(defaultHTTP),
			"max_echo_messages": fmt.Sprint(defaultEchoMessages),
			"max_held":          fmt.Sprint(limits.Held),
			"max_echo_size":     fmt.Sprint(defaultEchoSize),
			"max_echo_bytes":    fmt.Sprint(defaultEchoBytes),
			"ping":              limits.Ping.String(),
			"message_time":      limits.Message.String(),
			"shutdown_time":     limits.Shutdown.String(),
			"literals":          literalIDs(),
			"play_time":         wire.DefaultLimits().Time.String(),
			"hold_n":            fmt.Sprint(held.Connections),
			"hold_for":          held.For.String(),
			"hold_ping":         held.Ping.String(),
			"hold_probe":        held.Probe.String(),
			"hold_connecting":   fmt.Sprint(held.Connecting),
			"hold_patience":     held.Patience.String(),
		},
	)
}

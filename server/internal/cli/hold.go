package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"framecraft/server/internal/hold"
	"framecraft/server/internal/wire"
)

// holdCommand opens very many connections and holds them.
type holdCommand struct {
	Target     string        `arg:"" optional:"" help:"Server to hold connections to: ws://host:port/path, on this machine unless --allow says otherwise. Without it hold starts servers of its own, which share a port."`
	N          int           `name:"n" default:"${hold_n}" placeholder:"N" help:"Connections to hold."`
	For        time.Duration `default:"${hold_for}" placeholder:"TIME" help:"Time to hold them, once all are open; 0 is until an interrupt."`
	Ping       time.Duration `default:"${hold_ping}" placeholder:"TIME" help:"Time between two pings of a connection; 0 sends none."`
	Probe      time.Duration `default:"${hold_probe}" placeholder:"TIME" help:"Time between two further connections, which are opened, used and closed meanwhile; 0 tries none."`
	Processes  int           `default:"0" placeholder:"N" help:"Processes that hold them; 0 is as few as the limit of descriptors allows."`
	Connecting int           `default:"${hold_connecting}" placeholder:"N" help:"Connections on their way at a time."`
	Patience   time.Duration `default:"${hold_patience}" placeholder:"TIME" help:"Time that a connection may take to be open."`
	Allow      []string      `placeholder:"TARGETS" help:"What may be connected to beyond this machine: host:port, an address, or a network, separated by commas (default: nothing). From there all come from one source address."`
	JSON       bool          `name:"json" help:"Print the report as JSON."`
	colourFlag
}

// Help is the examples of the help.
func (*holdCommand) Help() string {
	return `framecraft hold -n 100000 --for 30s
    on one port of servers that hold starts and ends itself
framecraft hold -n 10000 ws://127.0.0.1:8080/echo
    against a server that runs with --max-connections 0 --max-address 0 --max-handshakes 0
framecraft hold -n 200000 --for 5m ws://127.0.0.1:8080/echo
    more than one process may open, and more than one address has ports
framecraft hold -n 1000 --json ws://127.0.0.1:8080/echo | jq .memory
    for other programs`
}

func (*holdCommand) exitCodes() [][2]string {
	return [][2]string{
		{"0", "All were reached, none was lost, and new ones were served meanwhile."},
		{"1", "Not all of that; the report says what stopped it."},
		{"2", "The arguments cannot be read, or the target is not allowed."},
	}
}

func (c *holdCommand) check() error {
	switch {
	case c.N < 1:
		return fmt.Errorf("-n is %d, expected 1 or more", c.N)
	case c.Processes < 0 || c.Processes > hold.MaxProcesses:
		return fmt.Errorf("--processes is %d, expected 0 to %d", c.Processes, hold.MaxProcesses)
	case c.Connecting < 1:
		return fmt.Errorf("--connecting is %d, expected 1 or more", c.Connecting)
	case c.Patience <= 0:
		return fmt.Errorf("--patience is %v, expected more than 0", c.Patience)
	}
	for _, limit := range []struct {
		name string
		d    time.Duration
	}{{"for", c.For}, {"ping", c.Ping}, {"probe", c.Probe}} {
		if limit.d < 0 {
			return fmt.Errorf("--%s is %v, expected 0 or more", limit.name, limit.d)
		}
	}
	return nil
}

func (c *holdCommand) run(p *Process) (code int, err error) {
	if err := c.check(); err != nil {
		return 0, usageError{err}
	}
	allow, err := wire.ParseAllow(c.Allow)
	if err != nil {
		return 0, usageError{err}
	}
	ctx, stop := untilSignal()
	defer stop()
	target := c.Target
	if target == "" {
		servers, startErr := holdServers(ctx, p, c.N)
		if startErr != nil {
			if errors.Is(startErr, syscall.EMFILE) {
				startErr = fmt.Errorf("servers for hold: %w; %s", startErr, hold.RaiseDescriptors)
			}
			return 0, startErr
		}
		defer func() {
			if endErr := servers.end(); endErr != nil {
				code, err = exitFailed, errors.Join(err, endErr)
			}
		}()
		target = servers.target()
	}
	destination, err := hold.Resolve(ctx, target, allow, net.DefaultResolver)
	if err != nil {
		return 0, usageError{err}
	}
	watcher := newHoldWatcher(p, c.Color)
	report, err := hold.Run(ctx, hold.Options{
		Connections: c.N, Destination: destination,
		For: c.For, Ping: c.Ping, Probe: c.Probe,
		Processes: c.Processes, Connecting: c.Connecting, Patience: c.Patience,
	}, watcher.show)
	watcher.end()
	if err != nil {
		return 0, err
	}
	return c.print(p, report)
}

// print writes the report and returns the exit code.
func (c *holdCommand) print(p *Process, report *hold.Report) (code int, err error) {
	if !report.Good() {
		code = exitFailed
	}
	if c.JSON {
		text, err := json.Marshal(report)
		if err != nil {
			return 0, fmt.Errorf("the report: %w", err)
		}
		return code, write(p.Stdout, append(text, '\n'))
	}
	var b strings.Builder
	printHold(&b, newTerminal(p.Stdout, c.Color, p.Lookup), report)
	return code, write(p.Stdout, []byte(b.String()))
}

// holdWorker does what a process is for that hold has started, and reports
// whether this is one.
func holdWorker(p *Process) (code int, is bool) {
	if _, is = p.Lookup(hold.WorkerVariable); !is {
		return exitDone, false
	}
	if err := hold.Work(p.Stdin, p.Stdout); err != nil {
		fmt.Fprintf(p.Stderr, "framecraft: %v\n", err)
		return exitFailed, true
	}
	return exitDone, true
}

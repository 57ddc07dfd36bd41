package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// serve --processes N. This process listens N times on the address, gives each
// listener to a process that serves, and serves nothing itself. A process that
// ends ends all of them: who restarts the service then finds the port free. Their
// standard input ends when this process does, whatever happened to it, and that is
// their sign to shut down.

// processMargin is how much longer than its connections a process may take.
const processMargin = 5 * time.Second

// supervise runs the processes until the context is done or one of them ends.
func (c *serveCommand) supervise(ctx context.Context, p *Process, log *slog.Logger) error {
	group, err := c.startServers(p)
	if err != nil {
		return err
	}
	log.Info("listening", "url", c.pageAt(group.address), "processes", group.pids())
	select {
	case err = <-group.ended:
		err = fmt.Errorf("%w; the others end with it", err)
	case <-ctx.Done():
		log.Info("shutting down")
	}
	group.stop()
	return err
}

// serverGroup is the processes that serve an address.
type serverGroup struct {
	address   net.Addr
	processes []*serverProcess
	// ended has how each of them ended.
	ended   chan error
	running sync.WaitGroup
	// patience is how long they may take to shut down.
	patience time.Duration
}

// startServers listens and starts the processes. The arguments are the process';
// they begin with the name of the command or with flags.
func (c *serveCommand) startServers(p *Process) (*serverGroup, error) {
	listeners, err := c.listenTimes(c.Processes)
	if err != nil {
		return nil, err
	}
	g := &serverGroup{address: listeners[0].Addr(), ended: make(chan error, len(listeners)), patience: c.ShutdownTime + processMargin}
	for i, listener := range listeners {
		file, fileErr := listener.(*net.TCPListener).File()
		if err = errors.Join(err, fileErr, listener.Close()); err == nil {
			var process *serverProcess
			if process, err = startServer(p, file); err == nil {
				g.processes = append(g.processes, process)
				g.running.Go(func() { g.ended <- process.wait() })
			} else {
				err = fmt.Errorf("starting server process %d of %d: %w", i+1, len(listeners), err)
			}
		}
		if fileErr == nil {
			err = errors.Join(err, file.Close())
		}
	}
	if err != nil {
		g.stop()
		return nil, err
	}
	return g, nil
}

// stop has all of them shut down.
func (g *serverGroup) stop() {
	for _, process := range g.processes {
		_ = process.input.Close() // its sign to shut down; it may have ended already
	}
	timer := time.AfterFunc(g.patience, func() {
		for _, process := range g.processes {
			_ = process.command.Process.Kill() // the same
		}
	})
	defer timer.Stop()
	g.running.Wait()
}

func (g *serverGroup) pids() string {
	var list []string
	for _, process := range g.processes {
		list = append(list, strconv.Itoa(process.command.Process.Pid))
	}
	return strings.Join(list, ",")
}

// listenTimes listens so many times on the one address.
func (c *serveCommand) listenTimes(n int) (listeners []net.Listener, err error) {
	address := c.Addr
	for range n {
		listener, err := c.listenShared(address)
		if err != nil {
			for _, l := range listeners {
				err = errors.Join(err, l.Close())
			}
			return nil, err
		}
		listeners = append(listeners, listener)
		// The first one may have been given a port.
		address = listener.Addr().String()
	}
	return listeners, nil
}

// serverProcess is one of them.
type serverProcess struct {
	command *exec.Cmd
	input   io.Closer
}

// startServer starts the program again with the same arguments, to serve what
// comes to a listener.
func startServer(p *Process, listener *os.File) (*serverProcess, error) {
	name, err := os.Executable()
	if err != nil {
		return nil, err
	}
	const descriptor = 3 // the first one behind the standard streams
	command := exec.Command(name, p.args...)
	command.Env = append(append(os.Environ(), p.environment...), fmt.Sprintf("%s=%d", serverVariable, descriptor))
	command.Stdout, command.Stderr = p.Stdout, p.Stderr
	command.ExtraFiles = []*os.File{listener}
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err // and the pipe is closed
	}
	return &serverProcess{command, input}, nil
}

// wait says how a process ended.
func (s *serverProcess) wait() error {
	_ = s.command.Wait() // what it says stands in the state as well
	return fmt.Errorf("the server process %d ended: %v", s.command.Process.Pid, s.command.ProcessState)
}

// untilInputEnds returns a context that is done when the input ends.
func untilInputEnds(ctx context.Context, input io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, input) // whatever ends it, it has ended
	}()
	return ctx
}

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
	listeners, err := c.listenTimes(c.Processes)
	if err != nil {
		return err
	}
	log.Info("listening", "url", c.scheme()+"://"+listeners[0].Addr().String()+"/", "processes", c.Processes)
	ended := make(chan error, len(listeners))
	var processes []*serverProcess
	var running sync.WaitGroup
	for i, listener := range listeners {
		file, fileErr := listener.(*net.TCPListener).File()
		if err = errors.Join(err, fileErr, listener.Close()); err == nil {
			var process *serverProcess
			if process, err = c.startServer(p, file); err == nil {
				processes = append(processes, process)
				running.Go(func() { ended <- process.wait() })
			} else {
				err = fmt.Errorf("starting server process %d of %d: %w", i+1, len(listeners), err)
			}
		}
		if fileErr == nil {
			err = errors.Join(err, file.Close())
		}
	}
	if err == nil {
		log.Info("sharing", "processes", pids(processes))
		select {
		case err = <-ended:
			err = fmt.Errorf("%w; the others end with it", err)
		case <-ctx.Done():
			log.Info("shutting down")
		}
	}
	for _, process := range processes {
		_ = process.input.Close() // its sign to shut down; it may have ended already
	}
	timer := time.AfterFunc(c.ShutdownTime+processMargin, func() {
		for _, process := range processes {
			_ = process.command.Process.Kill() // the same
		}
	})
	defer timer.Stop()
	running.Wait()
	return err
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
func (c *serveCommand) startServer(p *Process, listener *os.File) (*serverProcess, error) {
	name, err := os.Executable()
	if err != nil {
		return nil, err
	}
	const descriptor = 3 // the first one behind the standard streams
	command := exec.Command(name, p.args...)
	command.Env = append(os.Environ(), fmt.Sprintf("%s=%d", serverVariable, descriptor))
	command.Stdout, command.Stderr = p.Stdout, p.Stderr
	command.ExtraFiles = []*os.File{listener}
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, errors.Join(err, input.Close())
	}
	return &serverProcess{command, input}, nil
}

// wait says how a process ended.
func (s *serverProcess) wait() error {
	_ = s.command.Wait() // what it says stands in the state as well
	return fmt.Errorf("the server process %d ended: %v", s.command.Process.Pid, s.command.ProcessState)
}

func pids(processes []*serverProcess) string {
	var list []string
	for _, process := range processes {
		list = append(list, strconv.Itoa(process.command.Process.Pid))
	}
	return strings.Join(list, ",")
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

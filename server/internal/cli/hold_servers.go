package cli

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"framecraft/server/internal/hold"
	"framecraft/server/internal/system"
)

// Without a target, hold brings its own servers: as many processes as the limit of
// descriptors asks for, on one free port of 127.0.0.1, with limits that let
// everybody in and cookie keys that nobody keeps. They end when hold does.

// heldServers are these servers.
type heldServers struct {
	*serverGroup
	log *serversLog
}

// serversTime is how long servers may take until they serve.
const serversTime = 30 * time.Second

// holdServers starts servers for n connections, and ends them where the context ends
// before they serve.
func holdServers(ctx context.Context, p *Process, n int) (*heldServers, error) {
	descriptors := 1 << 20
	if _, hard := system.DescriptorLimits(); hard.Known {
		descriptors = int(min(hard.Value, int64(descriptors)))
	}
	args := []string{"serve", "--addr", "127.0.0.1:0", "--processes", strconv.Itoa(hold.ServerProcesses(n, descriptors)),
		"--max-connections", "0", "--max-address", "0", "--max-handshakes", "0", "--max-session", "0", "--open-limit", "0", "--log", "text"}
	serve, err := parseServe(args)
	if err != nil {
		return nil, err
	}
	log, err := newServersLog()
	if err != nil {
		return nil, err
	}
	child := &Process{Stdout: log.writer, Stderr: log.writer, Lookup: p.Lookup, args: args, environment: randomKeys()}
	group, err := serve.startServers(child)
	if err := errors.Join(err, log.writer.Close()); err != nil {
		log.wait()
		return nil, err
	}
	s := &heldServers{group, log}
	within, cancel := context.WithTimeout(ctx, serversTime)
	defer cancel()
	if log.waitFor(within, len(group.processes)) {
		return s, nil
	}
	late := within.Err() != nil
	s.end()
	switch {
	case ctx.Err() != nil:
		return nil, errors.New("interrupted before the servers served")
	case late:
		return nil, fmt.Errorf("the servers do not serve after %v: %s", serversTime, log.last())
	default:
		return nil, fmt.Errorf("the servers ended before they served: %s", log.last())
	}
}

// parseServe reads the arguments of serve.
func parseServe(args []string) (*serveCommand, error) {
	var g grammar
	parser, err := newParser(&g)
	if err != nil {
		return nil, fmt.Errorf("building the command line: %w", err)
	}
	if _, err := parser.Parse(args); err != nil {
		return nil, fmt.Errorf("the arguments of the servers: %w", err)
	}
	return &g.Serve, g.Serve.check()
}

// randomKeys is the environment with cookie keys for nobody.
func randomKeys() []string {
	var keys [64 + 32]byte
	_, _ = rand.Read(keys[:]) // it never fails
	return []string{fmt.Sprintf("FRAMECRAFT_HASH_KEY=%x", keys[:64]), fmt.Sprintf("FRAMECRAFT_BLOCK_KEY=%x", keys[64:])}
}

// target is what is held.
func (s *heldServers) target() string { return "ws://" + s.address.String() + "/echo" }

// end has them shut down. The error says that one had ended before.
func (s *heldServers) end() (err error) {
	select {
	case err = <-s.ended:
		err = fmt.Errorf("%w; it said: %s", err, s.log.last())
	default:
	}
	s.stop()
	s.log.wait()
	return err
}

// serversLog reads what the servers log.
type serversLog struct {
	writer *os.File
	over   chan struct{}

	mu      sync.Mutex
	serving int
	more    chan struct{} // something has come
	line    string
}

func newServersLog() (*serversLog, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("a pipe from the servers: %w", err)
	}
	l := &serversLog{writer: writer, over: make(chan struct{}), more: make(chan struct{}, 1)}
	go func() {
		defer close(l.over)
		defer reader.Close()
		l.read(reader)
	}()
	return l, nil
}

func (l *serversLog) read(in io.Reader) {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		l.mu.Lock()
		if strings.Contains(line, " msg=listening ") {
			l.serving++
		}
		if line = strings.TrimSpace(line); line != "" {
			l.line = line
		}
		l.mu.Unlock()
		select {
		case l.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// waitFor waits until so many processes serve.
func (l *serversLog) waitFor(ctx context.Context, n int) bool {
	for {
		l.mu.Lock()
		serving := l.serving
		l.mu.Unlock()
		if serving >= n {
			return true
		}
		select {
		case <-l.more:
		case <-l.over:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// last is the last line that was logged.
func (l *serversLog) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.line
}

// wait waits until nobody can write any more.
func (l *serversLog) wait() { <-l.over }

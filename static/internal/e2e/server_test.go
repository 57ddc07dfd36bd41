package e2e

// The server under test: built once from the repository as it is, run on a free
// port with cookie keys of its own, ended by its process.

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// root is the repository, seen from this folder.
const root = "../../.."

// endsWithin is how long a server may take to end; it closes its sockets first.
const endsWithin = 10 * time.Second

var binary = sync.OnceValues(func() (string, error) {
	built := filepath.Join(root, "static", "dist", "protocol.wasm")
	if _, err := os.Stat(built); err != nil {
		return "", fmt.Errorf("run make first: %w", err)
	}
	name := filepath.Join(scratch, "framecraft")
	build := exec.Command("go", "build", "-o", name, "./server")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the server: %w\n%s", err, out)
	}
	return name, nil
})

// server is one process.
type server struct {
	address string
	command *exec.Cmd
	log     *logBuffer
	ended   chan error
}

// sharedServer serves every test that does not end its server.
var sharedServer = sync.OnceValues(func() (*server, error) {
	s, err := runServer("127.0.0.1:0")
	if err == nil {
		whenAllIsDone(s.stop)
	}
	return s, err
})

func theServer(tb testing.TB) *server {
	tb.Helper()
	s, err := sharedServer()
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// runServer starts a server and returns when it listens. The limits on how many
// connections one visitor may have are for visitors, not for a suite of tests.
// Further flags come last.
func runServer(address string, flags ...string) (*server, error) {
	name, err := binary()
	if err != nil {
		return nil, err
	}
	s := &server{log: &logBuffer{}, ended: make(chan error, 1)}
	s.command = exec.Command(name, append([]string{"-addr", address, "-keys", filepath.Join(scratch, "keys"),
		"-max-handshakes", "0", "-max-address", "0", "-max-session", "0"}, flags...)...)
	s.command.Stderr = s.log
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("starting the server: %w", err)
	}
	go func() { s.ended <- s.command.Wait() }()
	select {
	case s.address = <-s.log.listening():
		return s, nil
	case err := <-s.ended:
		return nil, fmt.Errorf("the server ended before it listened: %w\n%s", err, s.log)
	case <-time.After(endsWithin):
		_ = s.command.Process.Kill()
		return nil, fmt.Errorf("the server does not listen\n%s", s.log)
	}
}

// ownServer is for a test that stops it or starts it again.
func ownServer(tb testing.TB, address string, flags ...string) *server {
	tb.Helper()
	s, err := runServer(address, flags...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.stop() })
	return s
}

func (s *server) url() string { return "http://" + s.address + "/" }

// stop ends the process as an operator does, and harder if it does not listen.
func (s *server) stop() {
	if s.command.Process.Signal(syscall.SIGTERM) != nil {
		return // it has ended already
	}
	select {
	case <-s.ended:
	case <-time.After(endsWithin):
		_ = s.command.Process.Kill()
		<-s.ended
	}
}

// logBuffer keeps what the server writes and finds the address in it.
type logBuffer struct {
	mu    sync.Mutex
	text  bytes.Buffer
	found chan string
}

var listeningLine = regexp.MustCompile(`url=http://(\S+?)/?\s`)

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.Write(p)
	if match := listeningLine.FindSubmatch(b.text.Bytes()); match != nil {
		select {
		case b.channel() <- string(match[1]):
		default: // it is known already
		}
	}
	return len(p), nil
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (b *logBuffer) listening() <-chan string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.channel()
}

func (b *logBuffer) channel() chan string {
	if b.found == nil {
		b.found = make(chan string, 1)
	}
	return b.found
}

// freeAddress is an address that nothing listens on, for a server that is to
// come back where it was.
func freeAddress(tb testing.TB) string {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

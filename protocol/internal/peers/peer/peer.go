// Package peer is what every contender's command has in common: it measures its
// own functions, serves and judges when it is told to, line by line on its
// standard input.
//
// Each contender is a command of its own, in cmd, so that one that cannot be
// built does not take the others along. To add one: a directory there with a main
// that fills a Peer and calls Main, and its name in table/contenders.go.
//
//	measure mask 125 20000000    ->  ok 6.4 0        nanoseconds and allocations, each a call
//	how mask                     ->  ok maskBytes, by go:linkname
//	serve echo                   ->  ok 127.0.0.1:40123
//	weigh                        ->  ok 31000000 900000 1200000   resident, heap, stacks in bytes
//	judge server 8185...         ->  ok 1:48656c6c6f 8802...   the messages and what it wrote
//	anything that is not there   ->  missing it has no function for that
package peer

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// Peer is one contender.
type Peer struct {
	// Functions are what can be measured, by the names in the table's rows.
	Functions map[string]Function
	// Handler upgrades a request and calls take with every message that arrives,
	// until the connection ends. What take returns is sent back, unless it is nil.
	Handler func(Take) http.Handler
	// Client does the same at the other end of a connection, its handshake first.
	Client func(net.Conn, Take) error
	// Serve serves in a way of the contender's own. Without it, Handler serves.
	Serve func(net.Listener, string) error
}

// Take is given an opcode and a message.
type Take func(opcode byte, message []byte) []byte

// Echo sends everything back.
func Echo(_ byte, message []byte) []byte { return message }

// Function is something to measure.
type Function struct {
	// How says how it was reached, where the contender does not export it.
	How string
	// Make returns what does a number of calls with the argument, and how many. It
	// returns nil for an argument that the contender cannot do.
	Make func(argument string) (run func(), calls int)
	// Missing says why there is no function, or none for some arguments.
	Missing string
}

// Main does what its input says until it ends.
func Main(p Peer) {
	s := session{peer: p, made: map[string]made{}}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		answer, err := s.do(strings.Fields(lines.Text()))
		if err != nil {
			fmt.Println("missing", strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		fmt.Println("ok", answer)
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type session struct {
	peer Peer
	made map[string]made
}

func (s *session) do(words []string) (string, error) {
	words = append(words, "", "", "", "")
	switch words[0] {
	case "how":
		return s.peer.Functions[words[1]].How, nil
	case "measure":
		limit, err := time.ParseDuration(words[3])
		if err != nil {
			return "", err
		}
		return s.measure(words[1], words[2], limit)
	case "serve":
		return s.serve(words[1])
	case "judge":
		return s.judge(words[1], words[2])
	case "weigh":
		return weigh(), nil
	}
	return "", fmt.Errorf("found the command %q, expected how, measure, serve, judge or weigh", words[0])
}

// serve serves from now on.
func (s *session) serve(variant string) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	switch {
	case s.peer.Serve != nil:
		go report(s.peer.Serve, listener, variant)
	case s.peer.Handler != nil:
		go report(func(l net.Listener, _ string) error { return http.Serve(l, s.peer.Handler(Echo)) }, listener, variant)
	default:
		listener.Close()
		return "", fmt.Errorf("it does not serve")
	}
	return listener.Addr().String(), nil
}

func report(serve func(net.Listener, string) error, listener net.Listener, variant string) {
	if err := serve(listener, variant); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Accept calls serve with every connection, in a goroutine of its own.
func Accept(listener net.Listener, serve func(net.Conn)) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go serve(conn)
	}
}

// Sink is memory that is written to again and again.
type Sink struct{ Room []byte }

// NewSink has room for so many bytes.
func NewSink(n int) *Sink { return &Sink{make([]byte, 0, n)} }

func (s *Sink) Write(p []byte) (int, error) {
	if len(s.Room)+len(p) > cap(s.Room) {
		s.Room = s.Room[:0]
	}
	s.Room = append(s.Room, p...)
	return len(p), nil
}

var _ io.Writer = (*Sink)(nil)

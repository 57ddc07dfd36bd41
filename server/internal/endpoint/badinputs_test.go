package endpoint

import (
	"net"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/badinputs"
	"framecraft/server/internal/testpeer"
)

// Inputs that broke other implementations, by the number of their row: package
// badinputs sends them. Here are the rows about frames, against the endpoint
// alone; those about the handshake, the header and the visitor are tests of
// package web, which sends these here to the whole site as well.

// ways are how an endpoint may have its connections: TCP itself, and something
// that hides the descriptor.
var ways = map[string]func(net.Conn) net.Conn{
	"plain":   nil,
	waiters:   nil, // by its name; see startServer
	"wrapped": func(tcp net.Conn) net.Conn { return halfOpaqueConn{opaqueConn{tcp}} },
}

// halfOpaqueConn hides the descriptor and can still close one half.
type halfOpaqueConn struct{ opaqueConn }

func (c halfOpaqueConn) CloseWrite() error { return c.Conn.(*net.TCPConn).CloseWrite() }

// unhex reads hex digits, with K for the masking key 00000000.
func unhex(t testing.TB, digits string) []byte {
	t.Helper()
	return badinputs.Unhex(t, digits)
}

// shortLimits are the limits with times that a test can wait for.
func shortLimits() Limits {
	l := DefaultLimits()
	l.FirstFrame, l.Frame, l.Message = badinputs.FirstFrameTime, badinputs.FrameTime, badinputs.MessageTime
	l.Ping, l.Pong = time.Hour, time.Hour
	l.Write, l.Closing, l.Shutdown = badinputs.WriteTime, badinputs.ClosingTime, time.Second
	return l
}

// trickyKind echoes, closes when told to, and fails in its callback when told to.
func trickyKind(maxMessage int) Kind {
	kind := Echo(maxMessage)
	echo := kind.Message
	kind.Message = func(c *Conn, m protocol.Event) {
		if !badinputs.Trick(c, m.Payload) {
			echo(c, m)
		}
	}
	return kind
}

// badInputServer is the server as package badinputs sees it.
func (s *testServer) badInputServer(maxMessage int) *badinputs.Server {
	return &badinputs.Server{Address: s.address, Target: "/", MaxMessage: maxMessage, Live: s.endpoint.Live}
}

// Defence: time-closing, panic-goroutine
// Bad input: rows of badinputs.Frames, rows of badinputs.Behaviours
func TestBadInputs(t *testing.T) {
	for way, wrap := range ways {
		t.Run(way, func(t *testing.T) {
			check := expectNoLeak(t)
			s := startServer(t, shortLimits(), trickyKind(1<<20), wrap)
			badinputs.RunFrames(t, s.badInputServer(1<<20), badinputs.Frames)
			badinputs.RunBehaviours(t, s.badInputServer(1<<20), badinputs.Behaviours)
			s.stop()
			check()
		})
	}
}

// waitLive waits until so many connections are left.
func waitLive(t *testing.T, s *testServer, live int) {
	t.Helper()
	for deadline := time.Now().Add(testpeer.Patience); s.endpoint.Live() > live; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d live connections, expected %d", s.endpoint.Live(), live)
		}
	}
}

// Two pongs for one ping, and one that nobody asked for.
//
// Bad input: 20
func TestBadInputsTwoPongs(t *testing.T) {
	for way, wrap := range ways {
		t.Run(way, func(t *testing.T) {
			limits := shortLimits()
			limits.Ping, limits.Pong = 50*time.Millisecond, 200*time.Millisecond
			s := startServer(t, limits, Echo(1<<20), wrap)
			badinputs.TwoPongs(t, s.badInputServer(1<<20))
		})
	}
}

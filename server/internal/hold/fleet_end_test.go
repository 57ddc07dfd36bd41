package hold

import (
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/wire"
)

// How connections end, apart from being asked to.

// ownListener keeps its connections' descriptors: the endpoint takes only those of
// net's own type out of Go's hands.
type ownListener struct{ net.Listener }

type ownConn struct{ *net.TCPConn }

func (l ownListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return ownConn{c.(*net.TCPConn)}, nil
}

// A server that dies: what it had is lost, and said so.
func TestFleetServerDies(t *testing.T) {
	everyFleet(t, func(t *testing.T, hold fleet) {
		var mu sync.Mutex
		var conns []net.Conn
		e := endpoint.New(endpoint.DefaultLimits(), slog.New(slog.DiscardHandler))
		t.Cleanup(e.Shutdown)
		server := &http.Server{
			Handler: wire.EchoHandler(e, endpoint.Echo(1<<16)),
			ConnState: func(c net.Conn, s http.ConnState) {
				if s == http.StateNew {
					mu.Lock()
					conns = append(conns, c)
					mu.Unlock()
				}
			},
		}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go server.Serve(ownListener{listener})
		t.Cleanup(func() { server.Close() })
		r := start(t, hold, testShare(listener.Addr().(*net.TCPAddr).AddrPort(), 20))
		r.wait("holding", holding)
		for _, c := range conns {
			c.(ownConn).SetLinger(0)
			c.Close()
		}
		p := r.wait("all lost", func(p Progress) bool { return p.Lost == 20 })
		total := 0
		for _, n := range p.Losses {
			total += n
		}
		if p.Open != 0 || total != 20 {
			t.Errorf("found %+v", p)
		}
		if p = r.close(); p.Closed != 0 || p.CutOff != 0 {
			t.Errorf("found %+v", p)
		}
	})
}

// A server that says goodbye is answered, and its connections are lost.
func TestFleetServerCloses(t *testing.T) {
	everyFleet(t, func(t *testing.T, hold fleet) {
		e := endpoint.New(endpoint.DefaultLimits(), slog.New(slog.DiscardHandler))
		at := serve(t, wire.EchoHandler(e, endpoint.Echo(1<<16)))
		r := start(t, hold, testShare(at, 20))
		r.wait("holding", holding)
		begin := time.Now()
		e.Shutdown()
		if took := time.Since(begin); took > endpoint.DefaultLimits().Closing {
			t.Errorf("the server's closing took %v: it was not answered", took)
		}
		p := r.wait("all lost", func(p Progress) bool { return p.Lost == 20 })
		if p.Losses["closed by the server with 1001"] != 20 {
			t.Errorf("found %v, expected 20 times 1001", p.Losses)
		}
		r.close()
	})
}

// A server that does not answer Close: bounded time, and the rest is cut off.
func TestFleetCutOff(t *testing.T) {
	everyFleet(t, func(t *testing.T, hold fleet) {
		at := serveUpgraded(t, "", discard)
		share := testShare(at, 20)
		share.Closing = 200 * time.Millisecond
		share.Ping = 50 * time.Millisecond
		r := start(t, hold, share)
		r.wait("pings without an answer", func(p Progress) bool { return holding(p) && p.Unanswered > 0 })
		if p := r.close(); p.CutOff != 20 || p.Closed != 0 || p.Open != 0 || p.Lost != 0 {
			t.Errorf("found %+v, expected 20 cut off", p)
		}
	})
}

// A server that breaks a rule is not held any longer.
func TestFleetBrokenRule(t *testing.T) {
	everyFleet(t, func(t *testing.T, hold fleet) {
		at := serveUpgraded(t, "\x83\x00", discard)
		r := start(t, hold, testShare(at, 1))
		p := r.wait("lost", func(p Progress) bool { return p.Lost == 1 })
		if p.Losses["the server broke the rule frame-opcode-reserved"] != 1 {
			t.Errorf("found %v", p.Losses)
		}
		r.close()
	})
}

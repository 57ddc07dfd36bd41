package hold

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/testpeer"
	"framecraft/server/internal/wire"
)

// Both ways of holding connections, against real servers on loopback.

// fleets are all of this system.
var fleets = map[string]fleet{"plain": plainFleet, "own": holdFleet}

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// serveEcho serves the endpoint, with limits of a test.
func serveEcho(t *testing.T, change func(*endpoint.Limits)) netip.AddrPort {
	limits := endpoint.DefaultLimits()
	if change != nil {
		change(&limits)
	}
	e := endpoint.New(limits, slog.New(slog.DiscardHandler))
	t.Cleanup(e.Shutdown)
	return serve(t, wire.EchoHandler(e, endpoint.Echo(1<<16)))
}

// serve serves HTTP on a free port.
func serve(t *testing.T, handler http.Handler) netip.AddrPort {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return listener.Addr().(*net.TCPAddr).AddrPort()
}

// serveUpgraded accepts every handshake, with first right behind the response, and
// hands the connections to each.
func serveUpgraded(t *testing.T, first string, each func(net.Conn)) netip.AddrPort {
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tcp, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer tcp.Close()
		accepting := protocol.DefaultResponse(r.Header.Get("Sec-WebSocket-Key")).AppendTo(nil)
		_, _ = tcp.Write(append(accepting, first...))
		each(tcp)
	}))
}

// discard reads until the other side ends.
func discard(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// testShare is a share of n connections from two addresses.
func testShare(at netip.AddrPort, n int) Share {
	share := Share{
		Address: at, Authority: at.String(), Resource: "/echo", Connections: n, PerSource: n,
		Connecting: 16, Patience: patience, Closing: patience,
	}
	if manyLoopbacks {
		share.Sources = []netip.Addr{sourceAddress(0), sourceAddress(1)}
		share.PerSource = (n + 1) / 2
	}
	return share
}

// running is a fleet under way.
type running struct {
	t      *testing.T
	cancel context.CancelFunc
	over   chan struct{}

	mu   sync.Mutex
	last Progress
}

func start(t *testing.T, hold fleet, share Share) *running {
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{t: t, cancel: cancel, over: make(chan struct{})}
	go func() {
		defer close(r.over)
		hold(ctx, share, func(p Progress) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.last = p
		})
	}()
	t.Cleanup(func() { cancel(); <-r.over })
	return r
}

func (r *running) now() Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// wait waits until something is so.
func (r *running) wait(what string, so func(Progress) bool) Progress {
	r.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if p := r.now(); so(p) {
			return p
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%s: not so after %v: %+v", what, patience, r.now())
		}
	}
}

// close asks for the end and returns the last word.
func (r *running) close() Progress {
	r.t.Helper()
	r.cancel()
	select {
	case <-r.over:
	case <-time.After(2 * patience):
		r.t.Fatalf("not closed after %v: %+v", 2*patience, r.now())
	}
	return r.now()
}

func holding(p Progress) bool { return p.Phase == PhaseHolding }
func stopped(p Progress) bool { return p.Stop != nil }

func everyFleet(t *testing.T, test func(t *testing.T, hold fleet)) {
	for name, hold := range fleets {
		t.Run(name, func(t *testing.T) { test(t, hold) })
	}
}

func TestFleetHolds(t *testing.T) {
	everyFleet(t, func(t *testing.T, hold fleet) {
		const n = 101
		at := serveEcho(t, func(l *endpoint.Limits) { l.Ping = 100 * time.Millisecond })
		share := testShare(at, n)
		share.Ping = 200 * time.Millisecond
		r := start(t, hold, share)
		p := r.wait("pings both ways", func(p Progress) bool {
			return holding(p) && p.Pings > 2*n && p.Pongs > n && p.Asked > 2*n
		})
		if p.Opened != n || p.Open != n || p.Lost != 0 || p.Stop != nil || p.Handshakes.Total() != n || p.SoftLimit == 0 {
			t.Errorf("found %+v, expected %d open", p, n)
		}
		p = r.close()
		if p.Phase != PhaseEnded || p.Open != 0 || p.Closed != n || p.CutOff != 0 || p.Lost != 0 {
			t.Errorf("at the end: found %+v, expected all %d closed in order", p, n)
		}
	})
}

func TestFleetSources(t *testing.T) {
	if !manyLoopbacks {
		t.Log("one loopback address on this system")
		return
	}
	everyFleet(t, func(t *testing.T, hold fleet) {
		var mu sync.Mutex
		from := map[string]int{}
		at := testpeer.Listen(t, func(c net.Conn) {
			mu.Lock()
			from[c.RemoteAddr().(*net.TCPAddr).IP.String()]++
			mu.Unlock()
			io.Copy(io.Discard, c)
		})
		share := testShare(at, 11)
		r := start(t, hold, share)
		deadline := time.Now().Add(patience)
		for total := 0; total < 11 && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			mu.Lock()
			total = from["127.0.0.1"] + from["127.0.0.2"]
			mu.Unlock()
		}
		r.close()
		if from["127.0.0.1"] != 6 || from["127.0.0.2"] != 5 {
			t.Errorf("found %v, expected 6 and 5", from)
		}
	})
}

// Frames in odd pieces, and messages that nobody asked for.
func TestFleetListens(t *testing.T) {
	everyFleet(t, func(t *testing.T, hold fleet) {
		pongs := make(chan []byte, 2)
		// Right behind the response: a text, a ping in pieces, half a message.
		at := serveUpgraded(t, "\x81\x02hi\x89\x05he", func(tcp net.Conn) {
			time.Sleep(20 * time.Millisecond)
			tcp.Write([]byte("llo\x01\x02ab"))
			time.Sleep(20 * time.Millisecond)
			tcp.Write([]byte("\x80\x01c"))
			pong := make([]byte, 11)
			io.ReadFull(tcp, pong)
			pongs <- pong
			discard(tcp)
		})
		share := testShare(at, 2)
		share.Closing = 100 * time.Millisecond
		r := start(t, hold, share)
		for range 2 {
			select {
			case pong := <-pongs:
				if pong[0] != 0x8a || pong[1] != 0x85 {
					t.Errorf("found % x, expected a masked pong of five bytes", pong)
				}
				for i := range 5 {
					pong[6+i] ^= pong[2+i%4]
				}
				if string(pong[6:]) != "hello" {
					t.Errorf("found %q, expected hello", pong[6:])
				}
			case <-time.After(patience):
				t.Fatalf("no pong: %+v", r.now())
			}
		}
		if p := r.close(); p.Opened != 2 || p.Lost != 0 || p.Asked != 2 {
			t.Errorf("found %+v", p)
		}
	})
}

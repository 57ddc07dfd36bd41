package endpoint

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/faults"
	"framecraft/server/internal/testpeer"
)

// Every fault twice: through a proxy, so that the endpoint has a real socket, and
// in a connection of its own without a descriptor. The neighbour is another
// connection of the same endpoint.

// faultLimits are short for a connection that must end. A write that hangs lasts
// longer than a neighbour may ever wait.
func faultLimits(survives bool) Limits {
	l := DefaultLimits()
	l.Shutdown = time.Second
	if !survives {
		l.FirstFrame, l.Frame, l.Message = 4*time.Second, 4*time.Second, 5*time.Second
		l.Ping, l.Pong = 500*time.Millisecond, 6*time.Second
		l.Write, l.Closing = 4*time.Second, time.Second
	}
	return l
}

const (
	neighbourBound = 2 * time.Second
	// sufferers at a time, more than t.Parallel allows: they wait most of the time.
	sufferers = 20
)

func TestFaults(t *testing.T) {
	check := expectNoLeak(t)
	before := heap()
	var running sync.WaitGroup
	places := make(chan struct{}, sufferers)
	run := func(name string, f func(t *testing.T)) {
		places <- struct{}{}
		running.Go(func() {
			defer func() { <-places }()
			t.Run(name, f)
		})
	}
	for _, c := range faults.Cases() {
		run("proxy: "+c.Name, func(t *testing.T) {
			s := startServer(t, faultLimits(c.Survives), Echo(1<<20), nil)
			neighbour := testpeer.LiveNextTo(t, s.address, "/")
			proxy, err := faults.Listen(s.address)
			if err != nil {
				t.Fatal(err)
			}
			defer proxy.Close()
			suffer(t, s, proxy.Address(), c, func() { proxy.Set(c.Up, c.Down) })
			neighbour.Leave(t, neighbourBound)
		})
		run("conn: "+c.Name, func(t *testing.T) {
			var faulty atomic.Bool // the first connection is the neighbour's
			s := startServer(t, faultLimits(c.Survives), Echo(1<<20), func(tcp net.Conn) net.Conn {
				if !faulty.Swap(true) {
					return faults.Wrap(tcp, faults.Flow{}, faults.Flow{})
				}
				return faults.Wrap(tcp, c.Up, c.Down)
			})
			neighbour := testpeer.LiveNextTo(t, s.address, "/")
			suffer(t, s, s.address, c, func() {})
			neighbour.Leave(t, neighbourBound)
		})
	}
	running.Wait()
	check()
	if grown := heap() - before; grown > 1<<20 {
		t.Errorf("the faults left %d bytes behind, expected at most 1 MiB", grown)
	}
}

// suffer sends messages over a connection that then meets a fault, and waits
// until nothing is left of it. Begin lets the fault begin.
func suffer(t *testing.T, s *testServer, address string, c faults.Case, begin func()) {
	t.Helper()
	p := testpeer.Dial(t, address, "/")
	begin()
	wire, want := conversation(p, c.Bytes)
	var sending sync.WaitGroup
	sending.Go(func() { p.Write(wire) })
	if c.Survives {
		for i, payload := range want {
			if f, err := p.NextMessage(testpeer.Patience); err != nil || !bytes.Equal(f.Payload, payload) {
				t.Fatalf("answer %d of %d: found %v, %v, expected %d bytes", i+1, len(want), f, err, len(payload))
			}
		}
		sending.Wait()
		p.Send("close 1000")
		if f, err := p.NextMessage(testpeer.Patience); err != nil || f.Code() != protocol.StatusNormalClosure {
			t.Errorf("found %v, %v, expected Close 1000", f, err)
		}
	}
	// A peer that reads nothing has the time of a write and of a pong.
	for begin := time.Now(); s.endpoint.Live() > 1; time.Sleep(time.Millisecond) {
		if time.Since(begin) > 3*testpeer.Patience {
			t.Fatalf("%d live connections, expected only the neighbour's", s.endpoint.Live())
		}
	}
	p.TCP.Close()
	sending.Wait()
}

// conversation returns messages in frames of at most 4 KiB, some in fragments,
// and the answers to them.
func conversation(p *testpeer.Peer, size int) (wire []byte, answers [][]byte) {
	for i := 0; len(wire) < size; i++ {
		payload := bytes.Repeat([]byte(fmt.Sprintf("message %d. ", i)), 1+i*7%300)
		payload = payload[:min(len(payload), 4000, size)]
		wire = append(wire, p.Fragments(protocol.OpcodeText, payload, 1500+i%3*1000)...)
		answers = append(answers, payload)
	}
	return wire, answers
}

// A peer that is gone in the middle of anything, cut at every byte of its frames.
func TestResetAtEveryByte(t *testing.T) { eachLink(t, testResetAtEveryByte) }

func testResetAtEveryByte(t *testing.T) {
	check := expectNoLeak(t)
	s := startServer(t, faultLimits(false), Echo(1<<20), nil)
	neighbour := testpeer.LiveNextTo(t, s.address, "/")
	const frames = "text nofin \"Hel\"\nping \"x\"\ncontinuation \"lo\"\nclose 1000 \"bye\""
	for end, length := 0, 1; end <= length; end++ {
		p := s.dial(t)
		wire := bytes.Join(p.Encode(frames), nil)
		length = len(wire)
		p.Write(wire[:end])
		if end%2 == 0 { // let it arrive first
			time.Sleep(time.Millisecond)
		}
		if err := p.TCP.(*net.TCPConn).SetLinger(0); err != nil {
			t.Fatal(err)
		}
		p.TCP.Close()
	}
	waitLive(t, s, 1)
	neighbour.Leave(t, neighbourBound)
	s.expectServed(t)
	s.stop()
	check()
}

// No jump of the wall clock moves a deadline: what the endpoint sets is a time
// with a reading of the clock that only goes forward, by which the runtime goes.
func TestDeadlinesIgnoreTheWallClock(t *testing.T) {
	var mu sync.Mutex
	var deadlines []time.Time
	near, far := net.Pipe()
	conn := faults.Wrap(near, faults.Flow{}, faults.Flow{})
	conn.Deadline = func(at time.Time) {
		mu.Lock()
		defer mu.Unlock()
		deadlines = append(deadlines, at)
	}
	e := New(faultLimits(true), slog.New(slog.DiscardHandler))
	kind := Echo(1 << 20)
	if !e.begin() {
		t.Fatal("a new endpoint takes no connection")
	}
	e.serve(conn, nil, &kind, nil, Owner{}, func(*Ending) {})
	go far.Write([]byte("\x81\x81\x00\x00\x00\x00a"))
	if _, err := io.ReadFull(far, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	far.Close()
	e.Shutdown()
	mu.Lock()
	defer mu.Unlock()
	if len(deadlines) == 0 {
		t.Error("no deadline was set")
	}
	for _, at := range deadlines {
		if at.IsZero() {
			continue
		}
		// Equal compares wall clocks only where one reading is missing, and Round(0)
		// takes it away.
		if at == at.Round(0) {
			t.Errorf("the deadline %v goes by the wall clock", at)
		}
	}
}

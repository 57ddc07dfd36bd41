package endpoint

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// What is late by our own doing: while we wait for room nothing is read, so no
// deadline of the peer's runs. The peers here do all that they have to, at once.

// fill leaves a socket no room for anything more.
func fill(t *testing.T, c *Conn) {
	t.Helper()
	junk := make([]byte, 64<<10)
	n := len(junk)
	for begin := time.Now(); time.Since(begin) < 400*time.Millisecond; {
		if n == 0 { // the kernel may still move bytes to the other side
			time.Sleep(10 * time.Millisecond)
			n = len(junk)
		}
		c.mu.Lock()
		_, err := writeNow(c.link.fd, junk[:n], nil)
		c.mu.Unlock()
		if err != nil {
			n /= 2
		}
	}
}

// readPast reads on until some bytes have come.
func readPast(t *testing.T, p *testpeer.Peer, last []byte) {
	t.Helper()
	var tail []byte
	for room := make([]byte, 64<<10); !bytes.Contains(tail, last); {
		p.TCP.SetReadDeadline(time.Now().Add(testpeer.Patience))
		n, err := p.TCP.Read(room)
		if err != nil {
			t.Fatalf("waiting for % x: %v", last, err)
		}
		tail = append(tail[max(0, len(tail)-len(last)):], room[:n]...)
	}
}

// expectWriter checks that somebody waits for room.
func expectWriter(t *testing.T, c *Conn) {
	t.Helper()
	if c.mu.TryLock() {
		c.mu.Unlock()
		t.Fatal("nothing waits for room")
	}
}

func TestPingWaitsForRoom(t *testing.T) {
	limits := DefaultLimits()
	limits.Ping, limits.Pong = 700*time.Millisecond, 600*time.Millisecond
	s, p, c := startPushing(t, limits)
	fill(t, c)
	time.Sleep(1100 * time.Millisecond) // for longer than limits.Pong
	expectWriter(t, c)
	readPast(t, p, []byte{0x89, 4, 0, 0, 0, 1})
	time.Sleep(100 * time.Millisecond)
	if found := s.endpoint.Totals(); found.Open != 1 {
		t.Errorf("100 ms behind the ping: found %+v, expected it open", found)
	}
}

func TestCloseWaitsForRoom(t *testing.T) {
	limits := DefaultLimits()
	limits.Closing = 600 * time.Millisecond
	s, p, c := startPushing(t, limits)
	fill(t, c)
	over := make(chan bool)
	go func() {
		s.endpoint.Shutdown()
		close(over)
	}()
	time.Sleep(900 * time.Millisecond) // for longer than limits.Closing
	expectWriter(t, c)
	readPast(t, p, []byte{0x88, 2, 3, 0xe9})
	time.Sleep(100 * time.Millisecond)
	p.Write([]byte{0x88, 0x82, 0, 0, 0, 0, 3, 0xe9})
	p.TCP.Read(make([]byte, 1))
	p.TCP.Close()
	<-over
	if found := s.endpoint.Totals().ClosedBy; found[protocol.StatusGoingAway] != 1 {
		t.Errorf("found %v, expected 1001", found)
	}
}

// A Close frame behind an answer that waits.
func TestCloseBehindAnAnswerThatWaits(t *testing.T) {
	eachLink(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.Closing = 600 * time.Millisecond
		kind := Echo(8 << 20)
		kind.Rate = Rate{MessagesASecond: 1, MessageBurst: 1}
		s := startServer(t, limits, kind, nil)
		p := s.dial(t)
		both := p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), make([]byte, 8<<20))
		both = p.AppendFrame(both, protocol.FIN.WithOpcode(protocol.OpcodeText), []byte("x"))
		go p.TCP.Write(both)
		time.Sleep(1100 * time.Millisecond)
		readPast(t, p, []byte("more than 1 messages a second"))
		time.Sleep(100 * time.Millisecond)
		if found := s.endpoint.Totals(); found.Closing != 1 {
			t.Errorf("100 ms behind the Close frame: found %+v, expected it closing", found)
		}
	})
}

// A frame that comes while we push.
func TestFrameWhilePushing(t *testing.T) {
	eachLink(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.Frame = 300 * time.Millisecond
		s, p, c := startPushing(t, limits)
		frame := p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), make([]byte, 1<<20))
		p.Write(frame[:1000])
		waitBytes(t, s, 1000)
		go c.Push(protocol.OpcodeBinary, make([]byte, 16<<20))
		time.Sleep(50 * time.Millisecond)
		go p.TCP.Write(frame[1000:])
		time.Sleep(700 * time.Millisecond) // for longer than limits.Frame
		for _, what := range []string{"what was pushed", "the echo"} {
			if f, err := p.Next(testpeer.Patience); err != nil || f.Header.Opcode() != protocol.OpcodeBinary {
				t.Fatalf("found %v, %v, expected %s", f, err, what)
			}
		}
	})
}

// With pongs that it takes slowly a peer gets no more time for a message.
//
// Defence: time-message
func TestMessageWhileAPongWaits(t *testing.T) {
	limits := DefaultLimits()
	limits.Message = 1500 * time.Millisecond
	s, p, c := startPushing(t, limits)
	before := s.endpoint.Totals().BytesIn
	p.Write([]byte{0x01, 0x81, 0, 0, 0, 0, 'a'})
	waitTotals(t, s.endpoint, "the beginning of a message", func(found Totals) bool { return found.BytesIn == before+7 })
	fill(t, c)
	p.Write([]byte{0x89, 0x80, 0, 0, 0, 0})
	time.Sleep(2 * time.Second) // for longer than limits.Message
	expectWriter(t, c)
	begin := time.Now()
	readPast(t, p, []byte("a message is not complete"))
	if took := time.Since(begin); took > limits.Message/2 {
		t.Errorf("it was late %v behind the pong, expected at once", took)
	}
}

// A frame has its own time, also where its first byte comes with the end of another.
func TestFrameBehindFrame(t *testing.T) {
	limits := DefaultLimits()
	limits.Frame = 1200 * time.Millisecond
	s := startServer(t, limits, Echo(1<<20), nil)
	p := s.dial(t)
	p.Write([]byte{0x01, 0x82, 0, 0, 0, 0, 'a'})
	time.Sleep(800 * time.Millisecond)
	p.Write([]byte{'b', 0x80})
	time.Sleep(700 * time.Millisecond)
	p.Write([]byte{0x81, 0, 0, 0, 0, 'c'})
	p.Expect(`text "abc"`)
}

// Whoever answers our Close frame need not wait for the end of a rest.
func TestCloseEndsTheRest(t *testing.T) {
	eachLink(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.Output = 1000
		kind := Echo(1 << 20)
		kind.Delay = 20 * time.Second
		kind.Rate = Rate{MessagesASecond: 1, MessageBurst: 2}
		s := startServer(t, limits, kind, nil)
		p := s.dial(t)
		var all []byte
		for range 3 {
			all = p.AppendFrame(all, protocol.FIN.WithOpcode(protocol.OpcodeBinary), make([]byte, 1000))
		}
		p.Write(all)
		readPast(t, p, []byte("more than 1 messages a second"))
		p.Write([]byte{0x88, 0x82, 0, 0, 0, 0, 3, 0xf0})
		p.TCP.Read(make([]byte, 1))
		p.TCP.Close()
		waitTotals(t, s.endpoint, "the end", func(found Totals) bool { return found.Ended == 1 })
		if found := s.endpoint.Totals().ClosedBy; found[protocol.StatusPolicyViolation] != 1 {
			t.Errorf("found %v, expected 1008", found)
		}
	})
}

// What was sent is what is counted, whatever the peer breaks behind it.
func TestFirstCodeCounts(t *testing.T) {
	kind := Echo(1 << 20)
	kind.Rate = Rate{MessagesASecond: 1, MessageBurst: 1}
	s := startServer(t, DefaultLimits(), kind, nil)
	p := s.dial(t)
	p.Write([]byte{0x81, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0, 0xf1, 0x80, 0, 0, 0, 0})
	readPast(t, p, []byte("more than 1 messages a second"))
	p.TCP.Close()
	waitTotals(t, s.endpoint, "the end", func(found Totals) bool { return found.Ended == 1 })
	if found := s.endpoint.Totals(); found.ClosedBy[protocol.StatusPolicyViolation] != 1 || len(found.Broken) != 0 {
		t.Errorf("found %v and %v, sent 1008 for a limit", found.ClosedBy, found.Broken)
	}
}

// stuckListener gives connections that have no room for the answer to a handshake.
type stuckListener struct{ net.Listener }

type stuckConn struct {
	net.Conn
	writeBy time.Time
}

func (l stuckListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return &stuckConn{Conn: c}, err
}

func (c *stuckConn) SetWriteDeadline(at time.Time) error {
	c.writeBy = at
	return c.Conn.SetWriteDeadline(at)
}

func (c *stuckConn) Write(p []byte) (int, error) {
	time.Sleep(time.Until(c.writeBy))
	return 0, os.ErrDeadlineExceeded
}

// A handshake that cannot be answered does not hold up a shutdown.
func TestShutdownBesideAStuckHandshake(t *testing.T) {
	limits := DefaultLimits()
	limits.Shutdown = 100 * time.Millisecond
	e := New(limits, slog.New(slog.DiscardHandler))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	kind, asked := Echo(1<<20), make(chan bool)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		if err := e.Upgrade(w, r, &kind, Owner{}, func(*Ending) {}); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("found %v, expected that there is no room", err)
		}
	})}
	go Serve(server, stuckListener{listener})
	t.Cleanup(func() { server.Close() })
	p := testpeer.Connect(t, listener.Addr().String())
	p.Write([]byte(testpeer.Request("host", "/")))
	<-asked
	time.Sleep(50 * time.Millisecond) // it writes
	begin := time.Now()
	e.Shutdown()
	if took := time.Since(begin); took > limits.Shutdown+2*answerTime {
		t.Errorf("the shutdown took %v, expected about %v", took, limits.Shutdown+answerTime)
	}
}

package endpoint

import (
	"bytes"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// countingConn counts the writes to a connection. It hides nothing: reading goes
// by the descriptor as ever.
type countingConn struct {
	*net.TCPConn
	writes *atomic.Int32
}

func (c countingConn) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.TCPConn.Write(b)
}

func TestAnswersToFramesThatCameTogetherLeaveInOneWrite(t *testing.T) {
	var writes atomic.Int32
	wrap := func(tcp net.Conn) net.Conn { return countingConn{tcp.(*net.TCPConn), &writes} }
	s := startServer(t, DefaultLimits(), Echo(1<<20), wrap)
	p := s.dial(t)
	p.Send(strings.Repeat("text \"echo\"\nping \"ping\"\n", 200))
	p.Expect(strings.Repeat("text \"echo\"\npong \"ping\"\n", 200))
	if n := writes.Load(); n != 1 {
		t.Errorf("400 answers left in %d writes, expected 1", n)
	}
	// The Close answer leaves with the echo in front of it.
	writes.Store(0)
	p.Send("text \"last\"\nclose 1000")
	p.Expect(`text "last"`)
	p.ExpectClose(protocol.StatusNormalClosure)
	if n := writes.Load(); n != 1 {
		t.Errorf("an echo and a Close frame left in %d writes, expected 1", n)
	}
}

// opaqueConn hides the descriptor, and with it the way to wait without a buffer.
type opaqueConn struct{ net.Conn }

func TestServesWithoutADescriptor(t *testing.T) {
	check := expectNoLeak(t)
	s := startServer(t, DefaultLimits(), Echo(1<<20), func(tcp net.Conn) net.Conn { return opaqueConn{tcp} })
	p := s.dial(t)
	payload := loadPayload(300_000)
	p.RoundTrip(protocol.OpcodeText, p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), payload), payload)
	p.CloseClean()
	p.TCP.Close()
	s.stop()
	check()
}

func TestFramesBehindTheHandshakeAreServed(t *testing.T) {
	eachLink(t, testFramesBehindTheHandshakeAreServed)
}

func testFramesBehindTheHandshakeAreServed(t *testing.T) {
	s := startServer(t, DefaultLimits(), Echo(1<<20), nil)
	p := testpeer.Connect(t, s.address)
	p.Write(append([]byte(testpeer.Request(s.address, "/")), p.Encode(`text "early"`)[0]...))
	p.ExpectUpgraded()
	p.Expect(`text "early"`)
	p.CloseClean()
}

func TestEndOfTCPIsAnswered(t *testing.T) { eachLink(t, testEndOfTCPIsAnswered) }

func testEndOfTCPIsAnswered(t *testing.T) {
	s := startServer(t, DefaultLimits(), Echo(1<<20), nil)
	for _, sent := range []string{"", `text "Hello"`, `text nofin "Hel"`} {
		p := s.dial(t)
		p.Send(sent)
		if err := p.TCP.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if sent == `text "Hello"` {
			p.Expect(sent)
		}
		p.ExpectEnd(time.Second)
	}
}

// A length that a peer claims is believed only as far as its bytes have come.
//
// Bad input: 3
func TestClaimedLengthCostsNothing(t *testing.T) { eachLink(t, testClaimedLengthCostsNothing) }

func testClaimedLengthCostsNothing(t *testing.T) {
	s := startServer(t, DefaultLimits(), Echo(16<<20), nil)
	before := heap()
	for range 20 {
		p := s.dial(t)
		p.Write(unhex(t, "82ff0000000001000000 K 41"))
		p.Write(unhex(t, "41"))
	}
	waitHeard(t, s, 20)
	if grown := heap() - before; grown > 8<<20 {
		t.Errorf("20 claims of 16 MiB cost %d bytes", grown)
	}
}

// Defence: shutdown-registry, shutdown-1001, shutdown-cut
func TestShutdownSaysGoingAway(t *testing.T) { eachLink(t, testShutdownSaysGoingAway) }

func testShutdownSaysGoingAway(t *testing.T) {
	check := expectNoLeak(t)
	// Nothing but the shutdown is due in the time of this test.
	limits := DefaultLimits()
	limits.Closing, limits.Shutdown = 200*time.Millisecond, 2*time.Second
	s := startServer(t, limits, Echo(1<<20), nil)
	idle, busy, deaf := s.dial(t), s.dial(t), s.dial(t)
	busy.Send(`text nofin "under way"`)
	waitHeard(t, s, 1)
	var done sync.WaitGroup
	done.Go(s.endpoint.Shutdown)
	for _, p := range []*testpeer.Peer{idle, busy} {
		p.ExpectHex("880203e9")
		p.Send("close 1001")
		p.ExpectEnd(time.Second)
	}
	// The third never answers and is cut.
	if f, err := deaf.Next(testpeer.Patience); err != nil || f.Code() != protocol.StatusGoingAway {
		t.Errorf("found %v, %v, expected Close 1001", f, err)
	}
	deaf.ExpectEnd(2 * time.Second)
	done.Wait()
	if live := s.endpoint.Live(); live != 0 {
		t.Errorf("%d live connections after the shutdown", live)
	}
	// Whoever comes now is not served.
	left := false
	if err := s.endpoint.Upgrade(nil, nil, &Kind{}, Owner{}, func(e *Ending) { left = e == nil }); err != ErrClosing || !left {
		t.Errorf("after the shutdown: %v, %v, expected ErrClosing and the place given back", err, left)
	}
	for _, p := range []*testpeer.Peer{idle, busy, deaf} {
		p.TCP.Close()
	}
	s.stop()
	check()
}

// waitHeard waits until so many connections have been heard of.
func waitHeard(t *testing.T, s *testServer, want int) {
	t.Helper()
	for deadline := time.Now().Add(testpeer.Patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		heard := 0
		s.endpoint.mu.Lock()
		conns := append([]*Conn(nil), s.endpoint.conns...)
		s.endpoint.mu.Unlock()
		for _, c := range conns {
			c.mu.Lock()
			if c.heard {
				heard++
			}
			c.mu.Unlock()
		}
		if heard >= want {
			return
		}
	}
	t.Fatalf("fewer than %d connections were heard of", want)
}

// A write that is under way when the shutdown begins must not keep the Close
// frame of the others, and is cut when its time is over.
//
// Defence: shutdown-cut
func TestShutdownCutsWhoDoesNotRead(t *testing.T) { eachLink(t, testShutdownCutsWhoDoesNotRead) }

func testShutdownCutsWhoDoesNotRead(t *testing.T) {
	limits := shortLimits()
	limits.Write, limits.Shutdown = time.Hour, 300*time.Millisecond
	s := startServer(t, limits, Echo(16<<20), nil)
	p := s.dial(t)
	payload := loadPayload(8 << 20)
	go p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), payload))
	for p.More(testpeer.Patience) == nil && len(p.In) < 1000 {
	}
	begin := time.Now()
	s.endpoint.Shutdown()
	if lasted := time.Since(begin); lasted > 3*time.Second {
		t.Errorf("the shutdown took %v", lasted)
	}
}

// Defence: time-first-frame, time-frame, time-message
func TestDeadlines(t *testing.T) { eachLink(t, testDeadlines) }

func testDeadlines(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits func(*Limits)
		send   string // hex
		reason string
	}{
		{"first frame", func(l *Limits) { l.FirstFrame = 100 * time.Millisecond }, "", "no frame after 100ms"},
		{"frame", func(l *Limits) { l.Frame = 100 * time.Millisecond }, "81", "a frame is not complete after 100ms"},
		{"frame behind a whole one", func(l *Limits) { l.Frame = 100 * time.Millisecond }, "8a80 K 8185 K 61", "a frame is not complete after 100ms"},
		{"message", func(l *Limits) { l.Message = 100 * time.Millisecond }, "0181 K 61", "a message is not complete after 100ms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			limits := DefaultLimits()
			limits.Closing = 100 * time.Millisecond
			c.limits(&limits)
			p := startServer(t, limits, Echo(1<<20), nil).dial(t)
			p.Write(unhex(t, c.send))
			f, err := p.Next(testpeer.Patience)
			if err != nil || string(f.Payload) != "\x03\xf0"+c.reason {
				t.Fatalf("found %v, %v, expected Close 1008 %q", f, err, c.reason)
			}
			p.ExpectEnd(2 * time.Second)
		})
	}
}

// A frame's deadline is that of one frame: a peer that sends frame after frame,
// each reaching into the next read, is not cut.
//
// Defence: time-frame
func TestDeadlineOfAFrameIsNotThatOfAStream(t *testing.T) {
	eachLink(t, testDeadlineOfAFrameIsNotThatOfAStream)
}

func testDeadlineOfAFrameIsNotThatOfAStream(t *testing.T) {
	limits := DefaultLimits()
	limits.Frame = 500 * time.Millisecond
	p := startServer(t, limits, Echo(1<<20), nil).dial(t)
	first := p.Encode(`text nofin "x"`)[0]
	next := p.Encode(`continuation nofin "x"`)[0]
	p.Write(first)
	for range 20 {
		p.Write(next[:3])
		time.Sleep(60 * time.Millisecond)
		p.Write(next[3:])
	}
	p.Send(`continuation "x"`)
	p.ExpectFrame(protocol.OpcodeText, bytes.Repeat([]byte("x"), 22))
	p.CloseClean()
}

// Defence: time-ping, time-pong
func TestPingsAndNoPong(t *testing.T) { eachLink(t, testPingsAndNoPong) }

func testPingsAndNoPong(t *testing.T) {
	limits := DefaultLimits()
	limits.Ping, limits.Pong, limits.Closing = 100*time.Millisecond, 150*time.Millisecond, 100*time.Millisecond
	p := startServer(t, limits, Echo(1<<20), nil).dial(t)
	for range 3 {
		f, err := p.Next(testpeer.Patience)
		if err != nil || f.Header.Opcode() != protocol.OpcodePing {
			t.Fatalf("found %v, %v, expected a ping", f, err)
		}
		p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodePong), f.Payload))
	}
	if f, err := p.Next(testpeer.Patience); err != nil || f.Header.Opcode() != protocol.OpcodePing {
		t.Fatalf("found %v, %v, expected a ping", f, err)
	}
	// This one is answered with something else.
	p.Send(`pong "other"`)
	f, err := p.Next(testpeer.Patience)
	if err != nil || string(f.Payload) != "\x03\xf0no pong after 150ms" {
		t.Fatalf("found %v, %v, expected Close 1008 for the missing pong", f, err)
	}
	p.ExpectEnd(2 * time.Second)
}

// Defence: count-messages, count-messages-burst, count-bytes, count-pings
func TestRates(t *testing.T) { eachLink(t, testRates) }

func testRates(t *testing.T) {
	kind := Echo(1 << 20)
	kind.Rate = Rate{MessagesASecond: 1, MessageBurst: 5, PingsASecond: 1, PingBurst: 3, BytesASecond: 1 << 20, ByteBurst: 1 << 18}
	s := startServer(t, DefaultLimits(), kind, nil)

	p := s.dial(t)
	p.Send(strings.Repeat("text \"x\"\n", 6))
	p.Expect(strings.Repeat("text \"x\"\n", 5))
	if f, err := p.Next(testpeer.Patience); err != nil || string(f.Payload) != "\x03\xf0more than 1 messages a second" {
		t.Errorf("found %v, %v, expected Close 1008", f, err)
	}

	p = s.dial(t)
	p.Send(strings.Repeat("ping\n", 4))
	p.Expect(strings.Repeat("pong\n", 4))
	if f, err := p.Next(testpeer.Patience); err != nil || string(f.Payload) != "\x03\xf0more than 1 pings a second" {
		t.Errorf("found %v, %v, expected Close 1008", f, err)
	}

	// Bytes are only slowed down: three quarters of a mebibyte over the burst take as
	// much of a second, less what the last read brought, which is paid for afterwards.
	p = s.dial(t)
	payload := loadPayload(1 << 20)
	begin := time.Now()
	p.RoundTrip(protocol.OpcodeText, p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), payload), payload)
	if lasted := time.Since(begin); lasted < 490*time.Millisecond || lasted > 5*time.Second {
		t.Errorf("1 MiB took %v, expected at least half a second", lasted)
	}
	p.CloseClean()
}

func TestBucket(t *testing.T) {
	r := new(rates)
	rate := &Rate{MessagesASecond: 10, MessageBurst: 3}
	for i, c := range []struct {
		at   time.Duration
		want bool
	}{{0, true}, {0, true}, {0, true}, {0, false}, {200 * time.Millisecond, true}, {200 * time.Millisecond, false},
		{time.Hour, true}, {time.Hour, true}, {time.Hour, true}, {time.Hour, false}} {
		if got := r.message(rate, c.at); got != c.want {
			t.Errorf("message %d at %v: %v, expected %v", i, c.at, got, c.want)
		}
	}
}

// What is logged of a connection is never what was said on it.
//
// Defence: log-payload, log-facts, panic-log
func TestLogsNoPayload(t *testing.T) {
	var log bytes.Buffer
	var mu sync.Mutex
	handler := slog.NewTextHandler(lockedWriter{&mu, &log}, &slog.HandlerOptions{Level: slog.LevelDebug})
	s := startServerLog(t, shortLimits(), trickyKind(1<<20), nil, slog.New(handler))
	p := s.dial(t)
	p.Send("text \"secret\"\nclose 1000 \"secret\"")
	p.Expect(`text "secret"`)
	p.ExpectClose(protocol.StatusNormalClosure)
	p = s.dial(t)
	p.Send("text rsv1 \"secret\"")
	p.ExpectClose(protocol.StatusProtocolError)
	p = s.dial(t)
	p.Send(`text "panic"`)
	p.ExpectEnd(time.Second)
	waitLive(t, s, 0)
	mu.Lock()
	defer mu.Unlock()
	text := log.String()
	for _, want := range []string{"code=1000", "code=1002 ", "rule=frame-rsv1-unnegotiated", "panic while serving a connection", "messages_in=1"} {
		if !strings.Contains(text, want) {
			t.Errorf("the log lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "secret") {
		t.Errorf("the log holds a payload:\n%s", text)
	}
}

type lockedWriter struct {
	mu  *sync.Mutex
	buf *bytes.Buffer
}

func (w lockedWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(b)
}

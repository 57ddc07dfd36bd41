package endpoint

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// pushKind hands the connection over when the first message comes, and echoes.
func pushKind(conns chan<- *Conn) Kind {
	kind := Echo(1 << 20)
	echo := kind.Message
	var once sync.Once
	kind.Message = func(c *Conn, m protocol.Event) {
		once.Do(func() { conns <- c })
		echo(c, m)
	}
	return kind
}

// startPushing serves one connection that may be pushed to.
func startPushing(t *testing.T, limits Limits) (*testServer, *testpeer.Peer, *Conn) {
	t.Helper()
	conns := make(chan *Conn, 1)
	s := startServer(t, limits, pushKind(conns), nil)
	p := s.dial(t)
	p.Send(`text "first"`)
	p.Expect(`text "first"`)
	return s, p, <-conns
}

// Pushers and the echo write on one connection at the same time; each message
// arrives whole, and those of one pusher in their order.
//
// Bad input: 27
func TestPushFromManyGoroutines(t *testing.T) { eachLink(t, testPushFromManyGoroutines) }

func testPushFromManyGoroutines(t *testing.T) {
	check := expectNoLeak(t)
	s, p, c := startPushing(t, DefaultLimits())
	const pushers, messages = 4, 200
	large := make([]byte, copyBelow+1)
	var running sync.WaitGroup
	for i := range pushers {
		running.Go(func() {
			for n := range messages {
				payload := fmt.Appendf(nil, "%d %d ", i, n)
				if n%20 == 0 {
					payload = append(payload, large...)
				}
				if !c.Push(protocol.OpcodeBinary, payload) {
					t.Errorf("push %d %d: found the connection closed", i, n)
				}
			}
		})
	}
	running.Go(func() {
		for range messages {
			p.Send(`text "echo"`)
		}
	})
	var next [pushers]int
	echoed := 0
	for range pushers*messages + messages {
		f, err := p.Next(testpeer.Patience)
		if err != nil {
			t.Fatal(err)
		}
		if f.Header.Opcode() == protocol.OpcodeText {
			echoed++
			continue
		}
		var i, n int
		if _, err := fmt.Sscanf(string(f.Payload), "%d %d ", &i, &n); err != nil || n != next[i] {
			t.Fatalf("found %v, expected message %v of these", f, next)
		}
		next[i]++
	}
	running.Wait()
	if echoed != messages {
		t.Errorf("found %d echoes, expected %d", echoed, messages)
	}
	p.CloseClean()
	if c.Push(protocol.OpcodeText, nil) {
		t.Error("pushed after the closing handshake")
	}
	p.TCP.Close()
	s.stop()
	if c.Push(protocol.OpcodeText, nil) {
		t.Error("pushed after the end")
	}
	check()
}

// A peer that does not read slows the pusher down and is cut off in the end.
//
// Defence: time-write
func TestPushToSlowReader(t *testing.T) { eachLink(t, testPushToSlowReader) }

func testPushToSlowReader(t *testing.T) {
	limits := DefaultLimits()
	limits.Write = 300 * time.Millisecond
	s, _, c := startPushing(t, limits)
	payload := make([]byte, 64<<10)
	begin, pushed := time.Now(), 0
	for c.Push(protocol.OpcodeBinary, payload) {
		pushed += len(payload)
		if pushed > 256<<20 {
			t.Fatal("a peer that reads nothing took 256 MiB")
		}
	}
	if lasted := time.Since(begin); lasted < limits.Write {
		t.Errorf("cut off after %v, expected at least %v", lasted, limits.Write)
	}
	s.expectServed(t)
}

// The connection is closed in good order between two pushes.
func TestPushWhileShuttingDown(t *testing.T) { eachLink(t, testPushWhileShuttingDown) }

func testPushWhileShuttingDown(t *testing.T) {
	s, p, c := startPushing(t, DefaultLimits())
	var pusher sync.WaitGroup
	pusher.Go(func() {
		for c.Push(protocol.OpcodeText, []byte("again")) {
			time.Sleep(time.Millisecond)
		}
	})
	var stopped sync.WaitGroup
	stopped.Go(s.endpoint.Shutdown)
	for {
		f, err := p.Next(testpeer.Patience)
		if err != nil {
			t.Fatal(err)
		}
		if f.Header.Opcode() == protocol.OpcodeClose {
			if f.Code() != protocol.StatusGoingAway {
				t.Errorf("found %v, expected 1001", f)
			}
			break
		}
	}
	pusher.Wait()
	p.Send("close 1001")
	p.ExpectEnd(testpeer.Patience)
	p.TCP.Close()
	stopped.Wait()
}

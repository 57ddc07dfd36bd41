package endpoint

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// echoServer is the echo endpoint as an address asks for it.
func echoServer(t testing.TB, query string) *testServer {
	t.Helper()
	kind, refusal := EchoFor(Echo(1<<20), query)
	if refusal != nil {
		t.Fatalf("%s: %v", query, refusal)
	}
	return startServer(t, shortLimits(), kind, nil)
}

// Bad input: 45
func TestEchoForRefuses(t *testing.T) {
	const names = "expected one of deflate, subprotocol, delay, close, after, pong"
	for _, c := range []struct{ query, found string }{
		{"x=1", `found the parameter "x", ` + names},
		{"=1", `found the parameter "", ` + names},
		{"Delay=1s", `found the parameter "Delay", ` + names},
		{"delay=1s&delay=1s", "found delay twice"},
		{"delay", `delay: found "", expected a time from 0s to 30s`},
		{"delay=1", `delay: found "1"`},
		{"delay=-1ms", `delay: found "-1ms"`},
		{"delay=30.001s", `delay: found "30.001s"`},
		{"delay=%zz", `delay: found "%zz"`},
		{"close=1", "close: found"},
		{"close=999", "close: found"},
		{"close=1004", "close: found"},
		{"close=1005", "close: found"},
		{"close=1006", "close: found"},
		{"close=1010", "close: found"},
		{"close=1015", "close: found"},
		{"close=2000", "close: found"},
		{"close=5000", "close: found"},
		{"close=+1000", "close: found"},
		{"after=3", "found after without close, expected both"},
		{"close=1000&after=-1", "after: found"},
		{"close=1000&after=1000001", "after: found"},
		{"close=1000&after=99999999999999999999", "after: found"},
		{"pong=on", `pong: found "on", expected off`},
		{"subprotocol=", "subprotocol: found"},
		{"subprotocol=a%0d%0ab", "subprotocol: found"},
		{"subprotocol=a%20b", "subprotocol: found"},
		{"deflate=", "deflate: found"},
		{"deflate=on", "deflate: found"},
		{"deflate=server_max_window_bits", "deflate: found"},
		{"deflate=server_max_window_bits=16", "deflate: found"},
		{"deflate=server_max_window_bits=7", "deflate: found"},
		{"deflate=client_max_window_bits", "deflate: found"},
		{"deflate=server_no_context_takeover;server_no_context_takeover", "deflate: found"},
		{"deflate=server_no_context_takeover=1", "deflate: found"},
		{"deflate=server_no_context_takeover,x", "deflate: found"},
		{"delay=" + strings.Repeat("é", 1000), `delay: found "` + strings.Repeat(`\u00e9`, 20) + `" and 1960 bytes more`},
	} {
		_, refusal := EchoFor(Echo(1), c.query)
		if refusal == nil || refusal.Status != 400 || !strings.HasPrefix(refusal.Reason, c.found) {
			t.Errorf("%.60s: %v, expected %s", c.query, refusal, c.found)
		}
	}
}

// Every row of the table has an example, and the example works.
func TestEchoOptionsExamples(t *testing.T) {
	for _, option := range EchoOptions() {
		query := option.Example
		if option.Name == "after" {
			query += "&close=1000"
		}
		if _, refusal := EchoFor(Echo(1), query); refusal != nil || !strings.HasPrefix(option.Example, option.Name+"=") {
			t.Errorf("%s: %q: %v", option.Name, option.Example, refusal)
		}
		if option.Values == "" || option.Meaning == "" {
			t.Errorf("%+v", option)
		}
	}
}

func TestEchoDeflate(t *testing.T) {
	const anyClient = "permessage-deflate; client_max_window_bits"
	for _, c := range []struct{ query, offer, element string }{
		{"deflate=off", anyClient, ""},
		{"deflate=takeover", anyClient, "permessage-deflate"},
		{"deflate=takeover", anyClient + "; server_no_context_takeover", "permessage-deflate; server_no_context_takeover"},
		{"deflate=server_no_context_takeover;client_max_window_bits=10", anyClient, "permessage-deflate; server_no_context_takeover; client_max_window_bits=10"},
		{"deflate=server_no_context_takeover;client_max_window_bits=10", "permessage-deflate", "permessage-deflate; server_no_context_takeover"},
		{"deflate=client_no_context_takeover", anyClient, "permessage-deflate; client_no_context_takeover"},
		{"deflate=server_max_window_bits%3D9", anyClient, "permessage-deflate; server_max_window_bits=9"},
		{"deflate=server_max_window_bits=12", anyClient + "; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=10"},
		{"&pong=off&", anyClient, noContext},
	} {
		s := echoServer(t, c.query)
		p := dialDeflate(t, s.address, "/", c.offer)
		if p.element != c.element {
			t.Errorf("%s: %q is answered with %q, expected %q", c.query, c.offer, p.element, c.element)
		}
		p.Send(`text "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"`)
		if compressed := p.expect(protocol.OpcodeText, bytes.Repeat([]byte("a"), 41)); compressed != (c.element != "") {
			t.Errorf("%s: compressed is %v", c.query, compressed)
		}
		p.CloseClean()
	}
}

// With the window kept, the second of two equal messages shrinks to almost
// nothing, in both directions.
func TestEchoTakeoverIsUsed(t *testing.T) {
	s := echoServer(t, "deflate=takeover")
	p := dialDeflate(t, s.address, "/", "permessage-deflate")
	message := jsonRing().piece(0, 2000)
	first, second := 0, 0
	for n := range 2 {
		p.Write(p.fragments(protocol.OpcodeText, p.pack(message), 0))
		f, err := p.Next(testpeer.Patience)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			first = len(f.Payload)
		}
		second = len(f.Payload)
		got, err := p.inflater.Inflate(nil, f.Payload)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err = p.inflater.Finish(got); err != nil || !bytes.Equal(got, message) {
			t.Fatalf("found %.50q, %v", got, err)
		}
	}
	if second > first/4 {
		t.Errorf("%d bytes, then %d", first, second)
	}
	p.CloseClean()
}

func TestEchoSubprotocol(t *testing.T) {
	s := echoServer(t, "subprotocol=chat,%20superchat")
	for _, c := range []struct {
		lines  []string
		chosen string
	}{
		{nil, ""},
		{[]string{"Sec-WebSocket-Protocol: other"}, ""},
		{[]string{"Sec-WebSocket-Protocol: Chat"}, ""},
		{[]string{"Sec-WebSocket-Protocol: other , superchat, chat"}, "superchat"},
		{[]string{"Sec-WebSocket-Protocol: other", "Sec-WebSocket-Protocol: chat"}, "chat"},
	} {
		p := testpeer.Connect(t, s.address)
		p.Write([]byte(testpeer.Request(s.address, "/", c.lines...)))
		answer := p.ReadAnswer()
		_, rest, found := strings.Cut(answer, "\r\nSec-WebSocket-Protocol: ")
		if chosen, _, _ := strings.Cut(rest, "\r\n"); chosen != c.chosen || found != (c.chosen != "") {
			t.Errorf("%q is answered with %q, expected %q", c.lines, answer, c.chosen)
		}
		p.Send(`text "Hello"`)
		p.Expect(`text "Hello"`)
		p.CloseClean()
	}
}

func TestEchoDelay(t *testing.T) { eachLink(t, testEchoDelay) }

func testEchoDelay(t *testing.T) {
	const delay = 150 * time.Millisecond
	s := echoServer(t, "delay=150ms")
	for _, offer := range []string{"x-none", anyDeflate} {
		p := dialDeflate(t, s.address, "/", offer)
		begin := time.Now()
		p.Send("text \"one\"\nping \"now\"\nbinary hex:02")
		// The ping does not wait.
		p.Expect(`pong "now"`)
		if waited := time.Since(begin); waited > delay {
			t.Errorf("the pong came after %v", waited)
		}
		p.expect(protocol.OpcodeText, []byte("one"))
		p.expect(protocol.OpcodeBinary, []byte{2})
		// Both waited from when they came, not one behind the other.
		if waited := time.Since(begin); waited < delay || waited > 2*delay {
			t.Errorf("the messages came after %v", waited)
		}
		time.Sleep(delay / 3)
		begin = time.Now()
		p.Send(`text "again"`)
		time.Sleep(delay / 2)
		p.Send(`text "and again"`)
		p.expect(protocol.OpcodeText, []byte("again"))
		p.expect(protocol.OpcodeText, []byte("and again"))
		if waited := time.Since(begin); waited < delay*3/2 {
			t.Errorf("the last message came after %v", waited)
		}
		// Nor does the closing handshake, behind which nothing comes.
		p.Send("text \"too late\"\nclose 1000")
		p.ExpectClose(protocol.StatusNormalClosure)
	}
}

// Many connections that wait hold no worker, and a shutdown waits for none.
func TestEchoDelayHoldsNothing(t *testing.T) {
	check := expectNoLeak(t)
	kind, _ := EchoFor(Echo(1<<20), "delay=30s")
	limits := shortLimits()
	s := startServer(t, limits, kind, nil)
	goroutines := runtime.NumGoroutine()
	const peers = 100
	var all []*testpeer.Peer
	for range peers {
		p := s.dial(t)
		p.Send(`text "Hello"`)
		all = append(all, p)
	}
	for deadline := time.Now().Add(testpeer.Patience); ; time.Sleep(5 * time.Millisecond) {
		waiting := 0
		for _, c := range s.connections() {
			c.mu.Lock()
			if c.held != nil {
				waiting++
			}
			c.mu.Unlock()
		}
		// A waiter each, and the workers that are kept for everybody.
		if now := runtime.NumGoroutine(); waiting == peers && now <= goroutines+peers+idleWorkers {
			break
		}
		if time.Now().After(deadline) {
			now := runtime.NumGoroutine()
			t.Fatalf("%d answers wait, %d goroutines run, %d before", waiting, now, goroutines)
		}
	}
	begin := time.Now()
	s.stop()
	if took := time.Since(begin); took > 2*limits.Shutdown+time.Second {
		t.Errorf("the shutdown took %v", took)
	}
	for _, p := range all {
		p.TCP.Close()
	}
	check()
}

// A client that sends on and on while nothing comes back is not read from, so
// what waits stays bounded; and it is not blamed for the time in which nobody
// reads.
func TestEchoDelayStopsReading(t *testing.T) { eachLink(t, testEchoDelayStopsReading) }

func testEchoDelayStopsReading(t *testing.T) {
	kind, _ := EchoFor(Echo(1<<20), "delay=300ms")
	limits := shortLimits()
	limits.Ping, limits.Pong = 200*time.Millisecond, 200*time.Millisecond
	limits.Frame, limits.Output = 200*time.Millisecond, 32<<10
	s := startServer(t, limits, kind, nil)
	p := s.dial(t)
	payload := loadPayload(10_000)
	frame := p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), payload)
	pongs := make(chan []byte, 100)
	go func() {
		for {
			next := frame
			select {
			case next = <-pongs:
			default:
			}
			if _, err := p.TCP.Write(next); err != nil {
				return
			}
		}
	}()
	most := make(chan int)
	done := make(chan struct{})
	go func() {
		n := 0
		for {
			select {
			case <-done:
				most <- n
				return
			case <-time.After(time.Millisecond):
			}
			for _, c := range s.connections() {
				c.mu.Lock()
				if c.held != nil {
					n = max(n, len(c.held.frames))
				}
				c.mu.Unlock()
			}
		}
	}()
	for got := 0; got < 40; {
		f, err := p.Next(testpeer.Patience)
		if err != nil || f.Header.Opcode() == protocol.OpcodeClose {
			t.Fatalf("found %v, %v after %d messages", f, err, got)
		}
		switch f.Header.Opcode() {
		case protocol.OpcodeText:
			got++
		case protocol.OpcodePing:
			pongs <- p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodePong), f.Payload)
		}
	}
	close(done)
	limit := limits.Output + readBufferSize + len(frame)
	if most := <-most; most > limit || most < limits.Output {
		t.Errorf("%d bytes wait, expected at most %d", most, limit)
	}
	p.TCP.Close()
}

func TestEchoCloses(t *testing.T) { eachLink(t, testEchoCloses) }

func testEchoCloses(t *testing.T) {
	for _, c := range []struct {
		query  string
		echoes int
		code   protocol.StatusCode
	}{
		{"close=1001", 1, 1001},
		{"close=1001&after=3", 3, 1001},
		{"after=2&close=4999", 2, 4999},
		{"close=3000&after=0", 0, 3000},
		{"close=1011&after=2&delay=50ms", 2, 1011},
	} {
		for _, offer := range []string{"x-none", anyDeflate} {
			p := dialDeflate(t, echoServer(t, c.query).address, "/", offer)
			// More than come back: nothing follows the Close frame.
			for range c.echoes + 2 {
				p.Send(`text "Hello"`)
			}
			for range c.echoes {
				p.expect(protocol.OpcodeText, []byte("Hello"))
			}
			p.ExpectCloseFrame(c.code)
			p.Send("close 1000")
			p.ExpectEnd(time.Second)
		}
	}
}

func TestEchoPongOff(t *testing.T) {
	p := echoServer(t, "pong=off").dial(t)
	p.Send("ping \"anybody?\"\ntext \"Hello\"")
	p.Expect(`text "Hello"`)
	p.CloseClean()
}

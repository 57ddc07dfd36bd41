package web

import (
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// The counts as a visitor meets them when nobody has configured anything.
// Handshakes have a test of their own, because they would come first.
//
// Defence: count-session, count-address, count-gauge
// Bad input: 48
func TestDefaultCountsOfConnections(t *testing.T) {
	s := startSite(t, func(c *Config) {
		c.Counts = DefaultCounts()
		c.Counts.HandshakesAMinute = 0
	})
	const full = "429 Too Many Requests"
	cookie := s.cookie(t)
	first := s.dial(t, "", cookie)
	for range 7 {
		s.dial(t, "", cookie)
	}
	ninth := testpeer.Request(s.address, "/socket", "Origin: "+s.origin, "Cookie: "+cookie)
	if status := s.status(t, ninth); status != full {
		t.Errorf("the ninth of a session: %s, expected %s", status, full)
	}
	for range 24 {
		testpeer.Dial(t, s.address, "/echo")
	}
	if status := s.status(t, testpeer.Request(s.address, "/echo")); status != full {
		t.Errorf("the 33rd of an address: %s, expected %s", status, full)
	}
	first.CloseClean()
	first.TCP.Close()
	waitEmpty(t, s, 31)
	s.dial(t, "", cookie)
}

// Defence: count-handshakes
func TestDefaultCountOfHandshakes(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Counts = DefaultCounts() })
	begin := time.Now()
	good := 0
	for range 33 {
		switch status := s.status(t, testpeer.Request(s.address, "/echo")); status {
		case "101 Switching Protocols":
			good++
		case "429 Too Many Requests":
		default:
			t.Fatalf("found %s", status)
		}
	}
	// One more comes every two seconds.
	if most := 30 + int(time.Since(begin)/(2*time.Second)); good < 30 || good > most {
		t.Errorf("%d handshakes of 33 in %v, expected 30", good, time.Since(begin))
	}
}

// One frame more than the burst, all in one write, so that no time passes.
//
// Defence: count-messages, count-messages-burst, count-pings
func TestDefaultRates(t *testing.T) {
	s := startSite(t, func(c *Config) { c.SocketRate = DefaultSocketRate() })
	cookie := s.cookie(t)
	for _, c := range []struct {
		frame   string
		burst   int
		answers protocol.Opcode
		reason  string
	}{
		{"binary hex:8180\n", 100, protocol.OpcodeText, "more than 50 messages a second"},
		{"ping\n", 10, protocol.OpcodePong, "more than 5 pings a second"},
	} {
		p := s.dial(t, "", cookie)
		p.Send(strings.Repeat(c.frame, c.burst))
		for n := range c.burst {
			if f, err := p.Next(testpeer.Patience); err != nil || f.Header.Opcode() != c.answers {
				t.Fatalf("%s%d: found %v, %v", c.frame, n, f, err)
			}
		}
		// Now the bucket is as good as empty: this is at least twice what it has got
		// since, unless the machine has slept.
		p.Send(strings.Repeat(c.frame, 2*c.burst))
		for {
			f, err := p.Next(testpeer.Patience)
			if err != nil {
				t.Fatal(err)
			}
			if f.Header.Opcode() == protocol.OpcodeClose {
				if got := string(f.Payload); got != "\x03\xf0"+c.reason {
					t.Errorf("%s: found %q, expected 1008 and %q", c.frame, got, c.reason)
				}
				break
			}
		}
	}
}

// Three messages of almost 1 MiB: the first is free, what is over is read at 1
// MiB a second.
//
// Defence: count-bytes, size-socket-message
func TestDefaultRateOfBytes(t *testing.T) {
	s := startSite(t, func(c *Config) { c.SocketRate = DefaultSocketRate() })
	p := s.dial(t, "", s.cookie(t))
	message := p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), make([]byte, 1<<20))
	begin := time.Now()
	go func() {
		for range 3 {
			p.Write(message)
		}
	}()
	for range 3 {
		if f, err := p.Next(6 * testpeer.Patience); err != nil || f.Header.Opcode() != protocol.OpcodeText {
			t.Fatalf("found %v, %v, expected a report", f, err)
		}
	}
	// The last read is paid for afterwards.
	if lasted := time.Since(begin); lasted < 1700*time.Millisecond {
		t.Errorf("3 MiB took %v, expected almost two seconds", lasted)
	}
}

// Where the operator says so, a message of /echo may be no longer, whether it comes
// in one frame, in fragments or compressed.
func TestEchoMessage(t *testing.T) {
	s := startSite(t, func(c *Config) { c.EchoMessage = 1000 })
	for _, c := range []struct {
		frames string
		good   bool
	}{
		{`binary repeat(ab,1000)`, true},
		{`binary repeat(ab,1001)`, false},
		{"binary nofin repeat(ab,600)\ncontinuation repeat(ab,401)", false},
		{`binary rsv1 deflate(repeat(ab,1001))`, false},
	} {
		p := testpeer.Dial(t, s.address, "/echo", "Sec-WebSocket-Extensions: permessage-deflate")
		p.Send(c.frames)
		if !c.good {
			p.ExpectClose(protocol.StatusMessageTooBig)
			continue
		}
		if f, err := p.Next(testpeer.Patience); err != nil || f.Header.Opcode() != protocol.OpcodeBinary {
			t.Errorf("%s: found %v, %v, expected it back", c.frames, f, err)
		}
		p.CloseClean()
	}
}

// Whatever is offered, the page's sockets agree to no compression.
//
// Defence: memory-page
func TestPageSocketsDoNotCompress(t *testing.T) {
	s := startSite(t, nil)
	cookie := s.cookie(t)
	for target, want := range map[string]bool{"/socket": false, "/socket?deflate=permessage-deflate": false, "/play": false, "/live": false, "/echo": true} {
		p := testpeer.Connect(t, s.address)
		p.Write([]byte(testpeer.Request(s.address, target, "Origin: "+s.origin, "Cookie: "+cookie,
			"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, permessage-deflate")))
		answer := p.ReadAnswer()
		if agreed := strings.Contains(answer, "Sec-WebSocket-Extensions:"); !strings.HasPrefix(answer, "HTTP/1.1 101 ") || agreed != want {
			t.Errorf("%s: found %q", target, answer)
		}
	}
}

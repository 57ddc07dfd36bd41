package endpoint

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// Inputs that broke other implementations, by the number of their row in the
// project's list. Here are the rows about frames; those about the handshake, the
// header and the visitor are tests of package web.
//
// Not here, and why:
//
//	14 to 18    where compression is agreed on: badinputs_deflate_test.go
//	30 to 46, 48   package web; but of those
//	45          no text of a visitor ever gets into a header
//	46          this server dials nobody

// badInput is a row whose answer is a Close frame.
type badInput struct {
	row string
	hex string // K is the masking key 00000000
	// code is what the connection fails with.
	code protocol.StatusCode
}

var badInputs = []badInput{
	{"1 top bit of the length", "82ff8000000000000001 K 41", 1002},
	{"2 all bits of the length", "82ffffffffffffffffff K", 1002},
	{"2 as from a server", "827fffffffffffffffff", 1002},
	{"3 claims 16 GiB", "82ff0000000400000000 K", 1009},
	{"4 16-bit form of 2", "81fe0002 K 6869", 1002},
	{"4 64-bit form of 2", "81ff0000000000000002 K 6869", 1002},
	// It looks like a header whose masking key has not come yet, so it is the
	// deadline of a frame that ends it. The handshake asks for version 13 anyway.
	{"5 framing of an old draft", "80ffffffffffffffffff7f", 1008},
	{"10 continuation of nothing", "8082 K fffe", 1002},
	{"11 data frame inside a message", "0182 K 6869 8182 K 6869", 1002},
	{"12 fragmented ping", "0980 K", 1002},
	{"13 ping of 126 bytes", "89fe007e K" + strings.Repeat("41", 126), 1002},
	{"17 RSV1", "c182 K 6869", 1002},
	{"17 RSV2", "a182 K 6869", 1002},
	{"18 RSV1 on a ping", "c980 K", 1002},
	{"18 RSV1 inside a message", "0181 K 61 4080 K", 1002},
	{"19 opcode 3", "8380 K", 1002},
	{"19 opcode 11", "8b80 K", 1002},
	{"23 close with one byte", "8881 K 41", 1002},
	{"24 close 1005", "8882 K 03ed", 1002},
	{"24 close 999", "8882 K 03e7", 1002},
	{"24 close 1004", "8882 K 03ec", 1002},
	{"24 close 1006", "8882 K 03ee", 1002},
	{"24 close 1015", "8882 K 03f7", 1002},
	{"24 close 5000", "8882 K 1388", 1002},
	{"25 reason not UTF-8", "8884 K 03e8fffe", 1007},
	{"28 unmasked, and a good frame behind it", "81026869 8182 K 6869", 1002},
	{"29 text not UTF-8", "8182 K fffe", 1007},
}

func unhex(t testing.TB, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.NewReplacer("K", "00000000", " ", "").Replace(digits))
	if err != nil {
		t.Fatalf("%q: %v", digits, err)
	}
	return b
}

// shortLimits are the limits with times that a test can wait for.
func shortLimits() Limits {
	l := DefaultLimits()
	l.FirstFrame, l.Frame, l.Message = 2*time.Second, time.Second, 2*time.Second
	l.Ping, l.Pong = time.Hour, time.Hour
	l.Write, l.Closing, l.Shutdown = 300*time.Millisecond, 200*time.Millisecond, time.Second
	return l
}

// trickyKind echoes, closes when told to, and fails in its callback when told to.
func trickyKind(maxMessage int) Kind {
	kind := Echo(maxMessage)
	echo := kind.Message
	kind.Message = func(c *Conn, m protocol.Event) {
		switch string(m.Payload) {
		case "close":
			c.Close(protocol.StatusNormalClosure, strings.Repeat("é", 62))
		case "panic":
			panic(errors.New("a mistake in a callback"))
		default:
			echo(c, m)
		}
	}
	return kind
}

// Defence: time-closing, panic-goroutine
// Bad input: rows, rows of badInputs
func TestBadInputs(t *testing.T) {
	check := expectNoLeak(t)
	s := startServer(t, shortLimits(), trickyKind(1<<20), nil)
	for _, input := range badInputs {
		t.Run(input.row, func(t *testing.T) {
			before := heap()
			p := s.dial(t)
			p.Write(unhex(t, input.hex))
			p.ExpectClose(input.code)
			if grown := heap() - before; grown > 4<<20 {
				t.Errorf("the heap has grown by %d bytes", grown)
			}
			p.TCP.Close()
			s.expectServed(t)
		})
	}
	for _, row := range []struct {
		name string
		test func(*testing.T, *testServer)
	}{
		{"6 a frame that stops", badFrameThatStops},
		{"7 very many fragments", badManyFragments},
		{"8 empty fragments for ever", badEmptyFragments},
		{"9 endless continuations", badEndlessMessage},
		{"21 pings from who never reads", badPingsUnread},
		{"22 echoes of old memory", badOldMemory},
		{"26 a reason of 124 bytes", badLongReason},
		{"27 half a closing handshake", badHalfClose},
		{"47 close from both sides", badCloseFromBoth},
		{"47 an error in a callback", badCallback},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.test(t, s)
			s.expectServed(t)
		})
	}
	s.stop()
	check()
}

func badFrameThatStops(t *testing.T, s *testServer) {
	p := s.dial(t)
	p.Write(unhex(t, "82ff0000"))
	p.ExpectClose(protocol.StatusPolicyViolation)
}

func badManyFragments(t *testing.T, s *testServer) {
	p := s.dial(t)
	before := heap()
	p.Write(unhex(t, "0181 K 61"))
	p.Write(bytes.Repeat(unhex(t, "0081 K 61"), 131_000))
	if grown := heap() - before; grown > 4<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	p.Write(unhex(t, "8080 K"))
	p.ExpectFrame(protocol.OpcodeText, bytes.Repeat([]byte("a"), 131_001))
	p.CloseClean()
}

func badEmptyFragments(t *testing.T, s *testServer) {
	p := s.dial(t)
	before := heap()
	p.Write(unhex(t, "0180 K"))
	go p.Forever(unhex(t, "0080 K"))
	f, err := p.Next(testpeer.Patience)
	if err != nil || f.Code() != protocol.StatusPolicyViolation {
		t.Fatalf("found %v, %v, expected Close 1008", f, err)
	}
	p.TCP.Close()
	if grown := heap() - before; grown > 4<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
}

func badEndlessMessage(t *testing.T, s *testServer) {
	p := s.dial(t)
	p.Write(p.Encode(`text nofin "begins"`)[0])
	go p.Forever(p.Encode("continuation nofin repeat(61,1000)")[0])
	f, err := p.Next(testpeer.Patience)
	if err != nil || f.Code() != protocol.StatusMessageTooBig {
		t.Fatalf("found %v, %v, expected Close 1009", f, err)
	}
	p.TCP.Close()
}

func badPingsUnread(t *testing.T, s *testServer) {
	live := s.endpoint.Live()
	p := s.dial(t)
	before := heap()
	begin := time.Now()
	p.Forever(unhex(t, "89fd K"+strings.Repeat("41", 125)))
	if lasted := time.Since(begin); lasted > 5*time.Second {
		t.Errorf("it took %v to end the connection", lasted)
	}
	if grown := heap() - before; grown > 4<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	p.TCP.Close()
	waitLive(t, s, live)
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

func badOldMemory(t *testing.T, s *testServer) {
	p := s.dial(t)
	// Fill the buffers that are shared, then ask for echoes of nothing.
	secret := bytes.Repeat([]byte("secret! "), 8192)
	p.RoundTrip(protocol.OpcodeBinary, p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), secret), secret)
	p.Chop(1)
	p.Send("ping\nping hex:0001\nbinary\nclose 1000")
	p.Expect("pong\npong hex:0001\nbinary")
	p.ExpectClose(protocol.StatusNormalClosure)
}

func badLongReason(t *testing.T, s *testServer) {
	p := s.dial(t)
	p.Send(`text "close"`)
	f, err := p.Next(testpeer.Patience)
	if want := "\x03\xe8" + strings.Repeat("é", 61); err != nil || string(f.Payload) != want {
		t.Fatalf("found %v, %v, expected a reason of 122 bytes, cut before the last é", f, err)
	}
	p.Send("close 1000")
	p.ExpectEnd(time.Second)
}

func badHalfClose(t *testing.T, s *testServer) {
	p := s.dial(t)
	p.Send(`text "close"`)
	f, err := p.Next(testpeer.Patience)
	if err != nil || f.Code() != protocol.StatusNormalClosure {
		t.Fatalf("found %v, %v, expected Close 1000", f, err)
	}
	// No answer to that; what is sent instead is not echoed, pings included.
	p.Send("text \"late\"\nping")
	begin := time.Now()
	if f, err := p.Next(testpeer.Patience); err == nil || errors.Is(err, testpeer.ErrNothing) {
		t.Fatalf("found %v, %v, expected the end of TCP", f, err)
	}
	if lasted := time.Since(begin); lasted > 2*time.Second {
		t.Errorf("it took %v to end the connection", lasted)
	}
}

func badCloseFromBoth(t *testing.T, s *testServer) {
	for range 50 {
		p := s.dial(t)
		p.Send("text \"close\"\nclose 1000")
		f, err := p.Next(testpeer.Patience)
		if err != nil || f.Code() != protocol.StatusNormalClosure {
			t.Fatalf("found %v, %v, expected Close 1000", f, err)
		}
		p.ExpectEnd(time.Second)
		p.TCP.Close()
	}
}

func badCallback(t *testing.T, s *testServer) {
	other := s.dial(t)
	p := s.dial(t)
	p.Send(`text "panic"`)
	if f, err := p.Next(testpeer.Patience); !errors.Is(err, io.EOF) {
		t.Fatalf("found %v, %v, expected the end of TCP", f, err)
	}
	// Somebody else's connection has not noticed.
	other.Send(`text "still here"`)
	other.Expect(`text "still here"`)
	other.CloseClean()
}

// Row 20: two pongs for one ping, and one that nobody asked for.
//
// Bad input: 20
func TestBadInputsTwoPongs(t *testing.T) {
	limits := shortLimits()
	limits.Ping, limits.Pong = 50*time.Millisecond, 200*time.Millisecond
	s := startServer(t, limits, Echo(1<<20), nil)
	p := s.dial(t)
	p.Write(unhex(t, "8a81 K 31 8a81 K 31"))
	var last []byte
	for range 3 {
		f, err := p.Next(testpeer.Patience)
		if err != nil || f.Header.Opcode() != protocol.OpcodePing || bytes.Equal(f.Payload, last) {
			t.Fatalf("found %v, %v, expected another ping", f, err)
		}
		last = f.Payload
		pong := p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodePong), f.Payload)
		p.Write(append(pong, pong...))
	}
	p.CloseClean()
}

package badinputs

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// Behaviour is a row that takes more than bytes.
type Behaviour struct {
	Row  string
	test func(*testing.T, *Server)
}

// Behaviours are those rows.
var Behaviours = []Behaviour{
	{"6 a frame that stops in its payload", frameThatStops},
	{"7 very many fragments", manyFragments},
	{"8 empty fragments for ever", emptyFragments},
	{"9 endless continuations", endlessMessage},
	{"21 pings from who never reads", pingsUnread},
	{"22 echoes of old memory", oldMemory},
	{"26 a reason of 124 bytes", longReason},
	{"27 half a closing handshake", halfClose},
	{"28 nothing behind an unmasked frame", nothingBehindUnmasked},
	{"47 close from both sides", closeFromBoth},
	{"47 an error in a callback", callbackPanics},
}

// RunBehaviours runs each row.
func RunBehaviours(t *testing.T, s *Server, behaviours []Behaviour) {
	for _, behaviour := range behaviours {
		s.row(t, behaviour.Row, func(t *testing.T) { behaviour.test(t, s) })
	}
}

func frameThatStops(t *testing.T, s *Server) {
	p := s.dial(t)
	p.Send(`text "a whole one"`)
	p.Expect(`text "a whole one"`)
	p.Write(Unhex(t, "8285 K 4142"))
	begin := time.Now()
	reason := p.ExpectCloseFrame(protocol.StatusPolicyViolation)
	if lasted := time.Since(begin); lasted < FrameTime/2 || reason != frameTimeOver {
		t.Errorf("the connection was ended after %v with %q, expected %v and %q", lasted, reason, FrameTime, frameTimeOver)
	}
	p.TCP.Close()
}

func manyFragments(t *testing.T, s *Server) {
	p := s.dial(t)
	before := testpeer.Heap()
	p.Write(Unhex(t, "0181 K 61"))
	p.Write(bytes.Repeat(Unhex(t, "0081 K 61"), 131_000))
	if grown := testpeer.Heap() - before; grown > 4<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	p.Write(Unhex(t, "8080 K"))
	p.ExpectFrame(protocol.OpcodeText, bytes.Repeat([]byte("a"), 131_001))
	p.CloseClean()
	p.TCP.Close()
}

func emptyFragments(t *testing.T, s *Server) {
	p := s.dial(t)
	before := testpeer.Heap()
	p.Write(Unhex(t, "0180 K"))
	go p.Forever(Unhex(t, "0080 K"))
	f, err := p.Next(testpeer.Patience)
	if err != nil || string(f.Payload) != "\x03\xf0a message is not complete after 2s" {
		t.Fatalf("found %v, %v, expected Close 1008 for the message", f, err)
	}
	if grown := testpeer.Heap() - before; grown > 4<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	p.TCP.Close()
}

func endlessMessage(t *testing.T, s *Server) {
	p := s.dial(t)
	before := testpeer.Heap()
	p.Write(p.Encode(`text nofin "begins"`)[0])
	// In large writes: a busy machine makes a thousand small ones outlast the time
	// that a message has.
	go p.Forever(bytes.Repeat(p.Encode("continuation nofin repeat(61,1000)")[0], 64))
	f, err := p.Next(testpeer.Patience)
	if err != nil || f.Code() != protocol.StatusMessageTooBig {
		t.Fatalf("found %v, %v, expected Close 1009", f, err)
	}
	if grown, most := testpeer.Heap()-before, 2*s.MaxMessage+8<<20; grown > most {
		t.Errorf("the heap has grown by %d bytes, expected at most %d", grown, most)
	}
	p.TCP.Close()
}

func pingsUnread(t *testing.T, s *Server) {
	p := s.dial(t)
	before := testpeer.Heap()
	begin := time.Now()
	p.Forever(Unhex(t, "89fd K"+strings.Repeat("41", 125)))
	if lasted := time.Since(begin); lasted > testpeer.Patience/2 {
		t.Errorf("it took %v to end the connection", lasted)
	}
	if grown := testpeer.Heap() - before; grown > 4<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	p.TCP.Close()
}

func oldMemory(t *testing.T, s *Server) {
	p := s.dial(t)
	// Fill the buffers that are shared, then ask for echoes of nothing.
	secret := bytes.Repeat([]byte("secret! "), 8192)
	p.RoundTrip(protocol.OpcodeBinary, p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), secret), secret)
	p.Chop(1)
	p.Send("ping\nping hex:0001\nbinary\nclose 1000")
	p.Expect("pong\npong hex:0001\nbinary")
	f, err := p.Next(testpeer.Patience)
	if err != nil || string(f.Payload) != "\x03\xe8" {
		t.Fatalf("found %v, %v, expected Close 1000 and nothing behind the code", f, err)
	}
	p.ExpectEnd(testpeer.Patience)
	p.TCP.Close()
}

func longReason(t *testing.T, s *Server) {
	p := s.dial(t)
	p.Send(`text "close"`)
	f, err := p.Next(testpeer.Patience)
	if want := "\x03\xe8" + strings.Repeat("é", 61); err != nil || string(f.Payload) != want {
		t.Fatalf("found %v, %v, expected a reason of 122 bytes, cut before the last é", f, err)
	}
	p.Send("close 1000")
	p.ExpectEnd(testpeer.Patience)
	p.TCP.Close()
}

func halfClose(t *testing.T, s *Server) {
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
	if lasted := time.Since(begin); lasted > 5*time.Second {
		t.Errorf("it took %v to end the connection, expected %v", lasted, ClosingTime)
	}
	p.TCP.Close()
}

func nothingBehindUnmasked(t *testing.T, s *Server) {
	p := s.dial(t)
	// If it were delivered, the reason would be another one, or TCP would end
	// without any.
	p.Write(append(Unhex(t, "81026869"), p.Encode(`text "panic"`)[0]...))
	p.ExpectClose(protocol.StatusProtocolError)
	p.TCP.Close()
}

func closeFromBoth(t *testing.T, s *Server) {
	for range 50 {
		p := s.dial(t)
		p.Send("text \"close\"\nclose 1000")
		f, err := p.Next(testpeer.Patience)
		if err != nil || f.Code() != protocol.StatusNormalClosure {
			t.Fatalf("found %v, %v, expected Close 1000", f, err)
		}
		p.ExpectEnd(testpeer.Patience)
		p.TCP.Close()
	}
}

func callbackPanics(t *testing.T, s *Server) {
	other := s.dial(t)
	p := s.dial(t)
	p.Send(`text "panic"`)
	if f, err := p.Next(testpeer.Patience); !errors.Is(err, io.EOF) {
		t.Fatalf("found %v, %v, expected the end of TCP", f, err)
	}
	p.TCP.Close()
	// Somebody else's connection has not noticed.
	other.Send(`text "still here"`)
	other.Expect(`text "still here"`)
	other.CloseClean()
	other.TCP.Close()
}

// TwoPongs is row 20. The server pings every 50 ms and waits 200 ms for a pong.
func TwoPongs(t *testing.T, s *Server) {
	p := s.dial(t)
	p.Write(Unhex(t, "8a81 K 31 8a81 K 31"))
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
	p.TCP.Close()
}

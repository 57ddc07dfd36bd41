package endpoint

import (
	"bytes"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// A peer that sends too many bytes has to wait, and is not ended for what it could
// not bring to us meanwhile: the rest of a frame, and the answers to pings.
func TestTooFastIsNotLate(t *testing.T) {
	limits := DefaultLimits()
	limits.Frame, limits.Ping, limits.Pong = 500*time.Millisecond, 100*time.Millisecond, 500*time.Millisecond
	limits.Message = 500 * time.Millisecond
	kind := Echo(1 << 20)
	kind.Rate = Rate{BytesASecond: 96 << 10, ByteBurst: 48 << 10}
	eachLink(t, func(t *testing.T) {
		s := startServer(t, limits, kind, nil)
		p := s.dial(t)
		payload := bytes.Repeat([]byte("too fast"), 20<<10) // 1.2 s more than the burst
		frame := p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), payload)
		p.Write(frame[:len(frame)-1])
		waitBytes(t, s, uint64(len(frame)-1))
		p.Write(frame[len(frame)-1:])
		expectBetweenPings(t, p, payload)
		p.Send("text \"and again\"")
		p.Write(frame)
		expectBetweenPings(t, p, []byte("and again"))
		expectBetweenPings(t, p, payload)
		p.Send("text \"still there\"")
		expectBetweenPings(t, p, []byte("still there"))
	})
}

// Fragments without an end are too late all the same, however fast they may come.
func TestTooFastForEver(t *testing.T) {
	limits := DefaultLimits()
	limits.Message = 100 * time.Millisecond
	kind := Echo(1 << 10)
	kind.Rate = Rate{BytesASecond: 1 << 10, ByteBurst: 1 << 10}
	s := startServer(t, limits, kind, nil)
	p := s.dial(t)
	p.Write(p.AppendFrame(nil, protocol.Flags(0).WithOpcode(protocol.OpcodeText), []byte("begun")))
	var fragments []byte
	for range 4 {
		fragments = p.AppendFrame(fragments, protocol.Flags(0).WithOpcode(protocol.OpcodeContinuation), nil)
	}
	stop := time.After(10 * time.Second)
	for begin := time.Now(); ; {
		select {
		case <-stop:
			t.Fatal("a message was still going on after 10 s, expected 1008 after 2.1 s")
		default:
		}
		if _, err := p.TCP.Write(fragments); err != nil {
			break
		}
		f, err := p.Next(5 * time.Millisecond)
		if err == nil && f.Header.Opcode() == protocol.OpcodeClose {
			if took := time.Since(begin); took < 2*time.Second {
				t.Fatalf("too late after %v, expected 2.1 s", took)
			}
			break
		}
	}
}

// expectBetweenPings answers pings until the message comes.
func expectBetweenPings(t *testing.T, p *testpeer.Peer, payload []byte) {
	t.Helper()
	for {
		f, err := p.Next(testpeer.Patience)
		if err == nil && f.Header.Opcode() == protocol.OpcodePing {
			p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodePong), f.Payload))
			continue
		}
		if err != nil || !bytes.Equal(f.Payload, payload) {
			t.Fatalf("found %v, %v, expected a message of %d bytes", f, err, len(payload))
		}
		return
	}
}

package endpoint

import (
	"fmt"
	"strconv"
	"sync"
	"testing"

	"framecraft/protocol"
)

// Categories 9 (limits and speed) and 10 (fragments of uneven size). The suite
// compares only the length of what comes back; here the content counts too.

// loadPayload is valid as text and differs in every word, so that no piece can
// be taken for another.
func loadPayload(size int) []byte { return longText()[:size] }

var longText = sync.OnceValue(func() []byte {
	text := make([]byte, 0, 16<<20)
	for i := 1_000_000; len(text) < cap(text); i++ {
		text = append(strconv.AppendInt(text, int64(i), 10), ' ')
	}
	return text
})

// appendFrame appends a masked frame.
func (p *peer) appendFrame(dst []byte, flags protocol.Flags, payload []byte) []byte {
	p.key = p.key*1664525 + 1013904223
	h := protocol.Header{Flags: flags | protocol.MASK, MaskingKey: p.key, PayloadLength: uint64(len(payload))}
	dst = h.AppendTo(dst)
	start := len(dst)
	dst = append(dst, payload...)
	protocol.Mask(dst[start:], p.key, 0)
	return dst
}

// fragments cuts a message; a size that divides it leaves an empty last frame.
func (p *peer) fragments(opcode protocol.Opcode, payload []byte, size int) (wire []byte) {
	flags := protocol.Flags(0).WithOpcode(opcode)
	for len(payload) >= size {
		wire = p.appendFrame(wire, flags, payload[:size])
		flags, payload = 0, payload[size:]
	}
	return p.appendFrame(wire, flags|protocol.FIN, payload)
}

// roundTrip sends a message and reads it back.
func (p *peer) roundTrip(opcode protocol.Opcode, wire, payload []byte) {
	p.t.Helper()
	// The server answers while the last of it is still being sent, so somebody
	// has to read meanwhile.
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.write(wire)
	}()
	p.expectFrame(opcode, payload)
	<-done
}

var loadOpcodes = []protocol.Opcode{protocol.OpcodeText, protocol.OpcodeBinary}

func TestConformance9Sizes(t *testing.T) {
	s := conformanceServer(t)
	for kind, opcode := range loadOpcodes {
		for i, size := range []int{64 << 10, 256 << 10, 1 << 20, 4 << 20, 8 << 20, 16 << 20} {
			t.Run(fmt.Sprintf("9.%d.%d", 1+kind, i+1), func(t *testing.T) {
				p, payload := s.dial(t), loadPayload(size)
				p.roundTrip(opcode, p.appendFrame(nil, protocol.FIN.WithOpcode(opcode), payload), payload)
				p.closeClean()
			})
		}
	}
}

func TestConformance9Fragments(t *testing.T) {
	s := conformanceServer(t)
	payload := loadPayload(4 << 20)
	for kind, opcode := range loadOpcodes {
		for i, size := range []int{64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20} {
			t.Run(fmt.Sprintf("9.%d.%d", 3+kind, i+1), func(t *testing.T) {
				p := s.dial(t)
				p.roundTrip(opcode, p.fragments(opcode, payload, size), payload)
				p.closeClean()
			})
		}
	}
}

func TestConformance9Chopped(t *testing.T) {
	s := conformanceServer(t)
	payload := loadPayload(1 << 20)
	for kind, opcode := range loadOpcodes {
		for i, size := range []int{64, 128, 256, 512, 1024, 2048} {
			t.Run(fmt.Sprintf("9.%d.%d", 5+kind, i+1), func(t *testing.T) {
				p := s.dial(t)
				p.chop(size)
				p.roundTrip(opcode, p.appendFrame(nil, protocol.FIN.WithOpcode(opcode), payload), payload)
				p.closeClean()
			})
		}
	}
}

func TestConformance9RoundTrips(t *testing.T) {
	s := conformanceServer(t)
	for kind, opcode := range loadOpcodes {
		for i, size := range []int{0, 16, 64, 256, 1024, 4096} {
			t.Run(fmt.Sprintf("9.%d.%d", 7+kind, i+1), func(t *testing.T) {
				p, payload := s.dial(t), loadPayload(size)
				var wire []byte
				for range 1000 {
					wire = p.appendFrame(wire[:0], protocol.FIN.WithOpcode(opcode), payload)
					p.write(wire)
					p.expectFrame(opcode, payload)
				}
				p.closeClean()
			})
		}
	}
}

func TestConformance10UnevenFragments(t *testing.T) {
	s := conformanceServer(t)
	t.Run("10.1.1", func(t *testing.T) {
		p, payload := s.dial(t), loadPayload(65536)
		p.roundTrip(protocol.OpcodeText, p.fragments(protocol.OpcodeText, payload, 1300), payload)
		p.closeClean()
	})
}

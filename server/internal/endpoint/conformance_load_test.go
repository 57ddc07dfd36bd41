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

var loadOpcodes = []protocol.Opcode{protocol.OpcodeText, protocol.OpcodeBinary}

func TestConformance9Sizes(t *testing.T) {
	s := conformanceServer(t)
	for kind, opcode := range loadOpcodes {
		for i, size := range []int{64 << 10, 256 << 10, 1 << 20, 4 << 20, 8 << 20, 16 << 20} {
			t.Run(fmt.Sprintf("9.%d.%d", 1+kind, i+1), func(t *testing.T) {
				p, payload := s.dial(t), loadPayload(size)
				p.RoundTrip(opcode, p.AppendFrame(nil, protocol.FIN.WithOpcode(opcode), payload), payload)
				p.CloseClean()
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
				p.RoundTrip(opcode, p.Fragments(opcode, payload, size), payload)
				p.CloseClean()
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
				p.Chop(size)
				p.RoundTrip(opcode, p.AppendFrame(nil, protocol.FIN.WithOpcode(opcode), payload), payload)
				p.CloseClean()
			})
		}
	}
}

func TestConformance9RoundTrips(t *testing.T) { eachLink(t, testConformance9RoundTrips) }

func testConformance9RoundTrips(t *testing.T) {
	s := conformanceServer(t)
	for kind, opcode := range loadOpcodes {
		for i, size := range []int{0, 16, 64, 256, 1024, 4096} {
			t.Run(fmt.Sprintf("9.%d.%d", 7+kind, i+1), func(t *testing.T) {
				p, payload := s.dial(t), loadPayload(size)
				var wire []byte
				for range 1000 {
					wire = p.AppendFrame(wire[:0], protocol.FIN.WithOpcode(opcode), payload)
					p.Write(wire)
					p.ExpectFrame(opcode, payload)
				}
				p.CloseClean()
			})
		}
	}
}

func TestConformance10UnevenFragments(t *testing.T) {
	s := conformanceServer(t)
	t.Run("10.1.1", func(t *testing.T) {
		p, payload := s.dial(t), loadPayload(65536)
		p.RoundTrip(protocol.OpcodeText, p.Fragments(protocol.OpcodeText, payload, 1300), payload)
		p.CloseClean()
	})
}

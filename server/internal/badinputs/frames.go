package badinputs

import (
	"strings"
	"testing"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// Frame is a row whose bytes are answered with a Close frame and the end of TCP.
type Frame struct {
	Row  string
	Hex  string // K is the masking key 00000000
	Code protocol.StatusCode
}

// Frames are those rows.
var Frames = []Frame{
	{"1 top bit of the length", "82ff8000000000000001 K 41", 1002},
	{"2 all bits of the length", "82ffffffffffffffffff K", 1002},
	{"2 as from a server", "827fffffffffffffffff", 1002},
	{"3 claims 16 GiB", "82ff0000000400000000 K", 1009},
	{"3 claims 16 GiB, and a byte of it", "82ff0000000400000000 K 41", 1009},
	{"4 16-bit form of 2", "81fe0002 K 6869", 1002},
	{"4 64-bit form of 2", "81ff0000000000000002 K 6869", 1002},
	// It looks like a header whose masking key has not come yet, so it is the
	// deadline of a frame that ends it. The handshake asks for version 13 anyway.
	{"5 framing of an old draft", "80ffffffffffffffffff7f", 1008},
	{"6 a header that stops", "82ff0000", 1008},
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

const frameTimeOver = "a frame is not complete after 1s"

// RunFrames runs each row, whole and byte by byte.
func RunFrames(t *testing.T, s *Server, frames []Frame) {
	for _, frame := range frames {
		s.row(t, frame.Row, func(t *testing.T) {
			before := allocated()
			peers := []*testpeer.Peer{s.dial(t), s.dial(t)}
			for chop, p := range peers {
				p.Chop(chop) // 0 is no size
				p.Write(Unhex(t, frame.Hex))
			}
			for _, p := range peers {
				reason := p.ExpectCloseFrame(frame.Code)
				p.ExpectEnd(testpeer.Patience)
				p.TCP.Close()
				// The time of a message would end such a frame as well, and much later.
				if frame.Code == protocol.StatusPolicyViolation && !strings.HasPrefix(reason, frameTimeOver) {
					t.Errorf("the reason is %q, expected %q", reason, frameTimeOver)
				}
			}
			// The heap alone would not show what was claimed and freed again.
			if grown := allocated() - before; grown > 8<<20 {
				t.Errorf("%d bytes were allocated", grown)
			}
		})
	}
}

package hold

import (
	"fmt"
	"math/rand/v2"

	"framecraft/protocol"
)

// The frames of a connection, without its I/O. A connection between two messages
// needs no state of its own: whoever has received bytes borrows a conversation
// for them, and keeps it only while a message is under way.

// maxMessage is the longest message that is taken from a server.
const maxMessage = 1 << 20

func newConversation() *protocol.Conn {
	return protocol.NewConn(protocol.Config{Role: protocol.RoleClient, Fatal: protocol.Strict(), MaxMessage: maxMessage})
}

// newKey is the masking key of one frame. Nothing that hold sends is anybody's
// secret or choice, so the key need not be unpredictable (RFC 6455, section 10.3).
func newKey() protocol.MaskingKey { return protocol.MaskingKey(rand.Uint32()) }

// appendPing appends an empty ping.
func appendPing(dst []byte) []byte { return appendControl(dst, protocol.OpcodePing, nil) }

// appendClose appends a Close frame with status code 1000.
func appendClose(dst []byte) []byte {
	payload := protocol.ClosePayload{HasCode: true, Code: protocol.StatusNormalClosure}.AppendTo(nil)
	return appendControl(dst, protocol.OpcodeClose, payload)
}

func appendControl(dst []byte, opcode protocol.Opcode, payload []byte) []byte {
	key := newKey()
	dst = protocol.Header{
		Flags: (protocol.FIN | protocol.MASK).WithOpcode(opcode), MaskingKey: key, PayloadLength: uint64(len(payload)),
	}.AppendTo(dst)
	start := len(dst)
	dst = append(dst, payload...)
	protocol.Mask(dst[start:], key, 0)
	return dst
}

// heard is what the bytes of one read held.
type heard struct {
	pings, pongs int
	// end is why the server ends the connection, or why it has to be ended; empty
	// while it goes on. inOrder: by a Close frame.
	end     string
	inOrder bool
}

// listen gives the bytes to a conversation; what is to be answered is then in its
// output.
func listen(c *protocol.Conn, in []byte) (h heard) {
	for len(in) > 0 && c.State() != protocol.StateClosed {
		event, n := c.Receive(in, newKey())
		in = in[n:]
		switch event.Kind {
		case protocol.EventPing:
			h.pings++
		case protocol.EventPong:
			h.pongs++
		case protocol.EventClose:
			h.inOrder = true
			h.end = "closed by the server"
			if event.Code != protocol.StatusNone {
				h.end += fmt.Sprintf(" with %d", event.Code)
			}
		case protocol.EventFailed:
			h.end = fmt.Sprintf("the server broke the rule %v", event.Rule)
		}
	}
	return h
}

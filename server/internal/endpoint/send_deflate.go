package endpoint

import "framecraft/protocol"

// Answers where permessage-deflate was agreed on. As long as a codec's place is
// taken nothing is written, since a peer that does not read could hold it. So an
// answer that got smaller is copied behind those that wait. A long one that did
// not is written from where it lies, after the codec was given back; its memory
// is that of a message which came in at about the same length.
//
// But what came in may have been much shorter: a client can repeat itself at a
// distance that only its own window reaches. Such swollen answers to somebody who
// does not read would be memory for a thousandth of the traffic. Therefore only
// swollenPlaces of them can be under way at a time; whoever comes beyond that is
// told to try again later.

const (
	swollenFrom   = 1 << 20 // bytes
	swollenBy     = 8       // times what came in
	swollenPlaces = 4
)

var swollen = make(chan struct{}, swollenPlaces)

// sendDeflated sends a message, compressed if that makes it smaller.
func (c *Conn) sendDeflated(opcode protocol.Opcode, payload []byte) {
	z := c.work.codec
	if z == nil { // no message is in hand
		z = takeCodec()
		defer putCodec(z)
	}
	send, sendHeader := c.work.protocol.Send, c.work.protocol.SendHeader
	flags := protocol.FIN.WithOpcode(opcode)
	packed, compressed := z.compress(payload, c.deflate)
	if compressed {
		send, sendHeader = c.work.protocol.SendCompressed, c.work.protocol.SendCompressedHeader
		flags, payload = flags|protocol.RSV1, packed
	}
	swells := len(payload) > swollenFrom && len(payload)/swollenBy > z.arrived
	switch {
	case swells && c.kind.Delay > 0:
		c.Close(protocol.StatusMessageTooBig, "no message that inflates so much can wait")
	case c.kind.Delay > 0:
		c.hold(flags, payload)
	case c.work.codec != nil && (swells || !compressed && len(payload) >= copyBelow):
		if swells {
			select {
			case swollen <- struct{}{}:
				defer func() { <-swollen }()
			default:
				c.Close(protocol.StatusTryAgainLater, "too many messages that inflate so much")
				return
			}
		}
		c.work.codec.detach(compressed)
		c.returnCodec()
		sendHeader(opcode, uint64(len(payload)), 0)
		c.writeBehind(payload)
	default:
		c.makeRoom(protocol.MaxHeaderLength + len(payload))
		send(opcode, payload, 0)
	}
}

// makeRoom moves the output to where it can grow by n bytes.
func (c *Conn) makeRoom(n int) {
	if out := c.work.protocol.Output(); len(out)+n > cap(out) {
		putBuffer(c.work.protocol.MoveOutput(getBuffer(len(out) + n)))
	}
}

// returnCodec gives the codec back, if there is one.
func (c *Conn) returnCodec() {
	if c.work.codec != nil {
		putCodec(c.work.codec)
		c.work.codec = nil
	}
}

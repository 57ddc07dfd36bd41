package protocol

// What a Conn sends gathers in its output until the caller has written it, so
// that the answers to frames which arrived together leave together.
// A client masks what it sends with the key that comes with the call; a server's
// key is not used.

// pongBacklog is how much unsent output there may be before a new pong takes the
// place of the one in front of it (RFC 6455, section 5.5.3 lets an endpoint
// answer only the latest ping).
const pongBacklog = 4096

// Output returns the bytes that wait to be written. They stay until TakeOutput.
func (c *Conn) Output() []byte { return c.out }

// TakeOutput returns the bytes that wait to be written and forgets them. Later
// output is appended to spare, which may be nil.
func (c *Conn) TakeOutput(spare []byte) []byte {
	out := c.out
	c.out, c.lastPong = spare[:0], -1
	return out
}

// MoveOutput lets the output go on in memory that has more room, and returns what
// it was in, whose content means nothing any more.
func (c *Conn) MoveOutput(to []byte) []byte {
	before := c.out
	c.out = append(to[:0], before...)
	return before
}

// TakeMessageBuffer returns the memory that messages are gathered in, for use
// elsewhere, or nil while one is under way or when there is none.
func (c *Conn) TakeMessageBuffer() []byte {
	if c.InMessage() {
		return nil
	}
	buffer := c.message
	c.message = nil
	return buffer
}

// Holds returns how many bytes of memory the output and the messages are gathered
// in.
func (c *Conn) Holds() int { return cap(c.out) + cap(c.message) + cap(c.control) }

// LendMessageBuffer gives the Conn memory to gather messages in. It is ignored
// while a message is under way.
func (c *Conn) LendMessageBuffer(buffer []byte) {
	if !c.InMessage() {
		c.message = buffer[:0]
	}
}

// Send appends a whole message in one frame to the output. A server's key is
// not used.
func (c *Conn) Send(opcode Opcode, payload []byte, key MaskingKey) {
	c.send(FIN.WithOpcode(opcode), payload, key)
}

// SendCompressed is Send for a message that the caller has compressed: RSV1 says
// so (RFC 7692, section 6.1).
func (c *Conn) SendCompressed(opcode Opcode, payload []byte, key MaskingKey) {
	c.send(FIN.WithOpcode(opcode)|RSV1, payload, key)
}

func (c *Conn) send(flags Flags, payload []byte, key MaskingKey) {
	c.sendHeader(flags, uint64(len(payload)), key)
	start := len(c.out)
	c.out = append(c.out, payload...)
	if c.config.Role == RoleClient {
		Mask(c.out[start:], key, 0)
	}
}

// TakeFrames returns how many frames have come in and gone to the output since it
// was last asked. One has come in when its header is whole, whatever becomes of it.
func (c *Conn) TakeFrames() (in, out uint64) {
	in, out = c.framesIn, c.framesOut
	c.framesIn, c.framesOut = 0, 0
	return in, out
}

// SendHeader appends only the header of a message in one frame: the caller
// writes the payload data behind it, masked if this endpoint is a client.
func (c *Conn) SendHeader(opcode Opcode, length uint64, key MaskingKey) {
	c.sendHeader(FIN.WithOpcode(opcode), length, key)
}

// SendCompressedHeader is SendHeader for a message like that of SendCompressed.
func (c *Conn) SendCompressedHeader(opcode Opcode, length uint64, key MaskingKey) {
	c.sendHeader(FIN.WithOpcode(opcode)|RSV1, length, key)
}

func (c *Conn) sendHeader(flags Flags, length uint64, key MaskingKey) {
	h := Header{Flags: flags, PayloadLength: length}
	if c.config.Role == RoleClient {
		h.Flags |= MASK
		h.MaskingKey = key
	}
	c.lastPong = -1
	c.framesOut++
	c.out = h.AppendTo(c.out)
}

// Ping appends a ping with at most 125 bytes of payload data.
func (c *Conn) Ping(payload []byte, key MaskingKey) {
	c.Send(OpcodePing, payload[:min(len(payload), maxControlPayload)], key)
}

// Close begins the closing handshake with a code and a reason, which is cut to
// what a Close frame can hold. StatusNone sends neither. Once a Close frame has
// been sent, it does nothing.
func (c *Conn) Close(code StatusCode, reason string, key MaskingKey) {
	if c.state != StateOpen {
		return
	}
	c.sendClose(ClosePayload{HasCode: code != StatusNone, Code: code, Reason: []byte(reason)}, key)
	c.state = StateClosing
}

// Fail fails the connection for something that the caller has found in a message,
// such as compressed data that cannot be inflated: a Close frame goes out, unless
// one has already, and nothing more is read (RFC 6455, section 7.1.7).
func (c *Conn) Fail(code StatusCode, reason string, key MaskingKey) {
	c.key = key
	c.fail(code, reason, 0)
}

// sendClose appends a Close frame.
func (c *Conn) sendClose(said ClosePayload, key MaskingKey) {
	var room [maxControlPayload]byte
	c.Send(OpcodeClose, said.AppendTo(room[:0]), key)
}

// pong answers a ping.
func (c *Conn) pong(payload []byte) {
	if c.lastPong >= 0 && len(c.out) > pongBacklog {
		c.out = c.out[:c.lastPong]
		c.framesOut--
	}
	at := len(c.out)
	c.Send(OpcodePong, payload[:min(len(payload), maxControlPayload)], c.key)
	c.lastPong = at
}

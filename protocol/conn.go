package protocol

// Conn is an endpoint of an established connection without its I/O. Bytes from
// the peer go into Receive, events come out; what has to be written to the peer
// gathers in the output. Sockets, clocks and randomness belong to the caller: it
// reads, writes, keeps deadlines, and gives a masking key wherever a client
// sends a frame.
//
//	for len(in) > 0 {
//		event, n := c.Receive(in, key)
//		in = in[n:]
//		...
//	}
//	write(c.Output())
//
// A Conn keeps two buffers, the output and the message under way, and both can
// be lent to it and taken back, so that a connection with nothing to do holds no
// memory but the Conn itself. Nothing is ever allocated because of a length that
// the peer claimed: the message grows with the bytes that have arrived.

// Config says how a Conn behaves.
type Config struct {
	// Role is the side that this endpoint is.
	Role Role
	// Fatal are the rules that end the connection when the peer breaks them. Use
	// Strict; the zero value lets everything pass that can be read at all.
	Fatal RuleSet
	// MaxMessage is the most bytes of payload data that a message may have; one
	// byte more is answered with StatusMessageTooBig. 0 sets no limit.
	MaxMessage int
	// NoPong leaves pings to the caller.
	NoPong bool
	// Deflate: permessage-deflate was agreed on. A message whose Event.Header has
	// RSV1 then carries compressed data: it is delivered as it came, MaxMessage
	// counts it as it came, and whether a text is UTF-8 is for the caller to see
	// once it is inflated.
	Deflate bool
}

// State is where a connection stands (RFC 6455, section 7.1).
type State uint8

const (
	// StateOpen: no Close frame has passed.
	StateOpen State = iota
	// StateClosing: this endpoint has sent its Close frame and awaits the peer's.
	StateClosing
	// StateClosed: both have sent one, or this endpoint failed the connection.
	// Nothing is read any more; TCP can be closed once the output is written.
	StateClosed
)

// EventKind says what happened.
type EventKind uint8

const (
	// EventNone: all bytes are consumed, and nothing is complete yet.
	EventNone EventKind = iota
	// EventMessage: a whole message.
	EventMessage
	// EventPing: a ping; its pong is in the output already, unless NoPong.
	EventPing
	// EventPong: a pong, asked for or not.
	EventPong
	// EventClose: the peer's Close frame. The answer is in the output unless this
	// endpoint had sent its own before.
	EventClose
	// EventFailed: the peer broke a fatal rule or a limit, and the Close frame
	// that says so is in the output.
	EventFailed
)

// Event is what Receive found.
type Event struct {
	Kind   EventKind
	Opcode Opcode
	// Payload is unmasked: the message, the data of a ping or pong, the reason of
	// a Close frame. It may share memory with the bytes given to Receive and is
	// valid until the next call.
	Payload []byte
	// Header of the frame, for a message that of its first, and Frames the number
	// of frames that carried it.
	Header Header
	Frames int
	// Code is the status code received with EventClose, StatusNone without one;
	// with EventFailed it is the one sent.
	Code StatusCode
	// Rule is the fatal rule with EventFailed. It means nothing for
	// StatusMessageTooBig, which is a limit and not a rule.
	Rule RuleID
}

// Conn is one endpoint. The zero value is not ready; use NewConn or Init.
type Conn struct {
	config   Config
	state    State
	sequence sequence
	text     UTF8

	// The header under way: n bytes of it are in partial.
	partial  [MaxHeaderLength]byte
	partialN uint8

	// The frame under way, from its whole header on.
	inFrame bool
	header  Header
	done    uint64 // bytes of its payload that have been consumed

	// The message or control payload under way.
	message []byte
	length  uint64 // bytes of the message so far, this frame excluded
	first   Header
	frames  int
	control []byte

	key MaskingKey // for an answer to what is being received
	out []byte
	// lastPong is where the pong at the end of the output begins, or -1.
	lastPong int

	framesIn, framesOut uint64 // since TakeFrames
	wholeFrames         uint32
}

// NewConn returns an endpoint of an open connection.
func NewConn(config Config) *Conn {
	c := new(Conn)
	c.Init(config)
	return c
}

// Init makes c an endpoint of an open connection.
func (c *Conn) Init(config Config) {
	*c = Conn{config: config, lastPong: -1}
}

// State returns where the connection stands.
func (c *Conn) State() State { return c.state }

// InFrame reports whether a frame has begun to arrive and is not whole.
func (c *Conn) InFrame() bool { return c.inFrame || c.partialN > 0 }

// InMessage reports whether a message has begun to arrive and is not whole.
func (c *Conn) InMessage() bool { return c.sequence.open || c.InFrame() }

// WholeFrames returns how many frames have arrived to their end, modulo 2^32. A
// caller that keeps a deadline for every frame sees by it whether the frame under
// way is still the one of a moment ago.
func (c *Conn) WholeFrames() uint32 { return c.wholeFrames }

// Receive consumes bytes from the peer, up to the end of the first event or all
// of them, and returns the event and how many bytes it took. Payload data is
// unmasked in place. The key masks the answer if one is due, at most one frame a
// call; a server's key is not used.
func (c *Conn) Receive(src []byte, key MaskingKey) (Event, int) {
	c.key = key
	if c.state == StateClosed {
		return Event{}, len(src)
	}
	taken := 0
	for {
		if !c.inFrame {
			n, ok := c.takeHeader(src[taken:])
			taken += n
			if !ok {
				return Event{}, taken
			}
			if event, failed := c.beginFrame(); failed {
				return event, taken
			}
		}
		event, n := c.takePayload(src[taken:])
		taken += n
		if event.Kind != EventNone || c.inFrame || taken == len(src) {
			return event, taken
		}
	}
}

// takeHeader completes c.header and reports whether it is whole.
func (c *Conn) takeHeader(src []byte) (int, bool) {
	if c.partialN == 0 {
		h, n, err := ParseHeader(src)
		if err == nil {
			c.header = h
			return n, true
		}
	}
	have := int(c.partialN)
	n := copy(c.partial[have:], src)
	h, whole, err := ParseHeader(c.partial[:have+n])
	if err != nil {
		c.partialN = uint8(have + n)
		return n, false
	}
	c.header, c.partialN = h, 0
	return whole - have, true
}

// beginFrame judges a whole header and gets ready for its payload.
func (c *Conn) beginFrame() (Event, bool) {
	c.framesIn++
	h := c.header
	set := h.broken(c.config.Role.Peer()) | c.sequence.next(h.Flags)
	if h.Flags&RSV1 != 0 && c.config.Deflate {
		set = set.underDeflate(h.Flags)
	}
	if fatal := set & c.config.Fatal; fatal != 0 {
		return c.failOn(fatal), true
	}
	c.inFrame, c.done = true, 0
	if h.Opcode().IsControl() || h.Opcode().IsReserved() {
		c.control = c.control[:0]
		return Event{}, false
	}
	if h.Opcode() != OpcodeContinuation || set.Has(RuleSequenceContinuationUnexpected) {
		c.first, c.frames, c.length, c.text = h, 0, 0, UTF8{}
		c.message = c.message[:0]
	}
	c.frames++
	if limit := c.config.MaxMessage; limit > 0 && h.PayloadLength > uint64(limit)-c.length {
		return c.fail(StatusMessageTooBig, "the message is longer than this endpoint takes", 0), true
	}
	return Event{}, false
}

// takePayload consumes payload data of the frame under way.
func (c *Conn) takePayload(src []byte) (Event, int) {
	h := c.header
	piece := src[:min(h.PayloadLength-c.done, uint64(len(src)))]
	if h.Has(MASK) {
		Mask(piece, h.MaskingKey, c.done)
	}
	c.done += uint64(len(piece))
	whole := c.done == h.PayloadLength
	c.inFrame = !whole
	if whole {
		c.wholeFrames++
	}
	var event Event
	switch opcode := h.Opcode(); {
	case opcode.IsReserved(): // let pass, and of no use to anybody
	case opcode.IsControl():
		event = c.takeControl(piece, whole)
	default:
		event = c.takeData(piece, whole)
	}
	return event, len(piece)
}

// takeData adds a piece to the message under way.
func (c *Conn) takeData(piece []byte, whole bool) Event {
	last := whole && c.header.Has(FIN)
	if c.first.Opcode() == OpcodeText && c.config.Fatal.Has(RuleTextInvalidUTF8) && !c.compressed() {
		if c.text.Feed(piece) >= 0 || last && !c.text.Complete() {
			return c.failOn(1 << RuleTextInvalidUTF8)
		}
	}
	payload := piece
	// A message that lies in the caller's bytes as a whole is not copied.
	if !last || len(c.message) > 0 {
		c.message = appendDoubling(c.message, piece, c.messageLeft())
		payload = c.message
	}
	if whole {
		c.length += c.header.PayloadLength
	}
	if !last {
		return Event{}
	}
	c.message = c.message[:0]
	return Event{Kind: EventMessage, Opcode: c.first.Opcode(), Payload: payload, Header: c.first, Frames: c.frames}
}

// messageLeft returns how many bytes the limit lets follow what has been consumed
// of the message under way.
func (c *Conn) messageLeft() uint64 {
	if c.config.MaxMessage == 0 {
		return ^uint64(0)
	}
	return uint64(c.config.MaxMessage) - c.length - c.done
}

// compressed reports whether the message under way is.
func (c *Conn) compressed() bool { return c.first.Flags&RSV1 != 0 && c.config.Deflate }

// takeControl adds a piece to the control frame under way and acts on it once
// it is whole.
func (c *Conn) takeControl(piece []byte, whole bool) Event {
	// Without the rule about their length, control frames would have none.
	if room := maxControlPayload - len(c.control); len(piece) > room && !c.config.Fatal.Has(RuleFrameControlTooLong) {
		piece = piece[:max(0, room)]
	}
	payload := piece
	if !whole || len(c.control) > 0 {
		c.control = append(c.control, piece...)
		payload = c.control
	}
	if !whole {
		return Event{}
	}
	event := Event{Opcode: c.header.Opcode(), Payload: payload, Header: c.header, Frames: 1}
	switch event.Opcode {
	case OpcodePing:
		event.Kind = EventPing
		if !c.config.NoPong && c.state == StateOpen {
			c.pong(payload)
		}
	case OpcodePong:
		event.Kind = EventPong
	case OpcodeClose:
		return c.takeClose(event)
	}
	return event
}

// takeClose judges the peer's Close frame and answers it.
func (c *Conn) takeClose(event Event) Event {
	said := ParseClose(event.Payload)
	// The status code stands in front of the reason and is judged before it.
	if fatal := said.broken(c.config.Role.Peer()) & c.config.Fatal; fatal != 0 {
		return c.failOn(fatal)
	}
	var reason UTF8
	if said.HasCode && c.config.Fatal.Has(RuleCloseReasonInvalidUTF8) &&
		(reason.Feed(said.Reason) >= 0 || !reason.Complete()) {
		return c.failOn(1 << RuleCloseReasonInvalidUTF8)
	}
	event.Kind, event.Code, event.Payload = EventClose, said.Code, said.Reason
	if c.state == StateOpen {
		c.sendClose(ClosePayload{HasCode: said.HasCode, Code: said.Code}, c.key)
	}
	c.state = StateClosed
	return event
}

// failOn fails the connection for the first of some rules.
func (c *Conn) failOn(fatal RuleSet) Event {
	id := RuleID(0)
	for !fatal.Has(id) {
		id++
	}
	code := id.Rule().StatusCode
	if code == StatusNone || !code.OnWire() {
		code = StatusProtocolError
	}
	return c.fail(code, id.String(), id)
}

// fail sends a Close frame with the code, unless one is sent already, and reads
// no further (RFC 6455, section 7.1.7).
func (c *Conn) fail(code StatusCode, reason string, rule RuleID) Event {
	if c.state == StateOpen {
		c.sendClose(ClosePayload{HasCode: true, Code: code, Reason: []byte(reason)}, c.key)
	}
	c.state = StateClosed
	c.inFrame = false
	return Event{Kind: EventFailed, Code: code, Rule: rule, Header: c.header, Frames: c.frames}
}

package wire

import (
	"bytes"
	"fmt"
	"strconv"

	"framecraft/protocol"
)

// A follower reads along one direction of a connection, for whatever a play has
// to know at once: what has arrived (for expectations and pongs), whether a
// frame is under way, whether a Close frame has passed. It judges nothing.
//
// A stream begins with a head of HTTP or with frames; its first bytes tell. What
// stands behind a response that is not 101 is no frames.

// stage is what the next byte belongs to.
type stage uint8

const (
	stageStart stage = iota
	stageHead
	stageFrames
	stageOther
)

// arrivalKind says what has arrived.
type arrivalKind uint8

const (
	arrivedHead arrivalKind = iota
	arrivedMessage
	arrivedPing
	arrivedPong
	arrivedClose
	arrivedEnd
	arrivedReset
)

// arrival is something whole that has arrived.
type arrival struct {
	kind arrivalKind
	// end is the offset in the stream behind it.
	end     int
	opcode  protocol.Opcode
	payload []byte
	// code is of a Close frame or of HTTP.
	code uint16
	// unreadable: the message is compressed and could not be inflated.
	unreadable bool
}

// follower follows the bytes of one side.
type follower struct {
	sender   protocol.Role
	stage    stage
	offset   int
	head     []byte         // while it is under way
	whole    *protocol.Head // the head that counts, once it is there
	conn     protocol.Conn
	inflater *protocol.Inflater // nil without permessage-deflate
	limit    int                // of an inflated message
	inflated int                // bytes of all inflated messages
	arrived  func(arrival)
}

func newFollower(sender protocol.Role, limit int, arrived func(arrival)) *follower {
	f := &follower{sender: sender, limit: limit, arrived: arrived}
	f.conn.Init(f.config(false))
	return f
}

func (f *follower) config(deflate bool) protocol.Config {
	return protocol.Config{Role: f.sender.Peer(), NoPong: true, MaxMessage: f.limit, Deflate: deflate}
}

// agree tells the follower of the agreement of both heads.
func (f *follower) agree(agreed protocol.Handshake) {
	if !agreed.DeflateAgreed {
		return
	}
	f.conn.Init(f.config(true))
	f.inflater = protocol.NewInflater(protocol.InflateConfig{
		WindowBits:        agreed.Deflate.WindowBits(f.sender),
		NoContextTakeover: agreed.Deflate.NoContextTakeover(f.sender),
		Limit:             f.limit,
		Lenient:           true,
	})
}

// closed reports whether a Close frame has passed.
func (f *follower) closed() bool { return f.conn.State() == protocol.StateClosed }

// inFrame reports whether a frame is under way.
func (f *follower) inFrame() bool { return f.stage == stageFrames && f.conn.InFrame() }

// feed follows further bytes. They are not kept, and not changed.
func (f *follower) feed(src []byte) {
	for len(src) > 0 {
		n := len(src)
		if f.stage == stageStart {
			f.stage = stageFrames
			if beginsHead(src[0]) {
				f.stage = stageHead
			}
		}
		switch f.stage {
		case stageHead:
			n = f.feedHead(src)
		case stageFrames:
			for rest := bytes.Clone(src); len(rest) > 0; {
				rest = rest[f.feedFrames(rest):]
			}
		default:
			f.offset += n
		}
		src = src[n:]
	}
}

// feedHead takes bytes of the head and returns how many.
func (f *follower) feedHead(src []byte) int {
	before := len(f.head)
	if before == 0 {
		// Empty lines in front of a head are none of it.
		if n := len(src) - len(bytes.TrimLeft(src, "\r\n")); n > 0 {
			f.offset += n
			return n
		}
	}
	f.head = append(f.head, src...)
	// Before the end is there, reading the whole head again and again is of no use.
	if recent := f.head[max(0, before-2):]; !bytes.Contains(recent, []byte("\n\n")) && !bytes.Contains(recent, []byte("\n\r\n")) {
		f.offset += len(src)
		return len(src)
	}
	parse := protocol.ParseResponseHead
	if f.sender == protocol.RoleClient {
		parse = protocol.ParseRequestHead
	}
	head, n, err := parse(f.head)
	if err != nil {
		f.offset += len(src)
		return len(src)
	}
	n -= before
	f.offset += n
	f.head, f.whole = nil, head
	switch {
	case f.sender == protocol.RoleClient || head.StatusNumber() == 101:
		f.stage = stageFrames
	case head.Interim():
		f.stage = stageStart
	default:
		f.stage = stageOther
	}
	f.arrived(arrival{kind: arrivedHead, end: f.offset, code: uint16(head.StatusNumber())})
	return n
}

// beginsHead reports whether a stream with this first byte begins with HTTP. As
// a frame it would have FIN 0 and a reserved bit.
func beginsHead(first byte) bool {
	return first >= ' ' && first < 0x7f || first == '\r' || first == '\n'
}

// feedFrames takes bytes of frames up to the first arrival, changing them, and
// returns how many.
func (f *follower) feedFrames(src []byte) int {
	event, n := f.conn.Receive(src, 0)
	f.conn.TakeOutput(nil)
	f.offset += n
	a := arrival{end: f.offset, opcode: event.Opcode, payload: bytes.Clone(event.Payload)}
	switch event.Kind {
	case protocol.EventMessage:
		a.kind = arrivedMessage
		if f.inflater != nil && event.Header.Flags&protocol.RSV1 != 0 {
			f.inflate(&a)
		}
	case protocol.EventPing:
		a.kind = arrivedPing
	case protocol.EventPong:
		a.kind = arrivedPong
	case protocol.EventClose:
		a.kind, a.code = arrivedClose, uint16(event.Code)
		if event.Code == protocol.StatusNone {
			a.code = uint16(protocol.StatusNoStatusReceived)
		}
	default:
		return n
	}
	f.arrived(a)
	return n
}

func (f *follower) inflate(a *arrival) {
	out, err := f.inflater.Inflate(nil, a.payload)
	if err == nil {
		out, _, err = f.inflater.Finish(out)
	}
	a.payload, a.unreadable = out, err != nil
	f.inflated += len(out)
}

// longestShown is how many bytes of a payload a sentence shows.
const longestShown = 32

// String says in a few words what has arrived.
func (a arrival) String() string {
	switch a.kind {
	case arrivedHead:
		if a.code == 0 {
			return "a request"
		}
		return fmt.Sprintf("status %d", a.code)
	case arrivedClose:
		if len(a.payload) > 0 {
			return fmt.Sprintf("close %d %s", a.code, shown(a.payload))
		}
		return fmt.Sprintf("close %d", a.code)
	case arrivedEnd:
		return "the end of TCP"
	case arrivedReset:
		return "a reset of TCP"
	}
	if a.unreadable {
		return a.opcode.String() + " that cannot be inflated"
	}
	return a.opcode.String() + " " + shown(a.payload)
}

// shown returns a payload for a sentence, cut where it is long.
func shown(b []byte) string {
	more := ""
	if len(b) > longestShown {
		more = fmt.Sprintf(" … +%d bytes", len(b)-longestShown)
		b = b[:longestShown]
	}
	return strconv.Quote(string(b)) + more
}

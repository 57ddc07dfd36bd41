package endpoint

import (
	"errors"
	"fmt"
	"time"

	"framecraft/protocol"
)

// received acts on what one read gave, and returns how long to rest before the
// next one. All the answers leave in one write, unless they are large.
func (c *Conn) received(src []byte, now time.Duration) (pause time.Duration) {
	if c.draining {
		return 0
	}
	// Behind a panic, too, nobody waits for what is broken.
	defer func() {
		if c.broken {
			pause = 0
		}
	}()
	defer c.guard()
	w := c.work
	c.heard = true
	w.news.BytesIn += uint64(len(src))
	pause = c.rates.received(&c.kind.Rate, len(src), now)
	c.sendHeld(now)
	putBuffer(w.protocol.TakeOutput(getBuffer(0)))
	for rest := src; len(rest) > 0 && !c.broken; {
		c.lendMessageBuffer(rest)
		event, n := w.protocol.Receive(rest, 0)
		rest = rest[n:]
		if event.Kind != protocol.EventNone {
			c.handle(event, now)
		}
		if len(w.protocol.Output()) >= c.endpoint.limits.Output {
			c.flush()
		}
	}
	if c.endpoint.Closing() {
		w.protocol.Close(protocol.StatusGoingAway, "", 0)
	}
	c.flush()
	putBuffer(w.protocol.TakeOutput(nil))
	if buffer := w.protocol.TakeMessageBuffer(); buffer != nil {
		putBuffer(buffer)
	}
	if c.shed() {
		c.flush()
		w.protocol.TakeOutput(nil)
	}
	after := c.wrote(now)
	c.settle(after)
	pause = max(pause, c.heldTooMuch(after))
	if c.draining || w.protocol.State() != protocol.StateOpen {
		pause = 0 // the answer to our Close frame is all that is waited for
	}
	if pause > 0 {
		// What the peer owes us by then lies unread, so it is not asked for more.
		c.excuse(pause)
		c.nextPing = max(c.nextPing, after+pause)
		c.settle(after)
	}
	if c.missed.Load() {
		c.missed.Store(false)
		if c.due.Load() <= int64(after) {
			c.look(after)
		}
	}
	return pause
}

// lendMessageBuffer gives the protocol memory for a message that begins here and
// does not end here, so that it need not grow from nothing.
func (c *Conn) lendMessageBuffer(src []byte) {
	if c.work.protocol.InMessage() {
		return
	}
	h, n, err := protocol.ParseHeader(src)
	if err != nil || h.Opcode().IsControl() || h.PayloadLength <= uint64(len(src)-n) {
		return
	}
	if limit := c.kind.Protocol.MaxMessage; h.PayloadLength < 1<<smallestClass || h.PayloadLength > uint64(limit) {
		return
	}
	if buffer := c.work.protocol.TakeMessageBuffer(); buffer != nil {
		putBuffer(buffer)
	}
	c.work.protocol.LendMessageBuffer(getBuffer(int(h.PayloadLength)))
}

// handle acts on an event.
func (c *Conn) handle(event protocol.Event, now time.Duration) {
	switch event.Kind {
	case protocol.EventMessage:
		c.work.news.MessagesIn++
		switch {
		case c.work.protocol.State() != protocol.StateOpen:
			// Our Close frame is on its way; nothing may follow it.
		case !c.rates.message(&c.kind.Rate, now):
			c.closeFor(LimitMessageRate, fmt.Sprintf("more than %d messages a second", c.kind.Rate.MessagesASecond))
		default:
			c.deliver(event)
		}
	case protocol.EventPing:
		if !c.rates.ping(&c.kind.Rate, now) {
			c.closeFor(LimitPingRate, fmt.Sprintf("more than %d pings a second", c.kind.Rate.PingsASecond))
		}
	case protocol.EventPong:
		// Any other pong is one that nobody asked for, or comes a second time.
		if c.pongBy != 0 && string(event.Payload) == string(c.pingPayload()) {
			c.pongBy = 0
		}
	case protocol.EventClose:
		if c.code == protocol.StatusNone {
			c.code = event.Code
		}
	case protocol.EventFailed:
		if c.code != protocol.StatusNone {
			break // a Close frame of ours was first, and said why
		}
		c.code = event.Code
		if event.Code == protocol.StatusMessageTooBig {
			c.limit, c.reason = LimitMessageSize, "message over the limit"
		} else {
			c.broke, c.rule = true, event.Rule
		}
	}
}

// deliver hands a message over, inflated if it is compressed. Where compression
// was agreed on, a codec is taken for as long as that takes; see compress.go.
func (c *Conn) deliver(m protocol.Event) {
	if c.deflate == nil {
		c.kind.Message(c, m)
		return
	}
	c.work.codec = takeCodec()
	defer c.returnCodec()
	c.work.codec.arrived = len(m.Payload)
	compressed := m.Header.Has(protocol.RSV1)
	if compressed {
		var ok bool
		if m.Payload, ok = c.inflate(m); !ok {
			return
		}
	}
	c.kind.Message(c, m)
	if compressed && c.work.codec == nil { // it has left the message here
		putBuffer(m.Payload)
	}
}

// inflate returns what a message inflates to. Where that is impossible, or no
// text although it should be one, the connection fails.
func (c *Conn) inflate(m protocol.Event) ([]byte, bool) {
	message, err := c.work.codec.inflate(m.Payload, c.deflate, c.kind.Protocol.MaxMessage)
	var broken *protocol.InflateError
	switch {
	case errors.As(err, &broken) && broken.Reason == protocol.InflateLimit:
		c.fail(protocol.StatusMessageTooBig, "the message inflates to more than this endpoint takes")
		c.limit, c.reason = LimitMessageSize, "message over the limit"
	case broken != nil:
		c.breaks(inflateRule(broken.Reason), broken.Error())
	case m.Opcode == protocol.OpcodeText && c.kind.Protocol.Fatal.Has(protocol.RuleTextInvalidUTF8) && !validText(message):
		c.breaks(protocol.RuleTextInvalidUTF8, "")
	default:
		return message, true
	}
	return nil, false
}

// inflateRule is the rule that a client breaks whose message cannot be inflated.
func inflateRule(reason protocol.InflateReason) protocol.RuleID {
	switch reason {
	case protocol.InflateWindow:
		return protocol.RuleDeflateClientWindowExceeded
	case protocol.InflateForgotten:
		return protocol.RuleDeflateClientContextKept
	}
	return protocol.RuleDeflateDataInvalid
}

func validText(message []byte) bool {
	var text protocol.UTF8
	return text.Feed(message) < 0 && text.Complete()
}

// breaks fails the connection for a rule that only the inflated message shows to
// be broken. The detail is for the peer, and holds nothing of the message.
func (c *Conn) breaks(rule protocol.RuleID, detail string) {
	reason := rule.String()
	if detail != "" {
		reason += ": " + detail
	}
	c.fail(rule.Rule().StatusCode, reason)
	c.broke, c.rule = true, rule
}

// fail fails the connection (RFC 6455, section 7.1.7).
func (c *Conn) fail(code protocol.StatusCode, reason string) {
	c.code = code
	c.work.protocol.Fail(code, reason, 0)
}

package endpoint

import (
	"fmt"
	"time"

	"framecraft/protocol"
)

// received is a worker's job: what became of one read. All the answers to it
// leave in one write, unless they are large.
func (c *Conn) received() {
	defer c.turn.Done()
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.guard()
	src := c.in
	// Whatever happens, the buffer goes back and the waiter finds none.
	c.in = nil
	defer putReadBuffer(src)

	now := c.endpoint.now()
	c.heard = true
	c.bytesIn += uint64(len(src))
	c.pause = c.rates.received(&c.kind.Rate, len(src), now)
	putBuffer(c.protocol.TakeOutput(getBuffer(0)))
	for rest := src; len(rest) > 0 && !c.broken; {
		c.lendMessageBuffer(rest)
		event, n := c.protocol.Receive(rest, 0)
		rest = rest[n:]
		if event.Kind != protocol.EventNone {
			c.events++
			c.handle(event, now)
		}
		if len(c.protocol.Output()) >= c.endpoint.limits.Output {
			c.flush()
		}
	}
	if c.endpoint.Closing() {
		c.protocol.Close(protocol.StatusGoingAway, "", 0)
	}
	c.flush()
	putBuffer(c.protocol.TakeOutput(nil))
	if buffer := c.protocol.TakeMessageBuffer(); buffer != nil {
		putBuffer(buffer)
	}
	after := c.endpoint.now()
	c.excuse(after - now)
	c.settle(after)
}

// excuse allows for the time that writing took. Nothing was read meanwhile: a
// pong that came in that time is not late.
func (c *Conn) excuse(wrote time.Duration) {
	if c.pongBy != 0 {
		c.pongBy += wrote
	}
}

// lendMessageBuffer gives the protocol memory for a message that begins here and
// does not end here, so that it need not grow from nothing.
func (c *Conn) lendMessageBuffer(src []byte) {
	if c.protocol.InMessage() {
		return
	}
	h, n, err := protocol.ParseHeader(src)
	if err != nil || h.Opcode().IsControl() || h.PayloadLength <= uint64(len(src)-n) {
		return
	}
	if limit := c.kind.Protocol.MaxMessage; h.PayloadLength < 1<<smallestClass || h.PayloadLength > uint64(limit) {
		return
	}
	if buffer := c.protocol.TakeMessageBuffer(); buffer != nil {
		putBuffer(buffer)
	}
	c.protocol.LendMessageBuffer(getBuffer(int(h.PayloadLength)))
}

// handle acts on an event.
func (c *Conn) handle(event protocol.Event, now time.Duration) {
	switch event.Kind {
	case protocol.EventMessage:
		c.messagesIn++
		switch {
		case c.protocol.State() != protocol.StateOpen:
			// Our Close frame is on its way; nothing may follow it.
		case !c.rates.message(&c.kind.Rate, now):
			c.Close(protocol.StatusPolicyViolation, fmt.Sprintf("more than %d messages a second", c.kind.Rate.MessagesASecond))
		default:
			c.kind.Message(c, event)
		}
	case protocol.EventPing:
		if !c.rates.ping(&c.kind.Rate, now) {
			c.Close(protocol.StatusPolicyViolation, fmt.Sprintf("more than %d pings a second", c.kind.Rate.PingsASecond))
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
		c.code = event.Code
		if event.Code == protocol.StatusMessageTooBig {
			c.reason = "message over the limit"
		} else {
			c.rule = event.Rule.String()
		}
	}
}

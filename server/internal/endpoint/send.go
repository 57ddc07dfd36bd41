package endpoint

import (
	"errors"
	"os"
	"time"

	"framecraft/protocol"
)

// copyBelow is the payload length under which a message is copied behind the
// answers that wait already. A longer one is written from where it lies.
const copyBelow = 16 << 10

// Send sends a message. It is for Kind.Message, which runs with the connection
// to itself.
func (c *Conn) Send(opcode protocol.Opcode, payload []byte) {
	if c.work.protocol.State() != protocol.StateOpen || c.broken {
		return
	}
	c.work.news.MessagesOut++
	switch {
	case c.deflate != nil:
		c.sendDeflated(opcode, payload)
		return
	case c.kind.Delay > 0:
		c.hold(protocol.FIN.WithOpcode(opcode), payload)
		return
	case len(payload) < copyBelow:
		c.work.protocol.Send(opcode, payload, 0)
		return
	}
	c.work.protocol.SendHeader(opcode, uint64(len(payload)), 0)
	c.writeBehind(payload)
}

// writeBehind writes the output, and the payload behind it.
func (c *Conn) writeBehind(payload []byte) {
	head := c.work.protocol.TakeOutput(nil)
	c.write(head, payload)
	c.work.protocol.TakeOutput(head[:0])
}

// Push sends a message from any goroutine but the one that Kind.Message runs on,
// and returns when it is written, so that a peer which reads slowly slows its
// sender down. It reports whether the connection is still open.
func (c *Conn) Push(opcode protocol.Opcode, payload []byte) bool {
	c.lock(nil)
	defer c.unlock()
	defer c.guard()
	if c.draining || c.broken || c.work.protocol.State() != protocol.StateOpen {
		return false
	}
	now := c.endpoint.now()
	c.Send(opcode, payload)
	c.flush()
	c.work.protocol.TakeOutput(nil)
	c.settle(c.wrote(now))
	return !c.broken
}

// Recover is deferred by a goroutine that serves the connection from outside, one
// that pushes to it: a panic there is logged and ends this connection alone.
func (c *Conn) Recover() {
	if p := recover(); p != nil {
		c.lock(nil)
		defer c.unlock()
		c.logPanic(p)
		c.broken, c.panicked = true, true
		c.settle(c.endpoint.now())
	}
}

// Close begins the closing handshake; the reason goes into the log as well. It
// is for Kind.Message.
func (c *Conn) Close(code protocol.StatusCode, reason string) {
	if c.work.protocol.State() == protocol.StateOpen {
		c.code, c.reason = code, reason
		c.work.protocol.Close(code, reason, 0)
	}
}

// flush writes the output.
func (c *Conn) flush() {
	if len(c.work.protocol.Output()) == 0 {
		return
	}
	c.writeBehind(nil)
}

// write writes two pieces, together if it can be done. Large ones are cut into
// chunks that each have their own deadline: a slow reader is one that makes no
// progress, not one that was sent much.
func (c *Conn) write(head, payload []byte) {
	chunk := c.endpoint.limits.WriteChunk
	for len(head)+len(payload) > 0 && !c.broken {
		first := head[:min(len(head), chunk)]
		n, err := c.writeLink(first, payload[:min(len(payload), chunk-len(first))])
		c.work.news.BytesOut += uint64(n)
		fromHead := min(n, len(head))
		head, payload = head[fromHead:], payload[n-fromHead:]
		if err != nil {
			c.broken = true
			if c.reason == "" && errors.Is(err, os.ErrDeadlineExceeded) {
				c.limit, c.reason = LimitWriteTime, "the peer does not read"
			}
		}
	}
}

// closeWrite ends the sending side. The receiving side stays open for a while:
// closing a socket that has unread bytes resets the connection, and a reset can
// overtake our Close frame.
func (c *Conn) closeWrite(now time.Duration) {
	c.draining = true
	c.closeBy = now + c.endpoint.limits.Closing
	c.takeFrames()
	// Whatever was gathered of a message is of no use any more.
	c.work.protocol = protocol.Conn{}
	c.dropHeld()
	c.closeSending()
}

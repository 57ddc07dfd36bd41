package endpoint

import (
	"errors"
	"net"
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
	if c.protocol.State() != protocol.StateOpen || c.broken {
		return
	}
	c.news.MessagesOut++
	switch {
	case c.deflate != nil:
		c.sendDeflated(opcode, payload)
		return
	case c.kind.Delay > 0:
		c.hold(protocol.FIN.WithOpcode(opcode), payload)
		return
	case len(payload) < copyBelow:
		c.protocol.Send(opcode, payload, 0)
		return
	}
	c.protocol.SendHeader(opcode, uint64(len(payload)), 0)
	c.writeBehind(payload)
}

// writeBehind writes the output, and the payload behind it.
func (c *Conn) writeBehind(payload []byte) {
	head := c.protocol.TakeOutput(nil)
	c.write(head, payload)
	c.protocol.TakeOutput(head[:0])
}

// Push sends a message from any goroutine but the one that Kind.Message runs on,
// and returns when it is written, so that a peer which reads slowly slows its
// sender down. It reports whether the connection is still open.
func (c *Conn) Push(opcode protocol.Opcode, payload []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.guard()
	if c.draining || c.broken || c.protocol.State() != protocol.StateOpen {
		return false
	}
	now := c.endpoint.now()
	c.Send(opcode, payload)
	c.flush()
	c.protocol.TakeOutput(nil)
	after := c.endpoint.now()
	c.excuse(after - now)
	c.settle(after)
	return !c.broken
}

// Recover is deferred by a goroutine that serves the connection from outside, one
// that pushes to it: a panic there is logged and ends this connection alone.
func (c *Conn) Recover() {
	if p := recover(); p != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.logPanic(p)
		c.broken, c.panicked = true, true
		c.settle(c.endpoint.now())
	}
}

// Close begins the closing handshake; the reason goes into the log as well. It
// is for Kind.Message.
func (c *Conn) Close(code protocol.StatusCode, reason string) {
	if c.protocol.State() == protocol.StateOpen {
		c.code, c.reason = code, reason
		c.protocol.Close(code, reason, 0)
	}
}

// flush writes the output.
func (c *Conn) flush() {
	if len(c.protocol.Output()) == 0 {
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
		c.armWrite()
		var n int
		var err error
		switch room := chunk - len(head); {
		case len(head) == 0:
			n, err = c.tcp.Write(payload[:min(len(payload), chunk)])
		case len(payload) == 0 || room <= 0:
			n, err = c.tcp.Write(head[:min(len(head), chunk)])
		default:
			var both int64
			buffers := net.Buffers{head, payload[:min(len(payload), room)]}
			both, err = buffers.WriteTo(c.tcp)
			n = int(both)
		}
		c.news.BytesOut += uint64(n)
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

// armWrite sets the write deadline, unless the one that is set gives enough time
// still: setting it costs more than a small frame. A write therefore gets at
// least Limits.Write and at most a quarter more.
func (c *Conn) armWrite() {
	limit := c.endpoint.limits.Write
	now := c.endpoint.now()
	if c.writeBy-now >= limit {
		return
	}
	c.writeBy = now + limit + limit/4
	if err := c.tcp.SetWriteDeadline(c.endpoint.epoch.Add(c.writeBy)); err != nil {
		c.broken = true
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
	c.protocol = protocol.Conn{}
	c.dropHeld()
	half, ok := c.tcp.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		_ = c.tcp.Close() // the waiter ends by this
	}
}

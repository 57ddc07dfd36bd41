package endpoint

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"framecraft/protocol"
)

// Deadlines. Every worker, before it lets go of a connection, works out when
// somebody has to look at it again; the sweep finds it then and a worker calls
// tick. Which deadlines count depends on where the connection stands:
//
//	open         the first frame; the frame and the message under way; the next
//	             ping, or the pong to the last one
//	closing      the peer's Close frame
//	draining     the end of TCP
//
// A peer that overruns a deadline while the connection is open is sent Close
// 1008 and has as long as any other to answer it.

// never is a due time that does not come.
const never = time.Duration(math.MaxInt64)

// tick is the sweep's look at a connection.
func (c *Conn) tick(d duty) {
	// Who holds the mutex is at work on this connection, and looks itself when it is
	// done: a peer that sends without a pause leaves no other moment. If it hangs in
	// a write, the write has a deadline of its own.
	if !c.tryLock(d) {
		c.missed.Store(true)
		return
	}
	defer c.unlock()
	defer c.guard()
	c.look(c.endpoint.now())
}

// look does what is due.
func (c *Conn) look(now time.Duration) {
	if c.broken {
		return
	}
	if c.draining || c.work.protocol.State() != protocol.StateOpen {
		if now >= c.closeBy {
			if !c.draining && c.limit == LimitNone {
				c.limit = LimitClosingTime
			}
			c.broken = true
			c.cut()
		}
		return
	}
	limits := &c.endpoint.limits
	switch {
	case c.endpoint.Closing():
		c.work.protocol.Close(protocol.StatusGoingAway, "", 0)
	case !c.heard && now >= c.opened+limits.FirstFrame:
		c.overdue(LimitFirstFrame, "no frame", limits.FirstFrame)
	case c.work.protocol.InFrame() && now >= c.work.frameSince+limits.Frame:
		c.overdue(LimitFrameTime, "a frame is not complete", limits.Frame)
	case c.work.protocol.InMessage() && now >= c.work.messageSince+c.messageTime():
		c.overdue(LimitMessageTime, "a message is not complete", c.messageTime())
	case c.pongBy != 0 && now >= c.pongBy && !c.work.protocol.InFrame():
		c.overdue(LimitPongTime, "no pong", limits.Pong)
	case c.pongBy == 0 && now >= c.nextPing && !c.work.protocol.InFrame():
		c.pingsSent++
		c.work.protocol.Ping(c.pingPayload(), 0)
		c.nextPing, c.pongBy = now+limits.Ping, now+limits.Pong
	}
	c.flush()
	c.work.protocol.TakeOutput(nil)
	c.settle(c.wrote(now))
}

// messageTime is how long a message may take. Where we ourselves read no faster than
// at some rate, that of the largest message comes on top: not all pauses that the peer
// had to make, or endless fragments at just that rate would be no message too late.
func (c *Conn) messageTime() time.Duration {
	limit := c.endpoint.limits.Message
	if rate := c.kind.Rate.BytesASecond; rate > 0 {
		limit += time.Duration(c.kind.Protocol.MaxMessage/rate+1) * time.Second
	}
	return limit
}

// pingPayload is the payload of the last ping: its number.
func (c *Conn) pingPayload() []byte {
	return binary.BigEndian.AppendUint32(nil, c.pingsSent)
}

func (c *Conn) overdue(limit Limit, what string, after time.Duration) {
	c.closeFor(limit, fmt.Sprintf("%s after %v", what, after))
}

// settle works out what is next, after anything that may have changed it.
func (c *Conn) settle(now time.Duration) {
	limits := &c.endpoint.limits
	switch {
	case c.broken:
		c.cut()
		c.due.Store(int64(never))
		return
	case c.draining:
		c.due.Store(int64(c.closeBy))
		return
	}
	switch c.work.protocol.State() {
	case protocol.StateClosed:
		c.closeWrite(now)
		c.due.Store(int64(c.closeBy))
		return
	case protocol.StateClosing:
		if c.closeBy == 0 {
			c.closeBy = now + limits.Closing
		}
		c.due.Store(int64(c.closeBy))
		return
	}
	c.noteProgress(now)
	due := c.nextPing
	if c.pongBy != 0 {
		due = c.pongBy
	}
	// A pong cannot come before the frame under way is over.
	if c.work.protocol.InFrame() {
		due = c.work.frameSince + limits.Frame
	}
	if !c.heard {
		due = min(due, c.opened+limits.FirstFrame)
	}
	if c.work.protocol.InMessage() {
		due = min(due, c.work.messageSince+c.messageTime())
	}
	c.due.Store(int64(due))
	// Shutdown sets closing first and due after it, so one of the two sees the
	// other.
	if c.endpoint.Closing() {
		c.due.Store(0)
	}
}

// wrote returns the time behind what may have been writing, and allows for how long
// that took: nothing was read meanwhile, so what came in that time is not late.
func (c *Conn) wrote(before time.Duration) (now time.Duration) {
	if !c.work.waited {
		return before
	}
	now = c.endpoint.now()
	c.excuse(now - before)
	return now
}

// excuse allows for a time in which nothing is read. A message gets no more time for
// it: what it may take has that in it where it is us who read slowly (see
// messageTime), and with pongs that it takes slowly a peer could have one without end.
func (c *Conn) excuse(unread time.Duration) {
	if c.pongBy != 0 {
		c.pongBy += unread
	}
	c.work.frameSince += unread
}

// noteProgress notices when a frame or a message has begun: the one under way is
// another than before if one was complete since.
func (c *Conn) noteProgress(now time.Duration) {
	var frame, message uint64 // 0 when none is under way
	if c.work.protocol.InFrame() {
		frame = 1 + uint64(c.work.protocol.WholeFrames())
	}
	if c.work.protocol.InMessage() {
		message = 1 + c.messagesIn()
	}
	if frame != c.work.frame {
		c.work.frame, c.work.frameSince = frame, now
	}
	if message != c.work.message {
		c.work.message, c.work.messageSince = message, now
	}
}

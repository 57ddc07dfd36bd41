package endpoint

import (
	"time"
	"unsafe"

	"framecraft/protocol"
)

// Answers that wait (Kind.Delay). They wait as the frames that they will be, in
// the order in which they were given, and a timer of the connection's own writes
// those whose time has come: no worker waits, and none of the limits moves. When
// more than Limits.Output waits, nothing is read until some of it has left. What
// still waits when the closing handshake begins is never sent.

// held are the answers of one connection that wait.
type held struct {
	frames []byte
	// parts are how the frames come apart, the oldest first.
	parts []heldPart
	timer *time.Timer
	// last: the part at the end closes the connection, so nothing follows it.
	last bool
}

// heldPart is a run of frames, up to an offset, and when it is due.
type heldPart struct {
	end int
	due time.Duration
	// code closes the connection, unless it is StatusNone.
	code protocol.StatusCode
}

const partSize = int(unsafe.Sizeof(heldPart{}))

// hold keeps a frame back.
func (c *Conn) hold(flags protocol.Flags, payload []byte) {
	h := c.holding()
	if h.last {
		return
	}
	header := protocol.Header{Flags: flags, PayloadLength: uint64(len(payload))}
	if h.frames == nil {
		h.frames = getBuffer(protocol.MaxHeaderLength + len(payload))
	}
	h.frames = append(header.AppendTo(h.frames), payload...)
	c.holdPart(protocol.StatusNone)
}

// closeAfterAnswers begins the closing handshake behind the answers that wait.
func (c *Conn) closeAfterAnswers(code protocol.StatusCode) {
	if c.held == nil || len(c.held.parts) == 0 {
		c.Close(code, "")
		return
	}
	if !c.held.last {
		c.held.last = true
		c.holdPart(code)
	}
}

func (c *Conn) holding() *held {
	if c.held == nil {
		c.held = new(held)
	}
	return c.held
}

// holdPart ends a part.
func (c *Conn) holdPart(code protocol.StatusCode) {
	h := c.held
	now := c.endpoint.now()
	h.parts = append(h.parts, heldPart{len(h.frames), now + c.kind.Delay, code})
	switch {
	case h.timer == nil:
		h.timer = time.AfterFunc(c.kind.Delay, c.release)
	case len(h.parts) == 1:
		h.timer.Reset(c.kind.Delay)
	}
}

// release is the timer's.
func (c *Conn) release() {
	c.lock(nil)
	defer c.unlock()
	defer c.guard()
	if c.broken || c.draining {
		return
	}
	now := c.endpoint.now()
	c.sendHeld(now)
	c.work.protocol.TakeOutput(nil)
	c.settle(c.wrote(now))
}

// sendHeld writes what is due. When a worker is here anyway, the timer comes too
// late.
func (c *Conn) sendHeld(now time.Duration) {
	h := c.held
	if h == nil {
		return
	}
	if c.work.protocol.State() != protocol.StateOpen {
		c.dropHeld()
		return
	}
	var due heldPart
	n := 0
	for n < len(h.parts) && h.parts[n].due <= now {
		due = h.parts[n]
		n++
		if due.code == protocol.StatusNone {
			c.work.news.FramesOut++
		}
	}
	c.write(h.frames[:due.end], nil)
	if due.code != protocol.StatusNone {
		c.Close(due.code, "")
		c.flush()
	}
	if n == len(h.parts) {
		c.dropHeld()
	} else {
		h.frames = h.frames[:copy(h.frames, h.frames[due.end:])]
		h.parts = h.parts[:copy(h.parts, h.parts[n:])]
		for i := range h.parts {
			h.parts[i].end -= due.end
		}
		h.timer.Reset(h.parts[0].due - c.endpoint.now()) // writing may have taken long
	}
}

// dropHeld forgets all answers that wait.
func (c *Conn) dropHeld() {
	if c.held == nil {
		return
	}
	if c.held.timer != nil {
		c.held.timer.Stop()
	}
	putBuffer(c.held.frames)
	c.held = nil
}

// behind is how many bytes wait behind a part. The parts count with the frames: an
// empty message is two bytes of a frame.
func (h *held) behind(part int) int {
	return len(h.frames) - h.parts[part].end + (len(h.parts)-1-part)*partSize
}

// heldTooMuch returns how long to read nothing: until so many answers are due that
// no more wait than may.
func (c *Conn) heldTooMuch(now time.Duration) time.Duration {
	h := c.held
	if h == nil || len(h.parts) == 0 || len(h.frames)+len(h.parts)*partSize <= c.endpoint.limits.Output {
		return 0
	}
	first := 0
	for h.behind(first) > c.endpoint.limits.Output {
		first++
	}
	return h.parts[first].due - now
}

package endpoint

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// How polled connections are served: by the leader, or by a worker.

// leader is a goroutine that has, or had, the duty to wait for all connections.
type leader struct {
	*poller
	in     *[readBufferSize]byte
	passed bool
}

// lead is the leader's goroutine.
func (p *poller) lead() {
	l := leader{poller: p, in: readBuffers.Get().(*[readBufferSize]byte)}
	for !l.passed {
		c := p.wait()
		if c == nil {
			close(p.stopped)
			break
		}
		l.serve(c)
	}
	readBuffers.Put(l.in)
}

// pass is called by the leader itself, deep in a write that finds no room.
func (l *leader) pass() {
	l.passed = true
	go l.lead()
}

// serve reads once from a connection whose turn the leader has.
func (l *leader) serve(c *Conn) {
	if !c.kind.Quick || c.deflate != nil || !c.tryLock(l) {
		l.hand(job{conn: c, what: jobServe})
		return
	}
	n, ended := readPolled(c.link.fd, l.in[:])
	var pause time.Duration
	if n > 0 {
		pause = c.received(l.in[:n], l.endpoint.now())
	}
	c.unlock()
	switch {
	case ended:
		l.hand(job{conn: c, what: jobEnd})
	case pause > 0:
		c.rest(pause)
	case c.link.turn.release(n, len(l.in)):
	case l.passed:
		c.serve()
	default:
		l.again = append(l.again, c)
	}
}

// hand gives a job to a worker.
func (l *leader) hand(j job) {
	l.endpoint.workers.do(j)
	if !l.passed {
		l.handed = true
	}
}

// serve is a worker's job: it has the turn, and reads until the socket is drained.
func (c *Conn) serve() {
	for {
		buffer := readBuffers.Get().(*[readBufferSize]byte)
		n, ended := readPolled(c.link.fd, buffer[:])
		var pause time.Duration
		if n > 0 {
			c.lock(nil)
			pause = c.received(buffer[:n], c.endpoint.now())
			c.unlock()
		}
		readBuffers.Put(buffer)
		switch {
		case ended:
			c.end()
			return
		case pause > 0:
			c.rest(pause)
			return
		case c.link.turn.release(n, readBufferSize):
			return
		}
	}
}

// startPolled lets the connection be read, whose turn poll has taken, behind bytes
// that have come already.
func (c *Conn) startPolled(early []byte) {
	switch {
	case len(early) > 0:
		go c.startBehind(early)
	case !c.link.turn.drained():
		c.endpoint.workers.do(job{conn: c, what: jobServe})
	}
}

func (c *Conn) startBehind(early []byte) {
	c.lock(nil)
	pause := c.received(early, c.endpoint.now())
	c.unlock()
	if pause > 0 {
		c.rest(pause)
	} else {
		c.serve()
	}
}

// rest keeps the turn for a while without reading. A shutdown wants what still
// comes.
func (c *Conn) rest(left time.Duration) {
	time.AfterFunc(min(left, pausePiece), func() {
		if left > pausePiece && !c.endpoint.Closing() {
			c.rest(left - pausePiece)
		} else {
			c.serve()
		}
	})
}

// room is what a writer waits for.
type room chan struct{}

// found wakes the writer, or makes it try once more.
func (r room) found() {
	select {
	case r <- struct{}{}:
	default:
	}
}

// writePolled writes, and waits where it has to. A process that was stopped wakes up
// with the time over and the room made (see pause.go), so when the time is over it
// tries once more; there is more time only where that gives something.
func (c *Conn) writePolled(first, second []byte) (written int, err error) {
	var deadline *time.Timer
	var found room
	var over, overBefore bool
	for {
		n, err := writeNow(c.link.fd, first, second)
		written += n
		fromFirst := min(n, len(first))
		first, second = first[fromFirst:], second[n-fromFirst:]
		switch {
		case err != nil && err != unix.EAGAIN:
			return written, err
		case len(first)+len(second) == 0:
			return written, nil
		case found == nil:
			// Room that is made between the write and here would wake nobody, so try
			// once more.
			found = make(room, 1)
			c.link.writer.Store(&found)
			defer c.link.writer.Store(nil)
			continue
		}
		if deadline == nil {
			c.aboutToWait()
			deadline = time.NewTimer(c.endpoint.limits.Write)
			defer deadline.Stop()
		}
		if over {
			if n == 0 || overBefore {
				return written, os.ErrDeadlineExceeded
			}
			over, overBefore = false, true
			deadline.Reset(c.endpoint.limits.Write)
		}
		select {
		case <-found:
		case <-deadline.C:
			over = true
		}
	}
}

// aboutToWait passes on what else this goroutine has to do.
func (c *Conn) aboutToWait() {
	c.work.waited = true
	if d := c.work.duty; d != nil {
		c.work.duty = nil
		d.pass()
	}
}

package testpeer

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// MemoryConn is one end of a connection that no system knows of, for tests that
// need very many. What one end writes waits for the other without a bound, so that
// a write never waits and needs no deadline. A read does; a deadline is for the
// reads that begin after it was set.
type MemoryConn struct {
	in, out *stream
}

// Memory returns both ends of a new connection.
func Memory() (near, far *MemoryConn) {
	up, down := newStream(), newStream()
	return &MemoryConn{in: up, out: down}, &MemoryConn{in: down, out: up}
}

// stream is one direction.
type stream struct {
	// news has something in it when something has changed for who reads.
	news chan struct{}

	mu       sync.Mutex
	bytes    []byte
	read     int  // of the bytes
	ended    bool // nothing will be written any more
	left     bool // nobody will read any more
	deadline time.Time
}

func newStream() *stream { return &stream{news: make(chan struct{}, 1)} }

func (s *stream) wake() {
	select {
	case s.news <- struct{}{}:
	default: // it is awake
	}
}

// take returns what there is; of neither bytes nor an error there is more to wait
// for.
func (s *stream) take(b []byte) (n int, deadline time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.left:
		return 0, s.deadline, net.ErrClosed
	case s.read == len(s.bytes) && s.ended:
		return 0, s.deadline, io.EOF
	}
	n = copy(b, s.bytes[s.read:])
	if s.read += n; s.read == len(s.bytes) {
		s.bytes, s.read = s.bytes[:0], 0
	}
	return n, s.deadline, nil
}

// Read reads what there is, and waits for it.
func (c *MemoryConn) Read(b []byte) (int, error) {
	for {
		n, deadline, err := c.in.take(b)
		if n > 0 || err != nil || len(b) == 0 {
			return n, err
		}
		if deadline.IsZero() {
			<-c.in.news
			continue
		}
		timer := time.NewTimer(time.Until(deadline))
		select {
		case <-c.in.news:
		case <-timer.C:
			return 0, os.ErrDeadlineExceeded
		}
		timer.Stop()
	}
}

// Write never waits. It fails when one of the two ends was closed.
func (c *MemoryConn) Write(b []byte) (int, error) {
	s := c.out
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.left {
		return 0, syscall.EPIPE
	}
	s.bytes = append(s.bytes, b...)
	s.wake()
	return len(b), nil
}

// CloseWrite ends this direction, behind what was written.
func (c *MemoryConn) CloseWrite() error {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	c.out.ended = true
	c.out.wake()
	return nil
}

// Close ends both; what has not been read by this end is lost.
func (c *MemoryConn) Close() error {
	c.in.mu.Lock()
	c.in.left = true
	c.in.wake()
	c.in.mu.Unlock()
	return c.CloseWrite()
}

// SetReadDeadline is for the reads to come.
func (c *MemoryConn) SetReadDeadline(t time.Time) error {
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	c.in.deadline = t
	return nil
}

func (c *MemoryConn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

func (c *MemoryConn) SetWriteDeadline(time.Time) error { return nil }

// LocalAddr and RemoteAddr are the same: nobody tells these connections apart.
func (c *MemoryConn) LocalAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}
}

func (c *MemoryConn) RemoteAddr() net.Addr { return c.LocalAddr() }

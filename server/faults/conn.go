package faults

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// Conn is a connection whose reads and writes follow a flow each. Deadlines and
// Close end whatever it makes a call wait for.
type Conn struct {
	// Deadline, if any, is called with every deadline that is set.
	Deadline func(time.Time)

	under          net.Conn
	reading, write side
	closing        sync.Once
	closed         chan struct{}
}

// side is one direction of a Conn.
type side struct {
	name     string
	mu       sync.Mutex // held for as long as a call lasts
	meter    meter
	deadline deadline
}

// Wrap returns a connection that is conn but for the faults. What it hides is
// everything else that conn can do, apart from ending its sending side.
func Wrap(conn net.Conn, reading, writing Flow) *Conn {
	return &Conn{
		under:   conn,
		reading: side{name: "read", meter: newMeter(reading), deadline: newDeadline()},
		write:   side{name: "write", meter: newMeter(writing), deadline: newDeadline()},
		closed:  make(chan struct{}),
	}
}

// Read reads one piece.
func (c *Conn) Read(b []byte) (int, error) {
	s := &c.reading
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.meter.room(len(b))
	if n == 0 && len(b) > 0 {
		return 0, c.end(s)
	}
	if err := c.rest(s, s.meter.flow.Pause); err != nil {
		return 0, err
	}
	n, err := c.under.Read(b[:n])
	s.meter.moved(n)
	if n > 0 {
		// What was read is not lost, whatever ends the wait.
		_ = c.rest(s, s.meter.flow.Latency)
	}
	return n, err
}

// Write writes piece by piece.
func (c *Conn) Write(b []byte) (written int, err error) {
	s := &c.write
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := c.rest(s, s.meter.flow.Latency); err != nil {
		return 0, err
	}
	for len(b) > 0 {
		n := s.meter.room(len(b))
		if n == 0 {
			return written, c.end(s)
		}
		if err := c.rest(s, s.meter.flow.Pause); err != nil {
			return written, err
		}
		n, err := c.under.Write(b[:n])
		s.meter.moved(n)
		written, b = written+n, b[n:]
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// end does what is to happen behind the last byte of a flow.
func (c *Conn) end(s *side) error {
	switch s.meter.flow.End {
	case Reset:
		abort(c.under)
		return opError(s.name, syscall.ECONNRESET)
	case HalfClose:
		if s == &c.reading {
			return io.EOF
		}
		_ = c.CloseWrite()
		return opError(s.name, syscall.EPIPE)
	case BlackHole:
		return c.wait(s, nil)
	}
	return opError(s.name, syscall.EIO)
}

// rest lets time go by.
func (c *Conn) rest(s *side, d time.Duration) error {
	if d == 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	return c.wait(s, timer.C)
}

// wait waits for the moment; a deadline or Close may come first.
func (c *Conn) wait(s *side, moment <-chan time.Time) error {
	select {
	case <-moment:
		return nil
	case <-s.deadline.passed():
		return opError(s.name, os.ErrDeadlineExceeded)
	case <-c.closed:
		return opError(s.name, net.ErrClosed)
	}
}

// Close closes the connection.
func (c *Conn) Close() error {
	c.closing.Do(func() { close(c.closed) })
	return c.under.Close()
}

// CloseWrite ends the sending side, if the connection has one that can be ended.
func (c *Conn) CloseWrite() error {
	if half, ok := c.under.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Close()
}

// LocalAddr and RemoteAddr are those of the connection underneath.
func (c *Conn) LocalAddr() net.Addr  { return c.under.LocalAddr() }
func (c *Conn) RemoteAddr() net.Addr { return c.under.RemoteAddr() }

// SetDeadline sets both deadlines.
func (c *Conn) SetDeadline(t time.Time) error {
	c.setDeadline(t, &c.reading, &c.write)
	return c.under.SetDeadline(t)
}

// SetReadDeadline sets the deadline of reads.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.setDeadline(t, &c.reading)
	return c.under.SetReadDeadline(t)
}

// SetWriteDeadline sets the deadline of writes.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.setDeadline(t, &c.write)
	return c.under.SetWriteDeadline(t)
}

func (c *Conn) setDeadline(t time.Time, sides ...*side) {
	if c.Deadline != nil {
		c.Deadline(t)
	}
	for _, s := range sides {
		s.deadline.set(t)
	}
}

// deadline is a channel that is closed when a time has come, and another one when
// the time is changed afterwards.
type deadline struct {
	mu    sync.Mutex
	timer *time.Timer
	come  chan struct{}
}

func newDeadline() deadline { return deadline{come: make(chan struct{})} }

func (d *deadline) passed() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.come
}

func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil && !d.timer.Stop() {
		<-d.come // it is being closed
	}
	d.timer = nil
	select {
	case <-d.come:
		d.come = make(chan struct{})
	default:
	}
	if t.IsZero() {
		return
	}
	come := d.come
	if left := time.Until(t); left > 0 {
		d.timer = time.AfterFunc(left, func() { close(come) })
		return
	}
	close(come)
}

func opError(name string, err error) error {
	return &net.OpError{Op: name, Net: "tcp", Err: err}
}

// abort closes a connection so that its peer is told of a reset.
func abort(conn net.Conn) {
	if tcp, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

//go:build unix

package endpoint

import (
	"io"
	"syscall"
)

// Waiting for bytes without a buffer: the runtime calls ready whenever the
// socket may have some, and ready takes a buffer for just as long as it needs to
// find out. The runtime's poller says only once that bytes have come, so ready
// must have tried to read before anybody waits; RawConn.Read asks it first.

func (c *Conn) initRead() {
	if socket, ok := c.tcp.(syscall.Conn); ok {
		if raw, err := socket.SyscallConn(); err == nil {
			c.raw = raw
			c.ready = c.readReady
		}
	}
}

// read waits until there is something in c.in, and reports whether there ever
// will be.
func (c *Conn) read() bool {
	if c.raw == nil {
		return c.readPlain()
	}
	c.err = nil
	if err := c.raw.Read(c.ready); err != nil {
		return false // closed by this side
	}
	return c.err == nil
}

// readReady reads once and reports whether the waiting is over.
func (c *Conn) readReady(fd uintptr) bool {
	buffer := readBuffers.Get().(*[readBufferSize]byte)
	n, err := syscall.Read(int(fd), buffer[:])
	for err == syscall.EINTR {
		n, err = syscall.Read(int(fd), buffer[:])
	}
	switch {
	case err == syscall.EAGAIN:
		readBuffers.Put(buffer)
		return false
	case n > 0:
		c.in = buffer[:n]
		return true
	case err == nil:
		err = io.EOF
	}
	readBuffers.Put(buffer)
	c.err = err
	return true
}

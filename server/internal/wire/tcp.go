package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"
)

// A connection as a scenario needs it. Every write becomes a segment of its own
// as far as TCP lets it: Nagle's algorithm is off, and while a scenario chops,
// the next piece waits until the kernel has sent the one before, because it
// appends to whatever it still holds (tcp_linux.go).

// stream is a TCP connection, or TLS on top of one.
type stream interface {
	net.Conn
	CloseWrite() error
}

// conn is one connection; stream is where bytes go.
type conn struct {
	tcp    *net.TCPConn
	stream stream
}

// socketBuffer is the kernel's write buffer of a connection.
const socketBuffer = 64 << 10

func newConn(tcp *net.TCPConn) *conn {
	// An error means that the connection has ended, and reading will say so.
	_ = tcp.SetNoDelay(true)
	// Bytes count as sent when the kernel has them, so it is not to have many.
	_ = tcp.SetWriteBuffer(socketBuffer)
	return &conn{tcp, tcp}
}

// addresses are those of both ends, the dialling one first.
func (c *conn) addresses() string {
	return fmt.Sprintf("%v %v", c.tcp.LocalAddr(), c.tcp.RemoteAddr())
}

// chopPause is how long the next piece waits at a time for the one before.
const chopPause = 50 * time.Microsecond

// waitSent waits until everything that was written has left the kernel's queue,
// as far as the system tells.
func (c *conn) waitSent(ctx context.Context) {
	for pause := chopPause; unsent(c.tcp) > 0 && ctx.Err() == nil; pause = min(2*pause, time.Millisecond) {
		time.Sleep(pause)
	}
}

// end half-closes: the peer reads the end of the stream, and may go on sending.
func (c *conn) end() error {
	err := c.stream.CloseWrite()
	if c.stream != stream(c.tcp) {
		// TLS says only that it will send no more.
		err = errors.Join(err, c.tcp.CloseWrite())
	}
	return err
}

// reset ends the connection with RST.
func (c *conn) reset() error {
	return errors.Join(c.tcp.SetLinger(0), c.tcp.Close())
}

// close ends the connection; nothing of TLS is said any more.
func (c *conn) close() { _ = c.tcp.Close() }

// ending is how a direction of a connection came to its end.
type ending uint8

const (
	endingFailed ending = iota
	// endingEnd: FIN, or the end that TLS has of its own.
	endingEnd
	// endingReset: RST.
	endingReset
)

// endingOf judges the error of a read or a write.
func endingOf(err error) ending {
	switch {
	// The end of TCP inside TLS is still the end of TCP.
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return endingEnd
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return endingReset
	}
	return endingFailed
}

package endpoint

import (
	"net"
	"net/netip"
	"time"
)

// A link is the way to the peer. There are two kinds, and nothing outside the
// files about them knows which one it has:
//
//	polled    a TCP socket on Linux, which is taken out of Go's runtime and waits
//	          in the kernel; an idle connection has no goroutine. See poll_linux.go.
//	waiter    any other net.Conn: TLS, a test's, every other system. A goroutine
//	          waits for it. See wait.go.
type link struct {
	waiter *waiter // nil for a polled one
	polled
}

// attach makes the link to a connection that was taken over from net/http.
func (c *Conn) attach(tcp net.Conn) {
	if buffered, ok := tcp.(interface{ SetWriteBuffer(int) error }); ok {
		// The kernel's own choice is a nuisance, not an error.
		_ = buffered.SetWriteBuffer(c.endpoint.limits.SocketBuffer)
	}
	if !c.poll(tcp) {
		c.link.waiter = newWaiter(tcp)
	}
}

// start lets the connection run. Early are bytes that have come already.
func (c *Conn) start(early []byte) {
	if w := c.link.waiter; w != nil {
		if len(early) > 0 {
			buffer := readBuffers.Get().(*[readBufferSize]byte)
			w.in = buffer[:copy(buffer[:], early)]
		}
		go c.wait()
		return
	}
	c.startPolled(early)
}

// writeLink writes two pieces, of Limits.WriteChunk altogether at most. The error
// is os.ErrDeadlineExceeded when the peer has made no room for them in
// Limits.Write.
func (c *Conn) writeLink(first, second []byte) (int, error) {
	if w := c.link.waiter; w != nil {
		c.work.waited = true // nobody says whether it did
		return w.write(c.endpoint, first, second)
	}
	return c.writePolled(first, second)
}

// closeSending ends the sending side of TCP.
func (c *Conn) closeSending() {
	if w := c.link.waiter; w != nil {
		if half, ok := w.tcp.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
			return
		}
	} else if c.closeSendingPolled() == nil {
		return
	}
	c.cut()
}

// cut ends the connection from this side, at once. Whoever reads or writes on it
// notices, and the reader then calls end. It may be called by anybody.
func (c *Conn) cut() {
	if w := c.link.waiter; w != nil {
		_ = w.tcp.Close()
		return
	}
	c.cutPolled()
}

// closeLink is for end: nobody else reads or writes any more.
func (c *Conn) closeLink() error {
	if w := c.link.waiter; w != nil {
		return w.tcp.Close()
	}
	return c.closePolled()
}

// socket is what the system says about a link.
type socket struct {
	fd            int // -1 where it is out of reach
	local, remote netip.AddrPort
}

// socket asks the system.
func (c *Conn) socket() socket {
	if w := c.link.waiter; w != nil {
		return socket{descriptor(w.tcp), addressOf(w.tcp.LocalAddr()), addressOf(w.tcp.RemoteAddr())}
	}
	return c.socketPolled()
}

// pausePiece is how often somebody who must not read on looks for a shutdown,
// which wants what still comes.
const pausePiece = 100 * time.Millisecond

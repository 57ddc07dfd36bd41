package endpoint

import (
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// What is done to the descriptor of a polled connection besides reading and
// writing; poll_linux.go says who may.

func (c *Conn) closeSendingPolled() error {
	return os.NewSyscallError("shutdown", unix.Shutdown(int(c.link.fd), unix.SHUT_WR))
}

func (c *Conn) cutPolled() {
	t := c.tally()
	t.mu.Lock()
	defer t.mu.Unlock()
	if c.link.fd >= 0 {
		// A socket whose peer has reset it is shut down already.
		_ = unix.Shutdown(int(c.link.fd), unix.SHUT_RDWR)
	}
}

func (c *Conn) closePolled() error {
	c.link.poller.forget(c)
	t := c.tally()
	t.mu.Lock()
	fd := c.link.fd
	c.link.fd = -1
	t.mu.Unlock()
	return os.NewSyscallError("close", unix.Close(int(fd)))
}

func (c *Conn) socketPolled() socket {
	t := c.tally()
	t.mu.Lock()
	defer t.mu.Unlock()
	s := socket{fd: int(c.link.fd)}
	if s.fd < 0 {
		return s
	}
	// A connection that is gone has no addresses.
	if a, err := unix.Getsockname(s.fd); err == nil {
		s.local = addressIn(a)
	}
	if a, err := unix.Getpeername(s.fd); err == nil {
		s.remote = addressIn(a)
	}
	return s
}

func addressIn(a unix.Sockaddr) netip.AddrPort {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), uint16(a.Port))
	}
	return netip.AddrPort{}
}

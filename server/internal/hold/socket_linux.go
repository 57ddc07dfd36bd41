package hold

import (
	"errors"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// The sockets of the fleet. IP_BIND_ADDRESS_NO_PORT lets bind(2) fix the source
// address and leaves the port to connect(2), which knows the destination and so
// needs a port that is free towards it, not one that is free altogether.

// nextSource returns the address that the next connection comes from; the zero
// address leaves it to the system. Behind the last one comes the first again, for
// what has to be tried a second time.
func (f *epollFleet) nextSource() netip.Addr {
	if len(f.share.Sources) == 0 {
		return netip.Addr{}
	}
	if f.carried >= f.share.PerSource {
		f.source = (f.source + 1) % len(f.share.Sources)
		f.carried = 0
	}
	return f.share.Sources[f.source]
}

// dialSocket returns a socket that is connecting.
func dialSocket(source netip.Addr, share Share) (fd int, err error) {
	family := unix.AF_INET
	if share.Address.Addr().Is6() {
		family = unix.AF_INET6
	}
	fd, err = unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	if source.IsValid() {
		// A kernel without the option binds a port now, which costs only tuples.
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
		err = os.NewSyscallError("bind", unix.Bind(fd, sockaddr(netip.AddrPortFrom(source, 0))))
	}
	if err == nil {
		err = os.NewSyscallError("connect", unix.Connect(fd, sockaddr(share.Address)))
	}
	if err == nil || errors.Is(err, unix.EINPROGRESS) {
		return fd, nil
	}
	return -1, errors.Join(err, unix.Close(fd))
}

func sockaddr(at netip.AddrPort) unix.Sockaddr {
	if at.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16()}
}

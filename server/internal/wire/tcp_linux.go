package wire

import (
	"net"

	"golang.org/x/sys/unix"
)

// unsent returns how many written bytes the kernel has not sent yet. A later
// write would be appended to them.
func unsent(tcp *net.TCPConn) (n uint32) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0
	}
	// An error means that the connection has ended, and reading will say so.
	_ = raw.Control(func(fd uintptr) {
		if info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			n = info.Notsent_bytes
		}
	})
	return n
}

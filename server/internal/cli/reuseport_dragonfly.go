package cli

import "golang.org/x/sys/unix"

// setReuseport lets a socket share its address, and divides the connections.
var setReuseport = func(fd int) error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) }

package cli

import "golang.org/x/sys/unix"

// setReuseport lets a socket share its address. Linux hashes each connection to
// one of the listeners.
var setReuseport = func(fd int) error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) }

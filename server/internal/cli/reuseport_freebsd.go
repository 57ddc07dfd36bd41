package cli

import "golang.org/x/sys/unix"

// setReuseport lets a socket share its address. The option that divides the
// connections has a name of its own here.
var setReuseport = func(fd int) error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT_LB, 1) }

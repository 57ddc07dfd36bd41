//go:build !linux && !freebsd && !dragonfly

package cli

// setReuseport is not there: an option of that name may exist, but it gives all
// connections to one of the listeners.
var setReuseport func(fd int) error

package cli

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"syscall"
)

// Several server processes on one port. With SO_REUSEPORT each has a listener of
// its own on the same address, and the kernel gives every new connection to one of
// them by a hash of its tuple. So the port is no limit, and the descriptors of one
// process are none either. All of them have to ask for it, and belong to one user.

// shareFlags are part of serve's.
type shareFlags struct {
	Reuseport bool `help:"Let other processes with this flag listen on the same address (SO_REUSEPORT). Limits are each process' own."`
	Processes int  `default:"1" placeholder:"N" help:"Server processes that share the address; they end together. Limits are each process' own."`
}

// maxServerProcesses is far beyond what helps.
const maxServerProcesses = 256

func (c *serveCommand) checkShared() error {
	switch {
	case c.Processes < 1 || c.Processes > maxServerProcesses:
		return fmt.Errorf("--processes is %d, expected 1 to %d", c.Processes, maxServerProcesses)
	case c.shared() && setReuseport == nil:
		return errors.New("--reuseport and --processes: this system does not divide the connections of a port among processes (SO_REUSEPORT); Linux, FreeBSD and DragonFly BSD do")
	case c.Processes > 1 && c.Metrics != "":
		return errors.New("found --metrics with --processes, expected one of them: each process counts for itself; start them one by one, with --reuseport and a --metrics address of its own each")
	}
	return nil
}

func (f *shareFlags) shared() bool { return f.Reuseport || f.Processes > 1 }

// listenShared listens on the address of the server.
func (f *shareFlags) listenShared(address string) (net.Listener, error) {
	var config net.ListenConfig
	if !f.shared() {
		return listenWith(&config, address, "--addr")
	}
	config.Control = func(_, _ string, socket syscall.RawConn) (err error) {
		controlErr := socket.Control(func(fd uintptr) { err = setReuseport(int(fd)) })
		return errors.Join(controlErr, os.NewSyscallError("setsockopt SO_REUSEPORT", err))
	}
	return listenWith(&config, address, "--addr, or start that one with --reuseport too, by the same user")
}

// serverVariable is set in the environment of a process that another one has
// started to serve: the number of the descriptor that is its listener.
const serverVariable = "FRAMECRAFT_SERVE_LISTENER"

// inherited returns the listener that this process was started with, or nil.
func inherited(lookup func(string) (string, bool)) (net.Listener, error) {
	text, is := lookup(serverVariable)
	if !is {
		return nil, nil
	}
	fd, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("%s is %q, expected a descriptor", serverVariable, text)
	}
	file := os.NewFile(uintptr(fd), "listener")
	listener, err := net.FileListener(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("%s: the descriptor %d is no listener: %w", serverVariable, fd, err)
	}
	return listener, nil
}

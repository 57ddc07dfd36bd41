package hold

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
)

// What can end the opening before its number is reached. Each limit has a name
// for programs, a sentence with what was found, and what raises it.

// The limits that a Stop can name.
const (
	limitDescriptors = "descriptors"
	limitFiles       = "files"
	limitPorts       = "ports"
	limitMemory      = "memory"
	limitRefused     = "server"
	limitAnswer      = "answer"
	limitUnreachable = "unreachable"
	limitProcess     = "process"
	limitInterrupt   = "interrupt"
)

// Stop is why no further connection was opened.
type Stop struct {
	// Limit is a name of the list above, Found what was found, and Raise what to
	// change; it may be empty.
	Limit string `json:"limit"`
	Found string `json:"found"`
	Raise string `json:"raise,omitempty"`
}

func (s *Stop) String() string {
	if s.Raise == "" {
		return s.Found
	}
	return s.Found + "; " + s.Raise
}

// What to change.
const (
	RaiseDescriptors = "raise the limit of descriptors of a process: `ulimit -n NUMBER` in the shell, LimitNOFILE=NUMBER in a unit of systemd, " +
		"nofile in /etc/security/limits.conf; sysctl fs.nr_open is the most that any of them can give"
	raiseProcesses   = ". Or let more processes share them: --processes"
	raiseFiles       = "raise the number of open files of the whole system: sysctl fs.file-max"
	raisePorts       = "widen the range: sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\", or add source addresses: on loopback of IPv4 there are sixteen million"
	raiseMemory      = "what TCP may take of it: sysctl net.ipv4.tcp_mem"
	raiseServerCount = "framecraft serve takes --max-connections 0 --max-address 0 --max-handshakes 0 for as many as there are descriptors"
	raiseUnreachable = "start the server, or correct host and port of the target"
)

func portStop(found string) *Stop { return &Stop{limitPorts, found, raisePorts} }

// stopOf returns what an error of the system means for further connections to an
// address, or nil if another try may succeed.
func stopOf(err error, at netip.AddrPort) *Stop {
	switch {
	case errors.Is(err, syscall.EMFILE):
		return &Stop{limitDescriptors, "this process has no descriptor left", RaiseDescriptors + raiseProcesses}
	case errors.Is(err, syscall.ENFILE):
		return &Stop{limitFiles, "the system has no descriptor left for any process", raiseFiles}
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return portStop("the source addresses have no port left for a further connection to this destination")
	case errors.Is(err, syscall.ENOBUFS), errors.Is(err, syscall.ENOMEM):
		return &Stop{limitMemory, fmt.Sprintf("the kernel has no memory for a further socket (%v)", err), raiseMemory}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &Stop{limitUnreachable, fmt.Sprintf("nobody listens at %v: connection refused", at), raiseUnreachable}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return &Stop{limitUnreachable, fmt.Sprintf("%v cannot be reached: %v", at, err), ""}
	}
	return nil
}

// errNoResponse is why a connection failed that a server took and then said nothing
// on. Where many do, that is noAnswer; one may be bad luck on a busy machine.
var errNoResponse = errors.New("no response in time")

// noAnswer is for a server that takes a connection and then says nothing.
func noAnswer(patience interface{ String() string }) *Stop {
	return &Stop{limitAnswer, "the server took a connection and gave no response within " + patience.String() +
		": it may be out of descriptors, or just too slow", "see the limit of its processes; serve --reuseport lets several share the port"}
}

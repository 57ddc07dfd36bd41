package hold

import (
	"fmt"
	"math"
	"net/netip"
)

// The arithmetic. A process may have so many descriptors and spends one a
// connection; a source address has so many ports and spends one a connection to
// the same destination.

const (
	// descriptorReserve is what a process needs for itself: standard streams, pipes,
	// pollers, the further connections that try whether new ones are served.
	descriptorReserve = 64
	// processesUnasked bounds what a small limit of descriptors makes of a large number,
	// MaxProcesses what may be asked for.
	processesUnasked = 64
	MaxProcesses     = 256
	// childDescriptors are those of this process for one that it has started: two
	// pipes and a handle. serverDescriptors are as many for a server, and a listener.
	childDescriptors  = 3
	serverDescriptors = 4
	// maxSources are the addresses of 127.0.0.0/8 from 127.0.0.1 on, without the
	// last one, which is for broadcasts.
	maxSources = 1<<24 - 2
)

// Resources are what there is to divide.
type Resources struct {
	// Descriptors of one process.
	Descriptors int
	// Ports of one source address: the ephemeral ones.
	Ports int
	// Sources are how many source addresses there may be.
	Sources int
	// Processes is how many there are to be; 0 is as few as it takes.
	Processes int
	// Children is how many this process has descriptors to talk to; 0 is no limit.
	Children int
}

// Portion is the part of one process.
type Portion struct {
	Connections int
	// FirstSource counts the source addresses from 0; each carries at most PerSource.
	FirstSource, Sources, PerSource int
}

// Plan is how a number of connections is divided.
type Plan struct {
	Portions []Portion
	// Connections are how many fit, Sources how many addresses they come from, of
	// which FirstSource is the first one.
	Connections, Sources, FirstSource int
	// Limit says what the rest does not fit into; nil when all fit.
	Limit *Stop
}

// Divide divides n connections.
func Divide(n int, r Resources) Plan {
	var p Plan
	each := max(0, r.Descriptors-descriptorReserve)
	processes := r.Processes
	if processes == 0 {
		processes = min(processesUnasked, ceil(n, max(1, each)))
	}
	most := MaxProcesses
	if r.Children > 0 {
		most = min(most, r.Children)
	}
	processes = min(processes, most)
	p.Connections = n
	if fit := product(processes, each); fit < p.Connections {
		p.Connections = fit
		p.Limit = tooFewDescriptors(processes, r.Descriptors, fit, each > 0 && processes < most)
	}
	usable := usablePorts(r)
	if fit := product(r.Sources, usable); fit < p.Connections {
		p.Connections = fit
		p.Limit = portStop(fmt.Sprintf("%s source address has %s ports for connections to one destination", Number(r.Sources), Number(usable)))
	}
	if r.Processes == 0 {
		processes = min(processes, ceil(p.Connections, max(1, each)))
	}
	shared := r.Sources < processes
	for i := range processes {
		part := p.Connections/processes + below(i, p.Connections%processes)
		if part == 0 {
			break
		}
		sources := ceil(part, usable)
		portion := Portion{Connections: part, FirstSource: p.Sources, Sources: sources, PerSource: ceil(part, sources)}
		if shared {
			portion.FirstSource, p.Sources = 0, 0
		}
		p.Sources += portion.Sources
		p.Portions = append(p.Portions, portion)
	}
	return p
}

// tooFewDescriptors is for what processes cannot hold. More of them help only where
// there can be more, and each can hold any.
func tooFewDescriptors(processes, descriptors, fit int, more bool) *Stop {
	found := fmt.Sprintf("%s processes with %s descriptors each, of which each needs %d for itself, hold %s connections",
		Number(processes), Number(descriptors), descriptorReserve, Number(fit))
	if processes == 1 {
		found = fmt.Sprintf("one process with %s descriptors, of which it needs %d for itself, holds %s connections", Number(descriptors), descriptorReserve, Number(fit))
	}
	stop := &Stop{limitDescriptors, found, RaiseDescriptors}
	if more {
		stop.Raise += raiseProcesses
	}
	return stop
}

// product is the largest int where two numbers make more than that: int has 32 bits
// on some systems, and the addresses of loopback have more ports.
func product(a, b int) int {
	if a > 0 && b > math.MaxInt/a {
		return math.MaxInt
	}
	return a * b
}

// usablePorts are those of an address that are found fast, where there are further
// addresses. Linux looks for a free port among every second one first, and only
// when it has tried all of these among the others: from then on each connection
// costs as many looks as there are ports. The last few of the first half are rare
// as well, and left to others.
func usablePorts(r Resources) int {
	if r.Sources == 1 {
		return r.Ports
	}
	return max(min(1, r.Ports), r.Ports/2-r.Ports/32)
}

func ceil(n, by int) int { return n/by + below(0, n%by) }

// below is 1 for an index below a bound.
func below(i, bound int) int {
	if i < bound {
		return 1
	}
	return 0
}

// sourceAddress returns a loopback address: 127.0.0.1 for 0, and so on. Behind the
// last one comes the first.
func sourceAddress(i int) netip.Addr {
	i = i%maxSources + 1
	return netip.AddrFrom4([4]byte{127, byte(i >> 16), byte(i >> 8), byte(i)})
}

// Number returns a number with a comma between groups of three digits.
func Number[N int | int64 | uint64](n N) string {
	digits := fmt.Sprint(n)
	var sign string
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	var text []byte
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			text = append(text, ',')
		}
		text = append(text, digits[i])
	}
	return sign + string(text)
}

// ServerProcesses returns how many processes have to share a port so that none
// comes to its limit of descriptors, though the kernel deals out connections by
// a hash: shares differ by their square root, and six times that is as good as
// never.
func ServerProcesses(n, descriptors int) int {
	most := min(processesUnasked, max(1, (descriptors-descriptorReserve/2)/serverDescriptors))
	for processes := 1; processes < most; processes++ {
		share := float64(n) / float64(processes)
		if processes > 1 {
			share += 6 * math.Sqrt(share)
		}
		if share+descriptorReserve <= float64(descriptors) {
			return processes
		}
	}
	return most
}

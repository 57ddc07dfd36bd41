package hold

import (
	"os"
	"slices"

	"framecraft/server/internal/system"
)

// What the servers and the kernel have, before the first connection and while all
// are held. The difference is what the connections cost.

// snapshot is one look.
type snapshot struct {
	servers []system.OtherProcess
	kernel  system.KernelMemory
	sockets system.Kernel
}

// look asks about the processes and the kernel.
func look(pids []int) (s snapshot) {
	for _, pid := range pids {
		s.servers = append(s.servers, system.Other(pid))
	}
	s.kernel = system.AskKernelMemory()
	s.sockets = system.NewReader().Kernel()
	return s
}

// serversAt returns the processes that serve a destination on this machine, as
// far as they can be seen.
func serversAt(d Destination) []int {
	if !d.Address.Addr().IsLoopback() {
		return nil
	}
	pids := system.Listeners(d.Address)
	pids = slices.DeleteFunc(pids, func(pid int) bool { return pid == os.Getpid() })
	slices.Sort(pids)
	return pids
}

// raiseLimit raises the limit of descriptors to the hard one. A process of a share
// starts with that.
func raiseLimit() {
	if _, hard := system.DescriptorLimits(); hard.Known {
		_, _ = system.RaiseDescriptorLimit(int(min(hard.Value, unlimited))) // what it is then is asked again
	}
}

// resources asks what there is to divide.
func resources(d Destination, processes int) Resources {
	r := Resources{Descriptors: unlimited, Ports: dynamicPorts, Sources: 1, Processes: processes}
	if soft, _ := system.DescriptorLimits(); soft.Known {
		r.Descriptors = int(min(soft.Value, unlimited))
	}
	if open := system.Descriptors(); open.Known {
		r.Children = max(1, (r.Descriptors-int(open.Value)-ownDescriptors)/childDescriptors)
	}
	if low, high := system.PortRange(); low.Known && high.Known && low.Value <= high.Value {
		r.Ports = int(high.Value - low.Value + 1)
	}
	if manyLoopbacks && d.Address.Addr().IsLoopback() && d.Address.Addr().Is4() {
		r.Sources = maxSources
	}
	return r
}

const (
	// ownDescriptors are what this process opens later, for a moment or for longer:
	// a poller, a process that starts, a further connection, what /proc says.
	ownDescriptors = 16
	// unlimited is what counts as no limit of descriptors.
	unlimited = 1 << 30
	// dynamicPorts are those of RFC 6335, for systems that do not say.
	dynamicPorts = 65535 - 49152 + 1
)

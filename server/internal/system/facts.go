package system

import (
	"os"
	"runtime"
	"runtime/metrics"
	"time"
)

// Process is what is known of this process. Sizes are in bytes.
type Process struct {
	PID int
	// Descriptors are open ones, of files and sockets alike. The process may have
	// SoftLimit of them, and may raise that to HardLimit (getrlimit, RLIMIT_NOFILE).
	Descriptors, SoftLimit, HardLimit Fact
	// Resident is what lies in RAM, Heap what objects occupy, dead ones that were
	// not swept included, Stacks what the goroutines' stacks do.
	Resident, Heap, Stacks Fact
	Goroutines, Threads    Fact
}

// Kernel is what the kernel knows beyond this process. Sockets are those of this
// network namespace, everything else is the whole system's.
type Kernel struct {
	// PortLow and PortHigh are the first and the last port that the kernel chooses
	// for a connection which asks for none: the ephemeral ports.
	PortLow, PortHigh Fact
	// Sockets are TCP's in use, IPv4 and IPv6; SocketMemory is what the buffers of
	// all TCP sockets take, in bytes.
	Sockets, SocketMemory Fact
	// FilesOpen of all processes may be FileMax at most.
	FileMax, FilesOpen Fact
}

// Reader asks for both. It holds room to work in and no descriptor, and belongs
// to one goroutine at a time.
type Reader struct {
	samples [3]metrics.Sample
	room    []byte
	counted descriptorCount
}

// NewReader returns a Reader.
func NewReader() *Reader {
	r := &Reader{room: make([]byte, 4096)}
	r.samples[0].Name = "/memory/classes/heap/objects:bytes"
	r.samples[1].Name = "/memory/classes/heap/stacks:bytes"
	r.samples[2].Name = "/sched/threads/total:threads"
	return r
}

// Process asks about this process.
func (r *Reader) Process() Process {
	p := Process{PID: os.Getpid()}
	p.SoftLimit, p.HardLimit = descriptorLimits()
	// The metric of goroutines counts the runtime's own as well.
	p.Goroutines = Known(runtime.NumGoroutine())
	metrics.Read(r.samples[:])
	for i, fact := range []*Fact{&p.Heap, &p.Stacks, &p.Threads} {
		if r.samples[i].Value.Kind() == metrics.KindUint64 {
			*fact = Known(r.samples[i].Value.Uint64())
		}
	}
	r.readProcess(&p)
	return p
}

// Descriptors counts the open descriptors of this process now, however long that
// takes where they have to be listed.
func Descriptors() Fact { return countDescriptors() }

// Kernel asks about the system.
func (r *Reader) Kernel() Kernel {
	var k Kernel
	r.readKernel(&k)
	return k
}

// descriptorCount remembers how many descriptors there were when they had to be
// counted one by one, so that counting takes at most a hundredth of the time.
type descriptorCount struct {
	last Fact
	next time.Time
}

const countShare = 100

// get returns the last count, or counts when it is old enough.
func (d *descriptorCount) get(now func() time.Time, count func() Fact) Fact {
	begin := now()
	if d.last.Known && begin.Before(d.next) {
		return d.last
	}
	d.last = count()
	end := now()
	d.next = end.Add(countShare * end.Sub(begin))
	return d.last
}

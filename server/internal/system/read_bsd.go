//go:build darwin || freebsd

package system

import (
	"os"
	"syscall"
	"time"
)

// No /proc here. What there is comes from sysctl(3) and from /dev/fd, which
// FreeBSD fills beyond 0, 1 and 2 only with fdescfs(4).

func (r *Reader) readProcess(p *Process) {
	p.Descriptors = r.counted.get(time.Now, countDescriptors)
}

func countDescriptors() Fact {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil || len(entries) <= 3 {
		return Fact{}
	}
	return Known(len(entries) - 1) // the folder's own descriptor
}

func (r *Reader) readKernel(k *Kernel) {
	k.PortLow = sysctl("net.inet.ip.portrange.first")
	k.PortHigh = sysctl("net.inet.ip.portrange.last")
	k.FileMax = sysctl("kern.maxfiles")
	k.FilesOpen = sysctl(filesOpenName)
}

func sysctl(name string) Fact {
	value, err := syscall.SysctlUint32(name)
	if err != nil {
		return Fact{}
	}
	return Known(int64(value))
}

func residentBytes(int) Fact { return Fact{} }

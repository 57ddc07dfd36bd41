package system

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"syscall"
)

func readOther(o *OtherProcess) {
	folder := "/proc/" + strconv.Itoa(o.PID)
	// Since Linux 6.2 the size of the folder is the number of descriptors.
	var status syscall.Stat_t
	if err := syscall.Stat(folder+"/fd", &status); err == nil && status.Size > 0 {
		o.Descriptors = Known(status.Size)
	} else if entries, err := os.ReadDir(folder + "/fd"); err == nil {
		o.Descriptors = Known(len(entries))
	}
	if text, err := os.ReadFile(folder + "/limits"); err == nil {
		o.SoftLimit, o.HardLimit = parseLimits(text)
	}
}

// listeners goes from the address to the inodes of its sockets, and from those to
// the processes that have them open. The tables list the sockets that listen
// first, so their beginning will do.
func listeners(at netip.AddrPort) (pids []int) {
	var inodes []string
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		inodes = parseListeners(inodes, readBeginning(table), at, binary.NativeEndian)
	}
	if len(inodes) == 0 {
		return nil
	}
	processes, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, process := range processes {
		pid, err := strconv.Atoi(process.Name())
		if err == nil && hasSocket(pid, inodes) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// readBeginning reads at most so much of a table.
func readBeginning(name string) []byte {
	const most = 1 << 20
	file, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer file.Close()
	var text bytes.Buffer
	_, _ = io.Copy(&text, io.LimitReader(file, most)) // what could be read will do
	return text.Bytes()
}

// hasSocket reports whether a process has one of the sockets open. A server opens
// what it listens with before anything else, so a few descriptors tell.
func hasSocket(pid int, inodes []string) bool {
	const most = 256
	folder, err := os.Open("/proc/" + strconv.Itoa(pid) + "/fd")
	if err != nil {
		return false
	}
	defer folder.Close()
	names, _ := folder.Readdirnames(most)
	for _, name := range names {
		link, err := os.Readlink(folder.Name() + "/" + name)
		if err != nil {
			continue
		}
		if inode, is := socketInode(link); is && slices.Contains(inodes, inode) {
			return true
		}
	}
	return false
}

func kernelMemory() (k KernelMemory) {
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		k.Slab, k.Available = parseMeminfo(text)
		k.Slab, k.Available = k.Slab.times(1024), k.Available.times(1024)
	}
	if text, err := os.ReadFile("/proc/slabinfo"); err == nil {
		k.Caches = parseSlabinfo(text, os.Getpagesize())
	}
	return k
}

package system

import (
	"os"
	"strconv"
	"syscall"
	"time"
)

// The files are read by plain system calls: package os would ask the poller
// about each of them first, which costs as much as the reading.

// read returns what a file of /proc says, as far as it fits into the room.
func (r *Reader) read(name string) []byte { return readInto(r.room, name) }

func readInto(room []byte, name string) []byte {
	fd, err := syscall.Open(name, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer syscall.Close(fd)
	n := 0
	for n < len(room) {
		more, err := syscall.Read(fd, room[n:])
		if err == syscall.EINTR {
			continue
		}
		if more <= 0 || err != nil {
			break
		}
		n += more
	}
	return room[:n]
}

func (r *Reader) readProcess(p *Process) {
	if threads, pages := parseStat(r.read("/proc/self/stat")); threads.Known {
		p.Threads, p.Resident = threads, pages.times(os.Getpagesize())
	}
	p.Descriptors = descriptorsBySize()
	if !p.Descriptors.Known {
		p.Descriptors = r.counted.get(time.Now, func() Fact { return descriptorsByList(r.room) })
	}
}

func countDescriptors() Fact {
	if bySize := descriptorsBySize(); bySize.Known {
		return bySize
	}
	return descriptorsByList(make([]byte, 4096))
}

const descriptorsFolder = "/proc/self/fd"

// descriptorsBySize returns the size of the folder, which since Linux 6.2 is the
// number of descriptors and before is 0.
func descriptorsBySize() Fact {
	var status syscall.Stat_t
	if err := syscall.Stat(descriptorsFolder, &status); err != nil || status.Size == 0 {
		return Fact{}
	}
	return Known(status.Size)
}

// descriptorsByList counts the entries of the folder.
func descriptorsByList(room []byte) Fact {
	fd, err := syscall.Open(descriptorsFolder, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return Fact{}
	}
	defer syscall.Close(fd)
	const ownEntries = 3 // ".", "..", and the folder's own descriptor
	n := -ownEntries
	for {
		size, err := syscall.ReadDirent(fd, room)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return Fact{}
		case size == 0:
			return Known(n)
		}
		n += countEntries(room[:size])
	}
}

func (r *Reader) readKernel(k *Kernel) {
	k.PortLow, k.PortHigh = parsePortRange(r.read("/proc/sys/net/ipv4/ip_local_port_range"))
	k.FilesOpen, k.FileMax = parseFileNr(r.read("/proc/sys/fs/file-nr"))
	inUse, pages := parseSockstat(r.read("/proc/net/sockstat"), "TCP")
	k.Sockets, k.SocketMemory = inUse, pages.times(os.Getpagesize())
	// There is no such file where IPv6 is turned off.
	if six, _ := parseSockstat(r.read("/proc/net/sockstat6"), "TCP6"); k.Sockets.Known && six.Known {
		k.Sockets.Value += six.Value
	}
}

func residentBytes(pid int) Fact {
	text := readInto(make([]byte, 256), "/proc/"+strconv.Itoa(pid)+"/statm")
	return parseStatm(text).times(os.Getpagesize())
}

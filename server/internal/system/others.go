package system

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// What other processes and the kernel's allocator have, as far as this user may
// see it. Nothing here is cheap: it is asked now and then, not once a second.

// OtherProcess is what is known of some process.
type OtherProcess struct {
	PID int
	// Descriptors are open ones; it may have SoftLimit of them. Resident is in bytes.
	Descriptors, SoftLimit, HardLimit, Resident Fact
}

// Other asks about a process.
func Other(pid int) OtherProcess {
	o := OtherProcess{PID: pid, Resident: residentBytes(pid)}
	readOther(&o)
	return o
}

// Listeners returns the processes that listen for TCP where connections to an
// address arrive, without those that this user may not look into.
func Listeners(at netip.AddrPort) []int { return listeners(at) }

// KernelMemory is what the kernel has allocated for objects of its own, in bytes.
type KernelMemory struct {
	// Slab is all of it. Pages of the buffers of sockets are no part of it.
	Slab Fact
	// Available is what new programs could have before anything is swapped out.
	Available Fact
	// Caches are the kinds of objects, where the system tells them: only root.
	Caches []SlabCache
}

// SlabCache is one kind of object: its name, how many of them lie in its slabs,
// and what the slabs take, in bytes.
type SlabCache struct {
	Name    string
	Objects int64
	Bytes   int64
}

// AskKernelMemory asks what the kernel has allocated.
func AskKernelMemory() KernelMemory { return kernelMemory() }

// parseMeminfo reads the sizes of /proc/meminfo, in kibibytes (proc_meminfo(5)).
func parseMeminfo(text []byte) (slab, available Fact) {
	for line := range bytes.Lines(text) {
		if rest, found := bytes.CutPrefix(line, []byte("Slab:")); found {
			parseNumbers(rest, &slab)
		} else if rest, found := bytes.CutPrefix(line, []byte("MemAvailable:")); found {
			parseNumbers(rest, &available)
		}
	}
	return slab, available
}

// parseSlabinfo reads /proc/slabinfo of version 2 (slabinfo(5)): behind a name
// stand active objects, objects, the size of one, objects in a slab, pages in a
// slab; and behind "slabdata" active slabs and slabs.
func parseSlabinfo(text []byte, pageSize int) (caches []SlabCache) {
	for line := range bytes.Lines(text) {
		name, numbers, found := bytes.Cut(line, []byte(" "))
		_, data, hasData := bytes.Cut(line, []byte(": slabdata "))
		if !found || !hasData || len(name) == 0 || name[0] == '#' {
			continue
		}
		var active, objects, size, perSlab, pages, activeSlabs, slabs Fact
		parseNumbers(numbers, &active, &objects, &size, &perSlab, &pages)
		parseNumbers(data, &activeSlabs, &slabs)
		if pages.Known && slabs.Known {
			caches = append(caches, SlabCache{string(name), objects.Value, slabs.Value * pages.Value * int64(pageSize)})
		}
	}
	return caches
}

// parseLimits reads the limit of descriptors from /proc/PID/limits
// (proc_pid_limits(5)). No limit is taken for the largest number.
func parseLimits(text []byte) (soft, hard Fact) {
	for line := range bytes.Lines(text) {
		if rest, found := bytes.CutPrefix(line, []byte("Max open files")); found {
			soft, rest = parseLimit(rest)
			hard, _ = parseLimit(rest)
		}
	}
	return soft, hard
}

func parseLimit(text []byte) (limit Fact, rest []byte) {
	text = bytes.TrimLeft(text, " ")
	if rest, found := bytes.CutPrefix(text, []byte("unlimited ")); found {
		return Known(int64(1<<63 - 1)), rest
	}
	return parseNumber(text)
}

// parseListeners appends the inodes of the sockets that listen for an address in
// /proc/net/tcp or tcp6 (proc_pid_net(5)): the second word is the local address and
// the port in hex, the state LISTEN is 0A, and the inode is the tenth word. The order
// of bytes is that of the machine whose kernel wrote it.
func parseListeners(inodes []string, text []byte, at netip.AddrPort, order binary.ByteOrder) []string {
	for line := range bytes.Lines(text) {
		if len(line) == 0 || line[len(line)-1] != '\n' {
			break // it was cut
		}
		words := bytes.Fields(line)
		if len(words) >= 10 && string(words[3]) == "0A" && listensFor(words[1], at, order) {
			inodes = append(inodes, string(words[9]))
		}
	}
	return inodes
}

// listensFor reports whether a local address of the table is that one, or all of them.
func listensFor(local []byte, at netip.AddrPort, order binary.ByteOrder) bool {
	address, port, _ := bytes.Cut(local, []byte(":"))
	if n, err := strconv.ParseUint(string(port), 16, 16); err != nil || uint16(n) != at.Port() {
		return false
	}
	raw, err := hex.DecodeString(string(address))
	if err != nil || len(raw) != 4 && len(raw) != 16 {
		return false
	}
	// Each four bytes stand there as the number that they are to the kernel.
	for word := raw; len(word) > 0; word = word[4:] {
		order.PutUint32(word, binary.BigEndian.Uint32(word))
	}
	listening, _ := netip.AddrFromSlice(raw)
	return listening.IsUnspecified() || listening.Unmap() == at.Addr().Unmap()
}

// socketInode returns the inode that a link in /proc/PID/fd has for a socket.
func socketInode(link string) (inode string, is bool) {
	inode, is = strings.CutPrefix(link, "socket:[")
	return strings.TrimSuffix(inode, "]"), is
}

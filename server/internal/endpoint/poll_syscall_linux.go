package endpoint

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// System calls on descriptors that are never waited for. They go by the raw call:
// the usual one tells the runtime that a thread may block, which costs time of its own
// and lets another thread take the leader's place in the middle of its batch.

// readPolled reads without waiting. Nothing, and no end, is what there is.
func readPolled(fd int32, in []byte) (n int, ended bool) {
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&in[0])), uintptr(len(in)))
		switch {
		case errno == unix.EAGAIN:
			return 0, false
		case errno == unix.EINTR:
		case errno != 0 || n == 0:
			return 0, true
		default:
			return int(n), false
		}
	}
}

// writeNow writes what there is room for, of two pieces that are not both empty.
func writeNow(fd int32, first, second []byte) (n int, err error) {
	if len(first) == 0 {
		first, second = second, nil
	}
	var pieces [2]unix.Iovec
	if len(second) > 0 {
		pieces[0].Base = &first[0]
		pieces[0].SetLen(len(first))
		pieces[1].Base = &second[0]
		pieces[1].SetLen(len(second))
	}
	for {
		var written uintptr
		var errno unix.Errno
		if len(second) == 0 {
			written, _, errno = unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&first[0])), uintptr(len(first)))
		} else {
			written, _, errno = unix.RawSyscall(unix.SYS_WRITEV, uintptr(fd), uintptr(unsafe.Pointer(&pieces)), uintptr(len(pieces)))
		}
		switch {
		case errno == 0:
			return int(written), nil
		case errno != unix.EINTR:
			return 0, errno
		}
	}
}

// eventsNow returns how many events have come, which are put into room.
func eventsNow(epoll int, room []unix.EpollEvent) int {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epoll), uintptr(unsafe.Pointer(&room[0])), uintptr(len(room)), 0, 0, 0)
	switch {
	case errno == 0:
		return int(n)
	case errno == unix.EINTR:
		return 0
	}
	panic("endpoint: looking for events: " + errno.Error())
}

//go:build unix

package endpoint

import (
	"io"
	"syscall"
)

// Waiting for bytes without a buffer: the runtime calls ready whenever the
// socket may have some, and ready takes a buffer for just as long as it needs to
// find out. The runtime's poller says only once that bytes have come, so ready
// must have tried to read before anybody waits; RawConn.Read asks it first.

func (w *waiter) initRead() {
	if socket, ok := w.tcp.(syscall.Conn); ok {
		if raw, err := socket.SyscallConn(); err == nil {
			w.raw = raw
			w.ready = w.readReady
		}
	}
}

// read waits until there is something in in, and reports whether there ever
// will be.
func (w *waiter) read() bool {
	if w.raw == nil {
		return w.readPlain()
	}
	w.err = nil
	if err := w.raw.Read(w.ready); err != nil {
		return false // closed by this side
	}
	return w.err == nil
}

// readReady reads once and reports whether the waiting is over.
func (w *waiter) readReady(fd uintptr) bool {
	buffer := readBuffers.Get().(*[readBufferSize]byte)
	n, err := syscall.Read(int(fd), buffer[:])
	for err == syscall.EINTR {
		n, err = syscall.Read(int(fd), buffer[:])
	}
	switch {
	case err == syscall.EAGAIN:
		readBuffers.Put(buffer)
		return false
	case n > 0:
		w.in = buffer[:n]
		return true
	case err == nil:
		err = io.EOF
	}
	readBuffers.Put(buffer)
	w.err = err
	return true
}

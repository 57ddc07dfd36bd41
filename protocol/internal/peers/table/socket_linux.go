package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// The client's side of a connection: a descriptor and system calls, nothing else,
// so that the client is cheaper than any server.

type socket struct {
	fd int
	// frames are all alike and stand here one behind the other, answer is what comes
	// back for each.
	frames      []byte
	length      int // of a frame
	answer      []byte
	pending     int // bytes to send,
	phase       int // the first of them within its frame
	outstanding int // answers to come,
	got         int // bytes of the first of them
	file        int // a file with the frames; 0 for none
}

// dial connects and leaves the descriptor non-blocking.
func dial(address string) (int, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return 0, err
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	err = syscall.Connect(fd, &syscall.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()})
	if err == nil {
		err = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	}
	if err == nil {
		// Closing resets: ten thousand ports must not wait for their end.
		err = syscall.SetsockoptLinger(fd, syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1})
	}
	if err == nil {
		err = syscall.SetNonblock(fd, true)
	}
	if err != nil {
		syscall.Close(fd)
		return 0, err
	}
	return fd, nil
}

func request(address string) []byte {
	return []byte("GET /echo HTTP/1.1\r\nHost: " + address + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
}

var errHandshake = errors.New("the handshake is refused")

// shaken looks at the whole answer to a handshake.
func shaken(head []byte) error {
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) || !bytes.HasSuffix(head, []byte("\r\n\r\n")) ||
		!strings.Contains(strings.ToLower(string(head)), "\r\nsec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n") {
		return fmt.Errorf("%w: %q", errHandshake, head)
	}
	return nil
}

// again reports whether a call is to be made later.
func again(err error) bool { return err == syscall.EAGAIN || err == syscall.EINTR }

// ask adds frames to what is to be sent.
func (s *socket) ask(frames int) {
	s.pending += frames * s.length
	s.outstanding += frames
}

// put sends as much as there is room for.
func (s *socket) put() error {
	for s.pending > 0 {
		var n int
		var err error
		if s.file != 0 {
			offset := int64(s.phase)
			n, err = syscall.Sendfile(s.fd, s.file, &offset, s.pending)
		} else {
			n, err = syscall.Write(s.fd, s.frames[s.phase:s.phase+s.pending])
		}
		if err != nil {
			if again(err) {
				return nil
			}
			return err
		}
		s.pending -= n
		s.phase = (s.phase + n) % s.length
	}
	return nil
}

// room is what received bytes would be copied to. MSG_TRUNC has the kernel throw
// them away instead, which makes large answers cheap.
var room [1 << 20]byte

// drop receives what is there and forgets it. It returns how many answers came to
// their end, and whether there may be more already.
func (s *socket) drop() (answers int, more bool, err error) {
	want := s.outstanding*len(s.answer) - s.got
	if want == 0 {
		return 0, false, nil
	}
	n, _, errno := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(s.fd),
		uintptr(unsafe.Pointer(&room[0])), uintptr(min(want, len(room))), syscall.MSG_TRUNC, 0, 0)
	switch {
	case again(errno):
		return 0, false, nil
	case errno != 0:
		return 0, false, errno
	case n == 0:
		return 0, false, errClosed
	}
	s.got += int(n)
	answers = s.got / len(s.answer)
	s.got %= len(s.answer)
	s.outstanding -= answers
	return answers, int(n) == want, nil
}

var errClosed = errors.New("the server has closed the connection")

// exchange sends some frames and holds their answers against what they must be.
func (s *socket) exchange(frames int, timeout time.Duration) error {
	s.ask(frames)
	return s.check(frames, timeout)
}

// check holds the answers to come against what they must be.
func (s *socket) check(frames int, timeout time.Duration) error {
	want := bytes.Repeat(s.answer, frames)
	got := make([]byte, 0, len(want)+1)
	for deadline := time.Now().Add(timeout); len(got) < len(want); {
		if err := s.put(); err != nil {
			return err
		}
		n, err := syscall.Read(s.fd, got[len(got):cap(got)])
		switch {
		case err != nil && again(err):
			if time.Now().After(deadline) {
				return fmt.Errorf("%d of %d bytes of the answer after %v", len(got), len(want), timeout)
			}
			time.Sleep(50 * time.Microsecond)
		case err != nil:
			return err
		case n == 0:
			return errClosed
		}
		got = got[:len(got)+max(n, 0)]
	}
	s.outstanding = 0
	if !bytes.Equal(got, want) {
		return fmt.Errorf("the answer begins with % x and has %d bytes, expected % x and %d",
			got[:min(16, len(got))], len(got), want[:min(16, len(want))], len(want))
	}
	return nil
}

// processTime is the CPU time that all threads of a process have had so far.
func processTime(pid int) (time.Duration, error) {
	const scheduled = 2 // the nanoseconds that the scheduler counts
	var t syscall.Timespec
	_, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, uintptr(^pid<<3|scheduled), uintptr(unsafe.Pointer(&t)), 0)
	if errno != 0 {
		return 0, errno
	}
	return time.Duration(t.Nano()), nil
}

// fileWith returns a file without a name that holds these bytes.
func fileWith(data []byte) (*os.File, error) {
	f, err := os.CreateTemp("", "peers")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, err
	}
	_, err = f.Write(data)
	return f, err
}

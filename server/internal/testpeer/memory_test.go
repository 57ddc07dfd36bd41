package testpeer

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

func TestMemory(t *testing.T) {
	room := make([]byte, 3)
	for _, test := range []struct {
		name  string
		do    func(near, far *MemoryConn)
		reads []string // by far, three bytes at most, before the error
		end   error
	}{
		{"what was written comes in order", func(near, _ *MemoryConn) {
			near.Write([]byte("ab"))
			near.Write([]byte("cde"))
			near.CloseWrite()
		}, []string{"abc", "de"}, io.EOF},
		{"the end is behind the bytes", func(near, _ *MemoryConn) {
			near.Write([]byte("a"))
			near.Close()
		}, []string{"a"}, io.EOF},
		{"a closed end reads nothing", func(near, far *MemoryConn) {
			near.Write([]byte("a"))
			far.Close()
		}, nil, net.ErrClosed},
		{"nothing comes in time", func(_, far *MemoryConn) {
			far.SetReadDeadline(time.Now().Add(time.Millisecond))
		}, nil, os.ErrDeadlineExceeded},
		{"a read waits", func(near, _ *MemoryConn) {
			time.AfterFunc(time.Millisecond, func() {
				near.Write([]byte("a"))
				near.Close()
			})
		}, []string{"a"}, io.EOF},
		{"closing ends a read that waits", func(_, far *MemoryConn) {
			time.AfterFunc(time.Millisecond, func() { far.Close() })
		}, nil, net.ErrClosed},
	} {
		near, far := Memory()
		test.do(near, far)
		for _, want := range test.reads {
			if n, err := far.Read(room); err != nil || string(room[:n]) != want {
				t.Errorf("%s: read %q, %v, expected %q", test.name, room[:n], err, want)
			}
		}
		if n, err := far.Read(room); n != 0 || !errors.Is(err, test.end) {
			t.Errorf("%s: read %q, %v, expected %v", test.name, room[:n], err, test.end)
		}
	}
}

func TestMemoryWriteAfterTheEnd(t *testing.T) {
	for name, end := range map[string]func(near, far *MemoryConn) error{
		"its own direction": func(near, _ *MemoryConn) error { return near.CloseWrite() },
		"its own end":       func(near, _ *MemoryConn) error { return near.Close() },
		"the other end":     func(_, far *MemoryConn) error { return far.Close() },
	} {
		near, far := Memory()
		end(near, far)
		if n, err := near.Write([]byte("a")); n != 0 || err != syscall.EPIPE {
			t.Errorf("%s: wrote %d bytes, %v, expected none", name, n, err)
		}
		if _, err := far.Write([]byte("a")); name == "its own direction" && err != nil {
			t.Errorf("%s: the other direction failed: %v", name, err)
		}
	}
}

//go:build unix

package opener

import (
	"io"
	"syscall"
)

// read reads what has arrived; 0 without an error is nothing so far.
func (c *client) read(room []byte) (n int, err error) {
	asked := c.raw.Read(func(fd uintptr) bool {
		n, err = syscall.Read(int(fd), room)
		for err == syscall.EINTR {
			n, err = syscall.Read(int(fd), room)
		}
		return true // do not wait
	})
	switch {
	case asked != nil:
		return 0, asked
	case err == syscall.EAGAIN:
		return 0, nil
	case err == nil && n == 0:
		return 0, io.EOF
	}
	return max(n, 0), err
}

// send writes everything at once or reports that it cannot.
func (c *client) send(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	var n int
	asked := c.raw.Write(func(fd uintptr) bool {
		var err error
		n, err = syscall.Write(int(fd), b)
		for err == syscall.EINTR {
			n, err = syscall.Write(int(fd), b)
		}
		return true // do not wait
	})
	return asked == nil && n == len(b)
}

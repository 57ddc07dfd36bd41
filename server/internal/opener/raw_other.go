//go:build !unix

package opener

import (
	"errors"
	"os"
	"time"
)

// Where sockets are out of reach, the shortest deadline has to do.
const moment = time.Millisecond

// read reads what has arrived; 0 without an error is nothing so far.
func (c *client) read(room []byte) (n int, err error) {
	if err := c.tcp.SetReadDeadline(time.Now().Add(moment)); err != nil {
		return 0, err
	}
	n, err = c.tcp.Read(room)
	if n > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		return n, nil
	}
	return 0, err
}

// send writes everything at once or reports that it cannot.
func (c *client) send(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if c.tcp.SetWriteDeadline(time.Now().Add(moment)) != nil {
		return false
	}
	n, err := c.tcp.Write(b)
	return err == nil && n == len(b)
}

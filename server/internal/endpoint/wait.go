package endpoint

import (
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// A waiter is a goroutine with the smallest stack that waits until the socket has
// bytes, reads them into a buffer that it takes at that moment, hands them to a
// worker and waits for it. It owns the reading side; everything deep runs on the
// worker, so that the stack stays small.

type waiter struct {
	tcp   net.Conn
	raw   syscall.RawConn // nil where there is none; see wait_unix.go
	ready func(fd uintptr) bool
	// What a read gave is handed to the worker by turn, and comes back the same way.
	in   []byte
	err  error
	turn sync.WaitGroup
	// pause is how long to rest before reading on.
	pause time.Duration
	// writeBy is the write deadline that is set, by Endpoint.now.
	writeBy time.Duration
}

func newWaiter(tcp net.Conn) *waiter {
	w := &waiter{tcp: tcp}
	w.initRead()
	return w
}

// wait is the goroutine. Its frames are few and small, and must stay so: they are
// what an idle connection costs.
func (c *Conn) wait() {
	defer c.endWaiting()
	w := c.link.waiter
	for {
		if w.in == nil && !w.read() {
			return
		}
		w.turn.Add(1)
		c.endpoint.workers.do(job{conn: c, what: jobArrived})
		w.turn.Wait()
		for left := w.pause; left > 0 && !c.endpoint.Closing(); left -= pausePiece {
			time.Sleep(min(left, pausePiece))
		}
	}
}

func (c *Conn) endWaiting() {
	if p := recover(); p != nil {
		c.logPanic(p)
		c.mu.Lock()
		c.panicked = true
		c.mu.Unlock()
	}
	c.end()
}

// arrived is a worker's job: what became of one read.
func (c *Conn) arrived() {
	w := c.link.waiter
	defer w.turn.Done()
	src := w.in
	// Whatever happens, the buffer goes back and the waiter finds none.
	w.in, w.pause = nil, 0
	defer putReadBuffer(src)
	c.lock(nil)
	defer c.unlock()
	w.pause = c.received(src, c.endpoint.now())
}

// plainBufferSize is the buffer of a connection that cannot wait without one.
const plainBufferSize = 4 << 10

// readPlain waits in an ordinary Read, with a buffer of its own. It is for
// connections whose descriptor is out of reach. An error beside bytes is looked at
// behind them, by the next Read: crypto/tls gives the last bytes and the goodbye of
// TLS 1.2 together.
func (w *waiter) readPlain() bool {
	buffer := make([]byte, plainBufferSize)
	n, _ := w.tcp.Read(buffer)
	w.in = buffer[:n]
	return n > 0
}

// write writes two pieces. Where the end of the time comes much too late, nobody is
// to blame for it (see pause.go), and there is the same time once more. crypto/tls
// does not write behind a timeout.
func (w *waiter) write(e *Endpoint, first, second []byte) (int, error) {
	n, err := w.writeInTime(e, first, second)
	if errors.Is(err, os.ErrDeadlineExceeded) && e.now() > w.writeBy+pauseNoticed {
		fromFirst := min(n, len(first))
		var more int
		more, err = w.writeInTime(e, first[fromFirst:], second[n-fromFirst:])
		n += more
	}
	return n, err
}

// writeInTime is write with one deadline.
func (w *waiter) writeInTime(e *Endpoint, first, second []byte) (int, error) {
	if err := w.armWrite(e); err != nil {
		return 0, err
	}
	switch {
	case len(first) == 0:
		return w.tcp.Write(second)
	case len(second) == 0:
		return w.tcp.Write(first)
	}
	buffers := net.Buffers{first, second}
	n, err := buffers.WriteTo(w.tcp)
	return int(n), err
}

// armWrite sets the write deadline, unless the one that is set gives enough time
// still: setting it costs more than a small frame. A write therefore gets at
// least Limits.Write and at most a quarter more.
func (w *waiter) armWrite(e *Endpoint) error {
	limit := e.limits.Write
	now := e.now()
	if w.writeBy-now >= limit {
		return nil
	}
	w.writeBy = now + limit + limit/4
	return w.tcp.SetWriteDeadline(e.epoch.Add(w.writeBy))
}

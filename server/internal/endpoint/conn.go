package endpoint

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"framecraft/protocol"
)

// Conn is one connection. Its waiter (wait) owns the reading side; everything
// else is under the mutex and belongs to the worker that holds it.
type Conn struct {
	endpoint *Endpoint
	kind     *Kind
	tcp      net.Conn
	leave    func(*Ending)
	id       uint64
	// Under the endpoint's mutex: the places in Endpoint.conns and owned.conns.
	index, ownedIndex int
	owned             *owned // nil for nobody's

	// The waiter's. What a read gave is handed to the worker by turn, and comes
	// back the same way.
	raw   syscall.RawConn // nil where there is none; see read.go
	ready func(fd uintptr) bool
	in    []byte
	err   error
	turn  sync.WaitGroup

	// due is when the sweep has to look at the connection.
	due atomic.Int64

	mu sync.Mutex
	// deflate is what was agreed on about permessage-deflate; nil for nothing. The
	// codec is there while a message is in hand.
	deflate *deflating
	codec   *codec
	// held are the answers whose time has not come; nil for none. See hold.go.
	held *held
	// protocol is the state machine; everything below is for it.
	protocol protocol.Conn
	rates    rates
	// pause is how long the waiter rests before it reads on.
	pause time.Duration
	// draining: everything is said and the sending side of TCP is closed. What
	// still arrives is thrown away.
	draining bool
	// broken: a write failed, so nothing can be sent any more.
	broken bool

	// Times, by Endpoint.now; see tick.go.
	opened, frameSince, messageSince   time.Duration
	nextPing, pongBy, closeBy, writeBy time.Duration

	heard          bool   // something has arrived
	events         uint32 // of all kinds
	frame, message uint64 // what frameSince and messageSince belong to
	pingsSent      uint32 // the payload of the ping that pongBy belongs to

	// news are counts that are not in figures yet.
	news Counts
	// figures are what others may see at any time; written under both this mutex
	// and the tally's, read under either.
	figures figures

	// How it ended, for the log and the totals.
	code     protocol.StatusCode
	broke    bool // the rule
	panicked bool
	limit    Limit
	rule     protocol.RuleID
	reason   string
}

func newConn(e *Endpoint, tcp net.Conn, early []byte, kind *Kind, deflate *deflating, leave func(*Ending)) *Conn {
	c := &Conn{endpoint: e, kind: kind, tcp: tcp, deflate: deflate, leave: leave}
	config := kind.Protocol
	config.Deflate = deflate != nil
	c.protocol.Init(config)
	c.opened = e.now()
	c.rates = newRates()
	c.nextPing = c.opened + e.limits.Ping
	c.due.Store(int64(min(c.nextPing, c.opened+e.limits.FirstFrame)))
	if buffered, ok := tcp.(interface{ SetWriteBuffer(int) error }); ok {
		// The kernel's own choice is a nuisance, not an error.
		_ = buffered.SetWriteBuffer(e.limits.SocketBuffer)
	}
	c.initRead()
	if len(early) > 0 {
		buffer := readBuffers.Get().(*[readBufferSize]byte)
		c.in = buffer[:copy(buffer[:], early)]
	}
	return c
}

// open lets the kind do something before anything is read.
func (c *Conn) open() {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.guard()
	c.kind.Opened(c)
	c.flush()
	c.protocol.TakeOutput(nil)
	c.settle(c.endpoint.now())
}

// wait is the waiter. Its frames are few and small, and must stay so: they are
// what an idle connection costs. Everything deep belongs into received.
func (c *Conn) wait() {
	defer c.end()
	for {
		if c.in == nil && !c.read() {
			return
		}
		if c.draining {
			putReadBuffer(c.in)
			c.in = nil
			continue
		}
		c.turn.Add(1)
		c.endpoint.workers.do(job{c, false})
		c.turn.Wait()
		// A shutdown wants what still comes.
		for left := c.pause; left > 0 && !c.endpoint.Closing(); left -= pausePiece {
			time.Sleep(min(left, pausePiece))
		}
	}
}

const pausePiece = 100 * time.Millisecond

// end is the last thing that the waiter does.
func (c *Conn) end() {
	if p := recover(); p != nil {
		c.logPanic(p)
		c.panicked = true
	}
	closeError := c.tcp.Close()
	if errors.Is(closeError, net.ErrClosed) {
		closeError = nil // somebody was here before
	}
	// A worker may still look at the deadlines.
	c.mu.Lock()
	c.broken = true
	c.dropHeld()
	if c.code == protocol.StatusNone && !c.draining {
		c.code = protocol.StatusAbnormalClosure
	}
	c.publish()
	ending := c.ending(closeError)
	c.mu.Unlock()
	c.leave(ending)
	c.endpoint.remove(c)
}

// guard keeps a panic in one connection from ending the others. It is deferred
// by whatever serves a connection.
func (c *Conn) guard() {
	if p := recover(); p != nil {
		c.logPanic(p)
		c.broken, c.panicked = true, true
		_ = c.tcp.Close() // the waiter ends by this
	}
}

func (c *Conn) logPanic(p any) {
	// Any other value may hold a payload; the stack says enough.
	text := fmt.Sprintf("a %T", p)
	if err, ok := p.(runtime.Error); ok {
		text = err.Error()
	}
	c.endpoint.log.Error("panic while serving a connection",
		"route", c.kind.Name, "panic", text, "stack", string(debug.Stack()))
}

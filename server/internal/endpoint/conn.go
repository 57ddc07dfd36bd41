package endpoint

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"framecraft/protocol"
)

// Conn is one connection. What is in here is what an idle one costs, so what is
// needed only while something is under way is in work. Everything belongs to
// whoever holds the mutex, but for what says otherwise.
type Conn struct {
	endpoint *Endpoint
	kind     *Kind
	leave    func(*Ending)
	id       uint64
	// Under the endpoint's mutex: the places in Endpoint.conns and owned.conns.
	index, ownedIndex int32
	owned             *owned // nil for nobody's

	link link

	// due is when the sweep has to look at the connection.
	due atomic.Int64
	// missed: the sweep came while somebody was at work.
	missed atomic.Bool

	mu sync.Mutex
	// work is there while somebody is at work, and from then on until nothing is
	// under way any more.
	work *work
	// deflate is what was agreed on about permessage-deflate; nil for nothing.
	deflate *deflating
	// held are the answers whose time has not come; nil for none. See hold.go.
	held *held
	// rates are there where the kind has limits.
	rates *rates

	// Times, by Endpoint.now; see tick.go.
	opened, nextPing, pongBy, closeBy time.Duration
	pingsSent                         uint32 // the payload of the ping that pongBy belongs to

	heard bool // something has arrived
	// draining: everything is said and the sending side of TCP is closed. What
	// still arrives is thrown away.
	draining bool
	// broken: a write failed, so nothing can be sent any more.
	broken bool

	// How it ended, for the log and the totals.
	broke    bool // the rule
	panicked bool
	limit    Limit
	rule     protocol.RuleID
	code     protocol.StatusCode
	reason   string

	// figures are what others may see at any time; written under both this mutex
	// and the tally's, read under either.
	figures figures
}

// work is the part of a connection that an idle one does without.
type work struct {
	protocol protocol.Conn
	// The codec is there while a message is in hand.
	codec *codec
	// news are counts that are not in figures yet.
	news Counts
	// duty is what else the goroutine has to do that is at work here; nil for
	// nothing. It is given to somebody else before the goroutine waits for the peer.
	duty duty
	// waited: the peer was waited for, so time has passed.
	waited bool

	// See noteProgress.
	frame, message           uint64 // what frameSince and messageSince belong to
	frameSince, messageSince time.Duration
}

// duty is what a goroutine does for all connections.
type duty interface {
	// pass lets another goroutine go on with it.
	pass()
}

var works = sync.Pool{New: func() any { return new(work) }}

func newConn(e *Endpoint, kind *Kind, deflate *deflating, leave func(*Ending)) *Conn {
	c := &Conn{endpoint: e, kind: kind, deflate: deflate, leave: leave}
	c.opened = e.now()
	if kind.Rate != (Rate{}) {
		c.rates = new(rates)
	}
	c.nextPing = c.opened + e.limits.Ping
	c.due.Store(int64(min(c.nextPing, c.opened+e.limits.FirstFrame)))
	return c
}

// lock waits for the connection; unlock follows.
func (c *Conn) lock(d duty) {
	c.mu.Lock()
	c.begin(d)
}

// tryLock is lock for whoever must not wait.
func (c *Conn) tryLock(d duty) bool {
	if !c.mu.TryLock() {
		return false
	}
	c.begin(d)
	return true
}

func (c *Conn) begin(d duty) {
	if c.work == nil {
		c.work = works.Get().(*work)
		config := c.kind.Protocol
		config.Deflate = c.deflate != nil
		c.work.protocol.Init(config)
	}
	c.work.duty, c.work.waited = d, false
}

// unlock makes known what is new, and gives the work back where nothing is under
// way.
func (c *Conn) unlock() {
	c.publish()
	w := c.work
	w.duty = nil
	if c.broken || c.draining || w.protocol.State() == protocol.StateOpen && !w.protocol.InMessage() {
		*w = work{}
		works.Put(w)
		c.work = nil
	}
	c.mu.Unlock()
}

// open lets the kind do something before anything is read.
func (c *Conn) open() {
	c.lock(nil)
	defer c.unlock()
	defer c.guard()
	c.kind.Opened(c)
	c.flush()
	c.work.protocol.TakeOutput(nil)
	c.settle(c.endpoint.now())
}

// end is the last thing that happens to a connection. It is for whoever reads.
func (c *Conn) end() {
	// Somebody may still look at the deadlines, or push.
	c.lock(nil)
	c.broken = true
	c.dropHeld()
	closeError := c.closeLink()
	if errors.Is(closeError, net.ErrClosed) {
		closeError = nil // somebody was here before
	}
	if c.code == protocol.StatusNone && !c.draining {
		c.code = protocol.StatusAbnormalClosure
	}
	c.publish()
	ending := c.ending(closeError)
	c.unlock()
	c.leave(ending)
	c.endpoint.remove(c)
}

// guard keeps a panic in one connection from ending the others. It is deferred
// by whatever serves a connection.
func (c *Conn) guard() {
	if p := recover(); p != nil {
		c.logPanic(p)
		c.broken, c.panicked = true, true
		c.cut()
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

package endpoint

import (
	"maps"
	"math"
	"sync"
	"unsafe"

	"framecraft/protocol"
)

// What is counted. A connection counts for itself while it is at work and
// publishes at the end of it: into its own figures, which others may read, and
// into one of a few tallies, so that counting costs one uncontended mutex a turn
// of work, however many frames there were in it, and reading visits no
// connection.

// Counts are what has passed behind the handshake. Frames are of all kinds; one
// that came in counts when its header is whole.
type Counts struct {
	BytesIn, BytesOut, FramesIn, FramesOut, MessagesIn, MessagesOut uint64
}

func (c *Counts) add(more *Counts) {
	c.BytesIn += more.BytesIn
	c.BytesOut += more.BytesOut
	c.FramesIn += more.FramesIn
	c.FramesOut += more.FramesOut
	c.MessagesIn += more.MessagesIn
	c.MessagesOut += more.MessagesOut
}

// Totals are of all connections, of those that live and those that have ended.
type Totals struct {
	Counts
	// Live is the sum of those behind it; Info.State says what they mean.
	Live, Open, Closing, Draining int
	// Held is how many bytes of buffers they have: what has come of messages, answers
	// that wait, windows of compression.
	Held int64
	// Accepted and Ended count connections since the start.
	Accepted, Ended uint64
	// ClosedBy counts those that have ended by the status code that they ended
	// with, which is StatusNone for a Close frame without one and
	// StatusAbnormalClosure for an end without a Close frame. The codes from 3000
	// are counted at 3000 and those from 4000 at 4000.
	ClosedBy map[protocol.StatusCode]uint64
	// Broken counts those that have ended by the rule that the peer had broken.
	Broken map[protocol.RuleID]uint64
}

// state is where a connection stands, as Info.State says it.
type state uint8

const (
	open state = iota
	closing
	draining
	states
)

func (s state) String() string { return [states]string{"open", "closing", "draining"}[s] }

// figures are what is published of a connection.
type figures struct {
	Counts
	state state
	held  uint32 // bytes of buffers
}

const tallies = 8

// tally is a share of the totals.
type tally struct {
	mu sync.Mutex
	Counts
	live [states]int
	held int64
	_    [64]byte // two tallies share no cache line
}

// endings are how connections have ended.
type endings struct {
	all    uint64
	closed map[protocol.StatusCode]uint64
	broken map[protocol.RuleID]uint64
}

func newEndings() endings {
	return endings{closed: map[protocol.StatusCode]uint64{}, broken: map[protocol.RuleID]uint64{}}
}

// add counts an end. A peer chooses the code, so there must not be a number for
// each.
func (n *endings) add(c *Conn) {
	n.all++
	code := c.code
	if code >= 3000 {
		code -= code % 1000
	}
	n.closed[code]++
	if c.broke {
		n.broken[c.rule]++
	}
}

// Totals returns the totals of this moment.
func (e *Endpoint) Totals() Totals {
	e.mu.Lock()
	t := Totals{
		Accepted: e.accepted,
		Ended:    e.ended.all,
		ClosedBy: maps.Clone(e.ended.closed),
		Broken:   maps.Clone(e.ended.broken),
	}
	e.mu.Unlock()
	for i := range e.tallies {
		tally := &e.tallies[i]
		tally.mu.Lock()
		t.Counts.add(&tally.Counts)
		t.Open += tally.live[open]
		t.Closing += tally.live[closing]
		t.Draining += tally.live[draining]
		t.Held += tally.held
		tally.mu.Unlock()
	}
	t.Live = t.Open + t.Closing + t.Draining
	return t
}

func (c *Conn) tally() *tally { return &c.endpoint.tallies[c.id%tallies] }

// publish makes known what is new since the last time.
func (c *Conn) publish() {
	c.takeFrames()
	now := open
	switch {
	case c.draining:
		now = draining
	case c.broken:
		now = c.figures.state
	case c.work.protocol.State() != protocol.StateOpen:
		now = closing
	}
	held := c.holds()
	t := c.tally()
	t.mu.Lock()
	t.add(&c.work.news)
	c.figures.add(&c.work.news)
	t.live[c.figures.state]--
	t.live[now]++
	t.held += int64(held) - int64(c.figures.held)
	c.figures.state, c.figures.held = now, held
	t.mu.Unlock()
	c.work.news = Counts{}
}

// takeFrames counts the frames that the protocol has seen.
func (c *Conn) takeFrames() {
	in, out := c.work.protocol.TakeFrames()
	c.work.news.FramesIn += in
	c.work.news.FramesOut += out
}

// messagesIn is how many messages have come.
func (c *Conn) messagesIn() uint64 { return c.figures.MessagesIn + c.work.news.MessagesIn }

// holds is how many bytes of buffers the connection has.
func (c *Conn) holds() uint32 {
	n := 0
	if w := c.work; !c.draining && !c.broken {
		n = w.protocol.Holds()
		if w.protocol.InMessage() {
			n += int(unsafe.Sizeof(work{}))
		}
	}
	if c.held != nil {
		n += cap(c.held.frames) + cap(c.held.parts)*partSize
	}
	if c.deflate != nil {
		n += c.deflate.received.holds() + c.deflate.sent.holds()
	}
	return uint32(min(uint64(n), math.MaxUint32))
}

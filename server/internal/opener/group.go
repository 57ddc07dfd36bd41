package opener

import (
	"errors"
	"sync"
	"time"

	"framecraft/protocol"
)

// Group is the connections of one page. Its goroutine is there while there are
// any.
type Group struct {
	opener *Opener
	owner  Owner
	// news is called when something has changed that State or Said tells.
	news func()

	wake chan struct{}

	mu      sync.Mutex
	running bool
	ended   bool                // the page is gone
	want    int                 // to be opened yet; these have places
	dialing bool                // and so has the one that is being opened now
	asked   int                 // by all commands of this ramp
	done    int                 // of these connections
	closing protocol.StatusCode // StatusNone while there is no closing
	open    int                 // len(clients)
	short   error               // why fewer were taken on than asked for
	said    error

	// The goroutine's.
	clients []*client
	told    int // the number of them that news was about; -1 where there is other news
	next    int // who is visited next
	source  int // that the next connection comes from
}

// Group returns a group without connections. News is called, from any goroutine,
// when State or Said have something new. End must be called.
func (o *Opener) Group(owner Owner, news func()) *Group {
	g := &Group{opener: o, owner: owner, news: news, wake: make(chan struct{}, 1), closing: protocol.StatusNone}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.groups[g] = struct{}{}
	return g
}

// State is how many connections are open, and whether more are being opened.
func (g *Group) State() (open int, opening bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open, g.ramping()
}

func (g *Group) ramping() bool { return g.want > 0 || g.dialing }

// places is how many the group has. It is called with the mutex held.
func (g *Group) places() int {
	n := g.open + g.want
	if g.dialing {
		n++
	}
	return n
}

// Said returns, once, why the last command did not do all that it said.
func (g *Group) Said() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	said := g.said
	g.said = nil
	return said
}

var (
	errClosing = errors.New("the connections are being closed; wait until they are")
	errOver    = errors.New("the page or the server is at its end")
	errNumber  = errors.New("expected a number above 0")
)

// Open begins to open n further connections and returns at once. The error is why
// there will be none.
func (g *Group) Open(n int) error {
	o := g.opener
	switch {
	case o.why != "":
		return errors.New(o.why)
	case n <= 0:
		return errNumber
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.ended:
		return errOver
	case g.closing != protocol.StatusNone:
		return errClosing
	}
	places := o.take(n)
	if places == 0 {
		return o.full(g.places())
	}
	if !g.ramping() {
		g.asked, g.done, g.short = 0, 0, nil
	}
	g.want += places
	g.asked += n
	if places < n {
		g.short = o.full(g.places())
	}
	if !g.run() {
		g.want = 0
		o.give(places)
		return errOver
	}
	return nil
}

// Close begins to close all connections and returns at once.
func (g *Group) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.leave(protocol.StatusNormalClosure)
}

// End is Close for a page that is gone. Nothing is opened afterwards.
func (g *Group) End() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ended = true
	g.leave(protocol.StatusGoingAway)
	if !g.running {
		g.opener.drop(g)
	}
}

// leave has the goroutine close everything, if there is anything. It is called
// with the mutex held.
func (g *Group) leave(code protocol.StatusCode) {
	if !g.running || g.closing != protocol.StatusNone {
		return
	}
	g.closing = code
	g.opener.give(g.want)
	g.want = 0
	g.rouse()
}

// rouse wakes the goroutine.
func (g *Group) rouse() {
	select {
	case g.wake <- struct{}{}:
	default: // it is awake
	}
}

// drop forgets a group that has ended.
func (o *Opener) drop(g *Group) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.groups, g)
}

// run wakes the goroutine, or starts it. It is called with the mutex held.
func (g *Group) run() bool {
	if !g.running {
		g.running = g.opener.start(g)
		return g.running
	}
	g.rouse()
	return true
}

// visits is how many pieces a round of visits has.
const visits = 16

// keep is the goroutine.
func (g *Group) keep() {
	defer g.fail()
	times := &g.opener.times
	room := make([]byte, 4096)
	timer := time.NewTimer(0)
	defer timer.Stop()
	visited := time.Now()
	for {
		select {
		case <-timer.C:
		case <-g.wake:
		}
		g.mu.Lock()
		want, closing := g.want, g.closing
		g.mu.Unlock()
		wait := times.visit / visits
		switch {
		case closing != protocol.StatusNone:
			g.closeAll(closing, room)
		case want > 0:
			g.ramp(min(want, perStep))
			wait = times.step
		}
		if now := time.Now(); now.Sub(visited) >= times.visit/visits {
			visited = now
			g.visitSome((len(g.clients)+visits-1)/visits, room)
			if g.told >= 0 && g.told != len(g.clients) {
				g.told = -1
			}
		}
		if g.told < 0 {
			g.told = len(g.clients)
			g.news()
		}
		if g.rest() {
			return
		}
		timer.Reset(wait)
	}
}

// rest reports whether there is nothing left to do; the goroutine ends then.
func (g *Group) rest() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open > 0 || g.want > 0 || g.closing != protocol.StatusNone {
		return false
	}
	g.running, g.clients, g.next = false, nil, 0
	if g.ended {
		g.opener.drop(g)
	}
	return true
}

// visitSome visits the next n connections, in turn.
func (g *Group) visitSome(n int, room []byte) {
	for range n {
		if len(g.clients) == 0 {
			return
		}
		if g.next >= len(g.clients) {
			g.next = 0
		}
		if g.clients[g.next].visit(room) {
			g.next++
		} else {
			g.lose(g.next)
		}
	}
}

// lose closes a connection and gives its place back; the last one moves there.
func (g *Group) lose(i int) {
	_ = g.clients[i].tcp.Close()
	last := len(g.clients) - 1
	g.clients[i] = g.clients[last]
	g.clients[last] = nil
	g.clients = g.clients[:last]
	g.counted(-1)
}

// counted keeps the number that others see.
func (g *Group) counted(more int) {
	g.mu.Lock()
	g.open += more
	g.mu.Unlock()
	if more < 0 {
		g.opener.give(-more)
	}
}

// closeAll closes all connections: a Close frame to each, a hundred at a time so
// that they do not all answer at once, then as long as a closing handshake may
// take for all of them together.
func (g *Group) closeAll(code protocol.StatusCode, room []byte) {
	const atOnce = 100
	ticker := time.NewTicker(g.opener.times.step)
	defer ticker.Stop()
	asked := 0 // the first so many
	var end time.Time
	for len(g.clients) > 0 {
		asked = min(asked+atOnce, len(g.clients))
		if asked == len(g.clients) && end.IsZero() {
			end = time.Now().Add(g.opener.times.close)
		}
		late := !end.IsZero() && time.Now().After(end)
		// Losing one moves another there, which is asked in the next round.
		for i := asked - 1; i >= 0; i-- {
			if late || !g.clients[i].leave(code) || !g.clients[i].visit(room) {
				g.lose(i)
			}
		}
		if len(g.clients) > 0 {
			<-ticker.C
		}
	}
	g.mu.Lock()
	g.closing = protocol.StatusNone
	g.mu.Unlock()
	g.news()
}

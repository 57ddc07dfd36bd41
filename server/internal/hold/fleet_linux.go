package hold

import (
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"framecraft/protocol"
)

// One loop on epoll(7) holds all connections of a process. A connection costs
// eight bytes here; what it needs while it opens, or while a message is under way,
// lives in maps and goes with that.
//
// All interest is edge-triggered and registered once: an edge is an event at
// which the loop reads until the kernel has no more, or writes a request.

// client is one connection.
type client struct {
	fd    int32
	state state
	// waiting: the last ping has no pong yet.
	waiting bool
}

type state uint8

const (
	stateGone state = iota
	// stateConnecting: TCP's handshake. stateAsking: the WebSocket's.
	stateConnecting
	stateAsking
	stateOpen
	// stateClosing: Close has been sent.
	stateClosing
	// stateEnding: both have sent it; the server is to end TCP.
	stateEnding
)

type epollFleet struct {
	share    Share
	report   func(Progress)
	progress Progress

	epoll    int
	clients  []client
	openings map[int32]*opening
	talks    map[int32]*protocol.Conn
	spare    *protocol.Conn
	source   int // index of the address that is used
	carried  int // connections from it
	room     []byte
	out      []byte

	began    time.Time
	reported time.Time
	// pinged is the connection that is next for a ping, due how many are due.
	pinged  int
	due     float64
	counted time.Time
	// closing
	closed   int // index of the next one to close
	underWay int // connections that are closing or ending
	deadline time.Time
}

// holdFleet is the fleet of this system.
func holdFleet(ctx context.Context, share Share, report func(Progress)) {
	now := time.Now()
	f := &epollFleet{
		share: share, report: report,
		clients:  make([]client, 0, share.Connections),
		openings: map[int32]*opening{},
		talks:    map[int32]*protocol.Conn{},
		room:     make([]byte, 64<<10),
		began:    now, counted: now,
	}
	f.progress.begin()
	defer func() {
		f.progress.Phase = PhaseEnded
		f.tell()
	}()
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		f.stop(os.NewSyscallError("epoll_create1", err))
		f.tell()
		<-ctx.Done()
		return
	}
	f.epoll = epoll
	defer unix.Close(epoll)
	f.run(ctx)
}

// tick is how long the loop sleeps at most.
const tick = 50 * time.Millisecond

func (f *epollFleet) run(ctx context.Context) {
	events := make([]unix.EpollEvent, 256)
	for {
		if f.progress.Phase == PhaseOpening {
			f.fill()
		}
		n, err := unix.EpollWait(f.epoll, events, int(tick/time.Millisecond))
		if err != nil && err != unix.EINTR {
			f.stop(os.NewSyscallError("epoll_wait", err))
			time.Sleep(tick)
		}
		for _, event := range events[:max(0, n)] {
			f.handle(event.Fd, event.Events)
		}
		now := time.Now()
		if f.progress.Phase != PhaseClosing && ctx.Err() != nil {
			f.beginClosing(now)
		}
		if f.progress.Phase == PhaseClosing {
			f.closeSome()
			if f.underWay == 0 && f.closed == len(f.clients) || now.After(f.deadline) {
				f.cutOff()
				return
			}
		} else {
			f.ping(now)
			f.giveUp(now)
		}
		if now.Sub(f.reported) >= reportEvery {
			f.reported = now
			f.tell()
		}
	}
}

func (f *epollFleet) tell() {
	f.progress.look()
	f.report(f.progress.clone())
}

// stop ends the opening; connections that are open stay.
func (f *epollFleet) stop(err error) {
	stop := stopOf(err, f.share.Address)
	if stop == nil {
		stop = &Stop{limitUnreachable, err.Error(), ""}
	}
	f.stopFor(stop)
}

func (f *epollFleet) stopFor(stop *Stop) {
	if f.progress.Stop == nil {
		f.progress.Stop = stop
	}
}

func (f *epollFleet) handle(i int32, events uint32) {
	switch f.clients[i].state {
	case stateConnecting:
		if events&(unix.EPOLLERR|unix.EPOLLHUP) != 0 {
			f.connectFailed(i)
		} else if events&unix.EPOLLOUT != 0 {
			f.ask(i)
			// What a server says before it is asked came with the same edge.
			if events&unix.EPOLLIN != 0 {
				f.read(i, true)
			}
		}
	case stateGone:
	default:
		if events&(unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLERR|unix.EPOLLHUP) != 0 {
			f.read(i, events&^(unix.EPOLLIN|unix.EPOLLOUT) != 0)
		}
	}
}

// read reads until the kernel has no more, which a short read says as well, unless
// the edge told of an end.
func (f *epollFleet) read(i int32, atEnd bool) {
	for f.clients[i].state != stateGone {
		n, err := unix.Read(int(f.clients[i].fd), f.room)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return
		case err != nil:
			f.ended(i, err.Error())
			return
		case n == 0:
			f.ended(i, "TCP ended")
			return
		}
		f.received(i, f.room[:n])
		if n < len(f.room) && !atEnd {
			return
		}
	}
}

// ended is for a connection whose TCP the server has ended.
func (f *epollFleet) ended(i int32, how string) {
	switch f.clients[i].state {
	case stateAsking:
		o := f.openings[i]
		if len(o.in) > 0 {
			f.answered(i, true)
			return
		}
		f.drop(i)
		f.progress.fail("instead of a response: " + how)
	case stateEnding:
		f.drop(i)
	default:
		f.lose(i, how)
	}
}

func (f *epollFleet) received(i int32, in []byte) {
	if f.clients[i].state == stateAsking {
		o := f.openings[i]
		o.in = append(o.in, in...)
		f.answered(i, false)
		return
	}
	f.listen(i, in)
}

// listen reads frames and answers them.
func (f *epollFleet) listen(i int32, in []byte) {
	c := &f.clients[i]
	if c.state == stateEnding {
		return // nothing counts behind the Close frame
	}
	talk := f.talks[i]
	if talk == nil {
		if talk, f.spare = f.spare, nil; talk == nil {
			talk = newConversation()
		}
	}
	h := listen(talk, in)
	f.progress.Asked += h.pings
	f.progress.Pongs += h.pongs
	if h.pongs > 0 {
		c.waiting = false
	}
	f.out = talk.TakeOutput(f.out[:0])
	if h.end != "" {
		f.end(i, h)
		return
	}
	if len(f.out) > 0 && !f.write(i, f.out) {
		return
	}
	if talk.InMessage() {
		f.talks[i] = talk
		return
	}
	delete(f.talks, i)
	f.spare = talk
}

// end is for a connection on which the server has sent a Close frame, or broken a
// rule; the answer is in f.out.
func (f *epollFleet) end(i int32, h heard) {
	delete(f.talks, i)
	c := &f.clients[i]
	if c.state == stateClosing && h.inOrder {
		c.state = stateEnding
		f.progress.Open--
		f.progress.Closed++
		return
	}
	if len(f.out) > 0 {
		// Whether it arrives makes no difference to what is reported.
		_, _ = unix.Write(int(c.fd), f.out)
	}
	f.lose(i, h.end)
}

// lose drops an open connection that ended without being asked to.
func (f *epollFleet) lose(i int32, how string) {
	f.progress.lose(how)
	f.drop(i)
}

// write sends frames; when not all of them fit, the connection is lost, since the
// server has not read for megabytes.
func (f *epollFleet) write(i int32, frames []byte) bool {
	n, err := unix.Write(int(f.clients[i].fd), frames)
	if n == len(frames) {
		return true
	}
	how := "the server reads nothing any more"
	if err != nil && err != unix.EAGAIN {
		how = err.Error()
	}
	f.lose(i, how)
	return false
}

// drop closes a connection's descriptor, which ends its interest too.
func (f *epollFleet) drop(i int32) {
	c := &f.clients[i]
	switch c.state {
	case stateGone:
		return
	case stateClosing, stateEnding:
		f.underWay--
	}
	_ = unix.Close(int(c.fd)) // nothing is in its buffer that anybody waits for
	c.state = stateGone
	delete(f.openings, i)
	delete(f.talks, i)
}

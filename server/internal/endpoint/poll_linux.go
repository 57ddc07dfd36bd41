package endpoint

import (
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The kernel's poller. A TCP socket is taken out of Go's runtime and registered
// with an epoll of our own, so an idle connection is a Conn and nothing else. One
// goroutine, the leader, waits for all of them. Connections whose kind is Quick are
// served by the leader itself, since handing one over costs as much as serving it;
// all others go to workers.
//
// # Turns
//
// Who may read from a connection, and end it, is whoever has its turn. The leader
// takes the turn for an event and gives it back when the socket is drained, or
// hands it on to a worker or a timer together with the duty to go on. An event for
// a connection whose turn is taken leaves a mark, and a turn that was marked is not
// given back: its owner reads once more. Registration is edge-triggered, so nothing
// is said twice. A read that gave less than was asked for has drained the socket,
// and what comes later is another edge. There are two exceptions: the end of TCP is
// no byte that a read could miss, and urgent data cuts a read short although more has
// come behind it. Once the kernel has told of either (onward), reading goes on until
// the end is seen, or nothing.
//
// # Waiting
//
// An epoll can itself be waited for, so where nothing has come, the leader waits for
// ours as Go's goroutines wait for a socket: parked, in the epoll of the runtime. A
// leader that blocked in a system call would take a thread and a P along, and the
// runtime would look thousands of times a second whether to take the P away.
//
// # Leading
//
// A leader must never wait for a peer. It tries the mutex of a connection and leaves
// one that is taken to a worker. When a write finds no room, it passes its duty on
// (Conn.aboutToWait): another goroutine becomes the leader, with all that is left of
// the batch of events, and this one goes on as a worker. So the batch always belongs
// to one goroutine. One read a turn, and whoever has sent more comes again behind
// all others.
//
// # Who may use the descriptor
//
// The number of a closed descriptor is given to the next one that is opened, so it
// must never be used by somebody who is late. The rules:
//
//   - It is closed in one place, closePolled, by end, which runs once: the owner of
//     the turn calls it and never gives the turn back.
//   - Reading is for the owner of the turn.
//   - Writing, and closing the sending side, are for whoever holds the mutex; end
//     holds it while it closes, and nobody writes to a connection that is broken.
//   - Anything else (cut, socket) is done under the tally's mutex, under which the
//     number becomes -1 before it is closed.
//   - An event names the descriptor and a number of the connection's own. The poller
//     forgets the connection before the descriptor is closed, so an event that comes
//     late finds nothing, or a connection with another number.
//
// Nobody but the owner of the turn ends a connection, so to end one from elsewhere
// cut shuts both directions down: that is an event, and whoever reads or waits for
// room sees the end of TCP.

// polled is the part of a link that goes by the poller.
type polled struct {
	poller *poller
	writer atomic.Pointer[room] // who waits for room, if anybody
	turn   turn
	fd     int32
	number uint32
}

// poller is one epoll and what it has to do. From events on all belongs to the
// leader.
type poller struct {
	endpoint *Endpoint
	epoll    int
	file     *os.File // the epoll, for the runtime; closing it is the end
	waiting  syscall.RawConn
	come     func(uintptr) bool // what waiting is for
	stopped  chan struct{}

	mu     sync.Mutex
	conns  []*Conn // by descriptor
	number uint32

	events [128]unix.EpollEvent
	found  int // so many of them
	// handed: a worker was given something since the last look.
	handed bool
	// batch are the connections to serve, from next on, whose turn is taken; again
	// are those that come behind.
	batch, again []*Conn
	next         int
}

// pollers are those of an endpoint.
type pollers struct {
	one *poller // nil where the system has none to give
}

func (p *pollers) start(e *Endpoint) { p.one = newPoller(e) }

func newPoller(e *Endpoint) *poller {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil
	}
	if err := unix.SetNonblock(epoll, true); err != nil {
		_ = unix.Close(epoll)
		return nil
	}
	file := os.NewFile(uintptr(epoll), "epoll")
	waiting, err := file.SyscallConn()
	if err == nil {
		err = file.SetReadDeadline(time.Time{}) // whether the runtime can wait for it
	}
	if err != nil {
		_ = file.Close()
		return nil
	}
	p := &poller{endpoint: e, epoll: epoll, file: file, waiting: waiting, stopped: make(chan struct{})}
	p.come = func(uintptr) bool { return p.look() > 0 }
	go p.lead()
	return p
}

// stop ends the poller, which has no connection any more.
func (p *pollers) stop() {
	if p.one == nil {
		return
	}
	_ = p.one.file.Close()
	<-p.one.stopped
}

// poll takes a socket out of Go's runtime, or returns false and leaves it as it is.
// A descriptor cannot be taken from a net.TCPConn, so it is duplicated, and the
// other one is closed. The turn is taken until startPolled.
func (c *Conn) poll(tcp net.Conn) bool {
	socket, ok := tcp.(*net.TCPConn)
	if !ok {
		return false
	}
	p := c.endpoint.pollers.one
	if p == nil {
		return false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return false
	}
	fd := -1
	controlled := raw.Control(func(old uintptr) {
		fd, err = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 0)
	})
	if controlled != nil || err != nil {
		return false // no descriptor is left
	}
	c.link.turn.claim(0)
	c.link.poller, c.link.fd = p, int32(fd)
	if err := p.add(c); err != nil {
		_ = unix.Close(fd)
		c.link.poller, c.link.fd = nil, -1
		return false
	}
	_ = socket.Close() // the connection goes on by the duplicate
	return true
}

const wanted = unix.EPOLLIN | unix.EPOLLPRI | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET&0xffffffff

func (p *poller) add(c *Conn) error {
	fd := int(c.link.fd)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number++
	c.link.number = p.number
	event := unix.EpollEvent{Events: wanted, Fd: c.link.fd, Pad: int32(c.link.number)}
	if err := unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		return err
	}
	if more := fd + 1 - len(p.conns); more > 0 {
		p.conns = append(p.conns, make([]*Conn, more)...)
	}
	p.conns[fd] = c
	return nil
}

// forget makes events for the connection mean nothing.
func (p *poller) forget(c *Conn) {
	p.mu.Lock()
	p.conns[c.link.fd] = nil
	p.mu.Unlock()
}

// wait returns the next connection to serve, whose turn is taken, or nil at the end.
func (p *poller) wait() *Conn {
	for p.next == len(p.batch) {
		p.batch, p.again, p.next = p.again, p.batch[:0], 0
		if p.handed {
			// No system call of the leader's lets others have its place.
			p.handed = false
			runtime.Gosched()
		}
		if len(p.batch) > 0 {
			p.look()
		} else if p.waiting.Read(p.come) != nil {
			return nil
		}
		p.collect(p.events[:p.found])
	}
	c := p.batch[p.next]
	p.batch[p.next] = nil // it must not be held on to
	p.next++
	return c
}

// look takes the events that have come.
func (p *poller) look() int {
	p.found = eventsNow(p.epoll, p.events[:])
	return p.found
}

// collect takes the turns that events ask for, and wakes who waits for room.
func (p *poller) collect(events []unix.EpollEvent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range events {
		event := &events[i]
		c := p.conns[event.Fd]
		if c == nil || c.link.number != uint32(event.Pad) {
			continue // it has ended
		}
		if event.Events&(unix.EPOLLOUT|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
			if r := c.link.writer.Load(); r != nil {
				r.found()
			}
		}
		var marks uint32
		if event.Events&(unix.EPOLLPRI|unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
			marks = onward
		}
		if event.Events&unix.EPOLLIN|marks != 0 && c.link.turn.claim(marks) {
			p.batch = append(p.batch, c)
		}
	}
}

// turn says whether somebody has the turn, and what came meanwhile.
type turn struct{ bits atomic.Uint32 }

const (
	taken  = 1 << iota
	marked // there was another event
	onward // a short read means nothing: TCP is at its end, or there is urgent data
)

// claim takes the turn, or marks it if somebody has it.
func (t *turn) claim(marks uint32) bool {
	for {
		old := t.bits.Load()
		want := old | marks | taken
		if old&taken != 0 {
			want |= marked
		}
		if old == want || t.bits.CompareAndSwap(old, want) {
			return old&taken == 0
		}
	}
}

// drained gives the turn back after a read that has drained the socket. It returns
// false if there is more to read.
func (t *turn) drained() bool {
	for {
		old := t.bits.Load()
		switch {
		case old&marked != 0:
			if t.bits.CompareAndSwap(old, old&^marked) {
				return false
			}
		case old&onward != 0:
			return false
		case t.bits.CompareAndSwap(old, old&^taken):
			return true
		}
	}
}

// empty is drained for a read that found nothing, not even the end: whatever the
// kernel has told, the next word is its own.
func (t *turn) empty() bool {
	for {
		old := t.bits.Load()
		want := old &^ (taken | onward)
		if old&marked != 0 {
			want = old &^ marked
		}
		if t.bits.CompareAndSwap(old, want) {
			return old&marked == 0
		}
	}
}

// release gives the turn back if a read of n bytes, with that much room, has drained
// the socket, and returns false if there is more to read.
func (t *turn) release(n, size int) bool {
	return n == 0 && t.empty() || 0 < n && n < size && t.drained()
}

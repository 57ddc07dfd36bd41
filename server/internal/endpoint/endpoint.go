package endpoint

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Endpoint holds all live connections of a server. http.Server forgets a
// connection once it is hijacked, so ending them in good order is done here.
type Endpoint struct {
	limits  Limits
	log     *slog.Logger
	epoch   time.Time
	workers *workers
	pollers pollers

	closing atomic.Bool
	live    sync.WaitGroup // connections from their handshake on
	sweeper sync.WaitGroup
	stop    chan struct{}

	mu    sync.Mutex
	conns []*Conn // every conn knows its index
	cut   bool    // the shutdown waits for nobody any more
	register
}

// New returns an endpoint without connections.
func New(limits Limits, log *slog.Logger) *Endpoint {
	e := &Endpoint{
		limits:   limits,
		log:      log,
		epoch:    time.Now(),
		workers:  newWorkers(),
		stop:     make(chan struct{}),
		register: register{owners: map[Owner]*owned{}, ended: newEndings()},
	}
	e.pollers.start(e)
	e.sweeper.Go(e.sweepOnAndOn)
	return e
}

// Closing reports whether the endpoint is shutting down: new connections are to
// be refused.
func (e *Endpoint) Closing() bool { return e.closing.Load() }

// Live returns how many connections there are.
func (e *Endpoint) Live() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.conns)
}

// now is a clock that only goes forward.
func (e *Endpoint) now() time.Duration { return time.Since(e.epoch) }

// ErrClosing says that the endpoint takes no new connections.
var ErrClosing = errors.New("endpoint: shutting down")

// Upgrade takes the connection of a request that Check has passed over from
// net/http, answers the handshake and returns; the connection lives on. The owner
// is who may see it by Connections. Leave is
// called when it has ended, or at once and with nil when it never began, which the
// error says. Only after ErrClosing is there still somebody to answer.
func (e *Endpoint) Upgrade(w http.ResponseWriter, r *http.Request, kind *Kind, owner Owner, leave func(*Ending)) error {
	if !e.begin() {
		leave(nil)
		return ErrClosing
	}
	deflate, extra := kind.answerDeflate(r)
	if extra != "" {
		extra = "\r\nSec-WebSocket-Extensions: " + extra
	}
	if chosen := kind.chooseSubprotocol(r); chosen != "" {
		extra += "\r\nSec-WebSocket-Protocol: " + chosen
	}
	tcp, early, err := hijack(w, r, extra, &e.limits)
	if err != nil {
		leave(nil)
		e.live.Done()
		return err
	}
	e.serve(tcp, early, kind, deflate, owner, leave)
	return nil
}

// begin counts a connection whose handshake is still to come, so that a shutdown
// waits for it and finds it. From the shutdown on there are no new ones.
func (e *Endpoint) begin() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closing.Load() {
		return false
	}
	e.live.Add(1)
	return true
}

// serve takes a connection that has begun into the registry and lets it run.
func (e *Endpoint) serve(tcp net.Conn, early []byte, kind *Kind, deflate *deflating, owner Owner, leave func(*Ending)) {
	c := newConn(e, kind, deflate, leave)
	c.attach(tcp)
	e.mu.Lock()
	if e.closing.Load() {
		c.due.Store(0) // the shutdown has made the others due already
	}
	c.index = int32(len(e.conns))
	e.conns = append(e.conns, c)
	e.enter(c, owner)
	if e.cut {
		c.cut()
	}
	e.mu.Unlock()
	if kind.Opened != nil {
		c.open()
	}
	c.start(early)
}

// remove forgets a connection that has ended.
func (e *Endpoint) remove(c *Conn) {
	e.mu.Lock()
	last := len(e.conns) - 1
	e.conns[c.index] = e.conns[last]
	e.conns[c.index].index = c.index
	e.conns[last] = nil
	e.conns = e.conns[:last]
	e.quit(c)
	e.mu.Unlock()
	e.live.Done()
}

// Shutdown sends Close 1001 on every connection, waits until their peers have
// answered, cuts what is left when the time is over, and returns when all have
// ended.
func (e *Endpoint) Shutdown() {
	e.mu.Lock()
	if e.closing.Swap(true) {
		e.mu.Unlock()
		return
	}
	// Who is in the middle of something sees closing when it is done with it; the
	// others are made due. See Conn.settle for the other half of this.
	for _, c := range e.conns {
		c.due.Store(0)
	}
	e.mu.Unlock()
	allEnded := make(chan struct{})
	go func() {
		e.live.Wait()
		close(allEnded)
	}()
	timeout := time.NewTimer(e.limits.Shutdown)
	defer timeout.Stop()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
waiting:
	for {
		e.sweep()
		select {
		case <-allEnded:
			break waiting
		case <-timeout.C:
			break waiting
		case <-ticker.C:
		}
	}
	e.mu.Lock()
	e.cut = true
	for _, c := range e.conns {
		c.cut()
	}
	e.mu.Unlock()
	<-allEnded
	close(e.stop)
	e.sweeper.Wait()
	e.pollers.stop()
	e.workers.stop()
}

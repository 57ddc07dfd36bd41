package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/system"
)

// /live is the page's third socket: it shows the server's connections as they
// come and go. The doors are those of /socket. The server sends one JSON text
// message at once (live_message.go has its shape), one a second, and one after
// each command:
//
//	{"open": 500}     opens so many further connections (package opener)
//	{"close": true}   closes all that this socket has opened
//
// A command that cannot be followed is answered with {"refused": "why"}.
//
// What everybody may see is found out once a second for all viewers: the watch.
// Each viewer adds the connections of its own session, and of nobody else's, in a
// goroutine of its own: a page that reads slowly misses messages and holds up
// nobody.

const (
	// liveEvery is the time between two messages.
	liveEvery = time.Second
	// liveGap is the shortest time between two messages, so that commands in quick
	// succession are answered together.
	liveGap = 50 * time.Millisecond
	// liveCommand is how long a command may be.
	liveCommand = 1024
	// liveViewers is how many viewers there may be in all.
	liveViewers = 256
)

// watch finds out what everybody may see.
type watch struct {
	endpoint *endpoint.Endpoint
	began    time.Time
	most     int // viewers
	// panicked is called with the stack of the first panic of a look.
	panicked func(stack []byte)
	failed   sync.Once

	mu      sync.Mutex
	latest  shared
	history history
	growth  growth
	viewers map[*viewer]struct{}
	stopped bool

	stop    chan struct{}
	running sync.WaitGroup
}

// shared is what everybody may see at one moment.
type shared struct {
	at      time.Duration // since the server began
	totals  endpoint.Totals
	process system.Process
	kernel  system.Kernel
	// memoryEach is what growth estimates.
	memoryEach system.Fact
}

func newWatch(e *endpoint.Endpoint, panicked func(stack []byte)) *watch {
	w := &watch{
		endpoint: e, began: time.Now(), most: liveViewers, panicked: panicked,
		viewers: map[*viewer]struct{}{}, stop: make(chan struct{}),
	}
	reader := system.NewReader()
	w.look(reader)
	w.running.Go(func() {
		ticker := time.NewTicker(liveEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				w.look(reader)
			case <-w.stop:
				return
			}
		}
	})
	return w
}

// since is how long ago the server began.
func (w *watch) since() time.Duration { return time.Since(w.began) }

// look takes a new snapshot and tells the viewers. Where that panics they miss one,
// and the server goes on.
func (w *watch) look(reader *system.Reader) {
	defer func() {
		if recover() != nil {
			stack := debug.Stack()
			w.failed.Do(func() { w.panicked(stack) }) // the next one comes in a second
		}
	}()
	now := shared{
		at:      w.since(),
		totals:  w.endpoint.Totals(),
		process: reader.Process(),
		kernel:  reader.Kernel(),
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now.memoryEach = w.growth.each(now.process.Resident, now.totals.Live)
	w.latest = now
	w.history.add(&now)
	for v := range w.viewers {
		v.wake()
	}
}

// enter adds a viewer and lets it run, unless there are too many or the end has
// come.
func (w *watch) enter(v *viewer, run func()) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped || len(w.viewers) >= w.most {
		return false
	}
	w.viewers[v] = struct{}{}
	w.running.Go(run)
	return true
}

func (w *watch) leave(v *viewer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.viewers, v)
}

// snapshot returns what everybody may see, and where asked for what it was like
// before.
func (w *watch) snapshot(withHistory bool) (now shared, before []historyPoint) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if withHistory {
		before = w.history.all()
	}
	return w.latest, before
}

// close ends the watch; the viewers end with their connections.
func (w *watch) close() {
	w.mu.Lock()
	if !w.stopped {
		w.stopped = true
		close(w.stop)
	}
	w.mu.Unlock()
	w.running.Wait()
}

// viewer is one connection of /live.
type viewer struct {
	site  *Site
	owner endpoint.Owner
	group group // what it has opened
	// known are the connections as its last message left them, by their ids.
	known map[uint64]liveConnection
	news  chan struct{}
	gone  chan struct{}
}

// live is the door to /live.
func (s *Site) live(w http.ResponseWriter, r *http.Request) {
	address, session, ok := s.visitor(w, r)
	if !ok {
		return
	}
	v := &viewer{site: s, owner: endpoint.Owner(session), news: make(chan struct{}, 1), gone: make(chan struct{})}
	s.admit(w, r, address, &session, v.owner, &endpoint.Kind{
		Name:     "/live",
		Protocol: protocol.Config{Role: protocol.RoleServer, Fatal: protocol.Strict(), MaxMessage: liveCommand},
		Rate:     s.liveRate,
		Opened:   v.opened,
		Message:  v.message,
	}, v.leave)
}

func (v *viewer) wake() {
	select {
	case v.news <- struct{}{}:
	default: // it is awake
	}
}

// opened begins to send.
func (v *viewer) opened(c *endpoint.Conn) {
	v.group = v.site.newGroup(v.owner, v.wake)
	v.wake()
	if !v.site.watch.enter(v, func() { v.run(c) }) {
		c.Close(protocol.StatusTryAgainLater, "too many viewers")
	}
}

// leave is called when the connection has ended, or never began.
func (v *viewer) leave() {
	close(v.gone)
	if v.group != nil {
		v.group.End()
	}
	v.site.watch.leave(v)
}

// run sends a message whenever there is news.
func (v *viewer) run(c *endpoint.Conn) {
	defer c.Recover()
	for first := true; ; first = false {
		select {
		case <-v.news:
		case <-v.gone:
			return
		}
		if said := v.group.Said(); said != nil && !v.send(c.Push, refusal(said)) {
			return
		}
		if !v.send(c.Push, v.compose(first)) {
			return
		}
		select {
		case <-time.After(liveGap):
		case <-v.gone:
			return
		}
	}
}

// message takes a command.
func (v *viewer) message(c *endpoint.Conn, m protocol.Event) {
	if m.Opcode != protocol.OpcodeText {
		c.Close(protocol.StatusUnsupportedData, "expected a text message, found "+m.Opcode.String())
		return
	}
	if err := v.follow(m.Payload); err != nil {
		v.send(func(opcode protocol.Opcode, text []byte) bool { c.Send(opcode, text); return true }, refusal(err))
	}
	v.wake()
}

// liveRefusal says why a command was not followed, or not to its end.
type liveRefusal struct {
	Refused string `json:"refused"`
}

func refusal(why error) liveRefusal { return liveRefusal{sentence(why.Error())} }

// send sends a message by the given way and reports whether the viewer is there
// still.
func (v *viewer) send(by func(protocol.Opcode, []byte) bool, message any) bool {
	text, err := json.Marshal(message)
	if err != nil {
		v.site.log.Error("composing a message of /live", "error", err)
		return false
	}
	return by(protocol.OpcodeText, text)
}

// follow does what a command says.
func (v *viewer) follow(text []byte) error {
	var command struct {
		Open  *int  `json:"open"`
		Close *bool `json:"close"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&command)
	if err == nil {
		if _, behind := decoder.Token(); behind != io.EOF {
			err = errors.New("found more behind it")
		}
	}
	switch {
	case err != nil:
		// The error may quote what was sent.
		return errCommand
	case command.Open != nil && command.Close == nil:
		return v.group.Open(*command.Open)
	case command.Close != nil && *command.Close && command.Open == nil:
		v.group.Close()
		return nil
	}
	return errCommand
}

var errCommand = errors.New(`expected {"open": 500}, with any number above 0, or {"close": true}`)

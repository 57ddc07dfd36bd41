package wire

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"framecraft/protocol"
)

// The player. One goroutine, the one that calls Play, takes the steps in their
// order and writes; a second one reads all the time, records what it reads and
// follows it. They meet in the player's mutex. Whatever ends a play (the last
// step, a limit, the caller's context, a failure) cancels one context, which
// ends every waiting; then TCP is closed, which ends the reading.
//
// To add a kind of step: its branch in take, and a row in the tests.

// Command tells a paused play to go on.
type Command uint8

const (
	// CommandStep: take one step.
	CommandStep Command = iota
	// CommandGo: take all the others.
	CommandGo
)

// Options say how a scenario is played.
type Options struct {
	Dialer *Dialer
	Limits Limits
	// Listener is where the player of a server waits for its client; without one
	// it is the built-in client. It stays open.
	Listener *net.TCPListener
	// Commands makes the play begin paused: in front of every step it waits for
	// a command. Closing the channel is CommandGo.
	Commands <-chan Command
	// Waiting is called with the line of the step in front of which a play waits.
	Waiting func(line int)
}

// Result is what came of a play.
type Result struct {
	// Connected: there was a connection to play on.
	Connected bool
	// Met and Unmet count expectations. Those that a play did not reach are unmet.
	Met, Unmet int
	// Sent and Received count bytes.
	Sent, Received int
	// Stopped is why the play ended before its last step, if it did.
	Stopped error
	// Transcript is all that was recorded.
	Transcript protocol.Transcript
}

// ErrStopped is the cause to cancel a context with when a person has had enough.
var ErrStopped = errors.New("stopped by the user")

// Play plays a scenario. Every entry goes to the sink the moment it is recorded,
// one at a time and in their order; the sink must not wait for anything. The
// error is for a play that did not begin: a target that is not allowed (a
// *ForbiddenError) or does not fit the scenario's role. All that happens later
// stands in the transcript.
func Play(ctx context.Context, s *protocol.Scenario, t Target, options Options, sink func(protocol.Entry)) (Result, error) {
	if err := fits(s, t, &options); err != nil {
		return Result{}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(options.Limits.Time, func() { cancel(options.Limits.timeOver()) })
	defer timer.Stop()
	p := &player{
		scenario: s,
		target:   t,
		options:  &options,
		cancel:   cancel,
		news:     make(chan struct{}, 1),
		commands: options.Commands,
		pongs:    true,
	}
	p.rec = recorder{limits: &options.Limits, start: time.Now(), sink: sink}
	p.in = newFollower(s.Role.Peer(), options.Limits.Bytes, p.arrive)
	p.out = newFollower(s.Role, options.Limits.Bytes, p.sent)
	if err := p.open(ctx); errors.As(err, new(*ForbiddenError)) {
		return Result{}, err
	} else if err != nil {
		p.failed(ctx, err)
	} else {
		p.result.Connected = true
		p.run(ctx)
	}
	if panicked := p.panicked.Load(); panicked != nil {
		panic(panicked)
	}
	p.result.Transcript.Entries = p.rec.entries
	return p.result, nil
}

// fits reports whether the target is one for the scenario.
func fits(s *protocol.Scenario, t Target, options *Options) error {
	server, listens := s.Role == protocol.RoleServer, options.Listener != nil
	switch {
	case server && !listens && t.Kind != TargetClient:
		return fmt.Errorf("the scenario has the role server, and %s is no client; expected the target client", t)
	case !server && (listens || t.Kind == TargetClient):
		return errors.New("the scenario has the role client, and so has the other side; expected the target echo, ws:// or wss://, or the line role server")
	}
	// A frame that could not be sent whole is not made either.
	for i := range s.Steps {
		if step, limit := &s.Steps[i], options.Limits.Bytes; step.Draft.Len() > limit {
			return fmt.Errorf("line %d: found %d bytes, expected at most %d, the limit for one play", step.Line, step.Draft.Len(), limit)
		}
	}
	if server {
		return nil
	}
	return options.Dialer.Admit(t)
}

// player is one play.
type player struct {
	scenario *protocol.Scenario
	target   Target
	options  *Options
	cancel   context.CancelCauseFunc
	// news has something in it when something has arrived.
	news     chan struct{}
	commands <-chan Command // nil once nobody waits for any
	conn     *conn
	tasks    sync.WaitGroup // the reader, and the built-in client
	panicked atomic.Pointer[PanicError]

	// Of the goroutine that takes the steps.
	chop int
	// distance is how long connecting took.
	distance time.Duration
	closed   bool // this side sends no more
	told     bool // that this side sends no more
	result   Result

	mu  sync.Mutex
	rec recorder
	// in follows the peer, out this side.
	in, out *follower
	// arrivals wait for an expectation; lastEnd is where the last one ended.
	arrivals []arrival
	lastEnd  int
	// quietFrom is from where on bytes break a silence.
	quietFrom int
	// peerDone: nothing more will arrive.
	peerDone bool
	// peerFIN and peerRST are how it ended, if it did.
	peerFIN, peerRST bool
	closing          bool // the connection is being closed from here
	pongs            bool
	// owed are the payloads of pings that wait for their pong.
	owed   [][]byte
	judged judged
}

// add records an entry, and ends the play if a limit is reached.
func (p *player) add(e protocol.Entry) {
	if e.At == 0 {
		e.At = p.rec.now()
	}
	if err := p.rec.add(e); err != nil {
		p.cancel(err)
	}
}

// stopped records why the play ends early.
func (p *player) stopped(cause error) {
	p.result.Stopped = cause
	p.rec.put(protocol.Entry{At: p.rec.now(), Kind: protocol.EntryStop, Note: cause.Error()})
}

// notReached counts the expectations from a step on as unmet.
func (p *player) notReached(from int) {
	for i := range p.scenario.Steps[from:] {
		if step := &p.scenario.Steps[from+i]; step.Kind == protocol.StepExpect {
			p.recordExpect(step.Line, false, "not reached")
		}
	}
}

// run takes all steps and closes the connection.
func (p *player) run(ctx context.Context) {
	// Whoever waits in a read or a write stops waiting when the play is over.
	release := context.AfterFunc(ctx, func() { _ = p.conn.tcp.SetDeadline(time.Unix(1, 0)) })
	defer func() {
		release()
		p.conn.close()
		p.cancel(nil)
		p.tasks.Wait()
	}()
	p.task(p.read)
	taken := 0
	for taken < len(p.scenario.Steps) && p.take(ctx, &p.scenario.Steps[taken]) {
		taken++
	}
	if taken == len(p.scenario.Steps) {
		p.linger(ctx)
	}
	p.finish(ctx, taken)
}

// finish records how the play ends, with so many of its steps taken.
func (p *player) finish(ctx context.Context, taken int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closing = true
	switch {
	case ctx.Err() != nil:
		p.stopped(context.Cause(ctx))
	case p.peerFIN && !p.peerRST && !p.closed:
		// The other side has ended TCP, and this one does so now.
		p.rec.put(protocol.Entry{At: p.rec.now(), From: p.scenario.Role, Kind: protocol.EntryEnd})
	case !p.peerDone:
		p.rec.put(protocol.Entry{At: p.rec.now(), Kind: protocol.EntryStop, Note: "the scenario is over"})
	}
	p.notReached(taken)
}

// PanicError is a panic in a goroutine of a play. Play panics with it.
type PanicError struct{ Stack string }

func (e *PanicError) Error() string { return "a panic in\n" + e.Stack }

// task runs f in a goroutine of the play. A panic there is one of Play's caller,
// who can recover from it.
func (p *player) task(f func()) {
	p.tasks.Go(func() {
		defer func() {
			if recover() != nil { // the value may hold a payload; the stack says enough
				p.panicked.CompareAndSwap(nil, &PanicError{string(debug.Stack())})
				p.cancel(errPanic)
			}
		}()
		f()
	})
}

var errPanic = errors.New("the player failed")

// take takes one step and reports whether the play goes on.
func (p *player) take(ctx context.Context, step *protocol.Step) bool {
	if step.Kind == protocol.StepComment || step.Kind == protocol.StepRole {
		return true
	}
	if !p.waitForCommand(ctx, step) {
		return false
	}
	if step.Kind != protocol.StepPong {
		p.payPongs(ctx)
	}
	switch step.Kind {
	case protocol.StepHandshake:
		return p.handshake(ctx, step)
	case protocol.StepFrame:
		p.send(ctx, step.Line, step.Draft.AppendTo(nil, randomKey()))
	case protocol.StepWait:
		p.wait(ctx, time.Duration(step.Duration))
		p.mu.Lock()
		p.quietFrom = p.seen()
		p.mu.Unlock()
	case protocol.StepChop:
		p.chop = step.Chop
	case protocol.StepEnd:
		p.end(step.Line, protocol.EntryEnd, p.conn.end)
	case protocol.StepReset:
		p.end(step.Line, protocol.EntryReset, p.conn.reset)
	case protocol.StepPong:
		p.mu.Lock()
		p.pongs = step.On
		p.mu.Unlock()
	case protocol.StepExpect:
		return p.expect(ctx, step)
	}
	return ctx.Err() == nil
}

// waitForCommand waits in front of a step while the play is paused.
func (p *player) waitForCommand(ctx context.Context, step *protocol.Step) bool {
	if p.commands == nil {
		return ctx.Err() == nil
	}
	if p.options.Waiting != nil {
		p.options.Waiting(step.Line)
	}
	for {
		select {
		case <-ctx.Done():
			return false
		case <-p.news:
			p.payPongs(ctx)
		case command, open := <-p.commands:
			if command == CommandGo || !open {
				p.commands = nil
			}
			return true
		}
	}
}

// Why a rest ended.
type restEnd uint8

const (
	restOver restEnd = iota // the play is over
	restTimer
	restArrived
)

// rest lets time pass until something arrives, a timer runs out or the play is
// over. Pongs go out meanwhile.
func (p *player) rest(ctx context.Context, timer <-chan time.Time) restEnd {
	p.payPongs(ctx)
	select {
	case <-ctx.Done():
		return restOver
	case <-timer:
		return restTimer
	case <-p.news:
		p.payPongs(ctx)
		return restArrived
	}
}

// wait lets a time pass.
func (p *player) wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for p.rest(ctx, timer.C) == restArrived {
	}
}

// linger goes on reading behind the last step, until TCP is over or nothing has
// come for a while.
func (p *player) linger(ctx context.Context) {
	limits := &p.options.Limits
	last := time.Now().Add(limits.Linger)
	// Answers from far away take longer.
	longest := max(limits.Quiet, 4*p.distance)
	for quiet := min(longest, limits.Linger); quiet > 0 && !p.done(); quiet = min(longest, time.Until(last)) {
		timer := time.NewTimer(quiet)
		end := p.rest(ctx, timer.C)
		timer.Stop()
		if end != restArrived {
			return
		}
	}
}

// done reports whether nothing more will arrive.
func (p *player) done() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.peerDone
}

// randomKey is a masking key that nobody can guess (RFC 6455, section 5.3).
func randomKey() protocol.MaskingKey {
	var b [4]byte
	_, _ = rand.Read(b[:]) // it never fails
	return protocol.MaskingKey(binary.BigEndian.Uint32(b[:]))
}

// randomHandshakeKey is the value of Sec-WebSocket-Key.
func randomHandshakeKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return base64.StdEncoding.EncodeToString(b[:])
}

package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/wire"
)

// /play is the page's second socket: it plays scenarios (package wire). The doors
// are those of /socket. Text goes both ways. The page says
//
//	play TARGET\nSCENARIO    play a scenario from its first step to its last
//	pause TARGET\nSCENARIO   the same, but wait in front of every step
//	step   go   stop         take one step; take all the others; end it
//
// and gets whole lines of a transcript, many in a message while much happens.
// Other lines are comments in the transcript's grammar:
//
//	# at 7                   the play waits in front of the step in line 7
//	# done met=3 unmet=0     the last line: how many expectations held
//	# refused WHY            nothing was played: a scenario that cannot be read (with
//	                         line and column), a target that is not allowed, a limit
//
// One scenario at a time is played on a socket, and it ends with the socket. Step,
// go and stop are not answered: they may cross the last line on their way.

const (
	// playFlush is how long lines are gathered before they are sent.
	playFlush = 20 * time.Millisecond
	// playMessage is how long a message with them may become.
	playMessage = 256 << 10
	// pausedTime is how long a play against a built-in target may take that waits
	// for a person.
	pausedTime = 10 * time.Minute
)

// player is one connection of /play. Its mutex is never held while something is
// sent: a connection that hands over a message has its own mutex locked.
type player struct {
	site    *Site
	session sessionID

	mu       sync.Mutex
	gone     bool
	cancel   context.CancelCauseFunc // of the play, nil without one
	commands chan wire.Command
}

// play is the door to /play.
func (s *Site) play(w http.ResponseWriter, r *http.Request) {
	address, session, ok := s.visitor(w, r)
	if !ok {
		return
	}
	p := &player{site: s, session: session}
	s.admit(w, r, address, &session, endpoint.Owner(session), &endpoint.Kind{
		Name:     "/play",
		Protocol: protocol.Config{Role: protocol.RoleServer, Fatal: protocol.Strict(), MaxMessage: protocol.CarrierLimit},
		Rate:     s.playRate,
		Message:  p.message,
	}, p.leave)
}

// message takes what the page says.
func (p *player) message(c *endpoint.Conn, m protocol.Event) {
	if m.Opcode != protocol.OpcodeText {
		c.Close(protocol.StatusUnsupportedData, "expected a text message, found "+m.Opcode.String())
		return
	}
	first, scenario, _ := strings.Cut(string(m.Payload), "\n")
	word, target, _ := strings.Cut(strings.TrimSuffix(first, "\r"), " ")
	var err error
	switch word {
	case "play", "pause":
		err = p.begin(c, strings.TrimSpace(target), scenario, word == "pause")
	case "step":
		p.command(wire.CommandStep)
	case "go":
		p.command(wire.CommandGo)
	case "stop":
		p.stop(wire.ErrStopped)
	default:
		err = errors.New("found neither play, pause, step, go nor stop in front of the first blank")
	}
	if err != nil {
		c.Send(protocol.OpcodeText, []byte("# refused "+oneLine(err.Error())+"\n"))
	}
}

// oneLine keeps a text from being more than the comment it is put in.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text)
}

// command hands a command to the play, if there is one.
func (p *player) command(command wire.Command) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cancel == nil {
		return
	}
	select {
	case p.commands <- command:
	default: // more than the play has taken by far
	}
}

// stop ends the play, if there is one.
func (p *player) stop(cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cancel != nil {
		p.cancel(cause)
	}
}

var errPageGone = errors.New("the page is gone")

// leave is called when the connection has ended.
func (p *player) leave() {
	p.mu.Lock()
	p.gone = true
	p.mu.Unlock()
	p.stop(errPageGone)
}

// begin reads what is to be played and starts the play.
func (p *player) begin(c *endpoint.Conn, targetText, scenarioText string, paused bool) error {
	target, err := wire.ParseTarget(targetText)
	if err != nil {
		return err
	}
	scenario, err := protocol.ParseScenario(scenarioText)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cancel != nil {
		return errors.New("this socket is playing a scenario; stop it or wait for its end")
	}
	if p.gone {
		return errPageGone
	}
	// A target that is not allowed costs no dial.
	if err := p.site.dialer.Admit(target); err != nil {
		p.site.logForbidden(err)
		return err
	}
	leave, err := p.site.plays.enter(p.session, !target.BuiltIn())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	p.cancel, p.commands = cancel, make(chan wire.Command, 64)
	options := wire.Options{Dialer: p.site.dialer, Limits: p.site.playLimits}
	if paused {
		options.Commands = p.commands
		if target.BuiltIn() {
			options.Limits.Time = max(options.Limits.Time, pausedTime)
		}
	}
	p.site.playing.Go(func() {
		defer cancel(nil)
		p.run(ctx, c, scenario, target, options, leave)
	})
	return nil
}

// run plays and reports. Leave gives the place back.
func (p *player) run(ctx context.Context, c *endpoint.Conn, scenario *protocol.Scenario, target wire.Target, options wire.Options, leave func()) {
	lines := newLineSender(c, p.site.playFlush, func() { p.stop(errPageGone) })
	last, outcome := "# refused the server failed\n", "failed"
	ends := p.site.metrics.PlayBegins(kindOf(target))
	defer func() {
		if value := recover(); value != nil {
			// The value may hold a payload; the stack says enough.
			stack := string(debug.Stack())
			if elsewhere, ok := value.(*wire.PanicError); ok {
				stack = elsewhere.Stack
			}
			p.site.metrics.Panicked()
			p.site.log.Error("panic while playing", "stack", stack)
		}
		ends(outcome)
		// Whoever reads the last line may play again.
		p.mu.Lock()
		p.cancel = nil
		p.mu.Unlock()
		leave()
		lines.add([]byte(last))
		lines.close()
	}()
	options.Waiting = func(line int) { lines.add([]byte("# at " + strconv.Itoa(line) + "\n")) }
	begin := time.Now()
	result, err := p.site.perform(ctx, scenario, target, options, func(e protocol.Entry) { lines.add(append(e.AppendTo(nil), '\n')) })
	if err != nil {
		p.site.logForbidden(err)
		last, outcome = "# refused "+oneLine(err.Error())+"\n", "refused"
		return
	}
	outcome = outcomeOf(&result)
	last = "# done met=" + strconv.Itoa(result.Met) + " unmet=" + strconv.Itoa(result.Unmet) + "\n"
	p.site.logPlayed(target, &result, time.Since(begin))
}

// logForbidden writes down where a target led that is not allowed.
func (s *Site) logForbidden(err error) {
	if forbidden := (*wire.ForbiddenError)(nil); errors.As(err, &forbidden) {
		s.metrics.DialRefused()
		attributes := []any{"target", forbidden.Target}
		if forbidden.Address.IsValid() {
			attributes = append(attributes, "address", forbidden.Address.String())
		}
		s.log.Warn("target refused", attributes...)
	}
}

// kindOf and outcomeOf are what the metrics call a target and the end of a play.
func kindOf(target wire.Target) string {
	if target.BuiltIn() {
		return target.Kind.String()
	}
	return "outside"
}

func outcomeOf(result *wire.Result) string {
	switch {
	case result.Stopped != nil:
		return "stopped"
	case !result.Connected:
		return "unconnected"
	case result.Unmet > 0:
		return "unmet"
	}
	return "met"
}

// logPlayed writes the line about a play that has ended: for what went out into
// the world it is always worth one.
func (s *Site) logPlayed(target wire.Target, result *wire.Result, lasted time.Duration) {
	level, name := slog.LevelDebug, target.Kind.String()
	if !target.BuiltIn() {
		level, name = slog.LevelInfo, target.Address()
	}
	attributes := []slog.Attr{
		slog.String("target", name), slog.Bool("connected", result.Connected),
		slog.Int("met", result.Met), slog.Int("unmet", result.Unmet),
		slog.Int("bytes_sent", result.Sent), slog.Int("bytes_received", result.Received),
		slog.Duration("lasted", lasted.Round(time.Millisecond)),
	}
	if result.Stopped != nil {
		attributes = append(attributes, slog.String("reason", result.Stopped.Error()))
	}
	s.log.LogAttrs(context.Background(), level, "scenario played", attributes...)
}

// lineSender sends lines in batches, from a goroutine of its own: whoever adds a
// line never waits. What it gathers is bounded by the limits of a play.
type lineSender struct {
	conn  *endpoint.Conn
	flush time.Duration // how long lines are gathered
	gone  func()        // is called when nothing can be sent any more

	mu     sync.Mutex
	lines  []byte
	closed bool
	news   chan struct{}
	done   sync.WaitGroup
}

func newLineSender(c *endpoint.Conn, flush time.Duration, gone func()) *lineSender {
	l := &lineSender{conn: c, flush: flush, gone: gone, news: make(chan struct{}, 1)}
	l.done.Go(l.run)
	return l
}

// add adds a line with its newline.
func (l *lineSender) add(line []byte) {
	l.mu.Lock()
	l.lines = append(l.lines, line...)
	l.mu.Unlock()
	l.wake()
}

// close sends what is left and waits until that is done.
func (l *lineSender) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.wake()
	l.done.Wait()
}

func (l *lineSender) wake() {
	select {
	case l.news <- struct{}{}:
	default: // it is awake
	}
}

func (l *lineSender) run() {
	defer l.conn.Recover()
	for closed := false; !closed; {
		<-l.news
		l.mu.Lock()
		lines := l.lines
		l.lines, closed = nil, l.closed
		l.mu.Unlock()
		for len(lines) > 0 {
			message := firstLines(lines)
			lines = lines[len(message):]
			if !l.conn.Push(protocol.OpcodeText, message) {
				l.gone()
				return
			}
		}
		if !closed {
			time.Sleep(l.flush)
		}
	}
}

// firstLines returns as many whole lines as one message takes, at least one.
func firstLines(lines []byte) []byte {
	if len(lines) <= playMessage {
		return lines
	}
	end := bytes.LastIndexByte(lines[:playMessage], '\n')
	if end < 0 {
		end = playMessage + bytes.IndexByte(lines[playMessage:], '\n')
	}
	return lines[:end+1]
}

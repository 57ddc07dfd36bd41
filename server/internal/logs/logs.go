// Package logs makes the server's log. What it says is up to those who write to
// it; this package holds what is true of every line:
//
//   - It is text (logfmt) or JSON, one line a record. In JSON a duration is a number
//     of seconds.
//   - It has a bound. A server on the open network is talked to by whoever likes,
//     and whoever can make it write lines could fill a disk with them. So only so
//     many lines with one message are written a second; the next one says how many
//     were left out (suppressed). The metrics count all of them.
//   - It names nobody. Addresses are cut to their network unless the operator wants
//     them whole, or not at all (address.go).
//
// No line has payload, a header's value, a subprotocol, a query or a cookie. Reasons
// that are written down are this server's own sentences.
package logs

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"framecraft/server/internal/bucket"
)

// Options are what a log is made of.
type Options struct {
	// JSON makes every line an object; otherwise it is text.
	JSON bool
	// Debug also writes what nobody has to know.
	Debug bool
}

// lines is how many of one message there are.
var lines = bucket.Rate{Tokens: 10, Per: time.Second, Burst: 200}

// New returns a log that writes to w.
func New(w io.Writer, o Options) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if o.Debug {
		options.Level = slog.LevelDebug
	}
	var to slog.Handler = slog.NewTextHandler(w, options)
	if o.JSON {
		options.ReplaceAttr = inSeconds
		to = slog.NewJSONHandler(w, options)
	}
	began := time.Now()
	return slog.New(&limiter{to, &messages{
		clock: func() time.Duration { return time.Since(began) },
		known: map[string]*message{},
	}})
}

func inSeconds(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		return slog.Float64(a.Key, a.Value.Duration().Seconds())
	}
	return a
}

// limiter leaves out what is too much. What is below Info has been asked for and
// passes.
type limiter struct {
	slog.Handler
	messages *messages
}

// messages are known by their text, which is a constant of the program, so there
// are few.
type messages struct {
	clock func() time.Duration
	mu    sync.Mutex
	known map[string]*message
}

type message struct {
	bucket     bucket.Bucket
	suppressed int
}

// pass reports whether another line may be written, and how many were not since the
// last one.
func (m *messages) pass(text string) (suppressed int, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := m.known[text]
	if known == nil {
		known = &message{}
		m.known[text] = known
	}
	if _, ok := known.bucket.TryTake(m.clock(), lines); !ok {
		known.suppressed++
		return 0, false
	}
	suppressed, known.suppressed = known.suppressed, 0
	return suppressed, true
}

func (l *limiter) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelInfo {
		suppressed, ok := l.messages.pass(r.Message)
		if !ok {
			return nil
		}
		if suppressed > 0 {
			r.AddAttrs(slog.Int("suppressed", suppressed))
		}
	}
	return l.Handler.Handle(ctx, r)
}

func (l *limiter) WithAttrs(attributes []slog.Attr) slog.Handler {
	return &limiter{l.Handler.WithAttrs(attributes), l.messages}
}

func (l *limiter) WithGroup(name string) slog.Handler {
	return &limiter{l.Handler.WithGroup(name), l.messages}
}

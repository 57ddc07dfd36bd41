package endpoint

import (
	"context"
	"log/slog"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/logs"
)

// How connections end, for whoever writes logs and counts: Upgrade's leave is told.

// A Limit is one of this endpoint's that can end a connection.
type Limit uint8

const (
	LimitNone Limit = iota
	LimitMessageSize
	LimitMessageRate
	LimitPingRate
	LimitFirstFrame
	LimitFrameTime
	LimitMessageTime
	LimitPongTime
	LimitWriteTime
	LimitClosingTime
	LimitHeld
)

var limitNames = [...]string{
	"", "message-size", "message-rate", "ping-rate", "first-frame", "frame-time", "message-time", "pong-time", "write-time", "closing-time", "held",
}

func (l Limit) String() string { return limitNames[l] }

// Ending is how one connection has ended. Nothing in it is what the peer wrote.
type Ending struct {
	// ID and Route are those of Info.
	ID    uint64
	Route string
	// Code is the status code, as Totals.ClosedBy has it before it sorts them.
	Code protocol.StatusCode
	// Rule is the rule that the peer had broken, "" for none.
	Rule string
	// Limit is what the peer ran into, if it did.
	Limit Limit
	// Reason is why this side ended the connection, in a sentence, "" where it was
	// the peer or the end of the server.
	Reason string
	// Panicked says that a bug ended it. The endpoint has logged the stack.
	Panicked bool
	Counts
	Lasted time.Duration
	// Err is what went wrong when the socket was closed.
	Err error
}

// Orderly reports whether nobody did anything wrong.
func (e *Ending) Orderly() bool {
	return e.Rule == "" && e.Limit == LimitNone && e.Reason == "" && !e.Panicked && e.Err == nil
}

// Log writes one line, with what else there is to say. Of a connection that has
// ended in good order it is for debugging.
func (e *Ending) Log(log *slog.Logger, more ...slog.Attr) {
	level := slog.LevelInfo
	if e.Orderly() {
		level = slog.LevelDebug
	}
	if !log.Enabled(context.Background(), level) {
		return
	}
	attributes := []slog.Attr{
		slog.Uint64("id", e.ID), slog.String("route", e.Route), slog.Int("code", int(e.Code)),
		slog.Uint64("messages_in", e.MessagesIn), slog.Uint64("messages_out", e.MessagesOut),
		slog.Uint64("frames_in", e.FramesIn), slog.Uint64("frames_out", e.FramesOut),
		slog.Uint64("bytes_in", e.BytesIn), slog.Uint64("bytes_out", e.BytesOut),
		slog.Duration("lasted", e.Lasted.Round(time.Millisecond)),
	}
	for _, part := range []struct{ name, text string }{
		{"rule", e.Rule}, {"limit", e.Limit.String()}, {"reason", e.Reason},
	} {
		if part.text != "" {
			attributes = append(attributes, slog.String(part.name, part.text))
		}
	}
	if e.Err != nil {
		attributes = append(attributes, slog.String("error", logs.Unplaced(e.Err)))
	}
	log.LogAttrs(context.Background(), level, "connection ended", append(attributes, more...)...)
}

// ending is called once everything is published.
func (c *Conn) ending(closeError error) *Ending {
	e := &Ending{
		ID: c.id, Route: c.kind.Name, Code: c.code, Limit: c.limit, Reason: c.reason, Panicked: c.panicked,
		Counts: c.figures.Counts, Lasted: c.endpoint.now() - c.opened, Err: closeError,
	}
	if c.broke {
		e.Rule = c.rule.String()
	}
	return e
}

// closeFor closes a connection whose peer ran into a limit.
func (c *Conn) closeFor(limit Limit, reason string) {
	if c.work.protocol.State() == protocol.StateOpen {
		c.limit = limit
		c.Close(protocol.StatusPolicyViolation, reason)
	}
}

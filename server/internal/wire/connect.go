package wire

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"framecraft/protocol"
)

// How a play gets its connection, and what becomes of one that gets none: the
// reason is an entry like all others.

// openError is why there is no connection to play on.
type openError struct {
	what  string // that failed: "" for TCP
	err   error
	limit time.Duration // of the connecting
}

func (e *openError) Error() string {
	if errors.Is(e.err, context.DeadlineExceeded) || errors.Is(e.err, os.ErrDeadlineExceeded) {
		return fmt.Sprintf("%sno connection within %v", e.what, e.limit)
	}
	return e.what + describe(e.err)
}

func (e *openError) Unwrap() error { return e.err }

// open connects, or waits for the client.
func (p *player) open(ctx context.Context) (err error) {
	if p.options.Listener != nil {
		// Somebody has to start that client first.
		p.conn, err = accept(ctx, p.options.Listener)
		if err != nil {
			return &openError{"", err, p.options.Limits.Time}
		}
	}
	limit := p.options.Limits.Connect
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	switch {
	case p.conn != nil:
	case p.scenario.Role == protocol.RoleServer:
		p.conn, err = p.openClient(ctx)
	default:
		p.conn, err = p.options.Dialer.dial(ctx, p.target)
	}
	if err != nil {
		return &openError{"", err, limit}
	}
	p.distance = time.Since(p.rec.start)
	p.rec.start = time.Now()
	p.rec.put(protocol.Entry{From: protocol.RoleClient, Kind: protocol.EntryOpen, Note: p.addresses()})
	if p.target.Kind == TargetTLS {
		if err := p.options.Dialer.secure(ctx, p.conn, p.target); err != nil {
			p.conn.close()
			return &openError{"TLS: ", err, limit}
		}
	}
	return nil
}

// addresses are those of the client and the server.
func (p *player) addresses() string {
	here, there := p.conn.tcp.LocalAddr(), p.conn.tcp.RemoteAddr()
	if p.scenario.Role == protocol.RoleServer {
		here, there = there, here
	}
	return fmt.Sprintf("%v %v", here, there)
}

// failed records that there was no connection to play on.
func (p *player) failed(ctx context.Context, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() != nil {
		p.stopped(context.Cause(ctx))
	} else {
		p.add(protocol.Entry{From: p.scenario.Role, Kind: protocol.EntryFailed, Note: err.Error()})
	}
	p.notReached(0)
}

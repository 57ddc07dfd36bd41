package wire

import (
	"context"
	"fmt"
	"time"

	"framecraft/protocol"
)

// The handshake of a scenario: the legal head for this very connection, with
// what the step changes of it. A client sends its request and goes on; a server
// has to have read one first, since its response proves that.

// handshake sends the head and reports whether the play goes on.
func (p *player) handshake(ctx context.Context, step *protocol.Step) bool {
	var head []byte
	if p.scenario.Role == protocol.RoleClient {
		head = step.Handshake.AppendRequest(nil, p.target.Authority, p.target.Resource, randomHandshakeKey())
	} else {
		request := p.request(ctx, step)
		if request == nil {
			return false
		}
		key, _ := request.Value("Sec-WebSocket-Key")
		head = step.Handshake.AppendResponse(nil, key)
	}
	p.send(ctx, step.Line, head)
	return ctx.Err() == nil
}

// request waits for the client's request. Without one the play is over.
func (p *player) request(ctx context.Context, step *protocol.Step) *protocol.Head {
	patience := p.options.Limits.Expect
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		p.mu.Lock()
		head, done := p.in.whole, p.peerDone
		p.mu.Unlock()
		if head != nil {
			return head
		}
		if done {
			p.cancel(limitError(fmt.Sprintf("line %d: found the end of TCP, expected a request", step.Line)))
			return nil
		}
		switch p.rest(ctx, timer.C) {
		case restOver:
			return nil
		case restTimer:
			p.cancel(limitError(fmt.Sprintf("line %d: found no request within %v", step.Line, patience)))
			return nil
		}
	}
}

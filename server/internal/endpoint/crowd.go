package endpoint

import (
	"fmt"

	"framecraft/protocol"
)

// Each connection has limits of its own, and together they may still hold more
// than the machine has: a message of which all but the end has come, an answer that
// waits. So there is a limit of all as well, Limits.Held. Beyond it whoever wants more
// than a small share is told to try again later, and what it held is given back at
// once; whoever sends short messages does not notice.
//
// The sum is kept where the totals are: a few numbers, each under its own mutex,
// that are read only when a connection has grown.

// heldShare is what a connection may hold whatever the others do.
const heldShare = 64 << 10

// held is how many bytes of buffers all connections have.
func (e *Endpoint) held() (all int64) {
	for i := range e.tallies {
		t := &e.tallies[i]
		t.mu.Lock()
		all += t.held
		t.mu.Unlock()
	}
	return all
}

// shed ends the connection if it takes more at a time when all together have too
// much, and reports whether it did.
func (c *Conn) shed() bool {
	if c.broken {
		return false
	}
	limit := c.endpoint.limits.Held
	grown := int64(c.holds()) - int64(c.figures.held)
	if limit == 0 || grown <= 0 || c.holds() <= heldShare || c.endpoint.held()+grown <= limit {
		return false
	}
	reason := fmt.Sprintf("more than %d bytes are held for all", limit)
	// Whoever goes on sending behind our Close frame has been told why already.
	if c.work.protocol.State() == protocol.StateOpen {
		c.code, c.limit, c.reason = protocol.StatusTryAgainLater, LimitHeld, reason
	}
	c.work.protocol.Fail(protocol.StatusTryAgainLater, reason, 0)
	return true
}

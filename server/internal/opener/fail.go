package opener

import (
	"errors"
	"runtime/debug"

	"framecraft/protocol"
)

var errFailed = errors.New("the server failed at this; its log says where")

// fail is deferred by the goroutine: a panic there is told to Config.Panicked, ends
// the connections of this group and no others, and gives their places back.
func (g *Group) fail() {
	if recover() == nil { // the value may hold what was sent; the stack says enough
		return
	}
	stack := debug.Stack()
	for _, c := range g.clients {
		_ = c.tcp.Close()
	}
	g.mu.Lock()
	g.opener.give(g.places())
	g.running, g.clients, g.next = false, nil, 0
	g.want, g.dialing, g.open, g.closing = 0, false, 0, protocol.StatusNone
	g.say(errFailed)
	if g.ended {
		g.opener.drop(g)
	}
	g.mu.Unlock()
	g.opener.panicked(stack)
	g.news()
}

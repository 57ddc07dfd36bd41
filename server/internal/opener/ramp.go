package opener

import (
	"errors"
	"fmt"
	"net/http"
	"syscall"

	"framecraft/protocol"
	"framecraft/server/internal/system"
)

// A ramp opens the connections in small steps, so that the server goes on serving
// everybody else. It ends when all are open, when the page goes, or at the first
// limit: then it says how far it came, what stopped it, and how to raise that.

// headroom is how many descriptors stay free for everybody else.
const headroom = 256

// ramp is one step: it opens n connections at most.
func (g *Group) ramp(n int) {
	o := g.opener
	o.step.Lock()
	defer o.step.Unlock()
	n, err := o.room(n)
	if err != nil {
		g.stop(0, err)
		return
	}
	for range n {
		if !g.begin() {
			return
		}
		c, err := g.connect()
		if err != nil {
			g.stop(1, err)
			return
		}
		g.clients = append(g.clients, c)
		g.opened()
	}
}

// begin notes that a connection is being opened, unless there is none to open.
func (g *Group) begin() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.want == 0 {
		return false
	}
	g.want--
	g.dialing = true
	return true
}

// opened counts a connection.
func (g *Group) opened() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dialing = false
	g.open++
	g.done++
	if g.want == 0 && g.closing == protocol.StatusNone {
		g.say(g.short)
	}
}

// stop ends the ramp early and gives the places back, of these so many of
// connections under way.
func (g *Group) stop(dialing int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opener.give(g.want + dialing)
	g.want, g.dialing = 0, false
	if g.closing == protocol.StatusNone {
		g.say(err)
	}
}

// say notes why a ramp has not opened all that was asked for; nil says nothing.
func (g *Group) say(err error) {
	if err != nil {
		g.said = fmt.Errorf("opened %d of %d: %w", g.done, g.asked, err)
	}
	g.told = -1
}

// room returns how many of n connections the limit of descriptors has room for.
// Each takes two, one at each end. The error says why there is none.
func (o *Opener) room(n int) (int, error) {
	open, limit, hard := o.descriptors()
	if !open.Known || !limit.Known {
		return n, nil // the dial says when there are none left
	}
	if left := (limit.Value - open.Value - headroom) / 2; left > 0 {
		return int(min(int64(n), left)), nil
	}
	return 0, &descriptorError{open.Value, limit, hard}
}

// descriptorError says that descriptors are used up. Open is 0 where it is the
// system that said so.
type descriptorError struct {
	open        int64
	limit, hard system.Fact
}

func (e *descriptorError) Error() string {
	text := "this process has no descriptors left"
	if e.open > 0 {
		text = fmt.Sprintf("this process has %d descriptors open, a connection takes two of them here, and %d stay free for others", e.open, headroom)
	}
	if !e.limit.Known || !e.hard.Known {
		return text
	}
	text += fmt.Sprintf("; it may have %d", e.limit.Value)
	if e.limit.Value < e.hard.Value {
		return text + fmt.Sprintf(", and `ulimit -n` raises that up to %d", e.hard.Value)
	}
	return text + ", and only an administrator raises that (`ulimit -Hn`, LimitNOFILE= of systemd)"
}

// connect opens one connection, from the next source that has a port left.
func (g *Group) connect() (*client, error) {
	o := g.opener
	for range o.sources {
		source := o.sources[g.source%len(o.sources)]
		g.source++
		c, err := o.connect(source, g.owner)
		switch refused := (*refusedError)(nil); {
		case err == nil:
			return c, nil
		case errors.Is(err, syscall.EMFILE):
			_, limit, hard := o.descriptors()
			return nil, &descriptorError{0, limit, hard}
		case errors.Is(err, syscall.ENFILE):
			return nil, errors.New("the system has no descriptors left (sysctl fs.file-max)")
		case errors.As(err, &refused) && refused.status == http.StatusServiceUnavailable:
			return nil, fmt.Errorf("%w (serve --max-connections)", err)
		case !errors.Is(err, syscall.EADDRNOTAVAIL) && !errors.Is(err, syscall.EADDRINUSE):
			// Others may have taken the descriptors, so that the server cannot accept.
			if _, full := o.room(1); full != nil {
				return nil, full
			}
			return nil, err
		}
	}
	text := fmt.Sprintf("no port is left at any of %d addresses from %v on", len(o.sources), firstSource)
	if low, high := system.PortRange(); low.Known && high.Known {
		text += fmt.Sprintf("; each has %d, %d to %d (sysctl net.ipv4.ip_local_port_range)", high.Value-low.Value+1, low.Value, high.Value)
	}
	return nil, errors.New(text)
}

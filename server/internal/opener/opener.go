package opener

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/system"
)

// Owner is whose connections they are, as package endpoint has it.
type Owner = endpoint.Owner

// Config says what may be opened.
type Config struct {
	// Limit is how many connections there may be of all groups together; 0 turns
	// opening off.
	Limit int
	// Off, if not empty, is why nothing may be opened.
	Off string
	// Listener is the address of the server's listener.
	Listener net.Addr
	// Shared says that other processes listen on it as well.
	Shared bool
	// Path is asked for in the handshake.
	Path string
	// Panicked is called with the stack of a panic that ended a group's
	// connections.
	Panicked func(stack []byte)
}

// Opener opens connections for groups. Close it with Shutdown.
type Opener struct {
	limit   int
	why     string
	target  netip.AddrPort
	path    string
	sources []netip.Addr
	running sync.WaitGroup // the groups' goroutines
	// panicked is Config.Panicked.
	panicked func(stack []byte)

	// step is held by the one group that opens a few connections at the moment,
	// so that the descriptors are counted right and the rate is that of all.
	step sync.Mutex
	// descriptors asks how many are open and how many may be.
	descriptors func() (open, limit, hard system.Fact)
	// rate, patience and the like are constants but for tests.
	times times

	mu     sync.Mutex
	taken  int // connections that are open or to be opened
	claims map[string]Owner
	groups map[*Group]struct{}
	closed bool
}

// times are how long things take.
type times struct {
	step  time.Duration // between two steps of a ramp
	visit time.Duration // between two visits to one connection
	close time.Duration // until a closing handshake is given up
	dial  time.Duration // until a connection that is being opened is given up
}

// perStep is how many connections a step opens: 1,000 a second.
const perStep = 10

// New returns an Opener.
func New(config Config) *Opener {
	o := &Opener{
		limit:    config.Limit,
		path:     config.Path,
		panicked: config.Panicked,
		descriptors: func() (open, limit, hard system.Fact) {
			limit, hard = system.DescriptorLimits()
			return system.Descriptors(), limit, hard
		},
		times:  times{step: 10 * time.Millisecond, visit: 4 * time.Second, close: 3 * time.Second, dial: 5 * time.Second},
		claims: map[string]Owner{},
		groups: map[*Group]struct{}{},
	}
	switch o.target, o.why = reach(config.Listener); {
	case config.Off != "":
		o.why = config.Off
	case config.Limit == 0:
		o.why = "the operator has turned this off (serve --open-limit)"
	case o.why != "":
	case config.Shared:
		o.why = "several processes share this port, and the system would hand the connections to any of them"
	default:
		if o.sources = findSources(); len(o.sources) == 0 {
			o.why = fmt.Sprintf("connections would come from %v, and this system has no such address; as root, ifconfig lo0 alias %v adds it", firstSource, firstSource)
		}
	}
	return o
}

// Limit is how many connections there may be.
func (o *Opener) Limit() int { return o.limit }

// Left is how many more there may be now, of all groups together.
func (o *Opener) Left() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.limit - o.taken
}

// Why says why none can be opened; it is empty where some can.
func (o *Opener) Why() string { return o.why }

// Sources is from how many addresses connections come.
func (o *Opener) Sources() int { return len(o.sources) }

// Claim reports whether a request from this TCP peer, as http.Request.RemoteAddr
// has it, comes from the opener, and for whom. It does so once for a connection.
func (o *Opener) Claim(remote string) (Owner, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	owner, ok := o.claims[remote]
	delete(o.claims, remote)
	return owner, ok
}

// expect notes a socket whose request is about to be sent; forget takes the note
// back, if it is there still.
func (o *Opener) expect(local string, owner Owner) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.claims[local] = owner
}

func (o *Opener) forget(local string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.claims, local)
}

// take takes places for as many of n connections as there are.
func (o *Opener) take(n int) (places int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	places = min(n, o.limit-o.taken)
	o.taken += places
	return places
}

// full says that no more places are left, to a group that has some of them.
func (o *Opener) full(own int) error {
	return fmt.Errorf("there may be %d such connections in all (serve --open-limit), and this page has %d of them", o.limit, own)
}

// give gives places back.
func (o *Opener) give(places int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taken -= places
}

// start lets a group's goroutine run, unless the end has come.
func (o *Opener) start(g *Group) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return false
	}
	o.running.Go(g.keep)
	return true
}

// Shutdown closes all connections in good order, cuts those whose server does not
// answer in time, and returns when there is none. From its beginning on none is
// opened.
func (o *Opener) Shutdown() {
	o.mu.Lock()
	o.closed = true
	groups := make([]*Group, 0, len(o.groups))
	for g := range o.groups {
		groups = append(groups, g)
	}
	o.mu.Unlock()
	for _, g := range groups {
		g.End()
	}
	o.running.Wait()
}

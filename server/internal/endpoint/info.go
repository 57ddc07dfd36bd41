package endpoint

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"
	"unsafe"
)

// Who sees which connections. Every connection belongs to an owner, or to nobody;
// the register finds those of one without visiting the others.

// Owner is whom a connection belongs to, such as a session; the zero Owner is
// nobody.
type Owner [16]byte

// Info is what can be said of a connection at one moment.
type Info struct {
	// ID counts the endpoint's connections, from 1.
	ID uint64
	// Route is the Kind's Name.
	Route string
	// FD is the file descriptor, or -1 where it is out of reach.
	FD            int
	Local, Remote netip.AddrPort
	Age           time.Duration
	// State is "open"; "closing" from the first Close frame on; "draining" when
	// everything is said and only the end of TCP is awaited.
	State string
	Counts
	// Memory is an estimate, in bytes of this process: the connection, what waits
	// for it, and the buffers that it held when it last did something.
	Memory int
}

// register is what the endpoint knows of its connections besides the
// connections; under its mutex.
type register struct {
	accepted uint64
	owners   map[Owner]*owned
	ended    endings
	tallies  [tallies]tally // each under its own mutex
}

// owned are the connections of one owner.
type owned struct {
	owner Owner
	conns []*Conn // every conn knows its ownedIndex
}

// enter takes note of a new connection.
func (r *register) enter(c *Conn, owner Owner) {
	r.accepted++
	c.id = r.accepted
	if owner != (Owner{}) {
		o := r.owners[owner]
		if o == nil {
			o = &owned{owner: owner}
			r.owners[owner] = o
		}
		c.owned, c.ownedIndex = o, int32(len(o.conns))
		o.conns = append(o.conns, c)
	}
	t := c.tally()
	t.mu.Lock()
	t.live[open]++
	t.mu.Unlock()
}

// quit forgets a connection that has ended.
func (r *register) quit(c *Conn) {
	r.ended.add(c)
	t := c.tally()
	t.mu.Lock()
	t.live[c.figures.state]--
	t.held -= int64(c.figures.held)
	t.mu.Unlock()
	o := c.owned
	if o == nil {
		return
	}
	last := len(o.conns) - 1
	o.conns[c.ownedIndex] = o.conns[last]
	o.conns[c.ownedIndex].ownedIndex = c.ownedIndex
	o.conns[last] = nil
	if o.conns = o.conns[:last]; last == 0 {
		delete(r.owners, o.owner)
	}
}

// Connections appends what can be said of the newest of the owner's connections,
// most at most, and returns how many there are in all. The newest come first, but
// a crowd (Kind.Crowd) behind all others. It waits for nobody: what a connection is
// in the middle of is not counted yet.
func (e *Endpoint) Connections(dst []Info, owner Owner, most int) (infos []Info, all int) {
	var conns []*Conn
	e.mu.Lock()
	if o := e.owners[owner]; o != nil {
		conns = append(conns, o.conns...)
	}
	e.mu.Unlock()
	slices.SortFunc(conns, func(a, b *Conn) int {
		if a.kind.Crowd != b.kind.Crowd {
			if a.kind.Crowd {
				return 1
			}
			return -1
		}
		return cmp.Compare(b.id, a.id)
	})
	for _, c := range conns[:min(most, len(conns))] {
		dst = append(dst, c.info())
	}
	return dst, len(conns)
}

func (c *Conn) info() Info {
	socket := c.socket()
	i := Info{
		ID:     c.id,
		Route:  c.kind.Name,
		FD:     socket.fd,
		Local:  socket.local,
		Remote: socket.remote,
		Age:    c.endpoint.now() - c.opened,
	}
	t := c.tally()
	t.mu.Lock()
	i.Counts, i.State = c.figures.Counts, c.figures.state.String()
	i.Memory = ownMemory + int(c.figures.held)
	t.mu.Unlock()
	if c.link.waiter != nil {
		i.Memory += waiterMemory
	}
	return i
}

const (
	// ownMemory is the connection, its places in the registry and with whoever has let
	// it in, and what the allocator rounds up; BenchmarkIdleConnections of package web
	// measures about as much.
	ownMemory = int(unsafe.Sizeof(Conn{})) + 300
	// waiterMemory is the smallest stack, and what Go keeps for every socket.
	waiterMemory = int(unsafe.Sizeof(waiter{})) + 2<<10 + 600
)

// descriptor returns the number of the file descriptor, or -1.
func descriptor(tcp net.Conn) int {
	fd := -1
	if socket, ok := tcp.(syscall.Conn); ok {
		if raw, err := socket.SyscallConn(); err == nil {
			// An error means that the connection is closed; there is none then.
			_ = raw.Control(func(found uintptr) { fd = int(found) })
		}
	}
	return fd
}

func addressOf(address net.Addr) netip.AddrPort {
	tcp, ok := address.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	found := tcp.AddrPort()
	return netip.AddrPortFrom(found.Addr().Unmap(), found.Port())
}

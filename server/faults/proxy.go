package faults

import (
	"io"
	"net"
	"sync"
	"time"
)

// Proxy hands bytes on between whoever connects to it and a target, by one flow
// up to the target and one down from it. All its connections follow the same two
// flows, which can be changed at any time.
type Proxy struct {
	listener net.Listener
	running  sync.WaitGroup

	mu     sync.Mutex
	target string
	plan   *plan
	links  map[*link]struct{} // nil when the proxy is closed
}

// plan is what all connections follow until it is replaced.
type plan struct {
	flows    [2]Flow // up to the target, down from it
	replaced chan struct{}
}

// link is one connection on both sides.
type link struct {
	proxy          *Proxy
	client, server *net.TCPConn
	ended          chan struct{}
	end            sync.Once
}

// half is one direction of a link.
type half struct {
	*link
	direction int // index of plan.flows
	from, to  *net.TCPConn
	queue     chan chunk
	plan      *plan
	meter     meter
	over      bool // the flow has ended; what still comes is dropped
}

// chunk is what one read gave, and when. Without bytes it is the end.
type chunk struct {
	bytes []byte
	at    time.Time
}

const (
	chunkSize = 16 << 10
	// queued chunks are what may be under way.
	queued = 64
)

// Listen starts a proxy on a free port of this machine.
func Listen(target string) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{
		listener: listener, target: target,
		plan:  &plan{replaced: make(chan struct{})},
		links: map[*link]struct{}{},
	}
	p.running.Go(p.accept)
	return p, nil
}

// Address is where the proxy listens.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Set makes all connections, also those there are, follow other flows. Bytes are
// counted from this moment on, and what a black hole has held up arrives.
func (p *Proxy) Set(up, down Flow) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.plan.replaced)
	p.plan = &plan{flows: [2]Flow{up, down}, replaced: make(chan struct{})}
}

// Aim makes later connections go to another target.
func (p *Proxy) Aim(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
}

// Links returns how many connections there are.
func (p *Proxy) Links() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.links)
}

// Cut resets all connections.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.stop(true)
	}
}

// Close ends the proxy with its connections.
func (p *Proxy) Close() error {
	err := p.listener.Close()
	p.mu.Lock()
	for l := range p.links {
		l.stop(true)
	}
	p.links = nil
	p.mu.Unlock()
	p.running.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		p.running.Go(func() { p.connect(client.(*net.TCPConn)) })
	}
}

// connect serves a client. Where the target takes no connection the client's is
// reset.
func (p *Proxy) connect(client *net.TCPConn) {
	p.mu.Lock()
	target := p.target
	p.mu.Unlock()
	server, err := net.Dial("tcp", target)
	if err != nil {
		abort(client)
		return
	}
	l := &link{proxy: p, client: client, server: server.(*net.TCPConn), ended: make(chan struct{})}
	p.mu.Lock()
	if p.links == nil {
		p.mu.Unlock()
		l.stop(true)
		return
	}
	p.links[l] = struct{}{}
	p.mu.Unlock()
	var halves sync.WaitGroup
	for direction, ends := range [2][2]*net.TCPConn{{l.client, l.server}, {l.server, l.client}} {
		h := &half{link: l, direction: direction, from: ends[0], to: ends[1], queue: make(chan chunk, queued)}
		halves.Go(h.read)
		halves.Go(h.write)
	}
	halves.Wait()
	l.stop(false)
	p.mu.Lock()
	delete(p.links, l)
	p.mu.Unlock()
}

// stop ends both sides, with a reset or in good order.
func (l *link) stop(reset bool) {
	l.end.Do(func() {
		close(l.ended)
		for _, conn := range []*net.TCPConn{l.client, l.server} {
			if reset {
				abort(conn)
			} else {
				_ = conn.Close()
			}
		}
	})
}

// read queues what comes. It stops when the queue is full, which is what the
// sender feels of a black hole.
func (h *half) read() {
	defer close(h.queue)
	for {
		room := make([]byte, chunkSize)
		n, err := h.from.Read(room)
		c := chunk{room[:n], time.Now()}
		if err != nil && err != io.EOF {
			// A reset is handed on as one; behind a black hole nobody learns of it.
			if h.wait(nil) {
				h.stop(true)
			}
			return
		}
		select {
		case h.queue <- c:
		case <-h.ended:
			return
		}
		if err == io.EOF {
			return
		}
	}
}

// write hands on what is queued.
func (h *half) write() {
	for c := range h.queue {
		for {
			h.follow()
			late := c.at.Add(h.meter.flow.Latency)
			if len(c.bytes) == 0 && (h.over || h.meter.flow.End != BlackHole || h.meter.room(1) > 0) {
				if !h.waitUntil(late) {
					return
				}
				_ = h.to.CloseWrite()
				break
			}
			n := h.meter.room(len(c.bytes))
			switch {
			case h.over:
				n = len(c.bytes)
			case n == 0:
				if !h.ending() {
					return
				}
				continue
			case !h.waitUntil(late) || !h.waitUntil(time.Now().Add(h.meter.flow.Pause)):
				return
			default:
				if h.replaced() {
					continue
				}
				if _, err := h.to.Write(c.bytes[:n]); err != nil {
					h.stop(true)
					return
				}
				h.meter.moved(n)
			}
			if c.bytes = c.bytes[n:]; len(c.bytes) == 0 {
				break
			}
		}
	}
}

// follow begins with the plan of the day.
func (h *half) follow() {
	h.proxy.mu.Lock()
	defer h.proxy.mu.Unlock()
	if h.plan != h.proxy.plan {
		h.plan = h.proxy.plan
		h.meter = newMeter(h.plan.flows[h.direction])
	}
}

func (h *half) replaced() bool {
	h.proxy.mu.Lock()
	defer h.proxy.mu.Unlock()
	return h.plan != h.proxy.plan
}

// ending does what is to happen behind the last byte of a flow, and reports
// whether the link goes on.
func (h *half) ending() bool {
	switch h.meter.flow.End {
	case HalfClose:
		h.over = true
		return h.to.CloseWrite() == nil
	case BlackHole:
		return h.wait(h.plan.replaced)
	}
	h.stop(true)
	return false
}

// wait waits until the channel is closed, and reports whether the link goes on.
// Without one it waits until the flow of this direction is no black hole.
func (h *half) wait(moment <-chan struct{}) bool {
	for moment == nil {
		h.proxy.mu.Lock()
		current := h.proxy.plan
		h.proxy.mu.Unlock()
		if current.flows[h.direction].End != BlackHole {
			return true
		}
		if !h.wait(current.replaced) {
			return false
		}
	}
	select {
	case <-moment:
		return true
	case <-h.ended:
		return false
	}
}

// waitUntil waits for a time, and reports whether the link goes on. Another plan
// ends the wait.
func (h *half) waitUntil(t time.Time) bool {
	left := time.Until(t)
	if left <= 0 {
		return true
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-h.plan.replaced:
	case <-h.ended:
		return false
	}
	return true
}

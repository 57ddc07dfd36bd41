package web

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Callers are TCP connections that are no WebSocket, or not yet: those that send a
// request, wait for an answer, or do nothing. Admission does not see them, and each
// costs a descriptor and a goroutine for as long as net/http is patient. So one
// address may have only so many at a time, and one too many is closed before it has
// said a word. A proxy calls for everybody, and is not counted.
type callers struct {
	limit   int
	exempt  []netip.Prefix
	refused func(address netip.Addr)

	mu        sync.Mutex
	addresses tally[netip.Prefix]
	now       func() time.Duration
}

// limitCallers lets the server close what is one too many; 0 is no limit.
func (s *Site) limitCallers(server *http.Server, limit int, exempt []netip.Prefix) {
	if limit == 0 {
		return
	}
	c := &callers{
		limit: limit, exempt: exempt,
		refused: func(address netip.Addr) {
			s.metrics.Refused("tcp", string(causeCallers))
			s.log.Info("refused", "route", "tcp", "cause", string(causeCallers), s.addressAttr(address))
		},
		addresses: newTally[netip.Prefix](), now: clock(time.Now),
	}
	server.ConnState = c.changed
}

// changed is net/http's hook. Every connection is new once, and once hijacked or
// closed.
func (c *callers) changed(tcp net.Conn, state http.ConnState) {
	if state != http.StateNew && state != http.StateHijacked && state != http.StateClosed {
		return
	}
	peer, err := netip.ParseAddrPort(tcp.RemoteAddr().String())
	address := peer.Addr().Unmap().WithZone("")
	if err != nil || contains(c.exempt, address) {
		return
	}
	if c.count(addressKey(address), state == http.StateNew) {
		return
	}
	c.refused(address)
	_ = tcp.Close() // net/http finds it closed
}

// count counts a connection in or out and reports whether it may stay.
func (c *callers) count(address netip.Prefix, comes bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.addresses.of(address, c.now())
	if !comes {
		e.live--
		return true
	}
	e.live++
	return e.live <= c.limit
}

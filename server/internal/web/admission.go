package web

import (
	"net/netip"
	"sync"
	"time"
)

// Admission decides how many live connections there may be: of one session, of
// one address, altogether. They are gauges, not rates: a place is taken when a
// connection begins and given back when it ends. Besides, one address may shake
// hands only so often.

// Counts are the limits; 0 means none.
type Counts struct {
	PerSession        int
	PerAddress        int
	Total             int
	HandshakesAMinute int
	// CallersPerAddress are TCP connections that are no WebSocket, or not yet.
	CallersPerAddress int
	// PlaysPerSession are live ones; DialsAMinute are those of a session.
	PlaysPerSession int
	DialsAMinute    int
}

// DefaultCounts are the limits unless the operator says otherwise.
func DefaultCounts() Counts {
	return Counts{PerSession: 8, PerAddress: 32, Total: 16_384, HandshakesAMinute: 30, PlaysPerSession: 2, DialsAMinute: 5}
}

// admission holds the gauges.
type admission struct {
	counts Counts
	now    func() time.Duration

	mu        sync.Mutex
	total     int
	sessions  tally[sessionID]
	addresses tally[netip.Prefix]
}

func newAdmission(counts Counts, now func() time.Time) *admission {
	return &admission{counts: counts, now: clock(now), sessions: newTally[sessionID](), addresses: newTally[netip.Prefix]()}
}

// addressKey is what counts as one address: an IPv4 address, or the /64 of an
// IPv6 address, which is what one customer gets.
func addressKey(address netip.Addr) netip.Prefix {
	address = address.Unmap().WithZone("")
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	// An invalid address gives the zero Prefix, which all such visitors share.
	prefix, _ := address.Prefix(bits)
	return prefix
}

// handshake counts an attempt, good or bad, and reports whether it may go on.
func (a *admission) handshake(address netip.Prefix) bool {
	if a.counts.HandshakesAMinute == 0 {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	_, ok := a.addresses.of(address, now).often.TryTake(now, aMinute(a.counts.HandshakesAMinute))
	return ok
}

// The reasons that enter gives.
const (
	tooManyInAll     = "too many connections"
	tooManyOfAddress = "too many connections from this address"
	tooManyOfSession = "too many connections of this session"
)

// enter takes a place for a connection and returns what gives it back, or the
// reason why there is none. Without a session only the address counts.
func (a *admission) enter(address netip.Prefix, session *sessionID) (leave func(), reason string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	ofAddress := a.addresses.of(address, now)
	var ofSession *entry
	if session != nil {
		ofSession = a.sessions.of(*session, now)
	}
	switch {
	case over(a.total, a.counts.Total):
		return nil, tooManyInAll
	case over(ofAddress.live, a.counts.PerAddress):
		return nil, tooManyOfAddress
	case ofSession != nil && over(ofSession.live, a.counts.PerSession):
		return nil, tooManyOfSession
	}
	a.total++
	ofAddress.live++
	if ofSession != nil {
		ofSession.live++
	}
	return func() { a.leave(ofAddress, ofSession) }, ""
}

// enterOpened takes a place that counts only altogether, and returns what gives
// it back, or nil where there is none.
func (a *admission) enterOpened() (leave func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if over(a.total, a.counts.Total) {
		return nil
	}
	a.total++
	return a.leaveOpened
}

func (a *admission) leaveOpened() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.total--
}

// leave gives a place back. An entry with something live is never forgotten.
func (a *admission) leave(ofAddress, ofSession *entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.total--
	ofAddress.live--
	if ofSession != nil {
		ofSession.live--
	}
}

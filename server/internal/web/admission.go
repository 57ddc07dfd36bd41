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
	// PlaysPerSession are live ones; DialsAMinute are those of a session.
	PlaysPerSession int
	DialsAMinute    int
}

// DefaultCounts are the limits unless the operator says otherwise.
func DefaultCounts() Counts {
	return Counts{PerSession: 8, PerAddress: 32, Total: 16_384, HandshakesAMinute: 30, PlaysPerSession: 2, DialsAMinute: 5}
}

// admission holds the gauges. Its memory is bounded by the live connections and
// the addresses of the last minute.
type admission struct {
	counts Counts
	now    func() time.Time

	mu        sync.Mutex
	total     int
	sessions  map[sessionID]int
	addresses map[netip.Prefix]*addressCount
	swept     time.Time
}

// addressCount is what is known of one address.
type addressCount struct {
	live       int
	handshakes bucket
}

func newAdmission(counts Counts, now func() time.Time) *admission {
	return &admission{
		counts:    counts,
		now:       now,
		sessions:  map[sessionID]int{},
		addresses: map[netip.Prefix]*addressCount{},
		swept:     now(),
	}
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
	a.sweep(now)
	count := a.addresses[address]
	if count == nil {
		count = &addressCount{}
		a.addresses[address] = count
	}
	_, ok := count.handshakes.take(a.counts.HandshakesAMinute, now)
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
	a.sweep(now)
	over := func(live, limit int) bool { return limit != 0 && live >= limit }
	count := a.addresses[address]
	if count == nil {
		count = &addressCount{}
	}
	switch {
	case over(a.total, a.counts.Total):
		return nil, tooManyInAll
	case over(count.live, a.counts.PerAddress):
		return nil, tooManyOfAddress
	case session != nil && over(a.sessions[*session], a.counts.PerSession):
		return nil, tooManyOfSession
	}
	a.total++
	count.live++
	a.addresses[address] = count
	if session == nil {
		return func() { a.leave(address, nil) }, ""
	}
	id := *session
	a.sessions[id]++
	return func() { a.leave(address, &id) }, ""
}

// enterOpened takes a place that counts only altogether, and returns what gives
// it back, or nil where there is none.
func (a *admission) enterOpened() (leave func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if limit := a.counts.Total; limit != 0 && a.total >= limit {
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

func (a *admission) leave(address netip.Prefix, session *sessionID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.total--
	a.addresses[address].live--
	if session != nil {
		if a.sessions[*session]--; a.sessions[*session] == 0 {
			delete(a.sessions, *session)
		}
	}
}

// sweep forgets the addresses without a connection whose bucket is full again,
// once a minute.
func (a *admission) sweep(now time.Time) {
	if now.Sub(a.swept) < time.Minute {
		return
	}
	a.swept = now
	for address, count := range a.addresses {
		if count.live == 0 && count.handshakes.full(now) {
			delete(a.addresses, address)
		}
	}
}

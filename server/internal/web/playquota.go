package web

import (
	"fmt"
	"sync"
	"time"
)

// How much of the wire one session gets: so many plays at a time, and so many
// connections to the outside a minute. The built-in targets are no dials: what
// they cost is bounded by the number of plays.

// playQuota holds the gauges. Its memory is bounded by the live plays and the
// sessions that dialled in the last minute.
type playQuota struct {
	counts Counts
	now    func() time.Time

	mu       sync.Mutex
	sessions map[sessionID]*sessionPlays
	swept    time.Time
}

// sessionPlays is what is known of one session.
type sessionPlays struct {
	live  int
	dials bucket
}

func newPlayQuota(counts Counts, now func() time.Time) *playQuota {
	return &playQuota{counts: counts, now: now, sessions: map[sessionID]*sessionPlays{}, swept: now()}
}

// enter takes a place for a play, and a dial if it goes outside, and returns what
// gives the place back. The error is for the visitor.
func (q *playQuota) enter(session sessionID, dials bool) (leave func(), err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now()
	q.sweep(now)
	plays := q.sessions[session]
	if plays == nil {
		plays = &sessionPlays{}
	}
	if limit := q.counts.PlaysPerSession; limit != 0 && plays.live >= limit {
		return nil, fmt.Errorf("%d scenarios of this session are being played, which is the limit; stop one or wait for its end", plays.live)
	}
	if dials && q.counts.DialsAMinute != 0 {
		if wait, ok := plays.dials.take(q.counts.DialsAMinute, now); !ok {
			return nil, fmt.Errorf("this session has dialled %d times in a minute, which is the limit; the next time in %v",
				q.counts.DialsAMinute, wait.Round(time.Second))
		}
	}
	plays.live++
	q.sessions[session] = plays
	return sync.OnceFunc(func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		plays.live--
	}), nil
}

// sweep forgets the sessions without a play whose bucket is full again, once a
// minute.
func (q *playQuota) sweep(now time.Time) {
	if now.Sub(q.swept) < time.Minute {
		return
	}
	q.swept = now
	for session, plays := range q.sessions {
		if plays.live == 0 && plays.dials.full(now) {
			delete(q.sessions, session)
		}
	}
}

package web

import (
	"fmt"
	"sync"
	"time"
)

// How much of the wire one session gets: so many plays at a time, and so many
// connections to the outside a minute. The built-in targets are no dials: what
// they cost is bounded by the number of plays.

// playQuota holds the gauges.
type playQuota struct {
	counts Counts
	now    func() time.Duration

	mu       sync.Mutex
	sessions tally[sessionID]
}

func newPlayQuota(counts Counts, now func() time.Time) *playQuota {
	return &playQuota{counts: counts, now: clock(now), sessions: newTally[sessionID]()}
}

// enter takes a place for a play, and a dial if it goes outside, and returns what
// gives the place back. The error is for the visitor.
func (q *playQuota) enter(session sessionID, dials bool) (leave func(), err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now()
	plays := q.sessions.of(session, now)
	if over(plays.live, q.counts.PlaysPerSession) {
		return nil, fmt.Errorf("%d scenarios of this session are being played, which is the limit; stop one or wait for its end", plays.live)
	}
	if dials && q.counts.DialsAMinute != 0 {
		if wait, ok := plays.often.TryTake(now, aMinute(q.counts.DialsAMinute)); !ok {
			return nil, fmt.Errorf("this session has dialled %d times in a minute, which is the limit; the next time in %v",
				q.counts.DialsAMinute, wait.Round(time.Second))
		}
	}
	plays.live++
	return sync.OnceFunc(func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		plays.live--
	}), nil
}

package web

import (
	"time"

	"framecraft/server/internal/bucket"
)

// A tally knows, of each address or session, what lives of it and how often it has
// done something lately. Its memory is bounded by the live ones and by those of the
// last minute or two: whoever has nothing live and nothing taken is forgotten.
//
// It belongs to somebody who has a mutex and a clock.
type tally[K comparable] struct {
	entries map[K]*entry
	swept   time.Duration
}

// entry is what is known of one.
type entry struct {
	live  int
	often bucket.Bucket
}

func newTally[K comparable]() tally[K] { return tally[K]{entries: map[K]*entry{}} }

// of returns the entry of a key, which stays until it says nothing any more.
func (t *tally[K]) of(key K, now time.Duration) *entry {
	if now-t.swept >= time.Minute {
		t.swept = now
		for key, e := range t.entries {
			if e.live == 0 && e.often.Full(now) {
				delete(t.entries, key)
			}
		}
	}
	e := t.entries[key]
	if e == nil {
		e = &entry{}
		t.entries[key] = e
	}
	return e
}

// over reports whether one more is too many.
func over(live, limit int) bool { return limit != 0 && live >= limit }

// aMinute is the rate of what may happen so many times a minute, all at once if
// somebody likes.
func aMinute(n int) bucket.Rate { return bucket.Rate{Tokens: n, Per: time.Minute, Burst: n} }

// clock returns a clock that starts at 0.
func clock(now func() time.Time) func() time.Duration {
	began := now()
	return func() time.Duration { return now().Sub(began) }
}

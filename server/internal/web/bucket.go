package web

import "time"

// bucket lets something happen so many times a minute: as many may be saved up
// and no more. A zero bucket is full.
type bucket struct {
	taken float64
	at    time.Time
}

// take takes one and reports whether there was one; wait is how long it takes
// until there is.
func (b *bucket) take(aMinute int, now time.Time) (wait time.Duration, ok bool) {
	full := float64(aMinute)
	b.taken = max(0, b.taken-now.Sub(b.at).Minutes()*full)
	b.at = now
	if left := full - b.taken; left < 1 {
		return time.Duration((1 - left) / full * float64(time.Minute)), false
	}
	b.taken++
	return 0, true
}

// full reports whether everything is there again, at whatever rate.
func (b *bucket) full(now time.Time) bool { return now.Sub(b.at) >= time.Minute }

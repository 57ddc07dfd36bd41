// Package bucket lets something happen so often and no more: what was not used may
// be saved up, but only so much of it.
//
// A bucket is one number, the moment at which it will be full again if nothing
// more is taken. Its level follows from that and from the clock, so nothing has to
// fill it, a bucket that nobody touches costs nothing, and the zero Bucket is full.
package bucket

import (
	"math"
	"math/bits"
	"time"
)

// Rate is how fast a bucket fills and how much it holds.
type Rate struct {
	// Tokens come back in the time of Per.
	Tokens int
	Per    time.Duration
	// Burst is how many there are in a full bucket.
	Burst int
}

// fill is how long it takes until n tokens are back. The product has 128 bits: an
// operator who may not say "no limit" gives a number that is as good as none.
func (r Rate) fill(n int) time.Duration {
	high, low := bits.Mul64(uint64(n), uint64(r.Per))
	if high >= uint64(r.Tokens) {
		return ages
	}
	quotient, _ := bits.Div64(high, low, uint64(r.Tokens))
	return time.Duration(min(quotient, uint64(ages)))
}

// ages are longer than any server runs, and several of them are no overflow.
const ages = time.Duration(math.MaxInt64 / 8)

// Bucket is for one rate. Its times are on any clock that starts at 0 or later and
// only goes forward.
type Bucket struct {
	fullAt time.Duration
}

// Take takes n whether they are there or not. It returns for how long the bucket
// is overdrawn by that, which is 0 or less if it is not.
func (b *Bucket) Take(n int, now time.Duration, rate Rate) time.Duration {
	b.fullAt = max(b.fullAt, now) + rate.fill(n)
	return b.fullAt - now - rate.fill(rate.Burst)
}

// TryTake takes one if it is there; otherwise wait is how long it takes until it
// is.
func (b *Bucket) TryTake(now time.Duration, rate Rate) (wait time.Duration, ok bool) {
	before := *b
	if wait = b.Take(1, now, rate); wait > 0 {
		*b = before
		return wait, false
	}
	return 0, true
}

// Full reports whether nothing is missing.
func (b *Bucket) Full(now time.Duration) bool { return b.fullAt <= now }

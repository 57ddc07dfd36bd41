package endpoint

import "time"

// A process that was stopped, or a machine that slept or had much else to do,
// wakes up with every deadline passed. The peers are not to blame: what they sent
// lies in the kernel and only has to be read. So when the sweep finds that it comes
// much too late, it looks away for a while in which that is done.

const (
	// pauseNoticed is how late the sweep must be.
	pauseNoticed = 500 * time.Millisecond
	// pauseGrace is how long it looks away.
	pauseGrace = time.Second
)

// pauses is what the sweep remembers between two rounds.
type pauses struct {
	last  time.Duration // round, by Endpoint.now
	until time.Duration // when the sweep looks again
}

// over reports whether this round, which every so often should take place, may.
func (p *pauses) over(now, every time.Duration) bool {
	if now-p.last > every+pauseNoticed {
		p.until = now + pauseGrace
	}
	p.last = now
	return now >= p.until
}

package hold

import (
	"math"
	"time"
)

// Durations is a histogram of times from a microsecond to a minute in steps of a
// quarter of an octave, so a quantile is at most a fifth too large. Several of
// them add up, whichever process they come from.
type Durations struct {
	// Counts has one count a step, without the empty ones at its end.
	Counts []int `json:"counts,omitempty"`
	// Max is the longest, exactly.
	Max time.Duration `json:"max"`
}

const stepsAnOctave, steps = 4, 26 * 4

// Add counts one time.
func (d *Durations) Add(t time.Duration) {
	step := 0
	if micros := float64(t) / float64(time.Microsecond); micros > 1 {
		step = min(steps-1, int(math.Ceil(math.Log2(micros)*stepsAnOctave)))
	}
	d.count(step, 1)
	d.Max = max(d.Max, t)
}

func (d *Durations) count(step, n int) {
	for len(d.Counts) <= step {
		d.Counts = append(d.Counts, 0)
	}
	d.Counts[step] += n
}

// Merge adds what another one counted.
func (d *Durations) Merge(other Durations) {
	for step, n := range other.Counts {
		d.count(step, n)
	}
	d.Max = max(d.Max, other.Max)
}

// Total is how many times were counted.
func (d *Durations) Total() (n int) {
	for _, count := range d.Counts {
		n += count
	}
	return n
}

// Quantile returns a time that at least this part of all do not exceed, 0 when
// nothing was counted.
func (d *Durations) Quantile(part float64) time.Duration {
	need := int(math.Ceil(part * float64(d.Total())))
	for step, n := range d.Counts {
		if need -= n; need <= 0 && n > 0 && step < steps-1 {
			return min(d.Max, time.Duration(math.Exp2(float64(step)/stepsAnOctave)*float64(time.Microsecond)))
		}
	}
	return d.Max
}

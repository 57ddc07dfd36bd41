package web

import (
	"testing"
	"time"
)

// Whoever has nothing live and nothing taken is forgotten, and nobody else.
func TestTallyForgets(t *testing.T) {
	tally := newTally[string]()
	tally.of("live", 0).live++
	tally.of("often", 0).often.Take(3, 90*time.Second, aMinute(3))
	tally.of("gone", 0)
	for _, c := range []struct {
		now  time.Duration
		want int
	}{{59 * time.Second, 4}, {time.Minute, 3}, {2*time.Minute + 29*time.Second, 3}, {3*time.Minute + 29*time.Second, 2}} {
		tally.of("asker", c.now)
		if got := len(tally.entries); got != c.want {
			t.Errorf("at %v: found %d entries, expected %d", c.now, got, c.want)
		}
	}
	if tally.entries["live"] == nil {
		t.Error("what is live is forgotten")
	}
}

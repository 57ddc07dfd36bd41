package hold

import (
	"testing"
	"time"
)

func TestDurations(t *testing.T) {
	var d, other, none Durations
	if none.Quantile(0.5) != 0 || none.Total() != 0 {
		t.Errorf("of none: found %v of %d", none.Quantile(0.5), none.Total())
	}
	for range 98 {
		d.Add(time.Millisecond)
	}
	other.Add(0)
	other.Add(time.Hour)
	d.Merge(other)
	if d.Total() != 100 || d.Max != time.Hour || d.Quantile(1) != time.Hour {
		t.Errorf("found %d, at most %v and %v", d.Total(), d.Max, d.Quantile(1))
	}
	if got := d.Quantile(0); got != time.Microsecond {
		t.Errorf("the shortest: found %v, expected %v", got, time.Microsecond)
	}
	if got := d.Quantile(0.99); got < time.Millisecond || got > 1200*time.Microsecond {
		t.Errorf("found %v, expected 1ms and at most a fifth more", got)
	}
	if other.Total() != 2 {
		t.Errorf("merging changed what was merged: %d", other.Total())
	}
}

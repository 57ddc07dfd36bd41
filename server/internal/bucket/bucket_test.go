package bucket

import (
	"math"
	"testing"
	"time"
)

func TestTryTake(t *testing.T) {
	rate := Rate{Tokens: 2, Per: time.Second, Burst: 3}
	var b Bucket
	for i, c := range []struct {
		now  time.Duration
		wait time.Duration // 0: there is one
		full bool          // afterwards
	}{
		{0, 0, false}, {0, 0, false}, {0, 0, false},
		{0, 500 * time.Millisecond, false},
		// Asking in vain costs nothing.
		{0, 500 * time.Millisecond, false},
		{499 * time.Millisecond, time.Millisecond, false},
		{500 * time.Millisecond, 0, false},
		{500 * time.Millisecond, 500 * time.Millisecond, false},
		// No more is saved up than the burst.
		{time.Hour, 0, false}, {time.Hour, 0, false}, {time.Hour, 0, false},
		{time.Hour, 500 * time.Millisecond, false},
	} {
		wait, ok := b.TryTake(c.now, rate)
		if wait != c.wait || ok != (c.wait == 0) || b.Full(c.now) != c.full {
			t.Errorf("step %d: found %v, %v, full %v, expected %v, full %v", i, wait, ok, b.Full(c.now), c.wait, c.full)
		}
	}
	for at, want := range map[time.Duration]bool{time.Hour + 1499*time.Millisecond: false, time.Hour + 1500*time.Millisecond: true} {
		if b.Full(at) != want {
			t.Errorf("full at %v: %v, expected %v", at, !want, want)
		}
	}
}

func TestTakeOverdraws(t *testing.T) {
	rate := Rate{Tokens: 1 << 20, Per: time.Second, Burst: 1 << 20}
	var b Bucket
	for i, c := range []struct {
		n         int
		now, want time.Duration
	}{
		{0, 0, -time.Second},
		{1 << 20, 0, 0},
		{1 << 19, 0, 500 * time.Millisecond},
		{0, 250 * time.Millisecond, 250 * time.Millisecond},
		{0, 750 * time.Millisecond, -250 * time.Millisecond},
		{16 << 20, time.Hour, 15 * time.Second},
	} {
		if got := b.Take(c.n, c.now, rate); got != c.want {
			t.Errorf("step %d: found %v, expected %v", i, got, c.want)
		}
	}
}

// Rates and bursts that are as good as no limit are none.
func TestHugeRates(t *testing.T) {
	for _, n := range []int{1e8, 2e8, 1e9, max(1000, math.MaxInt/1_000_000_000), math.MaxInt / 10_000, math.MaxInt / 2, math.MaxInt} {
		for _, per := range []time.Duration{time.Second, time.Minute} {
			for _, rate := range []Rate{{n, per, n}, {1, per, n}, {n, per, 1000}} {
				var b Bucket
				for range 1000 {
					if wait, ok := b.TryTake(time.Hour, rate); !ok {
						t.Fatalf("%+v: wait %v, expected none", rate, wait)
					}
				}
			}
		}
	}
}

package main

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// series is memory that grows by so much an hour and sways, a sample a second. In
// its first half it fills up besides.
func series(lasts time.Duration, level, growth, sway float64, seed uint64) line {
	random := rand.New(rand.NewPCG(seed, seed))
	l := line{name: heapAtRest}
	n := int(lasts / time.Second)
	for i := range n {
		at := time.Duration(i) * time.Second
		v := level + growth*at.Hours() + sway*(random.Float64()-0.5)
		if i < n/4 {
			v -= level / 2
		}
		l.at, l.values = append(l.at, at), append(l.values, v)
	}
	return l
}

const mib = 1 << 20

func TestFit(t *testing.T) {
	// Without sway the slope is exact, whatever the first half does.
	l := series(time.Hour, 50*mib, 3*mib, 0, 1)
	f, ok := fit(l.at, l.values)
	if !ok || f.slope < 2.999*mib || f.slope > 3.001*mib || f.doubt > mib/1000 {
		t.Errorf("found %+v, %v, expected 3 MiB an hour without doubt", f, ok)
	}
	// With it, the doubt is honest, also for few samples: the true slope lies within
	// it in about 95 soaks of 100.
	for _, lasts := range []time.Duration{2 * fewest * time.Second, time.Minute, time.Hour} {
		within := 0
		for seed := range uint64(400) {
			l = series(lasts, 50*mib, 3*mib, mib, seed)
			f, _ = fit(l.at, l.values)
			if off := f.slope - 3*mib; off <= f.doubt && -off <= f.doubt {
				within++
			}
		}
		if within < 366 || within > 396 {
			t.Errorf("%v: the slope was within the doubt in %d soaks of 400, expected about 380", lasts, within)
		}
	}
	if _, ok := fit(l.at[:2*fewest-2], l.values[:2*fewest-2]); ok {
		t.Error("a line was fitted through too few samples")
	}
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name                string
		lasted              time.Duration
		growth, sway        float64
		verdict, complaints string
	}{
		{"nothing grows", time.Hour, 0, mib, ": under 1.0 MiB an hour", ""},
		{"too much", time.Hour, 3 * mib, mib, "", "expected at most 1.0 MiB an hour"},
		{"too much, and too short to say", 29 * time.Minute, 500 * mib, mib, "too short to judge it by, which takes 30m0s", ""},
		{"too noisy", 30 * time.Minute, mib, 50 * mib, "that can be told neither from nothing nor", ""},
		{"few samples", 15 * time.Second, 0, mib, "15 samples are too few", ""},
	} {
		verdict, err := judge([]line{series(c.lasted, 50*mib, c.growth, c.sway, 5)}, c.lasted)
		if !strings.Contains(verdict, c.verdict) || (err == nil) != (c.complaints == "") || err != nil && !strings.Contains(err.Error(), c.complaints) {
			t.Errorf("%s: %q, %v, expected %q, %q", c.name, verdict, err, c.verdict, c.complaints)
		}
	}
	// Heap and resident memory are judged alike.
	resident := series(time.Hour, 5*mib, 3*mib, 0, 1)
	resident.name = residentAtRest
	if _, err := judge([]line{series(time.Hour, 50*mib, 0, 0, 1), resident}, time.Hour); err == nil {
		t.Error("resident memory that grows by 3 MiB an hour passes")
	}
}

func TestPlot(t *testing.T) {
	l := line{name: "things", text: linesOf(seen{})[3].text}
	for i := range 2 * plotWidth {
		l.at, l.values = append(l.at, time.Duration(i)*time.Second), append(l.values, float64(i))
	}
	rows := strings.Split(plot([]line{l}), "\n")
	if rows[0] != "things, up to 142" || !strings.HasSuffix(rows[1], "▇█") || !strings.HasPrefix(rows[1], "  |      ") ||
		!strings.HasPrefix(rows[plotHeight], "  | ▁") || !strings.HasSuffix(rows[plotHeight], strings.Repeat("█", 50)) {
		t.Errorf("found\n%s", strings.Join(rows, "\n"))
	}
	for _, row := range rows[1 : plotHeight+1] {
		if n := len([]rune(row)); n != plotWidth+3 {
			t.Errorf("a row of %d columns, expected %d", n, plotWidth+3)
		}
	}
	if plot([]line{{}}) != "" {
		t.Error("nothing sampled is drawn")
	}
}

func TestBytesText(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", -5: "-5 bytes", 1023: "1023 bytes", 1024: "1.0 KiB", -1536: "-1.5 KiB", 1 << 20: "1.0 MiB", 3 << 29: "1.50 GiB"} {
		if got := bytesText(n); got != want {
			t.Errorf("%d: %q, expected %q", n, got, want)
		}
	}
}

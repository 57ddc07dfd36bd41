package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// line is what was sampled of one thing.
type line struct {
	name   string
	at     []time.Duration
	values []float64
	text   func(float64) string
}

// The lines that are judged. In use is what is resident without what the runtime
// holds free; see serve.go.
const (
	heapAtRest     = "heap in use at rest"
	residentAtRest = "resident memory in use at rest"
)

func linesOf(all seen) (lines []line) {
	bytes := func(v float64) string { return bytesText(int64(v)) }
	count := func(v float64) string { return fmt.Sprintf("%.0f", v) }
	add := func(name string, samples []sample, text func(float64) string, value func(sample) int64) {
		l := line{name: name, text: text}
		for _, s := range samples {
			l.at = append(l.at, s.at)
			l.values = append(l.values, float64(value(s)))
		}
		lines = append(lines, l)
	}
	add(heapAtRest, all.rest, bytes, func(s sample) int64 { return s.heap })
	add(residentAtRest, all.rest, bytes, func(s sample) int64 { return s.resident - s.free })
	add("resident memory", all.busy, bytes, func(s sample) int64 { return s.resident })
	add("descriptors", all.busy, count, func(s sample) int64 { return s.descriptors })
	add("goroutines", all.busy, count, func(s sample) int64 { return s.goroutines })
	return lines
}

const (
	plotWidth  = 72
	plotHeight = 6
)

// columns averages a series into so many columns.
func columns(values []float64, n int) (means []float64) {
	n = min(n, len(values))
	for i := range n {
		first, last := i*len(values)/n, (i+1)*len(values)/n
		mean := 0.0
		for _, v := range values[first:last] {
			mean += v / float64(last-first)
		}
		means = append(means, mean)
	}
	return means
}

// plot draws each line in blocks of an eighth of a row, from 0 to its largest.
func plot(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		means := columns(l.values, plotWidth)
		if len(means) == 0 {
			continue
		}
		top := 0.0
		for _, v := range means {
			top = math.Max(top, v)
		}
		fmt.Fprintf(&b, "%s, up to %s\n", l.name, l.text(top))
		for row := plotHeight - 1; row >= 0; row-- {
			b.WriteString("  |")
			for _, v := range means {
				eighths := 0
				if top > 0 {
					eighths = int(math.Round(v/top*plotHeight*8)) - 8*row
				}
				b.WriteRune([]rune(" ▁▂▃▄▅▆▇█")[min(max(eighths, 0), 8)])
			}
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "  +%s %v\n", strings.Repeat("-", len(means)), l.at[len(l.at)-1].Round(time.Second))
	}
	return b.String()
}

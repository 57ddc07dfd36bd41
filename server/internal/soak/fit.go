package main

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// A line is fitted through the second half of a series, because in the first one
// whatever fills up fills up. How far the samples scatter around the line says how
// far its slope can be trusted.

// fewest samples make a line.
const fewest = 10

// fitted is a line through the second half of a series.
type fitted struct {
	slope, doubt float64 // an hour, and how far from the true slope it may well be
	level        float64 // in the middle of the second half
	from, to     time.Duration
}

// fit returns false for a series that is too short. In 95 soaks of 100 the true
// slope lies within the doubt: the factor is Student's for so many samples, as an
// approximation that is never too small.
func fit(at []time.Duration, values []float64) (fitted, bool) {
	half := len(values) / 2
	at, values = at[half:], values[half:]
	n := float64(len(values))
	if len(values) < fewest {
		return fitted{}, false
	}
	var meanX, meanY float64
	for i := range values {
		meanX += at[i].Hours() / n
		meanY += values[i] / n
	}
	var xx, xy float64
	for i := range values {
		x := at[i].Hours() - meanX
		xx += x * x
		xy += x * (values[i] - meanY)
	}
	f := fitted{slope: xy / xx, level: meanY, from: at[0], to: at[len(at)-1]}
	var squares float64
	for i := range values {
		off := values[i] - meanY - f.slope*(at[i].Hours()-meanX)
		squares += off * off
	}
	f.doubt = (1.96 + 3/(n-2)) * math.Sqrt(squares/(n-2)/xx)
	return f, true
}

// judge says what the memory did at rest. It fails a soak that is long enough to
// be judged when growth is over the bound beyond doubt.
func judge(lines []line, lasted time.Duration) (verdict string, err error) {
	var said []string
	for _, memory := range lines {
		if memory.name != heapAtRest && memory.name != residentAtRest {
			continue
		}
		f, ok := fit(memory.at, memory.values)
		if !ok {
			said = append(said, fmt.Sprintf("%s: %d samples are too few for a line", memory.name, len(memory.values)))
			continue
		}
		found := fmt.Sprintf("%s in the second half: %s, growth %s ± %s an hour", memory.name,
			bytesText(int64(f.level)), bytesText(int64(f.slope)), bytesText(int64(f.doubt)))
		bound := bytesText(growthBound) + " an hour"
		switch {
		case lasted < judged:
			found += fmt.Sprintf("; %v are too short to judge it by, which takes %v", lasted, judged)
		case f.slope-f.doubt > growthBound:
			err = errors.Join(err, fmt.Errorf("%s, expected at most %s", found, bound))
		case f.slope+f.doubt <= growthBound:
			found += ": under " + bound
		default:
			found += ": that can be told neither from nothing nor from " + bound + "; a longer soak can"
		}
		said = append(said, found)
	}
	return strings.Join(said, "\n"), err
}

// bytesText writes a number of bytes in its largest unit.
func bytesText(n int64) string {
	size := float64(n)
	for _, unit := range []string{"bytes", "KiB", "MiB"} {
		if math.Abs(size) < 1024 {
			if unit == "bytes" {
				return fmt.Sprintf("%d bytes", n)
			}
			return fmt.Sprintf("%.1f %s", size, unit)
		}
		size /= 1024
	}
	return fmt.Sprintf("%.2f GiB", size)
}

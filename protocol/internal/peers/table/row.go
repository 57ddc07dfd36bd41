package main

import (
	"fmt"
	"math"
	"slices"
)

// row is a line of the table: for every contender one value a round.
type row struct {
	section, label, unit string
	// more: the larger value is the better one.
	more bool
	// relative: the values are shown and compared as the floor's time divided by
	// the contender's, which makes them "times memcpy".
	relative bool
	goal     *goal
	values   map[string][]float64
	allocs   map[string]float64
	missing  map[string]string
	// text, if any, takes the place of the values.
	text string
	held bool
}

// goal is what the row was to reach.
type goal struct {
	text string
	// against are the peers that it speaks of; nil for all of them.
	against []string
	// ratio of ours and the best of them, or our own value if absolute.
	holds    func(float64) bool
	absolute bool
}

func atMost(x float64) func(float64) bool  { return func(ratio float64) bool { return ratio <= x } }
func atLeast(x float64) func(float64) bool { return func(ratio float64) bool { return ratio >= x } }
func above(x float64) func(float64) bool   { return func(ratio float64) bool { return ratio > x } }

func (r *row) add(name string, value float64) {
	if r.values == nil {
		r.values = map[string][]float64{}
	}
	r.values[name] = append(r.values[name], value)
}

func (r *row) miss(name, why string) {
	if r.missing == nil {
		r.missing = map[string]string{}
	}
	r.missing[name] = why
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	values = slices.Sorted(slices.Values(values))
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// shown is a contender's value in the table.
func (r *row) shown(name string) float64 {
	if !r.relative || name == floor {
		return median(r.values[name])
	}
	return median(ratios(r.values[floor], r.values[name]))
}

// ratios divides round by round.
func ratios(a, b []float64) []float64 {
	var list []float64
	for i := range min(len(a), len(b)) {
		list = append(list, a[i]/b[i])
	}
	return list
}

// ratio is ours in relation to the peer that does best beside us, among those that
// the goal speaks of: the median of the rounds' ratios. What is relative is a speed,
// so more is better.
func (r *row) ratio() (ratio float64, best string) {
	ratio = math.NaN()
	for _, c := range contenders {
		if c.name == ours || c.name == floor || r.goal != nil && r.goal.against != nil && !slices.Contains(r.goal.against, c.name) {
			continue
		}
		x := median(ratios(r.values[ours], r.values[c.name]))
		if r.relative {
			x = median(ratios(r.values[c.name], r.values[ours]))
		}
		closer := x > ratio
		if r.more || r.relative {
			closer = x < ratio
		}
		if closer || best == "" && !math.IsNaN(x) {
			ratio, best = x, c.name
		}
	}
	return ratio, best
}

// verdict says whether the goal is reached.
func (r *row) verdict() string {
	if r.goal == nil {
		return ""
	}
	holds := r.held
	if r.text == "" {
		x, _ := r.ratio()
		if r.goal.absolute {
			x = median(r.values[ours])
		}
		if math.IsNaN(x) {
			return "not measured"
		}
		holds = r.goal.holds(x)
	}
	if holds {
		return "holds"
	}
	return "missed"
}

// number prints a value with three significant digits.
func number(x float64) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case x >= 1e6:
		return fmt.Sprintf("%.3g M", x/1e6)
	case x >= 10_000:
		return fmt.Sprintf("%.3g k", x/1e3)
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// with runs with other contenders than the real ones.
func with(t *testing.T, list ...*contender) {
	t.Helper()
	before, dir := contenders, t.TempDir()
	t.Cleanup(func() { contenders = before })
	t.Chdir("..")
	contenders = list
	if err := build(dir); err != nil {
		t.Fatal(err)
	}
}

// Every contender can be built, starts, and answers every row's question or says
// why it cannot.
func TestEveryContenderMeasures(t *testing.T) {
	var real []*contender
	for _, c := range contenders {
		real = append(real, &contender{name: c.name, module: c.module})
	}
	with(t, real...)
	for _, c := range contenders {
		if c.missing != "" {
			t.Errorf("%s: %s", c.name, c.missing)
		}
		if c.module != "" && !strings.HasPrefix(c.version, "v") {
			t.Errorf("%s has the version %q", c.name, c.version)
		}
	}
	all, err := startAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range codecRows {
		if err := all.turn(m, 0, time.Microsecond); err != nil {
			t.Fatal(err)
		}
		for _, c := range contenders {
			value := m.shown(c.name)
			if (m.missing[c.name] == "") != (value > 0) {
				t.Errorf("%s, %s: %s has %v and says %q", m.section, m.label, c.name, value, m.missing[c.name])
			}
		}
		if m.missing[ours] != "" {
			t.Errorf("%s: ours is missing: %s", m.label, m.missing[ours])
		}
		m.row.values, m.row.missing = nil, nil
	}
	if err := all.stop(); err != nil {
		t.Error(err)
	}
}

// A contender that cannot be built stays in the table, with what the compiler says.
func TestAContenderThatCannotBeBuiltIsNamed(t *testing.T) {
	with(t, &contender{name: ours}, &contender{name: "nobody", module: "example.org/nobody"}, &contender{name: floor})
	if got := contenders[1].missing; !strings.HasPrefix(got, "cannot be built: ") || len(got) < 30 {
		t.Errorf("found %q, expected why it cannot be built", got)
	}
	if n := len(present()); n != 2 {
		t.Errorf("%d contenders are present, expected 2", n)
	}
	r := &row{section: "s", label: "one"}
	r.add(ours, 1)
	var text bytes.Buffer
	markdown(&text, nil, []*row{r})
	if !strings.Contains(text.String(), "- nobody is missing: it cannot be built: ") {
		t.Errorf("the table does not name who is missing:\n%s", &text)
	}
}

// The ratio is the median of the rounds' ratios with the peer for which it is worst
// for us, and goals are judged by it.
func TestRatios(t *testing.T) {
	for _, test := range []struct {
		name    string
		row     row
		ratio   float64
		best    string
		verdict string
	}{
		{"time", row{values: map[string][]float64{ours: {2, 30, 2}, "gws": {8, 60, 8}, "coder": {9, 90, 10}},
			goal: &goal{holds: atMost(.25)}}, .25, "gws", "holds"},
		{"time, missed", row{values: map[string][]float64{ours: {3}, "gws": {8}}, goal: &goal{holds: atMost(.25)}}, .375, "gws", "missed"},
		{"rate", row{more: true, values: map[string][]float64{ours: {100}, "gws": {8}, "coder": {10}}, goal: &goal{holds: atLeast(10)}}, 10, "coder", "holds"},
		{"speed", row{relative: true, values: map[string][]float64{ours: {4}, "gws": {8}, floor: {2}}, goal: &goal{holds: above(1)}}, 2, "gws", "holds"},
		{"some", row{values: map[string][]float64{ours: {4}, "gws": {8}, "gobwas": {2}}, goal: &goal{against: []string{"gws"}, holds: atMost(.5)}}, .5, "gws", "holds"},
		{"absolute", row{values: map[string][]float64{ours: {4001}, "gws": {8}}, goal: &goal{absolute: true, holds: atMost(4000)}}, 4001. / 8, "gws", "missed"},
		{"speed, best beside us", row{relative: true, values: map[string][]float64{ours: {2, 4, 8}, "gws": {3, 5, 10}, "coder": {2.25, 5.5, 9}}, goal: &goal{holds: above(1)}}, 1.125, "coder", "holds"},
		{"nobody", row{values: map[string][]float64{ours: {4}}, goal: &goal{holds: atMost(1)}}, math.NaN(), "", "not measured"},
		{"text", row{text: "all", held: true, goal: &goal{}}, math.NaN(), "", "holds"},
	} {
		ratio, best := test.row.ratio()
		if best != test.best || ratio != test.ratio && !(math.IsNaN(ratio) && math.IsNaN(test.ratio)) {
			t.Errorf("%s: %v of %q, expected %v of %q", test.name, ratio, best, test.ratio, test.best)
		}
		if got := test.row.verdict(); got != test.verdict {
			t.Errorf("%s: %s, expected %s", test.name, got, test.verdict)
		}
	}
	relative := row{relative: true, values: map[string][]float64{ours: {4, 8}, floor: {2, 4}}}
	if got := relative.shown(ours); got != .5 {
		t.Errorf("half as fast as memcpy is shown as %v", got)
	}
}

func TestIntoKeepsTheRest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "README.md")
	text := "a\n" + beginMark + "\nold\n" + endMark + "\nb\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := into(path, []byte("new\n")); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(path)
	if want := "a\n" + beginMark + "\nnew\n" + endMark + "\nb\n"; string(got) != want {
		t.Errorf("found %q, expected %q", got, want)
	}
	if err := os.WriteFile(path, []byte("no marks"), 0o600); err != nil {
		t.Fatal(err)
	}
	if into(path, nil) == nil {
		t.Error("a file without the marks is written to")
	}
}

package defences

import (
	"fmt"
	"strings"
)

// Count says how many entries are held.
func (c *Claims) Count() string {
	return fmt.Sprintf("hardening %d of %d, bad inputs %d of %d",
		len(c.Defences), len(Hardening), len(c.BadInputs), len(BadInputs))
}

// Missing names the entries that no test does, a line each.
func (c *Claims) Missing() (lines []string) {
	for _, d := range Hardening {
		if c.Defences[d.ID] == nil {
			lines = append(lines, d.ID+": "+d.Promise)
		}
	}
	for i, b := range BadInputs {
		if c.BadInputs[i+1] == nil {
			lines = append(lines, fmt.Sprintf("bad input %d: %s", i+1, b.Input))
		}
	}
	return lines
}

// List names every entry with its tests, a line each.
func (c *Claims) List() (lines []string) {
	line := func(name, what string, tests []string) {
		lines = append(lines, fmt.Sprintf("%-28s %s\n%-28s   %s", name, what, "", strings.Join(tests, " ")))
	}
	for _, d := range Hardening {
		what := d.Promise
		if d.Instead != "" {
			what += "; decided otherwise: " + d.Instead
		}
		line(d.ID, what, c.Defences[d.ID])
	}
	for i, b := range BadInputs {
		what := b.Input + ": " + b.Answer
		if b.Seen != "" {
			what += " (" + b.Seen + ")"
		}
		line(fmt.Sprintf("bad input %d", i+1), what, c.BadInputs[i+1])
	}
	return lines
}

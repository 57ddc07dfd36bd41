package main

import (
	"regexp"
	"strings"
	"testing"
)

// What hold draws while it holds stays on one line of any terminal: a line that is
// wrapped cannot be drawn again, and fills the screen five times a second. A terminal
// that cannot go back gets lines.
func TestHoldProgress(t *testing.T) {
	escapes := regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")
	for _, c := range []struct {
		columns int
		kind    string
		redraws bool
	}{{30, "xterm", true}, {80, "xterm", true}, {80, "dumb", false}} {
		screen, code := inTerminal(t, "", c.columns, []string{"TERM=" + c.kind}, "hold", "-n", "20", "--for", "1s", "--probe", "200ms")
		progress, _, found := strings.Cut(screen, "held 20 connections")
		if code != 0 || !found || strings.Contains(progress, "\r") != c.redraws || strings.Contains(progress, "\x1b[K") != c.redraws {
			t.Fatalf("%+v: exit %d, found %q", c, code, screen)
		}
		if !strings.Contains(progress, "opening 0 of 20") || !strings.Contains(progress, "holding 20, lost 0") || !strings.Contains(progress, "closing, ") {
			t.Errorf("%+v: found %q", c, progress)
		}
		// The time of holding is known, and none of opening is told for it.
		if strings.Contains(progress, ", for ") {
			t.Errorf("%+v: found %q, expected the time that is left", c, progress)
		}
		for line := range strings.FieldsFuncSeq(escapes.ReplaceAllString(progress, ""), func(r rune) bool { return r == '\r' || r == '\n' }) {
			if n := len([]rune(line)); c.redraws && n >= c.columns {
				t.Errorf("%+v: found %d columns: %s", c, n, line)
			}
		}
	}
}

package endpoint

import (
	"testing"
	"time"
)

func TestPauses(t *testing.T) {
	const every = time.Second
	p := pauses{}
	for _, c := range []struct {
		at   time.Duration
		over bool
	}{
		{1 * time.Second, true},
		{2500 * time.Millisecond, true},  // as late as may be
		{4001 * time.Millisecond, false}, // later
		{4500 * time.Millisecond, false},
		{5001 * time.Millisecond, true},
		{time.Hour, false},
		{time.Hour + 999*time.Millisecond, false},
		{time.Hour + time.Second, true},
	} {
		if over := p.over(c.at, every); over != c.over {
			t.Errorf("at %v: %v, expected %v", c.at, over, c.over)
		}
	}
}

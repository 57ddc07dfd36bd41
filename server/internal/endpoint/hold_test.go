package endpoint

import (
	"log/slog"
	"testing"
	"time"
)

// What counts of the answers that wait is their memory, however small they are.
func TestHeldTooMuch(t *testing.T) {
	limits := DefaultLimits()
	limits.Output = 1000
	e := New(limits, slog.New(slog.DiscardHandler))
	t.Cleanup(e.Shutdown)
	for _, c := range []struct {
		name   string
		each   int // bytes of an answer, of which one is due every second
		number int
		want   time.Duration
	}{
		{"none", 0, 0, 0},
		{"as much as may wait", 500 - partSize, 2, 0},
		{"a byte more", 501 - partSize, 2, time.Second},
		{"two more", 500 - partSize, 4, 2 * time.Second},
		{"one that is too large", 5000, 1, time.Second},
		{"empty messages", 2, 1000, time.Duration(1000-1000/(2+partSize)) * time.Second},
	} {
		h := new(held)
		for i := range c.number {
			h.frames = append(h.frames, make([]byte, c.each)...)
			h.parts = append(h.parts, heldPart{end: len(h.frames), due: time.Duration(i+1) * time.Second})
		}
		if got := (&Conn{endpoint: e, held: h}).heldTooMuch(0); got != c.want {
			t.Errorf("%s: found %v, expected %v", c.name, got, c.want)
		}
	}
}

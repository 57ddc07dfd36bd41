package endpoint

import "testing"

func TestTurn(t *testing.T) {
	const all = 8
	for _, c := range []struct {
		name string
		do   func(*turn) bool
		want bool
		left uint32
		from uint32
	}{
		{"claim what is free", func(t *turn) bool { return t.claim(0) }, true, taken, 0},
		{"claim with the end", func(t *turn) bool { return t.claim(onward) }, true, taken | onward, 0},
		{"claim what is taken", func(t *turn) bool { return t.claim(0) }, false, taken | marked, taken},
		{"the end of what is taken", func(t *turn) bool { return t.claim(onward) }, false, taken | marked | onward, taken},
		{"claim what is marked", func(t *turn) bool { return t.claim(0) }, false, taken | marked, taken | marked},
		{"drained", func(t *turn) bool { return t.drained() }, true, 0, taken},
		{"drained, but marked", func(t *turn) bool { return t.drained() }, false, taken, taken | marked},
		{"drained, but ended", func(t *turn) bool { return t.drained() }, false, taken | onward, taken | onward},
		{"drained, but both", func(t *turn) bool { return t.drained() }, false, taken | onward, taken | marked | onward},
		{"empty", func(t *turn) bool { return t.empty() }, true, 0, taken},
		{"empty, but marked", func(t *turn) bool { return t.empty() }, false, taken, taken | marked},
		{"empty after the end was told", func(t *turn) bool { return t.empty() }, true, 0, taken | onward},
		{"empty, marked and told", func(t *turn) bool { return t.empty() }, false, taken | onward, taken | marked | onward},
		{"a read of nothing", func(t *turn) bool { return t.release(0, all) }, true, 0, taken | onward},
		{"a short read", func(t *turn) bool { return t.release(all-1, all) }, true, 0, taken},
		{"a short read before the end", func(t *turn) bool { return t.release(all-1, all) }, false, taken | onward, taken | onward},
		{"a full read", func(t *turn) bool { return t.release(all, all) }, false, taken, taken},
		{"a full read, marked", func(t *turn) bool { return t.release(all, all) }, false, taken | marked, taken | marked},
	} {
		var u turn
		u.bits.Store(c.from)
		if got, left := c.do(&u), u.bits.Load(); got != c.want || left != c.left {
			t.Errorf("%s: found %v and %03b, expected %v and %03b", c.name, got, left, c.want, c.left)
		}
	}
}

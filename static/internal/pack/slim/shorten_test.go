package main

import "testing"

func TestShorten(t *testing.T) {
	type run = []instr
	extend, wrap := plain(opExtend), plain(opWrap)
	sum := func(n int64) run { return run{get(localSP), const32(n), plain(opAdd32), tee(localSP), setSP} }
	answer := run{const32(0), plain(opReturn)}
	for name, c := range map[string]struct{ before, after run }{
		"nop":           {run{plain(opNop)}, nil},
		"constant":      {run{const64(1<<32 + 5), wrap}, run{const32(5)}},
		"high constant": {run{const64(1<<32 - 1), wrap}, run{const32(-1)}},
		"there, back":   {run{get(1), extend, wrap}, run{get(1)}},
		"sum":           {run{get(1), extend, const64(48), plain(opAdd64), wrap}, run{get(1), const32(48), plain(opAdd32)}},
		"sum of 64":     {run{get(1), extend, const64(48), plain(opAdd64)}, run{get(1), extend, const64(48), plain(opAdd64)}},
		"not not":       {run{extend, plain(opEqz64), plain(opEqz32), when(1), end(1)}, run{when(1), end(1)}},
		"value of not":  {run{extend, plain(opEqz64), plain(opEqz32), set(0)}, run{plain(opEqz32), plain(opEqz32), set(0)}},
		"less or equal": {run{plain(0x57), plain(opEqz32)}, run{plain(0x55)}},
		"not a number":  {run{plain(0x63), plain(opEqz32)}, run{plain(0x63), plain(opEqz32)}},
		"leave":         {append(append(sum(64), sum(8)...), answer...), append(run{get(localSP), const32(72), plain(opAdd32), setSP}, answer...)},
		"goes on":       {append(append(sum(64), sum(16)...), get(1)), append(append(sum(64), sum(16)...), get(1))},
	} {
		t.Run(name, func(t *testing.T) { expectBody(t, shorten, body(c.before...), body(c.after...)) })
	}
}

// A comparison and its inverse differ for every two numbers.
func TestInverse(t *testing.T) {
	holds := func(nth opcode, a, b int64) bool {
		return [...]bool{a == b, a != b, a < b, uint64(a) < uint64(b), a > b, uint64(a) > uint64(b),
			a <= b, uint64(a) <= uint64(b), a >= b, uint64(a) >= uint64(b)}[nth]
	}
	for _, first := range []opcode{opEq32, opEq64} {
		for op := first; op < first+10; op++ {
			for _, p := range [][2]int64{{0, 0}, {1, 2}, {2, 1}, {-1, 1}, {1, -1}} {
				if holds(op-first, p[0], p[1]) == holds(inverse(op)-first, p[0], p[1]) {
					t.Errorf("%#x and its inverse %#x agree on %v", op, inverse(op), p)
				}
			}
		}
	}
}

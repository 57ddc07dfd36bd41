package main

import (
	"slices"
	"testing"
)

func TestJumps(t *testing.T) {
	jumps := func(middle ...instr) *function {
		code := []instr{loop(1), block(2), block(3), block(4), get(localPCB),
			{op: opBrTable, targets: []int64{4, 4, 3, 2}}, end(4)}
		return body(append(append(code, middle...), stop, end(1), stop)...)
	}
	to := func(pcb int64) []instr { return []instr{const32(pcb), set(localPCB), br(1)} }
	type run = []instr
	// Ahead to block 2 by number and by the table's default, back to block 4.
	expectBody(t, jumpDirectly,
		jumps(slices.Concat(run{get(1), when(5)}, to(3), run{end(5)}, to(2), run{end(3)}, to(9), run{end(2)}, to(1))...),
		jumps(slices.Concat(run{get(1), brIf(2), br(3), end(3), br(2), end(2)}, to(1))...))

	// Whoever else reads PC_B keeps all jumps as they are.
	for name, middle := range map[string]run{
		"reads PC_B":  slices.Concat(to(3), run{get(localPCB), plain(opDrop), end(3), end(2)}),
		"other jump":  slices.Concat(to(3), run{const32(1), set(2), br(1), end(3), end(2)}),
		"conditional": slices.Concat(to(3), run{get(1), brIf(1), end(3), end(2)}),
	} {
		t.Run(name, func(t *testing.T) { expectBody(t, jumpDirectly, jumps(middle...), jumps(middle...)) })
	}
	// An indirect call's scratch use is none.
	scratch := run{set(localPCB), const32(0), get(localPCB), {op: opIndirect}, plain(opDrop), end(2)}
	expectBody(t, jumpDirectly, jumps(slices.Concat(to(2), run{end(3)}, scratch)...), jumps(slices.Concat(run{br(3), end(3)}, scratch)...))
}

package main

import (
	"slices"
	"testing"
)

// Addresses in the stack frame that go into loads and stores, and those that must not.

func TestOffsets(t *testing.T) {
	type run = []instr
	address := func(offset int64) run { return run{get(localSP), const32(offset), plain(opAdd32)} }
	for name, c := range map[string]struct{ before, after run }{
		"load": {slices.Concat(address(48), run{load(8), set(2)}), run{get(localSP), load(56), set(2)}},
		"store": {slices.Concat(address(48), run{get(2), load(0), const64(1), plain(opAdd64), store(4)}),
			run{get(localSP), get(2), load(0), const64(1), plain(opAdd64), store(52)}},
	} {
		t.Run(name, func(t *testing.T) { expectBody(t, foldOffsets, body(c.before...), body(c.after...)) })
	}
	for name, code := range map[string]run{
		"stored itself":   slices.Concat(run{get(localSP)}, address(8), run{plain(opExtend), store(0)}),
		"below an answer": slices.Concat(address(8), run{{op: opCall, a: 3}, load(0), store(0)}),
		"large":           slices.Concat(address(maxFrame), run{load(0), set(2)}),
		"negative":        slices.Concat(address(-8), run{load(0), set(2)}),
		"computed with":   slices.Concat(address(8), run{const32(4), plain(opAdd32), load(0), set(2)}),
	} {
		t.Run(name, func(t *testing.T) { expectBody(t, foldOffsets, body(code...), body(code...)) })
	}
}

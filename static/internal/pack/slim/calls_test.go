package main

import (
	"reflect"
	"testing"
)

// pc is the program counter at the start of the function that body makes.
const pc = (firstFunction + 7) << 16

func TestUnwinding(t *testing.T) {
	expectBody(t, returnToUnwind,
		body(block(1), get(0), brIf(1), block(2), get(0), brIf(1), end(2), stop, end(1), const32(1)),
		body(get(0), when(3), const32(1), plain(opReturn), end(3), block(2),
			get(0), when(4), const32(1), plain(opReturn), end(4), end(2), stop))
	for name, f := range map[string]func() *function{
		"another answer": func() *function { return body(block(1), get(0), brIf(1), stop, end(1), const32(2)) },
		"falls through":  func() *function { return body(block(1), get(0), brIf(1), end(1), const32(1)) },
		"plain branch":   func() *function { return body(block(1), get(0), brIf(1), br(1), stop, end(1), const32(1)) },
		"table": func() *function {
			return body(block(1), get(0), brIf(1), get(0), instr{op: opBrTable, targets: []int64{1}}, stop, end(1), const32(1))
		},
	} {
		t.Run(name, func(t *testing.T) { expectBody(t, returnToUnwind, f(), f()) })
	}
}

func TestMorestack(t *testing.T) {
	check := func(pcb int64, behind ...instr) *function {
		code := []instr{when(1), get(localSP), const32(8), plain(opSub32), tee(localSP), setSP,
			get(localSP), const64(pc | pcb), store(0), const32(0), {op: opCall, a: 99}}
		return body(append(append(code, behind...), end(1))...)
	}
	reload := []instr{getSP, set(localSP), when(2), const32(1), plain(opReturn), end(2)}
	expectBody(t, tailMorestack, check(0, reload...), check(0, plain(opReturn)))
	expectBody(t, tailMorestack, check(1, reload...), check(1, reload...))
}

func TestReturnAddresses(t *testing.T) {
	f := body(get(1), const64(pc), store(0), get(1), const64(pc|300), store(0), get(2), set(3))
	expectBody(t, shortPCs, f, body(const64(pc), set(2), get(1), get(2), store(0),
		get(1), get(2), const64(300), plain(opOr64), store(0), get(3), set(4)))
	if want := []locals{{1, kindI32}, {3, kindI64}}; !reflect.DeepEqual(f.locals, want) {
		t.Errorf("locals are %v, expected %v", f.locals, want)
	}
	f = body(get(1), const64(pc), store(0), get(1), const64(pc|1), store(0))
	f.locals = []locals{{1, kindI32}, {1, 0x7c}}
	shortPCs(f)
	if want := []locals{{1, kindI32}, {1, kindI64}, {1, 0x7c}}; !reflect.DeepEqual(f.locals, want) {
		t.Errorf("locals are %v, expected %v", f.locals, want)
	}
	// One address, another function's address, and addresses that are not stored.
	for _, code := range [][]instr{
		{get(1), const64(pc), store(0)},
		{get(1), const64(pc + 1<<16), store(0), get(1), const64(pc + 1<<16), store(0)},
		{const64(pc), plain(opDrop), const64(pc), plain(opDrop)},
	} {
		expectBody(t, shortPCs, body(code...), body(code...))
	}
}

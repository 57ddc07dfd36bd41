package main

// Go's compiler writes a jump as a new value of PC_B and a branch to the loop
// around the function, where a table leads to the block that ends in front of
// the target:
//
//	i32.const PC_B, local.set 0, br LOOP
//
// The depth of LOOP changes with every block that ends, and PC_B with every
// target. Where the target lies ahead, the branch out of its block says the same
// with one small number that is often the number before; and a condition around
// nothing but a branch is a conditional branch. Measured on protocol.wasm: 19,000
// bytes of brotli, and the browser sees the flow of control without a table.
//
// PC_B itself, local 0, is not set any more then. That is the same to all who
// read it: the table, which only a jump or an entry leads to, and indirect
// calls, which use it as a scratch variable that they set first.

// dispatch finds the loop around a function and its table.
func (f *function) dispatch() (loop int64, table []int64, at int) {
	i := 2 // behind the copy of SP
	for ; i < len(f.code) && (f.code[i].op == opBlock || f.code[i].op == opLoop); i++ {
		if f.code[i].op == opLoop {
			loop = f.code[i].a
		}
	}
	if loop == 0 || !matches(f.code, i, pattern{{opLocalGet, localPCB}, {opBrTable, 0}}) {
		return 0, nil, 0
	}
	return loop, f.code[i+1].targets, i
}

// jumpDirectly makes jumps ahead branches to their target.
func jumpDirectly(f *function) {
	loop, table, at := f.dispatch()
	if table == nil || !f.readsPCBOnlyAt(at, loop) {
		return
	}
	jump := pattern{{opConst32, anything}, {opLocalSet, localPCB}, {opBr, loop}}
	open := map[int64]bool{}
	f.rewrite(func(i int) ([]instr, int) {
		in := f.code[i]
		switch {
		case isConstruct(in.op):
			open[in.a] = true
		case in.op == opEnd:
			open[in.a] = false
		case matches(f.code, i, jump) && in.a >= 0:
			if target := table[min(int(in.a), len(table)-1)]; open[target] {
				return []instr{{op: opBr, a: target}}, len(jump)
			}
		}
		return nil, 0
	})
	f.rewrite(func(i int) ([]instr, int) {
		if matches(f.code, i, pattern{{opIf, anything}, {opBr, anything}, {opEnd, anything}}) &&
			f.code[i].b == noResult && f.code[i+1].a != f.code[i].a {
			return []instr{{op: opBrIf, a: f.code[i+1].a}}, 3
		}
		return nil, 0
	})
}

// readsPCBOnlyAt reports whether the dispatch at that place, led to by jumps
// alone, and indirect calls are all that reads local 0.
func (f *function) readsPCBOnlyAt(at int, loop int64) bool {
	for i, in := range f.code {
		switch {
		case in.op == opBr && in.a == loop:
			if !matches(f.code, i-2, pattern{{opConst32, anything}, {opLocalSet, localPCB}}) {
				return false
			}
		case in.op == opBrIf && in.a == loop, in.op == opLocalTee && in.a == localPCB:
			return false
		case in.op == opBrTable && i != at+1:
			return false
		case in.op == opLocalGet && in.a == localPCB && i != at:
			if !matches(f.code, i-2, pattern{{opLocalSet, localPCB}, {opConst32, 0}}) {
				return false
			}
		}
	}
	return true
}

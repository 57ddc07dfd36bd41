package main

// Go's calling convention on WASM, and how calls get shorter.
//
// A goroutine's stack lies in linear memory; global 0 is the stack pointer SP
// and a function's local 1 a copy of it. A program counter is PC_F<<16 | PC_B:
// the function, and a point inside it where it can be resumed. A call stores
// the counter behind it on the stack, passes PC_B 0 and gets 1 back when the
// WASM stack has to unwind because another goroutine goes on:
//
//	local.get 1, i32.const 8, i32.sub, local.tee 1, global.set 0
//	local.get 1, i64.const PC, i64.store
//	i32.const 0, call F, global.get 0, local.set 1, br_if UNWIND
//
// Two of these numbers hardly compress: PC is different in every call, and
// UNWIND, the depth of a block around the whole function, changes with every
// block that ends. So PC becomes PC_F<<16, which a local variable holds, or PC_B,
// a small number; and unwinding becomes if, i32.const 1, return, end, the same
// bytes everywhere. Measured on protocol.wasm: 32,000 bytes of brotli.
//
// The check for stack space in front of a function calls runtime.morestack with
// PC_B 0, which no other call has. It never returns but to unwind, so that its
// answer is the function's answer. 1,000 bytes.

// firstFunction is PC_F of the first function behind the imports.
const firstFunction = 0x1000

// The locals and globals of the convention.
const (
	localPCB = 0 // the parameter
	localSP  = 1
	globalSP = 0
)

// startsWithSP reports whether a function begins by copying SP, as all do that
// follow the convention.
func (f *function) startsWithSP() bool {
	return len(f.locals) > 0 && f.locals[0] == locals{1, kindI32} &&
		matches(f.code, 0, pattern{{opGlobalGet, globalSP}, {opLocalSet, localSP}})
}

// pcOf returns PC_B when the instruction at i pushes a return address into this
// function, with the store behind it.
func (f *function) pcOf(i int) (pcb int64, ok bool) {
	in := f.code[i]
	if in.op != opConst64 || in.a>>16 != int64(firstFunction+f.index) || f.code[i+1].op != opStore64 {
		return 0, false
	}
	return in.a & 0xffff, true
}

// returnToUnwind replaces the branches to the end of the function, where 1 is
// returned, by returning 1.
func returnToUnwind(f *function) {
	n := len(f.code)
	if !matches(f.code, n-4, pattern{{opUnreachable, 0}, {opEnd, anything}, {opConst32, 1}, {opEnd, 0}}) {
		return
	}
	label := f.code[n-3].a
	next := int64(0)
	for _, in := range f.code {
		switch {
		case in.op == opBr && in.a == label:
			return
		case in.op == opBrTable:
			for _, target := range in.targets {
				if target == label {
					return
				}
			}
		case isConstruct(in.op):
			next = max(next, in.a)
		}
	}
	var out []instr
	for i, in := range f.code {
		switch {
		case in.op == opBrIf && in.a == label:
			next++
			out = append(out, instr{op: opIf, a: next, b: noResult}, const32(1), plain(opReturn), instr{op: opEnd, a: next})
		case in.op == opBlock && in.a == label, i == n-3, i == n-2:
		default:
			out = append(out, in)
		}
	}
	f.code = out
}

// tailMorestack returns what morestack answers.
func tailMorestack(f *function) {
	call := pattern{{opIf, anything},
		{opLocalGet, localSP}, {opConst32, 8}, {opSub32, 0}, {opLocalTee, localSP}, {opGlobalSet, globalSP},
		{opLocalGet, localSP}, {opConst64, anything}, {opStore64, 3}, {opConst32, 0}, {opCall, anything}}
	behind := pattern{{opGlobalGet, globalSP}, {opLocalSet, localSP},
		{opIf, anything}, {opConst32, 1}, {opReturn, 0}, {opEnd, anything}, {opEnd, anything}}
	f.rewrite(func(i int) ([]instr, int) {
		if !matches(f.code, i, call) || !matches(f.code, i+len(call), behind) {
			return nil, 0
		}
		if pcb, ok := f.pcOf(i + 7); !ok || pcb != 0 {
			return nil, 0
		}
		out := append([]instr(nil), f.code[i:i+len(call)]...)
		return append(out, plain(opReturn), f.code[i+len(call)+len(behind)-1]), len(call) + len(behind)
	})
}

// shortPCs takes return addresses together from a variable and a small number.
func shortPCs(f *function) {
	count := 0
	for i := range f.code {
		if _, ok := f.pcOf(i); ok {
			count++
		}
	}
	if count < 2 {
		return // one constant is shorter
	}
	// The variable is local 2, the first of type i64; the others move up.
	const local = localSP + 1
	if len(f.locals) > 1 && f.locals[1].kind == kindI64 {
		f.locals[1].count++
	} else {
		f.locals = append([]locals{f.locals[0], {1, kindI64}}, f.locals[1:]...)
	}
	var out []instr
	for i, in := range f.code {
		pcb, isPC := f.pcOf(i)
		switch {
		case isPC && pcb == 0:
			out = append(out, get(local))
		case isPC:
			out = append(out, get(local), const64(pcb), plain(opOr64))
		default:
			if in.op >= opLocalGet && in.op <= opLocalTee && in.a >= local {
				in.a++
			}
			out = append(out, in)
		}
		if i == 1 { // behind the copy of SP
			out = append(out, const64(int64(firstFunction+f.index)<<16), set(local))
		}
	}
	f.code = out
}

package main

// Short runs of instructions that have a shorter equal. Measured on
// protocol.wasm: 1,500 bytes of brotli, and 96,000 of the module.

// shorten replaces them until none is left.
func shorten(f *function) {
	for f.rewrite(func(i int) ([]instr, int) { return shorter(f.code, i) }) {
	}
}

func shorter(code []instr, i int) ([]instr, int) {
	is := func(p ...opcode) bool {
		if i+len(p) > len(code) {
			return false
		}
		for k, op := range p {
			if code[i+k].op != op {
				return false
			}
		}
		return true
	}
	condition := func(k int) bool {
		return i+k < len(code) && (code[i+k].op == opIf || code[i+k].op == opBrIf)
	}
	in := code[i]
	switch {
	case is(opNop):
		return nil, 1

	// A number of 64 bits, cut to 32.
	case is(opConst64, opWrap):
		return []instr{const32(int64(int32(in.a)))}, 2
	case is(opExtend, opWrap):
		return nil, 2
	case is(opExtend, opConst64, opAdd64, opWrap):
		return []instr{const32(int64(int32(code[i+1].a))), plain(opAdd32)}, 4

	// Conditions: not zero is what if and br_if ask for.
	case is(opExtend, opEqz64):
		return []instr{plain(opEqz32)}, 2
	case is(opEqz32, opEqz32) && condition(2):
		return nil, 2
	case in.op >= opEq32 && in.op <= opGeU64 && in.op != opEqz64 && is(in.op, opEqz32):
		return []instr{plain(inverse(in.op))}, 2

	// The end of a function: SP leaves the frame, then the return address.
	case matches(code, i, leave) && matches(code, i+len(leave), leave) && code[i+len(leave)+1].a == 8:
		return []instr{get(localSP), const32(code[i+1].a + 8), plain(opAdd32), code[i+3], code[i+4]}, 2 * len(leave)
	case matches(code, i, pattern{{opLocalTee, localSP}, {opGlobalSet, globalSP}, {opConst32, anything}, {opReturn, 0}}):
		return code[i+1 : i+4], 4
	}
	return nil, 0
}

var leave = pattern{{opLocalGet, localSP}, {opConst32, anything}, {opAdd32, 0}, {opLocalTee, localSP}, {opGlobalSet, globalSP}}

// inverse returns the comparison of integers that holds where the other does
// not. They stand in the order eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u.
func inverse(op opcode) opcode {
	first := opEq32
	if op >= opEq64 {
		first = opEq64
	}
	return first + [...]opcode{1, 0, 8, 9, 6, 7, 4, 5, 2, 3}[op-first]
}

package main

// Addresses inside a stack frame. The compiler adds an offset to SP by itself
// where a load or a store could carry it:
//
//	local.get 1, i32.const 48, i32.add, VALUE, i64.store 0
//	local.get 1, VALUE, i64.store 48
//
// The sum does not wrap around, which is where the two would differ: it is the
// address of something in the frame or among the arguments, so it lies inside
// linear memory. Measured on protocol.wasm: 5,000 bytes of brotli.

// maxFrame bounds the offsets that are taken for such an address.
const maxFrame = 1 << 20

// foldOffsets moves the offsets into the loads and stores.
func foldOffsets(f *function) {
	address := pattern{{opLocalGet, localSP}, {opConst32, anything}, {opAdd32, 0}}
	const unknown = -1
	var stack []int // where the operand comes from, when it is such an address
	pop := func(n int) (deepest int) {
		deepest = unknown
		for range n {
			deepest = unknown
			if len(stack) > 0 {
				deepest = stack[len(stack)-1]
				stack = stack[:len(stack)-1]
			}
		}
		return deepest
	}
	folded := map[int]bool{}
	for i := 0; i < len(f.code); i++ {
		in := &f.code[i]
		if matches(f.code, i, address) {
			if offset := f.code[i+1].a; offset > 0 && offset < maxFrame {
				stack = append(stack, i)
				i += len(address) - 1
				continue
			}
		}
		takes, gives, known := effect(in.op)
		if !known {
			// Behind a construct or a call the operands below are not known.
			stack = stack[:0]
			continue
		}
		at := pop(takes)
		if isMemory(in.op) && at != unknown {
			in.b += f.code[at+1].a
			folded[at] = true
		}
		for range gives {
			stack = append(stack, unknown)
		}
	}
	f.rewrite(func(i int) ([]instr, int) {
		if folded[i] {
			return f.code[i : i+1], len(address)
		}
		return nil, 0
	})
}

// effect returns how many operands an instruction takes and gives.
func effect(op opcode) (takes, gives int, known bool) {
	switch {
	case op == opLocalGet || op == opGlobalGet || op >= opConst32 && op <= opConstF64 || op == opMemorySize:
		return 0, 1, true
	case op == opLocalSet || op == opGlobalSet || op == opDrop:
		return 1, 0, true
	case op >= opStoreFirst && op <= opStoreLast:
		return 2, 0, true
	case op == opSelect:
		return 3, 1, true
	case op == opLocalTee, op >= opLoadFirst && op <= opLoadLast, op == opEqz32, op == opEqz64, isUnary(op):
		return 1, 1, true
	case op > opEqz32 && op < opWrap:
		return 2, 1, true
	}
	return 0, 0, false
}

// isUnary reports whether an instruction computes one number from one: bit
// counts, the sign, roots and roundings of floats, conversions.
func isUnary(op opcode) bool {
	return op >= 0x67 && op <= 0x69 || op >= 0x79 && op <= 0x7b || op >= 0x8b && op <= 0x91 ||
		op >= 0x99 && op <= 0x9f || op >= opWrap && op <= opExtend32S || op >= opTruncSat && op < opTruncSatEnd
}

package main

import (
	"encoding/binary"
	"fmt"
)

// Instructions of a function's body, as far as Go's compiler writes them. A
// decoded body names the target of a branch by the construct that it leaves or
// repeats instead of by how many constructs lie between, so that constructs can
// come and go; encoding counts again.

// instr is one instruction. Numbers are the immediate operands: an index, a
// constant, or alignment and offset. For constructs and branches the first is a
// label.
type instr struct {
	op      opcode
	a, b    int64
	targets []int64 // of brTable, the default last
}

// opcode is the instruction's byte, or 0xfc00 and the second byte.
type opcode uint16

const (
	opUnreachable opcode = 0x00
	opNop         opcode = 0x01
	opBlock       opcode = 0x02
	opLoop        opcode = 0x03
	opIf          opcode = 0x04
	opElse        opcode = 0x05
	opEnd         opcode = 0x0b
	opBr          opcode = 0x0c
	opBrIf        opcode = 0x0d
	opBrTable     opcode = 0x0e
	opReturn      opcode = 0x0f
	opCall        opcode = 0x10
	opIndirect    opcode = 0x11
	opDrop        opcode = 0x1a
	opSelect      opcode = 0x1b
	opLocalGet    opcode = 0x20
	opLocalSet    opcode = 0x21
	opLocalTee    opcode = 0x22
	opGlobalGet   opcode = 0x23
	opGlobalSet   opcode = 0x24
	opLoadFirst   opcode = 0x28
	opLoadLast    opcode = 0x35
	opStoreFirst  opcode = 0x36
	opStore64     opcode = 0x37
	opStoreLast   opcode = 0x3e
	opMemorySize  opcode = 0x3f
	opMemoryGrow  opcode = 0x40
	opConst32     opcode = 0x41
	opConst64     opcode = 0x42
	opConstF32    opcode = 0x43
	opConstF64    opcode = 0x44
	opEqz32       opcode = 0x45
	opEq32        opcode = 0x46
	opGeU32       opcode = 0x4f
	opEqz64       opcode = 0x50
	opEq64        opcode = 0x51
	opGeU64       opcode = 0x5a
	opAdd32       opcode = 0x6a
	opSub32       opcode = 0x6b
	opAdd64       opcode = 0x7c
	opOr64        opcode = 0x84
	opWrap        opcode = 0xa7 // i32.wrap_i64
	opExtend      opcode = 0xad // i64.extend_i32_u
	opExtend32S   opcode = 0xc4 // the last of one byte
	opTruncSat    opcode = 0xfc00
	opTruncSatEnd opcode = 0xfc08
	opMemoryCopy  opcode = 0xfc0a
	opMemoryFill  opcode = 0xfc0b
)

const noResult = -64 // the type of a construct that leaves nothing on the stack

func get(local int64) instr      { return instr{op: opLocalGet, a: local} }
func set(local int64) instr      { return instr{op: opLocalSet, a: local} }
func const32(value int64) instr  { return instr{op: opConst32, a: value} }
func const64(value int64) instr  { return instr{op: opConst64, a: value} }
func plain(op opcode) instr      { return instr{op: op} }
func isMemory(op opcode) bool    { return op >= opLoadFirst && op <= opStoreLast }
func isConstruct(op opcode) bool { return op == opBlock || op == opLoop || op == opIf }

// shape says how the immediates of an opcode are written.
func shape(op opcode) string {
	switch {
	case isConstruct(op):
		return "construct"
	case op == opBr || op == opBrIf:
		return "branch"
	case op == opBrTable:
		return "table"
	case op == opCall || op >= opLocalGet && op <= opGlobalSet || op == opMemorySize || op == opMemoryGrow || op == opMemoryFill:
		return "index"
	case isMemory(op) || op == opIndirect || op == opMemoryCopy:
		return "pair"
	case op == opConst32 || op == opConst64:
		return "signed"
	case op == opConstF32:
		return "four"
	case op == opConstF64:
		return "eight"
	case op <= opNop || op == opElse || op == opEnd || op == opReturn || op == opDrop || op == opSelect,
		op >= opEqz32 && op <= opExtend32S, op >= opTruncSat && op < opTruncSatEnd:
		return ""
	}
	return "unknown"
}

// decode reads a body behind its locals. The function itself is label 0, the
// constructs are numbered from 1.
func decode(src []byte) (code []instr, err error) {
	r := &reader{rest: src}
	open := []int64{0}
	last := int64(0)
	for len(r.rest) > 0 {
		in := instr{op: opcode(r.byte())}
		if in.op == 0xfc {
			in.op = opTruncSat | opcode(r.byte())
		}
		target := func() int64 {
			depth := r.unsigned()
			if depth >= uint64(len(open)) {
				r.fail("a branch out of %d constructs, there are %d", depth, len(open))
				return 0
			}
			return open[len(open)-1-int(depth)]
		}
		switch shape(in.op) {
		case "construct":
			last++
			in.a, in.b = last, r.signed()
			open = append(open, in.a)
		case "branch":
			in.a = target()
		case "table":
			for range min(r.unsigned(), uint64(len(r.rest))) + 1 {
				in.targets = append(in.targets, target())
			}
		case "index":
			in.a = int64(r.unsigned())
		case "pair":
			in.a, in.b = int64(r.unsigned()), int64(r.unsigned())
		case "signed":
			in.a = r.signed()
		case "four":
			if b := r.bytes(4); b != nil {
				in.a = int64(binary.LittleEndian.Uint32(b))
			}
		case "eight":
			if b := r.bytes(8); b != nil {
				in.a = int64(binary.LittleEndian.Uint64(b))
			}
		case "unknown":
			r.fail("instruction %#x, which Go 1.26 does not write", in.op)
		}
		if in.op == opEnd {
			in.a = open[len(open)-1]
			open = open[:len(open)-1]
			if len(open) == 0 && len(r.rest) > 0 {
				r.fail("%d bytes behind the end", len(r.rest))
			}
		}
		if r.err != nil {
			return nil, r.err
		}
		code = append(code, in)
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("%d constructs without an end", len(open))
	}
	return code, nil
}

// encode appends a body behind its locals.
func encode(dst []byte, code []instr) []byte {
	open := []int64{0}
	depth := func(label int64) uint64 {
		for i := range open {
			if open[len(open)-1-i] == label {
				return uint64(i)
			}
		}
		panic("a branch to a construct that is not open")
	}
	for _, in := range code {
		if in.op >= opTruncSat {
			dst = append(dst, 0xfc, byte(in.op))
		} else {
			dst = append(dst, byte(in.op))
		}
		switch shape(in.op) {
		case "construct":
			dst = appendSigned(dst, in.b)
			open = append(open, in.a)
		case "branch":
			dst = binary.AppendUvarint(dst, depth(in.a))
		case "table":
			dst = binary.AppendUvarint(dst, uint64(len(in.targets)-1))
			for _, label := range in.targets {
				dst = binary.AppendUvarint(dst, depth(label))
			}
		case "index":
			dst = binary.AppendUvarint(dst, uint64(in.a))
		case "pair":
			dst = binary.AppendUvarint(dst, uint64(in.a))
			dst = binary.AppendUvarint(dst, uint64(in.b))
		case "signed":
			dst = appendSigned(dst, in.a)
		case "four":
			dst = binary.LittleEndian.AppendUint32(dst, uint32(in.a))
		case "eight":
			dst = binary.LittleEndian.AppendUint64(dst, uint64(in.a))
		}
		if in.op == opEnd {
			open = open[:len(open)-1]
		}
	}
	return dst
}

package main

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
)

// body makes a function 7 that follows Go's calling convention around the
// instructions.
func body(code ...instr) *function {
	f := &function{index: 7, ours: true, locals: []locals{{1, kindI32}, {2, kindI64}}}
	f.code = append([]instr{{op: opGlobalGet, a: globalSP}, set(localSP)}, code...)
	f.code = append(f.code, instr{op: opEnd})
	return f
}

func expectBody(t *testing.T, change func(*function), got, want *function) {
	t.Helper()
	change(got)
	if fmt.Sprint(got.code) != fmt.Sprint(want.code) {
		t.Errorf("got\n%v, expected\n%v", got.code, want.code)
	}
	encode(nil, got.code) // every branch still finds its construct
}

var (
	block = func(label int64) instr { return instr{op: opBlock, a: label, b: noResult} }
	loop  = func(label int64) instr { return instr{op: opLoop, a: label, b: noResult} }
	when  = func(label int64) instr { return instr{op: opIf, a: label, b: noResult} }
	end   = func(label int64) instr { return instr{op: opEnd, a: label} }
	br    = func(label int64) instr { return instr{op: opBr, a: label} }
	brIf  = func(label int64) instr { return instr{op: opBrIf, a: label} }
	load  = func(offset int64) instr { return instr{op: 0x29, a: 3, b: offset} }
	store = func(offset int64) instr { return instr{op: opStore64, a: 3, b: offset} }
	tee   = func(local int64) instr { return instr{op: opLocalTee, a: local} }
	getSP = instr{op: opGlobalGet, a: globalSP}
	setSP = instr{op: opGlobalSet, a: globalSP}
	stop  = plain(opUnreachable)
)

func TestInstructions(t *testing.T) {
	src := []byte{0x02, 0x40, 0x03, 0x40, 0x20, 0x00, 0x0e, 0x02, 0x00, 0x01, 0x02, 0x0b, 0x0b, 0x41, 0x7f, 0x42, 0x80, 0x01, 0x37, 0x03, 0x08,
		0x44, 1, 2, 3, 4, 5, 6, 7, 8, 0x43, 1, 2, 3, 4, 0xfc, 0x0a, 0x00, 0x00, 0xfc, 0x02, 0x11, 0x00, 0x00, 0x0b}
	code, err := decode(src)
	if err != nil {
		t.Fatal(err)
	}
	if got := encode(nil, code); !bytes.Equal(got, src) {
		t.Errorf("got      %x\nexpected %x", got, src)
	}
	if want := []int64{2, 1, 0}; !reflect.DeepEqual(code[3].targets, want) {
		t.Errorf("the table leads to %v, expected %v", code[3].targets, want)
	}
	for cut := range src {
		if _, err := decode(src[:cut]); err == nil {
			t.Errorf("a body cut at byte %d was read", cut)
		}
	}
	for name, src := range map[string][]byte{
		"unknown": {0x06, 0x0b}, "unknown prefixed": {0xfc, 0x20, 0x0b}, "too far out": {0x0c, 0x01, 0x0b}, "behind the end": {0x0b, 0x01},
	} {
		if _, err := decode(src); err == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
}

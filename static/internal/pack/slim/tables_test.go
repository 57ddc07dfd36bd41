package main

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// A made-up module of two functions. The stack table of the first is the same
// bytes as its line table, its file table is its own; the second has neither.
const (
	namesAt  = 8 + 8*headerWords
	allNames = "\x00runtime.own\x00main.f\x00"
	heapAt   = namesAt + len(allNames)
	allHeap  = "\xee" + "\x02\x04\x00" + "\x02\x06\x02\x01\x00"
	recordAt = heapAt + len(allHeap) + 2*8
	oneSize  = funcPCData + 4*(argumentInfo+1)
)

func tables() []byte {
	b := append([]byte(nil), lineMagic...)
	for _, word := range []int{2, 1, 0, namesAt, heapAt, heapAt, heapAt, heapAt + len(allHeap)} {
		b = binary.LittleEndian.AppendUint64(b, uint64(word))
	}
	b = append(b, allNames+allHeap...)
	for i := range 2 {
		b = binary.LittleEndian.AppendUint32(b, uint32(i<<16))
		b = binary.LittleEndian.AppendUint32(b, uint32(16+i*oneSize))
	}
	own := make([]byte, oneSize)
	put := func(at int, value uint32) { binary.LittleEndian.PutUint32(own[at:], value) }
	put(funcName, 1)
	put(funcPCSP, 1)
	put(funcPCFile, 4)
	put(funcPCLine, 1)
	put(funcStartLine, 99)
	own[funcNFuncData] = argumentInfo + 1
	put(funcPCData+4*argumentInfo, 5)
	other := make([]byte, funcPCData)
	binary.LittleEndian.PutUint32(other[funcName:], uint32(strings.Index(allNames, "main")))
	return append(append(b, own...), other...)
}

func TestLinesAreDropped(t *testing.T) {
	const front = "in front"
	memory := append([]byte(front), tables()...)
	want := bytes.Clone(memory)
	if err := dropLines(memory); err != nil {
		t.Fatal(err)
	}
	clear(want[len(front)+heapAt+4:][:5]) // the file table; the shared one stays
	record := want[len(front)+recordAt:]
	for _, field := range []int{funcPCFile, funcPCLine, funcStartLine} {
		binary.LittleEndian.PutUint32(record[field:], 0)
	}
	binary.LittleEndian.PutUint32(record[funcPCData+4*argumentInfo:], 1<<32-1)
	if !bytes.Equal(memory, want) {
		t.Errorf("got      %x\nexpected %x", memory, want)
	}
}

func TestNamesAreDropped(t *testing.T) {
	memory := tables()
	want := bytes.Replace(memory, []byte("runtime.own\x00"), []byte("runtime.\x00\x00\x00\x00"), 1)
	if err := dropNames(memory); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(memory, want) {
		t.Errorf("got      %q\nexpected %q", memory, want)
	}
	// A function that the runtime knows keeps its name, and then nothing is left.
	memory = tables()
	memory[recordAt+funcID] = 1
	before := bytes.Clone(memory)
	if err := dropNames(memory); err == nil || !bytes.Equal(memory, before) {
		t.Errorf("without a name to drop: %v", err)
	}
}

func TestOwnNames(t *testing.T) {
	for name, want := range map[string]bool{
		"runtime.mallocgc": true, "runtime.(*mheap).alloc": true, "runtime.(*mheap).Alloc": true, "runtime.GC.func1": true,
		"runtime.errorString.Error": true, "runtime.GC": false, "runtime.(*Func).Name": false, "runtime.Frame.Line": false,
		"runtime.(*Func).name": true, "main.f": false, "runtimes.f": false, "runtime.": true, "": false,
	} {
		if isOwnName([]byte(name)) != want {
			t.Errorf("%q: expected %v", name, want)
		}
	}
}

func TestUnknownTablesAreLeftAlone(t *testing.T) {
	whole := tables()
	broken := map[string][]byte{
		"none":    []byte("no tables"),
		"two":     append(bytes.Clone(whole), lineMagic...),
		"no end":  append(bytes.Clone(whole[:namesAt]), bytes.Repeat([]byte{0xff}, len(whole)-namesAt)...),
		"too few": whole[:len(whole)-funcPCData],
	}
	for name, memory := range broken {
		for _, drop := range []func([]byte) error{dropLines, dropNames} {
			before := bytes.Clone(memory)
			if err := drop(memory); err == nil {
				t.Errorf("%s: no error", name)
			}
			if !bytes.Equal(before, memory) {
				t.Errorf("%s: something was changed", name)
			}
		}
	}
}

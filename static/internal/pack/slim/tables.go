package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// The layout of Go's program counter tables, as runtime/symtab.go of Go 1.20 to
// 1.26 has it. A header leads to the names of functions, to a heap of tables that
// map program counters to values, and to a table of functions with a record each;
// a record names its tables by offset, 0 for none, and functions with equal
// tables share one.

// lineMagic begins the header: the magic number, two zeros, a quantum of one
// byte and pointers of eight.
var lineMagic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

const (
	headerWords = 8 // numbers of eight bytes behind the magic number

	// Offsets inside a function's record, of four bytes but where it says so.
	funcEntry     = 0 // PC_F
	funcName      = 4
	funcPCSP      = 16
	funcPCFile    = 20
	funcPCLine    = 24
	funcNPCData   = 28
	funcStartLine = 36
	funcID        = 40 // one byte, 0 for a function that the runtime need not know
	funcNFuncData = 43 // one byte
	funcPCData    = 44 // the tables, then the data

	argumentInfo = 5 // the number of the data that tells a trace the arguments
)

// pcTables are the tables inside memory.
type pcTables struct {
	header    []byte
	names     []byte
	namesAt   int // offsets in header from here on
	tables    []byte
	functions int
	records   []int
}

// inTables calls change with the tables. Where they are not what they are
// expected to be, it returns an error and memory stays as it was.
func inTables(memory []byte, change func(*pcTables) error) (err error) {
	at := bytes.Index(memory, lineMagic)
	if at < 0 || bytes.Contains(memory[at+1:], lineMagic) {
		return errors.New("expected one header of program counter tables")
	}
	// A layout that is not the expected one shows in offsets out of range.
	defer func() {
		if recover() != nil {
			err = errors.New("the tables are not laid out as in Go 1.26")
		}
	}()
	t := &pcTables{header: memory[at:]}
	word := func(i int) int { return int(binary.LittleEndian.Uint64(t.header[8+8*i:])) }
	count, names, units, tables, functions := word(0), word(3), word(4), word(6), word(7)
	if count <= 0 || names < 8+8*headerWords || units < names || tables < units || functions <= tables {
		return fmt.Errorf("expected offsets in ascending order, found %d functions at %d, tables at %d, names at %d", count, functions, tables, names)
	}
	t.names, t.namesAt = t.header[names:units], names
	t.tables, t.functions = t.header[tables:functions], functions
	for i := range count {
		record := functions + int(t.at(functions+8*i+4))
		t.records = append(t.records, record)
		_ = t.header[record+funcPCData+4*int(t.at(record+funcNPCData))+4*int(t.header[record+funcNFuncData])-1]
	}
	return change(t)
}

func (t *pcTables) at(offset int) uint32 {
	return binary.LittleEndian.Uint32(t.header[offset:])
}

func (t *pcTables) put(offset int, value uint32) {
	binary.LittleEndian.PutUint32(t.header[offset:], value)
}

// tableEnd returns the offset behind the table that begins at start: pairs of
// variable-length numbers, ended by a zero that is not the first value.
func tableEnd(tables []byte, start int) int {
	at := start
	next := func() uint64 {
		value, n := binary.Uvarint(tables[at:])
		if n <= 0 {
			panic("table without an end")
		}
		at += n
		return value
	}
	for first := true; ; first = false {
		if next() == 0 && !first {
			return at
		}
		next()
	}
}

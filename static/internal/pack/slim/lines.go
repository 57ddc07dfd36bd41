package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// The layout of Go's program counter tables, as runtime/symtab.go of Go 1.20 to
// 1.26 has it. A header leads to a table of functions and to a heap of tables
// that map program counters to values; a function names its tables by offset, 0
// for none, and functions with equal tables share one.

// lineMagic begins the header: the magic number, two zeros, a quantum of one
// byte and pointers of eight.
var lineMagic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

const (
	headerWords = 8  // numbers of eight bytes behind the magic number
	funcPCSP    = 16 // offsets inside a function's record, all of four bytes
	funcPCFile  = 20
	funcPCLine  = 24
	funcNPCData = 28
	funcPCData  = 44
)

// dropLines zeroes the tables of files and lines, as far as no other table is
// the same bytes, and tells every function that it has none.
func dropLines(memory []byte) (err error) {
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
	le := binary.LittleEndian
	header := memory[at:]
	word := func(i int) int { return int(le.Uint64(header[8+8*i:])) }
	count, tables, functions := word(0), word(6), word(7)
	if count <= 0 || tables < 8+8*headerWords || functions <= tables {
		return fmt.Errorf("expected offsets in ascending order, found %d functions at %d, tables at %d", count, functions, tables)
	}

	needed := make([]bool, functions-tables)
	keep := func(offset uint32) {
		if offset != 0 {
			for i := int(offset); i < tableEnd(header[tables:functions], int(offset)); i++ {
				needed[i] = true
			}
		}
	}
	var records []int
	dropped := map[uint32]bool{}
	for i := range count {
		record := functions + int(le.Uint32(header[functions+8*i+4:]))
		f := header[record:]
		keep(le.Uint32(f[funcPCSP:]))
		for n := range int(le.Uint32(f[funcNPCData:])) {
			keep(le.Uint32(f[funcPCData+4*n:]))
		}
		for _, field := range []int{funcPCFile, funcPCLine} {
			if offset := le.Uint32(f[field:]); offset != 0 {
				tableEnd(header[tables:functions], int(offset))
				dropped[offset] = true
			}
		}
		records = append(records, record)
	}
	// Everything has been read without a surprise: now it may be changed.
	for _, record := range records {
		le.PutUint32(header[record+funcPCFile:], 0)
		le.PutUint32(header[record+funcPCLine:], 0)
	}
	for offset := range dropped {
		end := tableEnd(header[tables:functions], int(offset))
		for i := int(offset); i < end; i++ {
			if !needed[i] {
				header[tables+i] = 0
			}
		}
	}
	return nil
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

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// module is a WASM module in parts that can be changed: the bodies of its
// functions and its initial memory. The other sections stay bytes.
type module struct {
	sections []section
	funcs    []*function
	base     uint64 // address of memory[0]
	memory   []byte
}

type section struct {
	id   byte
	body []byte // of neither code nor data
}

// The sections that matter here, by id.
const (
	customSection   = 0
	typeSection     = 1
	functionSection = 3
	codeSection     = 10
	dataSection     = 11
)

var magic = []byte("\x00asm\x01\x00\x00\x00")

// parseModule reads the sections, the functions and the data segments. Only
// active segments with a constant address are known, which is all that Go's
// linker writes. Custom sections are left out: they say which tools made the
// module.
func parseModule(src []byte) (*module, error) {
	if !bytes.HasPrefix(src, magic) {
		return nil, errors.New("expected a WASM module of version 1")
	}
	m := &module{}
	r := &reader{rest: src[len(magic):]}
	var types, kinds []byte
	for len(r.rest) > 0 {
		s := section{id: r.byte()}
		s.body = r.bytes(r.unsigned())
		if r.err != nil {
			return nil, r.err
		}
		var err error
		switch s.id {
		case customSection:
			continue
		case typeSection:
			types = s.body
		case functionSection:
			kinds = s.body
		case codeSection:
			err = m.readFunctions(types, kinds, s.body)
			s.body = nil
		case dataSection:
			err = m.readSegments(s.body)
			s.body = nil
		}
		if err != nil {
			return nil, err
		}
		m.sections = append(m.sections, s)
	}
	if m.memory == nil {
		return nil, errors.New("expected a data section, found none")
	}
	return m, nil
}

// append writes the module with all its memory in one segment.
func (m *module) append(dst []byte) []byte {
	dst = append(dst, magic...)
	for _, s := range m.sections {
		body := s.body
		switch s.id {
		case codeSection:
			body = m.appendFunctions(nil)
		case dataSection:
			body = m.appendSegment(nil)
		}
		dst = append(dst, s.id)
		dst = binary.AppendUvarint(dst, uint64(len(body)))
		dst = append(dst, body...)
	}
	return dst
}

// function is the body of a function.
type function struct {
	// index is the function's place in the code section, behind the imports.
	index int
	// ours says that it follows the calling convention of Go's compiler, which
	// calls.go describes.
	ours   bool
	locals []locals
	code   []instr
}

// locals are some local variables of one type, beside the parameters.
type locals struct {
	count uint64
	kind  byte
}

const (
	kindI32 = 0x7f
	kindI64 = 0x7e
)

func (m *module) readFunctions(types, kinds, b []byte) error {
	r := &reader{rest: b}
	kind := &reader{rest: kinds}
	count := r.unsigned()
	if n := kind.unsigned(); n != count {
		return fmt.Errorf("expected a body for each of %d functions, found %d", n, count)
	}
	// Go's linker puts its own function type, one i32 to one i32, first.
	goType := bytes.HasPrefix(types[min(1, len(types)):], []byte{0x60, 1, kindI32, 1, kindI32})
	for i := 0; i < int(count) && r.err == nil; i++ {
		body := &reader{rest: r.bytes(r.unsigned())}
		f := &function{index: i}
		for range min(body.unsigned(), uint64(len(body.rest))) {
			f.locals = append(f.locals, locals{body.unsigned(), body.byte()})
		}
		var err error
		if f.code, err = decode(body.rest); err != nil || body.err != nil {
			return fmt.Errorf("function %d: %w", i, errors.Join(body.err, err))
		}
		f.ours = goType && kind.unsigned() == 0 && kind.err == nil && f.startsWithSP()
		m.funcs = append(m.funcs, f)
	}
	return errors.Join(r.err, kind.err)
}

func (m *module) appendFunctions(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(m.funcs)))
	var body []byte
	for _, f := range m.funcs {
		body = binary.AppendUvarint(body[:0], uint64(len(f.locals)))
		for _, l := range f.locals {
			body = append(binary.AppendUvarint(body, l.count), l.kind)
		}
		body = encode(body, f.code)
		dst = binary.AppendUvarint(dst, uint64(len(body)))
		dst = append(dst, body...)
	}
	return dst
}

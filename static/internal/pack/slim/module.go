package main

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// module is a WASM module whose data segments are laid out as one run of memory.
type module struct {
	before, after []byte // the bytes in front of and behind the data section
	base          uint64 // address of memory[0]
	memory        []byte
}

// maxMemory bounds the initial memory that is believed: 64 MiB.
const maxMemory = 64 << 20

// dataSection is the id of the section with the initial memory.
const dataSection = 11

var errShort = errors.New("the module ends inside a section")

// parseModule reads the sections and the data segments. Only active segments
// with a constant address are known, which is all that Go's linker writes.
func parseModule(src []byte) (*module, error) {
	if !bytes.HasPrefix(src, []byte("\x00asm\x01\x00\x00\x00")) {
		return nil, errors.New("expected a WASM module of version 1")
	}
	for at := 8; at < len(src); {
		start := at
		size, n := binary.Uvarint(src[at+1:])
		at += 1 + n
		if n <= 0 || size > uint64(len(src)-at) {
			return nil, errShort
		}
		body := src[at : at+int(size)]
		at += int(size)
		if src[start] != dataSection {
			continue
		}
		m := &module{before: src[:start], after: src[at:]}
		return m, m.readSegments(body)
	}
	return nil, errors.New("expected a data section, found none")
}

func (m *module) readSegments(b []byte) error {
	count, n := binary.Uvarint(b)
	if n <= 0 {
		return errShort
	}
	b = b[n:]
	var segments []segment
	for i := range count {
		// Flags 0, then i32.const ADDRESS end, then the length.
		if len(b) < 2 || b[0] != 0 || b[1] != 0x41 {
			return fmt.Errorf("data segment %d: expected an active segment with a constant address", i)
		}
		address, n := signed(b[2:])
		if n <= 0 || address < 0 || len(b) < 3+n || b[2+n] != 0x0b {
			return fmt.Errorf("data segment %d: expected a constant address", i)
		}
		b = b[3+n:]
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return errShort
		}
		segments = append(segments, segment{uint64(address), b[n : n+int(size)]})
		b = b[n+int(size):]
	}
	return m.lay(segments)
}

// segment is a run of bytes at an address.
type segment struct {
	address uint64
	data    []byte
}

// lay puts the segments into memory, in the order of their addresses.
func (m *module) lay(segments []segment) error {
	if len(segments) == 0 {
		return errors.New("expected a data segment, found none")
	}
	slices.SortFunc(segments, func(a, b segment) int { return cmp.Compare(a.address, b.address) })
	m.base = segments[0].address
	for _, s := range segments {
		offset := s.address - m.base
		if offset < uint64(len(m.memory)) || offset+uint64(len(s.data)) > maxMemory {
			return fmt.Errorf("expected segments side by side in %d bytes, found one at %d", maxMemory, s.address)
		}
		m.memory = append(m.memory, make([]byte, offset-uint64(len(m.memory)))...)
		m.memory = append(m.memory, s.data...)
	}
	return nil
}

// append writes the module with all its memory in one segment.
func (m *module) append(dst []byte) []byte {
	body := []byte{1, 0, 0x41}
	body = appendSigned(body, int64(m.base))
	body = append(body, 0x0b)
	body = binary.AppendUvarint(body, uint64(len(m.memory)))
	body = append(body, m.memory...)
	dst = append(dst, m.before...)
	dst = append(dst, dataSection)
	dst = binary.AppendUvarint(dst, uint64(len(body)))
	dst = append(dst, body...)
	return append(dst, m.after...)
}

// signed reads a signed LEB128 number and returns how many bytes it takes, 0
// when there is none.
func signed(b []byte) (int64, int) {
	var value int64
	for i := 0; i < len(b) && i < 10; i++ {
		value |= int64(b[i]&0x7f) << (7 * i)
		if b[i]&0x80 == 0 {
			if shift := 7 * (i + 1); shift < 64 && b[i]&0x40 != 0 {
				value |= -1 << shift
			}
			return value, i + 1
		}
	}
	return 0, 0
}

func appendSigned(dst []byte, value int64) []byte {
	for {
		c := byte(value & 0x7f)
		value >>= 7
		if value == 0 && c&0x40 == 0 || value == -1 && c&0x40 != 0 {
			return append(dst, c)
		}
		dst = append(dst, c|0x80)
	}
}

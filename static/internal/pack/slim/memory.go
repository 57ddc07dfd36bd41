package main

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// The initial memory. Go's linker leaves every run of eight zero bytes out,
// which makes tens of thousands of segments, each with an address that hardly
// compresses; in one segment the zeros cost next to nothing after compression.

// maxMemory bounds the initial memory that is believed: 64 MiB.
const maxMemory = 64 << 20

// segment is a run of bytes at an address.
type segment struct {
	address uint64
	data    []byte
}

func (m *module) readSegments(b []byte) error {
	r := &reader{rest: b}
	var segments []segment
	for i, count := 0, r.unsigned(); i < int(count); i++ {
		// Flags 0, then i32.const ADDRESS end, then the length.
		if r.byte() != 0 || r.byte() != byte(opConst32) {
			return fmt.Errorf("data segment %d: expected an active segment with a constant address", i)
		}
		address := r.signed()
		if end := r.byte(); r.err == nil && (address < 0 || end != byte(opEnd)) {
			return fmt.Errorf("data segment %d: expected a constant address", i)
		}
		segments = append(segments, segment{uint64(address), r.bytes(r.unsigned())})
		if r.err != nil {
			return r.err
		}
	}
	return errors.Join(r.err, m.lay(segments))
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

func (m *module) appendSegment(dst []byte) []byte {
	dst = append(dst, 1, 0, byte(opConst32))
	dst = appendSigned(dst, int64(m.base))
	dst = append(dst, byte(opEnd))
	dst = binary.AppendUvarint(dst, uint64(len(m.memory)))
	return append(dst, m.memory...)
}

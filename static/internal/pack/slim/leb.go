package main

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// reader takes numbers and bytes off the front of rest. The first error stays,
// and from then on everything reads as zero.
type reader struct {
	rest []byte
	err  error
}

var errShort = errors.New("the module ends inside a section")

func (r *reader) fail(format string, arguments ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, arguments...)
	}
	r.rest = nil
}

func (r *reader) short() {
	if r.err == nil {
		r.err = errShort
	}
	r.rest = nil
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// bytes returns the next n bytes, nil when there are fewer.
func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.short()
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) unsigned() uint64 {
	value, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.short()
		return 0
	}
	r.rest = r.rest[n:]
	return value
}

func (r *reader) signed() int64 {
	value, n := signed(r.rest)
	if n <= 0 {
		r.short()
		return 0
	}
	r.rest = r.rest[n:]
	return value
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

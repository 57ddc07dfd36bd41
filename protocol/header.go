package protocol

import (
	"encoding/binary"
	"errors"
)

// A frame header on the wire (RFC 6455, section 5.2):
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-------+-+-------------+-------------------------------+
//	|F|R|R|R| opcode|M| Payload len |    Extended payload length    |
//	|I|S|S|S|  (4)  |A|     (7)     |             (16/64)           |
//	|N|V|V|V|       |S|             |   (if payload len==126/127)   |
//	| |1|2|3|       |K|             |                               |
//	+-+-+-+-+-------+-+-------------+ - - - - - - - - - - - - - - - +
//	|                           ...  masking key, if MASK is set    |
//	+---------------------------------------------------------------+
//
// Parsing refuses nothing: a reserved bit, a length in too long a form or one
// with its top bit set are read as they stand. Judging is Check's business.

// MaxHeaderLength is the length in bytes of the longest header: two bytes,
// eight of extended payload length and four of masking key.
const MaxHeaderLength = 14

// ErrShort is the only error of ParseHeader: the bytes end inside the header.
var ErrShort = errors.New("protocol: the bytes end inside the frame header")

// Flags are the first sixteen bits of a frame without the seven of the payload
// length: FIN, RSV1, RSV2, RSV3, the opcode and MASK, each where the wire has it.
type Flags uint16

// The single bits of Flags. The opcode stands in bits 8 to 11.
const (
	FIN  Flags = 0x8000
	RSV1 Flags = 0x4000
	RSV2 Flags = 0x2000
	RSV3 Flags = 0x1000
	MASK Flags = 0x0080

	flagsMask  = 0xff80
	flagOpcode = 0x0f00
)

// Opcode returns the opcode among the flags.
func (f Flags) Opcode() Opcode { return Opcode(f >> 8 & 0xf) }

// WithOpcode returns the flags with another opcode.
func (f Flags) WithOpcode(o Opcode) Flags { return f&^flagOpcode | Flags(o&0xf)<<8 }

// Has reports whether all the given bits are set.
func (f Flags) Has(bits Flags) bool { return f&bits == bits }

// With returns the flags with the given bits set or cleared.
func (f Flags) With(bits Flags, on bool) Flags {
	if on {
		return f | bits
	}
	return f &^ bits
}

// LengthForm says in how many bits a payload length is written.
type LengthForm uint8

// The three forms of RFC 6455, section 5.2. LengthShortest stands for the one
// that the section asks for: the first of the three that holds the value.
const (
	LengthShortest LengthForm = 0
	Length7        LengthForm = 7
	Length16       LengthForm = 16
	Length64       LengthForm = 64
)

// ShortestForm returns the form that holds the length in the fewest bits.
func ShortestForm(length uint64) LengthForm {
	switch {
	case length < 126:
		return Length7
	case length < 1<<16:
		return Length16
	}
	return Length64
}

// extended returns how many bytes of extended payload length the form has.
func (f LengthForm) extended() int {
	switch f {
	case Length16:
		return 2
	case Length64:
		return 8
	}
	return 0
}

// Header is a frame header. Four fields of one machine word or less keep it in
// registers, which is worth a factor of two in ParseHeader; think before adding
// a fifth.
type Header struct {
	Flags Flags
	// Form is the form that the payload length was read from. When writing,
	// LengthShortest picks the shortest.
	Form LengthForm
	// MaskingKey is written and read only when MASK is set.
	MaskingKey MaskingKey
	// PayloadLength in bytes, up to 2^64-1. Nothing says that so many follow.
	PayloadLength uint64
}

// Opcode returns the header's opcode.
func (h Header) Opcode() Opcode { return h.Flags.Opcode() }

// Has reports whether all the given bits are set.
func (h Header) Has(bits Flags) bool { return h.Flags.Has(bits) }

// Len returns the length of the header in bytes, 2 to 14.
func (h Header) Len() int {
	form := h.Form
	if form == LengthShortest {
		form = ShortestForm(h.PayloadLength)
	}
	n := 2 + form.extended()
	if h.Flags&MASK != 0 {
		n += 4
	}
	return n
}

// ParseHeader reads a frame header from the front of src and returns how many
// bytes it takes. The only error is ErrShort. Appending what was read gives the
// same bytes again.
func ParseHeader(src []byte) (Header, int, error) {
	if len(src) < 2 {
		return Header{}, 0, ErrShort
	}
	flags := Flags(src[0])<<8 | Flags(src[1]&0x80)
	form, length, n := Length7, uint64(src[1]&0x7f), 2
	switch length {
	case 126:
		if len(src) < 4 {
			return Header{}, 0, ErrShort
		}
		form, length, n = Length16, uint64(binary.BigEndian.Uint16(src[2:])), 4
	case 127:
		if len(src) < 10 {
			return Header{}, 0, ErrShort
		}
		form, length, n = Length64, binary.BigEndian.Uint64(src[2:]), 10
	}
	var key MaskingKey
	if flags&MASK != 0 {
		if len(src) < n+4 {
			return Header{}, 0, ErrShort
		}
		key = MaskingKey(binary.BigEndian.Uint32(src[n:]))
		n += 4
	}
	return Header{flags, form, key, length}, n, nil
}

// AppendTo appends the header as it stands on the wire. A payload length that
// does not fit its form loses its high bits.
func (h Header) AppendTo(dst []byte) []byte {
	form, length := h.Form, h.PayloadLength
	if form == LengthShortest {
		form = ShortestForm(length)
	}
	first, second := byte(h.Flags>>8), byte(h.Flags&MASK)
	switch form {
	case Length16:
		dst = append(dst, first, second|126, byte(length>>8), byte(length))
	case Length64:
		dst = append(dst, first, second|127,
			byte(length>>56), byte(length>>48), byte(length>>40), byte(length>>32),
			byte(length>>24), byte(length>>16), byte(length>>8), byte(length))
	default:
		dst = append(dst, first, second|byte(length&0x7f))
	}
	if h.Flags&MASK != 0 {
		dst = binary.BigEndian.AppendUint32(dst, uint32(h.MaskingKey))
	}
	return dst
}

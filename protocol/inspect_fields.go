package protocol

import "encoding/binary"

// appendFields lays the fields over the bits of the frame, as far as the bytes
// have arrived.
func (f *Frame) appendFields(dst []Field, src []byte) []Field {
	b := src[f.Start:f.End]
	bit := uint64(f.Start) * 8
	put := func(name FieldName, bits int, value uint64, short bool) {
		dst = append(dst, Field{name, Span{bit, uint64(bits)}, value, short})
		bit += uint64(bits)
	}
	put(FieldFIN, 1, uint64(b[0]>>7), false)
	put(FieldRSV1, 1, uint64(b[0]>>6&1), false)
	put(FieldRSV2, 1, uint64(b[0]>>5&1), false)
	put(FieldRSV3, 1, uint64(b[0]>>4&1), false)
	put(FieldOpcode, 4, uint64(b[0]&0xf), false)
	if len(b) == 1 {
		return dst
	}
	put(FieldMASK, 1, uint64(b[1]>>7), false)
	put(FieldPayloadLength, 7, uint64(b[1]&0x7f), false)
	b = b[2:]
	// take puts a field of n bytes, or what is there of it.
	take := func(name FieldName, n int) {
		have := min(n, len(b))
		if have == 0 {
			return
		}
		var word [8]byte
		copy(word[8-have:], b[:have])
		put(name, have*8, binary.BigEndian.Uint64(word[:]), have < n)
		b = b[have:]
	}
	switch src[f.Start+1] & 0x7f {
	case 126:
		take(FieldExtendedPayloadLength, 2)
	case 127:
		take(FieldExtendedPayloadLength, 8)
	}
	if src[f.Start+1]&0x80 != 0 {
		take(FieldMaskingKey, 4)
	}
	if len(b) == 0 {
		return dst
	}
	if f.Header.Opcode() == OpcodeClose && len(b) >= 2 {
		front := [2]byte{b[0], b[1]}
		if f.Header.Has(MASK) {
			Mask(front[:], f.Header.MaskingKey, 0)
		}
		put(FieldStatusCode, 16, uint64(binary.BigEndian.Uint16(front[:])), false)
		if b = b[2:]; len(b) > 0 {
			put(FieldReason, len(b)*8, 0, f.Missing > 0)
		}
		return dst
	}
	put(FieldPayloadData, len(b)*8, 0, f.Missing > 0)
	return dst
}

package protocol

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// Masking (RFC 6455, section 5.3) XORs byte i of the payload data with byte
// i mod 4 of the masking key. Doing it twice gives the data back.
//
// The loop takes 128 bytes a turn in sixteen 8-byte words, unrolled by hand
// because a helper over the inliner's budget costs a call per turn. The tail is
// done with words that overlap: both are loaded before either is stored, so
// that no byte is masked twice. Safe Go, and the same lines on every target.

// MaskingKey is the 32-bit key of a frame. Its most significant byte is the
// first on the wire, so that MaskingKey(0x37fa213d) reads like the bytes.
type MaskingKey uint32

var errMaskingKey = errors.New("expected a masking key of eight hex digits")

// ParseMaskingKey reads eight hex digits in the order of the wire.
func ParseMaskingKey(s string) (MaskingKey, error) {
	if len(s) != 8 {
		return 0, errMaskingKey
	}
	var key uint32
	for i := 0; i < 8; i++ {
		digit, ok := hexDigit(s[i])
		if !ok {
			return 0, errMaskingKey
		}
		key = key<<4 | uint32(digit)
	}
	return MaskingKey(key), nil
}

// AppendHex appends the key as eight hex digits in the order of the wire.
func (k MaskingKey) AppendHex(dst []byte) []byte {
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[k>>shift&0xf])
	}
	return dst
}

// String returns eight hex digits in the order of the wire.
func (k MaskingKey) String() string { return string(k.AppendHex(make([]byte, 0, 8))) }

const hexDigits = "0123456789abcdef"

// hexDigit returns the value of one hex digit, either case.
func hexDigit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// Mask masks or unmasks payload in place. Position is where its first byte
// stands in the payload data of its frame, so that data can be masked piece by
// piece as it arrives.
func Mask(payload []byte, key MaskingKey, position uint64) {
	if key == 0 {
		return
	}
	// Turned so that its first byte belongs to payload[0], and read as the
	// machine reads words in little-endian order: byte 0 is the lowest.
	turned := bits.RotateLeft32(uint32(key), 8*int(position&3))
	word := uint64(bits.ReverseBytes32(turned))
	word |= word << 32

	n := len(payload)
	if n < 8 {
		maskFew(payload, word)
		return
	}
	le := binary.LittleEndian
	last := le.Uint64(payload[n-8:])
	b := payload
	for len(b) >= 128 {
		c := b[:128:128]
		le.PutUint64(c[0:], le.Uint64(c[0:])^word)
		le.PutUint64(c[8:], le.Uint64(c[8:])^word)
		le.PutUint64(c[16:], le.Uint64(c[16:])^word)
		le.PutUint64(c[24:], le.Uint64(c[24:])^word)
		le.PutUint64(c[32:], le.Uint64(c[32:])^word)
		le.PutUint64(c[40:], le.Uint64(c[40:])^word)
		le.PutUint64(c[48:], le.Uint64(c[48:])^word)
		le.PutUint64(c[56:], le.Uint64(c[56:])^word)
		le.PutUint64(c[64:], le.Uint64(c[64:])^word)
		le.PutUint64(c[72:], le.Uint64(c[72:])^word)
		le.PutUint64(c[80:], le.Uint64(c[80:])^word)
		le.PutUint64(c[88:], le.Uint64(c[88:])^word)
		le.PutUint64(c[96:], le.Uint64(c[96:])^word)
		le.PutUint64(c[104:], le.Uint64(c[104:])^word)
		le.PutUint64(c[112:], le.Uint64(c[112:])^word)
		le.PutUint64(c[120:], le.Uint64(c[120:])^word)
		b = b[128:]
	}
	for len(b) >= 32 {
		c := b[:32:32]
		le.PutUint64(c[0:], le.Uint64(c[0:])^word)
		le.PutUint64(c[8:], le.Uint64(c[8:])^word)
		le.PutUint64(c[16:], le.Uint64(c[16:])^word)
		le.PutUint64(c[24:], le.Uint64(c[24:])^word)
		b = b[32:]
	}
	for len(b) >= 8 {
		le.PutUint64(b, le.Uint64(b)^word)
		b = b[8:]
	}
	// Up to seven bytes are left. The last eight, loaded before anything was
	// stored, cover them; the bytes in front are written the same once more.
	if len(b) > 0 {
		le.PutUint64(payload[n-8:], last^bits.RotateLeft64(word, -8*(n&3)))
	}
}

// maskFew masks fewer than eight bytes.
func maskFew(b []byte, word uint64) {
	le := binary.LittleEndian
	switch n := len(b); {
	case n >= 4:
		head, tail := le.Uint32(b), le.Uint32(b[n-4:])
		shift := 8 * uint(n&3)
		le.PutUint32(b[n-4:], tail^uint32(word>>shift))
		le.PutUint32(b, head^uint32(word))
	case n >= 2:
		head, tail := le.Uint16(b), le.Uint16(b[n-2:])
		le.PutUint16(b[n-2:], tail^uint16(word>>(8*uint(n-2))))
		le.PutUint16(b, head^uint16(word))
	case n == 1:
		b[0] ^= byte(word)
	}
}

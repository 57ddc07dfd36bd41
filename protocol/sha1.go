package protocol

import (
	"encoding/binary"
	"math/bits"
)

// SHA-1 (FIPS 180-4, section 6.1) for the one thing that the handshake does with
// it, a text of some sixty bytes. It is no secret and no signature, and the
// standard library's would be a quarter of the WASM module.

// sha1Sum returns the digest.
func sha1Sum(text string) (digest [20]byte) {
	state := [5]uint32{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}
	length := uint64(len(text)) * 8
	for ; len(text) >= 64; text = text[64:] {
		sha1Block(&state, text[:64])
	}
	// What is left, a 1 bit, zeros, and the length in bits fill one block or two.
	var last [128]byte
	n := copy(last[:], text)
	last[n] = 0x80
	end := 64
	if n >= 56 {
		end = 128
	}
	binary.BigEndian.PutUint64(last[end-8:], length)
	for i := 0; i < end; i += 64 {
		sha1Block(&state, string(last[i:i+64]))
	}
	for i, word := range state {
		binary.BigEndian.PutUint32(digest[4*i:], word)
	}
	return digest
}

// sha1Block works one block of 64 bytes into the state.
func sha1Block(state *[5]uint32, block string) {
	var w [80]uint32
	for i := range 16 {
		w[i] = uint32(block[4*i])<<24 | uint32(block[4*i+1])<<16 | uint32(block[4*i+2])<<8 | uint32(block[4*i+3])
	}
	for i := 16; i < 80; i++ {
		w[i] = bits.RotateLeft32(w[i-3]^w[i-8]^w[i-14]^w[i-16], 1)
	}
	a, b, c, d, e := state[0], state[1], state[2], state[3], state[4]
	for i := range 80 {
		var f uint32
		switch i / 20 {
		case 0:
			f = (b&c | ^b&d) + 0x5a827999
		case 1:
			f = (b ^ c ^ d) + 0x6ed9eba1
		case 2:
			f = (b&c | b&d | c&d) + 0x8f1bbcdc
		default:
			f = (b ^ c ^ d) + 0xca62c1d6
		}
		a, b, c, d, e = bits.RotateLeft32(a, 5)+f+e+w[i], a, bits.RotateLeft32(b, 30), c, d
	}
	state[0] += a
	state[1] += b
	state[2] += c
	state[3] += d
	state[4] += e
}

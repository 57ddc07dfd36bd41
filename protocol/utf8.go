package protocol

import "encoding/binary"

// UTF-8 is judged by a finite automaton whose whole state is one number, so a
// text can be fed in any pieces and the first byte that no valid text can have
// at its place is found at once (RFC 6455, section 8.1; RFC 3629, section 4).
//
// The automaton is one shift a byte: a row of the table holds, for one byte,
// the next state for every state, six bits each, and a state is the number of
// bits by which to shift its row. Runs of ASCII are skipped eight bytes at a
// time while no character is under way.

// UTF8 judges a text that arrives in pieces. The zero value begins a text.
type UTF8 struct {
	state uint64
}

const (
	utf8Begin  = 0  // between characters
	utf8Reject = 6  // no valid text begins like this
	utf8One    = 12 // one continuation byte to come
	utf8Two    = 18 // two
	utf8E0     = 24 // after E0: A0..BF comes, otherwise it were overlong
	utf8ED     = 30 // after ED: 80..9F comes, otherwise it were a surrogate
	utf8F0     = 36 // after F0: 90..BF comes, otherwise it were overlong
	utf8Three  = 42 // after F1 to F3: three to come
	utf8F4     = 48 // after F4: 80..8F comes, otherwise it were over U+10FFFF
)

// utf8Steps are all steps that valid text can take: a byte from low to high, in
// this state, leads to the next one. Any other byte is rejected.
var utf8Steps = [...]struct{ low, high, state, next uint8 }{
	{0x00, 0x7f, utf8Begin, utf8Begin},
	{0xc2, 0xdf, utf8Begin, utf8One},
	{0xe0, 0xe0, utf8Begin, utf8E0},
	{0xe1, 0xec, utf8Begin, utf8Two},
	{0xed, 0xed, utf8Begin, utf8ED},
	{0xee, 0xef, utf8Begin, utf8Two},
	{0xf0, 0xf0, utf8Begin, utf8F0},
	{0xf1, 0xf3, utf8Begin, utf8Three},
	{0xf4, 0xf4, utf8Begin, utf8F4},
	{0x80, 0xbf, utf8One, utf8Begin},
	{0x80, 0xbf, utf8Two, utf8One},
	{0x80, 0xbf, utf8Three, utf8Two},
	{0xa0, 0xbf, utf8E0, utf8One},
	{0x80, 0x9f, utf8ED, utf8One},
	{0x90, 0xbf, utf8F0, utf8Two},
	{0x80, 0x8f, utf8F4, utf8Two},
}

var utf8Table = makeUTF8Table()

// makeUTF8Table runs before a page can be used, so it does no more than it must.
func makeUTF8Table() (table [256]uint64) {
	var rejected uint64
	for state := utf8Begin; state <= utf8F4; state += 6 {
		rejected |= utf8Reject << state
	}
	for b := range table {
		table[b] = rejected
	}
	for _, s := range utf8Steps {
		for b := int(s.low); b <= int(s.high); b++ {
			table[b] ^= uint64(utf8Reject^s.next) << s.state
		}
	}
	return table
}

// Feed judges the next piece of the text. It returns the index of the first
// byte that cannot be part of valid UTF-8, or -1 when there is none so far.
// After a bad byte every further piece is bad from its first byte on.
func (u *UTF8) Feed(piece []byte) int {
	state, i := u.state, 0
	for len(piece)-i >= 16 {
		if state == utf8Begin && piece[i] < 0x80 {
			if i = skipASCII(piece, i); len(piece)-i < 16 {
				break
			}
		}
		// Sixteen bytes between two looks at the state: a rejected text stays
		// rejected, so the exact place can be found afterwards. Unrolled by hand,
		// which leaves one shift a byte on the critical path.
		c := piece[i : i+16 : i+16]
		next := utf8Table[c[0]] >> (state & 63)
		next = utf8Table[c[1]] >> (next & 63)
		next = utf8Table[c[2]] >> (next & 63)
		next = utf8Table[c[3]] >> (next & 63)
		next = utf8Table[c[4]] >> (next & 63)
		next = utf8Table[c[5]] >> (next & 63)
		next = utf8Table[c[6]] >> (next & 63)
		next = utf8Table[c[7]] >> (next & 63)
		next = utf8Table[c[8]] >> (next & 63)
		next = utf8Table[c[9]] >> (next & 63)
		next = utf8Table[c[10]] >> (next & 63)
		next = utf8Table[c[11]] >> (next & 63)
		next = utf8Table[c[12]] >> (next & 63)
		next = utf8Table[c[13]] >> (next & 63)
		next = utf8Table[c[14]] >> (next & 63)
		next = utf8Table[c[15]] >> (next & 63) & 63
		if next == utf8Reject {
			break
		}
		state = next
		i += 16
	}
	// The tail, or the sixteen bytes with the bad one among them.
	for ; i < len(piece); i++ {
		state = utf8Table[piece[i]] >> (state & 63) & 63
		if state == utf8Reject {
			u.state = state
			return i
		}
	}
	u.state = state
	return -1
}

// Complete reports whether the text so far ends between two characters and is
// valid.
func (u *UTF8) Complete() bool { return u.state == utf8Begin }

// skipASCII returns the index of the first 8-byte word at or after i that is
// not all ASCII, or of the tail that is shorter than a word.
func skipASCII(b []byte, i int) int {
	const high = 0x8080808080808080
	le := binary.LittleEndian
	for rest := b[i:]; len(rest) > 64; i += 64 {
		c := (*[64]byte)(rest)
		if (le.Uint64(c[0:])|le.Uint64(c[8:])|le.Uint64(c[16:])|le.Uint64(c[24:])|
			le.Uint64(c[32:])|le.Uint64(c[40:])|le.Uint64(c[48:])|le.Uint64(c[56:]))&high != 0 {
			break
		}
		rest = rest[64:]
	}
	for len(b)-i >= 8 && le.Uint64(b[i:])&high == 0 {
		i += 8
	}
	return i
}

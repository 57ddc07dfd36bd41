package protocol_test

import (
	"bytes"
	"math/rand"
	"strings"
	"testing"

	. "framecraft/protocol"
)

// Drafts whose bytes somebody edited.

// checkWithBytes holds that the draft with other bytes encodes to them.
func checkWithBytes(t testing.TB, d Draft, b []byte) Draft {
	t.Helper()
	edited := d.WithBytes(b)
	if got := edited.AppendTo(nil, 0xdeadbeef); !bytes.Equal(got, b) {
		t.Fatalf("%s\nwith % x is\n%s\nwhich encodes to % x", d.AppendNotation(nil), b, edited.AppendNotation(nil), got)
	}
	if edited.Comment != d.Comment {
		t.Fatalf("%s\nwith % x lost its comment: %s", d.AppendNotation(nil), b, edited.AppendNotation(nil))
	}
	checkPrinted(t, []Draft{edited})
	return edited
}

func TestWithBytes(t *testing.T) {
	for _, test := range []struct{ line, wire, want string }{
		// Nothing changed.
		{`text mask=37fa213d "Hello"`, "81 85 37 fa 21 3d 7f 9f 4d 51 58", `text mask=37fa213d "Hello"`},
		{`text "Hello" # c`, "81 85 37 fa 21 3d 7f 9f 4d 51 58", `text mask=37fa213d "Hello" # c`},
		{`text nomask len7 len=2 "Hi"`, "81 02 48 69", `text nomask len7 len=2 "Hi"`},
		{`text nomask len7 len=258 "Hi"`, "81 02 48 69", `text nomask len7 len=258 "Hi"`},
		{`text mask=37fa213d xor=37fa213d "Hi"`, "81 82 37 fa 21 3d 7f 93", `text mask=37fa213d xor=37fa213d "Hi"`},
		{`binary nomask repeat(61,3)`, "82 03 61 61 61", `binary nomask repeat(61,3)`},
		{`text nomask nokey`, "81 00", `text nomask nokey`},

		// Flags.
		{`text nomask rsv1 "Hi"`, "82 02 48 69", `binary nomask "Hi"`},
		{`binary nomask hex:4869`, "01 02 48 69", `text nofin nomask hex:4869`},
		{`binary nomask repeat(61,3)`, "81 03 61 61 61", `text nomask repeat(61,3)`},

		// MASK changes nothing but itself.
		{`text mask=37fa213d "Hi"`, "81 02 37 fa 21 3d 7f 93", `text nomask key=37fa213d "Hi"`},
		{`text "Hi"`, "81 02 37 fa 21 3d 7f 93", `text nomask key=37fa213d "Hi"`},
		{`text nomask key=37fa213d "Hi"`, "81 82 37 fa 21 3d 7f 93", `text mask=37fa213d "Hi"`},
		{`text nomask "Hi"`, "81 82 48 69", `text nokey "Hi"`},
		{`text nokey "Hi"`, "81 02 48 69", `text nomask "Hi"`},
		{`text nomask nokey "Hi"`, "81 82 48 69", `text nokey "Hi"`},

		// The key alone: the payload was masked with the old one.
		{`text mask=37fa213d "Hi"`, "81 82 36 fa 21 3d 7f 93", `text mask=36fa213d xor=37fa213d "Hi"`},
		{`text mask=36fa213d xor=37fa213d "Hi"`, "81 82 37 fa 21 3d 7f 93", `text mask=37fa213d "Hi"`},
		{`text mask=36fa213d xor=00000000 "Hi"`, "81 82 37 fa 21 3d 48 69", `text mask=37fa213d xor=00000000 "Hi"`},
		{`binary mask=00000000 repeat(61,3)`, "82 83 00 00 00 01 61 61 61", `binary mask=00000001 xor=00000000 repeat(61,3)`},
		{`text mask=37fa213d`, "81 80 36 fa 21 3d", `text mask=36fa213d xor=37fa213d`},
		// The key and the payload: another frame.
		{`text mask=00000000 "Hi"`, "81 82 37 fa 21 3d 7f 93", `text mask=37fa213d "Hi"`},

		// Unless the payload had a key of its own.
		{`text mask=36fa213d xor=00000000 "Hi"`, "81 82 37 fa 21 3d 49 69", `text mask=37fa213d xor=00000000 "Ii"`},

		// The payload.
		{`text mask=37fa213d "Hi"`, "81 82 37 fa 21 3d 7e 93", `text mask=37fa213d "Ii"`},
		{`text nomask "Hi"`, "81 02 ff 00", `text nomask "\xff\x00"`},
		{`text mask=37fa213d xor=00000000 "Hi"`, "81 82 37 fa 21 3d 49 69", `text mask=37fa213d xor=00000000 "Ii"`},
		{`binary nomask repeat(61,3)`, "82 03 61 62 61", `binary nomask hex:616261`},
		{`text nomask "Hi"`, "81 02 48 69 21", `text nomask len=2 "Hi!"`},
		{`text nomask "Hi"`, "81 02 48", `text nomask len=2 "H"`},
		{`text nomask "Hi"`, "81 02", `text nomask len=2`},
		{`text nomask len=2`, "81 02 48 69", `text nomask len=2 "Hi"`},
		{`text nomask len=2 "H"`, "81 02 48 69", `text nomask len=2 "Hi"`},
		{`text nomask`, "81 01 48", `text nomask "H"`},
		{`binary nomask`, "82 01 48", `binary nomask hex:48`},
		{`text nomask hex:`, "81 01 48", `text nomask hex:48`},
		{`close nomask`, "88 02 03 e8", `close nomask 1000`},

		// The status code stays one.
		{`close nomask 1000 "x"`, "88 03 03 e9 78", `close nomask 1001 "x"`},
		{`close nomask 1000 "x"`, "89 03 03 e8 78", `ping nomask 1000 "x"`},
		{`close nomask 1000 "x"`, "88 03 03 e8 79", `close nomask 1000 "y"`},
		{`close nomask 1000 repeat(61,3)`, "88 05 03 e9 61 61 61", `close nomask 1001 repeat(61,3)`},
		{`close nomask 1000`, "88 02 03", `close nomask len=2 "\x03"`},
		{`close nomask hex:03e8`, "88 02 03 e9", `close nomask hex:03e9`},
		{`close nomask 1000`, "88 05 03 e8 62 79 65", `close nomask 1000 "bye"`},

		// The length.
		{`text nomask "Hi"`, "81 03 48 69", `text nomask len=3 "Hi"`},
		{`text nomask len=3 "Hi"`, "81 02 48 69", `text nomask "Hi"`},
		{`text nomask len=3 "Hi"`, "81 07 48 69", `text nomask len=7 "Hi"`},
		{`text nomask len16 "Hi"`, "81 7e 00 03 48 69", `text nomask len16 len=3 "Hi"`},
		{`text nomask len16 "Hi"`, "81 7e 80 02 48 69", `text nomask len=32770 "Hi"`},
		{`text nomask len64 "Hi"`, "81 7f 80 00 00 00 00 00 00 02 48 69", `text nomask len=9223372036854775810 "Hi"`},
		{`text mask=37fa213d "Hi"`, "81 fe 37 fa 21 3d 7f 93", `text mask=37fa213d len7 len=126 "Hi"`},
		{`text mask=00000000 len7 len=126 "Hi"`, "81 82 00 00 00 00 48 69", `text mask=00000000 "Hi"`},
		// A length form that the layout cannot say is read as a receiver would.
		{`text nomask len16 "Hi"`, "81 7c 00 02 48 69", `text nomask len=124 "\x00\x02Hi"`},
		// So is a whole frame in another form, written over this one.
		{`text nomask "Hi" # c`, "81 7e 00 02 48 69", `text nomask len16 "Hi" # c`},
		{`text nomask "Hi"`, "", `bytes`},
		{`text nomask "Hi"`, "81", `bytes 81`},
		{`text "Hi"`, "81 82 00 00", `bytes 81 82 00 00`},

		// What was cut off is still known.
		{`text nomask cut=2 "Hello"`, "81 05 4a 65 6c", `text nomask cut=2 "Jello"`},
		{`text mask=37fa213d cut=2 "Hello"`, "81 85 37 fa 21 3d 7d 9f 4d", `text mask=37fa213d cut=2 "Jello"`},
		{`text cut=2 "Hello"`, "81 85 37 fa 21 3d 7d 9f 4d", `text mask=37fa213d cut=2 "Jello"`},
		{`text mask=37fa213d cut=2 "Hello"`, "81 85 36 fa 21 3d 7f 9f 4d", `text mask=36fa213d xor=37fa213d cut=2 "Hello"`},
		{`text nomask cut=6 "Hello"`, "82", `binary nomask cut=6 "Hello"`},
		{`text mask=37fa213d cut=7 "Hello"`, "82 85 37 fa", `binary mask=37fa213d cut=7 "Hello"`},
		{`text cut=7 "Hello"`, "82 85 37 fa", `binary mask=37fa0000 cut=7 "Hello"`},
		{`text nomask len16 cut=6 "Hello"`, "81 7e 01", `text nomask len=261 cut=6 "Hello"`},
		{`text nomask cut=9 "Hello"`, "", `text nomask cut=9 "Hello"`},
		{`text nomask cut=9 "Hello"`, "81 00", `text nomask`},

		// Raw bytes stay raw.
		{`bytes 81 00 # c`, "81 01 61", `bytes 81 01 61 # c`},
		{`bytes "GET"`, "47 45 54 ff", `bytes "GET\xff"`},
		{`bytes repeat(00,3)`, "00 00 01", `bytes 00 00 01`},
		{`bytes repeat(00,3)`, "00 00 00", `bytes repeat(00,3)`},
		{`bytes 81`, "", `bytes`},
	} {
		d := one(t, test.line)
		edited := checkWithBytes(t, d, fromHex(t, test.wire))
		if got := string(edited.AppendNotation(nil)); got != test.want {
			t.Errorf("%s with %s:\n got %s\nwant %s", test.line, test.wire, got, test.want)
		}
	}
}

// A flipped bit changes that one bit, and flipping it back gives the draft back
// if it was one that says no more than it needs to.
func TestWithBytesFlips(t *testing.T) {
	for _, line := range []string{
		`text mask=37fa213d "Hello"`, `text nomask "Hello"`, `text nomask`, `text nokey "Hi"`, `text nomask key=37fa213d "Hi"`,
		`close mask=37fa213d 1000 "bye"`, `binary mask=00000000 len16 hex:00ff`, `binary mask=00000000 len64 len=5 hex:00ff`,
		`text mask=37fa213d xor=00000000 "Hi"`, `text mask=37fa213d cut=3 "Hello"`, `bytes 81 85`,
		`binary mask=37fa213d hex:` + strings.Repeat("01", 126),
	} {
		d := one(t, line)
		wire := d.AppendTo(nil, 0)
		for bit := range 8 * len(wire) {
			flipped := bytes.Clone(wire)
			flipped[bit/8] ^= 0x80 >> (bit % 8)
			edited := checkWithBytes(t, d, flipped)
			back := checkWithBytes(t, edited, wire)
			form := wire[1]&0x7f >= 126 && bit/8 == 1 && bit%8 != 0
			if !form && !d.Raw && back != d {
				t.Errorf("%s\nbit %d flipped: %s\nand back: %s", line, bit, edited.AppendNotation(nil), back.AppendNotation(nil))
			}
		}
	}
}

// For any draft and any edit of its bytes, the result encodes to them.
func TestWithBytesRandom(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	for range 20000 {
		d := randomDraft(r)
		wire := d.AppendTo(nil, randomKey(r))
		b := bytes.Clone(wire)
		switch r.Intn(4) {
		case 0: // one bit
			if len(b) > 0 {
				b[r.Intn(len(b))] ^= 1 << r.Intn(8)
			}
		case 1: // a splice
			start := r.Intn(len(b) + 1)
			end := start + r.Intn(len(b)-start+1)
			b = append(append(b[:start:start], randomKey(r).String()[:r.Intn(9)]...), b[end:]...)
		case 2: // another draft altogether
			b = randomWire(r)
		}
		edited := checkWithBytes(t, d, b)
		if bytes.Equal(b, wire) && !d.Raw && len(b) > 0 {
			if edited.Flags != d.Flags || edited.Payload != d.Payload && d.Cut < uint64(len(wire)) && !edited.Raw && edited.Cut == d.Cut {
				t.Fatalf("%s\nwith its own bytes is %s", d.AppendNotation(nil), edited.AppendNotation(nil))
			}
		}
	}
}

// All first two bytes there are, written over those of some drafts.
func TestWithBytesEveryHeader(t *testing.T) {
	drafts := []Draft{
		one(t, `text mask=37fa213d "Hello"`), one(t, `text nomask`), one(t, `close nomask len16 1000 "bye"`),
		one(t, `binary len64 key=00000001 nomask cut=1 repeat(61,3)`),
	}
	for _, d := range drafts {
		wire := d.AppendTo(nil, 0)
		for i := range 1 << 16 {
			wire[0], wire[1] = byte(i>>8), byte(i)
			if got := d.WithBytes(wire).AppendTo(nil, 0); !bytes.Equal(got, wire) {
				t.Fatalf("%s with % x encodes to % x", d.AppendNotation(nil), wire, got)
			}
		}
	}
}

func BenchmarkWithBytes(b *testing.B) {
	d := one(b, `binary mask=37fa213d hex:`+strings.Repeat("0af7", 1<<19))
	wire := d.AppendTo(nil, 0)
	wire[1000] ^= 1
	b.SetBytes(int64(len(wire)))
	for b.Loop() {
		d.WithBytes(wire)
	}
}

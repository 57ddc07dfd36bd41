package protocol_test

import (
	"math/rand"
	"strings"

	. "framecraft/protocol"
)

// Drafts drawn at random, every field independently of the others, for the
// properties that hold for all of them. A field that another one switches off is
// left zero: two drafts that say the same are equal.

var (
	edgeLengths = []uint64{0, 1, 5, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537, 1<<63 - 1, 1 << 63, 1<<64 - 1}
	edgeTexts   = []string{"", "Hello", "a\"b\\c", "\n\r\t\x00\x1b\x7f", "Grüße 漢字 😀", "\u200b\u0085\u2028\ufeff\ufffd",
		"\xff\xfe", "\xe2\x28\xa1", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "#", "hex:00", "x\xcc\x81", strings.Repeat("long ", 60)}
	edgeComments = []string{"", "", "", "a comment", "# twice", `"quoted"`, "Grüße", "x  y", "bytes 81"}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.Intn(len(from))] }

func randomKey(r *rand.Rand) MaskingKey {
	return pick(r, []MaskingKey{0, 0x37fa213d, 0xffffffff, MaskingKey(r.Uint32())})
}

func randomData(r *rand.Rand) string {
	if r.Intn(2) == 0 {
		return pick(r, edgeTexts)
	}
	b := make([]byte, r.Intn(pick(r, []int{4, 20, 140})))
	r.Read(b)
	return string(b)
}

func randomPayload(r *rand.Rand) Payload {
	p := Payload{Form: PayloadForm(r.Intn(3)), Data: randomData(r)}
	if p.Form == PayloadRepeat {
		p.Count = uint64(r.Intn(70))
	}
	return p
}

func randomDraft(r *rand.Rand) Draft {
	d := Draft{Payload: randomPayload(r), Comment: pick(r, edgeComments)}
	if r.Intn(8) == 0 {
		d.Raw = true
		return d
	}
	if r.Intn(4) == 0 {
		d.Payload = d.Payload.Deflate(Deflation{
			Block: BlockChoice(r.Intn(4)), Final: r.Intn(3) == 0, Tail: r.Intn(3) == 0, WindowBits: pick(r, []uint8{0, 0, 8, 9, 15}),
		})
	}
	d.Flags = (FIN | RSV1 | RSV2 | RSV3 | MASK) & Flags(r.Uint32())
	d.Flags = d.Flags.WithOpcode(Opcode(r.Intn(16)))
	if d.Key = KeyChoice(r.Intn(3)); d.Key == KeyGiven {
		d.MaskingKey = randomKey(r)
	}
	if r.Intn(3) == 0 {
		d.XORGiven, d.XOR = true, randomKey(r)
	}
	d.Form = pick(r, []LengthForm{LengthShortest, LengthShortest, Length7, Length16, Length64})
	if r.Intn(3) == 0 {
		d.LengthGiven, d.Length = true, pick(r, edgeLengths)
	}
	if r.Intn(3) == 0 {
		d.Cut = pick(r, []uint64{1, 2, 3, 7, 12, 40, 1<<64 - 1})
	}
	if r.Intn(3) == 0 {
		d.Payload.CodeGiven, d.Payload.Code = true, pick(r, []StatusCode{0, 999, 1000, 1005, 4999, 65535})
	}
	return d
}

// randomWire returns bytes that are often frames.
func randomWire(r *rand.Rand) []byte {
	var b []byte
	for n := r.Intn(5); n >= 0; n-- {
		switch r.Intn(4) {
		case 0:
			piece := make([]byte, r.Intn(20))
			r.Read(piece)
			b = append(b, piece...)
		default:
			b = randomDraft(r).AppendTo(b, randomKey(r))
		}
	}
	return b
}

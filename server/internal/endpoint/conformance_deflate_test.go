package endpoint

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"framecraft/protocol"
)

// Categories 12 (permessage-deflate, kinds of payload) and 13 (its parameters) of
// the suite. A case is a number of messages of one size, cut out of an endless
// text or file, sent compressed and compared when they come back.
//
// What the suite leaves out is asked for here as well: the answer to the
// handshake keeps to the offer, answers are compressed whenever the payload lets
// them be, and they stay within the window and the context agreed on; the peer's
// inflater sees to that.
//
// The suite sends 1000 messages in every case, 10 GB altogether. A run without
// further ado sends as many as fill deflateBudget, at least two and at most 100:
// what a message depends on, the one before it and where it lies in the file, is
// all there with a few. FRAMECRAFT_CONFORMANCE=full sends all of them.

const (
	conformanceVariable = "FRAMECRAFT_CONFORMANCE"
	deflateBudget       = 32 << 10
)

func deflateMessages(size int) int {
	if os.Getenv(conformanceVariable) == "full" {
		return 1000
	}
	return min(100, max(2, deflateBudget/size))
}

// deflateShape is a case's number within its group: the size of a message, in
// bytes or in characters of a text, and how long its fragments are.
type deflateShape struct{ size, fragment int }

var deflateShapes = []deflateShape{
	{16, 0}, {64, 0}, {256, 0}, {1 << 10, 0}, {4 << 10, 0}, {8 << 10, 0}, {16 << 10, 0}, {32 << 10, 0}, {64 << 10, 0}, {128 << 10, 0},
	{8 << 10, 256}, {16 << 10, 256}, {32 << 10, 256}, {64 << 10, 256}, {128 << 10, 256},
	{128 << 10, 1 << 10}, {128 << 10, 4 << 10}, {128 << 10, 32 << 10},
}

// ring is an endless file.
type ring struct {
	opcode protocol.Opcode
	bytes  []byte
	// text is there instead of bytes where sizes are in characters.
	text []rune
	// smaller: pieces of 64 and more can be compressed.
	smaller bool
}

// piece is the n-th piece of a size.
func (r *ring) piece(n, size int) []byte {
	if r.text != nil {
		return []byte(string(cut(r.text, n, size)))
	}
	return cut(r.bytes, n, size)
}

func cut[T any](all []T, n, size int) []T {
	piece := make([]T, 0, size)
	for at := n * size % len(all); len(piece) < size; at = 0 {
		piece = append(piece, all[at:min(len(all), at+size-len(piece))]...)
	}
	return piece
}

// ringSize is no multiple of any size of a message.
const ringSize = 300_007

func textRing(sentence func(*rand.Rand) string) *ring {
	random := rand.New(rand.NewPCG(1, 2))
	r := &ring{opcode: protocol.OpcodeText, smaller: true}
	for len(r.text) < ringSize {
		r.text = append(r.text, []rune(sentence(random))...)
	}
	return r
}

func jsonRing() *ring {
	names := strings.Fields("Anna Bernd Clara Dieter Emil Frieda Gustav Hanna")
	return textRing(func(random *rand.Rand) string {
		return fmt.Sprintf("{\"id\": %d, \"name\": %q, \"balance\": \"%.2f\", \"active\": %v, \"friends\": [%q, %q], \"at\": [%.6f, %.6f]},\n",
			random.IntN(1e6), names[random.IntN(8)], random.Float64()*1e4, random.IntN(2) == 0,
			names[random.IntN(8)], names[random.IntN(8)], random.Float64()*90, random.Float64()*180)
	})
}

func htmlRing() *ring {
	words := strings.Fields("Straße Bäume über Wärme größer schön Äpfel naïve — “quoted” €")
	return textRing(func(random *rand.Rand) string {
		return fmt.Sprintf("<li class=\"row-%d\"><a href=\"/seite/%d?von=%d\">%s %s %s</a></li>\n", random.IntN(4), random.IntN(1e5), random.IntN(1e3),
			words[random.IntN(len(words))], words[random.IntN(len(words))], words[random.IntN(len(words))])
	})
}

// binaryRing is a ring of bytes that append gives.
func binaryRing(smaller bool, add func([]byte, *rand.Rand) []byte) *ring {
	random := rand.New(rand.NewPCG(3, 4))
	r := &ring{opcode: protocol.OpcodeBinary, smaller: smaller}
	for len(r.bytes) < ringSize {
		r.bytes = add(r.bytes, random)
	}
	return r
}

// bitmapRing is a row of grey at a time: a soft gradient with some noise.
func bitmapRing() *ring {
	return binaryRing(true, func(b []byte, random *rand.Rand) []byte {
		grey := random.IntN(200)
		for x := range 512 {
			b = append(b, byte(grey+x/16+random.IntN(8)/7))
		}
		return b
	})
}

func bookRing() *ring {
	words := strings.Fields("und der die das nicht aber Haus Wald ging kam sagte alte Mann Frau über Fluß Nacht als ob wollte ein eine Herz dann noch")
	return binaryRing(true, func(b []byte, random *rand.Rand) []byte {
		for range 5 + random.IntN(12) {
			b = append(append(b, words[random.IntN(len(words))]...), ' ')
		}
		b[len(b)-1] = '.'
		return append(b, '\n')
	})
}

// pdfRing is what a PDF is mostly made of: streams that are compressed already.
func pdfRing() *ring {
	return binaryRing(false, func(b []byte, random *rand.Rand) []byte {
		b = fmt.Appendf(b, "\nendstream\nendobj\n%d 0 obj\n<</Filter/FlateDecode/Length 4000>>\nstream\n", random.IntN(1000))
		for range 4000 {
			b = append(b, byte(random.Uint32()))
		}
		return b
	})
}

// runDeflateGroup runs the 18 cases of a group.
func runDeflateGroup(t *testing.T, s *testServer, group string, r *ring, offer, element string) {
	for i, shape := range deflateShapes {
		t.Run(fmt.Sprintf("%s.%d", group, i+1), func(t *testing.T) {
			t.Parallel()
			p := dialDeflate(t, s.address, "/", offer)
			if p.element != element {
				t.Fatalf("%q is answered with %q, expected %q", offer, p.element, element)
			}
			for n := range deflateMessages(shape.size) {
				compressed := p.echo(r.opcode, r.piece(n, shape.size), shape.fragment)
				if r.smaller && shape.size >= 256 && !compressed {
					t.Fatalf("message %d of %d bytes came back as it was", n, shape.size)
				}
			}
			p.CloseClean()
		})
	}
}

const (
	plainOffer = "permessage-deflate; client_no_context_takeover; client_max_window_bits"
	noContext  = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
)

func TestConformance12Payloads(t *testing.T) {
	s := conformanceServer(t)
	for i, r := range []*ring{jsonRing(), bitmapRing(), bookRing(), htmlRing(), pdfRing()} {
		runDeflateGroup(t, s, fmt.Sprintf("12.%d", i+1), r, plainOffer, noContext)
	}
}

func TestConformance13Parameters(t *testing.T) {
	s := conformanceServer(t)
	json := jsonRing()
	const window = "; server_max_window_bits="
	both := plainOffer + "; server_no_context_takeover" + window + "9"
	for i, group := range []struct{ offer, element string }{
		{plainOffer, noContext},
		{plainOffer + "; server_no_context_takeover", noContext},
		{plainOffer + window + "9", noContext + window + "9"},
		{plainOffer + window + "15", noContext + window + "15"},
		{both, noContext + window + "9"},
		{plainOffer + "; server_no_context_takeover" + window + "15", noContext + window + "15"},
		{strings.Join([]string{both, plainOffer + "; server_no_context_takeover", plainOffer}, ", "), noContext + window + "9"},
	} {
		runDeflateGroup(t, s, fmt.Sprintf("13.%d", i+1), json, group.offer, group.element)
	}
}

// The same parameters with context takeover, which the suite's peers would get
// from a server that has memory to spare.
func TestConformance13Takeover(t *testing.T) { eachLink(t, testConformance13Takeover) }

func testConformance13Takeover(t *testing.T) {
	kind := Echo(16 << 20)
	kind.Deflate = &protocol.DeflateAccept{}
	s := startServer(t, DefaultLimits(), kind, nil)
	json := jsonRing()
	for _, bits := range []int{8, 9, 10, 12, 15} {
		for _, extra := range []string{"", "; client_no_context_takeover", "; server_no_context_takeover"} {
			offer := fmt.Sprintf("permessage-deflate%s; server_max_window_bits=%d", extra, bits)
			element := offer
			t.Run(offer, func(t *testing.T) {
				t.Parallel()
				p := dialDeflate(t, s.address, "/", offer)
				if p.element != element {
					t.Fatalf("answered with %q, expected %q", p.element, element)
				}
				// Short and long ones, so that windows fill, overflow and are replaced.
				sizes := []int{16, 64, 40_000, 256, 1 << 10, 4 << 10, 16, 70_000, 33, 8 << 10, 32 << 10, 1}
				for n := range 2 * len(sizes) {
					p.echo(protocol.OpcodeText, json.piece(n, sizes[n%len(sizes)]), []int{0, 256}[n%2])
				}
				p.CloseClean()
			})
		}
	}
}

// Every window that can be agreed on, both ways, against messages whose only
// repetitions lie just within it and just beyond it.
func TestDeflateKeepsToTheWindow(t *testing.T) {
	s := conformanceServer(t)
	random := rand.New(rand.NewPCG(5, 6))
	for bits := protocol.MinWindowBits; bits <= protocol.MaxWindowBits; bits++ {
		t.Run(fmt.Sprint(bits), func(t *testing.T) {
			p := dialDeflate(t, s.address, "/", fmt.Sprintf("permessage-deflate; server_max_window_bits=%d; client_max_window_bits=%d", bits, bits))
			for _, distance := range []int{-20, -1, 0, 1, 20} {
				run := make([]byte, 1<<bits+distance)
				for i := range run {
					run[i] = byte(random.Uint32())
				}
				message := slices.Concat(run, run, run)
				packed := protocol.AppendDeflate(nil, message, protocol.DeflateOptions{WindowBits: bits})
				p.Write(p.fragments(protocol.OpcodeBinary, packed, 0))
				// Just at its edge the compressor may or may not reach.
				if compressed := p.expect(protocol.OpcodeBinary, message); compressed != (distance < 0) && distance != 0 {
					t.Errorf("repeated at a distance of %d: compressed is %v", len(run), compressed)
				}
			}
			p.CloseClean()
		})
	}
}

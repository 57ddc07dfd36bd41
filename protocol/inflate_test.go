package protocol

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// trace writes down what a visitor is shown, a line each. Runs of stored data are
// joined, since they depend on how the data was cut.
type trace struct {
	lines  []string
	stored []byte
}

func (t *trace) add(format string, args ...any) {
	if t.stored != nil {
		data := t.stored
		t.stored = nil
		t.add("data %x", data)
	}
	t.lines = append(t.lines, fmt.Sprintf(format, args...))
}

func (t *trace) Block(at Span, kind BlockType, final bool) { t.add("%d %v final=%v", at, kind, final) }
func (t *trace) Stored(_ Span, data []byte)                { t.stored = append(t.stored, data...) }
func (t *trace) Codes(at Span, precode, litlen, dist []uint8) {
	t.add("%d codes %x %x %x", at, precode, litlen, dist)
}
func (t *trace) Literal(at Span, value byte)    { t.add("%d %q", at, value) }
func (t *trace) Match(at Span, m InflateMatch)  { t.add("%d match %+v", at, m) }
func (t *trace) Padding(at Span, value byte)    { t.add("%d padding %d", at, value) }
func (t *trace) Length(at Span, length int)     { t.add("%d length %d", at, length) }
func (t *trace) EndOfBlock(at Span, block Span) { t.add("%d end of %d", at, block) }
func (t *trace) has(piece string) bool          { return strings.Contains(strings.Join(t.lines, "\n"), piece) }
func (t *trace) String() string                 { return strings.Join(t.lines, "\n") }

// inflateAll inflates one message that comes in pieces.
func inflateAll(z *Inflater, message []byte, size int) (out []byte, end InflateEnd, err error) {
	for piece := range slices.Chunk(message, size) {
		if out, err = z.Inflate(out, piece); err != nil {
			return out, 0, err
		}
	}
	return z.Finish(out)
}

// deflateVectors are messages of one connection, in hex, and what they are.
// The first ones are those of RFC 7692, sections 7.2.3.1 to 7.2.3.6.
var deflateVectors = []struct {
	name     string
	messages []string
	out      []string
	end      InflateEnd
}{
	{"one block", []string{"f248cdc9c90700"}, []string{"Hello"}, InflateComplete},
	{"sharing the window", []string{"f248cdc9c90700", "f200110000"}, []string{"Hello", "Hello"}, InflateComplete},
	{"a stored block", []string{"000500faff48656c6c6f00"}, []string{"Hello"}, InflateComplete},
	{"BFINAL", []string{"f348cdc9c9070000"}, []string{"Hello"}, InflateComplete},
	{"two blocks", []string{"f248050000 00ffffcac9c90700"}, []string{"Hello"}, InflateComplete},
	{"nothing", []string{"00"}, []string{""}, InflateComplete},
	{"nothing, in a fixed block", []string{"0200"}, []string{""}, InflateComplete},
	{"the tail kept", []string{"000000ffff"}, []string{""}, InflateTailKept},
	{"the tail kept behind data", []string{"f248cdc9c907000000ffff", "f200110000"}, []string{"Hello", "Hello"}, InflateTailKept},
	{"no byte at all", []string{""}, []string{""}, InflateTailMissing},
	{"BFINAL without its 00", []string{"f348cdc9c90700"}, []string{"Hello"}, InflateTailMissing},
	{"one 00 too few", []string{"f248cdc9c907"}, []string{"Hello"}, InflateTailMissing},
	{"padding that is not zero", []string{"030400"}, []string{""}, InflateComplete},
}

func TestInflateVectors(t *testing.T) {
	for _, vector := range deflateVectors {
		var whole string
		for size := 1; size < 14; size++ {
			seen := &trace{}
			z, plain := NewInflater(InflateConfig{Visitor: seen}), NewInflater(InflateConfig{})
			for i, message := range vector.messages {
				out, end, err := inflateAll(z, unhex(t, message), size)
				same, sameEnd, sameErr := inflateAll(plain, unhex(t, message), size)
				if !bytes.Equal(out, same) || end != sameEnd || (err == nil) != (sameErr == nil) {
					t.Fatalf("%s: %q, %v, %v without a visitor", vector.name, same, sameEnd, sameErr)
				}
				if string(out) != vector.out[i] || err != nil {
					t.Fatalf("%s in pieces of %d: %q, %v", vector.name, size, out, err)
				}
				if i == 0 && end != vector.end {
					t.Fatalf("%s: end %d, expected %d", vector.name, end, vector.end)
				}
			}
			if whole == "" {
				whole = seen.String()
			}
			if seen.String() != whole {
				t.Fatalf("%s in pieces of %d is shown as\n%s\nexpected\n%s", vector.name, size, seen, whole)
			}
		}
		// And in two pieces at every place.
		message := unhex(t, vector.messages[0])
		for cut := range len(message) + 1 {
			z := NewInflater(InflateConfig{})
			out, _ := z.Inflate(nil, message[:cut])
			out, _ = z.Inflate(out, message[cut:])
			out, end, err := z.Finish(out)
			if string(out) != vector.out[0] || end != vector.end || err != nil {
				t.Fatalf("%s cut at %d: %q, %v, %v", vector.name, cut, out, end, err)
			}
		}
	}
}

func TestInflateTrace(t *testing.T) {
	seen := &trace{}
	z := NewInflater(InflateConfig{Visitor: seen})
	for _, message := range []string{"f248cdc9c90700", "f200110000", "030400"} {
		if _, _, err := inflateAll(z, unhex(t, message), 100); err != nil {
			t.Fatal(err)
		}
	}
	want := `{0 3} fixed final=false
{3 8} 'H'
{11 8} 'e'
{19 8} 'l'
{27 8} 'l'
{35 8} 'o'
{43 7} end of {0 50}
{50 3} stored final=false
{53 3} padding 0
{56 32} length 0
{88 0} end of {50 38}
{0 3} fixed final=false
{3 8} 'H'
{11 13} match {Length:4 Distance:5 BeyondWindow:false PreviousMessage:true Forgotten:false}
{24 7} end of {0 31}
{31 3} stored final=false
{34 6} padding 0
{40 32} length 0
{72 0} end of {31 41}
{0 3} fixed final=true
{3 7} end of {0 10}
{10 6} padding 1
{16 3} stored final=false
{19 5} padding 0
{24 32} length 0
{56 0} end of {16 40}`
	if seen.String() != want {
		t.Errorf("got\n%s\nexpected\n%s", seen, want)
	}
}

// bitString writes bits in the order of DEFLATE, blanks between them ignored.
func bitString(s string) []byte {
	var b []byte
	n := 0
	for _, c := range s {
		if c != '0' && c != '1' {
			continue
		}
		if n%8 == 0 {
			b = append(b, 0)
		}
		b[n/8] |= byte(c-'0') << (n % 8)
		n++
	}
	return b
}

func TestInflateErrors(t *testing.T) {
	tests := []struct {
		name   string
		data   []byte
		reason InflateReason
		bit    uint64
	}{
		{"type 11", unhex(t, "06"), InflateBlockReserved, 1},
		{"NLEN", unhex(t, "000500faf048"), InflateStoredLength, 8},
		{"the tail of a fragment removed", unhex(t, "f2480500cac9c90700"), InflateStoredLength, 32},
		{"287 literals", bitString("0 01 01111 00000 0000"), InflateCounts, 3},
		{"31 distances", bitString("0 01 00000 01111 0000"), InflateCounts, 8},
		{"precode too full", bitString("0 01 00000 00000 0000 100 100 100 000"), InflateCodeOver, 3},
		{"precode with gaps", bitString("0 01 00000 00000 0000 010 000 000 000"), InflateCodeIncomplete, 3},
		{"repeat of nothing", bitString("0 01 00000 00000 0000 100 000 000 100 1 00"), InflateRepeat, 29},
		{"too many lengths", bitString("0 01 00000 00000 0000 000 000 100 100 1 1111111 1 1111111"), InflateRepeat, 37},
		{"no end of block", bitString("0 01 00000 00000 0000 000 000 100 100 1 1111111 1 1011011"), InflateNoEnd, 3},
		{"length symbol 286", bitString("0 10 11000110"), InflateSymbol, 3},
		{"distance symbol 30", bitString("0 10 00110000 0000001 11110"), InflateDistanceSymbol, 18},
		{"before all data", bitString("0 10 00110000 0000001 00001"), InflateDistance, 11},
		{"cut in a stored block", unhex(t, "001000efff48"), InflateUnfinished, 80},
		{"cut in a dynamic header", bitString("0 01 00000 00000 0111"), InflateUnfinished, 56},
	}
	for _, test := range tests {
		for size := 1; size < 10; size++ {
			_, _, err := inflateAll(NewInflater(InflateConfig{}), test.data, size)
			var typed *InflateError
			if !errors.As(err, &typed) {
				t.Errorf("%s: %v", test.name, err)
			} else if typed.Reason != test.reason || typed.At.Bit != test.bit {
				t.Errorf("%s: reason %d: %v, expected %d at bit %d", test.name, typed.Reason, err, test.reason, test.bit)
			}
		}
	}
}

// TestInflateWindow: what a library's inflater cannot see.
func TestInflateWindow(t *testing.T) {
	// 1025 bytes back, from the rule's own example.
	far := unhex(t, "4a1c05a360148c026001 0000")
	hello, again := unhex(t, "f248cdc9c90700"), unhex(t, "f200110000")
	tests := []struct {
		config   InflateConfig
		messages [][]byte
		reason   InflateReason
		shown    string
	}{
		{InflateConfig{WindowBits: 10}, [][]byte{far}, InflateWindow, "BeyondWindow:true"},
		{InflateConfig{WindowBits: 10, NoContextTakeover: true}, [][]byte{hello, again}, InflateForgotten, "Forgotten:true"},
	}
	for _, test := range tests {
		for _, lenient := range []bool{false, true} {
			seen := &trace{}
			test.config.Lenient, test.config.Visitor = lenient, seen
			z := NewInflater(test.config)
			var err error
			for _, message := range test.messages {
				_, _, err = inflateAll(z, message, 3)
			}
			var typed *InflateError
			if lenient && (err != nil || !seen.has(test.shown)) {
				t.Errorf("%+v: %v\n%s", test.config, err, seen)
			}
			if !lenient && (!errors.As(err, &typed) || typed.Reason != test.reason) {
				t.Errorf("%+v: %v", test.config, err)
			}
		}
	}
	seen := &trace{}
	z := NewInflater(InflateConfig{WindowBits: 11, Visitor: seen})
	if _, _, err := inflateAll(z, far, 3); err != nil || seen.has("BeyondWindow:true") {
		t.Errorf("within 2048: %v", err)
	}
}

func TestInflateReset(t *testing.T) {
	z := NewInflater(InflateConfig{})
	hello, again := unhex(t, "f248cdc9c90700"), unhex(t, "f200110000")
	for range 3 {
		inflateAll(z, hello, 100)
		if out, _, err := inflateAll(z, again, 100); string(out) != "Hello" || err != nil {
			t.Fatal(out, err)
		}
		z.Reset()
		if _, _, err := inflateAll(z, again, 100); err == nil {
			t.Fatal("the window was kept")
		}
		z.Reset()
	}
}

// One inflater serves several connections, each with its own window and history.
func TestInflateResume(t *testing.T) {
	far := deflateByLibrary(slices.Concat([]byte("begin"), make([]byte, 600), []byte("begin")), 9)
	again := unhex(t, "f200110000") // a match into the message before
	z := NewInflater(InflateConfig{})
	if _, _, err := inflateAll(z, []byte("\x06"), 1); err == nil {
		t.Fatal("a reserved block is inflated")
	}
	for _, step := range []struct {
		config  InflateConfig
		history string
		message []byte
		out     string
		reason  InflateReason // where there is no out
	}{
		{InflateConfig{}, "Hello", again, "Hello", 0},
		{InflateConfig{}, strings.Repeat("x", 100_000) + "Hello", again, "Hello", 0},
		{InflateConfig{}, "", again, "", InflateDistance},
		{InflateConfig{NoContextTakeover: true}, "Hello", again, "", InflateForgotten},
		{InflateConfig{Limit: 4}, "Hello", again, "", InflateLimit},
		{InflateConfig{WindowBits: 9}, "", far, "", InflateWindow},
		{InflateConfig{WindowBits: 10}, "", far, "begin" + strings.Repeat("\x00", 600) + "begin", 0},
		{InflateConfig{WindowBits: 8}, "Hello", again, "Hello", 0},
	} {
		z.Resume(step.config, []byte(step.history))
		out, _, err := inflateAll(z, step.message, 3)
		var typed *InflateError
		switch {
		case step.out != "":
			if string(out) != step.out || err != nil {
				t.Errorf("%+v behind %.10q: %.10q, %v", step.config, step.history, out, err)
			}
		case !errors.As(err, &typed) || typed.Reason != step.reason:
			t.Errorf("%+v behind %.10q: %v", step.config, step.history, err)
		}
	}
}

func deflateByLibrary(src []byte, level int) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, level)
	w.Write(src)
	w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte{0, 0, 0xff, 0xff})
}

func TestInflateLimit(t *testing.T) {
	for _, level := range []int{0, 1, 9, flate.HuffmanOnly} {
		bomb := deflateByLibrary(make([]byte, 1<<20), level)
		for _, visitor := range []InflateVisitor{nil, &trace{}} {
			out, _, err := inflateAll(NewInflater(InflateConfig{Limit: 5000, Visitor: visitor}), bomb, 1000)
			var typed *InflateError
			if !errors.As(err, &typed) || typed.Reason != InflateLimit || len(out) > 5000 {
				t.Errorf("level %d: %d bytes, %v", level, len(out), err)
			}
		}
		out, _, err := inflateAll(NewInflater(InflateConfig{Limit: 1 << 20}), bomb, 1000)
		if len(out) != 1<<20 || err != nil {
			t.Errorf("level %d, exactly the limit: %d bytes, %v", level, len(out), err)
		}
	}
}

func TestInflateAllocations(t *testing.T) {
	message := deflateByLibrary(bytes.Repeat([]byte("one and the same "), 500), 6)
	z := NewInflater(InflateConfig{})
	dst := make([]byte, 0, 1<<14)
	n := testing.AllocsPerRun(100, func() {
		b, _ := z.Inflate(dst, message)
		if _, _, err := z.Finish(b); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations a message", n)
	}
}

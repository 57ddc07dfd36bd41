package protocol

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"testing"
)

func TestDeflateVectors(t *testing.T) {
	tests := []struct {
		src     string
		options DeflateOptions
		hex     string
	}{
		// RFC 7692, sections 7.2.3.1, 7.2.3.3, 7.2.3.4, 7.2.3.6.
		{"Hello", DeflateOptions{}, "f248cdc9c90700"},
		{"Hello", DeflateOptions{Block: ChooseStored}, "000500faff48656c6c6f00"},
		{"Hello", DeflateOptions{Block: ChooseFixed, Final: true}, "f348cdc9c9070000"},
		{"", DeflateOptions{}, "00"},
		// Section 7.2.3.5 in two parts.
		{"He", DeflateOptions{Block: ChooseFixed, KeepTail: true}, "f248050000 00ffff"},
		{"llo", DeflateOptions{Block: ChooseFixed, History: []byte("He")}, "cac9c90700"},
		{"", DeflateOptions{Block: ChooseFixed}, "0200"},
		{"", DeflateOptions{Final: true}, "030000"},
		{"", DeflateOptions{Block: ChooseStored, Final: true}, "010000ffff00"},
		{"", DeflateOptions{KeepTail: true}, "000000ffff"},
	}
	for _, test := range tests {
		if got := AppendDeflate(nil, []byte(test.src), test.options); !bytes.Equal(got, unhex(t, test.hex)) {
			t.Errorf("%q with %+v: %x, expected %s", test.src, test.options, got, test.hex)
		}
	}
	// What section 7.2.3.2 is about: a message again takes fewer bytes.
	again := AppendDeflate(nil, []byte("Hello"), DeflateOptions{History: []byte("Hello")})
	if len(again) >= 7 {
		t.Errorf("Hello again: %x", again)
	}
}

// blockVisitor counts the blocks that hold data, by type, and keeps what is
// farthest.
type blockVisitor struct {
	countingVisitor
	kinds    [4]int
	final    int
	farthest int
	beyond   bool
}

func (b *blockVisitor) Block(_ Span, kind BlockType, final bool) {
	b.kinds[kind]++
	if final {
		b.final++
	}
}

func (b *blockVisitor) Match(_ Span, m InflateMatch) {
	b.farthest = max(b.farthest, m.Distance)
	b.beyond = b.beyond || m.BeyondWindow
}

// checkDeflate compresses and reads the result with both inflaters.
func checkDeflate(t *testing.T, src []byte, options DeflateOptions) *blockVisitor {
	t.Helper()
	message := AppendDeflate(nil, src, options)
	seen := &blockVisitor{}
	z := NewInflater(InflateConfig{WindowBits: options.WindowBits, Limit: 1 << 30, Visitor: seen})
	if len(options.History) > 0 {
		inflateAll(z, AppendDeflate(nil, options.History, DeflateOptions{Block: ChooseStored}), 1<<20)
		*seen = blockVisitor{}
	}
	out, end, err := inflateAll(z, message, 1<<20)
	if err != nil || !bytes.Equal(out, src) || (end != InflateComplete) != options.KeepTail {
		t.Fatalf("%d bytes with %d, %d: %d bytes, %v, %v", len(src), options.WindowBits, options.Block, len(out), end, err)
	}
	r := bytes.NewReader(append(bytes.Clone(message), 0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff))
	want := make([]byte, len(src))
	n, _ := readFull(flate.NewReaderDict(r, options.History), want)
	if !bytes.Equal(want[:n], src) {
		t.Fatalf("%d bytes with %d, %d: the library reads %d bytes", len(src), options.WindowBits, options.Block, n)
	}
	return seen
}

func readFull(r interface{ Read([]byte) (int, error) }, b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		var k int
		k, err = r.Read(b[n:])
		n += k
	}
	return n, err
}

func TestDeflate(t *testing.T) {
	for i, src := range sampleTexts() {
		for _, window := range []int{0, 8, 9, 10, 15} {
			for _, block := range []BlockChoice{ChooseSmallest, ChooseStored, ChooseFixed, ChooseDynamic} {
				for _, final := range []bool{false, true} {
					options := DeflateOptions{WindowBits: window, Block: block, Final: final}
					seen := checkDeflate(t, src, options)
					if seen.farthest > 1<<windowBits(window) {
						t.Errorf("sample %d: a distance of %d with %d bits", i, seen.farthest, window)
					}
					if (seen.final == 1) != final {
						t.Errorf("sample %d: BFINAL %d times", i, seen.final)
					}
					// The empty stored block at the end is always there.
					seen.kinds[BlockStored]--
					if block == ChooseStored && seen.kinds[BlockStored] == 0 ||
						block == ChooseFixed && (seen.kinds[BlockFixed] == 0 || seen.kinds[BlockStored]+seen.kinds[BlockDynamic] > 0) ||
						block == ChooseDynamic && (seen.kinds[BlockDynamic] == 0 || seen.kinds[BlockStored]+seen.kinds[BlockFixed] > 0) {
						t.Errorf("sample %d: choice %d made %v", i, block, seen.kinds)
					}
				}
			}
		}
	}
}

func TestDeflateHistory(t *testing.T) {
	text := sampleTexts()[4]
	for _, window := range []int{8, 10, 15} {
		history := text[:40000]
		options := DeflateOptions{WindowBits: window, History: history}
		checkDeflate(t, text[39900:41000], options)
		with := len(AppendDeflate(nil, text[39900:40000], options))
		if alone := len(AppendDeflate(nil, text[39900:40000], DeflateOptions{})); with >= alone/2 {
			t.Errorf("%d bits: %d bytes with the history, %d without", window, with, alone)
		}
	}
}

// TestDeflateSmall: as good as the library at its own level of care.
func TestDeflateSmall(t *testing.T) {
	for i, src := range sampleTexts() {
		got := len(AppendDeflate(nil, src, DeflateOptions{}))
		if best := len(deflateByLibrary(src, 9)); got > best+best/20+16 {
			t.Errorf("sample %d: %d bytes, the library makes %d", i, got, best)
		}
	}
}

// TestPrefixCode: counts like Fibonacci's numbers make the deepest tree there is.
func TestPrefixCode(t *testing.T) {
	for _, limit := range []int{maxPrecodeBits, maxCodeBits} {
		for used := 2; used <= 40; used++ {
			var c prefixCode
			a, b := uint32(1), uint32(1)
			for i := range used {
				c.count[i] = a
				a, b = b, a+b
			}
			c.assign(maxLitlenSymbols, limit)
			room := 0
			for symbol, n := range c.lengths {
				if (n > 0) != (symbol < used) || int(n) > limit {
					t.Fatalf("%d symbols in %d bits: %d has %d", used, limit, symbol, n)
				}
				if n > 0 {
					room += 1 << (limit - int(n))
				}
			}
			if room != 1<<limit {
				t.Errorf("%d symbols in %d bits: the code fills %d of %d", used, limit, room, 1<<limit)
			}
		}
	}
}

// TestDeflateWindowBroken: what was compressed with the whole window breaks a
// smaller one, in the long run as well as at its ends.
func TestDeflateWindowBroken(t *testing.T) {
	text := sampleTexts()[4]
	message := AppendDeflate(nil, text, DeflateOptions{})
	for _, bits := range []int{8, 10, 14} {
		_, _, err := inflateAll(NewInflater(InflateConfig{WindowBits: bits}), message, 1<<20)
		var typed *InflateError
		if !errors.As(err, &typed) || typed.Reason != InflateWindow {
			t.Errorf("%d bits: %v", bits, err)
		}
		// A visitor has every symbol read singly: both find the same match first.
		singly := NewInflater(InflateConfig{WindowBits: bits, Visitor: &countingVisitor{}})
		if _, _, same := inflateAll(singly, message, 1<<20); fmt.Sprint(same) != fmt.Sprint(err) {
			t.Errorf("%d bits: %v, read singly %v", bits, err, same)
		}
		seen := &blockVisitor{}
		for _, visitor := range []InflateVisitor{nil, seen} {
			z := NewInflater(InflateConfig{WindowBits: bits, Lenient: true, Visitor: visitor})
			if out, _, err := inflateAll(z, message, 1<<20); err != nil || !bytes.Equal(out, text) {
				t.Errorf("%d bits, lenient: %d bytes, %v", bits, len(out), err)
			}
		}
		if !seen.beyond {
			t.Errorf("%d bits: nothing is shown beyond the window", bits)
		}
	}
}

func FuzzDeflate(f *testing.F) {
	for _, src := range sampleTexts() {
		f.Add(src[:min(len(src), 500)], uint8(0), uint8(0), uint8(0))
		f.Add(src[:min(len(src), 300)], uint8(9), uint8(3), uint8(100))
	}
	f.Fuzz(func(t *testing.T, src []byte, window, choice, history uint8) {
		if len(src) > FuzzLength {
			return
		}
		n := min(int(history), len(src))
		checkDeflate(t, src[n:], DeflateOptions{
			WindowBits: 8 + int(window)%8,
			Block:      BlockChoice(choice % 4),
			Final:      choice&4 != 0,
			History:    src[:n],
		})
	})
}

func BenchmarkDeflate(b *testing.B) {
	samples := sampleTexts()
	for _, sample := range []struct {
		name string
		src  []byte
	}{{"text", samples[4][:1<<16]}, {"random", samples[3][:1<<16]}, {"zeros", samples[6][:1<<16]}} {
		b.Run(sample.name+"/ours", func(b *testing.B) {
			b.SetBytes(int64(len(sample.src)))
			var dst []byte
			for b.Loop() {
				dst = AppendDeflate(dst[:0], sample.src, DeflateOptions{})
			}
		})
		b.Run(sample.name+"/library", func(b *testing.B) {
			b.SetBytes(int64(len(sample.src)))
			var dst bytes.Buffer
			w, _ := flate.NewWriter(&dst, 6)
			for b.Loop() {
				dst.Reset()
				w.Reset(&dst)
				w.Write(sample.src)
				w.Flush()
			}
		})
	}
}

func ExampleAppendDeflate() {
	first := AppendDeflate(nil, []byte("Hello"), DeflateOptions{})
	fmt.Printf("% x\n", first)
	stored := AppendDeflate(nil, []byte("Hello"), DeflateOptions{Block: ChooseStored})
	fmt.Printf("% x\n", stored)
	// Output:
	// f2 48 cd c9 c9 07 00
	// 00 05 00 fa ff 48 65 6c 6c 6f 00
}

func ExampleInflater() {
	z := NewInflater(InflateConfig{WindowBits: 10})
	for _, message := range []string{"\xf2\x48\xcd\xc9\xc9\x07\x00", "\xf2\x00\x11\x00\x00", "\x06"} {
		out, err := z.Inflate(nil, []byte(message))
		if err == nil {
			out, _, err = z.Finish(out)
		}
		fmt.Printf("%q, %v\n", out, err)
	}
	// Output:
	// "Hello", <nil>
	// "Hello", <nil>
	// "", bit 1 of the compressed data: found block type 11, expected 00, 01 or 10
}

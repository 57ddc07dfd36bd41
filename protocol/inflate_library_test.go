package protocol

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"slices"
	"testing"
)

// inflateByLibrary reads a message as RFC 7692 means it. BFINAL ends a library's
// stream, so the next one begins behind it with the same window.
func inflateByLibrary(message []byte) (out []byte, corrupt bool) {
	src := bytes.NewReader(append(slices.Clone(message), 0, 0, 0xff, 0xff))
	for {
		more, err := io.ReadAll(flate.NewReaderDict(src, out[max(0, len(out)-maxWindow):]))
		out = append(out, more...)
		var bad flate.CorruptInputError
		if err != nil {
			return out, errors.As(err, &bad)
		}
	}
}

func sampleTexts() [][]byte {
	random := rand.New(rand.NewSource(1))
	noise := make([]byte, 70000)
	random.Read(noise)
	var text []byte
	for len(text) < 150000 {
		text = fmt.Appendf(text, "line %d of %x; ", random.Intn(1000), random.Intn(1<<random.Intn(30)))
	}
	skewed := make([]byte, 100000)
	for i := range skewed {
		skewed[i] = byte(min(random.ExpFloat64()*6, 255))
	}
	return [][]byte{nil, {1}, []byte("Hello"), noise, text, skewed, make([]byte, 200000)}
}

func TestInflateLibrary(t *testing.T) {
	for _, src := range sampleTexts() {
		for _, level := range []int{0, 1, 6, 9, flate.HuffmanOnly} {
			message := deflateByLibrary(src, level)
			for _, size := range []int{1, 7, 1000, 1 << 20} {
				out, end, err := inflateAll(NewInflater(InflateConfig{}), message, size)
				if err != nil || end != InflateComplete || !bytes.Equal(out, src) {
					t.Fatalf("%d bytes, level %d, pieces of %d: %d bytes, %v, %v", len(src), level, size, len(out), end, err)
				}
			}
		}
	}
}

func FuzzInflate(f *testing.F) {
	for _, vector := range deflateVectors {
		f.Add(unhex(f, vector.messages[0]), uint8(3))
	}
	for _, src := range sampleTexts() {
		f.Add(deflateByLibrary(src[:min(len(src), 600)], 6), uint8(100))
	}
	f.Fuzz(func(t *testing.T, message []byte, size uint8) {
		if len(message) > FuzzLength {
			return
		}
		want, corrupt := inflateByLibrary(message)
		out, end, err := inflateAll(NewInflater(InflateConfig{Limit: 1 << 30}), message, int(size)+1)
		whole, wholeEnd, wholeErr := inflateAll(NewInflater(InflateConfig{Limit: 1 << 30}), message, 1<<20)
		if !bytes.Equal(out, whole) || end != wholeEnd || fmt.Sprint(err) != fmt.Sprint(wholeErr) {
			t.Fatalf("%d, %v, %v in pieces of %d, otherwise %d, %v, %v", len(out), end, err, size+1, len(whole), wholeEnd, wholeErr)
		}
		var typed *InflateError
		errors.As(err, &typed)
		switch {
		case typed == nil && corrupt:
			// What follows a message that has ended without its tail is only the
			// tail's own bytes, which make no sense as a block.
			if end == InflateComplete {
				t.Fatal("the library calls it corrupt")
			}
		case typed == nil && !bytes.Equal(out, want):
			t.Fatalf("%d bytes, the library has %d", len(out), len(want))
		case typed != nil && typed.Reason != InflateUnfinished && typed.Reason != InflateNoEnd && !corrupt:
			t.Fatalf("%v, which the library takes", err)
		}
		seen := NewInflater(InflateConfig{Limit: 1 << 30, Visitor: &trace{}})
		if shown, _, _ := inflateAll(seen, message, 1<<20); !bytes.Equal(shown, out) {
			t.Fatal("a visitor changes the result")
		}
	})
}

func BenchmarkInflate(b *testing.B) {
	samples := sampleTexts()
	for _, sample := range []struct {
		name string
		src  []byte
	}{{"text", samples[4][:1<<16]}, {"random", samples[3][:1<<16]}, {"zeros", samples[6][:1<<16]}} {
		message := deflateByLibrary(sample.src, 6)
		run := func(name string, f func(dst []byte) []byte) {
			b.Run(sample.name+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(sample.src)))
				b.ReportAllocs()
				dst := make([]byte, 0, 1<<17)
				for b.Loop() {
					if len(f(dst)) != len(sample.src) {
						b.Fatal("wrong length")
					}
				}
			})
		}
		z := NewInflater(InflateConfig{})
		run("ours", func(dst []byte) []byte {
			dst, _ = z.Inflate(dst, message)
			dst, _, _ = z.Finish(dst)
			return dst
		})
		shown := NewInflater(InflateConfig{Visitor: &countingVisitor{}})
		run("visited", func(dst []byte) []byte {
			dst, _ = shown.Inflate(dst, message)
			dst, _, _ = shown.Finish(dst)
			return dst
		})
		source := bytes.NewReader(nil)
		library := flate.NewReader(source)
		tailed := append(slices.Clone(message), 0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff)
		run("library", func(dst []byte) []byte {
			source.Reset(tailed)
			library.(flate.Resetter).Reset(source, nil)
			n, _ := io.ReadFull(library, dst[:len(sample.src)])
			return dst[:n]
		})
	}
}

// countingVisitor is the least that a visitor can do.
type countingVisitor struct{ n int }

func (c *countingVisitor) Block(Span, BlockType, bool)           { c.n++ }
func (c *countingVisitor) Stored(Span, []byte)                   { c.n++ }
func (c *countingVisitor) Codes(Span, []uint8, []uint8, []uint8) { c.n++ }
func (c *countingVisitor) Literal(Span, byte)                    { c.n++ }
func (c *countingVisitor) Match(Span, InflateMatch)              { c.n++ }
func (c *countingVisitor) Padding(Span, byte)                    { c.n++ }
func (c *countingVisitor) Length(Span, int)                      { c.n++ }
func (c *countingVisitor) EndOfBlock(Span, Span)                 { c.n++ }

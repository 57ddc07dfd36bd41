package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// shown writes a microscope's symbols in short.
func (m *Microscope) shown() string {
	var b strings.Builder
	for _, s := range m.Symbols {
		fmt.Fprintf(&b, "%d+%d %s", s.At.Bit, s.At.Bits, SymbolKindNames[s.Kind])
		switch s.Kind {
		case SymbolLiteral:
			fmt.Fprintf(&b, " %q", rune(s.Value))
		case SymbolMatch:
			fmt.Fprintf(&b, " %d<%d", s.Value, s.Distance)
		case SymbolEnd, SymbolCodes:
		default:
			fmt.Fprintf(&b, " %d", s.Value)
		}
		b.WriteString("; ")
	}
	return strings.TrimSuffix(b.String(), "; ")
}

// The examples of RFC 7692, section 7.2.3.
func TestMicroscope(t *testing.T) {
	for _, test := range []struct {
		name, hex string
		at        int
		want      string
	}{
		{"7.2.3.1", "c107f248cdc9c90700", 0,
			"0+3 header 2; 3+8 literal 'H'; 11+8 literal 'e'; 19+8 literal 'l'; 27+8 literal 'l'; 35+8 literal 'o'; 43+7 end; " +
				"50+3 header 0; 53+3 padding 0; 56+32 length 0; 88+0 end"},
		{"7.2.3.2", "c107f248cdc9c90700 c105f200110000", 9,
			"0+3 header 2; 3+8 literal 'H'; 11+13 match 4<5; 24+7 end; 31+3 header 0; 34+6 padding 0; 40+32 length 0; 72+0 end"},
		{"7.2.3.3", "c10b000500faff48656c6c6f00", 0,
			"0+3 header 0; 3+5 padding 0; 8+32 length 5; 40+40 stored 5; 80+0 end; 80+3 header 0; 83+5 padding 0; 88+32 length 0; 120+0 end"},
		{"7.2.3.4", "c108f348cdc9c9070000", 0,
			"0+3 header 3; 3+8 literal 'H'; 11+8 literal 'e'; 19+8 literal 'l'; 27+8 literal 'l'; 35+8 literal 'o'; 43+7 end; 50+6 padding 0; " +
				"56+3 header 0; 59+5 padding 0; 64+32 length 0; 96+0 end"},
		{"7.2.3.5, in two fragments", "4105f248050000 8900 8008 00ffffcac9c90700", 0,
			"0+3 header 2; 3+8 literal 'H'; 11+8 literal 'e'; 19+7 end; 26+3 header 0; 29+3 padding 0; 32+32 length 0; 64+0 end; " +
				"64+3 header 2; 67+8 literal 'l'; 75+8 literal 'l'; 83+8 literal 'o'; 91+7 end; 98+3 header 0; 101+3 padding 0; 104+32 length 0; 136+0 end"},
	} {
		m := InspectDeflate(unhex(t, test.hex), test.at, underDeflate(RoleServer, pmd))
		if m == nil {
			t.Errorf("%s: no message", test.name)
			continue
		}
		if got := m.shown(); got != test.want {
			t.Errorf("%s: shown is\n%s, expected\n%s", test.name, got, test.want)
		}
		if string(m.Output) != "Hello" || m.End != InflateComplete || m.Error != nil || !m.Message.Complete {
			t.Errorf("%s: %q, ends %d, %v, %+v", test.name, m.Output, m.End, m.Error, m.Message)
		}
	}
}

func TestMicroscopeFinds(t *testing.T) {
	stream := unhex(t, "810161 c107f248cdc9c90700 0101 62 c105f200110000")
	options := underDeflate(RoleServer, pmd+"; server_no_context_takeover")
	for at := -1; at <= len(stream); at++ {
		m := InspectDeflate(stream, at, options)
		if (m != nil) != (at == 3 || at == 15) {
			t.Errorf("byte %d: found %+v", at, m)
		}
	}
	m := InspectDeflate(stream, 15, options)
	if s := m.Symbols[2]; !s.Forgotten || !s.PreviousMessage || s.BeyondWindow || string(m.Window) != "Hello" || m.Reach != 1<<15 {
		t.Errorf("the match is %+v, the window %q", s, m.Window)
	}
	if f := m.Fragments; len(f) != 1 || f[0] != (DataFragment{3, 17, 0, 5}) || !bytes.Equal(m.Data, stream[17:]) {
		t.Errorf("the fragments are %+v, the data %x", f, m.Data)
	}
	if m := InspectDeflate(stream, 3, Options{Sender: RoleServer}); m != nil {
		t.Error("without an agreement a message is under the microscope")
	}
	// A message that another one interrupts ends there.
	m = InspectDeflate(unhex(t, "4103f248cd c107f248cdc9c90700"), 0, options)
	if m == nil || m.Message.Complete || string(m.Output) != "He" || len(m.Data) != 3 {
		t.Errorf("a message given up is %+v", m)
	}
	m = InspectDeflate(unhex(t, "c10c4a1c05a360148c0260010000"), 0, underDeflate(RoleServer, pmdSmallServer))
	if s := m.Symbols[len(m.Symbols)-6]; !s.BeyondWindow || s.Distance != 1025 || m.Reach != 1024 {
		t.Errorf("found %+v with a reach of %d in %s", s, m.Reach, m.shown())
	}
	m = InspectDeflate(unhex(t, "c10106"), 0, options)
	if m.Error == nil || m.Error.Reason != InflateBlockReserved || len(m.Blocks) != 1 || m.Blocks[0].Type != BlockReserved {
		t.Errorf("the error is %v in the blocks %+v", m.Error, m.Blocks)
	}
}

// Whatever the message, its symbols tile its data, and what they say is what comes
// out of it.
func TestMicroscopeSaysEverything(t *testing.T) {
	random := rand.New(rand.NewSource(11))
	for range 300 {
		var text []byte
		for range random.Intn(400) {
			text = append(text, "the window of the message "[random.Intn(20):][:1+random.Intn(6)]...)
		}
		history := text[:random.Intn(len(text)+1)]
		message := text[len(history):]
		first := AppendDeflate(nil, history, DeflateOptions{})
		data := AppendDeflate(nil, message, DeflateOptions{History: history, Block: BlockChoice(random.Intn(4)), Final: random.Intn(2) == 0})
		src := append(Header{Flags: FIN | RSV1.WithOpcode(OpcodeBinary), PayloadLength: uint64(len(first))}.AppendTo(nil), first...)
		at := len(src)
		src = append(Header{Flags: FIN | RSV1.WithOpcode(OpcodeBinary), PayloadLength: uint64(len(data))}.AppendTo(src), data...)
		m := InspectDeflate(src, at, underDeflate(RoleServer, pmd))
		if m == nil || !bytes.Equal(m.Output, message) || !bytes.Equal(m.Window, history) || !bytes.Equal(m.Data, data) {
			t.Fatalf("%x: found %+v", src, m)
		}
		next, out := uint64(0), append([]byte(nil), m.Window...)
		blocks := 0
		for i, s := range m.Symbols {
			if s.At.Bit != next || s.Out != uint64(len(out)-len(history)) {
				t.Fatalf("%x: symbol %d is %+v, expected it at bit %d, behind %d bytes", src, i, s, next, len(out))
			}
			next = s.At.End()
			switch s.Kind {
			case SymbolLiteral:
				out = append(out, byte(s.Value))
			case SymbolMatch:
				for range s.Value {
					out = append(out, out[len(out)-s.Distance])
				}
			case SymbolStored:
				out = append(out, data[s.At.Bit/8:][:s.Value]...)
			case SymbolHeader:
				b := m.Blocks[blocks]
				if blocks++; b.At.Bit != s.At.Bit || b.First != i || b.Out != s.Out {
					t.Fatalf("%x: block %d is %+v, its header %+v", src, blocks, b, s)
				}
				if end := m.Symbols[b.First+b.Count-1]; end.Kind != SymbolEnd && end.Kind != SymbolPadding || end.At.End() != b.At.End() {
					t.Fatalf("%x: block %d is %+v and ends with %+v", src, blocks, b, end)
				}
				if (b.Type == BlockDynamic) != (b.Litlen != nil) {
					t.Fatalf("%x: the block %+v has the codes %v", src, b, b.Litlen)
				}
			}
		}
		if next != uint64(len(data)+4)*8 || !bytes.Equal(out[len(history):], message) || blocks != m.BlockCount || len(m.Symbols) != m.SymbolCount {
			t.Fatalf("%x: the symbols end at bit %d and make %q", src, next, out)
		}
		if !json.Valid(m.AppendJSON(nil)) {
			t.Fatalf("no JSON: %s", m.AppendJSON(nil))
		}
	}
}

// What is listed is bounded, and the counts go on.
func TestMicroscopeIsBounded(t *testing.T) {
	text := microscopeText(1 << 21)
	data := AppendDeflate(nil, text, DeflateOptions{})
	src := append(Header{Flags: FIN | RSV1.WithOpcode(OpcodeText), PayloadLength: uint64(len(data))}.AppendTo(nil), data...)
	m := InspectDeflate(src, 0, underDeflate(RoleServer, pmd))
	if len(m.Symbols) != MicroscopeSymbols || m.SymbolCount <= MicroscopeSymbols || len(m.Output) != MicroscopeOutput ||
		m.Literals+m.Copied != len(text) || m.Literals+m.Matches >= m.SymbolCount || m.Message.InflatedLength != len(text) {
		t.Errorf("%d of %d symbols, %d literals, %d matches with %d bytes, %d bytes out",
			len(m.Symbols), m.SymbolCount, m.Literals, m.Matches, m.Copied, len(m.Output))
	}
	last := m.Blocks[len(m.Blocks)-1]
	if len(m.Blocks) != m.BlockCount || last.First+last.Count != m.SymbolCount {
		t.Errorf("%d of %d blocks, the last has symbols %d to %d of %d", len(m.Blocks), m.BlockCount, last.First, last.First+last.Count, m.SymbolCount)
	}
	empty := bytes.Repeat([]byte{0, 0, 0, 0xff, 0xff}, 1000)
	src = append(Header{Flags: FIN | RSV1.WithOpcode(OpcodeText), PayloadLength: uint64(len(empty) + 1)}.AppendTo(nil), append(empty, 0)...)
	m = InspectDeflate(src, 0, underDeflate(RoleServer, pmd))
	if len(m.Blocks) != MicroscopeBlocks || m.BlockCount != 1001 || m.Blocks[MicroscopeBlocks-1].Count != 4 {
		t.Errorf("%d of %d blocks, the last is %+v", len(m.Blocks), m.BlockCount, m.Blocks[len(m.Blocks)-1])
	}
	src = nil
	for i := range 600 {
		flags := Flags(0)
		if i == 0 {
			flags = RSV1.WithOpcode(OpcodeBinary)
		}
		src = append(Header{Flags: flags, PayloadLength: 5}.AppendTo(src), 0, 0, 0, 0xff, 0xff)
	}
	m = InspectDeflate(src, 0, underDeflate(RoleServer, pmd))
	if len(m.Fragments) != MicroscopeFragments || m.FragmentCount != 600 || len(m.Data) != 3000 {
		t.Errorf("%d of %d fragments, %d bytes", len(m.Fragments), m.FragmentCount, len(m.Data))
	}
}

// microscopeText is text as an application sends it, which compresses to a third.
func microscopeText(n int) []byte {
	random := rand.New(rand.NewSource(5))
	var text []byte
	for len(text) < n {
		text = fmt.Appendf(text, `{"id":%d,"name":"user %d","online":%v,"position":[%d,%d],"note":"nothing to say"},`,
			random.Intn(1e6), random.Intn(1e4), random.Intn(2) == 0, random.Intn(1000), random.Intn(1000))
	}
	return text[:n]
}

func BenchmarkMicroscope(b *testing.B) {
	letters := make([]byte, 1<<20)
	random := rand.New(rand.NewSource(6))
	for i := range letters {
		letters[i] = byte('!' + random.Intn(64))
	}
	for _, c := range []struct {
		name string
		text []byte
	}{{"text", microscopeText(1 << 20)}, {"literals", letters}} {
		data := AppendDeflate(nil, c.text, DeflateOptions{Block: ChooseDynamic})
		src := append(Header{Flags: FIN | RSV1.WithOpcode(OpcodeText), PayloadLength: uint64(len(data))}.AppendTo(nil), data...)
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				m := InspectDeflate(src, 0, underDeflate(RoleServer, pmd))
				keep.bytes = m.AppendJSON(keep.bytes[:0])
			}
		})
	}
}

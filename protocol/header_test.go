package protocol

import (
	"bytes"
	"errors"
	"testing"
)

func TestParseHeader(t *testing.T) {
	tests := []struct {
		name string
		hex  string
		want Header
		n    int
	}{
		{"empty text", "8100", Header{FIN | 0x0100, Length7, 0, 0}, 2},
		{"the RFC's masked hello", "818537fa213d", Header{FIN | 0x0100 | MASK, Length7, 0x37fa213d, 5}, 6},
		{"every flag", "ff80 01020304", Header{FIN | RSV1 | RSV2 | RSV3 | 0x0f00 | MASK, Length7, 0x01020304, 0}, 6},
		{"125", "827d", Header{FIN | 0x0200, Length7, 0, 125}, 2},
		{"126", "827e007e", Header{FIN | 0x0200, Length16, 0, 126}, 4},
		{"127", "827e007f", Header{FIN | 0x0200, Length16, 0, 127}, 4},
		{"5 in 16 bits", "827e0005", Header{FIN | 0x0200, Length16, 0, 5}, 4},
		{"65535", "827effff", Header{FIN | 0x0200, Length16, 0, 65535}, 4},
		{"65536", "827f0000000000010000", Header{FIN | 0x0200, Length64, 0, 65536}, 10},
		{"5 in 64 bits, masked", "82ff0000000000000005 aabbccdd", Header{FIN | 0x0200 | MASK, Length64, 0xaabbccdd, 5}, 14},
		{"2^63", "827f8000000000000000", Header{FIN | 0x0200, Length64, 0, 1 << 63}, 10},
		{"2^64-1", "827fffffffffffffffff", Header{FIN | 0x0200, Length64, 0, 1<<64 - 1}, 10},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := unhex(t, test.hex)
			h, n, err := ParseHeader(append(b, "payload"...))
			if h != test.want || n != test.n || err != nil {
				t.Fatalf("got %+v, %d, %v, expected %+v, %d", h, n, err, test.want, test.n)
			}
			if got := h.AppendTo(nil); !bytes.Equal(got, b) {
				t.Errorf("written back as %x", got)
			}
			if h.Len() != len(b) {
				t.Errorf("Len is %d, expected %d", h.Len(), len(b))
			}
			for cut := range b {
				if h, n, err := ParseHeader(b[:cut]); !errors.Is(err, ErrShort) || n != 0 || h != (Header{}) {
					t.Errorf("cut at %d: %+v, %d, %v", cut, h, n, err)
				}
			}
		})
	}
}

func TestShortestForm(t *testing.T) {
	for _, test := range []struct {
		length uint64
		want   LengthForm
	}{
		{0, Length7}, {124, Length7}, {125, Length7}, {126, Length16}, {127, Length16},
		{65534, Length16}, {65535, Length16}, {65536, Length64}, {65537, Length64}, {1 << 63, Length64}, {1<<64 - 1, Length64},
	} {
		if got := ShortestForm(test.length); got != test.want {
			t.Errorf("ShortestForm(%d) is %d, expected %d", test.length, got, test.want)
		}
		h := Header{Flags: FIN, PayloadLength: test.length}
		if got := h.AppendTo(nil); len(got) != h.Len() || len(got) != 2+test.want.extended() {
			t.Errorf("length %d takes %d bytes, Len says %d", test.length, len(got), h.Len())
		}
	}
}

// Every header there can be, as far as its first two bytes go: read, written,
// and expressed as a draft.
func TestEveryFirstTwoBytes(t *testing.T) {
	src := make([]byte, MaxHeaderLength+3)
	for i := range src {
		src[i] = byte(0xa0 + i)
	}
	for first := range 1 << 16 {
		src[0], src[1] = byte(first>>8), byte(first)
		h, n, err := ParseHeader(src)
		if err != nil {
			t.Fatalf("%04x: %v", first, err)
		}
		if got := h.AppendTo(nil); !bytes.Equal(got, src[:n]) {
			t.Fatalf("%x was written back as %x", src[:n], got)
		}
		drafts := Recover(src)
		if got := encode(drafts, 0); !bytes.Equal(got, src) {
			t.Fatalf("%x was recovered as %x", src, got)
		}
		text := AppendNotation(nil, drafts)
		again, err := ParseNotation(string(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := encode(again, 0); !bytes.Equal(got, src) {
			t.Fatalf("%x became %s and then %x", src, text, got)
		}
	}
}

func TestHeaderCheckFindsEveryRule(t *testing.T) {
	h := Header{Flags: RSV1 | RSV2 | RSV3 | 0x0b00, Form: Length64, PayloadLength: 1<<63 | 1}
	var got []string
	for _, d := range h.Check(nil, RoleClient) {
		got = append(got, d.Rule.String())
	}
	want := []string{
		"frame-unmasked-from-client", "frame-rsv1-unnegotiated", "frame-rsv2-unnegotiated", "frame-rsv3-unnegotiated",
		"frame-opcode-reserved", "frame-length-msb-set", "frame-control-fragmented", "frame-control-too-long",
	}
	if len(got) != len(want) {
		t.Fatalf("got %q, expected %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("rule %d is %s, expected %s", i, got[i], want[i])
		}
	}
}

func TestFlags(t *testing.T) {
	f := Flags(0).WithOpcode(OpcodePong).With(FIN, true).With(RSV2|MASK, true).With(RSV2, false)
	if f != 0x8a80 || f.Opcode() != OpcodePong || !f.Has(FIN|MASK) || f.Has(FIN|RSV2) {
		t.Errorf("flags are %04x", uint16(f))
	}
}

// keep stops the compiler from dropping what is measured.
var keep struct {
	header Header
	n      int
	bytes  []byte
}

func TestHeaderDoesNotAllocate(t *testing.T) {
	src := unhex(t, "81fe010037fa213d")
	dst := make([]byte, 0, 64)
	payload := make([]byte, 100)
	allocations := testing.AllocsPerRun(1000, func() {
		keep.header, keep.n, _ = ParseHeader(src)
		keep.bytes = keep.header.AppendTo(dst)
		Mask(payload, keep.header.MaskingKey, 3)
	})
	if allocations != 0 {
		t.Errorf("%v allocations for a header and a small payload", allocations)
	}
}

func FuzzHeader(f *testing.F) {
	for _, v := range allVectors() {
		f.Add(v.bytes(f))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		h, n, err := ParseHeader(src)
		if err != nil {
			if len(src) >= MaxHeaderLength {
				t.Fatalf("%d bytes are not enough: %v", len(src), err)
			}
			return
		}
		if got := h.AppendTo(nil); !bytes.Equal(got, src[:n]) || h.Len() != n {
			t.Fatalf("%x was written back as %x", src[:n], got)
		}
		h.Check(nil, RoleClient)
		h.Check(nil, RoleServer)
	})
}

// benchmarkParse and AppendTo print beside memcpy and the byte loop of Mask.
func BenchmarkParseHeader(b *testing.B) {
	for _, c := range []struct{ name, hex string }{
		{"7", "818537fa213d"}, {"16", "81fe010037fa213d"}, {"64", "81ff000000000001000037fa213d"},
	} {
		src := unhex(b, c.hex)
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				keep.header, keep.n, _ = ParseHeader(src)
			}
		})
	}
}

func BenchmarkAppendHeader(b *testing.B) {
	dst := make([]byte, 0, 64)
	for _, c := range []struct {
		name string
		h    Header
	}{
		{"7", Header{Flags: FIN | MASK | 0x100, MaskingKey: 1, PayloadLength: 5}},
		{"16", Header{Flags: FIN | MASK | 0x100, MaskingKey: 1, PayloadLength: 256}},
		{"64", Header{Flags: FIN | MASK | 0x100, MaskingKey: 1, PayloadLength: 65536}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				keep.bytes = c.h.AppendTo(dst)
			}
		})
	}
}

package protocol

import (
	"math/rand"
	"strings"
	"testing"
	"unicode/utf8"
)

// firstBad is the slow way: the shortest prefix that no continuation makes valid.
func firstBad(b []byte) int {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		if r, size := utf8.DecodeRune(b[i:]); r != utf8.RuneError || size > 1 {
			i += size
			continue
		}
		// Invalid or cut off: look for the first byte that makes it invalid.
		for n := 1; i+n <= len(b); n++ {
			if utf8.FullRune(b[i : i+n]) {
				return i + n - 1
			}
		}
		return -1
	}
	return -1
}

func TestUTF8(t *testing.T) {
	tests := []struct {
		hex      string
		bad      int
		complete bool
	}{
		{"", -1, true},
		{"68656c6c6f", -1, true},
		{"cebae1bdb9cf83cebcceb5", -1, true},
		{"ce", -1, false},
		{"cebae1bd", -1, false},
		{"f48fbfbf", -1, true},
		{"f490", 1, false},
		{"f5", 0, false},
		{"eda080", 1, false},
		{"ed9fbf", -1, true},
		{"ee8080", -1, true},
		{"efbfbe", -1, true},
		{"c0af", 0, false},
		{"c1bf", 0, false},
		{"e08080", 1, false},
		{"e0a080", -1, true},
		{"f08080af", 1, false},
		{"f0908080", -1, true},
		{"80", 0, false},
		{"61626364656667686970ff", 10, false},
		{"fe", 0, false},
		{"e282ac41", -1, true},
		{"e28241", 2, false},
	}
	for _, test := range tests {
		var u UTF8
		if bad := u.Feed(unhex(t, test.hex)); bad != test.bad || u.Complete() != test.complete {
			t.Errorf("%s: bad byte %d, complete %v, expected %d, %v", test.hex, bad, u.Complete(), test.bad, test.complete)
		}
	}
}

// Every text of up to three bytes out of those that matter, and every way to cut
// a longer one, judged like the standard library's decoder.
func TestUTF8LikeTheLibrary(t *testing.T) {
	bounds := []byte{0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff}
	check := func(b []byte) {
		var whole UTF8
		bad := whole.Feed(b)
		if want := firstBad(b); bad != want {
			t.Fatalf("%x: bad byte at %d, expected %d", b, bad, want)
		}
		if got := bad < 0 && whole.Complete(); got != utf8.Valid(b) {
			t.Fatalf("%x: valid %v", b, got)
		}
	}
	for _, x := range bounds {
		for _, y := range bounds {
			for _, z := range bounds {
				for _, last := range bounds {
					check([]byte{x, y, z, last})
				}
			}
		}
	}
	random := rand.New(rand.NewSource(1))
	for range 20000 {
		b := []byte(strings.Repeat("plain ", random.Intn(8)) + "κόσμε 👋 €")
		for range random.Intn(3) {
			b[random.Intn(len(b))] = bounds[random.Intn(len(bounds))]
		}
		check(b)
		var pieces UTF8
		bad, offset := -1, 0
		for rest := b; len(rest) > 0 && bad < 0; {
			n := 1 + random.Intn(len(rest))
			if at := pieces.Feed(rest[:n]); at >= 0 {
				bad = offset + at
			}
			offset, rest = offset+n, rest[n:]
		}
		if want := firstBad(b); bad != want {
			t.Fatalf("%x in pieces: bad byte at %d, expected %d", b, bad, want)
		}
	}
}

func TestUTF8StaysBad(t *testing.T) {
	var u UTF8
	u.Feed([]byte{0xff})
	if at := u.Feed([]byte("fine")); at != 0 || u.Complete() {
		t.Errorf("after a bad byte: %d, complete %v", at, u.Complete())
	}
}

func BenchmarkUTF8(b *testing.B) {
	for _, c := range []struct{ name, unit string }{
		{"ascii", "abcdefgh"}, {"greek", "κόσμε "}, {"cjk", "漢字かな"}, {"emoji", "👋🌍"},
	} {
		text := []byte(strings.Repeat(c.unit, (64<<10)/len(c.unit)))
		b.Run(c.name+"/automaton", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				var u UTF8
				keep.n = u.Feed(text)
			}
		})
		b.Run(c.name+"/library", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if utf8.Valid(text) {
					keep.n = 1
				}
			}
		})
	}
}

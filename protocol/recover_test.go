package protocol_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	. "framecraft/protocol"
)

// From bytes to drafts and back to the same bytes.

func fromHex(t testing.TB, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// encodeAll returns the bytes of all drafts. No key is asked for: recovered drafts
// have theirs.
func encodeAll(drafts []Draft) []byte {
	var b []byte
	for _, d := range drafts {
		b = d.AppendTo(b, 0xa5a5a5a5)
	}
	return b
}

func TestRecover(t *testing.T) {
	run := strings.Repeat("61", 65)
	for _, test := range []struct{ wire, want string }{
		{"", ""},
		{"81 05 48 65 6c 6c 6f", `text nomask "Hello"`},
		{"81 85 37 fa 21 3d 7f 9f 4d 51 58", `text mask=37fa213d "Hello"`},
		{"01 03 48 65 6c 80 02 6c 6f", "text nofin nomask \"Hel\"\ncontinuation nomask \"lo\""},
		{"02 01 61 00 01 62 80 01 63", "binary nofin nomask hex:61\ncontinuation nofin nomask hex:62\ncontinuation nomask hex:63"},
		{"01 01 c3 89 01 61 80 01 a9 80 01 ff 80 01 61", "text nofin nomask hex:c3\nping nomask \"a\"\n" +
			"continuation nomask hex:a9\ncontinuation nomask hex:ff\ncontinuation nomask \"a\""},
		{"81 02 c3 a9 81 05 ff 61 62 63 64", "text nomask \"é\"\ntext nomask \"\\xffabcd\""},
		{"81 01 ff 81 02 0a 00", "text nomask hex:ff\ntext nomask \"\\n\\x00\""},
		{"82 00 82 01 61", "binary nomask\nbinary nomask hex:61"},
		{"88 00 88 01 03 88 02 03 e8 88 05 03 e8 62 79 65 88 03 03 e8 ff",
			"close nomask\nclose nomask hex:03\nclose nomask 1000\nclose nomask 1000 \"bye\"\nclose nomask 1000 hex:ff"},
		{"89 02 00 ff 8a 02 68 69", "ping nomask hex:00ff\npong nomask \"hi\""},
		{"c3 01 61", `opcode=3 rsv1 nomask "a"`},
		{"82 40" + run[2:], `binary nomask hex:` + run[2:]},
		{"82 41" + run, `binary nomask repeat(61,65)`},
		{"88 43 03 e8" + run, `close nomask 1000 repeat(61,65)`},
		{"81 7e 00 02 68 69", `text nomask len16 "hi"`},
		{"81 7f 00 00 00 00 00 00 00 02 68 69", `text nomask len64 "hi"`},
		{"81 7f 80 00 00 00 00 00 00 00 68 69", `text nomask len=9223372036854775808 "hi"`},
		{"81 05 68 69", `text nomask len=5 "hi"`},
		{"81 7e 00 05 68 69", `text nomask len16 len=5 "hi"`},
		{"81 00 81", "text nomask\nbytes 81"},
		{"81 85 37 fa 21", "bytes 81 85 37 fa 21"},
		{"81 7e 00", "bytes 81 7e 00"},
		{"81 85 37 fa 21 3d", `text mask=37fa213d len=5`},
	} {
		src := fromHex(t, test.wire)
		drafts := Recover(src)
		if got := string(AppendNotation(nil, drafts)); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.wire, got, test.want)
		}
		if got := encodeAll(drafts); !bytes.Equal(got, src) {
			t.Errorf("%s: encodes to % x", test.wire, got)
		}
	}
}

func TestRecoverLimit(t *testing.T) {
	for _, test := range []struct{ frames, drafts int }{
		{MaxDrafts - 1, MaxDrafts - 1}, {MaxDrafts, MaxDrafts}, {MaxDrafts + 1, MaxDrafts}, {2 * MaxDrafts, MaxDrafts},
	} {
		src := bytes.Repeat([]byte{0x89, 0x00}, test.frames)
		drafts := Recover(src)
		if len(drafts) != test.drafts || !bytes.Equal(encodeAll(drafts), src) {
			t.Errorf("%d frames: %d drafts, want %d", test.frames, len(drafts), test.drafts)
		}
		if raw := drafts[len(drafts)-1].Raw; raw != (test.frames > MaxDrafts) {
			t.Errorf("%d frames: the last draft is raw: %v", test.frames, raw)
		}
		checkPrinted(t, drafts)
	}
}

func TestRecoverFrame(t *testing.T) {
	for _, test := range []struct{ wire, want string }{
		{"", "bytes"},
		{"81", "bytes 81"},
		{"81 01 61 89 00", `text nomask len=1 hex:618900`},
		{"81 03 61 62 63", `text nomask "abc"`},
		{"82 7e 00 7e 61", `binary nomask len=126 hex:61`},
		{"82 7e 00 05 61", `binary nomask len16 len=5 hex:61`},
		{"82 fe 00 05 00 00 00 00 61", `binary mask=00000000 len16 len=5 hex:61`},
	} {
		src := fromHex(t, test.wire)
		d := RecoverFrame(src)
		if got := string(d.AppendNotation(nil)); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.wire, got, test.want)
		}
		if got := d.AppendTo(nil, 0xa5a5a5a5); !bytes.Equal(got, src) {
			t.Errorf("%s: encodes to % x", test.wire, got)
		}
	}
}

// All first two bytes there are, alone and with bytes behind them, through
// Recover, print, parse and encode.
func TestRecoverEveryHeader(t *testing.T) {
	tail := []byte("\x00\x00\x00\x00\x00\x00\x00\x03\x37\xfa\x21\x3dabc")
	for i := range 1 << 16 {
		src := append([]byte{byte(i >> 8), byte(i)}, tail...)
		for _, n := range []int{2, 3, 9, len(src)} {
			checkRecovered(t, src[:n])
		}
	}
}

// checkRecovered holds that the bytes are what their drafts encode to, also when
// these went through the notation.
func checkRecovered(t testing.TB, src []byte) {
	t.Helper()
	drafts := Recover(src)
	text := string(AppendNotation(nil, drafts))
	again, err := ParseNotation(text)
	if err != nil {
		t.Fatalf("% x: %s\n%v", src, text, err)
	}
	if got := encodeAll(again); !bytes.Equal(got, src) {
		t.Fatalf("% x: %s\nencodes to % x", src, text, got)
	}
	if len(src) > 0 {
		d := RecoverFrame(src)
		if got := d.AppendTo(nil, 0x5a5a5a5a); !bytes.Equal(got, src) {
			t.Fatalf("% x: %s\nencodes to % x", src, d.AppendNotation(nil), got)
		}
	}
}

func TestRecoverRandom(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	for range 5000 {
		checkRecovered(t, randomWire(r))
	}
}

func ExampleRecover() {
	captured := []byte("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x88\x02\x03\xe8\x89")
	for _, d := range Recover(captured) {
		fmt.Printf("%s\n", d.AppendNotation(nil))
	}
	// Output:
	// text mask=37fa213d "Hello"
	// close nomask 1000
	// bytes 89
}

func FuzzRecover(f *testing.F) {
	f.Add([]byte("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), []byte("\x81\x05Hello"))
	f.Add([]byte("\x01\x03Hel\x80\x02lo"), []byte("\x88\x02\x03\xe8"))
	f.Add([]byte("\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00"), []byte("\x82\xfe\x00\x05"))
	f.Add([]byte("\x89"), []byte(""))
	f.Fuzz(func(t *testing.T, src, other []byte) {
		checkRecovered(t, src)
		for _, d := range Recover(other) {
			checkWithBytes(t, d, src)
		}
	})
}

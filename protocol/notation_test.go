package protocol_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	. "framecraft/protocol"
)

// Reading and printing the notation.

// one reads a text that must hold exactly one draft.
func one(t testing.TB, text string) Draft {
	t.Helper()
	drafts, err := ParseNotation(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if len(drafts) != 1 {
		t.Fatalf("%s: %d drafts, want 1", text, len(drafts))
	}
	return drafts[0]
}

const legal = FIN | MASK

func TestParseNotation(t *testing.T) {
	text := func(data string) Payload { return Payload{Data: data} }
	hex := func(data string) Payload { return Payload{Form: PayloadHex, Data: data} }
	for _, test := range []struct {
		line string
		want Draft
		// printed is the canonical line where it is another one.
		printed string
	}{
		{`text "Hello"`, Draft{Flags: legal | 0x100, Payload: text("Hello")}, ""},
		{`text`, Draft{Flags: legal | 0x100}, ""},
		{`text ""`, Draft{Flags: legal | 0x100}, `text`},
		{`text "Hello" mask=37fa213d`, Draft{Flags: legal | 0x100, Key: KeyGiven, MaskingKey: 0x37fa213d, Payload: text("Hello")},
			`text mask=37fa213d "Hello"`},
		{`text nofin "Hel"                      # a fragment`, Draft{Flags: MASK | 0x100, Payload: text("Hel"), Comment: "a fragment"},
			`text nofin "Hel" # a fragment`},
		{`continuation "lo"`, Draft{Flags: legal, Payload: text("lo")}, ""},
		{`ping hex:00ff`, Draft{Flags: legal | 0x900, Payload: hex("\x00\xff")}, ""},
		{`pong hex:`, Draft{Flags: legal | 0xa00, Payload: hex("")}, ""},
		{`close 1002 "bye"`, Draft{Flags: legal | 0x800, Payload: Payload{CodeGiven: true, Code: 1002, Data: "bye"}}, ""},
		{`close 1000`, Draft{Flags: legal | 0x800, Payload: Payload{CodeGiven: true, Code: 1000}}, ""},
		{`1000 close hex:FF`, Draft{Flags: legal | 0x800, Payload: Payload{Form: PayloadHex, CodeGiven: true, Code: 1000, Data: "\xff"}},
			`close 1000 hex:ff`},
		{`binary 65535`, Draft{Flags: legal | 0x200, Payload: Payload{CodeGiven: true, Code: 65535}}, ""},
		{`binary 0`, Draft{Flags: legal | 0x200, Payload: Payload{CodeGiven: true}}, ""},
		{`binary len16 len=5 hex:0102`, Draft{Flags: legal | 0x200, Form: Length16, LengthGiven: true, Length: 5, Payload: hex("\x01\x02")}, ""},
		{`opcode=3 rsv1 nomask hex:c1`, Draft{Flags: FIN | RSV1 | 0x300, Payload: hex("\xc1")}, ""},
		{`opcode=0xB`, Draft{Flags: legal | 0xb00}, `opcode=0xb`},
		{`opcode=11`, Draft{Flags: legal | 0xb00}, `opcode=0xb`},
		{`opcode=8`, Draft{Flags: legal | 0x800}, `close`},
		{`opcode=0`, Draft{Flags: legal}, `continuation`},
		{`opcode=15`, Draft{Flags: legal | 0xf00}, `opcode=0xf`},
		{`text rsv1 rsv2 rsv3`, Draft{Flags: legal | RSV1 | RSV2 | RSV3 | 0x100}, ""},
		{`text fin norsv1 norsv2 norsv3 mask`, Draft{Flags: legal | 0x100}, `text`},
		{`text mask=37fa213d xor=00000000 "Hi"`, Draft{Flags: legal | 0x100, Key: KeyGiven, MaskingKey: 0x37fa213d, XORGiven: true, Payload: text("Hi")}, ""},
		{`text "Hello" cut=2`, Draft{Flags: legal | 0x100, Cut: 2, Payload: text("Hello")}, `text cut=2 "Hello"`},
		{`binary repeat(ab,65536)`, Draft{Flags: legal | 0x200, Payload: Payload{Form: PayloadRepeat, Data: "\xab", Count: 65536}}, ""},
		{`binary repeat( "ab" , 0x3 )`, Draft{Flags: legal | 0x200, Payload: Payload{Form: PayloadRepeat, Data: "ab", Count: 3}},
			`binary repeat(6162,3)`},
		{`binary repeat(,18446744073709551615)`, Draft{Flags: legal | 0x200, Payload: Payload{Form: PayloadRepeat, Count: 1<<64 - 1}}, ""},
		{`binary repeat("",0)`, Draft{Flags: legal | 0x200, Payload: Payload{Form: PayloadRepeat}}, `binary repeat(,0)`},

		// The six ways to have MASK and a key.
		{`text mask`, Draft{Flags: legal | 0x100}, `text`},
		{`text mask=00000001`, Draft{Flags: legal | 0x100, Key: KeyGiven, MaskingKey: 1}, ""},
		{`text mask key=00000001`, Draft{Flags: legal | 0x100, Key: KeyGiven, MaskingKey: 1}, `text mask=00000001`},
		{`text nokey`, Draft{Flags: legal | 0x100, Key: KeyAbsent}, ""},
		{`text nomask`, Draft{Flags: FIN | 0x100}, ""},
		{`text nomask key=FFFFFFFF`, Draft{Flags: FIN | 0x100, Key: KeyGiven, MaskingKey: 0xffffffff}, `text nomask key=ffffffff`},
		{`text nomask nokey`, Draft{Flags: FIN | 0x100, Key: KeyAbsent}, ""},

		{`text len7 len=126`, Draft{Flags: legal | 0x100, Form: Length7, LengthGiven: true, Length: 126}, ""},
		{`text len64 len=0x8000000000000000`, Draft{Flags: legal | 0x100, Form: Length64, LengthGiven: true, Length: 1 << 63},
			`text len64 len=9223372036854775808`},
		{`text len=18446744073709551615`, Draft{Flags: legal | 0x100, LengthGiven: true, Length: 1<<64 - 1}, ""},
		{`text len=0`, Draft{Flags: legal | 0x100, LengthGiven: true}, ""},
		{`text cut=0`, Draft{Flags: legal | 0x100}, `text`},
		{`text cut=18446744073709551615`, Draft{Flags: legal | 0x100, Cut: 1<<64 - 1}, ""},

		{`text "\"\\\n\r\t\x00\x7F\xff\u{e9}\u{10FFFF}"`, Draft{Flags: legal | 0x100, Payload: text("\"\\\n\r\t\x00\x7f\xffé\U0010ffff")},
			`text "\"\\\n\r\t\x00\x7f\xffé\u{10ffff}"`},
		{`text "tab	é#"#c`, Draft{Flags: legal | 0x100, Payload: text("tab\té#"), Comment: "c"}, `text "tab\té#" # c`},
		{`text"close"nofin`, Draft{Flags: MASK | 0x100, Payload: text("close")}, `text nofin "close"`},
		{" \t text\t \r", Draft{Flags: legal | 0x100}, `text`},
		{`text #`, Draft{Flags: legal | 0x100}, `text`},
		{`text ## twice `, Draft{Flags: legal | 0x100, Comment: "# twice"}, `text # # twice`},

		{`bytes 81 85 37 fa`, Draft{Raw: true, Payload: hex("\x81\x85\x37\xfa")}, ""},
		{`bytes 8185	37F A#c`, Draft{Raw: true, Payload: hex("\x81\x85\x37\xfa"), Comment: "c"}, `bytes 81 85 37 fa # c`},
		{`bytes hex:8185 37fa`, Draft{Raw: true, Payload: hex("\x81\x85\x37\xfa")}, `bytes 81 85 37 fa`},
		{`bytes`, Draft{Raw: true, Payload: hex("")}, ""},
		{`bytes # nothing`, Draft{Raw: true, Payload: hex(""), Comment: "nothing"}, ""},
		{`bytes ""`, Draft{Raw: true}, ""},
		{`bytes "GET / HTTP/1.1\r\n" # no frame`, Draft{Raw: true, Payload: text("GET / HTTP/1.1\r\n"), Comment: "no frame"}, ""},
		{`bytes repeat(00,70)`, Draft{Raw: true, Payload: Payload{Form: PayloadRepeat, Data: "\x00", Count: 70}}, ""},
	} {
		got := one(t, test.line)
		if got != test.want {
			t.Errorf("%s:\n got %+v\nwant %+v", test.line, got, test.want)
		}
		want := test.printed
		if want == "" {
			want = test.line
		}
		if printed := string(got.AppendNotation(nil)); printed != want {
			t.Errorf("%s: printed %s, want %s", test.line, printed, want)
		}
	}
}

func TestParseNotationLines(t *testing.T) {
	drafts, err := ParseNotation("\n# a scene\n  \ntext nofin \"a\"\r\n\t# between\r\ncontinuation \"b\"\n\n")
	if err != nil || len(drafts) != 2 {
		t.Fatalf("%d drafts, %v; want 2", len(drafts), err)
	}
	if got := string(AppendNotation(nil, drafts)); got != "text nofin \"a\"\ncontinuation \"b\"" {
		t.Errorf("printed %q", got)
	}
	for _, text := range []string{"", "\n", "# nothing", " \r\n\t"} {
		if drafts, err := ParseNotation(text); err != nil || len(drafts) != 0 {
			t.Errorf("%q: %d drafts, %v; want none", text, len(drafts), err)
		}
	}
}

// The example lines of RFC 6455, section 5.7, and what else the wire allows.
func TestNotationBytes(t *testing.T) {
	for _, test := range []struct{ line, wire string }{
		{`text nomask "Hello"`, "81 05 48 65 6c 6c 6f"},
		{`text mask=37fa213d "Hello"`, "81 85 37 fa 21 3d 7f 9f 4d 51 58"},
		{`text nofin nomask "Hel"`, "01 03 48 65 6c"},
		{`continuation nomask "lo"`, "80 02 6c 6f"},
		{`ping nomask "Hello"`, "89 05 48 65 6c 6c 6f"},
		{`text "Hi"`, "81 82 01 02 03 04 49 6b"},
		{`text mask=37fa213d xor=00000000 "Hi"`, "81 82 37 fa 21 3d 48 69"},
		{`text nomask xor=01010101 "Hi"`, "81 02 49 68"},
		{`text nokey "Hi"`, "81 82 48 69"},
		{`text nomask key=37fa213d "Hi"`, "81 02 37 fa 21 3d 7f 93"},
		{`close nomask 1000 "x"`, "88 03 03 e8 78"},
		{`opcode=0xf nofin rsv1 rsv2 rsv3 nomask`, "7f 00"},
		{`text nomask len16 "Hi"`, "81 7e 00 02 48 69"},
		{`text nomask len64 "Hi"`, "81 7f 00 00 00 00 00 00 00 02 48 69"},
		{`text nomask len=125`, "81 7d"},
		{`text nomask len=126`, "81 7e 00 7e"},
		{`text nomask len=65535`, "81 7e ff ff"},
		{`text nomask len=65536`, "81 7f 00 00 00 00 00 01 00 00"},
		{`text nomask len=9223372036854775808`, "81 7f 80 00 00 00 00 00 00 00"},
		{`text nomask len7 len=126`, "81 7e"},
		{`text nomask len7 len=129`, "81 01"},
		{`text nomask cut=1 "Hi"`, "81 02 48"},
		{`text nomask cut=9 "Hi"`, ""},
		{`bytes 81`, "81"},
	} {
		got := one(t, test.line).AppendTo(nil, 0x01020304)
		if hex := fmt.Sprintf("% x", got); hex != test.wire {
			t.Errorf("%s: %s, want %s", test.line, hex, test.wire)
		}
	}
}

func TestNotationLengths(t *testing.T) {
	for _, test := range []struct{ n, header int }{
		{0, 2}, {124, 2}, {125, 2}, {126, 4}, {127, 4}, {65534, 4}, {65535, 4}, {65536, 10}, {65537, 10},
	} {
		text := strings.Repeat("a", test.n)
		for _, line := range []string{
			`binary nomask "` + text + `"`,
			`binary nomask hex:` + strings.Repeat("61", test.n),
			fmt.Sprintf(`binary nomask repeat(61,%d)`, test.n),
		} {
			d := one(t, line)
			wire := d.AppendTo(nil, 0)
			if len(wire) != test.header+test.n || string(wire[test.header:]) != text {
				t.Errorf("%.30s with %d bytes: %d bytes on the wire, want %d", line, test.n, len(wire), test.header+test.n)
			}
			if again := one(t, string(d.AppendNotation(nil))); again != d {
				t.Errorf("%.30s with %d bytes: another draft after printing", line, test.n)
			}
		}
	}
}

func TestNotationLimits(t *testing.T) {
	line := "ping\n"
	if drafts, err := ParseNotation(strings.Repeat(line, MaxDrafts)); err != nil || len(drafts) != MaxDrafts {
		t.Errorf("%d drafts, %v; want %d", len(drafts), err, MaxDrafts)
	}
	whole := fmt.Sprintf("binary repeat(00,%d)\n", MaxDraftPayload)
	half := fmt.Sprintf("binary repeat(0000,%d)\n", MaxDraftPayload/4)
	for _, text := range []string{whole, half + half, half + half + "ping\n", whole + "bytes"} {
		if _, err := ParseNotation(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	// Nothing of these is ever built, so this test takes no time.
	for _, text := range []string{
		fmt.Sprintf("binary repeat(00,%d)\n", MaxDraftPayload+1),
		fmt.Sprintf("binary 1 repeat(00,%d)\n", MaxDraftPayload-1),
		"binary repeat(0000,9223372036854775808)",
		"binary repeat(00,18446744073709551615)",
		"bytes repeat(00,18446744073709551615)",
		whole + "text \"a\"", whole + "close 1000", half + half + "bytes 81",
	} {
		if _, err := ParseNotation(text); err == nil || !strings.Contains(err.Error(), "expected at most 16777216 bytes") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// parse(print(d)) == d for every draft, alone and in a row, and the bytes stay.
func TestNotationRoundTrip(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 20000 {
		drafts := []Draft{randomDraft(r), randomDraft(r), randomDraft(r)}
		text := string(AppendNotation(nil, drafts))
		again, err := ParseNotation(text)
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		if len(again) != len(drafts) {
			t.Fatalf("%s\n%d drafts, want %d", text, len(again), len(drafts))
		}
		for i, d := range drafts {
			if again[i] != d {
				t.Fatalf("%s\ndraft %d:\n got %+v\nwant %+v", text, i, again[i], d)
			}
		}
	}
}

// The head is the line up to the payload.
func TestNotationHead(t *testing.T) {
	for _, test := range []struct{ line, head string }{
		{`text "Hello"`, `text `},
		{`text`, `text`},
		{`text # x`, `text`},
		{`close 1000`, `close 1000`},
		{`close 1000 "a"`, `close 1000 `},
		{`ping nofin hex:`, `ping nofin `},
		{`ping repeat(,0)`, `ping `},
		{`bytes`, `bytes`},
		{`bytes ""`, `bytes `},
		{`bytes 81`, `bytes `},
	} {
		if got := string(one(t, test.line).AppendNotationHead(nil)); got != test.head {
			t.Errorf("%s: head %q, want %q", test.line, got, test.head)
		}
	}
	r := rand.New(rand.NewSource(2))
	for range 2000 {
		d := randomDraft(r)
		if line, head := string(d.AppendNotation(nil)), string(d.AppendNotationHead(nil)); !strings.HasPrefix(line, head) {
			t.Fatalf("%s does not begin with %q", line, head)
		}
	}
}

// What a program puts into a draft that no text would: it prints as a line that
// can be read, and as one line.
func TestPrintOddDrafts(t *testing.T) {
	for _, test := range []struct {
		draft Draft
		want  string
	}{
		{Draft{Flags: 0x8180, Comment: " a\nb\tc\x00\u0085d "}, "text # a b c   d"},
		{Draft{Flags: 0x8180, Comment: "\n \r"}, "text"},
		{Draft{Flags: 0x81ff}, "text"},
		{Draft{Flags: 0x8180, Form: 9}, "text"},
		{Draft{Raw: true, Payload: Payload{CodeGiven: true, Code: 1000, Data: "a"}}, "bytes 03 e8 61"},
	} {
		if got := string(test.draft.AppendNotation(nil)); got != test.want {
			t.Errorf("%+v: printed %q, want %q", test.draft, got, test.want)
		}
	}
}

// Printing long payloads appends to one buffer.
func TestNotationAppends(t *testing.T) {
	dst := AppendNotation([]byte("> "), []Draft{one(t, `text "a"`), one(t, `ping hex:00`)})
	if string(dst) != "> text \"a\"\nping hex:00" {
		t.Errorf("printed %q", dst)
	}
	d := one(t, `text nofin mask=37fa213d "Hello" # c`)
	buffer := make([]byte, 0, 128)
	if n := testing.AllocsPerRun(100, func() { buffer = d.AppendNotation(buffer[:0]) }); n != 0 {
		t.Errorf("%v allocations a line, want 0", n)
	}
}

func ExampleParseNotation() {
	drafts, err := ParseNotation(`
		text nofin "Hel"      # a fragment
		ping
		continuation "lo"
	`)
	for _, d := range drafts {
		fmt.Printf("%-12v %v\n", d.Flags.Opcode(), d.Flags.Has(FIN))
	}
	fmt.Println(err)

	_, err = ParseNotation(`text nofn "Hel"`)
	fmt.Println(err)
	// Output:
	// text         false
	// ping         true
	// continuation true
	// <nil>
	// line 1, column 6: found "nofn", expected nofin, which is the nearest word there is; or a word such as nofin, nomask or len=5, or the payload as "text", hex:00ff or repeat(00,5)
}

func ExampleDraft_AppendTo() {
	drafts, _ := ParseNotation(`text len=7 "Hi"`)
	wire := drafts[0].AppendTo(nil, 0x37fa213d)
	fmt.Printf("% x\n", wire)
	// Output: 81 87 37 fa 21 3d 7f 93
}

func BenchmarkParseNotationHex(b *testing.B) {
	text := "binary hex:" + strings.Repeat("0aF7", 1<<19)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := ParseNotation(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendNotation(b *testing.B) {
	for _, form := range []string{"hex:" + strings.Repeat("0af7", 1<<18), `"` + strings.Repeat("Grüße, ", 1<<17) + `"`} {
		d := one(b, "binary "+form)
		b.Run(form[:4], func(b *testing.B) {
			b.SetBytes(int64(len(d.Payload.Data)))
			var dst []byte
			for b.Loop() {
				dst = d.AppendNotation(dst[:0])
			}
		})
	}
}

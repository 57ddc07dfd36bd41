package protocol_test

import (
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"unicode/utf8"

	. "framecraft/protocol"
)

// What is said of a notation that cannot be read, and where.

func TestNotationErrors(t *testing.T) {
	const (
		opcodes = "an opcode: continuation, text, binary, close, ping, pong, or opcode=0 to opcode=15"
		words   = `a word such as nofin, nomask or len=5, or the payload as "text", hex:00ff or repeat(00,5)`
		after   = "a word such as nofin, nomask or len=5, a # comment or the end of the line after the payload"
		nearest = ", which is the nearest word there is; or "
		length  = "a payload length from 0 to 18446744073709551615, decimal or in hex with 0x"
		missing = "how many bytes are missing from 0 to 18446744073709551615, decimal or in hex with 0x"
		key     = "a masking key of eight hex digits, such as 37fa213d"
		opcode  = "an opcode from 0 to 15, decimal or in hex with 0x"
		code    = `a status code from 0 to 65535; bytes are written hex:00ff and texts "in quotes"`
		escape  = `one of \" \\ \n \r \t \xHH \u{H}; a backslash itself is \\`
		braces  = `\u{ with one to six hex digits and }`
		char    = `a character: \u{0} to \u{10ffff} without \u{d800} to \u{dfff}`
		alone   = "two hex digits for each byte; this one stands alone"
		often   = "how often, a number: repeat(00ff,3)"
		end     = "the end of the line"
	)
	for _, test := range []struct {
		text         string
		line, column int
		width        int
		found        string
		expected     string
	}{
		// No opcode, or no word.
		{`nofin "x"`, 1, 1, 5, `"nofin"`, opcodes + ", somewhere on the line"},
		{`"x"`, 1, 1, 1, "`\"`", opcodes + ", somewhere on the line"},
		{"text\n\n  hex:00 # c", 3, 3, 6, `"hex:00"`, opcodes + ", somewhere on the line"},
		{`Hello`, 1, 1, 5, `"Hello"`, opcodes},
		{`text Hello`, 1, 6, 5, `"Hello"`, words},
		{`text Grüße#c`, 1, 6, 5, `"Grüße"`, words},
		{`text =`, 1, 6, 1, `"="`, words},
		{`text "é" Hello`, 1, 10, 5, `"Hello"`, after},
		{`text hex:00 ff`, 1, 13, 2, `"ff"`, after},
		{`text hex:00 11`, 1, 13, 2, `"11"`, "a word, a # comment or the end of the line after the payload; " +
			"a status code stands in front of it, hex digits have no blanks between them"},
		{"text abcdefghijklmnopqrstuvwxyz", 1, 6, 26, `"abcdefghijklmnopqrstuvwx…"`, words},
		{"text a\x00\x1b", 1, 6, 3, `"a\x00\x1b"`, words},

		// A word that is nearly one.
		{`txt "x"`, 1, 1, 3, `"txt"`, "text" + nearest + opcodes},
		{`TEXT "x"`, 1, 1, 4, `"TEXT"`, "text" + nearest + opcodes},
		{`contnuation`, 1, 1, 11, `"contnuation"`, "continuation" + nearest + opcodes},
		{`ipng`, 1, 1, 4, `"ipng"`, "ping" + nearest + opcodes},
		{`byets 81`, 1, 1, 5, `"byets"`, "bytes" + nearest + opcodes},
		{`text nofn`, 1, 6, 4, `"nofn"`, "nofin" + nearest + words},
		{`text rsv4`, 1, 6, 4, `"rsv4"`, "rsv1" + nearest + words},
		{`text msk=37fa213d`, 1, 6, 12, `"msk=37fa213d"`, "mask=" + nearest + words},
		{`text xro=37fa213d`, 1, 6, 12, `"xro=37fa213d"`, "xor=" + nearest + words},
		{`text hx:00`, 1, 6, 5, `"hx:00"`, "hex:" + nearest + words},
		{`text repaet(00,1)`, 1, 6, 12, `"repaet(00,1)"`, "repeat(" + nearest + words},
		{`text "x" nomsk`, 1, 10, 5, `"nomsk"`, "nomask" + nearest + after},

		// Twice.
		{`text nofin fin`, 1, 12, 3, `"fin"`, `FIN to be said once; "nofin" in column 6 has said it`},
		{`text binary`, 1, 6, 6, `"binary"`, `the opcode to be said once; "text" in column 1 has said it`},
		{`text opcode=1`, 1, 6, 8, `"opcode=1"`, `the opcode to be said once; "text" in column 1 has said it`},
		{`"é" text rsv1 norsv1`, 1, 15, 6, `"norsv1"`, `RSV1 to be said once; "rsv1" in column 10 has said it`},
		{`text rsv2 rsv2`, 1, 11, 4, `"rsv2"`, `RSV2 to be said once; "rsv2" in column 6 has said it`},
		{`text norsv3 rsv3`, 1, 13, 4, `"rsv3"`, `RSV3 to be said once; "norsv3" in column 6 has said it`},
		{`text mask nomask`, 1, 11, 6, `"nomask"`, `MASK to be said once; "mask" in column 6 has said it`},
		{`text nomask mask=00000000`, 1, 13, 13, `"mask=00000000"`, `MASK to be said once; "nomask" in column 6 has said it`},
		{`text mask=00000000 nokey`, 1, 20, 5, `"nokey"`, `the masking key to be said once; "mask=00000000" in column 6 has said it`},
		{`text key=00000000 mask=00000000`, 1, 19, 13, `"mask=00000000"`, `the masking key to be said once; "key=00000000" in column 6 has said it`},
		{`text xor=00000000 xor=00000001`, 1, 19, 12, `"xor=00000001"`, `the key really used to be said once; "xor=00000000" in column 6 has said it`},
		{`text len7 len64`, 1, 11, 5, `"len64"`, `the length form to be said once; "len7" in column 6 has said it`},
		{`text len=1 len=1`, 1, 12, 5, `"len=1"`, `the payload length to be said once; "len=1" in column 6 has said it`},
		{`text cut=1 cut=2`, 1, 12, 5, `"cut=2"`, `the cut to be said once; "cut=1" in column 6 has said it`},
		{`close 1000 1001`, 1, 12, 4, `"1001"`, `the status code to be said once; "1000" in column 7 has said it`},
		{`text "a" "b"`, 1, 10, 3, "`\"b\"`", "the payload to be said once; `\"a\"` in column 6 has said it"},
		{`text hex:00"b"`, 1, 12, 3, "`\"b\"`", `the payload to be said once; "hex:00" in column 6 has said it`},

		// Values.
		{`opcode=16`, 1, 8, 2, `"16"`, opcode},
		{`opcode=0x10`, 1, 8, 4, `"0x10"`, opcode},
		{`opcode=`, 1, 1, 7, `"opcode="`, opcode},
		{`opcode="1"`, 1, 1, 7, `"opcode="`, opcode},
		{`opcode=b`, 1, 8, 1, `"b"`, opcode},
		{`opcode=-1`, 1, 8, 2, `"-1"`, opcode},
		{`text mask=37fa213`, 1, 11, 7, `"37fa213"`, key},
		{`text mask=37fa213d0`, 1, 11, 9, `"37fa213d0"`, key},
		{`text key=37fa213g`, 1, 10, 8, `"37fa213g"`, key},
		{`text xor= "a"`, 1, 6, 4, `"xor="`, key},
		{`text len=18446744073709551616`, 1, 10, 20, `"18446744073709551616"`, length},
		{`text len=0x10000000000000000`, 1, 10, 19, `"0x10000000000000000"`, length},
		{`text len=-1`, 1, 10, 2, `"-1"`, length},
		{`text len=0x`, 1, 10, 2, `"0x"`, length},
		{`text len=5a`, 1, 10, 2, `"5a"`, length},
		{`text cut=x`, 1, 10, 1, `"x"`, missing},
		{`close 65536`, 1, 7, 5, `"65536"`, code},
		{`text 00ff`, 1, 6, 4, `"00ff"`, code},

		// Texts.
		{`text "Hello`, 1, 12, 1, end, `the closing " of the text`},
		{`text "é\"`, 1, 10, 1, end, `the closing " of the text`},
		{"text \"a\nb\"", 1, 8, 1, end, `the closing " of the text`},
		{`text "é\q"`, 1, 8, 2, "`\\q`", escape},
		{`text "\é"`, 1, 7, 2, "`\\é`", escape},
		{`text "\`, 1, 7, 1, "`\\`", escape},
		{`text "\x4"`, 1, 7, 3, "`\\x4`", `two hex digits after \x`},
		{`text "\xzz"`, 1, 7, 4, "`\\xzz`", `two hex digits after \x`},
		{`text "\x`, 1, 7, 2, "`\\x`", `two hex digits after \x`},
		{`text "\u0041"`, 1, 7, 3, "`\\u0`", braces},
		{`text "\u{}"`, 1, 7, 4, "`\\u{}`", braces},
		{`text "\u{1234567}"`, 1, 7, 10, "`\\u{1234567`", braces},
		{`text "\u{41"`, 1, 7, 5, "`\\u{41`", braces},
		{`text "\u`, 1, 7, 2, "`\\u`", braces},
		{`text "\u{110000}"`, 1, 7, 10, "`\\u{110000}`", char},
		{`text "\u{d800}"`, 1, 7, 8, "`\\u{d800}`", char},

		// Digits.
		{`text hex:0g`, 1, 11, 1, `"g"`, "a hex digit"},
		{`text hex:é`, 1, 10, 1, `"é"`, "a hex digit"},
		{`text hex:00ff0`, 1, 14, 1, `"0"`, alone},
		{`text hex:0 0`, 1, 10, 1, `"0"`, alone},
		{`bytes 81 8g`, 1, 11, 1, `"g"`, "a hex digit"},
		{`bytes 81 8 # c`, 1, 10, 1, `"8"`, alone},
		{`bytes 81 "a"`, 1, 10, 1, "`\"`", "a hex digit"},
		{`bytes nofin`, 1, 7, 1, `"n"`, "a hex digit"},
		{`bytes "a" nofin`, 1, 11, 5, `"nofin"`, "the end of the line or a # comment"},
		{`text bytes`, 1, 6, 5, `"bytes"`, "bytes to be the first word of its line"},

		// repeat.
		{`text repeat(`, 1, 13, 1, end, "a comma and how often: repeat(00ff,3)"},
		{`text repeat(00)`, 1, 15, 1, `")"`, "a comma and how often: repeat(00ff,3)"},
		{`text repeat(0,1)`, 1, 13, 1, `"0"`, alone},
		{`text repeat(0x,1)`, 1, 14, 1, `"x"`, "a hex digit"},
		{`text repeat("a`, 1, 15, 1, end, `the closing " of the text`},
		{`text repeat(00,)`, 1, 16, 1, `")"`, often},
		{`text repeat(00,-1)`, 1, 16, 1, `"-"`, often},
		{`text repeat(00,18446744073709551616)`, 1, 16, 20, `"18446744073709551616"`, often},
		{`text repeat(00,1`, 1, 17, 1, end, "the closing ) of repeat(00ff,3)"},
		{`text repeat(00,1 2)`, 1, 18, 1, `"2"`, "the closing ) of repeat(00ff,3)"},

		// Too much.
		{strings.Repeat("ping\n", MaxDrafts) + "\n text", MaxDrafts + 2, 2, 4, `"text"`, "at most 500 frames in one text"},
		{"text\ntext repeat(00,99999999)", 2, 6, 19, `"repeat(00,99999999)"`, "at most 16777216 bytes of payload in all frames together"},
	} {
		drafts, err := ParseNotation(test.text)
		got, ok := errors.AsType[*NotationError](err)
		if !ok || drafts != nil {
			t.Errorf("%.60s: %d drafts, error %v; want a *NotationError", test.text, len(drafts), err)
			continue
		}
		want := NotationError{test.line, test.column, test.width, test.found, test.expected}
		if *got != want {
			t.Errorf("%.60s:\n got %+v\nwant %+v", test.text, *got, want)
		}
		sentence := fmt.Sprintf("line %d, column %d: found %s, expected %s", test.line, test.column, test.found, test.expected)
		if err.Error() != sentence {
			t.Errorf("%.60s: %s", test.text, err)
		}
	}
}

// checkNotationError holds an error against the text that it speaks of: the place
// exists.
func checkNotationError(t testing.TB, text string, err error) {
	t.Helper()
	e, ok := errors.AsType[*NotationError](err)
	if !ok {
		t.Fatalf("%q: %v is no *NotationError", text, err)
	}
	lines := strings.Split(text, "\n")
	if e.Line < 1 || e.Line > len(lines) {
		t.Fatalf("%q: line %d of %d", text, e.Line, len(lines))
	}
	count := utf8.RuneCountInString(lines[e.Line-1])
	if e.Column < 1 || e.Column > count+1 || e.Width < 1 || e.Column <= count && e.Column+e.Width-1 > count {
		t.Fatalf("%q: column %d, width %d in a line of %d characters", text, e.Column, e.Width, count)
	}
	if e.Found == "" || e.Expected == "" || len(e.Found) > 400 || strings.Contains(e.Found, "\n") {
		t.Fatalf("%q: found %q, expected %q", text, e.Found, e.Expected)
	}
}

// Every valid text, cut at every byte or with one byte replaced, is read or
// refused at a place that exists, and what is read prints and reads the same.
func TestNotationBrokenEverywhere(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	check := func(text string) {
		drafts, err := ParseNotation(text)
		if err != nil {
			checkNotationError(t, text, err)
			return
		}
		checkPrinted(t, drafts)
	}
	for range 300 {
		text := string(AppendNotation(nil, []Draft{randomDraft(r), randomDraft(r)}))
		for i := range text {
			check(text[:i])
			b := []byte(text)
			b[i] = pick(r, []byte("\"\\#\n =:(),09afxu{}\xff"))
			check(string(b))
		}
	}
}

// checkPrinted holds that the drafts print as a text that gives them back.
func checkPrinted(t testing.TB, drafts []Draft) {
	t.Helper()
	printed := string(AppendNotation(nil, drafts))
	again, err := ParseNotation(printed)
	if err != nil || len(again) != len(drafts) {
		t.Fatalf("%s\n%d drafts, want %d: %v", printed, len(again), len(drafts), err)
	}
	for i := range again {
		if again[i] != drafts[i] {
			t.Fatalf("%s\ndraft %d\n got %+v\nwant %+v", printed, i, again[i], drafts[i])
		}
	}
	if twice := string(AppendNotation(nil, again)); twice != printed {
		t.Fatalf("printed %s\nthen %s", printed, twice)
	}
}

func FuzzNotation(f *testing.F) {
	for _, seed := range []string{
		"", "text \"Hello\" mask=37fa213d", "text nofin \"Hel\"  # a fragment\ncontinuation \"lo\"",
		"close 1002 \"bye\"\r\nbytes 81 85 37 fa # x", "binary len16 len=5 hex:0102 cut=2", "binary repeat(ab,65536)",
		"opcode=0xb rsv1 rsv2 rsv3 nomask key=00000000 xor=ffffffff \"\\u{e9}\\xff\\\\\"", "text nokey repeat(\"a\",0x3)",
		"text # a\x01b\u0085", "text #\v",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		drafts, err := ParseNotation(text)
		if err != nil {
			checkNotationError(t, text, err)
			return
		}
		if len(drafts) > MaxDrafts {
			t.Fatalf("%d drafts", len(drafts))
		}
		checkPrinted(t, drafts)
	})
}

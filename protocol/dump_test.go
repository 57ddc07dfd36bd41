package protocol_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	. "framecraft/protocol"
)

// Bytes as people paste them. The dumps are what the tools print.

const pastedHello = "\x81\x05Hello"

// pastedLong is the frame that the dumps of two lines show.
const pastedLong = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58Hello world, ab cd ef"

func TestParseDump(t *testing.T) {
	zeros := strings.Repeat("\x00", 100)
	for _, test := range []struct{ text, style, want string }{
		// Hex.
		{"81 05 48 65 6c 6c 6f", "hex", pastedHello},
		{"810548656C6C6F", "hex", pastedHello},
		{"0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f,", "hex", pastedHello},
		{"0X81 0x5 0x48656c6c6f", "hex", pastedHello},
		{"81:05:48:65:6c:6c:6f", "hex", pastedHello},
		{"81-05-48-65-6c-6c-6f", "hex", pastedHello},
		{"81;05;4865 6c6c\u00a06f", "hex", pastedHello},
		{"\n8105 4865\r\n\t6c6c 6f\n", "hex", pastedHello},
		{"face", "hex", "\xfa\xce"},
		{"1234", "hex", "\x12\x34"},
		{"0000 0000", "hex", "\x00\x00\x00\x00"},
		{"0000 0000\n0000 0001", "hex", "\x00\x00\x00\x00\x00\x00\x00\x01"},
		{"00000000", "hex", "\x00\x00\x00\x00"},
		{"818537fa213d7f9f4d515848656c6c6f20776f726c642c20616220636420\n6566\n", "hex", pastedLong},
		{`"8105 48656c6c6f"`, "hex", pastedHello},
		{`bytes.fromhex('810548656c6c6f')`, "hex", pastedHello},

		// Byte arrays.
		{"{0x81,0x05}", "byte array", "\x81\x05"},
		{"[]byte{0x81, 0x5, 72}", "byte array", "\x81\x05H"},
		{"[129 5 72]", "byte array", "\x81\x05H"},
		{"[-127, 5, -128, -1]", "byte array", "\x81\x05\x80\xff"},
		{"[81, 05]", "byte array", "\x81\x05"},
		{"[ 8a 10 ]", "byte array", "\x8a\x10"},
		{"[129, 05]", "byte array", "\x81\x05"},
		{"[81, 15]", "byte array", "Q\x0f"},
		{"Uint8Array(2) [ 1, 129 ]", "byte array", "\x01\x81"},
		{"<Buffer 01 02 81>", "byte array", "\x01\x02\x81"},
		{"ArrayBuffer { [Uint8Contents]: <01 81>, byteLength: 2 }", "byte array", "\x01\x81"},
		{"unsigned char x[] = {\n  0x81, 0x05, 0x48, 0x65,\n  0x6c, 0x6c, 0x6f\n};\nunsigned int x_len = 7;\n", "byte array", pastedHello},
		{"char peer0_0[] = { /* Packet é, 4 */\n0x81, 0x05, /* \"..\\ */\n0x48 };", "byte array", "\x81\x05H"},
		{"[]byte{}", "byte array", ""},

		// Escaped strings.
		{`\x81\x05`, "escaped string", "\x81\x05"},
		{`\x81 \x05` + "\n" + `\x48`, "escaped string", "\x81\x05H"},
		{`\x81\x05Hi there` + "\n", "escaped string", "\x81\x05Hi there"},
		{`"\x81\x05Hello"`, "escaped string", pastedHello},
		{`b"\x81\x05Hello"`, "escaped string", pastedHello},
		{`b'\x81\x05Hi"\'\n'`, "escaped string", "\x81\x05Hi\"'\n"},
		{`u8"\201\5\0\1012\7"`, "escaped string", "\x81\x05\x00A2\x07"},
		{`$'\x81\x5Hi\e'`, "escaped string", "\x81\x05Hi\x1b"},
		{`"\a\b\f\n\r\t\v\"\'\\\?"`, "escaped string", "\a\b\f\n\r\t\v\"'\\?"},
		{`"\u00e9\U0001f600\u{e9}é"`, "escaped string", "é😀éé"},
		{`"\x81" + "\x05"`, "escaped string", "\x81\x05"},
		{"\"\\x81\" \\\n\"\\x05\"", "escaped string", "\x81\x05"},
		{"\"\\x81\\\n\\x05\\\r\nH\"", "escaped string", "\x81\x05H"},
		{`const char frame[] = "\x81\x05";`, "escaped string", "\x81\x05"},
		{`x = b'\x81\x05'`, "escaped string", "\x81\x05"},
		{`[]byte("\x81\x05")`, "escaped string", "\x81\x05"},
		{`printf '\201\005%%d'`, "escaped string", "\x81\x05%d"},
		{`"\x81%%"`, "escaped string", "\x81%%"},
		{`b"Hi"`, "escaped string", "Hi"},
		{`b""`, "escaped string", ""},
		{`%81%05Hello`, "percent-encoded", pastedHello},
		{`%81 %05` + "\n%48", "percent-encoded", "\x81\x05H"},

		// Base64.
		{"gQVIZWxsbw==", "base64", pastedHello},
		{"gQVIZWxsbw", "base64", pastedHello},
		{"  gQVI\r\n ZWxsbw==\n", "base64", pastedHello},
		{"//79", "base64", "\xff\xfe\xfd"},
		{"__79", "base64", "\xff\xfe\xfd"},
		{"-_79", "base64", "\xfb\xfe\xfd"},

		// Dumps.
		{"00000000: 8105 4865 6c6c 6f                        ..Hello\n", "hexdump", pastedHello},
		{"00000000: 8185 37fa 213d 7f9f 4d51 5848 656c 6c6f  ..7.!=..MQXHello\n" +
			"00000010: 2077 6f72 6c64 2c20 6162 2063 6420 6566   world, ab cd ef\n", "hexdump", pastedLong},
		{"00000000: 8185 37fa 213d 7f9f  ..7.!=..\n00000008: 4d51 5848 656c 6c6f  MQXHello\n" +
			"00000010: 2077 6f72 6c64 2c20   world, \n00000018: 6162 2063 6420 6566  ab cd ef\n", "hexdump", pastedLong},
		{"00000000: 81 85 37 FA 21 3D 7F 9F 4D 51 58 48 65 6C 6C 6F  ..7.!=..MQXHello\r\n" +
			"00000010: 20 77 6f 72 6c 64 2c 20 61 62 20 63 64 20 65 66   world, ab cd ef\r\n", "hexdump", pastedLong},
		{"00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58 48 65 6c 6c 6f  |..7.!=..MQXHello|\n" +
			"00000010  20 77 6f 72 6c 64 2c 20  61 62 20 63 64 20 65 66  | world, ab cd ef|\n00000020\n", "hexdump", pastedLong},
		{"000000 81 85 37 fa 21 3d 7f 9f 4d 51 58 48 65 6c 6c 6f\n" +
			"000010 20 77 6f 72 6c 64 2c 20 61 62 20 63 64 20 65 66\n000020\n", "hexdump", pastedLong},
		{"0000000 81 85 37 fa 21 3d 7f 9f 4d 51 58 48 65 6c 6c 6f\n" +
			"0000020 20 77 6f 72 6c 64 2c 20 61 62 20 63 64 20 65 66\n0000040\n", "hexdump", pastedLong},
		{"0000000 81 85 37 fa 21 3d 7f 9f 4d 51 58 48 65 6c 6c 6f  >..7.!=..MQXHello<\n" +
			"0000016 20 77 6f 72 6c 64 2c 20 61 62 20 63 64 20 65 66  > world, ab cd ef<\n0000032\n", "hexdump", pastedLong},
		{"0000   81 85 37 fa 21 3d 7f 9f 4d 51 58 48 65 6c 6c 6f   ..7.!=..MQXHello\n" +
			"0010   20 77 6f 72 6c 64 2c 20 61 62 20 63 64 20 65 66    world, ab cd ef\n", "wireshark", pastedLong},
		{"0000   81 85 37 fa 21 3d 7f 9f 4d 51 58 48 65 6c 6c 6f   ..7.!=.. MQXHello\n" +
			"0010   20 77 6f 72 6c 64 2c 20 61 62 20 63 64 20 65 66    world,  ab cd ef\n", "wireshark", pastedLong},
		{"    0000  81 02 61 62                                       ..ab\n", "wireshark", "\x81\x02ab"},
		{"0036   81 02 61 62\n003a   89 00", "wireshark", "\x81\x02ab\x89\x00"},
		// The characters look like bytes; there are no points to tell them apart.
		{"0000   61 62   ab", "wireshark", "ab"},
		{"0000  61 62 20 63 64 20 65 66  ab cd ef", "wireshark", "ab cd ef"},
		{"00000000  61 62 20 63 64 20 65 66  20 61 62                 |ab cd ef ab|", "hexdump", "ab cd ef ab"},
		{"00000000: 2020                                       \n", "hexdump", "  "},
		// Characters as some other tool shows them.
		{"0000   81 05 48   \u2022\u2022H", "wireshark", "\x81\x05H"},
		{"0000  61 62 63 64 65 66 67 68  69 6a   \u2022\u2022", "wireshark", "abcdefghij"},
		{"00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n" +
			"00000060  00 00 00 00                                       |....|\n00000064\n", "hexdump", zeros},
		{"0000000 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n*\n0000140 00 00 00 00\n0000144\n", "hexdump", zeros},
		{"00000000: 0000 0000 0000 0000 0000 0000 0000 0000  ................\n*\n00000060: 0000 0000", "hexdump", zeros},
	} {
		got, style, err := ParseDump(test.text)
		if err != nil || string(got) != test.want || style != test.style {
			t.Errorf("%s:\n got %.200q (%s), %v\nwant %q (%s)", test.text, got, style, err, test.want, test.style)
		}
	}
}

func TestParseDumpErrors(t *testing.T) {
	const (
		any   = "bytes in hex such as 81 05, a hex dump, an escaped string, a byte array or base64"
		pairs = "two hex digits for each byte"
		esc   = `an escape such as \x81, \201, \n, \\ or \u0041`
		end   = "the end of the line"
		words = "single bytes: these are words in the order of some machine; hexdump -C and od -t x1 print bytes"
		whole = "an offset that is whole lines behind the one before *, within 16777216 bytes"
		char  = `a character such as \u0041, \u{41} or \U00000041`
		num   = "a byte: 0 to 255, 0x00 to 0xff, or -128 to -1"
	)
	for _, test := range []struct {
		text                string
		line, column, width int
		found, expected     string
	}{
		{"", 1, 1, 1, end, any},
		{" \n\u00a0", 1, 1, 1, `" "`, any},
		{",:", 1, 1, 1, `","`, any},
		{"81 0g", 1, 5, 1, `"g"`, any},
		{"81\n\u00a0é", 2, 2, 1, `"é"`, any},
		{"81 5", 1, 4, 1, `"5"`, pairs},
		{"81054", 1, 1, 5, `"81054"`, pairs},
		{"81\r\n0x123\r\n", 2, 1, 5, `"0x123"`, pairs},
		{"0x", 1, 2, 1, `"x"`, any},
		{"gQVIZWxsbw=", 1, 1, 1, `"g"`, any},
		{"gQVIZWxsb", 1, 1, 1, `"g"`, any},
		{"gQ VI", 1, 1, 1, `"g"`, any},
		{"+_79", 1, 1, 1, `"+"`, any},
		{"hello!", 1, 1, 1, `"h"`, any},

		{"{0x81", 1, 6, 1, end, "the closing }"},
		{"{0x81, 256}", 1, 8, 3, `"256"`, num},
		{"[-129]", 1, 2, 4, `"-129"`, num},
		{"{0x81, x}", 1, 8, 1, `"x"`, num},
		{"{1}\n{2}", 2, 1, 1, `"{"`, "one array at a time"},
		{"<Buffer 81 ... 50 more bytes>", 1, 12, 1, `"."`, any},
		{"{ /* é */ x }", 1, 11, 1, `"x"`, num},

		{`"\x81`, 1, 6, 1, end, `the closing "`},
		{"b'a\nb'", 1, 4, 1, end, "the closing '"},
		{`\`, 1, 1, 1, "`\\`", esc},
		{`"é\q"`, 1, 3, 2, "`\\q`", esc},
		{`\xg`, 1, 1, 2, "`\\x`", `hex digits after \x`},
		{`\400`, 1, 1, 4, "`\\400`", `a byte: \0 to \377`},
		{`\u12`, 1, 1, 4, "`\\u12`", char},
		{`\u{}`, 1, 1, 4, "`\\u{}`", char},
		{`\ud800`, 1, 1, 6, "`\\ud800`", char},
		{`\Uffffffff`, 1, 1, 10, "`\\Uffffffff`", char},
		{`text "Hello"`, 1, 1, 5, `"text "`, any},
		{`"a", "b"`, 1, 4, 1, `","`, "nothing but +, brackets or a line break between two strings"},
		{"%81%5", 1, 4, 2, `"%5"`, "two hex digits after %"},
		{"%81\n%zz", 2, 1, 3, `"%zz"`, "two hex digits after %"},
		{"%81%⯁5", 1, 4, 2, `"%⯁"`, "two hex digits after %"},

		{"0000000 8581 fa37\n0000004\n", 1, 9, 4, `"8581"`, words},
		{"000000 8581 fa37\n000004\n", 1, 8, 4, `"8581"`, words},
		{"0000000 102601 175067\n0000004\n", 1, 9, 6, `"102601"`, words},
		{"00000000: 81 05\n00000003: 61", 2, 1, 8, `"00000003"`, "offset 00000002 behind the bytes before it, of one dump without holes"},
		{"0000  81 05\n0000  89 00", 2, 1, 4, `"0000"`, "offset 0002 behind the bytes before it, of one dump without holes"},
		{"00000000: 81 05 61\n00000002: 61", 2, 1, 8, `"00000002"`, "offset 00000003 behind the bytes before it, of one dump without holes"},
		{"00000000: 81\nhello", 2, 1, 5, `"hello"`, "a line that begins with an offset, as those before it"},
		{"00000000: 81 0", 1, 14, 1, `"0"`, pairs},
		{"00000000: 81\n*", 2, 1, 1, `"*"`, "a line with an offset behind *, which says how often to repeat"},
		{"00000000: 8105\n*\n00000003", 3, 1, 8, `"00000003"`, whole},
		{"00000000: 8105\n*\n0100000a: 81", 3, 1, 8, `"0100000a"`, whole},
		{"00000000: 8105\n*\nffffffff: 81", 3, 1, 8, `"ffffffff"`, whole},
		{"00000000: 8105\n*\n00000000: 81", 3, 1, 8, `"00000000"`, whole},
	} {
		b, style, err := ParseDump(test.text)
		got, ok := errors.AsType[*NotationError](err)
		if !ok || b != nil || style != "" {
			t.Errorf("%q: %.60q (%s), %v; want a *NotationError", test.text, b, style, err)
			continue
		}
		want := NotationError{test.line, test.column, test.width, test.found, test.expected}
		if *got != want {
			t.Errorf("%q:\n got %+v\nwant %+v", test.text, *got, want)
		}
	}
}

// Long texts that nearly are a dump take no long time.
func TestParseDumpLong(t *testing.T) {
	for _, text := range []string{
		"00000000:" + strings.Repeat("  33", 1<<18),
		"0000  33" + strings.Repeat(" 33", 1<<17) + strings.Repeat("\nx", 1<<17),
		strings.Repeat("00000000: 33\n", 1<<16),
		"{" + strings.Repeat("/**/1,", 1<<16) + "}",
	} {
		if b, _, err := ParseDump(text); err != nil {
			checkNotationError(t, text, err)
		} else if len(b) < 1<<16 {
			t.Errorf("%.40s: %d bytes", text, len(b))
		}
	}
}

// Bytes printed in every style are read back.
func TestParseDumpStyles(t *testing.T) {
	r := rand.New(rand.NewSource(6))
	for n := range 400 {
		b := make([]byte, 1+n%70)
		r.Read(b)
		if n%3 == 0 {
			// Texts, and texts that look like hex, are the hard ones for a dump.
			for i := range b {
				b[i] = pick(r, []byte("0123456789abcdef  .|<> xyz\"\\'"))
			}
		}
		pairs := fmt.Sprintf("% x", b)
		for style, text := range map[string]string{
			"pairs":      pairs,
			"lines":      strings.ReplaceAll(pairs, " 0", "\n0"),
			"digits":     fmt.Sprintf("%X", b),
			"0x":         "0x" + strings.ReplaceAll(pairs, " ", ", 0x"),
			"colons":     strings.ReplaceAll(pairs, " ", ":"),
			"hyphens":    strings.ReplaceAll(pairs, " ", "-"),
			"escapes":    `\x` + strings.ReplaceAll(pairs, " ", `\x`),
			"percent":    `%` + strings.ReplaceAll(pairs, " ", `%`),
			"Go print":   fmt.Sprint(b),
			"Go source":  fmt.Sprintf("%#v", b),
			"xxd":        dumpLines(b, 16, "%08x: ", 2, "  ", "", ""),
			"xxd -c 8":   dumpLines(b, 8, "%08x: ", 2, "  ", "", ""),
			"xxd -g 1":   dumpLines(b, 16, "%08x: ", 1, "  ", "", ""),
			"hexdump -C": dumpLines(b, 16, "%08x  ", 1, "  ", "|", "|") + fmt.Sprintf("%08x\n", len(b)),
			"od octal":   dumpLines(b, 16, "%07o ", 1, "", "", "") + fmt.Sprintf("%07o\n", len(b)),
			"od -A d z":  dumpLines(b, 16, "%07d ", 1, "  ", ">", "<") + fmt.Sprintf("%07d\n", len(b)),
			"Wireshark":  dumpLines(b, 16, "%04x   ", 1, "   ", "", ""),
		} {
			got, _, err := ParseDump(text)
			if err != nil || !bytes.Equal(got, b) {
				t.Fatalf("%s:\n%s\n got % x, %v\nwant % x", style, text, got, err, b)
			}
		}
		// A few bytes in base64 may well be hex.
		if len(b) > 30 {
			for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
				if got, _, err := ParseDump(encoding.EncodeToString(b)); err != nil || !bytes.Equal(got, b) {
					t.Fatalf("base64 %s: % x, %v", encoding.EncodeToString(b), got, err)
				}
			}
		}
	}
}

// dumpLines prints bytes as the tools do: so many on a line, an offset in front,
// in groups, and as characters behind a gap, between two marks.
func dumpLines(b []byte, width int, offset string, group int, gap, open, end string) string {
	var out strings.Builder
	for at := 0; at < len(b); at += width {
		line := b[at:min(at+width, len(b))]
		column := fmt.Sprintf(offset, at)
		full := len(column) + width*2 + (width-1)/group
		for i, c := range line {
			if i > 0 && i%group == 0 {
				column += " "
			}
			if open == "|" && i == 8 {
				column += " "
			}
			column += fmt.Sprintf("%02x", c)
		}
		if gap != "" {
			if open == "|" {
				full++
			}
			column += strings.Repeat(" ", full-len(column)) + gap + open
			for _, c := range line {
				if c < ' ' || c > '~' {
					c = '.'
				}
				column += string(rune(c))
			}
			column += end
		}
		out.WriteString(column + "\n")
	}
	return out.String()
}

func ExampleParseDump() {
	for _, text := range []string{
		`81 05 48 65 6c 6c 6f`,
		`b"\x81\x05Hello"`,
		`00000000: 8105 4865 6c6c 6f                        ..Hello`,
		`gQVIZWxsbw==`,
		`81 5`,
	} {
		b, style, err := ParseDump(text)
		fmt.Printf("%-14s %x %v\n", style, b, err)
	}
	// Output:
	// hex            810548656c6c6f <nil>
	// escaped string 810548656c6c6f <nil>
	// hexdump        810548656c6c6f <nil>
	// base64         810548656c6c6f <nil>
	//                 line 1, column 4: found "5", expected two hex digits for each byte
}

// However often * repeats a line, it is that line each time.
func TestDumpRepeats(t *testing.T) {
	line := []byte{0x81, 0x05, 0x48}
	for times := 1; times <= 400; times++ {
		offset := fmt.Sprintf("%07x", times*len(line))
		if !strings.ContainsAny(offset, "abcdef") {
			continue // it may be of another base
		}
		text := fmt.Sprintf("0000000 % x\n*\n%s\n", line, offset)
		if b, _, err := ParseDump(text); err != nil || !bytes.Equal(b, bytes.Repeat(line, times)) {
			t.Fatalf("%q: found % x, %v", text, b, err)
		}
	}
}

func FuzzDump(f *testing.F) {
	for _, seed := range []string{
		"", "81 05", "0x81, 0x05", "{0x81,0x05}", `b"\x81\x05Hi"`, "%81%05", "gQVIZWxsbw==", "<Buffer 81>", "[-127 5]",
		"00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58 48 65 6c 6c 6f  |..7.!=..MQXHello|\n*\n00000020\n",
		"0000   61 62   ab\n0002   00", "0000000 81\n*\n0000010", `"\u{e9}\U0001f600\777"`, "{ /* c */ 1, 2 }", `printf '\201%%'\` + "\n'\\0'",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > FuzzLength {
			return
		}
		b, style, err := ParseDump(text)
		if err != nil {
			if b != nil || style != "" {
				t.Fatalf("%q: %x (%s) with an error", text, b, style)
			}
			checkNotationError(t, text, err)
			return
		}
		if style == "" || len(b) > MaxDraftPayload {
			t.Fatalf("%q: %d bytes (%s)", text, len(b), style)
		}
		// What was read can be read again from hex; of the 16 MiB that a few bytes and *
		// may stand for, the beginning is enough.
		b = b[:min(len(b), 64<<10)]
		if again, style, err := ParseDump(fmt.Sprintf("% x", b)); len(b) > 0 && (err != nil || style != "hex" || !bytes.Equal(again, b)) {
			t.Fatalf("%q: %x, then %x (%s), %v", text, b, again, style, err)
		}
	})
}

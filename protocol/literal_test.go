package protocol_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand"
	"strconv"
	"strings"
	"testing"

	. "framecraft/protocol"
)

// Bytes as source text of other languages.

func literal(t testing.TB, language string, b []byte) string {
	t.Helper()
	text, ok := AppendLiteral([]byte("> "), language, b)
	if !ok || !bytes.HasPrefix(text, []byte("> ")) {
		t.Fatalf("%s: %q, %v", language, text, ok)
	}
	return string(text[2:])
}

func TestAppendLiteral(t *testing.T) {
	long := []byte("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58%8")
	for _, test := range []struct{ language, none, short, long string }{
		{"go", `[]byte{}`, `[]byte{0x81, 0x05}`,
			"[]byte{\n\t0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58, 0x25,\n\t0x38,\n}"},
		{"javascript", `new Uint8Array([])`, `new Uint8Array([0x81, 0x05])`,
			"new Uint8Array([\n  0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58, 0x25,\n  0x38,\n])"},
		{"python", `b""`, `b"\x81\x05"`,
			"(\n    b\"\\x81\\x85\\x37\\xfa\\x21\\x3d\\x7f\\x9f\\x4d\\x51\\x58\\x25\"\n    b\"\\x38\"\n)"},
		{"c", `const char frame[] = "";`, `const unsigned char frame[] = {0x81, 0x05};`,
			"const unsigned char frame[] = {\n    0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58, 0x25,\n    0x38,\n};"},
		{"printf", `printf ''`, `printf '\201\005'`,
			"printf '\\201\\205\\067\\372\\041\\075\\177\\237\\115\\121\\130%%'\\\n'\\070'"},
	} {
		for i, want := range []string{test.none, test.short, test.long} {
			b := [][]byte{nil, {0x81, 0x05}, long}[i]
			if got := literal(t, test.language, b); got != want {
				t.Errorf("%s:\n got %s\nwant %s", test.language, got, want)
			}
		}
	}
	if text, ok := AppendLiteral([]byte("a"), "cobol", nil); ok || string(text) != "a" {
		t.Errorf("cobol: %q, %v", text, ok)
	}
}

func TestLiterals(t *testing.T) {
	var ids []string
	for _, l := range Literals() {
		ids = append(ids, l.ID)
		if l.Title == "" {
			t.Errorf("%s has no title", l.ID)
		}
		literal(t, l.ID, []byte{0})
	}
	if got := strings.Join(ids, " "); got != "go javascript python c printf" {
		t.Errorf("languages %s", got)
	}
}

// A literal says its bytes: to Go's own parser, to a shell's rules, and to
// ParseDump, which reads all of them. Lines stay short.
func TestLiteralsReadBack(t *testing.T) {
	r := rand.New(rand.NewSource(7))
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	inputs := [][]byte{{}, all, []byte("%%d%"), []byte(`\n'"`), []byte("\x0012"), []byte("-n")}
	for n := range 40 {
		b := make([]byte, n)
		r.Read(b)
		inputs = append(inputs, b)
	}
	for _, b := range inputs {
		if got := goLiteral(t, literal(t, "go", b)); !bytes.Equal(got, b) {
			t.Errorf("go: % x, want % x", got, b)
		}
		if got := shellPrintf(t, literal(t, "printf", b)); !bytes.Equal(got, b) {
			t.Errorf("printf: % x, want % x", got, b)
		}
		for _, l := range Literals() {
			text := literal(t, l.ID, b)
			if got, _, err := ParseDump(text); err != nil || !bytes.Equal(got, b) {
				t.Errorf("%s\nread as % x, %v; want % x", text, got, err, b)
			}
			for line := range strings.Lines(text) {
				if len(line) > 110 || strings.Count(line, "\\")+strings.Count(line, "0x") > 13 {
					t.Errorf("%s: a long line: %s", l.ID, line)
				}
			}
		}
	}
}

// goLiteral reads a composite literal of bytes.
func goLiteral(t testing.TB, text string) []byte {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nvar x = "+text, 0)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	b := []byte{}
	ast.Inspect(file, func(n ast.Node) bool {
		if number, ok := n.(*ast.BasicLit); ok {
			value, err := strconv.ParseUint(number.Value, 0, 8)
			if err != nil {
				t.Fatal(err)
			}
			b = append(b, byte(value))
		}
		return true
	})
	return b
}

// shellPrintf does what a POSIX shell does with a printf of one quoted argument:
// quotes that touch are joined, a backslash joins lines, and then printf undoes
// \ddd and %%. Anything else is not for every shell.
func shellPrintf(t testing.TB, text string) []byte {
	t.Helper()
	rest, ok := strings.CutPrefix(text, "printf ")
	format, quoted := "", false
	for rest != "" {
		switch {
		case rest[0] == '\'':
			quoted = !quoted
		case quoted:
			format += rest[:1]
		case strings.HasPrefix(rest, "\\\n"):
			rest = rest[1:]
		default:
			ok = false
		}
		rest = rest[1:]
	}
	if !ok || quoted {
		t.Fatalf("no printf of one argument: %s", text)
	}
	b := []byte{}
	for format != "" {
		n := 4
		if strings.HasPrefix(format, "%%") {
			b, n = append(b, '%'), 2
		} else {
			value, err := strconv.ParseUint(format[1:min(4, len(format))], 8, 8)
			if format[0] != '\\' || err != nil || len(format) < 4 {
				t.Fatalf("not for every shell: %s", format)
			}
			b = append(b, byte(value))
		}
		format = format[n:]
	}
	return b
}

func ExampleAppendLiteral() {
	frame := []byte("\x81\x05Hello")
	for _, l := range Literals() {
		text, _ := AppendLiteral(nil, l.ID, frame)
		fmt.Printf("%s\n", text)
	}
	// Output:
	// []byte{0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}
	// new Uint8Array([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])
	// b"\x81\x05\x48\x65\x6c\x6c\x6f"
	// const unsigned char frame[] = {0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f};
	// printf '\201\005\110\145\154\154\157'
}

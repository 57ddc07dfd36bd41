package protocol_test

import (
	"testing"

	. "framecraft/protocol"
)

// The lines of the package documentation are canonical: they print as they are.
func TestDocumentedLines(t *testing.T) {
	for _, line := range []string{
		`text mask=37fa213d "Hello"`, `text nofin "Hel" # a fragment`, `continuation "lo"`, `close 1002 "bye"`,
		`binary len16 len=5 hex:0102`, `opcode=3 rsv1 nomask hex:c1`, `text mask=37fa213d xor=00000000 "Hi"`,
		`text cut=2 "Hello"`, `bytes 81 85 37 fa`, `binary repeat(ab,65536)`,
		`text rsv1 deflate("Hello",fixed)`,
	} {
		if got := string(one(t, line).AppendNotation(nil)); got != line {
			t.Errorf("%s is printed as %s", line, got)
		}
	}
	for line, want := range map[string]string{
		`text repeat("ha",3)`:          `text repeat(6861,3)`,
		`text "Gr\u{fc}\xdfe\n"`:       `text "Grü\xdfe\n"`,
		`text fin norsv1 mask opcode=`: ``,
		// The words of the design in the order in which people write them.
		`text "Hello" mask=37fa213d`: `text mask=37fa213d "Hello"`,
		`text "Hello" cut=2`:         `text cut=2 "Hello"`,
	} {
		drafts, err := ParseNotation(line)
		if got := string(AppendNotation(nil, drafts)); got != want || (err == nil) != (want != "") {
			t.Errorf("%s is printed as %s, want %s (%v)", line, got, want, err)
		}
	}
}

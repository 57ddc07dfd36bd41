package cli

import (
	"strings"
	"testing"
)

func TestPreview(t *testing.T) {
	for _, c := range []struct {
		b    string
		room int
		text bool
		want string
	}{
		{"Hello", 20, true, `"Hello"`},
		{"Hello", 20, false, `"Hello"`},
		{"\x00\xff", 20, false, "00 ff"},
		{"\x00\xff", 20, true, `"\x00\xff"`},
		{"", 20, false, `""`},
		{"日本語日本語", 14, true, `"日本語日本語"`},
		{"日本語日本語", 13, true, `… +18 bytes`},
		{"日本語日本語日本語", 18, true, `"日本" … +21 bytes`},
		{strings.Repeat("ab", 500), 24, true, `"ababababa" … +991 bytes`},
		{strings.Repeat("\x01", 500), 24, false, "01 01 01 01 … +496 bytes"},
	} {
		got := previewOf([]byte(c.b), c.room, c.text)
		if got != c.want {
			t.Errorf("%q in %d columns: found %s, expected %s", c.b, c.room, got, c.want)
		}
	}
}

// A preview never takes more room than it is given, from where one can be at all.
func TestPreviewFits(t *testing.T) {
	for _, b := range []string{strings.Repeat("日本語\u0301", 99), strings.Repeat("\xff\x00", 300), strings.Repeat("a\"\\\n", 99)} {
		for room := 20; room < 120; room++ {
			for _, text := range []bool{false, true} {
				if got := previewOf([]byte(b), room, text); columns(got) > room {
					t.Fatalf("%d columns: found %d in %s", room, columns(got), got)
				}
			}
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 5, ""},
		{"one two three", 7, "one two|three"},
		{"one two three", 3, "one|two|three"},
		{`a "b  c" d`, 20, `a "b  c" d`},
		{"日本 語", 5, "日本|語"},
	} {
		if got := strings.Join(wrap(c.text, c.width), "|"); got != c.want {
			t.Errorf("%q at %d: found %q, expected %q", c.text, c.width, got, c.want)
		}
	}
}

package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"framecraft/protocol"
)

func TestSources(t *testing.T) {
	for _, c := range []struct{ texts, want string }{ // separated by |
		{"ping", "ping"},
		{"81|00", "81 00|81\n00"},
		{"text nofin|ping", "text nofin\nping|text nofin ping"},
		{"text|\"a b\"", "text\n\"a b\"|text \"a b\""},
		{"ping\nping|pong", "ping\nping\npong"},
	} {
		got, err := sources(strings.Split(c.texts, "|"), nil)
		if text := strings.Join(got, "|"); err != nil || text != c.want {
			t.Errorf("%q: found %q, %v, expected %q", c.texts, text, err, c.want)
		}
	}
}

func TestReadInputLimit(t *testing.T) {
	name := filepath.Join(t.TempDir(), "input")
	if err := os.WriteFile(name, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int64]bool{4: false, 5: true, 6: true} {
		stdin, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := readInput(&Process{Stdin: stdin}, limit)
		stdin.Close()
		if want && (err != nil || string(b) != "12345") {
			t.Errorf("limit %d: found %q, %v", limit, b, err)
		}
		if !want && !errors.As(err, new(usageError)) {
			t.Errorf("limit %d: found %v, expected a usageError", limit, err)
		}
	}
}

// The carets stand under what is meant, whatever stands before it.
func TestUnreadable(t *testing.T) {
	wide := &terminal{width: 60}
	for _, c := range []struct{ text, carets string }{
		{`nofim`, "     | ^^^^^"},
		{"\ttext nofim", "     |       ^^^^^"},
		{`text "日本" mush`, "     |             ^^^^"},
		{"ping\r\ntext nofim\r\n", "     |      ^^^^^"},
		{`text "` + strings.Repeat("x", 300), ""},
		{`text "` + strings.Repeat("語", 300) + `" nofim ` + strings.Repeat("x", 300), ""},
	} {
		_, err := protocol.ParseNotation(c.text)
		var e *unreadableError
		if !errors.As(unreadable(c.text, err), &e) {
			t.Errorf("%q: found %v, expected a place", c.text, err)
			continue
		}
		lines := strings.Split(e.explain(wide), "\n")
		for _, line := range lines[2:] {
			if columns(line) > wide.width {
				t.Errorf("%q: found %d columns, expected at most %d: %s", c.text, columns(line), wide.width, line)
			}
		}
		if got := lines[3]; c.carets != "" && got != c.carets || !strings.Contains(got, "^") {
			t.Errorf("%q: found\n%s\nexpected\n%s", c.text, strings.Join(lines, "\n"), c.carets)
		}
	}
}

package cli

import (
	"os"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// What a stream of output can show: colours or none, and so many columns.

// When to use colours, as --color says.
const (
	colourAuto   = "auto"
	colourAlways = "always"
	colourNever  = "never"
)

// colourFlag is the flag of all commands that write for people.
type colourFlag struct {
	Color string `default:"auto" enum:"auto,always,never" placeholder:"WHEN" help:"Use colours: auto, always or never. auto is only on a terminal, and not with NO_COLOR set."`
}

// The narrowest and the widest layout. Beyond the widest, lines get hard to read.
const (
	minWidth     = 60
	defaultWidth = 80
	maxWidth     = 120
)

// terminal is what is known of a stream.
type terminal struct {
	colour bool
	width  int
	// wraps says that somebody reads it there: a program wants one line an error.
	wraps bool
}

func newTerminal(stream *os.File, colour string, lookup func(string) (string, bool)) *terminal {
	t := &terminal{width: defaultWidth, wraps: isTerminal(stream)}
	switch colour {
	case colourAlways:
		t.colour = true
	case colourAuto:
		off, _ := lookup("NO_COLOR")
		kind, _ := lookup("TERM")
		t.colour = t.wraps && off == "" && kind != "dumb"
	}
	if t.wraps {
		if columns, _, err := term.GetSize(int(stream.Fd())); err == nil && columns > 0 {
			t.width = columns
		}
	} else if text, ok := lookup("COLUMNS"); ok {
		if columns, err := strconv.Atoi(text); err == nil && columns > 0 {
			t.width = columns
		}
	}
	t.width = min(max(t.width, minWidth), maxWidth)
	return t
}

func isTerminal(stream *os.File) bool { return term.IsTerminal(int(stream.Fd())) }

// style is the parameters of an SGR sequence; the empty one changes nothing.
type style string

// The styles, from the sixteen colours that a person can choose for a terminal.
const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	under  style = "4"
	red    style = "1;31"
	green  style = "1;32"
	yellow style = "1;33"
)

// paint returns the text in a style.
func (t *terminal) paint(s style, text string) string {
	if !t.colour || s == plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// columns returns how many columns a text without escape sequences takes.
func columns(text string) int { return uniseg.StringWidth(text) }

// complaint returns an error as it is shown.
func (t *terminal) complaint(err error) string {
	const name = "framecraft:"
	head := t.paint(red, name) + " "
	if !t.wraps {
		return head + err.Error() + "\n"
	}
	return t.hang(head, err.Error(), len(name)+1, plain)
}

// pad fills a text up to so many columns.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-columns(text)))
}

// wrap breaks a text between words into lines of at most width columns; a
// longer word stands alone, and a line of the text remains one.
func wrap(text string, width int) (lines []string) {
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, wrapLine(line, width)...)
	}
	return lines
}

func wrapLine(text string, width int) []string {
	lines := []string{""}
	for word := range strings.SplitSeq(text, " ") {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case columns(*last)+1+columns(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}

// hang returns the text wrapped behind a head that takes indent columns.
func (t *terminal) hang(head, text string, indent int, s style) string {
	var b strings.Builder
	for i, line := range wrap(text, t.width-indent) {
		if i > 0 {
			head = strings.Repeat(" ", indent)
		}
		b.WriteString(head)
		b.WriteString(t.paint(s, line))
		b.WriteByte('\n')
	}
	return b.String()
}

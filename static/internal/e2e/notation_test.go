package e2e

// Notation that cannot be read: the message names the place, the place is
// marked, and the last good draft stays in all other views.

import (
	"strings"
	"testing"

	"framecraft/protocol"

	"github.com/chromedp/cdproto/input"
)

func TestUnreadableNotation(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	good := p.views()
	for _, line := range []string{
		`text "Hello`,
		`text mask=37fa "Hello"`,
		`txet "Hello"`,
		`text len=abc "Hello"`,
		`binary hex:0`,
		`bytes 81 8`,
		`opcode=16`,
		`close 1002 bye`,
		`text "a" "b"`,
	} {
		p.paste(notationLine, line)
		v := p.views()
		_, err := protocol.ParseNotation(line)
		if err == nil {
			t.Fatalf("%q can be read; it should be another example", line)
		}
		problem, ok := err.(*protocol.NotationError)
		if !ok {
			t.Fatalf("%T, expected a *protocol.NotationError", err)
		}
		if !v.Invalid || !strings.EqualFold(strings.TrimSuffix(v.NotationError, ". The last draft that could be read is kept."), problem.Error()) {
			t.Errorf("%q: the page says %q, expected %q", line, v.NotationError, problem.Error())
		}
		characters := []rune(line + " ")
		from := min(problem.Column-1, len(characters)-1)
		if want := string(characters[from:min(from+problem.Width, len(characters))]); strings.TrimSpace(v.Wrong) != strings.TrimSpace(want) {
			t.Errorf("%q: %q is marked, expected %q", line, v.Wrong, want)
		}
		if v.Hex != good.Hex || v.Bits != good.Bits || v.Verdict != good.Verdict || v.Form != good.Form {
			t.Errorf("%q: the last good draft is gone: %s, %q", line, v.Hex, v.Verdict)
		}
		if send := read[string](p, `document.querySelector(".exchange-send").ariaDisabled`); send != "true" {
			t.Errorf("%q: Send is not disabled", line)
		}
		p.press("Ctrl+z")
		if v := p.views(); v.Invalid || v.Notation != good.Notation {
			t.Errorf("%q: undo leaves %q, %q", line, v.Notation, v.NotationError)
		}
	}
}

// What is wrong is said in its own line when all lines are edited.
func TestUnreadableLine(t *testing.T) {
	t.Parallel()
	p := openPage(t, threeFrames)
	p.click(worded("fc-notation button", "All lines"))
	if v := p.views(); strings.Count(v.Notation, "\n") != 2 {
		t.Fatalf("all lines are %q", v.Notation)
	}
	p.press("Ctrl+Home", "Down", "End")
	p.write(" oops")
	v := p.views()
	if !strings.Contains(v.NotationError, "ine 2") || v.Wrong != "oops" {
		t.Errorf("the page says %q and marks %q, expected line 2 and oops", v.NotationError, v.Wrong)
	}
	for range len(" oops") {
		p.press("Backspace")
	}
	p.write(" rsv1")
	if v := p.views(); v.Invalid || v.Frames[1] != "ping RSV1" {
		t.Errorf("the mended line is not read: %q %q", v.NotationError, v.Frames)
	}
}

// A form field with a value that cannot be keeps it and says what is wrong.
func TestUnreadableField(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	good := p.views()
	for _, test := range []struct{ field, value string }{
		{"Declared payload length", "many"},
		{"Declared payload length", "18446744073709551616"},
		{"Masking key, eight hex digits", "37fa21"},
		{"Status code before the payload", "70000"},
		{"Bytes cut from the end", "-1"},
	} {
		p.fill(formField(test.field), test.value)
		v := p.views()
		if v.Form.Error == "" || v.Hex == "" {
			t.Errorf("%s = %s: no word about it; bytes %s", test.field, test.value, v.Hex)
		}
		if invalid := read[string](p, string(formField(test.field))+`.getAttribute("aria-invalid") ?? ""`); invalid != "true" {
			t.Errorf("%s = %s: the field is not marked as invalid", test.field, test.value)
		}
		p.press("Tab")
		if v := p.views(); v.Form.Error != "" {
			t.Errorf("%s: after leaving it the page still says %q", test.field, v.Form.Error)
		}
		p.reopen(hello)
	}
	if v := p.views(); v.Hex != good.Hex {
		t.Errorf("the draft became %s, expected %s", v.Hex, good.Hex)
	}
}

// What is typed lights its field with the same frame that shows the report, not
// when the key is released.
func TestTypedWordIsLit(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	p.click(notationLine)
	p.press("Ctrl+End")
	lit := `[...document.querySelectorAll(".notation-mirror .lit")].map((node) => node.textContent).join("|")`
	for _, step := range []struct{ typed, lit string }{{" len=5", "len=5"}, {"x", ""}} {
		p.do(call(input.InsertText, input.InsertTextParams{Text: step.typed})) // no key, so none is released
		if found := read[string](p, lit); found != step.lit {
			t.Errorf("after %q was typed, %q is lit, expected %q", step.typed, found, step.lit)
		}
	}
}

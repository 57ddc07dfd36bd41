package e2e

// Without a mouse: from the loaded page on, with keys alone, to everything that
// a pointer can do; and wherever the focus stops, it is seen and leads on.

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// tabTo presses Tab until the focus is on what the condition describes (`at` is
// the focused element), as somebody who looks for it does.
func (p *tab) tabTo(what, condition string) {
	p.Helper()
	const most = 120
	for range most {
		p.press("Tab")
		if read[bool](p, fmt.Sprintf("((at) => at !== document.body && Boolean(%s))(document.activeElement)", condition)) {
			return
		}
	}
	p.Fatalf("%d times Tab do not lead to %s", most, what)
}

func (p *tab) focused() string {
	p.Helper()
	return read[string](p, `(({ tagName, ariaLabel, id, className, textContent }) => [tagName, ariaLabel, id, className, textContent.trim().slice(0, 24)].filter(Boolean).join(" "))(document.activeElement)`)
}

func TestKeyboardOnly(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	p.connected()

	p.tabTo("the diagram", `at.matches("fc-diagram .bit")`)
	p.press("Right", "Space")
	if v := p.agree(); v.Hex != "c18537fa213d7f9f4d5158" {
		t.Fatalf("Space on bit 1 makes %s", v.Hex)
	}
	p.press("Ctrl+End", "1", "Ctrl+Home", "0")
	if v := p.agree(); v.Hex != "418537fa213d7f9f4d5159" {
		t.Fatalf("1 at the end and 0 at the beginning make %s", v.Hex)
	}
	p.tabTo("FIN in the form", `at.matches('fc-form label[data-field="FIN"] input')`)
	p.press("Space")
	p.tabTo("the opcode", `at.matches('fc-form label[data-field="opcode"] select')`)
	p.press("Down")
	if v := p.agree(); v.Hex != "c28537fa213d7f9f4d5159" {
		t.Fatalf("the form makes %s", v.Hex)
	}
	p.tabTo("the bytes", `at.matches("fc-hex .bytes")`)
	p.press("Ctrl+Home")
	p.write("89")
	p.tabTo("the unmasked payload", `at === document.querySelectorAll("fc-payload .bytes")[1]`)
	p.press("Ctrl+Home", "Enter")
	p.write("J")
	if v := p.agree(); v.Hex != "898537fa213d7d9f4d5159" {
		t.Fatalf("typing into both grids makes %s", v.Hex)
	}

	p.press("/")
	if at := read[string](p, "document.activeElement.id"); at == "break-search" {
		t.Error("a letter typed into bytes is a shortcut")
	}
	p.press("F6")
	p.press("/")
	p.write("masked from a server")
	p.press("Enter")
	if v := p.agree(); !v.Server || len(v.Cards) != 1 || v.Cards[0].Rule != "frame-masked-from-server" {
		t.Fatalf("the preset is %q, cards %+v", v.Notation, v.Cards)
	}
	p.tabTo("an action in a card", `at.matches("fc-diagnostics button.small")`)
	p.press("Enter")
	if v := p.agree(); len(v.Cards) != 0 {
		t.Fatalf("Enter on the action leaves %+v", v.Cards)
	}
	p.press("Ctrl+Enter")
	p.agreed()
	p.tabTo("Send", `at.matches(".exchange-send")`)
	p.press("Space")
	p.until("two were sent", `document.querySelectorAll(".exchange-entry.send").length === 2`)
	p.tabTo("the entry", `at.matches(".exchange-entry summary")`)
	p.press("Enter")
	p.until("the entry is open", `document.querySelector(".exchange-entry .wire") !== null`)

	p.press("?")
	p.until("help is open", `document.querySelector(".help-sheet").open`)
	p.press("Escape")
	p.until("help is closed", `!document.querySelector(".help-sheet").open`)
	if at := p.focused(); !strings.HasPrefix(at, "SUMMARY") {
		t.Errorf("after the help sheet the focus is on %q, expected where it was", at)
	}
	p.press("e")
	p.press("Ctrl+a")
	p.write("ping nomask")
	if v := p.agree(); v.Hex != "8900" {
		t.Errorf("the notation typed after e makes %s", v.Hex)
	}
}

// F6 goes round the panes, Shift the other way.
func TestPanes(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	around := []string{"frames", "craft", "judge", "break", "exchange", "frames"}
	var seen []string
	for range around {
		p.press("F6")
		seen = append(seen, read[string](p, "document.activeElement.id"))
		if !read[bool](p, outlined) {
			t.Errorf("the focus on the pane %s is not seen", seen[len(seen)-1])
		}
	}
	if !slices.Equal(seen, around) {
		t.Errorf("F6 leads to %v, expected %v", seen, around)
	}
	p.press("Shift+F6")
	if at := read[string](p, "document.activeElement.id"); at != "exchange" {
		t.Errorf("Shift+F6 leads from frames to %s, expected exchange", at)
	}
}

// outlined is true when the focused element, the active one inside of it or what
// they are drawn in has an outline.
const outlined = `((at) => {
	const around = [document.getElementById(at.getAttribute("aria-activedescendant"))];
	for (let node = at; node !== null && around.length < 5; node = node.parentElement) around.push(node);
	return around.filter(Boolean).some((node) => {
		const { outlineStyle, outlineWidth } = getComputedStyle(node);
		return outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
	});
})(document.activeElement)`

// Every stop of Tab is seen, is in sight, and leads on; Shift+Tab goes the same
// way back.
func TestFocusOrder(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	p.connected()
	p.press("Ctrl+Enter")
	p.agreed()
	p.click(css("#break-preset-http-on-the-socket")) // cards, with actions
	read[bool](p, "(document.activeElement.blur(), true)")
	p.reopenAtTop()
	const most = 120
	var stops []string
	number := `((all) => (globalThis.stopNumbers ??= new Map(), stopNumbers.has(all) || stopNumbers.set(all, stopNumbers.size), stopNumbers.get(all)))(document.activeElement)`
	var order []int
	for len(stops) < most {
		p.press("Tab")
		if read[bool](p, "document.activeElement === document.body") {
			break
		}
		at := read[int](p, number)
		if slices.Contains(order, at) {
			break
		}
		order = append(order, at)
		name := p.focused()
		stops = append(stops, name)
		if !read[bool](p, outlined) {
			t.Errorf("the focus on %q is not seen", name)
		}
		if !read[bool](p, `((box) => box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth)(document.activeElement.getBoundingClientRect())`) {
			t.Errorf("the focus on %q is out of sight", name)
		}
	}
	t.Logf("%d stops: %s", len(stops), strings.Join(stops, " | "))
	if len(stops) < 25 || len(stops) >= most {
		t.Fatalf("Tab stops %d times", len(stops))
	}
	for _, want := range []string{"fc-frames", "fc-options", "fc-notation", "fc-diagram", "fc-form", "fc-hex", "fc-payload", "fc-diagnostics", "fc-break", "fc-exchange", "fc-copy", "fc-paste", "fc-help"} {
		if !read[bool](p, fmt.Sprintf(`[...stopNumbers.keys()].some((node) => node.closest(%q))`, want)) {
			t.Errorf("no stop is in %s", want)
		}
	}
	// The same way back, from the last stop.
	p.press("Shift+Tab")
	for i := len(order) - 2; i > len(order)-12; i-- {
		if at := read[int](p, number); at != order[i] && at != order[i+1] {
			t.Errorf("Shift+Tab leads from %q to %q, expected %q", stops[i+1], p.focused(), stops[i])
			break
		}
		p.press("Shift+Tab")
	}
}

// reopenAtTop puts the start of Tab at the beginning of the document.
func (p *tab) reopenAtTop() {
	p.Helper()
	read[bool](p, `(document.body.tabIndex = -1, document.body.focus(), document.body.removeAttribute("tabindex"), true)`)
}

// Dialogs keep the focus inside, close with Escape and give it back.
func TestDialogs(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	for _, dialog := range []struct{ name, open, selector, returns string }{
		{"help", "fc-help > button", ".help-sheet", "Help"},
		{"paste", "fc-paste > button", ".paste-sheet", "Paste"},
	} {
		p.click(css(dialog.open))
		p.until(dialog.name+" is open", "document.querySelector('"+dialog.selector+"').open")
		for range 12 {
			p.press("Tab")
			if !read[bool](p, `document.activeElement === document.body || document.activeElement.closest("dialog") !== null`) {
				t.Errorf("%s: the focus left the dialog for %q", dialog.name, p.focused())
			}
		}
		if label := read[string](p, "document.getElementById(document.querySelector('"+dialog.selector+"').getAttribute('aria-labelledby'))?.textContent ?? ''"); label == "" {
			t.Errorf("%s: the dialog has no name", dialog.name)
		}
		p.press("Escape")
		p.until(dialog.name+" is closed", "!document.querySelector('"+dialog.selector+"').open")
		if at := p.focused(); !strings.Contains(at, dialog.returns) {
			t.Errorf("%s: the focus goes to %q", dialog.name, at)
		}
	}
}

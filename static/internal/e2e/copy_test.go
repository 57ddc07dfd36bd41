package e2e

// Copy out: hex, notation, link and every literal land on the clipboard, for
// all frames or the selected one; without a clipboard a dialog shows the text.

import (
	"encoding/hex"
	"strings"
	"testing"

	"framecraft/protocol"
)

// openCopy opens the menu, which then moves to its place and takes the focus.
func (p *tab) openCopy() {
	p.Helper()
	p.click(css("#copy-button"))
	p.until("the first entry has the focus", `document.activeElement?.dataset.what === "hex"`)
}

// copied opens the menu, takes an entry and answers what is on the clipboard then.
func (p *tab) copied(what string) string {
	p.Helper()
	p.toClipboard("nothing yet")
	p.openCopy()
	p.click(css(`#copy-menu [data-what="` + what + `"]`))
	p.until("something else is on the clipboard", `await navigator.clipboard.readText() !== "nothing yet"`)
	p.until("the page says what it copied", `document.querySelector(".copy-done").textContent.startsWith("✓ Copied")`)
	return read[string](p, "navigator.clipboard.readText()")
}

func TestCopy(t *testing.T) {
	p := openPage(t, threeFrames)
	p.allowClipboard()
	drafts, err := protocol.ParseNotation("text nofin mask=01020304 \"Hel\"\nping mask=05060708\ncontinuation mask=090a0b0c \"lo\"")
	if err != nil {
		t.Fatal(err)
	}
	all, second := encode(drafts), encode(drafts[1:2])
	p.click(frameCard(1))
	for _, scope := range []struct {
		value, notation string
		bytes           []byte
	}{
		{"all", string(protocol.AppendNotation(nil, drafts)), all},
		{"one", string(drafts[1].AppendNotation(nil)), second},
	} {
		p.openCopy()
		p.click(css(`#copy-menu [value="` + scope.value + `"]`))
		p.press("Escape")
		if got := p.copied("hex"); strings.ReplaceAll(got, " ", "") != hex.EncodeToString(scope.bytes) {
			t.Errorf("%s as hex is %q, expected %x", scope.value, got, scope.bytes)
		}
		if got := p.copied("notation"); got != scope.notation {
			t.Errorf("%s as notation is %q, expected %q", scope.value, got, scope.notation)
		}
		for _, literal := range protocol.Literals() {
			want, _ := protocol.AppendLiteral(nil, literal.ID, scope.bytes)
			if got := p.copied(literal.ID); got != string(want) {
				t.Errorf("%s as %s is %q, expected %q", scope.value, literal.ID, got, want)
			}
		}
	}
	link := p.copied("link")
	other := newTab(t)
	other.visit(link)
	other.ready()
	if got := hex.EncodeToString(other.allBytes()); got != hex.EncodeToString(all) {
		t.Errorf("the copied link %s opens %s, expected %x", link, got, all)
	}
}

// The menu is one of native buttons: the arrow keys walk it, Escape closes it.
func TestCopyByKeys(t *testing.T) {
	p := openPage(t, hello)
	p.allowClipboard()
	p.openCopy()
	p.press("Down", "Enter")
	p.until("the page says what it copied", `document.querySelector(".copy-done").textContent.includes("Copied notation")`)
	if got := read[string](p, "navigator.clipboard.readText()"); got != `text mask=37fa213d "Hello"` {
		t.Errorf("copied is %q", got)
	}
	if back := read[string](p, "document.activeElement.id"); back != "copy-button" {
		t.Errorf("after copying the focus is on %q, expected the button", back)
	}
}

func TestCopyWithoutClipboard(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	p.onEveryPage(`Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new DOMException("no", "NotAllowedError")) } })`)
	p.reopen(hello)
	p.openCopy()
	p.click(css(`#copy-menu [data-what="hex"]`))
	p.until("a dialog shows the text", `document.querySelector(".copy-sheet[open] textarea")?.value === "81 85 37 fa 21 3d 7f 9f 4d 51 58"`)
	if selected := read[string](p, `(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))(document.querySelector(".copy-sheet textarea"))`); !strings.HasPrefix(selected, "81 85") {
		t.Errorf("selected in the dialog is %q, expected all of it", selected)
	}
	p.click(worded(".copy-sheet button", "Close"))
	p.until("the dialog is gone", `!document.querySelector(".copy-sheet")`)
}

package e2e

// Into the Wire workbench and out of it: links, copies, pastes, presets.

import (
	"strings"
	"testing"
)

func TestWireLink(t *testing.T) {
	t.Parallel()
	p := openWire(t, "")
	p.script(shaken + "text \"a&b=c#d%\"\n")
	p.followed("wire=" + shaken + "text \"a&b=c#d%\"\n")
	p.fill(css(".target-rest input"), "deflate=off")
	p.followed("wire=" + shaken + "text \"a&b=c#d%\"\n&target=echo?deflate=off")
	link := read[string](p, "location.href")

	other := newTab(t)
	other.visit(link)
	other.ready()
	other.opened()
	if text := read[string](other, `document.querySelector("`+scriptArea+`").value + document.querySelector(".target-rest input").value`); text != shaken+"text \"a&b=c#d%\"\ndeflate=off" {
		t.Errorf("the link opens %q", text)
	}
}

// A link that cannot be read opens the default scenario and says why.
func TestWireLinkUnreadable(t *testing.T) {
	t.Parallel()
	p := openPage(t, "wire=%ff")
	p.opened()
	p.until("the reason is said", `document.querySelector(".play-says").textContent.startsWith("This link cannot be read: its part “wire=%ff”")`)
	if text := read[string](p, `document.querySelector("`+scriptArea+`").value`); !strings.HasPrefix(text, "# A legal") {
		t.Errorf("the scenario is %q, expected the default one", text)
	}
	p.click(css(scriptArea))
	p.write("#")
	p.until("the reason goes with the next edit", `document.querySelector(".play-says").textContent === ""`)
}

// The browser's own Back goes from one workbench to the other.
func TestWireAndBack(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	before := p.views().Notation
	p.click(css("#bench-wire"))
	p.opened()
	if current := read[string](p, `document.querySelector(".benches [aria-current]").id`); current != "bench-wire" {
		t.Errorf("the current workbench is %q", current)
	}
	read[bool](p, `(history.back(), true)`)
	p.until("Craft is back", `document.querySelector("main.bench").checkVisibility()`)
	if v := p.agree(); v.Notation != before {
		t.Errorf("the draft became %q, expected %q", v.Notation, before)
	}
	p.press("Ctrl+z")
	if v := p.views(); v.Notation != before {
		t.Errorf("going there and back is something to undo: %q", v.Notation)
	}
}

// Back goes to an entry of the history while Wire is about to write its own
// address: that must not end up in the other's.
func TestWireBackAtOnce(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	// Timers of the page can be run when the test says so.
	p.onEveryPage(`{
		const [set, clear] = [setTimeout, clearTimeout];
		globalThis.due = new Map();
		globalThis.setTimeout = (run, ...rest) => { const id = set(run, ...rest); due.set(id, run); return id; };
		globalThis.clearTimeout = (id) => { due.delete(id); clear(id); };
	}`)
	p.reopen(hello)
	before := p.views().Notation
	p.click(css("#bench-wire"))
	p.opened()
	read[bool](p, `(addEventListener("popstate", () => { for (const run of due.values()) run(); }, { once: true }), history.back(), true)`)
	p.until("Craft is back", `document.querySelector("main.bench").checkVisibility()`)
	if hash := read[string](p, `location.hash`); strings.HasPrefix(hash, "#wire") {
		t.Errorf("the address of Craft became %s", hash)
	}
	if v := p.agree(); v.Notation != before {
		t.Errorf("the draft became %q, expected %q", v.Notation, before)
	}
}

// An edit whose address is not written yet is there again when Back comes to it, on
// either side.
func TestBackToAnEditOfJustNow(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	p.onEveryPage(`{
		const set = setTimeout; // the page waits 600 ms before it writes an address
		globalThis.setTimeout = (run, time, ...rest) => time === 600 ? 0 : set(run, time, ...rest);
	}`)
	p.reopen(hello)
	p.click(css("fc-notation textarea"))
	p.press("Ctrl+a")
	p.insert(`ping mask=01020304 "just now"`)
	if v := p.agree(); v.Notation != `ping mask=01020304 "just now"` {
		t.Fatalf("the draft is %q", v.Notation)
	}
	p.click(css("#bench-wire"))
	p.opened()
	p.click(css(scriptArea))
	p.press("Ctrl+a")
	p.insert("# just now\nhandshake\n")
	read[bool](p, `(document.querySelector("#bench-craft").click(), history.back(), true)`)
	p.until("Wire is back", `document.querySelector("html").dataset.bench === "wire"`)
	if text := read[string](p, `document.querySelector("`+scriptArea+`").value`); !strings.HasPrefix(text, "# just now") {
		t.Errorf("the scenario is %q", text)
	}
	read[bool](p, `(history.back(), true)`)
	p.until("Craft is back", `document.querySelector("main.bench").checkVisibility()`)
	if v := p.agree(); v.Notation != `ping mask=01020304 "just now"` {
		t.Errorf("the draft became %q", v.Notation)
	}
}

func TestWirePaste(t *testing.T) {
	t.Parallel()
	p := openWire(t, "")
	p.press("Escape")
	p.click(worded("wire-paste button", "Paste"))
	p.insert("0ms client open a b\n1ms cleint end\n")
	p.press("Ctrl+Enter")
	p.until("the mistake is said", `document.querySelector("#wire-paste-result").textContent.startsWith("Line 2, column 5")`)
	p.press("Ctrl+a")
	p.insert("0ms client bytes 81 80 01 02 03 04\n1ms server bytes 81 00\n2ms client end\n")
	p.press("Ctrl+Enter")
	p.until("the transcript is shown", `document.querySelectorAll(".seq-row:not([display])").length >= 3 && !document.querySelector("wire-paste dialog").open`)
	if !p.hasRow("client TCP end") {
		t.Errorf("found the rows %q", p.rowNames())
	}
}

func TestWireCopy(t *testing.T) {
	p := openWire(t, "")
	p.allowClipboard()
	p.play()
	for _, test := range []struct{ what, begins string }{{"scenario", "# A legal conversation"}, {"transcript", "0ms client open"}, {"link", "http://"}} {
		p.click(worded("wire-copy button", "Copy"))
		p.until("the menu has found its place", `document.activeElement?.dataset.what === "scenario"`)
		p.click(css(`wire-copy [data-what="` + test.what + `"]`))
		p.until(test.what+" is copied", `document.querySelector("wire-copy .copy-done").textContent === "✓ Copied `+test.what+`"`)
		if text := read[string](p, `navigator.clipboard.readText()`); !strings.HasPrefix(text, test.begins) {
			t.Errorf("copied as %s: %.80q", test.what, text)
		}
	}
}

func TestWirePresets(t *testing.T) {
	t.Parallel()
	p := openWire(t, "")
	p.press("/")
	p.write("accept")
	p.until("presets are found", `document.querySelectorAll("wire-presets .break-option").length > 0`)
	p.press("Enter")
	p.until("one is loaded", `!document.querySelector("`+scriptArea+`").value.startsWith("# A legal")`)
	if about := read[string](p, `document.querySelector("wire-presets .break-about-title").textContent`); about == "" {
		t.Error("nothing is said about it")
	}
	p.screenshot("wire-preset")
	p.click(css(scriptArea))
	p.press("Ctrl+z")
	p.until("undo brings the scenario back", `document.querySelector("`+scriptArea+`").value.startsWith("# A legal")`)
}

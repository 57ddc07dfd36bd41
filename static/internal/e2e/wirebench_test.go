package e2e

// The Wire workbench: what the tests of it share. They play on the shared server,
// so every conversation in them went over real TCP.

import (
	"net/url"
	"strings"
	"testing"
)

const scriptArea = `wire-script textarea`

// shaken begins most scenarios.
const shaken = "handshake\nexpect status 101\n"

// openWire opens the page on the Wire workbench, with a scenario or the default one.
func openWire(t testing.TB, scenario string) *tab {
	t.Helper()
	fragment := "wire"
	if scenario != "" {
		fragment += "=" + url.PathEscape(scenario)
	}
	p := openPage(t, fragment)
	p.opened()
	return p
}

// opened waits until the workbench stands there.
func (p *tab) opened() {
	p.Helper()
	p.until("the Wire workbench is open", `document.querySelector("`+scriptArea+`")?.value && document.querySelector("wire-play .play-button").checkVisibility()`)
}

// play plays what stands there and waits for the end.
func (p *tab) play() {
	p.Helper()
	p.click(css("wire-play .play-button"))
	p.idle()
	p.until("a conversation is shown", `document.querySelectorAll(".seq-row[aria-label]").length > 0`)
}

// idle waits until nothing is played.
func (p *tab) idle() {
	p.Helper()
	p.until("nothing is played", `document.querySelector("wire-play").dataset.phase === "idle"`)
}

func (p *tab) wireVerdict() string {
	p.Helper()
	return read[string](p, `document.querySelector("wire-verdict .verdict-says").textContent`)
}

// rowNames are what a screen reader is told of the rows in sight, in their order.
func (p *tab) rowNames() []string {
	p.Helper()
	return read[[]string](p, `[...document.querySelectorAll(".seq-row:not([display])")].sort((a, b) => a.ariaPosInSet - b.ariaPosInSet).map((row) => row.getAttribute("aria-label"))`)
}

// row is the first row in sight whose name begins with the words.
func seqRow(words string) element {
	return element(`[...document.querySelectorAll(".seq-row:not([display])")].find((row) => row.getAttribute("aria-label").startsWith(` + quote(words) + `))`)
}

func (p *tab) hasRow(words string) bool {
	p.Helper()
	for _, name := range p.rowNames() {
		if strings.HasPrefix(name, words) {
			return true
		}
	}
	return false
}

// script replaces the scenario by a paste, so that no line is read half written.
func (p *tab) script(text string) {
	p.Helper()
	p.paste(css(scriptArea), text)
}

package e2e

// What a screen reader is told, from the browser's own accessibility tree.

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
)

// said is one node of the tree.
type said struct{ role, name string }

// tree answers all nodes that are not ignored.
func (p *tab) tree() []said {
	p.Helper()
	p.do(call(accessibility.Enable, cdp.Empty{}))
	full := ask(p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	var nodes []said
	for _, node := range full.Nodes {
		if !node.Ignored && node.Role != nil {
			nodes = append(nodes, said{textOf(node.Role), textOf(node.Name)})
		}
	}
	return nodes
}

func textOf(value *accessibility.Value) string {
	var text string
	if value != nil {
		_ = json.Unmarshal(value.Value, &text) // what is no string has no text
	}
	return text
}

func roles(nodes []said, role string) (names []string) {
	for _, node := range nodes {
		if node.role == role {
			names = append(names, node.name)
		}
	}
	return names
}

// interactive are the roles that somebody acts on, and the grids' cells.
var interactive = []string{
	"button", "link", "checkbox", "radio", "textbox", "combobox", "searchbox", "spinbutton", "listbox", "option",
	"menuitem", "gridcell", "grid", "dialog", "progressbar", "toolbar", "radiogroup", "DisclosureTriangle",
}

// namesComplete checks that all of them have a name, and returns the tree.
func (p *tab) namesComplete(state string) []said {
	p.Helper()
	nodes := p.tree()
	unnamed := map[string]int{}
	for _, node := range nodes {
		if slices.Contains(interactive, node.role) && strings.TrimSpace(node.name) == "" {
			unnamed[node.role]++
		}
	}
	for role, count := range unnamed {
		p.Errorf("%s: %d of role %s have no name", state, count, role)
	}
	return nodes
}

func TestAccessibilityTree(t *testing.T) {
	t.Parallel()
	p := openPage(t, "doc=text%20rsv1%20mask=37fa213d%20%22Hello%22")
	p.connected()
	p.press("Ctrl+Enter")
	p.agreed()
	p.entry()
	nodes := p.namesComplete("the page")

	if mains := roles(nodes, "main"); len(mains) != 1 {
		t.Errorf("%d main landmarks, expected one", len(mains))
	}
	headings := roles(nodes, "heading")
	for _, want := range []string{"Craft", "Frames", "Fields", "Bytes", "Broken rules", "frame-rsv1-unnegotiated", "Break it", "Exchange"} {
		// The style sheet may write them in capitals.
		if !slices.ContainsFunc(headings, func(name string) bool { return strings.EqualFold(name, want) }) {
			t.Errorf("no heading says %q: %q", want, headings)
		}
	}
	cells := roles(nodes, "gridcell")
	for _, want := range []string{
		"bit 0, FIN, 1", "bit 1, RSV1, 1, broken", "bit 4, opcode, 0", "bit 8, MASK, 1", "bit 9, payload length, 0", "bit 16, masking key, 0", "bit 48, payload data, 0",
		"byte 0, FIN, hex c1", "byte 2, masking key, hex 37", "byte 6, payload data, hex 7f",
		"payload byte 0, payload data, on the wire, hex 7f", "payload byte 0, payload data, unmasked, hex 48",
		"payload byte 0, payload data, unmasked, hex 48, character H", "end, type to append",
	} {
		if !slices.Contains(cells, want) {
			t.Errorf("no cell is called %q", want)
		}
	}
	bits := slices.DeleteFunc(slices.Clone(cells), func(name string) bool { return !strings.HasPrefix(name, "bit ") })
	if len(bits) != 88 {
		t.Errorf("%d bits have names, expected 88", len(bits))
	}
	for _, want := range []struct {
		role  string
		names []string
	}{
		{"button", []string{"Send 11 bytes", "Paste", "Copy", "Help", "Undo", "Redo", "Duplicate frame", "Remove frame", "Move frame up", "Move frame down", "+ Frame", "+ Bytes", "All lines", "Clear RSV1"}},
		{"checkbox", []string{"FIN", "RSV1", "RSV2", "RSV3", "MASK", "A masking key is written", "TCP ends after these bytes"}},
		{"radio", []string{"client", "server", "text", "hex", "repeat"}},
		{"textbox", []string{"Notation of the frame", "Masking key, eight hex digits", "Declared payload length", "Payload as text"}},
		{"spinbutton", []string{"Bytes cut from the end"}},
		{"grid", []string{"Frame diagram, one cell a bit", "Payload data unmasked, hex and ASCII"}},
		{"listbox", []string{"Presets"}},
	} {
		names := roles(nodes, want.role)
		for _, name := range want.names {
			if !slices.Contains(names, name) {
				t.Errorf("no %s is called %q: %q", want.role, name, names)
			}
		}
	}
}

// The names hold in every state that can be reached without a server's help.
func TestNamesInEveryState(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	for _, state := range []struct {
		name string
		do   func()
	}{
		{"broken", func() { p.click(css("#break-preset-http-on-the-socket")) }},
		{"raw bytes", func() { p.click(css("#break-preset-truncated-header")) }},
		{"several frames", func() { p.click(css("#break-preset-fragments-ping")) }},
		{"long", func() { p.click(css("#break-preset-length-65536")) }},
		{"unreadable", func() { p.paste(notationLine, "text \"") }},
		{"no frame", func() { p.reopen("doc="); p.click(frameButton("Remove frame")) }},
		{"repeat form", func() { p.reopen(hello); p.click(css(`fc-form input[value="repeat"]`)) }},
		{"another key used", func() { p.choose(formField("Key that the payload is really masked with"), "another") }},
		{"copy menu", func() { p.openCopy() }},
		{"help", func() { p.press("Escape"); p.click(css("fc-help > button")) }},
		{"paste", func() { p.press("Escape"); p.openPaste(); p.insert("zz") }},
	} {
		state.do()
		p.namesComplete(state.name)
	}
}

// Every element that can have the focus has a name of its own, not only a role;
// ids are unique, and what aria attributes point at exists.
func TestReferences(t *testing.T) {
	t.Parallel()
	p := openPage(t, "doc=text%20rsv1%20mask=37fa213d%20%22Hello%22")
	p.click(css("fc-hex .hex")) // so that an active descendant is named
	type reference struct{ From, To string }
	broken := read[[]reference](p, `["aria-labelledby", "aria-describedby", "aria-controls", "aria-activedescendant", "for", "list", "popovertarget"].flatMap((name) =>
		[...document.querySelectorAll("[" + name + "]")].flatMap((node) => node.getAttribute(name).split(/\s+/)
			.filter((id) => document.getElementById(id) === null)
			.map((id) => ({ From: node.outerHTML.slice(0, 100), To: name + "=" + id }))))`)
	for _, one := range broken {
		t.Errorf("%s points at nothing: %s", one.To, one.From)
	}
	if twice := read[[]string](p, `(() => { const seen = new Set(); return [...document.querySelectorAll("[id]")].map(({ id }) => id).filter((id) => seen.has(id) || !seen.add(id)); })()`); len(twice) > 0 {
		t.Errorf("ids are used twice: %q", twice)
	}
	if title := read[string](p, "document.title + ' ' + document.documentElement.lang"); !regexp.MustCompile(`Framecraft.* en$`).MatchString(title) {
		t.Errorf("title and language are %q", title)
	}
	levels := read[[]int](p, `[...document.querySelectorAll("h1, h2, h3, h4")].filter((node) => node.checkVisibility()).map((node) => Number(node.tagName[1]))`)
	for i := 1; i < len(levels); i++ {
		if levels[i] > levels[i-1]+1 {
			t.Errorf("the headings' levels skip one: %s", fmt.Sprint(levels))
		}
	}
}

package e2e

// Several frames in a row, and undo and redo for everything, by clicks and by keys.

import (
	"slices"
	"strings"
	"testing"
)

// frameButton is a button below the list of frames.
func frameButton(name string) element {
	return element(`[...document.querySelectorAll("fc-frames [role=toolbar] button")].find((node) => (node.ariaLabel ?? node.textContent) === ` + quote(name) + `)`)
}

func frameCard(index int) element { return nth("fc-frames .frame-card", index) }

// threeFrames is a text in two fragments with a ping between them.
const threeFrames = `doc=text%20nofin%20mask=01020304%20%22Hel%22%0Aping%20mask=05060708%0Acontinuation%20mask=090a0b0c%20%22lo%22`

var frameSteps = []struct {
	name string
	do   func(p *tab)
	want []string
	// selected is the frame that is selected afterwards, from 0.
	selected int
}{
	{"as opened", func(*tab) {}, []string{"text FIN=0", "ping", "continuation"}, 0},
	{"add a frame", func(p *tab) { p.click(frameButton("+ Frame")) }, []string{"text FIN=0", "text", "ping", "continuation"}, 1},
	{"undo it", func(p *tab) { p.click(frameButton("Undo")) }, []string{"text FIN=0", "ping", "continuation"}, 0},
	{"redo it", func(p *tab) { p.click(frameButton("Redo")) }, []string{"text FIN=0", "text", "ping", "continuation"}, 1},
	{"remove it", func(p *tab) { p.click(frameButton("Remove frame")) }, []string{"text FIN=0", "ping", "continuation"}, 1},
	{"add bytes", func(p *tab) { p.click(frameButton("+ Bytes")) }, []string{"text FIN=0", "ping", "bytes", "continuation"}, 2},
	{"undo by key", func(p *tab) { p.press("Ctrl+z") }, []string{"text FIN=0", "ping", "continuation"}, 1},
	{"redo by key", func(p *tab) { p.press("Ctrl+Shift+z") }, []string{"text FIN=0", "ping", "bytes", "continuation"}, 2},
	{"undo by key again", func(p *tab) { p.press("Ctrl+z") }, []string{"text FIN=0", "ping", "continuation"}, 1},
	{"redo by the other key", func(p *tab) { p.press("Ctrl+y") }, []string{"text FIN=0", "ping", "bytes", "continuation"}, 2},
	{"remove by key", func(p *tab) { p.click(frameCard(2)); p.press("Delete") }, []string{"text FIN=0", "ping", "continuation"}, 2},
	{"select by click", func(p *tab) { p.click(frameCard(1)) }, []string{"text FIN=0", "ping", "continuation"}, 1},
	{"duplicate", func(p *tab) { p.click(frameButton("Duplicate frame")) }, []string{"text FIN=0", "ping", "ping", "continuation"}, 2},
	{"duplicate by key", func(p *tab) { p.press("d") }, []string{"text FIN=0", "ping", "ping", "ping", "continuation"}, 3},
	{"move up", func(p *tab) { p.click(frameCard(0)); p.click(frameButton("Move frame down")) }, []string{"ping", "text FIN=0", "ping", "ping", "continuation"}, 1},
	{"move down", func(p *tab) { p.click(frameButton("Move frame up")) }, []string{"text FIN=0", "ping", "ping", "ping", "continuation"}, 0},
	{"move by key", func(p *tab) { p.press("Alt+Down", "Alt+Down") }, []string{"ping", "ping", "text FIN=0", "ping", "continuation"}, 2},
	{"move back by key", func(p *tab) { p.press("Alt+Up") }, []string{"ping", "text FIN=0", "ping", "ping", "continuation"}, 1},
	{"new frame by key", func(p *tab) { p.press("n") }, []string{"ping", "text FIN=0", "text", "ping", "ping", "continuation"}, 2},
	{"new bytes by key", func(p *tab) { p.press("r") }, []string{"ping", "text FIN=0", "text", "bytes", "ping", "ping", "continuation"}, 3},
	{"walk to the next", func(p *tab) { p.press("]") }, []string{"ping", "text FIN=0", "text", "bytes", "ping", "ping", "continuation"}, 4},
	{"walk to the one before", func(p *tab) { p.press("[") }, []string{"ping", "text FIN=0", "text", "bytes", "ping", "ping", "continuation"}, 3},
	{"walk in the list", func(p *tab) { p.click(frameCard(3)); p.press("Up", "Up") }, []string{"ping", "text FIN=0", "text", "bytes", "ping", "ping", "continuation"}, 1},
	{"walk to the end", func(p *tab) { p.press("End") }, []string{"ping", "text FIN=0", "text", "bytes", "ping", "ping", "continuation"}, 6},
	{"all undone", func(p *tab) {
		for range 20 {
			p.press("Ctrl+z")
		}
	}, []string{"text FIN=0", "ping", "continuation"}, 0},
}

func TestFrames(t *testing.T) {
	t.Parallel()
	p := openPage(t, threeFrames)
	for _, step := range frameSteps {
		step.do(p)
		v := p.views()
		if !slices.Equal(v.Frames, step.want) || v.Selected != step.selected {
			t.Fatalf("%s: the frames are %q with %d selected, expected %q with %d", step.name, v.Frames, v.Selected, step.want, step.selected)
		}
		p.agree() // the selected frame's views
	}
}

// The last frame can go as well, and another one come.
func TestNoFrames(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	p.click(frameButton("Remove frame"))
	if v := p.views(); len(v.Frames) != 0 || v.Hex != "" || !strings.Contains(v.Verdict, "No bytes") {
		t.Errorf("without a frame there are %q, bytes %q and the verdict %q", v.Frames, v.Hex, v.Verdict)
	}
	p.click(frameButton("+ Frame"))
	if v := p.agree(); len(v.Frames) != 1 || !strings.HasPrefix(v.Notation, "text") {
		t.Errorf("a frame added to none makes %q", v.Frames)
	}
}

// Every kind of change is taken back by one undo: a bit, a byte, the form, a
// preset, an option, what was typed in one go.
func TestUndoEverything(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	before := p.views()
	for _, change := range []struct {
		name string
		do   func()
	}{
		{"a bit", func() { p.click(bit(1)) }},
		{"a byte", func() { p.clickAt(hexByte(0), 0.25, 0.5); p.write("f") }},
		{"a burst of bytes", func() { p.clickAt(payloadByte(1, 0), 0.25, 0.5); p.write("4a4b") }},
		{"the form", func() { p.click(formBit("FIN")) }},
		{"a word of notation", func() { p.click(notationLine); p.press("Ctrl+Home"); p.write("rsv2 ") }},
		{"a preset", func() { p.click(css("#break-preset-masked-server")) }},
		{"who sends", func() { p.click(css(`fc-options [value="server"]`)) }},
		{"the end of TCP", func() { p.click(css(`fc-options [type="checkbox"]`)) }},
		{"unreadable notation", func() { p.click(notationLine); p.press("Ctrl+End"); p.write(" x") }},
	} {
		change.do()
		changed := p.views()
		if changed.Notation == before.Notation && changed.Server == before.Server && changed.Ended == before.Ended {
			t.Errorf("%s: nothing changed", change.name)
		}
		p.press("Ctrl+z")
		after := p.views()
		if after.Notation != before.Notation || after.Hex != before.Hex || after.Server != before.Server || after.Ended != before.Ended || after.Invalid {
			t.Errorf("%s: undo leaves %q %s, server %v, ended %v; expected %q", change.name, after.Notation, after.Hex, after.Server, after.Ended, before.Notation)
		}
	}
}

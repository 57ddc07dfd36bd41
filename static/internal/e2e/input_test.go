package e2e

// The hands: clicks and keys as input events of the browser. A click goes to
// the place where its element is seen, and fails when something else is seen
// there, as a person's would.

import (
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"
)

// An element is a JavaScript expression for a node of the document.
type element string

// css is the first element that a selector matches.
func css(selector string) element {
	return element("document.querySelector(" + quote(selector) + ")")
}

// nth is the element at an index, from 0, of those that a selector matches.
func nth(selector string, index int) element {
	return element(fmt.Sprintf("document.querySelectorAll(%s)[%d]", quote(selector), index))
}

// worded is the first element in sight of a selector whose text begins with the words.
func worded(selector, words string) element {
	return element(fmt.Sprintf(`[...document.querySelectorAll(%s)].find((node) => node.checkVisibility() && node.textContent.trim().startsWith(%s))`,
		quote(selector), quote(words)))
}

// point is where an element can be clicked, in CSS pixels of the viewport.
type point struct {
	X, Y  float64
	Error string
}

// spot brings an element into sight and answers the point at the fractions fx
// and fy of it, if that point is not covered.
func (p *tab) spot(target element, fx, fy float64) point {
	p.Helper()
	return read[point](p, fmt.Sprintf(`((el) => {
		if (!el) return { Error: "is not there" };
		let error = "";
		for (const block of ["nearest", "center"]) {
			el.scrollIntoView({ block, inline: "nearest", behavior: "instant" });
			const box = el.getClientRects()[0];
			if (!box || box.width === 0 || box.height === 0) return { Error: "is not to be seen" };
			const X = box.left + box.width * %g, Y = box.top + box.height * %g;
			const hit = document.elementFromPoint(X, Y);
			if (hit && (el.contains(hit) || hit.closest("label")?.control === el)) return { X, Y };
			error = "is covered by " + (hit?.outerHTML.slice(0, 120) ?? "the edge of the window");
		}
		return { Error: error };
	})(%s)`, fx, fy, target))
}

// click clicks the middle of an element.
func (p *tab) click(target element) {
	p.Helper()
	p.clickAt(target, 0.5, 0.5)
}

func (p *tab) clickAt(target element, fx, fy float64) {
	p.Helper()
	at := p.spot(target, fx, fy)
	if at.Error != "" {
		p.Fatalf("%s %s\n%s", target, at.Error, p.brief())
	}
	p.mouse(input.DispatchMouseEventTypeMouseMoved, at, 0)
	p.mouse(input.DispatchMouseEventTypeMousePressed, at, 1)
	p.mouse(input.DispatchMouseEventTypeMouseReleased, at, 1)
}

// hover points at the middle of an element.
func (p *tab) hover(target element) {
	p.Helper()
	at := p.spot(target, 0.5, 0.5)
	if at.Error != "" {
		p.Fatalf("%s %s", target, at.Error)
	}
	p.mouse(input.DispatchMouseEventTypeMouseMoved, at, 0)
}

func (p *tab) mouse(kind input.DispatchMouseEventType, at point, count int64) {
	p.Helper()
	params := input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y, ClickCount: count}
	if count > 0 {
		params.Button = input.MouseButtonLeft
	}
	p.do(call(input.DispatchMouseEvent, params))
}

// named are the keys that are no characters.
var named = map[string]string{
	"Enter": kb.Enter, "Tab": kb.Tab, "Escape": kb.Escape, "Space": " ", "Delete": kb.Delete, "Backspace": kb.Backspace,
	"Insert": kb.Insert, "Home": kb.Home, "End": kb.End, "PageUp": kb.PageUp, "PageDown": kb.PageDown, "F6": kb.F6,
	"Up": kb.ArrowUp, "Down": kb.ArrowDown, "Left": kb.ArrowLeft, "Right": kb.ArrowRight,
}

var modifiers = map[string]kb.Modifier{"Ctrl": kb.ModifierCtrl, "Alt": kb.ModifierAlt, "Shift": kb.ModifierShift}

// press presses keys one after the other: "Ctrl+Shift+z", "Tab", "?".
func (p *tab) press(keys ...string) {
	p.Helper()
	for _, key := range keys {
		var held kb.Modifier
		name := key
		for {
			before, after, found := strings.Cut(name, "+")
			modifier, known := modifiers[before]
			if !found || !known {
				break
			}
			held |= modifier
			name = after
		}
		if character, ok := named[name]; ok {
			name = character
		}
		runes := []rune(name)
		if len(runes) != 1 {
			p.Fatalf("no key is called %q", key)
		}
		p.key(runes[0], held)
	}
}

// key presses and releases one key. A key that writes a character says so in
// its keyDown, so that a handler that prevents it prevents the character too,
// as with a real keyboard.
func (p *tab) key(r rune, held kb.Modifier) {
	p.Helper()
	known, ok := kb.Keys[r]
	if !ok { // what no key of this keyboard writes comes from an input method
		p.do(call(input.InsertText, input.InsertTextParams{Text: string(r)}))
		return
	}
	if known.Shift {
		held |= kb.ModifierShift
	}
	down := input.DispatchKeyEventParams{
		Type: input.DispatchKeyEventTypeRawKeyDown, Modifiers: int64(held), Key: known.Key, Code: known.Code,
		WindowsVirtualKeyCode: known.Windows, NativeVirtualKeyCode: known.Native,
	}
	if known.Print && held&^kb.ModifierShift == 0 {
		down.Type, down.Text, down.UnmodifiedText = input.DispatchKeyEventTypeKeyDown, known.Text, known.Unmodified
	}
	up := down
	up.Type, up.Text, up.UnmodifiedText = input.DispatchKeyEventTypeKeyUp, "", ""
	p.do(call(input.DispatchKeyEvent, down), call(input.DispatchKeyEvent, up))
}

// write types text where the focus is.
func (p *tab) write(text string) {
	p.Helper()
	for _, r := range text {
		p.key(r, 0)
	}
}

// fill clicks into a text field and replaces what stands there.
func (p *tab) fill(field element, text string) {
	p.Helper()
	p.click(field)
	p.press("Ctrl+a")
	if text == "" {
		p.press("Delete")
		return
	}
	p.write(text)
}

// choose takes the option of a select that begins with what is typed. Its list
// is drawn by the system outside of the page, so no click can go there: the
// select is focused and hears the keys, which comes to the same.
func (p *tab) choose(list element, typed string) {
	p.Helper()
	read[bool](p, fmt.Sprintf("(%s.focus(), true)", list))
	p.write(typed)
}

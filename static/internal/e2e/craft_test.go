package e2e

// Crafting: whatever is changed in one view, with the hand that the view was
// made for, shows in all of them at once, and the verdict follows.

import (
	"encoding/hex"
	"testing"

	"framecraft/protocol"
)

// hello is the RFC's example, 81 85 37fa213d 7f9f4d5158.
const hello = `doc=text%20mask=37fa213d%20%22Hello%22`

// Where things stand in the form.
func formBit(name string) element    { return css(`fc-form label[data-field="` + name + `"] input`) }
func formField(label string) element { return css(`fc-form [aria-label="` + label + `"]`) }

const (
	notationLine = element(`document.querySelector("fc-notation textarea")`)
	formContent  = element(`document.querySelector("fc-form textarea")`)
)

// bit is a bit of the diagram; hexByte and asciiByte are cells of the hex grid.
func bit(index int) element       { return nth("fc-diagram .bit", index) }
func hexByte(index int) element   { return nth("fc-hex .hex", index) }
func asciiByte(index int) element { return nth("fc-hex .ascii", index) }

// payloadByte is a cell of the payload's grids: the first is as on the wire, the
// second unmasked.
func payloadByte(grid, index int) element {
	return element("document.querySelectorAll('fc-payload .bytes')[" + string(rune('0'+grid)) + "].querySelectorAll('.hex')[" + string(rune('0'+index)) + "]")
}

var edits = []struct {
	name string
	edit func(p *tab)
	want string // the frame's bytes afterwards; "-" where the page draws a masking key
}{
	{"notation, a new line", func(p *tab) { p.fill(notationLine, `binary mask=01020304 hex:00ff`) }, "8282" + "01020304" + "01fd"},
	{"notation, a word in front", func(p *tab) { p.click(notationLine); p.press("Ctrl+Home"); p.write("nofin ") }, "0185" + "37fa213d" + "7f9f4d5158"},
	{"notation, a word behind", func(p *tab) { p.click(notationLine); p.press("Ctrl+End"); p.write(" cut=2") }, "8185" + "37fa213d" + "7f9f4d"},
	{"notation, one letter less", func(p *tab) { p.click(notationLine); p.press("Ctrl+End", "Left", "Backspace") }, "8184" + "37fa213d" + "7f9f4d51"},
	{"notation, another key", func(p *tab) { p.fill(notationLine, `text mask=37fa213d xor=00000000 "Hi"`) }, "8182" + "37fa213d" + "4869"},
	{"notation, raw bytes", func(p *tab) { p.fill(notationLine, `bytes 81 85 37 fa`) }, "818537fa"},

	{"form, FIN off", func(p *tab) { p.click(formBit("FIN")) }, "0185" + "37fa213d" + "7f9f4d5158"},
	{"form, RSV1 on", func(p *tab) { p.click(formBit("RSV1")) }, "c185" + "37fa213d" + "7f9f4d5158"},
	{"form, RSV2 on", func(p *tab) { p.click(formBit("RSV2")) }, "a185" + "37fa213d" + "7f9f4d5158"},
	{"form, RSV3 on", func(p *tab) { p.click(formBit("RSV3")) }, "9185" + "37fa213d" + "7f9f4d5158"},
	{"form, MASK off, the key stays", func(p *tab) { p.click(formBit("MASK")) }, "8105" + "37fa213d" + "7f9f4d5158"},
	{"form, opcode 11", func(p *tab) { p.choose(css(`fc-form label[data-field="opcode"] select`), "b") }, "8b85" + "37fa213d" + "7f9f4d5158"},
	{"form, no masking key", func(p *tab) { p.click(formField("A masking key is written")) }, "8185" + "48656c6c6f"},
	{"form, another masking key", func(p *tab) { p.fill(formField("Masking key, eight hex digits"), "00000000") }, "8185" + "00000000" + "48656c6c6f"},
	{"form, masked with nothing", func(p *tab) { p.choose(formField("Key that the payload is really masked with"), "none") }, "8185" + "37fa213d" + "48656c6c6f"},
	{"form, 16 bits of length", func(p *tab) { p.choose(formField("Length form"), "1") }, "81fe0005" + "37fa213d" + "7f9f4d5158"},
	{"form, 64 bits of length", func(p *tab) { p.choose(formField("Length form"), "6") }, "81ff0000000000000005" + "37fa213d" + "7f9f4d5158"},
	{"form, a declared length", func(p *tab) { p.fill(formField("Declared payload length"), "9") }, "8189" + "37fa213d" + "7f9f4d5158"},
	{"form, the longest length", func(p *tab) { p.fill(formField("Declared payload length"), "18446744073709551615") }, "81ffffffffffffffffff" + "37fa213d" + "7f9f4d5158"},
	{"form, bytes cut off", func(p *tab) { p.fill(formField("Bytes cut from the end"), "3") }, "8185" + "37fa213d" + "7f9f"},
	{"form, another text", func(p *tab) { p.fill(formContent, "Hé") }, "8183" + "37fa213d" + "7f3988"},
	{"form, no payload", func(p *tab) { p.fill(formContent, "") }, "8180" + "37fa213d"},
	{"form, the payload as hex", func(p *tab) {
		p.click(css(`fc-form input[value="hex"]`))
		p.click(formContent)
		p.press("Ctrl+End")
		p.write(" 21")
	}, "8186" + "37fa213d" + "7f9f4d5158db"},
	{"form, a repeated payload", func(p *tab) {
		p.click(css(`fc-form input[value="repeat"]`))
		p.fill(formField("How often"), "3")
	}, "8183" + "37fa213d" + "7fb269"},
	{"form, a status code", func(p *tab) {
		p.choose(css(`fc-form label[data-field="opcode"] select`), "8")
		p.fill(formField("Status code before the payload"), "1002")
	}, "8887" + "37fa213d" + "34106958" + "5b964e"},

	{"bits, FIN by a click", func(p *tab) { p.click(bit(0)) }, "0185" + "37fa213d" + "7f9f4d5158"},
	{"bits, a bit of the payload by a click", func(p *tab) { p.click(bit(55)) }, "8185" + "37fa213d" + "7e9f4d5158"},
	{"bits, Space", func(p *tab) { p.click(bit(1)); p.press("Space", "Right", "Space") }, "a185" + "37fa213d" + "7f9f4d5158"},
	{"bits, 0 and 1 walk on", func(p *tab) { p.click(bit(4)); p.press("0", "0", "1", "0") }, "8285" + "37fa213d" + "7f9f4d5158"},
	{"bits, a row down", func(p *tab) { p.click(bit(7)); p.press("1", "Left", "Down", "Enter") }, "8185" + "37fa203d" + "7f9f4d5158"},

	{"bytes, two digits", func(p *tab) { p.clickAt(hexByte(0), 0.25, 0.5); p.write("c2") }, "c285" + "37fa213d" + "7f9f4d5158"},
	{"bytes, the low digit", func(p *tab) { p.clickAt(hexByte(0), 0.75, 0.5); p.write("f") }, "8f85" + "37fa213d" + "7f9f4d5158"},
	{"bytes, ASCII", func(p *tab) { p.click(asciiByte(6)); p.write("GET") }, "8185" + "37fa213d" + "4745545158"},
	{"bytes, behind the last", func(p *tab) { p.click(hexByte(10)); p.press("Right", "Right"); p.write("ab") }, "8185" + "37fa213d" + "7f9f4d5158" + "ab"},
	{"bytes, Delete", func(p *tab) { p.click(hexByte(1)); p.press("Delete") }, "81" + "37fa213d" + "7f9f4d5158"},
	{"bytes, Backspace", func(p *tab) { p.clickAt(hexByte(2), 0.25, 0.5); p.press("Backspace") }, "81" + "37fa213d" + "7f9f4d5158"},
	{"bytes, inserted", func(p *tab) { p.clickAt(hexByte(0), 0.25, 0.5); p.press("Insert"); p.write("8900") }, "8900" + "8185" + "37fa213d" + "7f9f4d5158"},
	{"bytes, Insert by its button", func(p *tab) {
		p.click(worded("fc-hex button", "Typing overwrites"))
		p.clickAt(hexByte(0), 0.25, 0.5)
		p.write("89")
	}, "89" + "8185" + "37fa213d" + "7f9f4d5158"},

	{"payload on the wire", func(p *tab) { p.clickAt(payloadByte(0, 0), 0.25, 0.5); p.write("00") }, "8185" + "37fa213d" + "009f4d5158"},
	{"payload unmasked", func(p *tab) { p.clickAt(payloadByte(1, 0), 0.25, 0.5); p.write("4a") }, "8185" + "37fa213d" + "7d9f4d5158"},
	{"payload unmasked, as characters", func(p *tab) { p.clickAt(payloadByte(1, 0), 0.25, 0.5); p.press("Enter"); p.write("J") }, "8185" + "37fa213d" + "7d9f4d5158"},
	{"payload unmasked, one more", func(p *tab) { p.click(payloadByte(1, 4)); p.press("Enter", "Right"); p.write("!") }, "8186" + "37fa213d" + "7f9f4d5158db"},
	{"payload unmasked, one less", func(p *tab) { p.click(payloadByte(1, 4)); p.press("Delete") }, "8184" + "37fa213d" + "7f9f4d51"},
}

func TestCraft(t *testing.T) {
	t.Parallel()
	p := openPage(t, "")
	for _, test := range edits {
		t.Run(test.name, func(t *testing.T) {
			p := p.as(t)
			p.reopen(hello)
			test.edit(p)
			v := p.agree()
			if v.Hex != test.want {
				t.Fatalf("the frame is %s, expected %s; notation %q, complaint %q%q", v.Hex, test.want, v.Notation, v.NotationError, v.Form.Error)
			}
			bytes, _ := hex.DecodeString(test.want)
			p.judged(v, bytes, protocol.Options{Sender: protocol.RoleClient})
		})
	}
}

// Pointing at a field lights it up and explains it, from every view.
func TestFieldsLightUp(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	for _, test := range []struct {
		name  string
		point func()
		field string
		bits  int
	}{
		{"bit", func() { p.hover(bit(5)) }, "Opcode", 4},
		{"label of the diagram", func() { p.hover(nth("fc-diagram .label", 7)) }, "Masking key", 32},
		{"hex byte", func() { p.hover(hexByte(3)) }, "Masking key", 32},
		{"byte of the payload", func() { p.hover(payloadByte(1, 2)) }, "Payload data", 40},
		{"form", func() { p.hover(formBit("RSV2")) }, "RSV2", 1},
		{"notation", func() { p.click(notationLine); p.press("Ctrl+Home") }, "Opcode", 4},
		{"bit by the keyboard", func() { p.click(bit(7)); p.press("Right") }, "MASK", 1},
	} {
		test.point()
		if v := p.views(); v.Field != test.field || v.Lit != test.bits {
			t.Errorf("%s: the field is %q with %d bits lit, expected %q with %d", test.name, v.Field, v.Lit, test.field, test.bits)
		}
	}
}

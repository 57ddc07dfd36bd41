package protocol_test

import (
	"bytes"
	"strings"
	"testing"

	. "framecraft/protocol"
)

// deflate(...) in the notation: read, printed, compressed.

func TestDeflateNotation(t *testing.T) {
	text := Payload{Data: "Hello"}
	for _, test := range []struct {
		line    string
		want    Payload
		printed string
		hex     string
	}{
		{`text deflate("Hello")`, text.Deflate(Deflation{}), "", "f248cdc9c90700"},
		{`text deflate("Hello",fixed)`, text.Deflate(Deflation{Block: ChooseFixed}), "", "f248cdc9c90700"},
		{`text deflate( "Hello" , fixed , final )`, text.Deflate(Deflation{Block: ChooseFixed, Final: true}), `text deflate("Hello",fixed,final)`, "f348cdc9c9070000"},
		{`text deflate("Hello",tail,fixed)`, text.Deflate(Deflation{Block: ChooseFixed, Tail: true}), `text deflate("Hello",fixed,tail)`, "f248cdc9c907000000ffff"},
		{`text deflate("Hello",stored)`, text.Deflate(Deflation{Block: ChooseStored}), "", "000500faff48656c6c6f00"},
		{`text deflate(hex:48656C6c6f,fixed)`, Payload{Form: PayloadHex, Data: "Hello"}.Deflate(Deflation{Block: ChooseFixed}), `text deflate(hex:48656c6c6f,fixed)`, "f248cdc9c90700"},
		{`text deflate(repeat("a",3),stored)`, Payload{Form: PayloadRepeat, Data: "a", Count: 3}.Deflate(Deflation{Block: ChooseStored}), `text deflate(repeat(61,3),stored)`, "000300fcff61616100"},
		{`text deflate()`, Payload{}.Deflate(Deflation{}), `text deflate("")`, "00"},
		{`text deflate(,final,window=0x9)`, Payload{}.Deflate(Deflation{Final: true, WindowBits: 9}), `text deflate("",final,window=9)`, "030000"},
		{`text deflate(hex:)`, Payload{Form: PayloadHex}.Deflate(Deflation{}), "", "00"},
		{`text deflate("a",window=15)#c`, Payload{Data: "a"}.Deflate(Deflation{WindowBits: 15}), `text deflate("a",window=15) # c`, "4a0400"},
		{`close 1000 deflate("")`, Payload{CodeGiven: true, Code: 1000}.Deflate(Deflation{}), "", "03e800"},
	} {
		d := one(t, test.line)
		if d.Payload != test.want {
			t.Errorf("%s: read as %+v, expected %+v", test.line, d.Payload, test.want)
		}
		if test.printed == "" {
			test.printed = test.line
		}
		if got := string(d.AppendNotation(nil)); got != test.printed {
			t.Errorf("%s: printed as %s, expected %s", test.line, got, test.printed)
		}
		if got := string(AppendHex(nil, d.Payload.AppendTo(nil))); got != test.hex || 2*d.Payload.Len() != len(test.hex) {
			t.Errorf("%s: the payload is %s with length %d, expected %s", test.line, got, d.Payload.Len(), test.hex)
		}
	}
}

func TestDeflateNotationErrors(t *testing.T) {
	const how = "stored, fixed, dynamic, final, tail or window=8 to window=15"
	for _, test := range []struct {
		line           string
		column, width  int
		found, expects string
	}{
		{`text deflate(Hello)`, 14, 6, `"Hello)"`, `what is compressed, as "text", hex:00ff or repeat(00,5)`},
		{`text deflate("a"`, 17, 1, "the end of the line", `a comma or the closing ) of deflate("text")`},
		{`text deflate(`, 14, 1, "the end of the line", `a comma or the closing ) of deflate("text")`},
		{`text deflate("a" fixed)`, 18, 1, `"f"`, `a comma or the closing ) of deflate("text")`},
		{`text deflate("a",)`, 18, 1, `")"`, how},
		{`text deflate("a",`, 18, 1, "the end of the line", how},
		{`text deflate("a",best)`, 18, 4, `"best"`, how},
		{`text deflate("a",smallest)`, 18, 8, `"smallest"`, how},
		{`text deflate("a",window=7)`, 18, 8, `"window=7"`, how},
		{`text deflate("a",window=16)`, 18, 9, `"window=16"`, how},
		{`text deflate("a",window=)`, 18, 7, `"window="`, how},
		{`text deflate("a",fixed,stored)`, 24, 6, `"stored"`, "each of these once: the blocks, final, tail, the window"},
		{`text deflate("a",final,final)`, 24, 5, `"final"`, "each of these once: the blocks, final, tail, the window"},
		{`text deflate("a") deflate("b")`, 19, 12, "`deflate(\"b\")`", "the payload to be said once; `deflate(\"a\")` in column 6 has said it"},
		{`text deflate(hex:0)`, 18, 1, `"0"`, "two hex digits for each byte; this one stands alone"},
		{`bytes deflate("a")`, 10, 1, `"l"`, "a hex digit"},
		{`text defalte("a")`, 6, 8, `"defalte("`, "deflate(, which is the nearest word there is; or a word such as nofin, nomask or len=5, or the payload as \"text\", hex:00ff or repeat(00,5)"},
		{`text deflate(repeat(00,16777217))`, 6, 28, "\"deflate(repeat(00,167772…\"", "at most 16777216 bytes of payload in all frames together"},
	} {
		_, err := ParseNotation(test.line)
		e, ok := err.(*NotationError)
		if !ok {
			t.Errorf("%s: found %v, expected an error", test.line, err)
			continue
		}
		if e.Column != test.column || e.Width != test.width || e.Found != test.found || e.Expected != test.expects {
			t.Errorf("%s: column %d, width %d, found %s, expected %s", test.line, e.Column, e.Width, e.Found, e.Expected)
		}
	}
}

// A payload of which no bytes are left of another is not somebody's text.
func TestDeflateWithBytes(t *testing.T) {
	d := one(t, `text mask=37fa213d rsv1 deflate("Hello",fixed) # kept`)
	wire := d.AppendTo(nil, 0)
	for bit := range 8 * len(wire) {
		changed := bytes.Clone(wire)
		changed[bit/8] ^= 0x80 >> (bit % 8)
		if got := d.WithBytes(changed); !bytes.Equal(got.AppendTo(nil, 0), changed) {
			t.Fatalf("bit %d: %s does not encode to %x", bit, got.AppendNotation(nil), changed)
		}
	}
	if got := d.WithBytes(wire); got != d {
		t.Errorf("its own bytes make it %s", got.AppendNotation(nil))
	}
	wire[1] ^= 0x80
	if got := string(d.WithBytes(wire).AppendNotation(nil)); !strings.Contains(got, `deflate("Hello",fixed)`) {
		t.Errorf("without MASK it is %s", got)
	}
	wire[0] ^= 0x80
	wire[len(wire)-1] ^= 1
	if got := string(d.WithBytes(wire).AppendNotation(nil)); strings.Contains(got, "deflate") {
		t.Errorf("with another payload it is %s", got)
	}
}

// Another key over the same payload leaves it what it is.
func TestDeflateWithAnotherKey(t *testing.T) {
	d := one(t, `text mask=37fa213d deflate("Hello",fixed)`)
	other := one(t, `text mask=01020304 deflate("Hello",fixed)`)
	if got := d.WithBytes(other.AppendTo(nil, 0)); got != other {
		t.Errorf("with another key it is %s", got.AppendNotation(nil))
	}
}

// What is compressed takes the room of what is more, the source or the result.
func TestDeflatedSize(t *testing.T) {
	for _, test := range []struct {
		p    Payload
		want uint64
	}{
		{Payload{Data: "a"}.Deflate(Deflation{Block: ChooseStored}), 7},
		{Payload{Form: PayloadRepeat, Data: "a", Count: 1000, CodeGiven: true}.Deflate(Deflation{}), 1002},
	} {
		if got, ok := test.p.Size(); got != test.want || !ok {
			t.Errorf("%+v takes %d, %v, expected %d", test.p, got, ok, test.want)
		}
	}
}

func TestDeflationWords(t *testing.T) {
	for _, words := range []string{"", "fixed", "stored,final", "dynamic,final,tail,window=8"} {
		d, ok := ParseDeflation(words)
		if got := strings.TrimPrefix(string(d.AppendTo(nil)), ","); !ok || got != words {
			t.Errorf("%q became %q, %v", words, got, ok)
		}
	}
	for _, words := range []string{",", "fixed,", " fixed", "window", "window=7", "x"} {
		if d, ok := ParseDeflation(words); ok {
			t.Errorf("%q became %+v", words, d)
		}
	}
}

func TestParseDeflateAgreement(t *testing.T) {
	for _, text := range []string{"", "permessage-deflate", "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8; client_max_window_bits=15"} {
		p, agreed, err := ParseDeflateAgreement(text)
		if err != nil || agreed != (text != "") || agreed && string(p.AppendTo(nil)) != text {
			t.Errorf("%q became %s, %v, %v", text, p.AppendTo(nil), agreed, err)
		}
	}
	for text, want := range map[string]string{
		" ":                      `byte 1 of the extensions: found the end, expected the name of an extension`,
		"x":                      `byte 0 of the extensions: found "x", expected permessage-deflate and its parameters`,
		"permessage-deflate, x":  `byte 0 of the extensions: found "permessage-deflate, x", expected permessage-deflate and its parameters`,
		"permessage-deflate; x":  `deflate-response-param-unknown: found "x", expected one of the four parameters of permessage-deflate`,
		"permessage-deflate; a=": `byte 22 of the extensions: found the end, expected a value`,
		"permessage-deflate; client_max_window_bits": `deflate-response-param-value-invalid: found "client_max_window_bits", expected a number from 8 to 15`,
	} {
		if _, agreed, err := ParseDeflateAgreement(text); agreed || err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, expected %s", text, err, want)
		}
	}
}

// What the actions for compressed messages are called, and what they make.
func TestMendCompressed(t *testing.T) {
	for _, test := range []struct{ rule, from, title, to string }{
		{"deflate-tail-kept", `text rsv1 deflate("Hello",fixed,tail)`, "Remove 00 00 ff ff", `text rsv1 deflate("Hello",fixed)`},
		{"deflate-tail-kept", `text rsv1 hex:000000ffff`, "Remove 00 00 ff ff", `text rsv1 hex:00`},
		{"deflate-tail-missing", `text rsv1`, "Add the byte 00", `text rsv1 hex:00`},
		{"deflate-bfinal-padding-nonzero", `text rsv1 hex:030400`, "Clear the bits", `text rsv1 hex:030000`},
		{"deflate-bfinal-padding-nonzero", `text rsv1 hex:03fc00`, "Clear the bits", `text rsv1 hex:030000`},
		{"deflate-fragment-tail-removed", "text rsv1 nofin deflate(\"He\")\ncontinuation deflate(\"llo\")", "Put 00 00 ff ff back", "text nofin rsv1 deflate(\"He\",tail)\ncontinuation deflate(\"llo\")"},
		{"deflate-fragment-tail-removed", "text rsv1 nofin hex:f2480500\ncontinuation hex:cac9c90700", "Put 00 00 ff ff back", "text nofin rsv1 hex:f24805000000ffff\ncontinuation hex:cac9c90700"},
		{"deflate-data-invalid", `text rsv1 "Hello"`, "Compress the payload", `text rsv1 deflate("Hello")`},
		{"deflate-data-invalid", `text rsv1 nofin "Hello"`, "", ""},
		{"deflate-data-invalid", `text rsv1 mask=00000000 xor=06000000 deflate("Hello")`, "", ""},
		{"deflate-client-context-kept", "text rsv1 deflate(\"Hello\",fixed)\ntext rsv1 hex:f200110000", "Compress it anew", "text rsv1 deflate(\"Hello\",fixed)\ntext rsv1 deflate(\"Hello\",window=10)"},
		{"deflate-client-window-exceeded", `binary rsv1 hex:4a1c05a360148c0260010000`, "Compress it anew", ""},
		{"text-invalid-utf8", `text rsv1 deflate("caf\xe9",fixed)`, "Replace the bad bytes", `text rsv1 deflate("caf` + "\ufffd" + `",fixed)`},
		{"text-invalid-utf8", `text rsv1 hex:fa0f00`, "", ""},
		{"text-invalid-utf8", `text deflate("Hello",stored)`, "Send it uncompressed", `text "Hello"`},
	} {
		drafts, err := ParseNotation(test.from)
		if err != nil {
			t.Fatal(err)
		}
		options := Options{}
		options.Deflate, options.DeflateAgreed, err = ParseDeflateAgreement("permessage-deflate; client_no_context_takeover; client_max_window_bits=10")
		if err != nil {
			t.Fatal(err)
		}
		var wire []byte
		for i, d := range drafts {
			wire = d.AppendTo(wire, MaskingKey(i))
		}
		found := false
		for _, diagnostic := range Inspect(wire, options).Diagnostics {
			if diagnostic.Rule.String() != test.rule {
				continue
			}
			found = true
			if got := MendTitle(drafts, options, diagnostic); got != test.title {
				t.Errorf("%s: the action is %q, expected %q", test.from, got, test.title)
			}
			mended, ok := Mend(drafts, options, diagnostic)
			if got := string(AppendNotation(nil, mended)); ok != (test.title != "") || test.to != "" && got != test.to {
				t.Errorf("%s: mended %v: %s, expected %s", test.from, ok, got, test.to)
			}
		}
		if !found {
			t.Errorf("%s does not break %s", test.from, test.rule)
		}
	}
}

func FuzzDeflation(f *testing.F) {
	f.Add(`text deflate("Hello",fixed)`)
	f.Add(`binary rsv1 deflate(repeat(00,1000),stored,final,tail,window=8)`)
	f.Add(`binary deflate(hex:00ff,dynamic)`)
	f.Fuzz(func(t *testing.T, line string) {
		if len(line) > FuzzLength || !strings.Contains(line, "deflate(") {
			return
		}
		drafts, err := ParseNotation(line)
		if err != nil {
			return
		}
		again, err := ParseNotation(string(AppendNotation(nil, drafts)))
		if err != nil || len(again) != len(drafts) {
			t.Fatalf("%q is printed %q: %v", line, AppendNotation(nil, drafts), err)
		}
		for i, d := range drafts {
			if again[i] != d {
				t.Fatalf("%q came back as %q", line, again[i].AppendNotation(nil))
			}
			if how, ok := d.Payload.Deflation(); ok && d.Payload.Len() < 1<<16 && !how.Tail {
				z := NewInflater(InflateConfig{WindowBits: int(how.WindowBits)})
				p := d.Payload
				p.CodeGiven = false
				out, err := z.Inflate(nil, p.AppendTo(nil))
				if err != nil {
					t.Fatalf("%q: %v", line, err)
				}
				out, end, err := z.Finish(out)
				if want := p.Inflate().AppendTo(nil); err != nil || end != InflateComplete || !bytes.Equal(out, want) {
					t.Fatalf("%q inflates to %q, %v, %v", line, out, end, err)
				}
			}
		}
	})
}

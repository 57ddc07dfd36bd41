package e2e

// What the page shows, as a struct, and what all views of one frame have to
// agree on whatever was done to it.

import (
	_ "embed"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"framecraft/protocol"
)

//go:embed views.js
var viewsScript string

// views is what views.js reads.
type views struct {
	Notation, NotationError, Wrong string
	Invalid                        bool
	Touched                        []string

	Bits       string
	BrokenBits []int
	// Digits of the hex grid, and of the payload as it stands on the wire and unmasked.
	Hex, Ascii, Wire, Plain, PlainAscii string

	Form struct {
		Fin, Rsv1, Rsv2, Rsv3, Mask, KeyThere                                  bool
		Opcode, Key, Used, LengthForm, Length, Cut, Kind, Code, Content, Error string
	}

	Outcome, Verdict, Why string
	Cards                 []card

	Frames                       []string
	Selected                     int
	Server, Ended                bool
	Field, Link, Boot, Announced string
	Lit                          int
}

// card is one broken rule.
type card struct{ Rule, Code, Found, Asks, Where, Mend string }

func (p *tab) views() views {
	p.Helper()
	return read[views](p, viewsScript)
}

// agree checks that the notation, the bits, the bytes, the payload and the form
// say the same about the selected frame, which has to be short enough to be seen
// whole, and returns them. The notation is read by package protocol; the header
// is taken apart here once more, by hand.
func (p *tab) agree() views {
	p.Helper()
	v := p.views()
	bytes, err := hex.DecodeString(v.Hex)
	if err != nil {
		p.Fatalf("the hex grid shows %q: %v", v.Hex, err)
	}
	if bits := bitsOf(bytes); v.Bits != bits {
		p.Errorf("the diagram shows %s and the hex grid %s, which is %s", v.Bits, v.Hex, bits)
	}
	if ascii := asciiOf(bytes); v.Ascii != ascii {
		p.Errorf("ASCII beside %s is %q, expected %q", v.Hex, v.Ascii, ascii)
	}
	drafts, err := protocol.ParseNotation(v.Notation)
	if err != nil || len(drafts) != 1 {
		p.Errorf("the notation line is %q: %d drafts, %v", v.Notation, len(drafts), err)
		return v
	}
	draft := drafts[0]
	if !draft.Raw && draft.KeyWritten() && draft.Key != protocol.KeyGiven {
		p.Errorf("the notation %q leaves out its masking key", v.Notation)
	}
	if encoded := draft.AppendTo(nil, 0); string(encoded) != string(bytes) {
		p.Errorf("the notation %q makes %x and the hex grid shows %s", v.Notation, encoded, v.Hex)
	}
	if draft.Raw {
		if digits := strings.ReplaceAll(v.Form.Content, " ", ""); digits != v.Hex {
			p.Errorf("the form shows the raw bytes %s as %q", v.Hex, v.Form.Content)
		}
		return v
	}
	p.agreeOnHeader(v, draft, bytes)
	return v
}

func (p *tab) agreeOnHeader(v views, draft protocol.Draft, bytes []byte) {
	p.Helper()
	if len(bytes) < 2 {
		return
	}
	form := v.Form
	for _, bit := range []struct {
		name    string
		checked bool
		on      bool
	}{
		{"FIN", form.Fin, bytes[0]&0x80 != 0},
		{"RSV1", form.Rsv1, bytes[0]&0x40 != 0},
		{"RSV2", form.Rsv2, bytes[0]&0x20 != 0},
		{"RSV3", form.Rsv3, bytes[0]&0x10 != 0},
		{"MASK", form.Mask, bytes[1]&0x80 != 0},
	} {
		if bit.checked != bit.on {
			p.Errorf("%s is %v in the form and %v in the bytes %s", bit.name, bit.checked, bit.on, v.Hex)
		}
	}
	if opcode := strconv.Itoa(int(bytes[0] & 15)); form.Opcode != opcode {
		p.Errorf("the opcode is %s in the form and %s in the bytes %s", form.Opcode, opcode, v.Hex)
	}
	header := 2
	switch bytes[1] & 0x7f {
	case 126:
		header += 2
	case 127:
		header += 8
	}
	if form.KeyThere != (draft.KeyWritten()) {
		p.Errorf("a masking key is written: %v in the form, %v in the notation %q", form.KeyThere, draft.KeyWritten(), v.Notation)
	}
	var key []byte
	if form.KeyThere && len(bytes) >= header+4 {
		key = bytes[header : header+4]
		header += 4
		if form.Key != hex.EncodeToString(key) {
			p.Errorf("the masking key is %s in the form and %x in the bytes", form.Key, key)
		}
	}
	if len(bytes) < header {
		return
	}
	payload := bytes[header:]
	if v.Wire != hex.EncodeToString(payload) {
		p.Errorf("the payload on the wire is %s in its grid and %x in the bytes", v.Wire, payload)
	}
	if len(v.Frames) > 1 {
		return // what stands before decides where a receiver finds this payload
	}
	// The unmasked view is a receiver's: it unmasks as MASK and the payload length
	// say. Where they say what the draft means, that is the payload by hand.
	received := protocol.AppendUnmasked(nil, bytes)[header:]
	if v.Plain != hex.EncodeToString(received) || v.PlainAscii != asciiOf(received) {
		p.Errorf("the unmasked payload is %s %q in its grid, expected %x", v.Plain, v.PlainAscii, received)
	}
	if form.Mask != form.KeyThere || form.Length != "" || form.Cut != "0" || form.Used != "same" {
		return
	}
	plain := make([]byte, len(payload))
	for i, b := range payload {
		if plain[i] = b; key != nil {
			plain[i] ^= key[i%4]
		}
	}
	if string(plain) != string(received) {
		p.Errorf("the unmasked payload is %x in its grid, expected %x", received, plain)
	}
	if written := string(draft.Payload.Inflate().AppendTo(nil)); form.Kind == "text" && form.Code == "" && utf8.ValidString(written) && form.Content != written {
		p.Errorf("the payload is %q in the form and %q in the notation", form.Content, written)
	}
}

// judged checks the verdict and the cards against the native build's reading.
func (p *tab) judged(v views, bytes []byte, options protocol.Options) {
	p.Helper()
	report := protocol.Inspect(bytes, options)
	if len(v.Cards) != len(report.Diagnostics) {
		p.Errorf("%d cards of broken rules, expected %d: %+v", len(v.Cards), len(report.Diagnostics), v.Cards)
		return
	}
	if outcome := report.Verdict.Outcome.String(); v.Outcome != outcome {
		p.Errorf("the verdict is %q, expected %q", v.Outcome, outcome)
	}
	if !strings.Contains(v.Verdict, verdictWords(report)) {
		p.Errorf("the verdict reads %q, expected %q in it", v.Verdict, verdictWords(report))
	}
	for _, diagnostic := range report.Diagnostics {
		if !hasCard(v, diagnostic) {
			p.Errorf("no card says %s: %s", diagnostic.Rule, diagnostic.Found())
		}
	}
}

func verdictWords(report *protocol.Report) string {
	switch report.Verdict.Outcome {
	case protocol.OutcomeLegal:
		return "Legal"
	case protocol.OutcomeNoted:
		return "goes on, though"
	case protocol.OutcomeWaits:
		return "waits for"
	}
	if report.Verdict.StatusCode == protocol.StatusAbnormalClosure {
		return "drops the connection"
	}
	return fmt.Sprintf("closes with %d", report.Verdict.StatusCode)
}

func hasCard(v views, diagnostic protocol.Diagnostic) bool {
	for _, card := range v.Cards {
		if card.Rule == diagnostic.Rule.String() && card.Found == diagnostic.Found() {
			return true
		}
	}
	return false
}

func bitsOf(bytes []byte) string {
	var b strings.Builder
	for _, one := range bytes {
		fmt.Fprintf(&b, "%08b", one)
	}
	return b.String()
}

func asciiOf(bytes []byte) string {
	var b strings.Builder
	for _, one := range bytes {
		if one >= 0x20 && one < 0x7f {
			b.WriteByte(one)
		} else {
			b.WriteString("·")
		}
	}
	return b.String()
}

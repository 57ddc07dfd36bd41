package cli

import (
	"fmt"
	"strings"

	"framecraft/protocol"
)

// The broken rules of a report, one paragraph each, and the verdict. A sign says
// without colour how grave they are.

const (
	signLegal = "✓"
	signNoted = "!"
	signWaits = "…"
	signFails = "✗"
)

// fails reports whether a broken rule counts towards a failed connection. In a
// report that does not fail, none does: what is grave came after a Close frame.
func (e *explainer) fails(d protocol.Diagnostic) bool {
	return d.Rule.Rule().StatusCode != protocol.StatusNone && e.report.Verdict.Outcome == protocol.OutcomeFails
}

// sign returns the sign of a broken rule.
func (e *explainer) sign(d protocol.Diagnostic) string {
	if e.fails(d) {
		return e.t.paint(red, signFails)
	}
	return e.t.paint(yellow, signNoted)
}

// labelWidth is the column in which the texts of a diagnostic begin.
const labelWidth = 10

func (e *explainer) diagnostic(index int) {
	d := e.report.Diagnostics[index]
	rule := d.Rule.Rule()
	s := yellow
	if e.fails(d) {
		s = red
	}
	e.print("%s %s\n", e.sign(d), e.t.paint(s, rule.ID))
	e.label("where", e.where(d))
	e.label("found", d.Found())
	level := rule.Level.String()
	if rule.Level == protocol.LevelStated {
		level = "stated without a key word"
	}
	e.label("asked", fmt.Sprintf("%s (%s; %s)", rule.Asks, level, sections(rule.Section)))
	answer := rule.Answer
	if rule.StatusCode != protocol.StatusNone {
		answer = codeName(rule.StatusCode) + ". " + answer
	}
	e.label("answer", answer)
	e.print("\n")
}

// label writes one line of a diagnostic.
func (e *explainer) label(label, text string) {
	head := "  " + e.t.paint(dim, pad(label, labelWidth-2))
	e.out = append(e.out, e.t.hang(head, text, labelWidth, plain)...)
}

// where says the place: frame, bits and bytes, the fields.
func (e *explainer) where(d protocol.Diagnostic) string {
	place := fmt.Sprintf("frame %d", d.Frame+1)
	if d.Span.Bits == 0 {
		return fmt.Sprintf("behind %s, byte %d of the input, where it ends", place, d.Span.Bit/8)
	}
	first := d.Span.Bit / 8
	n := (d.Span.End()+7)/8 - first
	bytes := "byte " + numbers(first, n) + " of the input"
	if n > 1 {
		bytes = strings.Replace(bytes, "byte", "bytes", 1)
	}
	if d.Frame >= len(e.report.Frames) {
		return place + ", " + bytes
	}
	f := &e.report.Frames[d.Frame]
	bits := "bit "
	if d.Span.Bits > 1 {
		bits = "bits "
	}
	var names []string
	for _, field := range f.Fields {
		if d.Span.Bit < field.Span.End() && field.Span.Bit < d.Span.End() {
			names = append(names, field.Name.String())
		}
	}
	if len(names) > 2 {
		names = []string{names[0] + " to " + names[len(names)-1]}
	}
	return fmt.Sprintf("%s, %s%s (%s), %s", place, bits, bitRange(f, d.Span), strings.Join(names, ", "), bytes)
}

// sections names the sections, with their RFC where it is another one than 6455.
func sections(list string) string {
	var here, there []string
	for section := range strings.SplitSeq(list, "; ") {
		if rfc, other, found := strings.Cut(section, "/"); found {
			there = append(there, "RFC "+rfc+", "+other)
		} else {
			here = append(here, section)
		}
	}
	return strings.Join(append([]string{"RFC 6455, " + strings.Join(here, ", ")}, there...), "; ")
}

// codeName returns a status code with its name.
func codeName(code protocol.StatusCode) string { return fmt.Sprintf("%d %s", code, code.Name()) }

// verdict writes what a strict receiver does, in one sentence.
func (e *explainer) verdict() {
	r, v := e.report, e.report.Verdict
	sign, s, says := signLegal, green, "Legal: no rule is broken."
	switch v.Outcome {
	case protocol.OutcomeLegal:
		if r.Length == 0 {
			says = "Legal: there are no bytes to judge."
		}
	case protocol.OutcomeNoted:
		sign, s, says = signNoted, yellow, "Noted: a strict receiver goes on, though not all is as it should be."
	case protocol.OutcomeWaits:
		sign, s = signWaits, yellow
		says = fmt.Sprintf("Waits: the last frame lacks at least %d more bytes.", v.Missing)
		if v.Missing == 1 {
			says = "Waits: the last frame lacks at least one more byte."
		}
		if len(r.Frames) == r.FrameCount && r.Frames[r.FrameCount-1].HeaderComplete {
			says = strings.Replace(says, "at least ", "", 1)
		}
	case protocol.OutcomeFails:
		sign, s = signFails, red
		says = "Fails: a strict receiver fails the connection with " + codeName(v.StatusCode)
		if v.StatusCode == protocol.StatusAbnormalClosure {
			says = "Fails: nobody is left to answer, and the receiver reports " + codeName(v.StatusCode)
		}
		if v.Diagnostic >= 0 {
			d := r.Diagnostics[v.Diagnostic]
			says += fmt.Sprintf(" for %s in frame %d", d.Rule, d.Frame+1)
		}
		says += "."
	}
	e.out = append(e.out, e.t.hang(e.t.paint(s, sign)+" ", says, 2, s)...)
	totals := fmt.Sprintf("From a %s: %s, %s, %s, %s.", r.Sender, count(r.Length, "byte"), count(r.FrameCount, "frame"),
		count(r.MessageCount, "message"), count(r.DiagnosticCount, "broken rule"))
	e.out = append(e.out, e.t.hang("  ", totals, 2, dim)...)
}

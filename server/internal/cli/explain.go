package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"framecraft/protocol"
)

// A report laid out for a terminal: every frame with its bytes and its fields,
// the messages of more than one frame, the broken rules (explain_rules.go), and
// the verdict last, where the eye is when the output has ended.
//
// The layout holds without colours: a sign stands beside a field and a rule that
// is broken, a wider gap divides the bytes of two fields.

// fieldStyles has one colour for each field, in its row and in the bytes.
var fieldStyles = map[protocol.FieldName]style{
	protocol.FieldFIN:                   "36",
	protocol.FieldRSV1:                  "36",
	protocol.FieldRSV2:                  "36",
	protocol.FieldRSV3:                  "36",
	protocol.FieldOpcode:                "36",
	protocol.FieldMASK:                  "34",
	protocol.FieldPayloadLength:         "34",
	protocol.FieldExtendedPayloadLength: "34",
	protocol.FieldMaskingKey:            "35",
	protocol.FieldPayloadData:           "32",
	protocol.FieldStatusCode:            "33",
	protocol.FieldReason:                "32",
}

// meanings are those texts of a report that only its JSON has.
type meanings struct {
	Frames []struct {
		Fields []struct {
			Value   string `json:"value"`
			Meaning string `json:"meaning"`
		} `json:"fields"`
	} `json:"frames"`
}

// explainer lays out one report.
type explainer struct {
	t        *terminal
	report   *protocol.Report
	src      []byte
	unmasked []byte
	meanings meanings
	out      []byte
	// Widths of the columns of fields.
	bits, name, value int
}

// explain returns the report on src as text.
func explain(t *terminal, src []byte, report *protocol.Report) ([]byte, error) {
	e := &explainer{t: t, report: report, src: src, unmasked: protocol.AppendUnmasked(nil, src)}
	if err := json.Unmarshal(report.AppendJSON(nil), &e.meanings); err != nil {
		return nil, fmt.Errorf("reading the report's own JSON: %w", err)
	}
	e.measure()
	for i := range report.Frames {
		e.frame(&report.Frames[i])
	}
	e.notListed(report.FrameCount-len(report.Frames), "frame")
	e.messages()
	for i := range report.Diagnostics {
		e.diagnostic(i)
	}
	e.notListed(report.DiagnosticCount-len(report.Diagnostics), "broken rule")
	e.verdict()
	return e.out, nil
}

func (e *explainer) print(format string, values ...any) {
	e.out = fmt.Appendf(e.out, format, values...)
}

// notListed says how much the report counts and does not list.
func (e *explainer) notListed(n int, what string) {
	if n > 0 {
		e.print("%s\n\n", e.t.paint(dim, "… and "+count(n, what)+" more"))
	}
}

// On a terminal narrower than roomyWidth the names of fields break at narrowName.
const (
	roomyWidth = 76
	narrowName = 16
)

// measure finds how wide the columns have to be.
func (e *explainer) measure() {
	e.bits, e.name, e.value = len("bits"), len("field"), len("value")
	widest := e.t.width
	if e.t.width < roomyWidth {
		widest = narrowName
	}
	for i := range e.report.Frames {
		f := &e.report.Frames[i]
		for j, field := range f.Fields {
			e.bits = max(e.bits, columns(bitRange(f, field.Span)))
			e.name = max(e.name, min(widest, columns(field.Name.String())))
			e.value = max(e.value, columns(e.meanings.Frames[i].Fields[j].Value))
		}
	}
}

// bitRange names bits, counted from the first one of their frame.
func bitRange(f *protocol.Frame, span protocol.Span) string {
	return numbers(span.Bit-uint64(f.Start)*8, span.Bits)
}

// numbers names a run of n numbers.
func numbers(first, n uint64) string {
	if n <= 1 {
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d–%d", first, first+n-1)
}

// count says how many there are of something.
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

func (e *explainer) frame(f *protocol.Frame) {
	what := f.Header.Opcode().String()
	if f.Header.Opcode().IsReserved() {
		what = fmt.Sprintf("reserved opcode %d", f.Header.Opcode())
	}
	size := fmt.Sprintf("%s from byte %d", count(f.End-f.Start, "byte"), f.Start)
	if !f.Complete() {
		size += ", not complete"
	}
	e.print("%s %s\n", e.t.paint(bold, fmt.Sprintf("Frame %d: %s", f.Index+1, what)),
		e.t.paint(dim, "("+size+")"))
	e.bytes(f)
	e.print("\n  %s\n", e.t.paint(under, pad("bits", e.bits)+"  "+pad("field", e.name)+"  "+pad("value", e.value)+"  meaning"))
	for i, field := range f.Fields {
		e.field(f, i, field)
	}
	e.print("\n")
}

// bytesLines is how many lines of hex are shown of one frame.
const bytesLines = 3

// bytes writes the frame's bytes in hex in the colours of their fields. Two
// blanks stand between fields, but for those that share the first two bytes.
func (e *explainer) bytes(f *protocol.Frame) {
	const indent = 2
	room := e.t.width - indent
	line, column, at := "", 0, 1
	next := 0 // the field that begins at or behind the byte
	var s style
	for i := f.Start; i < f.End; i++ {
		gap := 1
		for next < len(f.Fields) && f.Fields[next].Span.Bit < uint64(i+1)*8 {
			s = fieldStyles[f.Fields[next].Name]
			if i >= f.Start+2 {
				gap = 2
			}
			next++
		}
		if column > 0 && column+gap+2 > room {
			e.print("  %s\n", line)
			line, column = "", 0
			if at++; at > bytesLines {
				e.print("  %s\n", e.t.paint(dim, "… and "+count(f.End-i, "byte")+" more"))
				return
			}
		}
		if column > 0 {
			line, column = line+strings.Repeat(" ", gap), column+gap
		}
		line, column = line+e.t.paint(s, fmt.Sprintf("%02x", e.src[i])), column+2
	}
	e.print("  %s\n", line)
}

func (e *explainer) field(f *protocol.Frame, i int, field protocol.Field) {
	text := e.meanings.Frames[f.Index].Fields[i]
	sign := "  "
	for _, d := range e.report.Diagnostics {
		if d.Frame == f.Index && d.Span.Bit < field.Span.End() && field.Span.Bit < d.Span.End() {
			sign = e.sign(d) + " "
			if e.fails(d) {
				break
			}
		}
	}
	s := fieldStyles[field.Name]
	left := 2 + e.bits + 2 + e.name + 2
	var values, meaning []string // the lines of the two columns on the right
	valueWidth := e.value
	switch field.Name {
	case protocol.FieldPayloadData, protocol.FieldReason:
		values, valueWidth = e.payload(f, field, e.t.width-left), 0
	default:
		values = []string{text.Value}
		meaning = wrap(text.Meaning, e.t.width-left-e.value-2)
	}
	names := wrap(field.Name.String(), e.name)
	for row := range max(len(names), len(values), len(meaning)) {
		bits := ""
		if row == 0 {
			bits = bitRange(f, field.Span)
		} else {
			sign = "  "
		}
		name, value, says := at(names, row), at(values, row), at(meaning, row)
		line := sign + pad(bits, e.bits) + "  " + e.t.paint(s, name) + gap(e.name, name)
		e.print("%s\n", strings.TrimRight(line+e.t.paint(s, value)+gap(valueWidth, value)+says, " "))
	}
}

// at returns a line of a cell, or nothing behind its last one.
func at(lines []string, row int) string {
	if row < len(lines) {
		return lines[row]
	}
	return ""
}

// gap returns the blanks between a text in a column and the next column.
func gap(width int, text string) string {
	return strings.Repeat(" ", max(0, width-columns(text))+2)
}

// leastPreview is how many columns a preview needs to have a note beside it.
const leastPreview = 24

// payload returns the lines that show payload data or a reason.
func (e *explainer) payload(f *protocol.Frame, field protocol.Field, room int) []string {
	var notes []string
	if f.Header.Has(protocol.MASK) && f.Header.MaskingKey != 0 {
		notes = append(notes, "unmasked")
	}
	if field.Short {
		notes = append(notes, "not complete")
	}
	b := e.unmasked[field.Span.Bit/8 : field.Span.End()/8]
	compressed := e.report.DeflateAgreed && f.Header.Has(protocol.RSV1)
	text := isText(field.Name, f.Header.Opcode()) && !compressed
	if len(notes) == 0 {
		return []string{previewOf(b, room, text)}
	}
	note := "(" + strings.Join(notes, ", ") + ")"
	if preview := previewOf(b, room, text); columns(preview)+1+len(note) <= room {
		return []string{preview + " " + note}
	}
	if beside := room - 1 - len(note); beside >= leastPreview {
		return []string{previewOf(b, beside, text) + " " + note}
	}
	return []string{previewOf(b, room, text), note}
}

// messages lists those that more than one frame carries, and those that are
// compressed.
func (e *explainer) messages() {
	before := len(e.out)
	for i := range e.report.Messages {
		m := &e.report.Messages[i]
		if m.FrameCount < 2 && !m.Compressed {
			continue
		}
		state, length := "", m.Length
		if m.Compressed {
			length = m.InflatedLength
			state = fmt.Sprintf(", inflated to %d", length)
			if !m.Inflated {
				state += " and no further"
			}
		}
		if !m.Complete {
			state += ", not complete"
		}
		head := fmt.Sprintf("Message of frames %d to %d:", m.FirstFrame+1, m.LastFrame+1)
		if m.FrameCount < 2 {
			head = fmt.Sprintf("Message of frame %d:", m.FirstFrame+1)
		}
		tail := fmt.Sprintf(" (%s, %s%s)", m.Opcode, count(m.Length, "byte"), state)
		preview := previewCut(m.Preview, length, e.t.width-len(head)-len(tail)-1, m.Opcode == protocol.OpcodeText)
		e.print("%s %s%s\n", e.t.paint(bold, head), e.t.paint(fieldStyles[protocol.FieldPayloadData], preview), e.t.paint(dim, tail))
	}
	if e.report.InflateCut {
		e.print("%s\n", e.t.paint(dim, fmt.Sprintf("Only %d bytes were inflated; what lies behind was not looked into.", protocol.InflateTotal)))
	}
	if len(e.out) > before {
		e.print("\n")
	}
}

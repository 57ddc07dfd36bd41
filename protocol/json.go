package protocol

import (
	"strconv"
	"unicode/utf8"
)

// Reports become JSON here, appended by hand: encoding/json would add a hundred
// kilobytes to the WASM module, and the page compares the server's text with
// its own byte for byte, so one piece of code has to write both. The shapes are
// described in static/protocol.d.ts; a test holds the two against each other.

// AppendJSON appends the report as one JSON object.
func (r *Report) AppendJSON(dst []byte) []byte {
	w := jsonWriter{append(dst, '{')}
	w.name("sender").string(r.Sender.String())
	w.name("ended").bool(r.Ended)
	w.name("deflate").agreement(r.Deflate, r.DeflateAgreed)
	w.name("length").int(r.Length)
	w.name("verdict")
	w.verdict(r.Verdict)
	w.name("frames").begin('[')
	for i := range r.Frames {
		w.frame(&r.Frames[i], r.DeflateAgreed)
	}
	w.end(']')
	w.name("frameCount").int(r.FrameCount)
	w.name("diagnostics").begin('[')
	for _, d := range r.Diagnostics {
		w.diagnostic(d, "frame", d.Frame)
		w.end('}')
	}
	w.end(']')
	w.name("diagnosticCount").int(r.DiagnosticCount)
	w.name("messages").begin('[')
	for i := range r.Messages {
		w.message(&r.Messages[i])
	}
	w.end(']')
	w.name("messageCount").int(r.MessageCount)
	w.name("inflateLimit").intOrNull(InflateTotal, r.InflateCut)
	w.end('}')
	return w.b
}

// agreement writes what was agreed on as an element of the response's field.
func (w *jsonWriter) agreement(p DeflateParams, agreed bool) {
	if !agreed {
		w.null()
		return
	}
	w.string(string(p.AppendTo(nil)))
}

func (w *jsonWriter) verdict(v Verdict) {
	w.begin('{')
	w.name("outcome").string(v.Outcome.String())
	w.name("statusCode").code(v.StatusCode)
	w.name("diagnostic").intOrNull(v.Diagnostic, v.Diagnostic >= 0)
	w.name("missing").decimal(v.Missing)
	w.end('}')
}

func (w *jsonWriter) frame(f *Frame, deflate bool) {
	h := f.Header
	w.begin('{')
	w.name("start").int(f.Start)
	w.name("end").int(f.End)
	w.name("headerLength").int(f.HeaderLength)
	w.name("headerComplete").bool(f.HeaderComplete)
	w.name("complete").bool(f.Complete())
	w.flags(h.Flags)
	w.name("mask").bitOrNull(h.Has(MASK), f.HeaderLength >= 2)
	if f.HeaderComplete {
		w.name("payloadLength").decimal(h.PayloadLength)
		w.name("lengthForm").int(int(h.Form))
	} else {
		w.name("payloadLength").null()
		w.name("lengthForm").null()
	}
	w.name("maskingKey").key(h.MaskingKey, f.HeaderComplete && h.Has(MASK))
	w.name("fields").begin('[')
	for _, field := range f.Fields {
		w.field(field, f.meaning(field, deflate))
	}
	w.end(']')
	w.end('}')
}

// flags writes FIN to the opcode's name, which frames and carriers share.
func (w *jsonWriter) flags(f Flags) {
	w.name("fin").bit(f.Has(FIN))
	w.name("rsv1").bit(f.Has(RSV1))
	w.name("rsv2").bit(f.Has(RSV2))
	w.name("rsv3").bit(f.Has(RSV3))
	w.name("opcode").int(int(f.Opcode()))
	w.name("opcodeName").string(f.Opcode().String())
}

// meaning says what the value of a field means, or nothing where it speaks for
// itself.
func (f *Frame) meaning(field Field, deflate bool) string {
	if field.Name == FieldRSV1 && field.Value != 0 && deflate {
		switch f.Header.Opcode() {
		case OpcodeText, OpcodeBinary:
			return "the message is compressed"
		}
		return "set where it has no place"
	}
	return field.meaning()
}

func (w *jsonWriter) field(f Field, meaning string) {
	w.begin('{')
	w.name("name").string(f.Name.String())
	w.name("bit").uint(f.Span.Bit)
	w.name("bits").uint(f.Span.Bits)
	w.name("value")
	switch f.Name {
	case FieldPayloadData, FieldReason:
		w.string("")
	case FieldMaskingKey:
		digits := MaskingKey(f.Value).String()
		w.string(digits[8-f.Span.Bits/4:])
	default:
		w.decimal(f.Value)
	}
	w.name("meaning").string(meaning)
	w.name("short").bool(f.Short)
	w.end('}')
}

// meaning is what the value means without an extension.
func (f Field) meaning() string {
	on := f.Value != 0
	switch f.Name {
	case FieldFIN:
		if on {
			return "last frame of its message"
		}
		return "more frames to come"
	case FieldRSV1, FieldRSV2, FieldRSV3:
		if on {
			return "set, with no extension agreed on"
		}
		return "clear"
	case FieldOpcode:
		if o := Opcode(f.Value); !o.IsReserved() {
			return o.String()
		}
		return "reserved"
	case FieldMASK:
		if on {
			return "masked"
		}
		return "not masked"
	case FieldPayloadLength:
		switch f.Value {
		case 126:
			return "a 16-bit length follows"
		case 127:
			return "a 64-bit length follows"
		}
		return strconv.FormatUint(f.Value, 10) + plural(f.Value, " byte", " bytes")
	case FieldExtendedPayloadLength:
		if f.Short {
			return "not complete"
		}
		return strconv.FormatUint(f.Value, 10) + plural(f.Value, " byte", " bytes")
	case FieldMaskingKey, FieldPayloadData, FieldReason:
		if f.Short {
			return "not complete"
		}
		return ""
	case FieldStatusCode:
		return StatusCode(f.Value).Name()
	}
	return ""
}

// diagnostic writes a rule broken at a place: "frame" and its index, or "row" and
// the row of a conversation.
func (w *jsonWriter) diagnostic(d Diagnostic, place string, index int) {
	rule := d.Rule.Rule()
	w.begin('{')
	w.name("rule").string(rule.ID)
	w.name("section").string(rule.Section)
	w.name("level").string(rule.Level.String())
	w.name("statusCode").code(rule.StatusCode)
	w.name(place).int(index)
	w.name("bit").uint(d.Span.Bit)
	w.name("bits").uint(d.Span.Bits)
	w.name("found").string(d.Found())
}

func (w *jsonWriter) message(m *Message) {
	isText := m.Opcode == OpcodeText
	w.begin('{')
	w.name("opcode").int(int(m.Opcode))
	w.name("opcodeName").string(m.Opcode.String())
	w.name("firstFrame").int(m.FirstFrame)
	w.name("lastFrame").int(m.LastFrame)
	w.name("frameCount").int(m.FrameCount)
	w.name("length").int(m.Length)
	w.name("complete").bool(m.Complete)
	w.name("compressed").bool(m.Compressed)
	w.name("inflated").bool(m.Inflated)
	w.name("inflatedLength").intOrNull(m.InflatedLength, m.Compressed)
	w.name("utf8")
	if isText {
		w.bool(!m.BadUTF8)
		w.name("preview").string(string(m.Preview))
	} else {
		w.null()
		w.name("preview").string(string(AppendHex(nil, m.Preview)))
	}
	w.end('}')
}

// AppendReadingJSON appends what the server answers to one carrier message: the
// header of the carrier's first frame, how many frames carried it, and the
// report on the crafted bytes, which stands last and unchanged.
func AppendReadingJSON(dst []byte, carrier Header, frames int, report *Report) []byte {
	w := jsonWriter{append(dst, '{')}
	w.name("carrier").begin('{')
	w.flags(carrier.Flags)
	w.name("mask").bit(carrier.Has(MASK))
	w.name("maskingKey").key(carrier.MaskingKey, carrier.Has(MASK))
	w.name("payloadLength").decimal(carrier.PayloadLength)
	w.name("lengthForm").int(int(carrier.Form))
	w.name("headerLength").int(carrier.Len())
	w.name("frameCount").int(frames)
	w.end('}')
	w.name("report")
	w.b = report.AppendJSON(w.b)
	w.end('}')
	return w.b
}

// jsonWriter appends JSON. It puts a comma wherever a value or a name follows
// another one. Its methods are called a hundred times in this file and the
// catalog: inlined, they would make up a tenth of the WASM module.
type jsonWriter struct{ b []byte }

// comma separates from what came before in the same object or array.
//
//go:noinline
func (w *jsonWriter) comma() {
	switch w.b[len(w.b)-1] {
	case '{', '[', ':':
	default:
		w.b = append(w.b, ',')
	}
}

//go:noinline
func (w *jsonWriter) begin(bracket byte) {
	w.comma()
	w.b = append(w.b, bracket)
}

//go:noinline
func (w *jsonWriter) end(bracket byte) { w.b = append(w.b, bracket) }

// name writes the name of a member, which holds nothing that needs an escape.
//
//go:noinline
func (w *jsonWriter) name(name string) *jsonWriter {
	w.comma()
	w.b = append(append(append(w.b, '"'), name...), '"', ':')
	return w
}

//go:noinline
func (w *jsonWriter) string(s string) {
	w.comma()
	w.b = AppendJSONString(w.b, s)
}

//go:noinline
func (w *jsonWriter) int(n int) {
	w.comma()
	w.b = strconv.AppendInt(w.b, int64(n), 10)
}

//go:noinline
func (w *jsonWriter) uint(n uint64) {
	w.comma()
	w.b = strconv.AppendUint(w.b, n, 10)
}

// decimal writes a number that JavaScript may not be able to hold, as a string.
//
//go:noinline
func (w *jsonWriter) decimal(n uint64) {
	w.comma()
	w.b = append(w.b, '"')
	w.b = strconv.AppendUint(w.b, n, 10)
	w.b = append(w.b, '"')
}

//go:noinline
func (w *jsonWriter) bool(b bool) {
	w.comma()
	w.b = strconv.AppendBool(w.b, b)
}

//go:noinline
func (w *jsonWriter) bit(b bool) {
	n := 0
	if b {
		n = 1
	}
	w.int(n)
}

//go:noinline
func (w *jsonWriter) null() {
	w.comma()
	w.b = append(w.b, "null"...)
}

//go:noinline
func (w *jsonWriter) bitOrNull(b, known bool) {
	if !known {
		w.null()
		return
	}
	w.bit(b)
}

//go:noinline
func (w *jsonWriter) intOrNull(n int, known bool) {
	if !known {
		w.null()
		return
	}
	w.int(n)
}

//go:noinline
func (w *jsonWriter) code(c StatusCode) { w.intOrNull(int(c), c != StatusNone) }

//go:noinline
func (w *jsonWriter) key(k MaskingKey, present bool) {
	if !present {
		w.null()
		return
	}
	w.string(k.String())
}

// AppendHex appends the bytes as lower-case hex digits without spaces.
func AppendHex(dst, b []byte) []byte {
	for _, c := range b {
		dst = append(dst, hexDigits[c>>4], hexDigits[c&0xf])
	}
	return dst
}

// AppendJSONString appends s as a JSON string. Bytes that are not UTF-8 become
// U+FFFD, one each; what could end a script or a line in JavaScript is escaped.
func AppendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0 // what stands behind it is copied in one piece, up to what must be written otherwise
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '<' {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			dst = append(dst, s[from:i]...)
			switch {
			case c == '"' || c == '\\':
				dst = append(dst, '\\', c)
			case c == '\n':
				dst = append(dst, '\\', 'n')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
			}
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(dst, s[from:i]...)
			dst = append(dst, "\ufffd"...)
			from = i + size
		case r == '\u2028' || r == '\u2029':
			dst = append(dst, s[from:i]...)
			dst = append(dst, '\\', 'u', '2', '0', '2', hexDigits[r&0xf])
			from = i + size
		}
		i += size
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

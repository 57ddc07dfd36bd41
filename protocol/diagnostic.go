package protocol

import "strconv"

// Diagnostic is one rule broken at one span, with what was found there. The
// sentence is made when somebody reads it, not when the bytes are judged.
type Diagnostic struct {
	Rule RuleID
	// Frame is the index of the frame in its stream, -1 for what stands in a head.
	Frame int
	Span  Span

	// start is the byte at which the frame begins; message, for what is wrong with
	// a text, that at which the first frame of its message does.
	start, message int

	// compressed: it is about a message that is.
	compressed bool
	// options are those of the reading; Mend fills them in.
	options *Options

	opcode Opcode
	// value and other are what was found; what they mean depends on the rule.
	value, other uint64
	// text is what was found, as it stands there; wanted is what could have.
	text, wanted string
}

// appendDiagnostics turns a judgement of the frame's header into diagnostics.
func (f *Frame) appendDiagnostics(dst []Diagnostic, set RuleSet) []Diagnostic {
	for id := RuleID(0); set != 0; id, set = id+1, set>>1 {
		if set&1 == 0 {
			continue
		}
		bit := uint64(f.Start) * 8
		d := Diagnostic{Rule: id, Frame: f.Index, start: f.Start, opcode: f.Header.Opcode(), value: f.Header.PayloadLength}
		switch id {
		case RuleFrameUnmaskedFromClient, RuleFrameMaskedFromServer:
			d.Span = Span{bit + 8, 1}
		case RuleFrameRSV1Unnegotiated, RuleDeflateRSV1OnControl, RuleDeflateRSV1OnContinuation:
			d.Span = Span{bit + 1, 1}
		case RuleFrameRSV2Unnegotiated:
			d.Span = Span{bit + 2, 1}
		case RuleFrameRSV3Unnegotiated:
			d.Span = Span{bit + 3, 1}
		case RuleFrameControlFragmented:
			d.Span = Span{bit, 1}
		case RuleFrameLengthMSBSet:
			d.Span = Span{bit + 16, 1}
		case RuleFrameLengthNotMinimal, RuleFrameControlTooLong:
			d.Span = f.lengthSpan()
			d.other = uint64(f.Header.Form)
		default: // the opcode itself, or its place in the sequence
			d.Span = Span{bit + 4, 4}
			d.value = uint64(d.opcode)
		}
		dst = append(dst, d)
	}
	return dst
}

// lengthSpan returns the bits that hold the payload length: the extended ones
// where there are any.
func (f *Frame) lengthSpan() Span {
	bit := uint64(f.Start) * 8
	if n := f.Header.Form.extended(); n > 0 {
		return Span{bit + 16, uint64(n) * 8}
	}
	return Span{bit + 9, 7}
}

// utf8Ends stands for the byte that is missing where a text ends inside a
// character.
const utf8Ends = 256

// sentence picks the sentence: two rules have more than one.
func (d Diagnostic) sentence() string {
	switch {
	case d.Rule == RuleHandshakeRequestMalformed, d.Rule == RuleHandshakeResponseMalformed:
		return headFaults[d.other]
	case d.Rule == RuleHandshakeHostInvalid && d.other != 0:
		return "A second Host says %t."
	case d.Rule == RuleFrameTruncated && d.other != 0:
		return "The stream ends inside the frame header, after %v %p."
	case d.Rule == RuleTextInvalidUTF8 && d.value == utf8Ends:
		return "The last character of the message is not complete."
	case d.Rule == RuleCloseReasonInvalidUTF8 && d.value == utf8Ends:
		return "The last character of the reason is not complete."
	case d.Rule == RuleDeflateTailMissing && d.value == 0:
		return "The message has no payload data; even nothing compresses to one byte, 00."
	}
	return d.Rule.Rule().found
}

// shownText is how many bytes of a text a sentence shows.
const shownText = 60

// appendShown appends a text in quotes, with everything escaped that a terminal
// or a reader could stumble over, and "…" behind it where it was cut.
func appendShown(dst []byte, text string) []byte {
	if len(text) <= shownText {
		return strconv.AppendQuote(dst, text)
	}
	dst = strconv.AppendQuote(dst, string(trimPartialRune([]byte(text[:shownText]))))
	return append(dst, "…"...)
}

// AppendFound appends one sentence that says what was found. Frames count from
// 1, bytes from 0.
//
// A sign behind % in the table's sentence stands for what was found: v and w are
// value and other in decimal, f is other as a frame's number, k is value as a
// masking key, o the opcode's name, s the name of the status code, m the shortest
// form of value, x value as a byte, p "byte" or "bytes" for value, t and u the
// texts found and wanted in quotes, i and j the same where the words are our own.
func (d Diagnostic) AppendFound(dst []byte) []byte {
	text := d.sentence()
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			dst = append(dst, text[i])
			continue
		}
		i++
		switch text[i] {
		case 'v':
			dst = strconv.AppendUint(dst, d.value, 10)
		case 'w':
			dst = strconv.AppendUint(dst, d.other, 10)
		case 'f':
			dst = strconv.AppendUint(dst, d.other+1, 10)
		case 'k':
			dst = MaskingKey(d.value).AppendHex(dst)
		case 'o':
			dst = append(dst, d.opcode.String()...)
		case 's':
			dst = append(dst, StatusCode(d.value).Name()...)
		case 'm':
			dst = strconv.AppendUint(dst, uint64(ShortestForm(d.value)), 10)
		case 'x':
			dst = append(dst, '0', 'x', hexDigits[d.value>>4&0xf], hexDigits[d.value&0xf])
		case 't':
			dst = appendShown(dst, d.text)
		case 'u':
			dst = appendShown(dst, d.wanted)
		case 'i':
			dst = append(dst, d.text...)
		case 'j':
			dst = append(dst, d.wanted...)
		case 'p':
			dst = append(dst, plural(d.value, "byte", "bytes")...)
		}
	}
	return dst
}

// Found returns the sentence of AppendFound.
func (d Diagnostic) Found() string { return string(d.AppendFound(nil)) }

func plural(n uint64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

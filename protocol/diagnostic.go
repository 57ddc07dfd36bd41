package protocol

import "strconv"

// Diagnostic is one rule broken at one span, with what was found there. The
// sentence is made when somebody reads it, not when the bytes are judged.
type Diagnostic struct {
	Rule RuleID
	// Frame is the index of the frame in its stream.
	Frame int
	Span  Span

	opcode Opcode
	// value and other are what was found; what they mean depends on the rule.
	value, other uint64
}

// appendDiagnostics turns a judgement of the frame's header into diagnostics.
func (f *Frame) appendDiagnostics(dst []Diagnostic, set RuleSet) []Diagnostic {
	for id := RuleID(0); set != 0; id, set = id+1, set>>1 {
		if set&1 == 0 {
			continue
		}
		bit := uint64(f.Start) * 8
		d := Diagnostic{Rule: id, Frame: f.Index, opcode: f.Header.Opcode(), value: f.Header.PayloadLength}
		switch id {
		case RuleFrameUnmaskedFromClient, RuleFrameMaskedFromServer:
			d.Span = Span{bit + 8, 1}
		case RuleFrameRSV1Unnegotiated:
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

// AppendFound appends one sentence that says what was found. Frames count from 1.
func (d Diagnostic) AppendFound(dst []byte) []byte {
	number := func(n uint64) { dst = strconv.AppendUint(dst, n, 10) }
	say := func(s string) { dst = append(dst, s...) }
	switch d.Rule {
	case RuleFrameUnmaskedFromClient:
		say("MASK is 0 in a frame from a client.")
	case RuleFrameMaskedFromServer:
		say("MASK is 1 in a frame from a server.")
	case RuleFrameRSV1Unnegotiated:
		say("RSV1 is 1, and no extension was agreed on that gives it a meaning.")
	case RuleFrameRSV2Unnegotiated:
		say("RSV2 is 1, and no extension was agreed on that gives it a meaning.")
	case RuleFrameRSV3Unnegotiated:
		say("RSV3 is 1, and no extension was agreed on that gives it a meaning.")
	case RuleFrameOpcodeReserved:
		say("The opcode is ")
		number(uint64(d.opcode))
		if d.opcode.IsControl() {
			say(", a reserved control opcode.")
		} else {
			say(", a reserved data opcode.")
		}
	case RuleFrameLengthMSBSet:
		say("The extended payload length is ")
		number(d.value)
		say(": its most significant bit is 1.")
	case RuleFrameLengthNotMinimal:
		say("The payload length ")
		number(d.value)
		say(" stands in ")
		number(d.other)
		say(" bits. It fits in ")
		number(uint64(ShortestForm(d.value)))
		say(".")
	case RuleFrameTruncated:
		switch {
		case d.other != 0:
			say("The stream ends inside the frame header, after ")
			number(d.value)
			say(plural(d.value, " byte.", " bytes."))
		default:
			say("The stream ends ")
			number(d.value)
			say(plural(d.value, " byte", " bytes"))
			say(" before the frame does.")
		}
	case RuleFrameMaskKeyReused:
		say("The masking key ")
		dst = MaskingKey(d.value).AppendHex(dst)
		say(" was in frame ")
		number(d.other + 1)
		say(" already.")
	case RuleFrameControlFragmented:
		say("FIN is 0 in a ")
		say(d.opcode.String())
		say(" frame.")
	case RuleSequenceDataInterleaved:
		say("A ")
		say(d.opcode.String())
		say(" frame begins while the message of frame ")
		number(d.other + 1)
		say(" still waits for its FIN.")
	case RuleSequenceContinuationUnexpected:
		say("A continuation frame, and no message is under way.")
	case RuleFrameControlTooLong:
		say("The ")
		say(d.opcode.String())
		say(" frame has a payload length of ")
		number(d.value)
		say("; 125 is the most.")
	case RuleClosePayloadOneByte:
		say("The Close frame carries one byte; a status code takes two.")
	case RuleCloseReasonInvalidUTF8:
		dst = appendBadUTF8(dst, "the reason", d.value, d.other)
	case RuleCloseDataAfterClose:
		say("A ")
		say(d.opcode.String())
		say(" frame follows the Close frame, frame ")
		number(d.other + 1)
		say(".")
	case RuleTextInvalidUTF8:
		dst = appendBadUTF8(dst, "the message", d.value, d.other)
	case RuleCloseFrameMissing:
		say("TCP ends, and no Close frame was sent.")
	case RuleCloseCodeReservedOnWire:
		say("The status code is ")
		number(d.value)
		say(" (")
		say(StatusCode(d.value).Name())
		say("), which is for reports inside a program.")
	case RuleCloseCode1010ReasonMissing:
		say("The status code is 1010, and no reason lists the extensions.")
	case RuleCloseCode1010FromServer:
		say("The status code is 1010 in a Close frame from a server.")
	case RuleCloseCodeBelow1000:
		say("The status code is ")
		number(d.value)
		say("; the first is 1000.")
	case RuleCloseCodeUnassigned:
		say("The status code is ")
		number(d.value)
		say(", which has no definition.")
	case RuleCloseCodeAbove4999:
		say("The status code is ")
		number(d.value)
		say("; the last is 4999.")
	}
	return dst
}

// Found returns the sentence of AppendFound.
func (d Diagnostic) Found() string { return string(d.AppendFound(nil)) }

// appendBadUTF8 says which byte of what cannot stand in UTF-8. Position counts
// from 0.
func appendBadUTF8(dst []byte, what string, found, position uint64) []byte {
	if found == utf8Ends {
		dst = append(dst, "The last character of "...)
		dst = append(dst, what...)
		return append(dst, " is not complete."...)
	}
	dst = append(dst, "Byte "...)
	dst = strconv.AppendUint(dst, position, 10)
	dst = append(dst, " of "...)
	dst = append(dst, what...)
	dst = append(dst, " is 0x"...)
	dst = append(dst, hexDigits[found>>4&0xf], hexDigits[found&0xf])
	return append(dst, ", which no UTF-8 text can have there."...)
}

func plural(n uint64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

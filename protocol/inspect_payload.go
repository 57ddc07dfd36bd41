package protocol

import (
	"encoding/binary"
	"unicode/utf8"
)

// Message is what one or more data frames carry together, whole or as far as it
// has come.
type Message struct {
	Opcode Opcode
	// FirstFrame and LastFrame are indices; control frames may lie between.
	FirstFrame, LastFrame int
	// FrameCount is how many frames carry it.
	FrameCount int
	// Length of the payload data in bytes.
	Length   int
	Complete bool
	// Compressed: permessage-deflate was agreed on, and RSV1 of the first frame
	// says that the payload data is compressed. Inflated: all of it that has come
	// could be inflated, to InflatedLength bytes; otherwise that is how far it went.
	Compressed, Inflated bool
	InflatedLength       int
	// BadUTF8: a text message that is not valid UTF-8, inflated if it is compressed.
	BadUTF8 bool
	// Preview is the beginning of the payload data, inflated if it is compressed,
	// at most 64 bytes and for text not cut inside a character.
	Preview []byte
}

// previewLength is the most bytes that a message's preview has.
const previewLength = 64

// payload judges the payload data of a frame and adds it to its message.
func (in *inspector) payload(f *Frame) {
	switch f.Header.Opcode() {
	case OpcodeClose:
		in.closePayload(f)
	case OpcodeText, OpcodeBinary:
		if in.message.FrameCount > 0 {
			in.list()
		}
		in.message = Message{Opcode: f.Header.Opcode(), FirstFrame: f.Index}
		if in.report.DeflateAgreed && f.Header.Has(RSV1) {
			in.message.Compressed, in.message.Inflated = true, !in.report.InflateCut
		}
		in.messageStart = f.Start
		in.text = UTF8{}
		in.data(f)
	case OpcodeContinuation:
		if in.message.FrameCount > 0 {
			in.data(f)
		}
	}
}

// data adds a data frame to the message under way.
func (in *inspector) data(f *Frame) {
	m := &in.message
	m.FrameCount++
	m.LastFrame = f.Index
	if m.Compressed {
		in.compressed(f)
		return
	}
	isText := m.Opcode == OpcodeText
	before := m.Length
	in.unmasked(f, func(offset int, piece []byte) bool {
		if room := previewLength - len(m.Preview); room > 0 && m.Length == len(m.Preview) && !in.paired {
			m.Preview = append(m.Preview, piece[:min(room, len(piece))]...)
		}
		if isText && !m.BadUTF8 {
			if bad := in.text.Feed(piece); bad >= 0 {
				m.BadUTF8 = true
				at := f.Start + f.HeaderLength + offset + bad
				in.add(Diagnostic{
					Rule: RuleTextInvalidUTF8, Frame: f.Index, start: f.Start, message: in.messageStart, Span: byteSpan(at, at+1),
					value: uint64(piece[bad]), other: uint64(before + offset + bad),
				})
			}
		}
		m.Length += len(piece)
		return isText && !m.BadUTF8 || len(m.Preview) < previewLength && !in.paired
	})
	m.Length = before + f.End - f.Start - f.HeaderLength
	if !f.Header.Has(FIN) || !f.Complete() {
		return
	}
	m.Complete = true
	if isText && !m.BadUTF8 && !in.text.Complete() {
		m.BadUTF8 = true
		span := byteSpan(f.End-1, f.End)
		if f.End == f.Start+f.HeaderLength {
			span = Span{uint64(f.Start) * 8, 1}
		}
		in.add(Diagnostic{
			Rule: RuleTextInvalidUTF8, Frame: f.Index, start: f.Start, message: in.messageStart, Span: span, value: utf8Ends,
		})
	}
	in.list()
}

// list puts the message under way into the report and forgets it.
func (in *inspector) list() {
	r, m := in.report, in.message
	in.message = Message{}
	if in.found && !in.over {
		in.over = true
		if lens := in.inflation.lens; lens != nil {
			lens.Message = m
		}
	}
	r.MessageCount++
	length := m.Length
	if m.Compressed {
		length = m.InflatedLength
	}
	if m.Opcode == OpcodeText && length > len(m.Preview) {
		m.Preview = trimPartialRune(m.Preview)
	}
	in.listed = m
	if len(r.Messages) < ReportLimit {
		r.Messages = append(r.Messages, m)
	}
}

// trimPartialRune drops the beginning of a character at the end of a text that
// was cut off.
func trimPartialRune(b []byte) []byte {
	for back := 1; back <= min(3, len(b)); back++ {
		if c := b[len(b)-back]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-back:]) {
				return b[:len(b)-back]
			}
			break
		}
	}
	return b
}

// closePayload judges what a Close frame says.
func (in *inspector) closePayload(f *Frame) {
	var front [2]byte
	var reason UTF8
	payload := f.Start + f.HeaderLength
	length := f.End - payload
	badAt, bad := -1, byte(0)
	in.unmasked(f, func(offset int, piece []byte) bool {
		skip := 0
		for i := offset; i < 2 && skip < len(piece); i++ {
			front[i] = piece[skip]
			skip++
		}
		if at := reason.Feed(piece[skip:]); at >= 0 {
			badAt, bad = offset+skip+at, piece[skip+at]
			return false
		}
		return true
	})
	said := ClosePayload{HasCode: length >= 2}
	if said.HasCode {
		said.Code = StatusCode(binary.BigEndian.Uint16(front[:]))
	}
	// Length decides here, not content: a reason that is still to come is there.
	if n := f.Header.PayloadLength; n > 2 {
		said.Reason = front[:1]
	} else if n == 1 && length == 1 {
		said.Reason = front[:1]
	}
	if !said.HasCode && f.Header.PayloadLength != 1 {
		return
	}
	set := said.broken(in.report.Sender)
	for id := RuleID(0); set != 0; id, set = id+1, set>>1 {
		if set&1 != 0 {
			span := byteSpan(payload, payload+min(2, length))
			in.add(Diagnostic{Rule: id, Frame: f.Index, start: f.Start, Span: span, opcode: OpcodeClose, value: uint64(said.Code)})
		}
	}
	switch {
	case badAt >= 0:
		at := payload + badAt
		in.add(Diagnostic{
			Rule: RuleCloseReasonInvalidUTF8, Frame: f.Index, start: f.Start, Span: byteSpan(at, at+1),
			value: uint64(bad), other: uint64(badAt - 2),
		})
	case f.Complete() && !reason.Complete():
		in.add(Diagnostic{
			Rule: RuleCloseReasonInvalidUTF8, Frame: f.Index, start: f.Start, Span: byteSpan(f.End-1, f.End), value: utf8Ends,
		})
	}
}

// unmasked hands out the payload data of a frame piece by piece, as a receiver
// reads it, until look returns false.
func (in *inspector) unmasked(f *Frame, look func(offset int, piece []byte) bool) {
	payload := in.src[f.Start+f.HeaderLength : f.End]
	if !f.Header.Has(MASK) || f.Header.MaskingKey == 0 {
		if len(payload) > 0 {
			look(0, payload)
		}
		return
	}
	for offset := 0; offset < len(payload); offset += len(in.scratch) {
		piece := in.scratch[:copy(in.scratch[:], payload[offset:])]
		Mask(piece, f.Header.MaskingKey, uint64(offset))
		if !look(offset, piece) {
			return
		}
	}
}

// AppendUnmasked appends src, the bytes of one direction, with the payload data
// of every frame unmasked as a receiver reads it. Headers stay as they are, so
// every byte keeps its place.
func AppendUnmasked(dst, src []byte) []byte {
	start := len(dst)
	dst = append(dst, src...)
	rest := dst[start:]
	for len(rest) > 0 {
		h, n, err := ParseHeader(rest)
		if err != nil {
			break
		}
		end := n + int(min(h.PayloadLength, uint64(len(rest)-n)))
		if h.Has(MASK) {
			Mask(rest[n:end], h.MaskingKey, 0)
		}
		rest = rest[end:]
	}
	return dst
}

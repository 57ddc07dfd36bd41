package protocol

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// From bytes back to drafts. The one thing that always holds: what is recovered
// encodes to the bytes that it was recovered from.
//
// There are two ways to read bytes. Recover and RecoverFrame read them as a
// receiver would, header first. WithBytes reads them as another state of a draft
// that is known already: where a person flips one bit, the masking key is still
// there although MASK says no, and a payload that was masked with another key
// still is. Only what the draft's own layout cannot say is read afresh.
//
// All this is for payloads that a draft can hold, MaxDraftPayload bytes.

// Recover reads any bytes as at most MaxDrafts drafts. A last frame whose payload
// is not there in full declares its length; a tail that is no whole header, and
// what is left when there are too many frames, becomes raw bytes.
func Recover(src []byte) []Draft {
	var drafts []Draft
	message := OpcodeContinuation
	for len(src) > 0 {
		h, n, err := ParseHeader(src)
		if err != nil {
			return appendRaw(drafts, src)
		}
		end := len(src)
		if h.PayloadLength < uint64(end-n) {
			end = n + int(h.PayloadLength)
		}
		if len(drafts) == MaxDrafts-1 && end < len(src) || end-n > MaxDraftPayload {
			return appendRaw(drafts, src)
		}
		kind := h.Opcode()
		switch kind {
		case OpcodeContinuation:
			kind = message
		case OpcodeText, OpcodeBinary:
			message = kind
		}
		drafts = append(drafts, recoverAs(h, src[n:end], kind))
		if h.Has(FIN) && !h.Opcode().IsControl() {
			message = OpcodeContinuation
		}
		src = src[end:]
	}
	return drafts
}

// appendRaw appends raw bytes, in as many drafts as they need.
func appendRaw(drafts []Draft, src []byte) []Draft {
	for len(src) > MaxDraftPayload {
		drafts = append(drafts, rawDraft(src[:MaxDraftPayload]))
		src = src[MaxDraftPayload:]
	}
	return append(drafts, rawDraft(src))
}

func rawDraft(b []byte) Draft {
	return Draft{Raw: true, Payload: Payload{Form: PayloadHex, Data: string(b)}}
}

// RecoverFrame reads all of src as one frame: everything behind the header is
// its payload, and the length is declared where it says something else. Bytes
// that are no whole header become a raw draft.
func RecoverFrame(src []byte) Draft {
	h, n, err := ParseHeader(src)
	if err != nil || len(src)-n > MaxDraftPayload {
		return rawDraft(src)
	}
	return recoverAs(h, src[n:], h.Opcode())
}

// recoverAs makes a draft of a header and its masked payload. Kind is the opcode
// by which the payload is to be read: that of the message, for a continuation.
func recoverAs(h Header, masked []byte, kind Opcode) Draft {
	d := Draft{Flags: h.Flags}
	if h.Has(MASK) {
		d.Key, d.MaskingKey = KeyGiven, h.MaskingKey
	}
	if h.Form != ShortestForm(h.PayloadLength) {
		d.Form = h.Form
	}
	if h.PayloadLength != uint64(len(masked)) {
		d.LengthGiven, d.Length = true, h.PayloadLength
	}
	d.Payload = recoverPayload(unmasked(masked, h.MaskingKey), kind)
	return d
}

// unmasked returns an unmasked copy.
func unmasked(masked []byte, key MaskingKey) []byte {
	data := bytes.Clone(masked)
	Mask(data, key, 0)
	return data
}

// repeatFrom is the length from which a run of one byte is written as repeat.
const repeatFrom = 65

// recoverPayload picks the way to write the payload that says most about it.
func recoverPayload(data []byte, kind Opcode) Payload {
	var p Payload
	if kind == OpcodeClose && len(data) >= 2 {
		p.CodeGiven, p.Code = true, StatusCode(binary.BigEndian.Uint16(data))
		data = data[2:]
	}
	if n := len(data); n >= repeatFrom && bytes.Count(data, data[:1]) == n {
		p.Form, p.Data, p.Count = PayloadRepeat, string(data[:1]), uint64(n)
		return p
	}
	p.Data = string(data)
	asText := false
	switch kind {
	case OpcodeText:
		asText = mostlyPrintable(data)
	case OpcodeClose:
		asText = p.CodeGiven && utf8.Valid(data)
	case OpcodeBinary:
	default:
		asText = printableOnly(data)
	}
	if len(data) > 0 && !asText {
		p.Form = PayloadHex
	}
	return p
}

// unprintable counts the bytes that a quoted text shows as escapes, line breaks
// and tabs aside.
func unprintable(data []byte) int {
	count := 0
	for i := 0; i < len(data); {
		c := data[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
				count++
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		if size == 1 || !strconv.IsPrint(r) {
			count += size
		}
		i += size
	}
	return count
}

func printableOnly(data []byte) bool { return unprintable(data) == 0 }

// mostlyPrintable reports whether a text frame's payload is better read as text:
// it is valid UTF-8, or three quarters of it can be seen.
func mostlyPrintable(data []byte) bool {
	return utf8.Valid(data) || unprintable(data) <= len(data)/4
}

// WithBytes returns the draft as it were if its bytes were b: in its own layout
// where that can say b, else as RecoverFrame reads b. Either way it encodes to b,
// whatever key the caller gives. The comment stays.
func (d Draft) WithBytes(b []byte) Draft {
	if d.Raw {
		d.Payload.CodeGiven, d.Payload.Code = false, 0
		d.Payload = d.Payload.withData(b)
		return d
	}
	if candidate, ok := d.withOwnLayout(b); ok && candidate.encodesTo(b) {
		return candidate
	}
	fresh := RecoverFrame(b)
	fresh.Comment = d.Comment
	return fresh
}

func (d Draft) encodesTo(b []byte) bool {
	return bytes.Equal(d.AppendTo(make([]byte, 0, len(b)), 0), b) &&
		(d.Key != KeyCaller || !d.Flags.Has(MASK))
}

// layoutOf returns the form of the payload length that the draft writes, and how
// many bytes stand in front of its payload.
func (d Draft) layoutOf() (form LengthForm, keyAt, payloadAt int) {
	form = d.header().Form
	keyAt = 2 + form.extended()
	payloadAt = keyAt
	if d.KeyWritten() {
		payloadAt += 4
	}
	return form, keyAt, payloadAt
}

// withOwnLayout reads b in the layout of the draft. The result is a candidate: it
// may fail to encode to b.
func (d Draft) withOwnLayout(b []byte) (Draft, bool) {
	form, keyAt, payloadAt := d.layoutOf()
	if d.Key == KeyCaller && d.Flags.Has(MASK) {
		// The key that the caller gave is the one in the bytes, as far as they go.
		var key [4]byte
		copy(key[:], b[min(keyAt, len(b)):])
		d = d.WithKey(MaskingKey(binary.BigEndian.Uint32(key[:])))
	}
	whole := d
	whole.Cut = 0
	old := whole.AppendTo(nil, 0)
	if d.Cut > 0 {
		// What was cut off is still behind the bytes.
		tail := old[len(old)-int(min(d.Cut, uint64(len(old)))):]
		if len(tail) == len(old) {
			// Nothing was left of it, so there is nothing to be read in its layout.
			return d, len(b) == 0
		}
		b = append(bytes.Clone(b), tail...)
	}
	if len(b) < payloadAt || len(b)-payloadAt > MaxDraftPayload {
		return Draft{}, false
	}

	n := d
	n.Flags = Flags(b[0])<<8 | Flags(b[1]&0x80)
	if d.Key == KeyAbsent && d.Flags.Has(MASK) && !n.Flags.Has(MASK) {
		n.Key = KeyCaller // without MASK that writes no key either
	}
	if !d.KeyWritten() && n.Flags.Has(MASK) {
		n.Key = KeyAbsent
	}
	n.takeKey(d, old, b, keyAt, payloadAt)
	if !bytes.Equal(old[payloadAt:], b[payloadAt:]) || n.usedKey() != d.usedKey() {
		data := unmasked(b[payloadAt:], n.usedKey())
		if d.Payload == (Payload{}) {
			// Nothing says yet how this payload is written.
			n.Payload = recoverPayload(data, n.Flags.Opcode())
		} else {
			n.Payload = d.Payload.withData(data)
		}
	}
	n.takeLength(d, form, old, b)
	if n.LengthGiven && !d.LengthGiven && form == Length7 && n.Length > 125 {
		// An own layout would have to write 126 in seven bits. If a receiver finds
		// a whole frame here, somebody wrote another frame over this one.
		if fresh := RecoverFrame(b); d.Cut == 0 && !fresh.Raw && !fresh.LengthGiven {
			return Draft{}, false
		}
	}
	return n, true
}

func (d Draft) usedKey() MaskingKey {
	_, used := d.keys(0)
	return used
}

// takeKey takes the masking key from b. Where only the key has changed, the
// payload is still masked with the old one: its bytes and its data both stay.
// Where the payload's bytes have changed as well, a new frame was written over
// the old one and the key is what it seems.
func (d *Draft) takeKey(before Draft, old, b []byte, keyAt, payloadAt int) {
	if payloadAt == keyAt {
		return
	}
	d.Key, d.MaskingKey = KeyGiven, MaskingKey(binary.BigEndian.Uint32(b[keyAt:]))
	if d.MaskingKey == before.MaskingKey {
		return
	}
	used := before.usedKey()
	if !before.XORGiven && !bytes.Equal(old[payloadAt:], b[payloadAt:]) {
		used = d.MaskingKey
	}
	d.XORGiven, d.XOR = used != d.MaskingKey, used
	if !d.XORGiven {
		d.XOR = 0
	}
}

// takeLength takes the payload length from b, in the form that the draft has.
// One that stays as it was is said as it was said before.
func (d *Draft) takeLength(before Draft, form LengthForm, old, b []byte) {
	length := lengthAt(form, b)
	if length == lengthAt(form, old) && before.LengthGiven {
		return
	}
	own := uint64(d.Payload.Len())
	d.LengthGiven, d.Length = length != own, length
	if !d.LengthGiven {
		d.Length = 0
	}
	if form == ShortestForm(length) {
		if length != lengthAt(form, old) {
			d.Form = LengthShortest
		}
	} else {
		d.Form = form
	}
}

// lengthAt reads a payload length that stands in the given form, whatever the
// seven bits in front of it say.
func lengthAt(form LengthForm, b []byte) uint64 {
	switch form {
	case Length16:
		return uint64(binary.BigEndian.Uint16(b[2:]))
	case Length64:
		return binary.BigEndian.Uint64(b[2:])
	}
	return uint64(b[1] & 0x7f)
}

// withData returns the payload with other data, written down in the same way as
// far as that can be done.
func (p Payload) withData(data []byte) Payload {
	if p.deflated {
		if string(p.AppendTo(nil)) == string(data) {
			return p
		}
		// Nothing says that other bytes are somebody's compressed text.
		p = p.Inflate()
		p.Form, p.Count = PayloadHex, 0
	}
	if p.CodeGiven {
		p.CodeGiven, p.Code = len(data) >= 2, 0
		if p.CodeGiven {
			p.Code, data = StatusCode(binary.BigEndian.Uint16(data)), data[2:]
		}
	}
	if p.Form == PayloadRepeat {
		bare := p
		bare.CodeGiven = false
		if string(bare.AppendTo(nil)) == string(data) {
			return p
		}
		p.Form, p.Count = PayloadHex, 0
	}
	p.Data = string(data)
	return p
}

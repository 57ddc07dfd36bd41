package protocol

import "encoding/binary"

// A Draft is a frame as somebody wants it on the wire, legal or not. Its fields
// do not know of each other: a declared length need not be the payload's, a
// masking key may stand there without MASK, the payload may be masked with
// another key than the one written. Every draft encodes to exactly what it says;
// nothing is refused and nothing is repaired. What the bytes then break is for
// Inspect to say.
//
// Drafts are values: two of them are equal (==) when they say the same.

// Draft is one frame to be, or a run of raw bytes between two frames.
type Draft struct {
	// Raw makes the draft a run of bytes without a header: only Payload counts.
	Raw bool
	// Flags are FIN, RSV1 to RSV3, the opcode and MASK as written.
	Flags Flags
	// Key says whether a masking key is written, whatever MASK says.
	Key KeyChoice
	// MaskingKey is the key written when Key is KeyGiven.
	MaskingKey MaskingKey
	// XORGiven makes XOR the key that really masks the payload. Otherwise it is
	// the key written, and without one the payload is left as it is.
	XORGiven bool
	XOR      MaskingKey
	// Form is the form of the payload length. LengthShortest picks by the value.
	Form LengthForm
	// LengthGiven makes Length the payload length declared; otherwise it is the
	// payload's own. What does not fit the form loses its high bits.
	LengthGiven bool
	Length      uint64
	Payload     Payload
	// Cut is how many bytes are missing from the end of the frame. More than
	// there are leaves none.
	Cut uint64
	// Comment is what stood behind # on the line; it never reaches the wire.
	Comment string
}

// KeyChoice says what stands where the masking key belongs.
type KeyChoice uint8

const (
	// KeyCaller: whoever encodes the draft gives the key. Nothing is written
	// when MASK is 0.
	KeyCaller KeyChoice = iota
	// KeyGiven: Draft.MaskingKey is written.
	KeyGiven
	// KeyAbsent: no key is written.
	KeyAbsent
)

// PayloadForm says how a payload is written down, not what it is.
type PayloadForm uint8

// The three ways to write a payload.
const (
	PayloadText PayloadForm = iota
	PayloadHex
	PayloadRepeat
)

// MaxDraftPayload is the most bytes that one payload of a draft may have, and
// all payloads of one text of notation together: 16 MiB. It keeps
// repeat(00,999999999999) from being believed.
const MaxDraftPayload = 16 << 20

// Payload is the payload data of a draft before masking.
type Payload struct {
	Form PayloadForm
	// CodeGiven puts Code in front of the data, as a Close frame has it. Any
	// opcode may.
	CodeGiven bool
	Code      StatusCode
	// Data is the text, the bytes, or what is repeated.
	Data string
	// Count is how often Data is repeated; it counts only for PayloadRepeat.
	Count uint64

	// packed is what all that is compressed to; payload_deflate.go has the rest.
	deflated  bool
	deflation Deflation
	packed    string
}

// Len returns the payload's length in bytes, at most MaxDraftPayload.
func (p Payload) Len() int {
	n := uint64(len(p.Data))
	if p.deflated {
		n = uint64(len(p.packed))
	} else if p.Form == PayloadRepeat && n > 0 {
		n *= min(p.Count, MaxDraftPayload/n)
	}
	if p.CodeGiven {
		n += 2
	}
	return int(min(n, MaxDraftPayload))
}

// AppendTo appends the payload as it is before masking, Len bytes.
func (p Payload) AppendTo(dst []byte) []byte {
	room := p.Len()
	if p.CodeGiven {
		dst = binary.BigEndian.AppendUint16(dst, uint16(p.Code))
		room -= 2
	}
	if p.deflated {
		return append(dst, p.packed[:min(room, len(p.packed))]...)
	}
	if p.Form != PayloadRepeat {
		return append(dst, p.Data[:min(room, len(p.Data))]...)
	}
	if room <= 0 {
		return dst
	}
	// Doubling what is there already copies in long runs.
	start := len(dst)
	dst = append(dst, p.Data...)
	for done := len(dst) - start; done < room; done = len(dst) - start {
		dst = append(dst, dst[start:start+min(done, room-done)]...)
	}
	return dst
}

// KeyWritten reports whether a masking key stands in the bytes.
func (d Draft) KeyWritten() bool {
	return d.Key == KeyGiven || d.Key == KeyCaller && d.Flags.Has(MASK)
}

// header returns the header as the draft wants it; the key is written apart.
func (d Draft) header() Header {
	h := Header{Flags: d.Flags & flagsMask, Form: d.Form, PayloadLength: d.Length}
	if !d.LengthGiven {
		h.PayloadLength = uint64(d.Payload.Len())
	}
	if h.Form == LengthShortest {
		h.Form = ShortestForm(h.PayloadLength)
	}
	return h
}

// keys returns the key written and the key that masks the payload.
func (d Draft) keys(caller MaskingKey) (written, used MaskingKey) {
	switch {
	case d.Key == KeyGiven:
		written = d.MaskingKey
	case d.KeyWritten():
		written = caller
	}
	used = written
	if d.XORGiven {
		used = d.XOR
	}
	return written, used
}

// AppendTo appends the bytes of the draft. The key is the one that the caller
// gives to a frame that names none.
func (d Draft) AppendTo(dst []byte, key MaskingKey) []byte {
	if d.Raw {
		return d.Payload.AppendTo(dst)
	}
	start := len(dst)
	h := d.header()
	written, used := d.keys(key)
	h.MaskingKey = written
	dst = h.AppendTo(dst)
	switch says, has := h.Has(MASK), d.KeyWritten(); {
	case says && !has:
		dst = dst[:len(dst)-4]
	case has && !says:
		dst = binary.BigEndian.AppendUint32(dst, uint32(written))
	}
	payload := len(dst)
	dst = d.Payload.AppendTo(dst)
	Mask(dst[payload:], used, 0)
	whole := uint64(len(dst) - start)
	return dst[:start+int(whole-min(whole, d.Cut))]
}

// WithKey returns the draft with the key written into it, if it is one whose key
// the caller gives and MASK asks for one.
func (d Draft) WithKey(key MaskingKey) Draft {
	if !d.Raw && d.Key == KeyCaller && d.Flags.Has(MASK) {
		d.Key, d.MaskingKey = KeyGiven, key
	}
	return d
}

// Len returns how many bytes the draft becomes.
func (d Draft) Len() int {
	n := uint64(d.Payload.Len())
	if d.Raw {
		return int(n)
	}
	n += 2 + uint64(d.header().Form.extended())
	if d.KeyWritten() {
		n += 4
	}
	return int(n - min(n, d.Cut))
}

package main

import (
	"encoding/binary"
	"unicode/utf8"

	"framecraft/protocol"
)

// Edits of bytes. What is typed into the hex grid, or clicked in the diagram,
// changes the draft's bytes at that place and nowhere else; the draft is then
// read anew from its bytes, as near to what it was as they allow.

// flip carries out `flip I BIT`. Bit 0 is the most significant bit of the
// draft's first byte, as in the RFC's diagrams.
func (e *editor) flip(name string, words []string, _ string) error {
	i, err := parseIndex(name, words[0], len(e.drafts))
	if err != nil {
		return err
	}
	wire := e.drafts[i].AppendTo(nil, 0)
	bit, err := parseIndex(name, words[1], 8*len(wire))
	if err != nil {
		return err
	}
	wire[bit/8] ^= 0x80 >> (bit % 8)
	e.drafts[i] = e.drafts[i].WithBytes(wire)
	return nil
}

// splice carries out `splice I OFFSET DELETE` on the bytes on the wire and
// `unmasked I OFFSET DELETE` on the payload data before masking.
func (e *editor) splice(name string, words []string, value string) error {
	i, err := parseIndex(name, words[0], len(e.drafts))
	if err != nil {
		return err
	}
	d := e.drafts[i]
	var old []byte
	if name == "splice" {
		old = d.AppendTo(nil, 0)
	} else {
		old = d.Payload.AppendTo(nil)
	}
	offset, err := parseIndex(name, words[1], len(old)+1)
	if err != nil {
		return err
	}
	count, err := parseIndex(name, words[2], len(old)-offset+1)
	if err != nil {
		return err
	}
	with, err := parseHex(name, value)
	if err != nil {
		return err
	}
	n := len(old) - count + len(with)
	if n > protocol.MaxDraftPayload {
		return tooMuch("bytes of one draft", uint64(n), protocol.MaxDraftPayload)
	}
	b := append(make([]byte, 0, n), old[:offset]...)
	b = append(b, with...)
	b = append(b, old[offset+count:]...)
	if name == "splice" {
		e.drafts[i] = d.WithBytes(b)
	} else {
		e.drafts[i].Payload = withData(d.Payload, b)
	}
	return nil
}

// withData returns a payload of these bytes, written in the form of p where
// that can say them: the first two as a status code, the rest as text.
// Anything else is written in hex.
func withData(p protocol.Payload, b []byte) protocol.Payload {
	q := protocol.Payload{Form: protocol.PayloadHex}
	short := p.CodeGiven && len(b) < 2
	if p.CodeGiven && !short {
		q.CodeGiven, q.Code = true, protocol.StatusCode(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	_, deflated := p.Deflation()
	if p.Form == protocol.PayloadText && !deflated && !short && utf8.Valid(b) {
		q.Form = protocol.PayloadText
	}
	q.Data = string(b)
	return q
}

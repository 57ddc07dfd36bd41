package testpeer

import (
	"bytes"
	"time"

	"framecraft/protocol"
)

// Chop makes every later write one of at most n bytes.
func (p *Peer) Chop(n int) { p.size = n }

// Write sends bytes in the manner that Chop has set. A write fails when the
// server has ended the connection already, which is for the reading side to
// judge.
func (p *Peer) Write(b []byte) {
	for len(b) > 0 {
		n := len(b)
		if p.size > 0 {
			n = min(n, p.size)
		}
		if _, err := p.TCP.Write(b[:n]); err != nil {
			return
		}
		b = b[n:]
	}
}

func (p *Peer) parse(lines string) []protocol.Draft {
	p.t.Helper()
	drafts, err := protocol.ParseNotation(lines)
	if err != nil {
		p.t.Fatalf("%v in %q", err, lines)
	}
	return drafts
}

// Encode turns lines of notation into frames, each with a key of its own.
func (p *Peer) Encode(lines string) (frames [][]byte) {
	p.t.Helper()
	for _, draft := range p.parse(lines) {
		frames = append(frames, draft.AppendTo(nil, p.nextKey()))
	}
	return frames
}

// nextKey is a step of a linear congruential generator.
func (p *Peer) nextKey() protocol.MaskingKey {
	p.key = p.key*1664525 + 1013904223
	return p.key
}

// Send writes the frames of lines of notation, all together.
func (p *Peer) Send(lines string) {
	p.t.Helper()
	p.Write(bytes.Join(p.Encode(lines), nil))
}

// AppendFrame appends a masked frame.
func (p *Peer) AppendFrame(dst []byte, flags protocol.Flags, payload []byte) []byte {
	h := protocol.Header{Flags: flags | protocol.MASK, MaskingKey: p.nextKey(), PayloadLength: uint64(len(payload))}
	dst = h.AppendTo(dst)
	start := len(dst)
	dst = append(dst, payload...)
	protocol.Mask(dst[start:], h.MaskingKey, 0)
	return dst
}

// Fragments cuts a message; a size that divides it leaves an empty last frame.
func (p *Peer) Fragments(opcode protocol.Opcode, payload []byte, size int) (wire []byte) {
	flags := protocol.Flags(0).WithOpcode(opcode)
	for len(payload) >= size {
		wire = p.AppendFrame(wire, flags, payload[:size])
		flags, payload = 0, payload[size:]
	}
	return p.AppendFrame(wire, flags|protocol.FIN, payload)
}

// RoundTrip sends a message in the bytes that it has on the wire, and reads it
// back.
func (p *Peer) RoundTrip(opcode protocol.Opcode, wire, payload []byte) {
	p.t.Helper()
	// The answer may begin while the last of it is still being sent, so somebody
	// has to read meanwhile.
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.Write(wire)
	}()
	p.ExpectFrame(opcode, payload)
	<-done
}

// Forever writes the same bytes until the connection ends or Patience does.
func (p *Peer) Forever(b []byte) {
	b = bytes.Repeat(b, 1+4096/len(b))
	p.TCP.SetWriteDeadline(time.Now().Add(Patience))
	for {
		if _, err := p.TCP.Write(b); err != nil {
			return
		}
	}
}

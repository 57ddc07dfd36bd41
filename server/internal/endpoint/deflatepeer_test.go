package endpoint

import (
	"bytes"
	"compress/flate"
	"strings"
	"testing"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// A client that speaks permessage-deflate: it compresses with the standard
// library and inflates with our own inflater in its strict mode, which fails on
// anything beyond the window and the context that were agreed on.

type deflatePeer struct {
	*testpeer.Peer
	t      testing.TB
	agreed protocol.DeflateParams
	// accepted is whether anything was agreed on at all, element how.
	accepted bool
	element  string

	packed   bytes.Buffer
	writer   *flate.Writer
	inflater *protocol.Inflater
}

// dialDeflate offers, and holds the answer against the offers.
func dialDeflate(t testing.TB, address, target, offer string, lines ...string) *deflatePeer {
	t.Helper()
	p := &deflatePeer{Peer: testpeer.Connect(t, address), t: t}
	p.Write([]byte(testpeer.Request(address, target, append(lines, "Sec-WebSocket-Extensions: "+offer)...)))
	answer := p.ReadAnswer()
	if !strings.HasPrefix(answer, "HTTP/1.1 101 ") {
		t.Fatalf("handshake answered with %q", answer)
	}
	if _, rest, ok := strings.Cut(answer, "\r\nSec-WebSocket-Extensions: "); ok {
		p.element, _, _ = strings.Cut(rest, "\r\n")
		offers, err := protocol.ParseExtensions(offer)
		if err != nil {
			t.Fatal(err)
		}
		responses, err := protocol.ParseExtensions(p.element)
		if err != nil {
			t.Fatal(err)
		}
		if p.agreed, p.accepted, err = protocol.ReadDeflateResponse(offers, responses); err != nil {
			t.Fatalf("%q answers %q: %v", p.element, offer, err)
		}
	}
	p.inflater = protocol.NewInflater(protocol.InflateConfig{
		WindowBits:        p.agreed.WindowBits(protocol.RoleServer),
		NoContextTakeover: p.agreed.ServerNoContextTakeover,
		Limit:             1 << 25,
	})
	return p
}

// pack compresses the next message; its window is the largest.
func (p *deflatePeer) pack(message []byte) []byte {
	p.packed.Reset()
	if p.writer == nil {
		p.writer, _ = flate.NewWriter(&p.packed, flate.BestSpeed)
	}
	if p.agreed.ClientNoContextTakeover {
		p.writer.Reset(&p.packed)
	}
	p.writer.Write(message)
	p.writer.Flush()
	return bytes.Clone(bytes.TrimSuffix(p.packed.Bytes(), []byte{0, 0, 0xff, 0xff}))
}

// fragments cuts a compressed message; 0 leaves it whole.
func (p *deflatePeer) fragments(opcode protocol.Opcode, packed []byte, size int) (wire []byte) {
	flags := protocol.Flags(0).WithOpcode(opcode) | protocol.RSV1
	for size > 0 && len(packed) > size {
		wire = p.AppendFrame(wire, flags, packed[:size])
		flags, packed = 0, packed[size:]
	}
	return p.AppendFrame(wire, flags|protocol.FIN, packed)
}

// next returns the next message, inflated, and whether it was compressed.
func (p *deflatePeer) next() (opcode protocol.Opcode, message []byte, compressed bool) {
	p.t.Helper()
	f, err := p.Next(testpeer.Patience)
	for err == nil && f.Header.Opcode() == protocol.OpcodePing {
		p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodePong), f.Payload))
		f, err = p.Next(testpeer.Patience)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	if f.Header.Flags&^protocol.RSV1 != protocol.FIN.WithOpcode(f.Header.Opcode()) {
		p.t.Fatalf("found %v with flags %04x", f, f.Header.Flags)
	}
	if !f.Header.Has(protocol.RSV1) {
		return f.Header.Opcode(), f.Payload, false
	}
	if !p.accepted {
		p.t.Fatalf("found %v compressed, and nothing was agreed on", f)
	}
	message, err = p.inflater.Inflate(nil, f.Payload)
	if err != nil {
		p.t.Fatalf("%v in an answer under %q", err, p.element)
	}
	message, end, err := p.inflater.Finish(message)
	if err != nil || end != protocol.InflateComplete {
		p.t.Fatalf("an answer under %q ends with %v, %v", p.element, end, err)
	}
	return f.Header.Opcode(), message, true
}

// expect reads the next message and compares it.
func (p *deflatePeer) expect(opcode protocol.Opcode, want []byte) (compressed bool) {
	p.t.Helper()
	got, message, compressed := p.next()
	if got != opcode || !bytes.Equal(message, want) {
		p.t.Fatalf("found %v %.100q of %d bytes, expected %v %.100q of %d", got, message, len(message), opcode, want, len(want))
	}
	return compressed
}

// echo sends a message compressed and reads it back.
func (p *deflatePeer) echo(opcode protocol.Opcode, message []byte, size int) (compressed bool) {
	p.t.Helper()
	wire := p.fragments(opcode, p.pack(message), size)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.Write(wire)
	}()
	compressed = p.expect(opcode, message)
	<-done
	return compressed
}

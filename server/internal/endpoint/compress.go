package endpoint

import (
	"errors"
	"runtime"
	"slices"
	"sync"

	"framecraft/protocol"

	"github.com/klauspost/compress/flate"
)

// The codec does the work of permessage-deflate: a message in, a message out.
// Nothing else knows which code does it. Measured on 128 KiB of JSON, one core:
//
//	inflating    protocol.Inflater      750 MB/s; it also sees what breaks the window
//	             klauspost/compress     340 MB/s
//	compressing  klauspost level 1      330 MB/s to 21 %; within any window 190 MB/s to 18 %
//	             klauspost stateless    270 MB/s to 23 %; cannot be given a small window
//	             protocol.AppendDeflate  22 MB/s to 14 %; made for crafting
//
// So the inflater is our own, and the compressor is level 1 where the window is
// the largest and the one with a window of its own elsewhere. Incompressible data
// costs next to nothing: the compressor notices.
//
// A compressor weighs 1.0 to 1.3 MiB and an inflater 64 KiB and its tables, so
// they belong to whoever has a message in hand, and only so many may at a time as
// can run at a time. That bounds what compression bombs cost altogether: a message
// in hand takes as much as a message may have, with at most twice as much that it
// has grown out of and the collector will find; the others wait in the form in
// which they came. Nobody waits for a peer meanwhile: what is sent is written when
// the codec is free again.

// codecs are the places for messages in hand.
var codecs = make(chan struct{}, runtime.GOMAXPROCS(0))

// codec is an inflater, and room for what comes out of it and of a compressor.
type codec struct {
	inflater   *protocol.Inflater
	inflated   []byte
	compressed sink
	arrived    int // bytes of the message in hand, as it came
}

// detach leaves the room for an inflated message, and for a compressed one, to
// whoever uses what is in it.
func (z *codec) detach(compressed bool) {
	z.inflated = nil
	if compressed {
		z.compressed.b = nil
	}
}

// sink gathers what a compressor writes. Its room grows by doubling, as the
// inflater's does, up to the length from where on the result is of no use.
type sink struct {
	b      []byte
	useful int
}

func (s *sink) Write(p []byte) (int, error) {
	if n := len(s.b) + len(p); n > cap(s.b) {
		s.b = slices.Grow(s.b, max(len(p), min(n+cap(s.b), s.useful)-len(s.b)))
	}
	s.b = append(s.b, p...)
	return len(p), nil
}

var codecPool = sync.Pool{New: func() any {
	return &codec{inflater: protocol.NewInflater(protocol.InflateConfig{})}
}}

// keptRoom is how much room a codec keeps from one message to the next.
const keptRoom = 1 << 20

// takeCodec waits for a place.
func takeCodec() *codec {
	codecs <- struct{}{}
	return codecPool.Get().(*codec)
}

func putCodec(z *codec) {
	if cap(z.inflated) > keptRoom || cap(z.compressed.b) > keptRoom {
		z.detach(true)
	}
	codecPool.Put(z)
	<-codecs
}

// inflate returns what a message of the client inflates to, in the codec's own
// room. Its error is a *protocol.InflateError.
func (z *codec) inflate(src []byte, d *deflating, limit int) (message []byte, err error) {
	config := d.inflate
	config.Limit = limit
	z.inflater.Resume(config, d.received.bytes())
	if z.inflated == nil {
		z.inflated = getBuffer(len(src))
	}
	z.inflated, err = z.inflater.Inflate(z.inflated[:0], src)
	if err == nil {
		// How the message ended is of no interest: nothing is lost whether its tail
		// was kept or is missing.
		z.inflated, _, err = z.inflater.Finish(z.inflated)
	}
	if err != nil {
		return nil, err
	}
	d.received.add(z.inflated)
	return z.inflated, nil
}

// writers are the compressors by the bits of their window.
var writers [protocol.MaxWindowBits + 1]sync.Pool

func takeWriter(bits int) (*flate.Writer, error) {
	if w, ok := writers[bits].Get().(*flate.Writer); ok {
		return w, nil
	}
	if bits == protocol.MaxWindowBits {
		return flate.NewWriter(nil, flate.BestSpeed)
	}
	return flate.NewWriterWindow(nil, 1<<bits)
}

// incompressible is the length up to which the compressor only stores.
const incompressible = 15

// triedAlready reports whether a message is a long one that came in compressed
// and was not shorter for it. A compressor has tried its best then, and another
// one would cost as much as all the rest.
func (z *codec) triedAlready(message []byte) bool {
	return len(message) >= copyBelow && len(z.inflated) == len(message) && &z.inflated[0] == &message[0] &&
		z.arrived >= len(message)
}

// compress returns a message of the server compressed, in the codec's own room,
// or false where that does not make it smaller.
func (z *codec) compress(src []byte, d *deflating) ([]byte, bool) {
	if len(src) <= incompressible || z.triedAlready(src) {
		return nil, false
	}
	w, err := takeWriter(d.window)
	if err != nil {
		return nil, false
	}
	z.compressed.b, z.compressed.useful = z.compressed.b[:0], len(src)
	w.ResetDict(&z.compressed, d.sent.bytes())
	_, err = w.Write(src)
	err = errors.Join(err, w.Flush())
	w.ResetDict(nil, nil) // it must hold on neither to the room nor to the window
	writers[d.window].Put(w)
	// Flush ends on an empty stored block, whose length is not sent (RFC 7692,
	// section 7.2.1).
	n := len(z.compressed.b) - len("\x00\x00\xff\xff")
	if err != nil || n >= len(src) {
		return nil, false
	}
	d.sent.add(src)
	return z.compressed.b[:n], true
}

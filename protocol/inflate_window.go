package protocol

// What an inflater tells while it reads, and what it copies from: the window.
//
// The last 32 KiB of output stay in a buffer twice that size, so most of the time
// a byte is written once and not moved; when the buffer is full its second half
// becomes the first. The window that was agreed may be smaller, and with
// no_context_takeover it ends where the message begins. The bytes beyond it are
// kept all the same: only so can it be said that a sender reached there, and what
// it meant (RFC 7692, section 7.2.1).

const (
	minMatch = 3
	maxMatch = 258
	// maxWindow is as far back as DEFLATE can reach.
	maxWindow = 1 << MaxWindowBits
	// The fast path writes a few literals and a match before it looks.
	windowSlack  = maxMatch + 16
	windowBuffer = 2*maxWindow + windowSlack
)

// BlockType is the type of a DEFLATE block (RFC 1951, section 3.2.3).
type BlockType uint8

// The block types as the stream has them. BlockReserved is an error.
const (
	BlockStored BlockType = iota
	BlockFixed
	BlockDynamic
	BlockReserved
)

// String returns the type's name.
func (b BlockType) String() string {
	return [...]string{"stored", "fixed", "dynamic", "reserved"}[b&3]
}

// InflateMatch is a copy of bytes that were inflated before.
type InflateMatch struct {
	Length, Distance int
	// BeyondWindow: the distance is larger than the window agreed.
	BeyondWindow bool
	// PreviousMessage: it begins in a message before this one.
	PreviousMessage bool
	// Forgotten: it begins in a message before this one, whose window was to be
	// given up: no_context_takeover was agreed.
	Forgotten bool
}

// InflateVisitor is shown a message's compressed data piece by piece. Spans count
// the bits of the message in the order in which DEFLATE reads them: bit n is bit
// n%8 of byte n/8, the least significant bit being bit 0. Bits beyond the
// message's data are those of the four bytes 00 00 ff ff that belong behind it.
type InflateVisitor interface {
	// Block begins a block: its BFINAL and BTYPE bits.
	Block(at Span, kind BlockType, final bool)
	// Stored is a run of a stored block's data; a block may come in several.
	Stored(at Span, data []byte)
	// Codes are the code lengths of a dynamic block: of the code length alphabet,
	// of literals and lengths, and of distances. They are valid until it returns.
	Codes(at Span, precode, litlen, dist []uint8)
	Literal(at Span, value byte)
	Match(at Span, match InflateMatch)
	// Padding is the bits up to the next byte, in front of the length of a stored
	// block or behind a block with BFINAL. They should be zero.
	Padding(at Span, value byte)
	// Length is LEN and NLEN of a stored block.
	Length(at Span, length int)
	// EndOfBlock is the code that ends a block, no bits for a stored one, and the
	// bits of the block from its header on.
	EndOfBlock(at, block Span)
}

// inflateWindow is the buffer of output.
type inflateWindow struct {
	buf []byte
	// pos is where the next byte goes, sent how far the output has been given out.
	pos, sent int
	// message is where the message begins, which may be before the buffer does,
	// and floor the first byte that it may still refer to.
	message, floor int
}

// begin begins a message.
func (w *inflateWindow) begin(forget bool) {
	w.message = w.pos
	if forget {
		w.floor = w.pos
	}
}

// reset forgets everything but the memory.
func (w *inflateWindow) reset() { *w = inflateWindow{buf: w.buf} }

// allocate makes the buffer, once.
func (w *inflateWindow) allocate() {
	if w.buf == nil {
		w.buf = make([]byte, windowBuffer)
	}
}

// fill puts output of earlier messages into an empty window.
func (w *inflateWindow) fill(history []byte) {
	if len(history) > 0 {
		w.allocate()
		w.pos = copy(w.buf, history[max(0, len(history)-maxWindow):])
		w.sent = w.pos
	}
}

// flush gives out what has come since last time; at most left bytes come after it.
func (w *inflateWindow) flush(dst []byte, left uint64) []byte {
	out := w.buf[w.sent:w.pos]
	w.sent = w.pos
	return appendDoubling(dst, out, left)
}

// slide makes room, once all output has been given out. What is left is exactly
// as far as a distance can reach.
func (w *inflateWindow) slide() {
	shift := w.pos - maxWindow
	copy(w.buf, w.buf[shift:w.pos])
	w.pos, w.sent = maxWindow, maxWindow
	w.message = max(w.message-shift, -1)
	w.floor = max(w.floor-shift, 0)
}

// full reports whether the fast path, and any match, still has room.
func (w *inflateWindow) full() bool { return w.pos > windowBuffer-windowSlack }

// copyWithin writes length bytes from distance bytes back and returns where they
// end. The two runs may overlap, and then the copy repeats what it has just
// written.
func copyWithin(buf []byte, pos, length, distance int) int {
	from, end := pos-distance, pos+length
	if distance >= length {
		copy(buf[pos:end], buf[from:from+length])
		return end
	}
	for pos < end {
		// Each round doubles what can be copied in one piece.
		pos += copy(buf[pos:end], buf[from:pos])
	}
	return end
}

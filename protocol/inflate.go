package protocol

import "strconv"

// Inflating the messages of permessage-deflate (RFC 7692, section 7.2.2; RFC
// 1951). A library's inflater gives bytes; this one also knows where they came
// from, which is what the rules about windows and contexts are about.
//
// A message is DEFLATE data whose last four bytes, 00 00 ff ff, were left away:
// the length of an empty stored block. Finish puts them back. A block with BFINAL
// does not end the message: the next block begins with the next byte (section
// 7.2.3.4).
//
// The data may come in any pieces. What has to be read at once, a symbol with its
// extra bits at most, waits among the bits in hand until the rest of it is there;
// nothing is ever read twice, and no result depends on where the pieces were cut.

// InflateConfig is what an Inflater has to know. The zero value is for a
// direction of permessage-deflate without parameters.
type InflateConfig struct {
	// WindowBits is the window agreed for the direction, 8 to 15; 0 is 15.
	WindowBits int
	// NoContextTakeover: every message begins with an empty window.
	NoContextTakeover bool
	// Limit is how many bytes a message may inflate to; 0 is MaxDraftPayload.
	Limit int
	// Lenient follows a match to beyond the window agreed, or into a message
	// before this one that should be forgotten, if the bytes are still there.
	// The Visitor is told. Otherwise it is an error.
	Lenient bool
	// Visitor is shown every piece; nil costs nothing.
	Visitor InflateVisitor
}

// An Inflater inflates the messages of one direction, one after the other. It
// holds 64 KiB from its first message on and takes no more memory after that.
type Inflater struct {
	config InflateConfig
	window inflateWindow
	limit  uint64
	reach  int
	err    error

	// src is the piece under way and at how far it is read.
	src []byte
	at  int
	// bits are nbits bits in hand, the next one lowest; all above are zero.
	bits  uint64
	nbits uint
	// loaded is how many bytes of the message have gone through bits, and out how
	// many have come out.
	loaded, out uint64

	state inflateState
	// open: a message has begun.
	open bool
	// The block under way: where it began, and what is left of a stored one.
	block  uint64
	kind   BlockType
	final  bool
	stored int
	// emptyStored: the block before was a stored one without data.
	emptyStored bool

	// The header of a dynamic block under way.
	codesAt                    uint64
	numLitlen, numDist, numPre int
	have                       int
	preLengths                 [precodeSymbols]uint8
	lengths                    [maxLitlenSymbols + maxDistSymbols + 4]uint8

	// The tables, and whether they are those of the fixed codes.
	fixed                bool
	litlenMask, distMask uint32
	litlen               [litlenEntries]uint32
	dist                 [distEntries]uint32
}

// inflateState is what the next bits are.
type inflateState uint8

const (
	inflateHeader inflateState = iota
	inflateStored
	inflateStoredData
	inflateCounts
	inflatePrecode
	inflateLengths
	inflateSymbols
)

// messageTail is LEN and NLEN of an empty stored block: what a message is sent
// without.
var messageTail = []byte{0, 0, 0xff, 0xff}

// NewInflater returns an inflater for one direction of a connection.
func NewInflater(config InflateConfig) *Inflater {
	z := new(Inflater)
	z.configure(config)
	return z
}

func (z *Inflater) configure(config InflateConfig) {
	z.config, z.limit = config, uint64(config.Limit)
	if config.Limit <= 0 {
		z.limit = MaxDraftPayload
	}
	z.reach = 1 << windowBits(config.WindowBits)
}

// InflateReason is what went wrong, for callers that have to choose an answer.
type InflateReason uint8

const (
	// InflateBlockReserved: a block has the type 11.
	InflateBlockReserved InflateReason = iota
	// InflateStoredLength: NLEN is not the complement of LEN.
	InflateStoredLength
	// InflateCounts: there are more symbols than the alphabets have.
	InflateCounts
	// InflateCodeOver: the lengths of a code ask for more than there is room for.
	InflateCodeOver
	// InflateCodeIncomplete: bit patterns are left that mean nothing.
	InflateCodeIncomplete
	// InflateRepeat: a length is repeated before there is one, or too often.
	InflateRepeat
	// InflateNoEnd: the block has no code to end it with.
	InflateNoEnd
	// InflateSymbol and InflateDistanceSymbol: bits that are no symbol, or one
	// that must not occur.
	InflateSymbol
	InflateDistanceSymbol
	// InflateDistance: a match begins before all data.
	InflateDistance
	// InflateWindow: a match reaches beyond the window agreed.
	InflateWindow
	// InflateForgotten: a match begins in a message before this one although
	// no_context_takeover was agreed.
	InflateForgotten
	// InflateLimit: the message is larger than the caller allows.
	InflateLimit
	// InflateUnfinished: the message ends inside a block.
	InflateUnfinished
)

// InflateError says where a message cannot be inflated, and why.
type InflateError struct {
	Reason InflateReason
	// At are the bits that it is about, counted like an InflateVisitor's.
	At Span
	// Found is what is there, Expected what could have been.
	Found, Expected string
}

// Error returns the whole sentence.
func (e *InflateError) Error() string {
	return "bit " + strconv.FormatUint(e.At.Bit, 10) + " of the compressed data: found " +
		e.Found + ", expected " + e.Expected
}

// InflateEnd is how a message ended that could be inflated.
type InflateEnd uint8

const (
	// InflateComplete: with 00 00 ff ff put back it ends on an empty stored block.
	InflateComplete InflateEnd = iota
	// InflateTailKept: 00 00 ff ff was not removed.
	InflateTailKept
	// InflateTailMissing: it does not end on an empty stored block. That includes
	// a message without any data.
	InflateTailMissing
)

// Inflate appends what the next piece of a message's compressed data inflates to.
// Its error is an *InflateError, after which nothing more can be inflated.
func (z *Inflater) Inflate(dst, src []byte) ([]byte, error) {
	if z.err != nil {
		return dst, z.err
	}
	if !z.open {
		z.begin()
	}
	z.src, z.at = src, 0
	for z.err == nil && z.step() {
		if z.window.full() {
			dst = z.window.flush(dst, z.limit-z.out)
			z.window.slide()
		}
	}
	z.src = nil
	return z.window.flush(dst, z.limit-z.out), z.err
}

// Finish ends the message: it appends what comes when 00 00 ff ff is put back,
// and says how the message ended. The next piece belongs to the next message.
func (z *Inflater) Finish(dst []byte) (out []byte, end InflateEnd, err error) {
	if !z.open && z.err == nil {
		z.begin()
	}
	// Between two blocks, with no bit in hand, the tail would begin a block that
	// it does not end. Then it was not removed, or never was there.
	if z.state == inflateHeader && z.nbits == 0 {
		end = InflateTailMissing
		if z.emptyStored {
			end = InflateTailKept
		}
		z.open = false
		return dst, end, z.err
	}
	dst, _ = z.Inflate(dst, messageTail)
	end, err = z.conclude()
	return dst, end, err
}

// conclude ends the message behind the tail that was put back.
func (z *Inflater) conclude() (InflateEnd, error) {
	end := InflateTailMissing
	switch {
	case z.err != nil:
	case z.state == inflateHeader:
		if z.nbits == 0 && z.emptyStored {
			end = InflateComplete
		}
	case z.state != inflateStored:
		z.fail(InflateUnfinished, z.position(), z.nbits, "the end of the message", "the rest of a "+z.kind.String()+" block")
	}
	z.open = false
	return end, z.err
}

// Reset forgets the message under way, all messages before it and any error.
func (z *Inflater) Reset() {
	z.window.reset()
	z.err, z.open = nil, false
}

// Resume makes an inflater that is done with one connection ready for another,
// whose messages before this one ended with history: what is left of it after
// MaxWindowBits is all that counts. So a few inflaters serve many connections,
// and a connection keeps no more than its window.
func (z *Inflater) Resume(config InflateConfig, history []byte) {
	z.configure(config)
	z.Reset()
	z.window.fill(history)
}

// begin begins a message.
func (z *Inflater) begin() {
	z.window.allocate()
	z.window.begin(z.config.NoContextTakeover)
	z.open, z.state, z.emptyStored = true, inflateHeader, false
	z.bits, z.nbits, z.loaded, z.out = 0, 0, 0, 0
}

// fail sets the error.
func (z *Inflater) fail(reason InflateReason, bit uint64, n uint, found, expected string) bool {
	z.err = &InflateError{reason, Span{bit, uint64(n)}, found, expected}
	return false
}

// position is the bit that comes next.
func (z *Inflater) position() uint64 { return z.loaded*8 - uint64(z.nbits) }

// fill takes as many bits in hand as there is room for.
func (z *Inflater) fill() {
	for z.nbits <= 55 && z.at < len(z.src) {
		z.bits |= uint64(z.src[z.at]) << z.nbits
		z.nbits += 8
		z.at++
		z.loaded++
	}
}

// need reports whether n bits are in hand, at most 56.
func (z *Inflater) need(n uint) bool {
	if z.nbits < n {
		z.fill()
	}
	return z.nbits >= n
}

// take takes n bits that are in hand.
func (z *Inflater) take(n uint) uint32 {
	v := uint32(z.bits & (1<<n - 1))
	z.bits >>= n
	z.nbits -= n
	return v
}

package protocol

import (
	"encoding/binary"
	"math/bits"
)

// Deflating a message as somebody wants it (RFC 7692, section 7.2.1; RFC 1951):
// in blocks of a chosen type, within a chosen window, with or without BFINAL, the
// tail removed or kept. It is made for crafting, so what it is told counts more
// than what would be smallest.
//
// Matches are found by chains: all earlier places with the same three bytes, the
// nearest first, as far as the window reaches. A match waits for one byte in case
// a longer one begins there. Literals and matches gather in a block until there
// are blockTokens of them; then its type is chosen and it is written.

// BlockChoice is the type of the blocks that AppendDeflate writes.
type BlockChoice uint8

const (
	// ChooseSmallest takes for each block whatever type makes it smallest.
	ChooseSmallest BlockChoice = iota
	ChooseStored
	ChooseFixed
	ChooseDynamic
)

// DeflateOptions say how a message is compressed. The zero value is for a
// message of a connection without context and without parameters.
type DeflateOptions struct {
	// WindowBits is the window, 8 to 15; 0 is 15. No match reaches farther.
	WindowBits int
	Block      BlockChoice
	// Final sets BFINAL on the last block of data. An empty stored block follows
	// all the same, as in RFC 7692, section 7.2.3.4.
	Final bool
	// KeepTail leaves 00 00 ff ff where it is. Between two parts of a message that
	// is right; at its end it is a mistake.
	KeepTail bool
	// History is what the receiver's window holds from before.
	History []byte
}

const (
	// blockTokens bounds what a block takes: a code that fits is worth more than
	// a header saved.
	blockTokens = 1 << 14
	// chainLimit is how many earlier places are looked at.
	chainLimit = 128
	// nearMatch is how far away three bytes are still worth more than three
	// literals: the extra bits of the distance cost more than they save.
	nearMatch    = 32
	maxStored    = 1<<16 - 1
	maxHashBits  = 15
	noPlace      = -1
	tokenMatch   = 1 << 31
	tokenLengths = 16
)

// deflater compresses one message.
type deflater struct {
	bitWriter
	options DeflateOptions
	window  int

	// data is the history and the message, begun where the next block begins.
	data  []byte
	begun int
	// head has the last place of each hash, prev the one before each place.
	head, prev []int32
	hashShift  uint

	// tokens are a literal each, or a match: its length and its distance.
	tokens []uint32
	codes  blockCodes
}

// AppendDeflate appends the message's compressed data.
func AppendDeflate(dst, src []byte, options DeflateOptions) []byte {
	d := &deflater{bitWriter: bitWriter{dst: dst}, options: options}
	d.window = 1 << windowBits(options.WindowBits)
	history := options.History
	history = history[max(0, len(history)-d.window):]
	d.data = src
	if len(history) > 0 {
		d.data = append(append(make([]byte, 0, len(history)+len(src)), history...), src...)
	}
	d.begun = len(history)
	if options.Block == ChooseStored {
		d.writeStored(len(d.data), options.Final)
	} else {
		d.compress()
	}
	// An empty stored block goes to the edge of a byte.
	if options.Final {
		d.align()
	}
	d.write(0, 3)
	d.align()
	if options.KeepTail {
		d.dst = append(d.dst, messageTail...)
	}
	return d.dst
}

// compress finds literals and matches and writes them in blocks.
func (d *deflater) compress() {
	end := len(d.data)
	if d.begun == end && d.options.Block == ChooseSmallest && !d.options.Final {
		// Nothing is best said by the empty block that follows anyway.
		return
	}
	hashBits := min(maxHashBits, max(4, bits.Len(uint(end))))
	d.hashShift = uint(32 - hashBits)
	d.head = make([]int32, 1<<hashBits)
	for i := range d.head {
		d.head[i] = noPlace
	}
	// A place is in reach for a window's length, so prev goes round.
	d.prev = make([]int32, min(d.window, 1<<bits.Len(uint(end))))
	d.tokens = make([]uint32, 0, min(blockTokens, end-d.begun+1))
	for i := range d.begun {
		d.insert(i)
	}
	length, distance := 0, 0
	for at := d.begun; at < end; {
		if length == 0 {
			length, distance = d.longest(at, minMatch-1)
		}
		d.insert(at)
		if length > 0 && length < 32 && at+1 < end {
			// A longer match one byte on is worth a literal.
			if next, far := d.longest(at+1, length); next > length {
				d.add(uint32(d.data[at]), at+1)
				at++
				length, distance = next, far
				continue
			}
		}
		if length == 0 {
			d.add(uint32(d.data[at]), at+1)
			at++
			continue
		}
		for i := at + 1; i < at+length; i++ {
			d.insert(i)
		}
		at += length
		d.add(tokenMatch|uint32(length)<<tokenLengths|uint32(distance-1), at)
		length = 0
	}
	if len(d.tokens) > 0 || d.begun == end {
		d.writeBlock(end, d.options.Final)
	}
}

// add takes note of a token. The block is written in time for the next, so that
// the last one is always still there to get its BFINAL.
//
//go:noinline
func (d *deflater) add(token uint32, end int) {
	d.tokens = append(d.tokens, token)
	if len(d.tokens) == blockTokens && end < len(d.data) {
		d.writeBlock(end, false)
	}
}

// hash is of the three bytes at a place.
func (d *deflater) hash(at int) uint32 {
	b := d.data[at : at+3]
	return (uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16) * 0x9e3779b1 >> d.hashShift
}

func (d *deflater) insert(at int) {
	if at+minMatch > len(d.data) {
		return
	}
	h := d.hash(at)
	d.prev[at&(len(d.prev)-1)] = d.head[h]
	d.head[h] = int32(at)
}

// longest returns the longest match that is longer than least, or 0.
func (d *deflater) longest(at, least int) (length, distance int) {
	most := min(maxMatch, len(d.data)-at)
	if most < minMatch || least >= most {
		return 0, 0
	}
	place := int(d.head[d.hash(at)])
	for tries := chainLimit; place >= 0 && at-place <= d.window && tries > 0; tries-- {
		if d.data[place+least] == d.data[at+least] {
			if n := matchLength(d.data[place:], d.data[at:at+most]); n > least {
				if least = n; n > minMatch || at-place <= nearMatch {
					length, distance = n, at-place
				}
				if n == most {
					break
				}
			}
		}
		// A slot that is already a later place's ends the chain.
		before := int(d.prev[place&(len(d.prev)-1)])
		if before >= place {
			break
		}
		place = before
	}
	return length, distance
}

// matchLength returns how many bytes of b stand at the beginning of a.
func matchLength(a, b []byte) int {
	n := 0
	for ; len(b)-n >= 8; n += 8 {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)>>3
		}
	}
	for n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// writeStored writes the data up to end in stored blocks, as many as it takes.
func (d *deflater) writeStored(end int, final bool) {
	for {
		n := min(end-d.begun, maxStored)
		last := d.begun+n == end
		header := uint64(0)
		if final && last {
			header = 1
		}
		d.write(header, 3)
		d.align()
		d.dst = binary.LittleEndian.AppendUint16(d.dst, uint16(n))
		d.dst = binary.LittleEndian.AppendUint16(d.dst, ^uint16(n))
		d.dst = append(d.dst, d.data[d.begun:d.begun+n]...)
		d.begun += n
		if last {
			return
		}
	}
}

// bitWriter writes bits, the first into the lowest place.
type bitWriter struct {
	dst []byte
	v   uint64
	n   uint
}

// write writes the n lowest bits of v, at most 32, all above being zero. Inlined at
// every use it would make the module several kilobytes larger.
//
//go:noinline
func (w *bitWriter) write(v uint64, n uint) {
	w.v |= v << w.n
	w.n += n
	for w.n >= 8 {
		w.dst = append(w.dst, byte(w.v))
		w.v >>= 8
		w.n -= 8
	}
}

// align fills the byte with zeros.
func (w *bitWriter) align() {
	if w.n > 0 {
		w.write(0, 8-w.n)
	}
}

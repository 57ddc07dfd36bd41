package protocol

import "strconv"

// The blocks of DEFLATE data (RFC 1951, section 3.2.3), in steps. A step reads
// one thing: a block's header, a code length, a symbol with all its extra bits. It
// returns false, having read nothing, when not all of it has come.

// step reads the next thing.
func (z *Inflater) step() bool {
	switch z.state {
	case inflateHeader:
		return z.readHeader()
	case inflateStored:
		return z.readStoredLength()
	case inflateStoredData:
		return z.readStored()
	case inflateCounts:
		return z.readCounts()
	case inflatePrecode:
		return z.readPrecode()
	case inflateLengths:
		return z.readLength()
	}
	if z.config.Visitor == nil {
		if z.fast(); z.window.full() {
			return true
		}
	}
	for z.readSymbol() {
		if z.state != inflateSymbols || z.window.full() {
			return true
		}
	}
	return false
}

func (z *Inflater) readHeader() bool {
	if !z.need(3) {
		return false
	}
	z.block = z.position()
	v := z.take(3)
	z.final, z.kind = v&1 != 0, BlockType(v>>1)
	if z.config.Visitor != nil {
		z.config.Visitor.Block(Span{z.block, 3}, z.kind, z.final)
	}
	switch z.kind {
	case BlockStored:
		z.skipPadding()
		z.state = inflateStored
	case BlockFixed:
		if !z.fixed {
			lengths := fixedLengths()
			z.setTables(lengths[:288], lengths[288:])
			z.fixed = true
		}
		z.state = inflateSymbols
	case BlockDynamic:
		z.codesAt = z.position()
		z.state = inflateCounts
	default:
		return z.fail(InflateBlockReserved, z.block+1, 2, "block type 11", "00, 01 or 10")
	}
	return true
}

// skipPadding goes to the next byte. Whole bytes are loaded, so the bits in hand
// tell how far it is.
func (z *Inflater) skipPadding() {
	n := z.nbits & 7
	at := z.position()
	v := z.take(n)
	if n > 0 && z.config.Visitor != nil {
		z.config.Visitor.Padding(Span{at, uint64(n)}, byte(v))
	}
}

// endBlock ends the block; its last n bits were the code that says so.
func (z *Inflater) endBlock(n uint) {
	end := z.position()
	if z.config.Visitor != nil {
		z.config.Visitor.EndOfBlock(Span{end - uint64(n), uint64(n)}, Span{z.block, end - z.block})
	}
	if z.final {
		z.skipPadding()
	}
	z.state = inflateHeader
}

func (z *Inflater) readStoredLength() bool {
	if !z.need(32) {
		return false
	}
	at := z.position()
	v := uint32(z.bits)
	if v&0xffff != ^v>>16 {
		return z.fail(InflateStoredLength, at, 32,
			"LEN "+strconv.FormatUint(uint64(v&0xffff), 16)+" with NLEN "+strconv.FormatUint(uint64(v>>16), 16),
			"NLEN "+strconv.FormatUint(uint64(^v&0xffff), 16))
	}
	z.take(32)
	z.stored = int(v & 0xffff)
	if z.config.Visitor != nil {
		z.config.Visitor.Length(Span{at, 32}, z.stored)
	}
	z.emptyStored = z.stored == 0
	if z.emptyStored {
		z.endBlock(0)
		return true
	}
	z.state = inflateStoredData
	return true
}

// putTailBack goes on after an InflateStoredLength as if an empty block's length
// stood there and nothing had been read.
func (z *Inflater) putTailBack() {
	z.err, z.emptyStored, z.open = nil, true, true
	z.endBlock(0)
}

// readStored copies as much of a stored block as is there and has room.
func (z *Inflater) readStored() bool {
	if z.nbits == 0 && z.at == len(z.src) {
		return false
	}
	if z.out == z.limit {
		return z.failLimit(z.position(), 8)
	}
	at := z.position()
	w := &z.window
	n := min(z.stored, windowBuffer-w.pos)
	if room := z.limit - z.out; uint64(n) > room {
		n = int(room)
	}
	start := w.pos
	// Whole bytes that are in hand come first.
	for ; n > 0 && z.nbits > 0; n-- {
		w.buf[w.pos] = byte(z.take(8))
		w.pos++
	}
	n = copy(w.buf[w.pos:w.pos+n], z.src[z.at:])
	z.at += n
	z.loaded += uint64(n)
	w.pos += n
	n = w.pos - start
	z.out += uint64(n)
	z.stored -= n
	if z.config.Visitor != nil {
		z.config.Visitor.Stored(Span{at, uint64(n) * 8}, w.buf[start:w.pos])
	}
	if z.stored == 0 {
		z.endBlock(0)
	}
	return true
}

func (z *Inflater) failLimit(at uint64, n uint) bool {
	return z.fail(InflateLimit, at, n, "more data", "at most "+strconv.FormatUint(z.limit, 10)+" bytes in a message")
}

// readCounts reads HLIT, HDIST and HCLEN (section 3.2.7).
func (z *Inflater) readCounts() bool {
	if !z.need(14) {
		return false
	}
	at := z.position()
	z.numLitlen = int(z.take(5)) + 257
	z.numDist = int(z.take(5)) + 1
	z.numPre = int(z.take(4)) + 4
	z.fixed = false
	switch {
	case z.numLitlen > maxLitlenSymbols:
		return z.fail(InflateCounts, at, 5, strconv.Itoa(z.numLitlen)+" literals and lengths", "at most 286")
	case z.numDist > maxDistSymbols:
		return z.fail(InflateCounts, at+5, 5, strconv.Itoa(z.numDist)+" distances", "at most 30")
	}
	z.have = 0
	z.preLengths = [precodeSymbols]uint8{}
	z.state = inflatePrecode
	return true
}

// readPrecode reads the code lengths of the code length alphabet.
func (z *Inflater) readPrecode() bool {
	for ; z.have < z.numPre; z.have++ {
		if !z.need(3) {
			return false
		}
		z.preLengths[precodeOrder[z.have]] = uint8(z.take(3))
	}
	// The table of distances is not needed before the lengths are read.
	var fault codeFault
	z.distMask, fault = buildTable(z.dist[:], z.preLengths[:], precodeRootBits, precodeEntry)
	if fault != codeFine {
		return z.failCode(fault, "code lengths")
	}
	z.have = 0
	z.state = inflateLengths
	return true
}

func (z *Inflater) failCode(fault codeFault, what string) bool {
	n := uint(z.position() - z.codesAt)
	if fault == codeOver {
		return z.fail(InflateCodeOver, z.codesAt, n, "a code for "+what+" with too many short codes", "one that its bits have room for")
	}
	return z.fail(InflateCodeIncomplete, z.codesAt, n, "a code for "+what+" that leaves bits without meaning", "a complete one")
}

// readLength reads one code length, or a run of them.
func (z *Inflater) readLength() bool {
	z.need(14)
	e := z.dist[uint32(z.bits)&z.distMask]
	n := entryCode(e)
	symbol := e >> 16
	extra, base := uint(0), 1
	switch {
	case e&entryBad != 0:
	case symbol == 16:
		extra, base = 2, 3
	case symbol == 17:
		extra, base = 3, 3
	case symbol == 18:
		extra, base = 7, 11
	}
	if z.nbits < n+extra {
		return false
	}
	at := z.position()
	if e&entryBad != 0 {
		return z.fail(InflateCodeIncomplete, at, n, "bits that are no code length", "a code of the code length alphabet")
	}
	z.take(n)
	count := base + int(z.take(extra))
	value := uint8(symbol)
	if symbol >= 16 {
		value = 0
	}
	if symbol == 16 {
		if z.have == 0 {
			return z.fail(InflateRepeat, at, n+extra, "the first code length repeated", "a code length first")
		}
		value = z.lengths[z.have-1]
	}
	all := z.numLitlen + z.numDist
	if count > all-z.have {
		return z.fail(InflateRepeat, at, n+extra, strconv.Itoa(count)+" times a code length", "at most "+strconv.Itoa(all-z.have))
	}
	for range count {
		z.lengths[z.have] = value
		z.have++
	}
	if z.have < all {
		return true
	}
	return z.endLengths(z.lengths[:z.numLitlen], z.lengths[z.numLitlen:all])
}

// endLengths has all code lengths and makes the tables.
func (z *Inflater) endLengths(litlen, dist []uint8) bool {
	if litlen[symbolEnd] == 0 {
		return z.fail(InflateNoEnd, z.codesAt, uint(z.position()-z.codesAt), "no code for the end of the block", "one")
	}
	if fault, what := z.setTables(litlen, dist); fault != codeFine {
		return z.failCode(fault, what)
	}
	if z.config.Visitor != nil {
		z.config.Visitor.Codes(Span{z.codesAt, z.position() - z.codesAt}, z.preLengths[:], litlen, dist)
	}
	z.state = inflateSymbols
	return true
}

func (z *Inflater) setTables(litlen, dist []uint8) (fault codeFault, what string) {
	if z.litlenMask, fault = buildTable(z.litlen[:], litlen, litlenRootBits, litlenEntry); fault != codeFine {
		return fault, "literals and lengths"
	}
	if z.distMask, fault = buildTable(z.dist[:], dist, distRootBits, distEntry); fault != codeFine {
		return fault, "distances"
	}
	return codeFine, ""
}

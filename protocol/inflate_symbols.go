package protocol

import (
	"encoding/binary"
	"math/bits"
	"strconv"
)

// Literals and matches, twice: one symbol at a time for the ends of pieces, for
// everything that is wrong and for visitors; and a fast loop for the long run in
// between, which leaves to the other whatever it does not expect.

// lookUp returns the entry of the code that v begins with.
func lookUp(table []uint32, mask uint32, v uint64) uint32 {
	e := table[uint32(v)&mask]
	if e&entrySub != 0 {
		v >>= bits.OnesCount32(mask)
		e = table[e>>16+uint32(v)&(1<<(e&entryBitsMask)-1)]
	}
	return e
}

// entryValue returns the length or distance of an entry: its base and the extra
// bits behind its code.
func entryValue(e uint32, v uint64) int {
	return int(e>>16) + int(v&(1<<(e&entryBitsMask)-1)>>entryCode(e))
}

// readSymbol reads one literal, match or end of block.
func (z *Inflater) readSymbol() bool {
	z.fill()
	e := lookUp(z.litlen[:], z.litlenMask, z.bits)
	n := uint(e & entryBitsMask)
	if z.nbits < n {
		return false
	}
	at := z.position()
	w := &z.window
	switch {
	case e&entryBad != 0:
		return z.fail(InflateSymbol, at, n, "bits that are no literal and no length", "a code of the block")
	case e&entryEnd != 0:
		z.take(n)
		z.emptyStored = false
		z.endBlock(n)
		return true
	case e&entryLiteral != 0:
		if z.out == z.limit {
			return z.failLimit(at, n)
		}
		z.take(n)
		w.buf[w.pos] = byte(e >> 16)
		w.pos++
		z.out++
		if z.config.Visitor != nil {
			z.config.Visitor.Literal(Span{at, uint64(n)}, byte(e>>16))
		}
		return true
	}
	length := entryValue(e, z.bits)
	d := lookUp(z.dist[:], z.distMask, z.bits>>n)
	both := n + uint(d&entryBitsMask)
	if z.nbits < both {
		return false
	}
	if d&entryBad != 0 {
		return z.fail(InflateDistanceSymbol, at+uint64(n), both-n, "bits that are no distance", "a code of the block")
	}
	m := InflateMatch{Length: length, Distance: entryValue(d, z.bits>>n)}
	if !z.allow(&m, Span{at, uint64(both)}) {
		return false
	}
	z.take(both)
	z.out += uint64(length)
	w.pos = copyWithin(w.buf, w.pos, length, m.Distance)
	if z.config.Visitor != nil {
		z.config.Visitor.Match(Span{at, uint64(both)}, m)
	}
	return true
}

// allow judges a match.
func (z *Inflater) allow(m *InflateMatch, at Span) bool {
	from := z.window.pos - m.Distance
	m.BeyondWindow = m.Distance > z.reach
	m.PreviousMessage = from < z.window.message
	m.Forgotten = from < z.window.floor
	reason, expected := InflateDistance, ""
	switch {
	case from < 0:
		expected = "at most " + strconv.Itoa(z.window.pos) + ", for there is no more data"
	case m.BeyondWindow && !z.config.Lenient:
		reason = InflateWindow
		expected = "at most " + strconv.Itoa(z.reach) + ", the window agreed"
	case m.Forgotten && !z.config.Lenient:
		reason = InflateForgotten
		expected = "at most " + strconv.Itoa(z.window.pos-z.window.floor) + ", for the message begins with an empty window"
	case uint64(m.Length) > z.limit-z.out:
		return z.failLimit(at.Bit, uint(at.Bits))
	default:
		return true
	}
	return z.fail(reason, at.Bit, uint(at.Bits), "a distance of "+strconv.Itoa(m.Distance), expected)
}

// fast reads symbols as long as eight bytes can be loaded at once and whatever
// comes has room. It stops in front of a symbol that it does not expect.
func (z *Inflater) fast() {
	w := &z.window
	src, at, v, n := z.src, z.at, z.bits, z.nbits
	buf, pos := w.buf[:windowBuffer], w.pos
	last := windowBuffer - windowSlack
	if room := z.limit - z.out; room < windowBuffer {
		// Three literals and a match may come between two looks at it.
		last = min(last, pos+int(room)-maxMatch-3)
	}
	litlen, dist := &z.litlen, &z.dist
	litlenMask, distMask := z.litlenMask, z.distMask
	litlenRoot, distRoot := uint(bits.OnesCount32(litlenMask)), uint(bits.OnesCount32(distMask))
	floor, reach := w.floor, z.reach
	for at <= len(src)-8 && pos <= last {
		// The bits above nbits are those that come next, so taking them twice
		// does no harm.
		v |= binary.LittleEndian.Uint64(src[at:]) << (n & 63)
		at += int(63-n) >> 3
		n |= 56
		e := litlen[uint32(v)&litlenMask]
		if e&entryLiteral != 0 {
			v >>= e & entryBitsMask
			n -= uint(e & entryBitsMask)
			buf[pos] = byte(e >> 16)
			pos++
			if e = litlen[uint32(v)&litlenMask]; e&entryLiteral != 0 {
				v >>= e & entryBitsMask
				n -= uint(e & entryBitsMask)
				buf[pos] = byte(e >> 16)
				pos++
				if e = litlen[uint32(v)&litlenMask]; e&entryLiteral != 0 {
					v >>= e & entryBitsMask
					n -= uint(e & entryBitsMask)
					buf[pos] = byte(e >> 16)
					pos++
					continue
				}
			}
		}
		if e&entrySpecial != 0 {
			if e&entrySub == 0 {
				break
			}
			e = litlen[e>>16+uint32(v>>(litlenRoot&63))&(1<<(e&entryBitsMask)-1)]
			if e&entryLiteral != 0 {
				v >>= e & entryBitsMask
				n -= uint(e & entryBitsMask)
				buf[pos] = byte(e >> 16)
				pos++
				continue
			}
			if e&entrySpecial != 0 {
				break
			}
		}
		// A match takes up to 48 bits.
		if n < 48 {
			if at > len(src)-8 {
				break
			}
			v |= binary.LittleEndian.Uint64(src[at:]) << (n & 63)
			at += int(63-n) >> 3
			n |= 56
		}
		total := e & entryBitsMask
		length := int(e>>16) + int(v&(1<<total-1)>>(e>>8&15))
		u := v >> total
		d := dist[uint32(u)&distMask]
		if d&entrySpecial != 0 {
			if d&entrySub != 0 {
				d = dist[d>>16+uint32(u>>(distRoot&63))&(1<<(d&entryBitsMask)-1)]
			}
			if d&entrySpecial != 0 {
				break
			}
		}
		more := d & entryBitsMask
		distance := int(d>>16) + int(u&(1<<more-1)>>(d>>8&15))
		from := pos - distance
		if distance > reach || from < floor {
			break
		}
		v = u >> more
		n -= uint(total + more)
		if distance < 8 {
			pos = copyWithin(buf, pos, length, distance)
			continue
		}
		// Whole words, and up to seven bytes too many: what comes next covers them.
		for end := pos + length; ; {
			binary.LittleEndian.PutUint64(buf[pos:], binary.LittleEndian.Uint64(buf[from:]))
			if pos += 8; pos >= end {
				pos = end
				break
			}
			from += 8
		}
	}
	// Give back the whole bytes that were loaded here and are still in hand.
	back := min(int(n>>3), at-z.at)
	at -= back
	n -= uint(back) * 8
	z.loaded += uint64(at - z.at)
	z.at, z.bits, z.nbits = at, v&(1<<n-1), n
	z.out += uint64(pos - w.pos)
	w.pos = pos
}

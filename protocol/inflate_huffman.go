package protocol

import "math/bits"

// The codes of DEFLATE (RFC 1951, sections 3.2.2 to 3.2.7) and the tables that
// decode them.
//
// A code is given by nothing but the length of every symbol's bits. Decoding
// looks up the next few bits of the stream, lowest first, in a table: an entry
// says which symbol they begin with and how long it is. Codes longer than the
// table's index lead to a second table, which the bits behind select from.
//
// An entry is one 32-bit number, made so that the fast path has little to do:
//
//	bits 0-4    how many bits the code and its extra bits take together
//	bits 8-11   how many of them are the code
//	bits 12-15  what it is: one of the entry constants, or a length or distance
//	bits 16-31  the byte, the base of the length or distance, or, for a second
//	            table, where it begins; its index bits then stand in bits 0-4

const (
	maxCodeBits     = 15
	litlenRootBits  = 10
	distRootBits    = 9
	precodeRootBits = 7
	// What zlib's program "enough" counts for 286 symbols behind 10 bits and
	// 30 behind 9: no complete code of at most 15 bits needs more entries.
	litlenEntries  = 1334
	distEntries    = 592
	precodeEntries = 1 << precodeRootBits

	maxLitlenSymbols = 286
	maxDistSymbols   = 30
	precodeSymbols   = 19
	symbolEnd        = 256
)

const (
	entryLiteral  = 1 << 15
	entryEnd      = 1 << 14
	entrySub      = 1 << 13
	entryBad      = 1 << 12
	entrySpecial  = entryEnd | entrySub | entryBad
	entryBitsMask = 31
)

// entryCode returns the length of an entry's code without extra bits.
func entryCode(e uint32) uint { return uint(e>>8) & 15 }

// The bases and extra bits of length symbols 257 to 285 and distance symbols 0
// to 29 (section 3.2.5), written out so that a program that inflates nothing has
// nothing of them.
var (
	lengthBase = [29]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27,
		31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthExtra = [29]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	distBase    = [30]uint16{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385,
		513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577}
	distExtra = [30]uint8{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}
	// precodeOrder is the order in which the code lengths of the code length
	// alphabet stand (section 3.2.7).
	precodeOrder = [precodeSymbols]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

// fixedLengths returns the code lengths of blocks with fixed codes (section
// 3.2.6), distances behind the 288 of literals and lengths.
func fixedLengths() (lengths [320]uint8) {
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		case i < 288:
			lengths[i] = 8
		default:
			lengths[i] = 5
		}
	}
	return lengths
}

// litlenEntry, distEntry and precodeEntry return a symbol's entry without its
// code: bits 0-4 hold only the extra bits.
func litlenEntry(symbol int) uint32 {
	switch {
	case symbol < symbolEnd:
		return uint32(symbol)<<16 | entryLiteral
	case symbol == symbolEnd:
		return entryEnd
	case symbol < maxLitlenSymbols:
		return uint32(lengthBase[symbol-257])<<16 | uint32(lengthExtra[symbol-257])
	}
	return entryBad
}

func distEntry(symbol int) uint32 {
	if symbol < maxDistSymbols {
		return uint32(distBase[symbol])<<16 | uint32(distExtra[symbol])
	}
	return entryBad
}

func precodeEntry(symbol int) uint32 { return uint32(symbol) << 16 }

// codeFault is what is wrong with a set of code lengths.
type codeFault uint8

const (
	codeFine codeFault = iota
	codeOver
	codeIncomplete
)

// buildTable makes the table of a code and returns the mask of its index. A code
// without symbols, or with one of a single bit, is allowed though it leaves bit
// patterns unused (section 3.2.7); they lead to entryBad.
func buildTable(table []uint32, lengths []uint8, rootBits uint, entry func(int) uint32) (mask uint32, fault codeFault) {
	var count, place [maxCodeBits + 2]int
	for _, n := range lengths {
		count[n]++
	}
	count[0] = 0
	longest := uint(maxCodeBits)
	for longest > 0 && count[longest] == 0 {
		longest--
	}
	if longest == 0 {
		table[0], table[1] = entryBad, entryBad
		return 1, codeFine
	}
	left := 1
	for n := uint(1); n <= longest; n++ {
		if left = left<<1 - count[n]; left < 0 {
			return 0, codeOver
		}
		place[n+1] = place[n] + count[n]
	}
	rootBits = min(rootBits, longest)
	size := uint32(1) << rootBits
	if left > 0 {
		if longest != 1 {
			return 0, codeIncomplete
		}
		table[1] = entryBad | 1<<8 | 1
	}
	// The symbols in the order of their codes: the shorter first, then the smaller.
	var sorted [288]uint16
	symbols := place[longest+1]
	for symbol, n := range lengths {
		if n != 0 {
			sorted[place[n]] = uint16(symbol)
			place[n]++
		}
	}
	code, width := uint32(0), uint(0)
	free, lastRoot, subStart, subBits := size, size, uint32(0), uint(0)
	for _, symbol := range sorted[:symbols] {
		n := uint(lengths[symbol])
		code <<= n - width
		width = n
		reversed := bits.Reverse32(code) >> (32 - n)
		code++
		e := entry(int(symbol)) | uint32(n)<<8
		e += uint32(n)
		if n <= rootBits {
			for i := reversed; i < size; i += 1 << n {
				table[i] = e
			}
			count[n]--
			continue
		}
		root := reversed & (size - 1)
		if root != lastRoot {
			// The codes behind this one fill the second table, shortest first;
			// it is as wide as the last of them that still belongs to it.
			lastRoot = root
			subBits = n - rootBits
			for room := 1 << subBits; rootBits+subBits < longest; subBits++ {
				if room -= count[rootBits+subBits]; room <= 0 {
					break
				}
				room <<= 1
			}
			subStart = free
			free += 1 << subBits
			table[root] = subStart<<16 | entrySub | uint32(subBits)
		}
		for i := reversed >> rootBits; i < 1<<subBits; i += 1 << (n - rootBits) {
			table[subStart+i] = e
		}
		count[n]--
	}
	return size - 1, codeFine
}

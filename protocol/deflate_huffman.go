package protocol

import "math/bits"

// The blocks of a message being compressed: which symbols stand for its tokens,
// how long their codes are, and how that is written down (RFC 1951, sections
// 3.2.5 to 3.2.7).

const (
	maxPrecodeBits = 7
	// The runs of code lengths that the code length alphabet can say.
	repeatBefore = 16
	repeatZeros  = 17
	manyZeros    = 18
)

// prefixCode is the code of one alphabet.
type prefixCode struct {
	count   [288]uint32
	lengths [288]uint8
	bits    [288]uint16
}

// blockCodes are the codes of one block.
type blockCodes struct {
	litlen, dist, pre prefixCode
	// runs are the code lengths as the code length alphabet says them: the symbol,
	// and its extra bits above it.
	runs []uint16
}

// symbolOf returns the last symbol whose base is not above the value.
func symbolOf(base []uint16, value int) int {
	low, high := 0, len(base)
	for high-low > 1 {
		if middle := int(uint(low+high) / 2); int(base[middle]) <= value {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// parts returns the match's length and distance and their symbols.
func parts(token uint32) (length, distance, l, d int) {
	length = int(token&^tokenMatch) >> tokenLengths
	distance = int(token&(1<<tokenLengths-1)) + 1
	return length, distance, symbolOf(lengthBase[:], length), symbolOf(distBase[:], distance)
}

// writeBlock writes the tokens gathered as a block; they are the data up to end.
func (d *deflater) writeBlock(end int, final bool) {
	c := &d.codes
	c.litlen.count, c.dist.count = [288]uint32{}, [288]uint32{}
	extra := 0
	for _, token := range d.tokens {
		if token&tokenMatch == 0 {
			c.litlen.count[token]++
			continue
		}
		_, _, l, f := parts(token)
		c.litlen.count[257+l]++
		c.dist.count[f]++
		extra += int(lengthExtra[l]) + int(distExtra[f])
	}
	c.litlen.count[symbolEnd]++
	header := uint64(0)
	if final {
		header = 1
	}
	choice := d.options.Block
	numLitlen, numDist, numPre := 0, 0, 0
	dynamic := 0
	if choice != ChooseFixed {
		c.litlen.assign(maxLitlenSymbols, maxCodeBits)
		c.dist.assign(maxDistSymbols, maxCodeBits)
		numLitlen, numDist, numPre = c.makeRuns()
		dynamic = 14 + 3*numPre + c.pre.cost() + c.litlen.cost() + c.dist.cost()
		for _, run := range c.runs {
			dynamic += int(runExtra(run & 31))
		}
	}
	if choice == ChooseSmallest {
		fixedCost := c.fixedCost()
		// A stored block has five bytes to its data, and more behind 65,535.
		stored := (end-d.begun)*8 + 40*((end-d.begun)/maxStored+1)
		switch least := min(dynamic, fixedCost) + extra; {
		case stored < least:
			d.writeStored(end, final)
			d.tokens = d.tokens[:0]
			return
		case fixedCost <= dynamic:
			choice = ChooseFixed
		default:
			choice = ChooseDynamic
		}
	}
	if choice == ChooseFixed {
		d.write(header|uint64(BlockFixed)<<1, 3)
		lengths := fixedLengths()
		copy(c.litlen.lengths[:], lengths[:288])
		copy(c.dist.lengths[:], lengths[288:])
		c.litlen.makeBits(288)
		c.dist.makeBits(32)
	} else {
		d.write(header|uint64(BlockDynamic)<<1, 3)
		d.writeCodes(numLitlen, numDist, numPre)
	}
	for _, token := range d.tokens {
		if token&tokenMatch == 0 {
			d.writeSymbol(&c.litlen, int(token))
			continue
		}
		length, distance, l, f := parts(token)
		d.writeSymbol(&c.litlen, 257+l)
		d.write(uint64(length)-uint64(lengthBase[l]), uint(lengthExtra[l]))
		d.writeSymbol(&c.dist, f)
		d.write(uint64(distance)-uint64(distBase[f]), uint(distExtra[f]))
	}
	d.writeSymbol(&c.litlen, symbolEnd)
	d.tokens = d.tokens[:0]
	d.begun = end
}

func (d *deflater) writeSymbol(c *prefixCode, symbol int) {
	d.write(uint64(c.bits[symbol]), uint(c.lengths[symbol]))
}

// writeCodes writes the header of a dynamic block.
func (d *deflater) writeCodes(numLitlen, numDist, numPre int) {
	d.write(uint64(numLitlen-257), 5)
	d.write(uint64(numDist-1), 5)
	d.write(uint64(numPre-4), 4)
	pre := &d.codes.pre
	for _, symbol := range precodeOrder[:numPre] {
		d.write(uint64(pre.lengths[symbol]), 3)
	}
	for _, run := range d.codes.runs {
		symbol := run & 31
		d.writeSymbol(pre, int(symbol))
		d.write(uint64(run>>5), runExtra(symbol))
	}
}

// runExtra returns how many extra bits a code length symbol has.
func runExtra(symbol uint16) uint {
	switch symbol {
	case repeatBefore:
		return 2
	case repeatZeros:
		return 3
	case manyZeros:
		return 7
	}
	return 0
}

// makeRuns says the code lengths in runs, makes the code for them, and returns
// how many symbols of each alphabet are written.
func (c *blockCodes) makeRuns() (numLitlen, numDist, numPre int) {
	numLitlen, numDist = maxLitlenSymbols, maxDistSymbols
	for numLitlen > 257 && c.litlen.lengths[numLitlen-1] == 0 {
		numLitlen--
	}
	for numDist > 1 && c.dist.lengths[numDist-1] == 0 {
		numDist--
	}
	var all [maxLitlenSymbols + maxDistSymbols]uint8
	copy(all[:], c.litlen.lengths[:numLitlen])
	copy(all[numLitlen:], c.dist.lengths[:numDist])
	lengths := all[:numLitlen+numDist]
	c.runs = c.runs[:0]
	c.pre.count = [288]uint32{}
	for i := 0; i < len(lengths); {
		value, n := lengths[i], 1
		for i+n < len(lengths) && lengths[i+n] == value {
			n++
		}
		i += n
		if value != 0 {
			// A repeat needs a length to repeat.
			c.addRun(int(value), 0)
			n--
		}
		for n > 0 {
			switch {
			case value == 0 && n >= 11:
				run := min(n, 138)
				c.addRun(manyZeros, run-11)
				n -= run
			case value == 0 && n >= 3:
				c.addRun(repeatZeros, n-3)
				n = 0
			case n >= 3:
				run := min(n, 6)
				c.addRun(repeatBefore, run-3)
				n -= run
			default:
				c.addRun(int(value), 0)
				n--
			}
		}
	}
	c.pre.assign(precodeSymbols, maxPrecodeBits)
	numPre = precodeSymbols
	for numPre > 4 && c.pre.lengths[precodeOrder[numPre-1]] == 0 {
		numPre--
	}
	return numLitlen, numDist, numPre
}

// addRun appends a run.
//
//go:noinline
func (c *blockCodes) addRun(symbol, extra int) {
	c.runs = append(c.runs, uint16(extra<<5|symbol))
	c.pre.count[symbol]++
}

// cost returns how many bits the symbols counted take.
func (c *prefixCode) cost() (n int) {
	for symbol, count := range c.count {
		n += int(count) * int(c.lengths[symbol])
	}
	return n
}

// fixedCost returns the same for the fixed codes.
func (c *blockCodes) fixedCost() (n int) {
	lengths := fixedLengths()
	for symbol, count := range c.litlen.count {
		n += int(count) * int(lengths[symbol])
	}
	for _, count := range c.dist.count {
		n += int(count) * 5
	}
	return n
}

// assign makes the best code with at most limit bits a symbol for what was
// counted. The lengths are those of a Huffman tree; where that is too deep, its
// deepest leaves move up and shallower ones down until there is room again.
func (c *prefixCode) assign(symbols, limit int) {
	c.lengths = [288]uint8{}
	type leaf struct {
		count  uint32
		symbol uint16
	}
	var leaves [288]leaf
	used := 0
	for symbol, count := range c.count[:symbols] {
		if count > 0 {
			leaves[used] = leaf{count, uint16(symbol)}
			used++
		}
	}
	if used == 0 {
		return
	}
	sorted := leaves[:used]
	// Shell's sort, which is a loop and no package: the leaves come in the order of
	// their symbols, and where counts are equal that is the order.
	for _, gap := range [...]int{57, 23, 10, 4, 1} {
		for i := gap; i < used; i++ {
			moved := sorted[i]
			at := i
			for at >= gap && (sorted[at-gap].count > moved.count ||
				sorted[at-gap].count == moved.count && sorted[at-gap].symbol > moved.symbol) {
				sorted[at] = sorted[at-gap]
				at -= gap
			}
			sorted[at] = moved
		}
	}
	// Two queues that are both in order: the leaves, and the nodes as they are
	// made. The two least of all are always at their fronts.
	var weight [288]uint32
	var parent [2 * 288]int
	nextLeaf, nextNode := 0, 0
	pick := func(made int) (uint32, int) {
		if nextLeaf < used && (nextNode == made || sorted[nextLeaf].count <= weight[nextNode]) {
			nextLeaf++
			return sorted[nextLeaf-1].count, nextLeaf - 1
		}
		nextNode++
		return weight[nextNode-1], used + nextNode - 1
	}
	for made := range used - 1 {
		a, i := pick(made)
		b, j := pick(made)
		weight[made] = a + b
		parent[i], parent[j] = used+made, used+made
	}
	// Depths from the root, which was made last, down.
	var depth [2 * 288]int
	var perLength [maxCodeBits + 1]int
	for i := 2*used - 3; i >= 0; i-- {
		depth[i] = depth[parent[i]] + 1
		if i < used {
			perLength[min(depth[i], limit)]++
		}
	}
	if used == 1 {
		perLength[1] = 1
	}
	room := 0
	for n := 1; n <= limit; n++ {
		room += perLength[n] << (limit - n)
	}
	for ; room > 1<<limit; room-- {
		perLength[limit]--
		for n := limit - 1; n > 0; n-- {
			if perLength[n] > 0 {
				perLength[n]--
				perLength[n+1] += 2
				break
			}
		}
	}
	// The rarest symbols get the longest codes.
	i := 0
	for n := limit; n > 0; n-- {
		for range perLength[n] {
			c.lengths[sorted[i].symbol] = uint8(n)
			i++
		}
	}
	c.makeBits(symbols)
}

// makeBits makes the codes from their lengths (section 3.2.2).
func (c *prefixCode) makeBits(symbols int) {
	var next [maxCodeBits + 2]uint16
	for _, n := range c.lengths[:symbols] {
		if n > 0 {
			next[n+1]++
		}
	}
	for n := 2; n < len(next); n++ {
		next[n] = (next[n] + next[n-1]) << 1
	}
	for symbol, n := range c.lengths[:symbols] {
		if n > 0 {
			c.bits[symbol] = bits.Reverse16(next[n]) >> (16 - n)
			next[n]++
		}
	}
}

package protocol

import (
	"strconv"
	"strings"
)

// Hex dumps: each line is an offset, bytes, and perhaps the same bytes once more
// as characters. The characters may well look like hex, so what is a byte is
// found out: first by the offset of the next line, then by a column of characters
// that shows the very bytes in front of it, then by the gap before that column.
//
// The first line decides whether this is a dump at all. It is one for certain
// when its offset ends with a colon (xxd), has seven digits (od, hexdump), or is
// all zeros with pairs behind it (hexdump -C, Wireshark), and also when the last
// line is nothing but the offset where the bytes end. Otherwise it is taken
// for one if all offsets agree with the bytes, so that hex in groups of four is
// not. Offsets are hex, or else octal or decimal, whichever fits all lines; those
// of seven digits are od's, and octal before anything else.
//
// A line * repeats the line before it as far as the next offset, as the tools
// mean it. Any other jump is refused: bytes are missing, or two dumps stand one
// behind the other. Groups of more than two digits without a colon are refused
// too, for od and hexdump without options print words in the order of the
// machine, which the text does not tell.

// offsetLine is one line of a dump.
type offsetLine struct {
	// at and end are where the line stands in the text, body where its bytes begin.
	at, body, end int
	// offset is as written, digits its length; colon says whether one follows.
	offset string
	digits int
	colon  bool
	// star makes the line stand for repetitions of the one before it.
	star bool
}

// offsetLines splits a text into lines with offsets. It returns nil when there is
// a line without one, or when the text cannot be a dump; certain says that it
// cannot be anything else.
func offsetLines(text string) (lines []offsetLine, certain bool) {
	for at := 0; at < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i
		}
		line, ok := splitOffset(text, at, end)
		if ok && (!line.star || len(lines) > 0) {
			if lines = append(lines, line); len(lines) == 1 {
				certain = isCertain(text, line)
			}
		} else if strings.TrimSpace(text[at:end]) != "" {
			if !certain {
				return nil, false
			}
			// A dump goes on without an offset: this line has none to be read.
			lines = append(lines, offsetLine{at: line.at, body: line.end, end: line.end})
		}
		at = end + 1
	}
	if len(lines) == 0 {
		return nil, false
	}
	certain = certain || endsWithLength(text, lines)
	if !certain && (len(lines) < 2 || lines[1].digits != lines[0].digits && !lines[1].star) {
		return nil, false
	}
	return lines, certain
}

// splitOffset finds the offset of text[at:end]: at least four hex digits, then
// perhaps a colon, then a blank or the end.
func splitOffset(text string, at, end int) (offsetLine, bool) {
	for end > at && isSpace(text[end-1]) {
		end--
	}
	for at < end && isSpace(text[at]) {
		at++
	}
	line := offsetLine{at: at, end: end}
	if text[at:end] == "*" {
		line.star = true
		return line, true
	}
	i := at
	for i < end && hexNibble[text[i]] != noNibble {
		i++
	}
	line.offset, line.digits = text[at:i], i-at
	if i < end && text[i] == ':' {
		line.colon = true
		i++
	}
	line.body = i
	return line, line.digits >= 4 && (i == end || isBlank(text[i]))
}

// isCertain reports whether a first line can only be one of a dump.
func isCertain(text string, line offsetLine) bool {
	body := strings.TrimLeft(text[line.body:line.end], " \t")
	switch {
	case body == "":
		return false
	case line.colon || line.digits == 7:
		return true
	}
	pair := len(body) == 2 || len(body) > 2 && isBlank(body[2])
	return pair && !isBlank(body[1]) && strings.Trim(line.offset, "0") == ""
}

// endsWithLength reports whether the offsets begin at zero and end with one that
// has no bytes, as od and hexdump print it.
func endsWithLength(text string, lines []offsetLine) bool {
	first, last := lines[0], lines[len(lines)-1]
	length, err := strconv.ParseUint(last.offset, 16, 64)
	return err == nil && length > 0 && length < uint64(len(text)) && last.body == last.end &&
		last.digits == first.digits && strings.Trim(first.offset, "0") == ""
}

// parseOffsetLines reads the bytes of the lines, with offsets in the first base
// that fits. The error is that of the likeliest: octal where od prints seven
// digits, otherwise hex.
func parseOffsetLines(text string, lines []offsetLine) ([]byte, error) {
	bases := [3]int{16, 8, 10}
	if lines[0].digits == 7 && !lines[0].colon {
		bases = [3]int{8, 10, 16}
	}
	b, err := readOffsetLines(text, lines, bases[0])
	if err == nil {
		return b, nil
	}
	for _, base := range bases[1:] {
		if b, other := readOffsetLines(text, lines, base); other == nil {
			return b, nil
		}
	}
	return nil, err
}

func readOffsetLines(text string, lines []offsetLine, base int) ([]byte, error) {
	var b []byte
	first, err := strconv.ParseUint(lines[0].offset, base, 64)
	if err != nil {
		return nil, fail(lines[0].at, lines[0].body, "an offset")
	}
	// before is how many bytes the line before has; star where a * is waiting.
	before, star := 0, -1
	for i, line := range lines {
		if line.star {
			star = line.at
			continue
		}
		offset, err := strconv.ParseUint(line.offset, base, 64)
		if err != nil {
			return nil, fail(line.at, line.body, "a line that begins with an offset, as those before it")
		}
		if star >= 0 {
			if b, err = repeatLine(text, line, b, before, offset-first); err != nil {
				return nil, err
			}
			star = -1
		}
		if offset != first+uint64(len(b)) {
			return nil, fail(line.at, line.at+line.digits, "offset "+
				formatOffset(first+uint64(len(b)), base, line.digits)+" behind the bytes before it, of one dump without holes")
		}
		wanted := -1
		if i+1 < len(lines) && !lines[i+1].star {
			if next, err := strconv.ParseUint(lines[i+1].offset, base, 64); err == nil && next-offset-1 < uint64(line.end-line.body) {
				wanted = int(next - offset)
			}
		}
		start := len(b)
		if b, err = line.appendBytes(b, text, wanted); err != nil {
			return nil, err
		}
		before = len(b) - start
	}
	if star >= 0 {
		return nil, fail(star, star+1, "a line with an offset behind *, which says how often to repeat")
	}
	return b, nil
}

func formatOffset(n uint64, base, digits int) string {
	s := strconv.FormatUint(n, base)
	return strings.Repeat("0", max(0, digits-len(s))) + s
}

// repeatLine appends the last before bytes until there are as many as the offset
// of the line says.
func repeatLine(text string, line offsetLine, b []byte, before int, length uint64) ([]byte, error) {
	if length > MaxDraftPayload || before == 0 || length < uint64(len(b)) || (length-uint64(len(b)))%uint64(before) != 0 {
		return nil, fail(line.at, line.at+line.digits,
			"an offset that is whole lines behind the one before *, within 16777216 bytes")
	}
	first := len(b) - before
	for left := length - uint64(len(b)); left > 0; left = length - uint64(len(b)) {
		repeated := b[first:] // twice as much in every turn
		b = append(b, repeated[:min(uint64(len(repeated)), left)]...)
	}
	return b, nil
}

// columnLimit is the most groups of bytes that a column of characters is looked
// for behind. No tool prints so many on a line.
const columnLimit = 256

// appendBytes appends the bytes of the line: as many as wanted, or when that is
// less than none, as many as it seems to have.
func (line offsetLine) appendBytes(dst []byte, text string, wanted int) ([]byte, error) {
	start := len(dst)
	// ends are where the groups of digits end, and how many bytes there are then.
	type groupEnd struct{ at, bytes int }
	ends := []groupEnd{{line.body, 0}}
	i := line.body
	for {
		for i < line.end && isBlank(text[i]) {
			i++
		}
		at := i
		for i < line.end && hexNibble[text[i]] != noNibble {
			i++
		}
		if i == at || (i-at)%2 != 0 || i < line.end && !isBlank(text[i]) {
			i = at
			break
		}
		if i-at > 2 && !line.colon {
			if len(ends) > 1 {
				i = at
				break
			}
			return nil, fail(at, i, "single bytes: these are words in the order of some machine; hexdump -C and od -t x1 print bytes")
		}
		for ; at < i; at += 2 {
			dst = append(dst, hexNibble[text[at]]<<4|hexNibble[text[at+1]])
		}
		ends = append(ends, groupEnd{i, len(dst) - start})
	}

	all := ends[len(ends)-1]
	if wanted >= 0 {
		for _, e := range ends {
			rest := text[e.at:line.end]
			if e.bytes == wanted && (gapOf(rest) > 2 || gapOf(rest) == 2 && wanted != 8 || rest == "" || showsBytes(rest, dst[start:start+wanted])) {
				return dst[:start+wanted], nil
			}
		}
		return dst, nil // the next line's offset will say what is wrong
	}
	for k := min(len(ends)-1, columnLimit); k > 0; k-- {
		if e := ends[k]; showsBytes(text[e.at:line.end], dst[start:start+e.bytes]) {
			return dst[:start+e.bytes], nil
		}
	}
	if all.at == line.end {
		return dst, nil
	}
	for k, e := range ends[1:] {
		// Two blanks behind the eighth byte are the middle of hexdump -C.
		if gap := gapOf(text[e.at:line.end]); gap > 2 || gap == 2 && (e.bytes != 8 || k+2 == len(ends)) {
			return dst[:start+e.bytes], nil
		}
	}
	return nil, fail(i, line.end, expectedPairs)
}

// gapOf returns how many blanks the text begins with.
func gapOf(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }

// showsBytes reports whether column is a gap and then the bytes as characters,
// with a point for those that cannot be shown. Blanks do not count: they get
// lost, and some tools put one in the middle.
func showsBytes(column string, b []byte) bool {
	if !strings.HasPrefix(column, "  ") {
		return false
	}
	column = strings.TrimSpace(column)
	if n := len(column); n >= 2 && (column[0] == '|' && column[n-1] == '|' || column[0] == '>' && column[n-1] == '<') {
		column = column[1 : n-1]
	}
	i := 0
	for _, c := range b {
		if c == ' ' {
			continue
		}
		for i < len(column) && column[i] == ' ' {
			i++
		}
		if i == len(column) || column[i] != c && (column[i] != '.' || ' ' < c && c < 0x7f) {
			return false
		}
		i++
	}
	return column != "" && strings.TrimSpace(column[i:]) == ""
}

package protocol

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The pieces that a line of notation is made of: blanks, words, numbers, and
// the three ways to write a payload. A lineReader walks over one line and never
// back; whatever it cannot read it reports with its place.
//
// Payloads may be megabytes long, so they are read by loops over bytes into one
// buffer, with a table for the digits.

// lineReader reads one line.
type lineReader struct {
	line   string
	number int
	// at is the index of the next byte to read.
	at int
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// fail returns an error that points at line[start:end].
//
//go:noinline
func (r *lineReader) fail(start, end int, expected string) error {
	return newNotationError(r.number, r.line, start, end, expected)
}

// skipBlanks moves to the next character that is no blank, and reports whether
// there is one.
//
//go:noinline
func (r *lineReader) skipBlanks() bool {
	for r.at < len(r.line) && isBlank(r.line[r.at]) {
		r.at++
	}
	return r.at < len(r.line)
}

// wordEnd returns where the word that begins at index start ends: in front of a
// blank, a comment or a text.
//
//go:noinline
func (r *lineReader) wordEnd(start int) int {
	for end := start; end < len(r.line); end++ {
		if c := r.line[end]; isBlank(c) || c == '#' || c == '"' {
			return end
		}
	}
	return len(r.line)
}

// hexNibble holds the value of every hex digit and noNibble for other bytes.
var hexNibble = makeHexNibble()

const noNibble = 0xff

func makeHexNibble() (table [256]byte) {
	for c := range table {
		table[c] = noNibble
		if digit, ok := hexDigit(byte(c)); ok {
			table[c] = digit
		}
	}
	return table
}

// hex reads pairs of hex digits as far as the first byte that is among the
// stops. Blanks that are not may stand anywhere between the digits.
func (r *lineReader) hex(stops string) (string, error) {
	b, err := r.appendHex(nil, stops)
	return string(b), err
}

// appendHex appends the bytes that hex reads.
func (r *lineReader) appendHex(dst []byte, stops string) ([]byte, error) {
	s, i, n := r.line, r.at, len(dst)
	most := n + (len(s)-i+1)/2
	b := slices.Grow(dst, most-n)[:most]
	spaced := strings.IndexByte(stops, ' ') < 0
	alone := -1
	for ; i < len(s); i++ {
		if alone < 0 {
			// Most pairs stand side by side, or with one space between them.
			for i+1 < len(s) {
				high, low := hexNibble[s[i]], hexNibble[s[i+1]]
				if high|low == noNibble {
					break
				}
				b[n] = high<<4 | low
				n++
				if i += 2; spaced && i < len(s) && s[i] == ' ' {
					i++
				}
			}
			if i == len(s) {
				break
			}
		}
		c := s[i]
		if strings.IndexByte(stops, c) >= 0 {
			break
		}
		digit := hexNibble[c]
		switch {
		case digit == noNibble && isBlank(c):
		case digit == noNibble:
			return nil, r.fail(i, i, "a hex digit")
		case alone < 0:
			alone, b[n] = i, digit<<4
		default:
			alone, b[n] = -1, b[n]|digit
			n++
		}
	}
	if alone >= 0 {
		return nil, r.fail(alone, alone, "two hex digits for each byte; this one stands alone")
	}
	r.at = i
	return b[:n], nil
}

const expectedEscape = `one of \" \\ \n \r \t \xHH \u{H}; a backslash itself is \\`

// text reads a text between double quotes; the first of them is next.
func (r *lineReader) text() (string, error) {
	s := r.line
	start := r.at + 1
	var b []byte
	for i := start; i < len(s); {
		switch s[i] {
		case '"':
			r.at = i + 1
			if b == nil {
				return s[start:i], nil
			}
			return string(append(b, s[start:i]...)), nil
		case '\\':
			if b == nil {
				b = make([]byte, 0, 64)
			}
			b = append(b, s[start:i]...)
			var err error
			if b, i, err = r.escape(b, i); err != nil {
				return "", err
			}
			start = i
		default:
			i++
		}
	}
	return "", r.fail(len(s), len(s), `the closing " of the text`)
}

// escape appends what the backslash at index i stands for and returns the index
// behind it.
func (r *lineReader) escape(dst []byte, i int) ([]byte, int, error) {
	s := r.line
	if i+1 == len(s) {
		return nil, 0, r.fail(i, i+1, expectedEscape)
	}
	switch c := s[i+1]; c {
	case '"', '\\':
		return append(dst, c), i + 2, nil
	case 'n':
		return append(dst, '\n'), i + 2, nil
	case 'r':
		return append(dst, '\r'), i + 2, nil
	case 't':
		return append(dst, '\t'), i + 2, nil
	case 'x':
		if i+4 <= len(s) && hexNibble[s[i+2]] != noNibble && hexNibble[s[i+3]] != noNibble {
			return append(dst, hexNibble[s[i+2]]<<4|hexNibble[s[i+3]]), i + 4, nil
		}
		return nil, 0, r.fail(i, r.escapeEnd(i, 4), `two hex digits after \x`)
	case 'u':
		j := i + 2
		if j == len(s) || s[j] != '{' {
			return nil, 0, r.fail(i, r.escapeEnd(i, 3), `\u{ with one to six hex digits and }`)
		}
		value := rune(0)
		for j++; j < len(s) && j < i+9 && hexNibble[s[j]] != noNibble; j++ {
			value = value<<4 | rune(hexNibble[s[j]])
		}
		if j == len(s) || s[j] != '}' || j == i+3 {
			return nil, 0, r.fail(i, r.escapeEnd(i, j+1-i), `\u{ with one to six hex digits and }`)
		}
		if !utf8.ValidRune(value) {
			return nil, 0, r.fail(i, j+1, `a character: \u{0} to \u{10ffff} without \u{d800} to \u{dfff}`)
		}
		return utf8.AppendRune(dst, value), j + 1, nil
	}
	_, size := utf8.DecodeRuneInString(s[i+1:])
	return nil, 0, r.fail(i, i+1+size, expectedEscape)
}

// escapeEnd returns where an escape that begins at i and cannot be read is to be
// underlined to: over at most n bytes, not into the end of the text.
func (r *lineReader) escapeEnd(i, n int) int {
	end := i + 2
	for end < len(r.line) && end < i+n && r.line[end] != '"' {
		_, size := utf8.DecodeRuneInString(r.line[end:])
		end += size
	}
	return end
}

// repeat reads what and how often, behind "repeat(".
func (r *lineReader) repeat() (data string, count uint64, err error) {
	r.skipBlanks()
	if r.at < len(r.line) && r.line[r.at] == '"' {
		data, err = r.text()
	} else {
		data, err = r.hex(",)#")
	}
	if err != nil {
		return "", 0, err
	}
	if !r.skipBlanks() || r.line[r.at] != ',' {
		return "", 0, r.fail(r.at, r.at, "a comma and how often: repeat(00ff,3)")
	}
	r.at++
	r.skipBlanks()
	start := r.at
	for r.at < len(r.line) && isLetterOrDigit(r.line[r.at]) {
		r.at++
	}
	count, ok := parseNumber(r.line[start:r.at], 1<<64-1)
	if !ok {
		return "", 0, r.fail(start, r.at, "how often, a number: repeat(00ff,3)")
	}
	if !r.skipBlanks() || r.line[r.at] != ')' {
		return "", 0, r.fail(r.at, r.at, "the closing ) of repeat(00ff,3)")
	}
	r.at++
	return data, count, nil
}

func isLetterOrDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// parseNumber reads a number up to limit, decimal or in hex with 0x.
func parseNumber(s string, limit uint64) (uint64, bool) {
	base := uint64(10)
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		base, s = 16, s[2:]
	}
	if s == "" {
		return 0, false
	}
	n := uint64(0)
	for i := 0; i < len(s); i++ {
		digit := uint64(hexNibble[s[i]])
		if digit >= base || n > (limit-digit)/base {
			return 0, false
		}
		n = n*base + digit
	}
	return n, true
}

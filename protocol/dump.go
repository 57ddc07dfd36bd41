package protocol

import (
	"encoding/base64"
	"strings"
)

// Bytes as people paste them: out of a terminal, a capture, a test, a log.
//
// What a text is taken for, in this order; the first that fits decides, and an
// error then speaks of that style only:
//
//  1. Lines that begin with an offset: xxd, hexdump -C, od -t x1, Wireshark (see
//     dump_lines.go).
//  2. Anything with a backslash or a quote is an escaped string, and so is
//     anything with %81 in it (see dump_escape.go). A string without any escape
//     that reads as hex is the argument of some function that reads hex.
//  3. Brackets { } and [ ] hold the numbers of a byte array. One with 0x is hex,
//     one without is decimal, and negative where Java prints a byte over 127. But
//     where all have two digits and one of them begins with 0 or has a letter,
//     all are hex.
//     Brackets < > hold hex, as Node prints a Buffer.
//  4. Hex: pairs of digits, with or without 0x in front of them, and between them
//     nothing, blanks, line breaks, commas, semicolons, colons or hyphens.
//  5. Base64, of either alphabet, padded or not, over any number of lines. It
//     needs one character that hex has not, so face and 1234 are hex.
//
// Case does not matter in hex. Notation is none of this; whoever takes both asks
// ParseNotation first.

const (
	expectedDump  = "bytes in hex such as 81 05, a hex dump, an escaped string, a byte array or base64"
	expectedPairs = "two hex digits for each byte"
)

// ParseDump reads bytes in any of the usual styles and says which one it was:
// "hexdump", "wireshark", "escaped string", "percent-encoded", "byte array",
// "hex" or "base64". The error is a *NotationError.
func ParseDump(text string) (b []byte, style string, err error) {
	// A page's no-break space is a blank, and one character like it.
	text = strings.ReplaceAll(text, "\u00a0", " ")
	if strings.TrimSpace(text) == "" {
		return result(text, nil, "", fail(0, 0, expectedDump))
	}
	style = "hex"
	if lines, certain := offsetLines(text); lines != nil {
		if b, err = parseOffsetLines(text, lines); err == nil || certain {
			style = "hexdump"
			if lines[0].digits == 4 {
				style = "wireshark"
			}
			return result(text, b, style, err)
		}
	}
	plain := blankComments(text)
	switch {
	case strings.ContainsAny(plain, "\\\"'"):
		style = "escaped string"
		b, err = parseEscaped(plain)
		if err == nil && len(b) > 0 && strings.IndexByte(plain, '\\') < 0 {
			if digits, err := parseHexList(string(b), 0, len(b)); err == nil {
				return result(text, digits, "hex", nil)
			}
		}
	case hasPercentEscape(plain):
		style = "percent-encoded"
		b, err = parsePercent(plain)
	case strings.ContainsAny(plain, "{[<"):
		style = "byte array"
		b, err = parseArray(plain)
	default:
		if b, err = parseHexList(plain, 0, len(plain)); err != nil {
			if decoded, ok := parseBase64(plain); ok {
				style, b, err = "base64", decoded, nil
			}
		}
	}
	return result(text, b, style, err)
}

// result holds what was read against the limit, and finds the place of a fault.
func result(text string, b []byte, style string, err error) ([]byte, string, error) {
	if err == nil && len(b) > MaxDraftPayload {
		err = fail(0, 0, "at most 16777216 bytes")
	}
	if err == nil {
		return b, style, nil
	}
	f := err.(fault)
	lineStart := strings.LastIndexByte(text[:f.start], '\n') + 1
	line, _, _ := strings.Cut(text[lineStart:], "\n")
	line = strings.TrimSuffix(line, "\r")
	number := strings.Count(text[:f.start], "\n") + 1
	start, end := min(f.start-lineStart, len(line)), min(f.end-lineStart, len(line))
	return nil, "", newNotationError(number, line, start, end, f.expected)
}

// fault says what was expected instead of the text from start to end, in bytes,
// or of one character where end is not behind start.
type fault struct {
	start, end int
	expected   string
}

func (f fault) Error() string { return "expected " + f.expected }

func fail(start, end int, expected string) error { return fault{start, end, expected} }

// blankComments replaces the C comments of a byte array by blanks, so that
// everything else stays where it was.
func blankComments(text string) string {
	before, _, ok := strings.Cut(text, "/*")
	if !ok || strings.ContainsAny(before, "\"'\\") {
		return text
	}
	b := []byte(text)
	for from := 0; ; {
		start := strings.Index(text[from:], "/*")
		if start < 0 {
			return string(b)
		}
		start += from
		end := strings.Index(text[start:], "*/")
		if end < 0 {
			return string(b)
		}
		from = start + end + 2
		for i := start; i < from; i++ {
			if b[i] != '\n' {
				b[i] = ' '
			}
		}
	}
}

func isSpace(c byte) bool { return isBlank(c) || c == '\n' || c == '\v' || c == '\f' }

// isBetween reports whether the character may stand between two bytes in hex.
func isBetween(c byte) bool {
	return isSpace(c) || c == ',' || c == ';' || c == ':' || c == '-'
}

// parseHexList reads text[start:end] as bytes in hex.
func parseHexList(text string, start, end int) ([]byte, error) {
	b := make([]byte, 0, (end-start)/2)
	for i := start; i < end; {
		if isBetween(text[i]) {
			i++
			continue
		}
		at := i
		prefixed := i+2 < end && text[i] == '0' && text[i+1]|0x20 == 'x'
		if prefixed {
			i += 2
		}
		digits := i
		for i < end && hexNibble[text[i]] != noNibble {
			i++
		}
		if i < end && !isBetween(text[i]) || i == digits {
			return nil, fail(i, i, expectedDump)
		}
		if prefixed && i-digits == 1 {
			b = append(b, hexNibble[text[digits]])
			continue
		}
		if (i-digits)%2 != 0 {
			return nil, fail(at, i, expectedPairs)
		}
		for ; digits < i; digits += 2 {
			b = append(b, hexNibble[text[digits]]<<4|hexNibble[text[digits+1]])
		}
	}
	if len(b) == 0 {
		return nil, fail(start, 0, expectedDump)
	}
	return b, nil
}

// parseArray reads the numbers between the brackets of a byte array.
func parseArray(text string) ([]byte, error) {
	for _, pair := range []string{"<>", "{}", "[]"} {
		open := strings.IndexByte(text, pair[0])
		if open < 0 {
			continue
		}
		start := open + 1
		length := strings.IndexByte(text[start:], pair[1])
		if length < 0 {
			return nil, fail(len(text), 0, "the closing "+pair[1:])
		}
		end := start + length
		if more := strings.IndexByte(text[end:], pair[0]); more >= 0 {
			return nil, fail(end+more, 0, "one array at a time")
		}
		if pair == "<>" {
			start += len(text[start:end]) - len(strings.TrimPrefix(text[start:end], "Buffer"))
			return parseHexList(text, start, end)
		}
		return parseNumbers(text, start, end)
	}
	return nil, fail(0, 0, expectedDump)
}

// parseNumbers reads text[start:end] as numbers of a programming language.
func parseNumbers(text string, start, end int) ([]byte, error) {
	words := strings.FieldsFunc(text[start:end], func(r rune) bool { return r == ',' || r < 0x80 && isSpace(byte(r)) })
	hex, pairs := false, true
	for _, word := range words {
		isPair := len(word) == 2 && hexNibble[word[0]] != noNibble && hexNibble[word[1]] != noNibble
		pairs = pairs && isPair
		hex = hex || isPair && (word[0] == '0' || hexNibble[word[0]] > 9 || hexNibble[word[1]] > 9)
	}
	if pairs && hex {
		return parseHexList(text, start, end)
	}
	b := make([]byte, 0, len(words))
	at := start
	for _, word := range words {
		at += strings.Index(text[at:end], word)
		digits, negative := strings.CutPrefix(word, "-")
		n, ok := parseNumber(digits, 255)
		if negative {
			ok, n = ok && n <= 128, -n
		}
		if !ok {
			return nil, fail(at, at+len(word), "a byte: 0 to 255, 0x00 to 0xff, or -128 to -1")
		}
		b = append(b, byte(n))
		at += len(word)
	}
	return b, nil
}

// parseBase64 reads base64. It reports false for what might as well be hex, or
// words: blanks stand only around lines.
func parseBase64(text string) ([]byte, bool) {
	var digits []byte
	foreign, url := false, false
	for _, line := range strings.Split(text, "\n") {
		for _, c := range []byte(strings.Trim(line, " \t\r")) {
			switch {
			case c == '-' || c == '_':
				url = true
			case c == '+' || c == '/' || c == '=' || isLetterOrDigit(c):
			default:
				return nil, false
			}
			foreign = foreign || c != '-' && hexNibble[c] == noNibble
			digits = append(digits, c)
		}
	}
	encoding := base64.RawStdEncoding
	if url {
		encoding = base64.RawURLEncoding
	}
	whole := len(digits)
	for n := 0; n < 2 && len(digits) > 0 && digits[len(digits)-1] == '='; n++ {
		digits = digits[:len(digits)-1]
	}
	if !foreign || len(digits) < whole && whole%4 != 0 {
		return nil, false
	}
	b := make([]byte, encoding.DecodedLen(len(digits)))
	n, err := encoding.Strict().Decode(b, digits)
	return b[:n], err == nil && n > 0
}

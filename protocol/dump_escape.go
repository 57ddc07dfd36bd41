package protocol

import (
	"strings"
	"unicode/utf8"
)

// Escaped strings of C, Go, Python, JavaScript and the shell. They agree on most
// escapes; where they do not:
//
//   - \x takes one or two digits. C would take more, and then mean no byte.
//   - \1 to \377 is octal, up to three digits, in all of them but Go's \8.
//   - \u0081 is the character, as UTF-8, and not the byte.
//   - %% is % in what follows the word printf.
//
// Without quotes the whole text is the string. Blanks then count only if there is
// any character that is not escaped, and line breaks and the blanks at both ends
// never do. With quotes, whatever stands between two of them counts; the strings
// of several quotes are joined. What may stand outside is a declaration or a call
// in front, which ends with = or ( or is the word printf, the letters of a
// prefix, and + and brackets and a backslash that join strings over lines.

const (
	expectedAnyEscape = `an escape such as \x81, \201, \n, \\ or \u0041`
	expectedOutside   = "nothing but +, brackets or a line break between two strings"
)

// parseEscaped reads an escaped string.
func parseEscaped(text string) ([]byte, error) {
	first := strings.IndexAny(text, "\\\"'")
	if first >= 0 && text[first] == '\\' {
		return parseUnquoted(text)
	}
	head := strings.TrimSpace(text[:first])
	if letters := strings.TrimRight(head, "bBuULcC8$"); letters != head && (letters == "" || !isLetterOrDigit(letters[len(letters)-1])) {
		head = strings.TrimSpace(letters)
	}
	printf := head == "printf" || head == "printf --"
	if head != "" && !printf && head[len(head)-1] != '=' && head[len(head)-1] != '(' {
		return nil, fail(strings.Index(text, head), first, expectedDump)
	}
	var b []byte
	for i := first; i < len(text); {
		switch c := text[i]; {
		case c == '"' || c == '\'':
			var err error
			if b, i, err = appendQuotedString(b, text, i, printf); err != nil {
				return nil, err
			}
		case isSpace(c) || strings.IndexByte("+()[]{};\\.", c) >= 0:
			i++
		case i+1 < len(text) && strings.IndexByte("bBuULcC8$", c) >= 0 && strings.IndexByte("\"'bBuULcC8", text[i+1]) >= 0:
			i++
		default:
			return nil, fail(i, 0, expectedOutside)
		}
	}
	return b, nil
}

// appendQuotedString appends the string whose opening quote is at index i, and
// returns the index behind the closing one.
func appendQuotedString(dst []byte, text string, i int, printf bool) ([]byte, int, error) {
	quote := text[i]
	for i++; i < len(text); {
		c := text[i]
		switch {
		case c == quote:
			return dst, i + 1, nil
		case c == '\\':
			var err error
			if dst, i, err = appendEscape(dst, text, i); err != nil {
				return nil, 0, err
			}
			continue
		case c == '%' && printf && i+1 < len(text) && text[i+1] == '%':
			i++
		case c == '\n' || c == '\r':
			return nil, 0, fail(i, 0, "the closing "+string(quote))
		}
		dst = append(dst, c)
		i++
	}
	return nil, 0, fail(len(text), 0, "the closing "+string(quote))
}

// parseUnquoted reads a text that is all string.
func parseUnquoted(text string) ([]byte, error) {
	var b, escaped []byte
	literal := false
	start := 0
	for start < len(text) && isSpace(text[start]) {
		start++
	}
	text = strings.TrimRight(text, " \t\r\n")
	for i := start; i < len(text); {
		c := text[i]
		if c == '\\' {
			from := len(b)
			var err error
			if b, i, err = appendEscape(b, text, i); err != nil {
				return nil, err
			}
			escaped = append(escaped, b[from:]...)
			continue
		}
		if c != '\n' && c != '\r' {
			literal = literal || !isBlank(c)
			b = append(b, c)
		}
		i++
	}
	if !literal {
		return escaped, nil
	}
	return b, nil
}

// simpleEscapes holds the letter of an escape and what it stands for.
const simpleEscapes = "a\ab\bf\fn\nr\rt\tv\ve\x1b\"\"''\\\\??"

// appendEscape appends what the backslash at index i stands for and returns the
// index behind it. One at the end of a line joins it with the next.
func appendEscape(dst []byte, text string, i int) ([]byte, int, error) {
	if i+1 == len(text) {
		return nil, 0, fail(i, i+1, expectedAnyEscape)
	}
	c := text[i+1]
	switch {
	case c == '\n':
		return dst, i + 2, nil
	case c == '\r' && strings.HasPrefix(text[i+2:], "\n"):
		return dst, i + 3, nil
	case c == 'x':
		n, end := readHex(text, i+2, 2)
		if end == i+2 {
			return nil, 0, fail(i, i+2, `hex digits after \x`)
		}
		return append(dst, byte(n)), end, nil
	case '0' <= c && c <= '7':
		n, end := 0, i+1
		for end < len(text) && end < i+4 && '0' <= text[end] && text[end] <= '7' {
			n = n<<3 | int(text[end]-'0')
			end++
		}
		if n > 0xff {
			return nil, 0, fail(i, end, `a byte: \0 to \377`)
		}
		return append(dst, byte(n)), end, nil
	case c == 'u' || c == 'U':
		return appendCharacter(dst, text, i)
	}
	for k := 0; k < len(simpleEscapes); k += 2 {
		if simpleEscapes[k] == c {
			return append(dst, simpleEscapes[k+1]), i + 2, nil
		}
	}
	_, size := utf8.DecodeRuneInString(text[i+1:])
	return nil, 0, fail(i, i+1+size, expectedAnyEscape)
}

// appendCharacter appends the character of \u0081, \u{81} or \U00000081.
func appendCharacter(dst []byte, text string, i int) ([]byte, int, error) {
	at, digits := i+2, 4
	if text[i+1] == 'U' {
		digits = 8
	}
	braces := strings.HasPrefix(text[at:], "{")
	if braces {
		at, digits = at+1, 6
	}
	n, end := readHex(text, at, digits)
	ok := end-at == digits
	if braces {
		ok = end > at && strings.HasPrefix(text[end:], "}")
		end++
	}
	if !ok || !utf8.ValidRune(rune(n)) {
		return nil, 0, fail(i, min(end, len(text)), `a character such as \u0041, \u{41} or \U00000041`)
	}
	return utf8.AppendRune(dst, rune(n)), end, nil
}

// readHex reads up to most hex digits and returns the index behind them.
func readHex(text string, at, most int) (n uint32, end int) {
	for end = at; end < len(text) && end < at+most && hexNibble[text[end]] != noNibble; end++ {
		n = n<<4 | uint32(hexNibble[text[end]])
	}
	return n, end
}

// hasPercentEscape reports whether there is a percent sign with two hex digits.
func hasPercentEscape(text string) bool {
	for i := 0; i+2 < len(text); i++ {
		if text[i] == '%' && hexNibble[text[i+1]] != noNibble && hexNibble[text[i+2]] != noNibble {
			return true
		}
	}
	return false
}

// parsePercent reads a percent-encoded text, in which blanks and line breaks do
// not count.
func parsePercent(text string) ([]byte, error) {
	b := make([]byte, 0, len(text)/3)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case isSpace(c):
		case c != '%':
			b = append(b, c)
		case i+2 < len(text) && hexNibble[text[i+1]] != noNibble && hexNibble[text[i+2]] != noNibble:
			b = append(b, hexNibble[text[i+1]]<<4|hexNibble[text[i+2]])
			i += 2
		default:
			return nil, fail(i, min(i+3, len(text)), "two hex digits after %")
		}
	}
	return b, nil
}

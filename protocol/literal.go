package protocol

// Bytes as source text of other languages, for taking a crafted frame into a
// test or a shell. Every byte is escaped, printable or not: the bytes are to be
// compared, and no language's own rules about characters get in between.
//
// To add a language, add a row to literals.

// Literal is a language that AppendLiteral writes.
type Literal struct {
	// ID names the language in a call.
	ID string
	// Title names it for people.
	Title string
}

var literals = [...]struct {
	Literal
	append func(dst, b []byte) []byte
}{
	{Literal{"go", "Go"}, appendGo},
	{Literal{"javascript", "JavaScript"}, appendJavaScript},
	{Literal{"python", "Python"}, appendPython},
	{Literal{"c", "C"}, appendC},
	{Literal{"printf", "shell printf"}, appendPrintf},
}

// literalLine is how many bytes stand on one line.
const literalLine = 12

// Literals returns the languages that AppendLiteral writes.
func Literals() []Literal {
	list := make([]Literal, len(literals))
	for i := range literals {
		list[i] = literals[i].Literal
	}
	return list
}

// AppendLiteral appends b as an expression, a definition or a command of the
// language with the given id, and reports whether there is such a language.
func AppendLiteral(dst []byte, language string, b []byte) ([]byte, bool) {
	for i := range literals {
		if literals[i].ID == language {
			return literals[i].append(dst, b), true
		}
	}
	return dst, false
}

func appendGo(dst, b []byte) []byte {
	return appendArray(dst, b, "[]byte{", "\t", "}")
}

func appendJavaScript(dst, b []byte) []byte {
	return appendArray(dst, b, "new Uint8Array([", "  ", "])")
}

func appendC(dst, b []byte) []byte {
	if len(b) == 0 {
		// C has no empty array; what ends a string is not sent.
		return append(dst, `const char frame[] = "";`...)
	}
	return appendArray(dst, b, "const unsigned char frame[] = {", "    ", "};")
}

// appendArray appends numbers with commas between them: on one line when there
// are few, otherwise on indented lines that all end with a comma.
func appendArray(dst, b []byte, open, indent, end string) []byte {
	dst = append(dst, open...)
	if len(b) <= literalLine {
		return append(appendHexNumbers(dst, b), end...)
	}
	dst = append(dst, '\n')
	for len(b) > 0 {
		n := min(literalLine, len(b))
		dst = appendHexNumbers(append(dst, indent...), b[:n])
		dst = append(dst, ",\n"...)
		b = b[n:]
	}
	return append(dst, end...)
}

func appendHexNumbers(dst, b []byte) []byte {
	for i, c := range b {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(dst, '0', 'x', hexDigits[c>>4], hexDigits[c&0xf])
	}
	return dst
}

// appendPython appends bytes literals; those that touch are one, and
// parentheses let them touch across lines.
func appendPython(dst, b []byte) []byte {
	if len(b) <= literalLine {
		return appendPythonBytes(dst, b)
	}
	dst = append(dst, "(\n"...)
	for len(b) > 0 {
		n := min(literalLine, len(b))
		dst = appendPythonBytes(append(dst, "    "...), b[:n])
		dst = append(dst, '\n')
		b = b[n:]
	}
	return append(dst, ')')
}

func appendPythonBytes(dst, b []byte) []byte {
	dst = append(dst, `b"`...)
	for _, c := range b {
		dst = append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&0xf])
	}
	return append(dst, '"')
}

// appendPrintf appends a command for any POSIX shell. That has octal escapes
// only, and always of three digits here, so that a digit may follow. A percent
// sign is doubled instead, because some shells undo the escapes before they look
// for formats. A backslash at the end of a line joins it with the next, and
// quotes that touch are one word.
func appendPrintf(dst, b []byte) []byte {
	dst = append(dst, "printf '"...)
	for i, c := range b {
		if i > 0 && i%literalLine == 0 {
			dst = append(dst, "'\\\n'"...)
		}
		if c == '%' {
			dst = append(dst, "%%"...)
			continue
		}
		dst = append(dst, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
	}
	return append(dst, '\'')
}

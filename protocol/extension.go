package protocol

import "strconv"

// The value of a Sec-WebSocket-Extensions field (RFC 6455, section 9.1):
//
//	extension-list  = 1#extension
//	extension       = extension-token *( ";" extension-param )
//	extension-token = token
//	extension-param = token [ "=" ( token | quoted-string ) ]
//
// The ABNF is the old one of HTTP/1.1 (RFC 2616, section 2.1): blanks may stand
// between any two of these pieces, and a list may have empty elements as long as
// one is not. What a quoted-string says once its escapes are undone has to be a
// token again, so quotes never carry a blank or a comma into a value.
//
// Reading is one walk from left to right. Names and values stay as they were
// written, upper case included; whether anybody knows them is not decided here.

// An Extension is one element of the list.
type Extension struct {
	Name   string
	Params []Param
	// Start and End are the bytes of the field's value that it takes, from the
	// first of its name to behind the last of its last parameter.
	Start, End int
}

// Param is one extension-param.
type Param struct {
	Name string
	// Value is what the parameter says, without quotes and escapes.
	Value string
	// HasValue: there is a "=".
	HasValue bool
	// Quoted: the value stands in quotes.
	Quoted bool
	// Start and End are its bytes of the field's value.
	Start, End int
}

// HeadFieldError says where the value of a field leaves its grammar.
type HeadFieldError struct {
	// Of is what the value lists: "extensions" or "subprotocols".
	Of string
	// Offset is the byte of the value that could not be read.
	Offset int
	// Found is what stands there, quoted, or "the end".
	Found string
	// Expected says what could stand there.
	Expected string
}

// Error returns the whole sentence.
func (e *HeadFieldError) Error() string {
	return "byte " + strconv.Itoa(e.Offset) + " of the " + e.Of + ": found " + e.Found +
		", expected " + e.Expected
}

// ParseExtensions reads the value of a Sec-WebSocket-Extensions field. Its error
// is a *HeadFieldError. The time it takes and what it allocates grow with the
// length of the value only.
func ParseExtensions(value string) ([]Extension, error) {
	list, notToken, malformed := readExtensions(value)
	switch {
	case notToken != nil:
		return nil, notToken
	case malformed != nil:
		return nil, malformed
	}
	return list, nil
}

// readExtensions reads on behind a quoted value that is no token, which is wrong
// in another way than what cannot be read at all. Of both it returns the first
// place; where there is one of the second kind, notToken comes before it.
func readExtensions(value string) (list []Extension, notToken, malformed *HeadFieldError) {
	r := headFieldReader{s: value, of: "extensions"}
	for {
		r.skipBlanks()
		if r.at < len(r.s) && r.s[r.at] != ',' {
			e, err := r.extension()
			if err != nil {
				return nil, r.notToken, err
			}
			list = append(list, e)
		}
		if r.at == len(r.s) {
			break
		}
		if r.s[r.at] != ',' {
			return nil, r.notToken, r.expected(afterParam(list[len(list)-1]))
		}
		r.at++
	}
	if list == nil {
		return nil, nil, r.expected("the name of an extension")
	}
	return list, r.notToken, nil
}

// afterParam says what may follow an element that is read, and so shows what its
// last word still lacks.
func afterParam(e Extension) string {
	if n := len(e.Params); n > 0 && !e.Params[n-1].HasValue {
		return `"=", ";" or ","`
	}
	return `";" or ","`
}

// headFieldReader walks along the value of a field.
type headFieldReader struct {
	s  string
	at int
	of string
	// notToken is the first byte in quotes that no token has.
	notToken *HeadFieldError
}

// isExtensionBlank: a line of the old folding arrives here with its line break
// already gone, so blanks and tabs are all there is.
func isExtensionBlank(c byte) bool { return c == ' ' || c == '\t' }

//go:noinline
func (r *headFieldReader) skipBlanks() {
	for r.at < len(r.s) && isExtensionBlank(r.s[r.at]) {
		r.at++
	}
}

// expected returns the error for the place that the reader has come to.
//
//go:noinline
func (r *headFieldReader) expected(what string) *HeadFieldError {
	e := &HeadFieldError{r.of, r.at, "the end", what}
	if r.at < len(r.s) {
		e.Found = strconv.Quote(r.s[r.at : r.at+1])
	}
	return e
}

// isTokenByte reports whether a token may have the byte (RFC 2616, section 2.2):
// printable ASCII but for the separators.
func isTokenByte(c byte) bool {
	const separators = `()<>@,;:\"/[]?={} `
	if c <= ' ' || c >= 0x7f {
		return false
	}
	for i := 0; i < len(separators); i++ {
		if separators[i] == c {
			return false
		}
	}
	return true
}

// token reads one token, which has at least one byte.
func (r *headFieldReader) token(what string) (string, *HeadFieldError) {
	start := r.at
	for r.at < len(r.s) && isTokenByte(r.s[r.at]) {
		r.at++
	}
	if r.at == start {
		return "", r.expected(what)
	}
	return r.s[start:r.at], nil
}

// extension reads one element and the blanks behind it.
func (r *headFieldReader) extension() (e Extension, err *HeadFieldError) {
	e.Start = r.at
	if e.Name, err = r.token("the name of an extension"); err != nil {
		return e, err
	}
	e.End = r.at
	for r.skipBlanks(); r.at < len(r.s) && r.s[r.at] == ';'; r.skipBlanks() {
		r.at++
		r.skipBlanks()
		p, err := r.param()
		if err != nil {
			return e, err
		}
		e.Params = append(e.Params, p)
		e.End = p.End
	}
	return e, nil
}

// param reads one parameter and the blanks behind it.
func (r *headFieldReader) param() (p Param, err *HeadFieldError) {
	p.Start = r.at
	if p.Name, err = r.token("the name of a parameter"); err != nil {
		return p, err
	}
	p.End = r.at
	r.skipBlanks()
	if r.at == len(r.s) || r.s[r.at] != '=' {
		return p, nil
	}
	p.HasValue = true
	r.at++
	r.skipBlanks()
	if r.at < len(r.s) && r.s[r.at] == '"' {
		p.Quoted = true
		p.Value, err = r.quoted()
	} else {
		p.Value, err = r.token("a value: a token, or one in quotes")
	}
	p.End = r.at
	return p, err
}

// quoted reads a quoted-string and takes note where its content is no token.
func (r *headFieldReader) quoted() (string, *HeadFieldError) {
	const what = `a byte of a token, or the closing quote`
	r.at++
	start := r.at
	// Only a value with escapes needs memory of its own.
	var unescaped []byte
	escaped := false
	for ; r.at < len(r.s); r.at++ {
		c := r.s[r.at]
		expected := what
		switch {
		case c == '"':
			value := r.s[start:r.at]
			if escaped {
				value = string(unescaped)
			}
			if r.at == start {
				r.takeNote("a byte of a token: quotes around nothing are no value")
			}
			r.at++
			return value, nil
		case c == '\\':
			if !escaped {
				escaped, unescaped = true, []byte(r.s[start:r.at])
			}
			r.at++
			expected = "a byte of a token behind the backslash"
			if r.at == len(r.s) {
				return "", r.expected(expected)
			}
			c = r.s[r.at]
		}
		if !isTokenByte(c) {
			r.takeNote(expected)
		}
		if escaped {
			unescaped = append(unescaped, c)
		}
	}
	return "", r.expected(what)
}

// takeNote keeps the first byte in quotes that no token has.
func (r *headFieldReader) takeNote(expected string) {
	if r.notToken == nil {
		r.notToken = r.expected(expected)
	}
}

// AppendTo appends the element as it is written: "; " between parameters, quotes
// where there were quotes.
//
//go:noinline
func (e Extension) AppendTo(dst []byte) []byte {
	dst = append(dst, e.Name...)
	for _, p := range e.Params {
		dst = append(dst, "; "...)
		dst = p.AppendTo(dst)
	}
	return dst
}

// AppendTo appends the parameter as it is written.
//
//go:noinline
func (p Param) AppendTo(dst []byte) []byte {
	dst = append(dst, p.Name...)
	switch {
	case !p.HasValue:
	case p.Quoted:
		// A token has nothing in it that would need a backslash.
		dst = append(dst, `="`...)
		dst = append(dst, p.Value...)
		dst = append(dst, '"')
	default:
		dst = append(dst, '=')
		dst = append(dst, p.Value...)
	}
	return dst
}

// AppendExtensions appends the whole value of a field.
func AppendExtensions(dst []byte, list []Extension) []byte {
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = e.AppendTo(dst)
	}
	return dst
}

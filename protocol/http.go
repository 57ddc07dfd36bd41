package protocol

import (
	"bytes"
	"errors"
	"strings"
)

// The opening handshake is one HTTP/1.1 request and its response (RFC 6455,
// section 4), each of them a head without a body: a start line, named fields, an
// empty line.
//
//	GET /chat HTTP/1.1 CR LF            HTTP/1.1 101 Switching Protocols CR LF
//	Host: server.example.com CR LF      Upgrade: websocket CR LF
//	Upgrade: websocket CR LF            ...
//	...                                 CR LF
//	CR LF
//
// Reading refuses nothing. A line ends with LF, with or without CR before it; a
// line that begins with a blank goes on with the field before it, as HTTP once
// allowed; a line without a colon is a field without a name; empty lines before
// the start line are passed over. Whatever the bytes are, the head gives them
// back, and judging is left to CheckRequest and CheckHandshake.
//
// Nothing about heads is in a hurry: helpers that are called in many places are
// kept from being inlined, which would double these files in the WASM module.

// ErrHeadShort says that the empty line which ends a head has not come yet.
var ErrHeadShort = errors.New("protocol: the bytes end inside the head")

// MaxHeadFields is how many fields of a head are listed and judged.
const MaxHeadFields = 1000

// Head is a request or a response as it was read.
type Head struct {
	// Request tells a request from a response.
	Request bool
	// Start is the byte of its direction's stream at which the head begins. Whoever
	// reads a stream sets it; diagnostics and JSON count from there, everything in
	// here from the head's first byte.
	Start int
	// Raw has the bytes.
	Raw string
	// Complete: the empty line at the end has come. Until then the last line is
	// listed as far as it came.
	Complete bool
	// Ended: the stream ends inside the head. Whoever reads the stream sets it.
	Ended bool

	// Method and Target are a request's, Status and Reason a response's.
	Method, Target, Version, Status, Reason HeadText

	// Fields lists at most MaxHeadFields; FieldCount says how many there are.
	Fields     []HeadField
	FieldCount int

	// line is the start line without its end; lineEnded: the end has come.
	line      HeadText
	lineEnded bool
}

// HeadText is a piece of a head.
type HeadText struct {
	Value string
	// Start and End are its bytes, counted from the beginning of the head.
	Start, End int
}

// HeadField is one named field.
type HeadField struct {
	// Name is empty where a line has no colon.
	Name HeadText
	// Value is without the blanks around it. Where it was folded over lines, each
	// fold is one space of it.
	Value HeadText
	// Start and End are the bytes of its line or lines, with their ends.
	Start, End int
}

// ParseRequestHead reads a request. It returns what there is of the head and how
// many bytes that takes; the only error is ErrHeadShort, and then it is all of
// them. The time it takes grows with the length of the head only.
func ParseRequestHead(src []byte) (*Head, int, error) { return parseHead(src, true) }

// ParseResponseHead reads a response, as ParseRequestHead reads a request.
func ParseResponseHead(src []byte) (*Head, int, error) { return parseHead(src, false) }

func parseHead(src []byte, request bool) (*Head, int, error) {
	n, complete := headEnd(src)
	h := &Head{Request: request, Raw: string(src[:n]), Complete: complete}
	h.readLines()
	if !complete {
		return h, n, ErrHeadShort
	}
	return h, n, nil
}

// headEnd returns the length of the head.
func headEnd(src []byte) (n int, complete bool) {
	started := false
	for at := 0; ; {
		i := bytes.IndexByte(src[at:], '\n')
		if i < 0 {
			return len(src), false
		}
		empty := i == 0 || i == 1 && src[at] == '\r'
		at += i + 1
		if empty && started {
			return at, true
		}
		started = started || !empty
	}
}

// readLines divides Raw.
func (h *Head) readLines() {
	started, listed := false, false
	for at := 0; at < len(h.Raw); {
		text := h.Raw[at:]
		start := at
		end := strings.IndexByte(text, '\n')
		if end >= 0 {
			at += end + 1
			text = strings.TrimSuffix(text[:end], "\r")
		} else {
			at = len(h.Raw)
		}
		switch {
		case text == "":
		case !started:
			started, h.lineEnded = true, end >= 0
			h.line = h.text(start, start+len(text))
			h.readStartLine()
		case isExtensionBlank(text[0]) && h.FieldCount > 0:
			if listed {
				h.fold(start, start+len(text), at)
			}
		default:
			h.FieldCount++
			if listed = h.FieldCount <= MaxHeadFields; listed {
				h.readField(start, start+len(text), at)
			}
		}
	}
	for i := range h.Fields {
		h.Fields[i].Value.unfold()
	}
}

// text returns the piece of Raw.
//
//go:noinline
func (h *Head) text(start, end int) HeadText { return HeadText{h.Raw[start:end], start, end} }

// trimmed returns the piece of Raw without the blanks around it.
//
//go:noinline
func (h *Head) trimmed(start, end int) HeadText {
	for start < end && isExtensionBlank(h.Raw[start]) {
		start++
	}
	for start < end && isExtensionBlank(h.Raw[end-1]) {
		end--
	}
	return h.text(start, end)
}

// readStartLine divides the start line at its spaces: a request's target is all
// that stands between the first and the last, a response's reason all that
// stands behind the second.
func (h *Head) readStartLine() {
	line := h.trimmed(h.line.Start, h.line.End)
	first := strings.IndexByte(line.Value, ' ')
	if first < 0 {
		first = len(line.Value)
	}
	head, rest := h.text(line.Start, line.Start+first), h.trimmed(line.Start+first, line.End)
	if h.Request {
		h.Method = head
		last := strings.LastIndexByte(rest.Value, ' ')
		if last < 0 {
			last = len(rest.Value)
		}
		h.Target, h.Version = h.trimmed(rest.Start, rest.Start+last), h.trimmed(rest.Start+last, rest.End)
		return
	}
	h.Version = head
	second := strings.IndexByte(rest.Value, ' ')
	if second < 0 {
		second = len(rest.Value)
	}
	h.Status = h.text(rest.Start, rest.Start+second)
	// The space that stands in front of an empty reason was trimmed above.
	h.Reason = h.trimmed(h.Status.End, h.line.End)
}

// readField reads a line that ends at end, and with its end at next.
func (h *Head) readField(start, end, next int) {
	f := HeadField{Name: h.text(start, start), Start: start, End: next}
	if colon := strings.IndexByte(h.Raw[start:end], ':'); colon >= 0 {
		f.Name = h.trimmed(start, start+colon)
		start += colon + 1
	}
	f.Value = h.trimmed(start, end)
	h.Fields = append(h.Fields, f)
}

// fold goes on with the last field.
func (h *Head) fold(start, end, next int) {
	f := &h.Fields[len(h.Fields)-1]
	more := h.trimmed(start, end)
	switch {
	case more.Value == "":
	case f.Value.Value == "":
		f.Value = more
	default:
		f.Value = h.text(f.Value.Start, more.End)
	}
	f.End = next
}

// unfold puts one space where a line ended.
func (t *HeadText) unfold() {
	if strings.IndexByte(t.Value, '\n') < 0 {
		return
	}
	var out []byte
	for i := 0; i < len(t.Value); i++ {
		c := t.Value[i]
		if c != '\n' {
			out = append(out, c)
			continue
		}
		if n := len(out); n > 0 && out[n-1] == '\r' {
			out = out[:n-1]
		}
		for n := len(out); n > 0 && isExtensionBlank(out[n-1]); n-- {
			out = out[:n-1]
		}
		for i+1 < len(t.Value) && isExtensionBlank(t.Value[i+1]) {
			i++
		}
		out = append(out, ' ')
	}
	t.Value = string(out)
}

// AppendTo appends the bytes that were read.
func (h *Head) AppendTo(dst []byte) []byte { return append(dst, h.Raw...) }

// Value returns the value of the first field of that name, in whatever case it is
// written.
func (h *Head) Value(name string) (value string, ok bool) {
	for i := range h.Fields {
		if f := &h.Fields[i]; sameWord(f.Name.Value, name) {
			return f.Value.Value, true
		}
	}
	return "", false
}

// StatusNumber returns the status of a response, or 0 where it is none of three
// digits.
//
//go:noinline
func (h *Head) StatusNumber() (n int) {
	if len(h.Status.Value) != 3 {
		return 0
	}
	for i := range 3 {
		c := h.Status.Value[i]
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// Interim reports whether the response is one of those that come before the real
// one (RFC 9110, section 15.2), such as 103: the handshake goes on waiting.
func (h *Head) Interim() bool {
	n := h.StatusNumber()
	return n >= 100 && n < 200 && n != 101
}

// sameWord compares without regard to the case of ASCII letters, and of no other:
// Unicode knows more letters that fold to k and s.
//
//go:noinline
func sameWord(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lowerByte(a[i]) != lowerByte(b[i]) {
			return false
		}
	}
	return true
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

package cli

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"framecraft/protocol"
)

// Payload data in one line: as text where it is meant to be, or may well be, and
// in hex otherwise. What does not fit is counted.

// isText reports whether the payload data is a text by its place.
func isText(field protocol.FieldName, opcode protocol.Opcode) bool {
	return field == protocol.FieldReason || opcode == protocol.OpcodeText
}

// previewOf returns a preview of the bytes in at most so many columns.
func previewOf(b []byte, room int, text bool) string {
	return previewCut(b, len(b), room, text || looksLikeText(b))
}

// previewCut returns a preview of length bytes of which only the first are known.
func previewCut(known []byte, length, room int, text bool) string {
	room = max(room, 8)
	for n := min(len(known), 4*room); ; {
		for text && n < len(known) && n > 0 && !utf8.RuneStart(known[n]) {
			n-- // not inside a character
		}
		shown := ""
		switch {
		case n == 0 && length > 0:
		case text:
			shown = quote(known[:n])
		default:
			shown = string(appendPairs(nil, known[:n]))
		}
		if n < length {
			shown = strings.TrimSpace(shown + " … +" + count(length-n, "byte"))
		}
		over := columns(shown) - room
		if over <= 0 || n == 0 {
			return shown
		}
		// No byte takes more than four columns.
		n -= max(1, over/4)
	}
}

// quote returns a text as the notation writes it: what cannot be printed is
// escaped, so nothing of it reaches the terminal.
func quote(b []byte) string {
	draft := protocol.Draft{Raw: true, Payload: protocol.Payload{Form: protocol.PayloadText, Data: string(b)}}
	return strings.TrimPrefix(string(draft.AppendNotation(nil)), "bytes ")
}

// looksLikeText reports whether the bytes are UTF-8 that can be printed.
func looksLikeText(b []byte) bool {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 || !unicode.IsPrint(r) && r != '\n' && r != '\t' {
			return false
		}
		b = b[size:]
	}
	return true
}

package main

import (
	"strings"

	"framecraft/protocol"
)

// What somebody pastes may be notation or bytes in any usual dress. Notation is
// tried first: its words are no hex digits, and a word such as `ping`, which
// base64 could be too, is far more likely meant as what it says.

// readPasted returns the drafts and what the text was taken for.
func readPasted(text string) (drafts []protocol.Draft, recognised string, err error) {
	if strings.TrimSpace(text) == "" {
		return nil, "", &opError{"pasted text", "nothing", "notation, hex, a hex dump or base64"}
	}
	drafts, notationErr := protocol.ParseNotation(text)
	if notationErr == nil && len(drafts) > 0 {
		return drafts, "notation", nil
	}
	b, style, err := protocol.ParseDump(text)
	if err == nil {
		return protocol.Recover(b), style, nil
	}
	if at, ok := notationErr.(*protocol.NotationError); ok && readFurther(text, at) {
		return nil, "", notationErr
	}
	return nil, "", err
}

// readFurther reports whether a word of notation stands in front of the place
// that cannot be read: then the text is meant as notation, and that error says
// more than the one about bytes. A number is no such word: it could be a status
// code, but far more text that begins with a number is hex.
func readFurther(text string, at *protocol.NotationError) bool {
	start := 0
	for range at.Line - 1 {
		start += strings.IndexByte(text[start:], '\n') + 1
	}
	before, err := protocol.ParseNotation(text[:start])
	if err != nil || len(before) > 0 {
		return true
	}
	blanks := 0
	for text[start+blanks] == ' ' || text[start+blanks] == '\t' {
		blanks++
	}
	first := text[start+blanks]
	return at.Column > blanks+1 && (first < '0' || first > '9')
}

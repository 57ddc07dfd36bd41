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
	if notationErr != nil && beginsAsNotation(notationErr) {
		return nil, "", notationErr
	}
	return nil, "", &valueError{"pasted text", err}
}

// beginsAsNotation reports whether the text could be read as notation beyond
// its first word: then its error says more than that of a dump does.
func beginsAsNotation(err error) bool {
	at, ok := err.(*protocol.NotationError)
	return ok && (at.Line > 1 || at.Column > 1)
}

package protocol

import "strings"

// The handshake step: its first line, the lines that change its fields, and how
// they are read and printed.
//
//	handshake GET /chat HTTP/1.1        handshake 426 Upgrade Required
//	  with Origin: null                   without Upgrade
//	  also Host: other.example            also Sec-WebSocket-Version: 13
//	  without Sec-WebSocket-Key
//
// A part of the first line may be left out where the others tell themselves
// apart: a target begins with a slash, a version with HTTP/, a response's first
// word is the status code unless it is the version, and whatever else stands
// there is the part whose turn it is. The reason is the rest of its line.

// defaultLines are the parts of the first line where a step says nothing else.
var defaultLines = [...][3]string{
	RoleClient: {"GET", "/", "HTTP/1.1"},
	RoleServer: {"HTTP/1.1", "101", "Switching Protocols"},
}

// partOf returns which part of the first line a word is, if next is the one
// whose turn it is.
func partOf(role Role, word string, next int) int {
	switch {
	case next >= 2:
		return next
	case strings.HasPrefix(word, "HTTP/"):
		return 2 * int(role.Peer())
	case next == 0 && (role == RoleServer || strings.HasPrefix(word, "/")):
		return 1
	}
	return next
}

// handshakeLine reads what follows the word.
func (p *scenarioParser) handshakeLine(s *Step) error {
	h := &HandshakeStep{}
	s.Handshake = h
	if end := p.wordEnd(p.at); p.line[p.at:end] == "bytes" {
		l := lineParser{lineReader: p.lineReader}
		l.at = end
		if err := l.raw(); err != nil {
			return err
		}
		h.Verbatim, h.Data, s.Comment = true, l.draft.Payload, l.draft.Comment
		p.at = len(p.line)
		return l.takeRoom(&p.room)
	}
	role := p.scenario.Role
	next := 0
	for p.skipBlanks() && p.line[p.at] != '#' {
		start := p.at
		read := p.part
		if role == RoleServer && next == 2 {
			read = p.value
		}
		word, err := read()
		if err != nil {
			return err
		}
		at := partOf(role, word, next)
		switch {
		case word == "":
			return p.fail(start, p.at, "a word; what is left out is as in a legal handshake")
		case at > 2:
			return p.fail(start, p.at, "the end of the line or a # comment")
		}
		h.Line[at] = word
		next = at + 1
	}
	return nil
}

// part reads a word up to the next blank, or a text in quotes.
func (r *lineReader) part() (string, error) {
	if r.line[r.at] == '"' {
		return r.text()
	}
	start := r.at
	for r.at < len(r.line) && !isBlank(r.line[r.at]) {
		r.at++
	}
	return r.line[start:r.at], nil
}

// edit reads a line that begins with with, also or without.
func (p *scenarioParser) edit(kind EditKind, start, end int) error {
	steps := p.scenario.Steps
	if !p.open {
		return p.fail(start, end, expectedStep+"; "+p.line[start:end]+" stands below a handshake")
	}
	e := FieldEdit{Kind: kind}
	p.at = end
	p.skipBlanks()
	from := p.at
	var err error
	switch {
	case kind == EditWithout:
		p.at = p.wordEnd(from)
		e.Name = p.line[from:p.at]
	case kind == EditAlso && from < len(p.line) && p.line[from] == '"':
		e.Value, err = p.text()
	default:
		colon := strings.IndexByte(p.line[from:], ':')
		if colon < 0 {
			return p.fail(from, len(p.line), "a field as Name: value")
		}
		e.Name = p.line[from : from+colon]
		p.at = from + colon + 1
		if strings.ContainsAny(e.Name, " \t\r\"") {
			return p.fail(from, from+colon, `a field's name without blanks; also "..." adds a line of any kind`)
		}
		e.Value, err = p.value()
	}
	if err != nil {
		return err
	}
	if e.Name == "" && (kind != EditAlso || p.line[from] != '"') {
		return p.fail(from, from, "the name of a field")
	}
	if e.Comment, err = p.endLine(); err != nil {
		return err
	}
	// The comments in between belong to the handshake as well.
	handshake := &steps[p.handshake]
	for _, s := range steps[p.handshake+1:] {
		handshake.Handshake.Edits = append(handshake.Handshake.Edits, FieldEdit{Comment: s.Comment})
	}
	handshake.Handshake.Edits = append(handshake.Handshake.Edits, e)
	handshake.LastLine = p.number
	p.scenario.Steps = steps[:p.handshake+1]
	return nil
}

// AppendRequest appends the bytes of a client's step. The host has its port with
// it; target is what is asked for where the step does not say, and key what
// Sec-WebSocket-Key says.
func (h *HandshakeStep) AppendRequest(dst []byte, host, target, key string) []byte {
	return h.append(dst, DefaultRequest(host, target, key))
}

// AppendResponse appends the bytes of a server's step, in answer to the key.
func (h *HandshakeStep) AppendResponse(dst []byte, key string) []byte {
	head := DefaultResponse(key)
	if status := h.Line[1]; status != "" && status != head.Words[1] {
		// Any words will do for a reason, but there has to be the space before it.
		head.Words[2] = "Other"
		switch status[0] {
		case '2':
			head.Words[2] = "OK"
		case '3':
			head.Words[2] = "Elsewhere"
		case '4':
			head.Words[2] = "Refused"
		case '5':
			head.Words[2] = "Failed"
		}
	}
	return h.append(dst, head)
}

func (h *HandshakeStep) append(dst []byte, head HeadDraft) []byte {
	if h.Verbatim {
		return h.Data.AppendTo(dst)
	}
	for i, word := range h.Line {
		if word != "" {
			head.Words[i] = word
		}
	}
	for _, e := range h.Edits {
		switch e.Kind {
		case EditWith:
			head.Set(e.Name, e.Value)
		case EditAlso:
			// Nobody else has these fields, which may be thousands: no copy, as Add has it.
			head.Fields = append(head.Fields, FieldDraft{e.Name, e.Value})
		case EditWithout:
			head.Remove(e.Name)
		}
	}
	return head.AppendTo(dst)
}

// OfferedDeflate reads the head that one side sends and returns what will be agreed
// on if the other side takes the first offer of permessage-deflate in it.
func OfferedDeflate(role Role, head []byte) (DeflateParams, bool) {
	h, _, _ := parseHead(head, role == RoleClient)
	if role == RoleServer {
		agreed := ReadHandshake(nil, h)
		return agreed.Deflate, agreed.DeflateAgreed
	}
	for _, e := range h.extensions(nil) {
		if e.Name == DeflateExtension {
			if p, err := ParseDeflateOffer(e); err == nil {
				return p, true
			}
		}
	}
	return DeflateParams{}, false
}

// appendLines appends the step's first line and those of the edits.
func (h *HandshakeStep) appendLines(dst []byte, role Role, comment string) []byte {
	if h.Verbatim {
		d := Draft{Raw: true, Payload: h.Data, Comment: comment}
		return appendStrings(d.AppendNotation(appendStrings(dst, "handshake ")), "\n")
	}
	dst = appendStrings(dst, "handshake")
	line := h.Line
	next := 0
	for i, word := range line {
		if word == "" {
			continue
		}
		if partOf(role, word, next) != i {
			// Only with all of its parts can the line be read again.
			for j, part := range defaultLines[role] {
				if line[j] == "" {
					line[j] = part
				}
			}
			break
		}
		next = i + 1
	}
	for i, word := range line {
		if word != "" {
			dst = appendValue(appendStrings(dst, " "), word, role == RoleServer && i == 2)
		}
	}
	dst = appendLineEnd(dst, comment)
	for i := range h.Edits {
		dst = h.Edits[i].appendLine(dst)
	}
	return dst
}

func (e *FieldEdit) appendLine(dst []byte) []byte {
	if e.Kind == EditComment {
		return appendOnlyComment(dst, "  ", e.Comment)
	}
	dst = appendStrings(dst, "  ", editWords[e.Kind], " ", e.Name)
	switch {
	case e.Kind == EditWithout:
	case e.Name == "":
		dst = appendQuoted(dst, e.Value)
	case e.Value == "":
		dst = appendStrings(dst, ":")
	default:
		dst = appendValue(appendStrings(dst, ": "), e.Value, true)
	}
	return appendLineEnd(dst, e.Comment)
}

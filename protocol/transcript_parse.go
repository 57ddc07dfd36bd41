package protocol

import (
	"strconv"
	"strings"
)

// ParseTranscript reads a transcript. Lines that are blank or only a comment do
// not count. The error is a *NotationError for the first place that cannot be
// read.
func ParseTranscript(text string) (*Transcript, error) {
	t := &Transcript{}
	if lines := strings.Count(text, "\n"); lines > 0 {
		// The shortest entry has ten bytes, so this claims no more than came.
		t.Entries = make([]Entry, 0, min(lines+1, len(text)/10+1))
	}
	room := uint64(MaxDraftPayload)
	// The bytes of all entries stand side by side, two digits or more for each.
	data := make([]byte, 0, len(text)/2)
	for number := 1; text != ""; number++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		r := lineReader{line: line, number: number}
		if !r.skipBlanks() || r.line[r.at] == '#' {
			continue
		}
		if len(t.Entries) == MaxTranscriptEntries {
			return nil, r.fail(r.at, len(line), "at most "+strconv.Itoa(MaxTranscriptEntries)+" entries in one transcript")
		}
		var e Entry
		if err := r.entry(&e, &room, data); err != nil {
			return nil, err
		}
		if e.Kind == EntryBytes {
			e.Data, data = e.Data[len(data):len(e.Data):len(e.Data)], e.Data
			if len(e.Data) == 0 {
				e.Data = nil
			}
		}
		t.Entries = append(t.Entries, e)
	}
	return t, nil
}

// entry reads one line. Its Data comes with what stands in data in front.
func (r *lineReader) entry(e *Entry, room *uint64, data []byte) (err error) {
	start, end := r.at, r.wordEnd(r.at)
	expected, ok := "a time such as 0.31ms or 1.5s, at most 24 hours", false
	if e.At, ok = parseDuration(r.line[start:end]); !ok {
		return r.fail(start, end, expected)
	}
	r.at = end
	sided := r.word("client")
	expected = "client, server, stop or expect"
	if !sided && r.word("server") {
		sided, e.From = true, RoleServer
	}
	if sided {
		expected = "what the " + e.From.String() + " did: open, bytes, end, reset or failed"
	}
	for e.Kind.sided() != sided || !r.word(entryWords[e.Kind]) {
		if e.Kind++; e.Kind > EntryExpect {
			return r.fail(r.at, r.wordEnd(r.at), expected)
		}
	}
	switch e.Kind {
	case EntryBytes:
		return r.entryBytes(e, room, data)
	case EntryExpect:
		r.skipBlanks()
		start, end = r.at, r.wordEnd(r.at)
		n, ok := parseNumber(r.line[start:end], MaxScenarioLines)
		if !ok {
			return r.fail(start, end, "a line of the scenario, a number")
		}
		r.at, e.Line = end, int(n)
		if e.Met = r.word("met"); !e.Met && !r.word("unmet") {
			return r.fail(r.at, r.wordEnd(r.at), "met or unmet")
		}
	}
	if e.Note, err = r.value(); err == nil {
		_, err = r.endLine()
	}
	return err
}

// entryBytes reads the bytes behind their word.
func (r *lineReader) entryBytes(e *Entry, room *uint64, data []byte) (err error) {
	if !r.skipBlanks() || hexNibble[r.line[r.at]] == noNibble {
		// A text, or whatever else may stand behind the word in the notation.
		l := lineParser{lineReader: *r}
		if err = l.raw(); err == nil {
			err = l.takeRoom(room)
		}
		if err == nil {
			e.Data = l.draft.Payload.AppendTo(data)
		}
		return err
	}
	start := r.at
	if e.Data, err = r.appendHex(data, "#"); err != nil {
		return err
	}
	n := uint64(len(e.Data) - len(data))
	if n > *room {
		return r.fail(start, r.at, expectedRoom())
	}
	*room -= n
	return nil
}

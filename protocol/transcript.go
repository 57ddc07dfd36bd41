package protocol

import "strconv"

// A transcript is what happened on one TCP connection: the bytes of both sides
// as they came, and the events of TCP, each with its time. It is data, like a
// scenario; InspectTranscript says what it means.
//
//	0ms client open 127.0.0.1:50112 127.0.0.1:8080
//	0.31ms client bytes "GET / HTTP/1.1\r\n"
//	0.52ms server bytes 81 05 48 65 6c 6c 6f
//	1.2ms client end
//	60s stop "the time for one scenario is over"
//	60s expect 7 unmet "no Close frame came"

// MaxTranscriptEntries is the most entries that one transcript may have; all of
// its bytes together are at most MaxDraftPayload.
const MaxTranscriptEntries = 200000

// Transcript is one connection. The entries are in the order in which they were
// recorded.
type Transcript struct {
	Entries []Entry
}

// EntryKind says what happened.
type EntryKind uint8

const (
	// EntryOpen: TCP is open. Note has the addresses.
	EntryOpen EntryKind = iota
	// EntryBytes: From sent Data.
	EntryBytes
	// EntryEnd: From ended its half of TCP.
	EntryEnd
	// EntryReset: From ended TCP with RST.
	EntryReset
	// EntryFailed: TCP or TLS could not be opened or used; Note says why.
	EntryFailed
	// EntryStop: a limit or a person ended it; Note says which. From does not count.
	EntryStop
	// EntryExpect: the expectation in Line of the scenario was Met or not; Note says
	// what came instead. From does not count.
	EntryExpect
)

// entryWords are the words of the kinds.
var entryWords = [...]string{
	EntryOpen: "open", EntryBytes: "bytes", EntryEnd: "end", EntryReset: "reset",
	EntryFailed: "failed", EntryStop: "stop", EntryExpect: "expect",
}

// String returns the word of the kind: "open", "bytes" and so on.
func (k EntryKind) String() string { return entryWords[k] }

// sided reports whether entries of the kind are something that one side did.
func (k EntryKind) sided() bool { return k < EntryStop }

// Entry is one line of a transcript.
type Entry struct {
	// At is the time in nanoseconds from the first entry on. It may go back a little
	// where two sides were recorded at once: the order of the entries counts.
	At   int64
	From Role
	Kind EntryKind
	Data []byte
	// Note is for people, of one line or several.
	Note string
	Line int
	Met  bool
}

// AppendTo appends the transcript as text, each line with its newline.
func (t *Transcript) AppendTo(dst []byte) []byte {
	for i := range t.Entries {
		dst = append(t.Entries[i].AppendTo(dst), '\n')
	}
	return dst
}

// AppendTo appends the entry as one line, without a newline.
func (e *Entry) AppendTo(dst []byte) []byte {
	dst = appendDuration(dst, e.At)
	if e.Kind.sided() {
		dst = appendStrings(dst, " ", e.From.String())
	}
	dst = appendStrings(dst, " ", entryWords[e.Kind])
	switch e.Kind {
	case EntryBytes:
		return appendBytes(dst, e.Data)
	case EntryExpect:
		met := " unmet"
		if e.Met {
			met = " met"
		}
		dst = appendStrings(dst, " ", strconv.Itoa(e.Line), met)
	}
	if e.Note == "" {
		return dst
	}
	dst = appendStrings(dst, " ")
	if e.Kind == EntryOpen {
		return appendValue(dst, e.Note, true)
	}
	return appendQuoted(dst, e.Note)
}

// appendBytes appends the bytes as a text where they are one, such as a head of
// HTTP, and otherwise in hex.
func appendBytes(dst, data []byte) []byte {
	if len(data) == 0 {
		return dst
	}
	dst = appendStrings(dst, " ")
	for _, c := range data {
		if (c < ' ' || c >= 0x7f) && c != '\r' && c != '\n' {
			return appendHexPairs(dst, string(data))
		}
	}
	return appendQuoted(dst, string(data))
}

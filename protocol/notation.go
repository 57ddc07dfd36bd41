package protocol

import (
	"strconv"
	"strings"
)

// The notation is the one text form of drafts: one line is one frame, said in
// words, then its payload, then perhaps a comment. The package documentation
// has the grammar.
//
// A line that says nothing but its opcode is a legal frame of a client: FIN 1,
// MASK 1, a key from the caller, the length that the payload has in the shortest
// form. Every word departs from that in one respect, and no word decides about
// another's respect, so the order of the words does not matter and saying
// something twice is a mistake.

// MaxDrafts is the most drafts that one text may hold.
const MaxDrafts = 500

// ParseNotation reads drafts, one a line. Lines that are blank or only a
// comment do not count. The error is a *NotationError for the first place that
// cannot be read.
func ParseNotation(text string) ([]Draft, error) {
	var drafts []Draft
	room := uint64(MaxDraftPayload)
	for number := 1; text != ""; number++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		r := lineReader{line: line, number: number}
		if !r.skipBlanks() || r.line[r.at] == '#' {
			continue
		}
		if len(drafts) == MaxDrafts {
			return nil, r.fail(r.at, r.wordEnd(r.at), "at most "+strconv.Itoa(MaxDrafts)+" frames in one text")
		}
		l := lineParser{lineReader: r}
		if err := l.parse(); err != nil {
			return nil, err
		}
		if err := l.takeRoom(&room); err != nil {
			return nil, err
		}
		drafts = append(drafts, l.draft)
	}
	return drafts, nil
}

func expectedRoom() string {
	return "at most " + strconv.Itoa(MaxDraftPayload) + " bytes of payload in all frames together"
}

// takeRoom takes the payload that was read out of the room for all of them.
func (l *lineParser) takeRoom(room *uint64) error {
	size, ok := l.draft.Payload.Size()
	if !ok || size > *room {
		at := l.said[respectPayload]
		return l.fail(at.start, at.end, expectedRoom())
	}
	*room -= size
	return nil
}

// Size returns how much room the payload takes among MaxDraftPayload bytes, its
// length as it is written or compressed, whatever is more, and whether that is one
// that a uint64 can say.
func (p Payload) Size() (uint64, bool) {
	n := uint64(len(p.Data))
	if p.Form == PayloadRepeat && n > 0 {
		if p.Count > (1<<63)/n {
			return 0, false
		}
		n *= p.Count
	}
	if n = max(n, uint64(len(p.packed))); p.CodeGiven {
		n += 2
	}
	return n, true
}

// respect is what a word decides about. Each may be decided once a line.
type respect uint8

const (
	respectOpcode respect = iota
	respectFIN
	respectRSV1
	respectRSV2
	respectRSV3
	respectMASK
	respectKey
	respectXOR
	respectForm
	respectLength
	respectCut
	respectCode
	respectPayload
	respectCount
)

var respectNames = [respectCount]string{
	"the opcode", "FIN", "RSV1", "RSV2", "RSV3", "MASK", "the masking key", "the key really used",
	"the length form", "the payload length", "the cut", "the status code", "the payload",
}

// lineParser reads one line into one draft.
type lineParser struct {
	lineReader
	draft Draft
	// said holds where the word begins and ends that decided about a respect; an
	// end of 0 says that none did.
	said [respectCount]struct{ start, end int }
	// strange: the line was refused for a word that does not exist.
	strange bool
}

const (
	expectedOpcode  = "an opcode: continuation, text, binary, close, ping, pong, or opcode=0 to opcode=15"
	expectedWord    = "a word such as nofin, nomask or len=5"
	expectedPayload = `, or the payload as "text", hex:00ff or repeat(00,5)`
	expectedEnd     = ", a # comment or the end of the line after the payload"
)

// parse reads the whole line. Something other than a blank is next.
func (l *lineParser) parse() error {
	first := l.at
	l.draft.Flags = FIN | MASK
	for l.skipBlanks() {
		rest := l.line[l.at:]
		var err error
		switch {
		case rest[0] == '#':
			l.comment()
		case rest[0] == '"' || strings.HasPrefix(rest, "hex:") || strings.HasPrefix(rest, "repeat(") || strings.HasPrefix(rest, "deflate("):
			err = l.payload()
		case l.at == first && l.line[first:l.wordEnd(first)] == "bytes":
			l.at += len("bytes")
			return l.raw()
		default:
			err = l.word()
		}
		if err != nil {
			return err
		}
	}
	if l.said[respectOpcode].end == 0 {
		return l.fail(first, l.wordEnd(first), expectedOpcode+", somewhere on the line")
	}
	return nil
}

// comment takes the rest of the line, # first, as the comment.
func (l *lineParser) comment() {
	l.draft.Comment = cleanComment(l.line[l.at+1:])
	l.at = len(l.line)
}

// raw reads what follows the word bytes. The digits need no "hex:", may have
// blanks between them, and nothing but a comment follows.
func (l *lineParser) raw() error {
	l.draft = Draft{Raw: true, Payload: Payload{Form: PayloadHex}}
	if !l.skipBlanks() {
		return nil
	}
	rest := l.line[l.at:]
	var err error
	if rest[0] == '"' || strings.HasPrefix(rest, "repeat(") {
		err = l.payload()
	} else {
		start := l.at
		if strings.HasPrefix(rest, "hex:") {
			l.at += len("hex:")
		}
		if l.draft.Payload.Data, err = l.hex("#"); err == nil {
			err = l.say(respectPayload, start, l.at)
		}
	}
	switch {
	case err != nil:
		return err
	case !l.skipBlanks():
		return nil
	case l.line[l.at] != '#':
		return l.fail(l.at, l.wordEnd(l.at), "the end of the line or a # comment")
	}
	l.comment()
	return nil
}

// payload reads the payload that is next.
func (l *lineParser) payload() error {
	start := l.at
	var err error
	if l.line[start] == 'd' {
		l.at += len("deflate(")
		err = l.deflate()
	} else {
		err = l.source(" \t\r#\"")
	}
	if err != nil {
		return err
	}
	return l.say(respectPayload, start, l.at)
}

// source reads a payload that is not compressed; the stops end hex digits.
func (l *lineParser) source(stops string) (err error) {
	p := &l.draft.Payload
	switch rest := l.line[l.at:]; {
	case rest[0] == '"':
		p.Form = PayloadText
		p.Data, err = l.text()
	case strings.HasPrefix(rest, "hex:"):
		l.at += len("hex:")
		p.Form = PayloadHex
		p.Data, err = l.hex(stops)
	case strings.HasPrefix(rest, "repeat("):
		l.at += len("repeat(")
		p.Form = PayloadRepeat
		p.Data, p.Count, err = l.repeat()
	default:
		return l.fail(l.at, l.wordEnd(l.at), `what is compressed, as "text", hex:00ff or repeat(00,5)`)
	}
	return err
}

// word reads one word and does what it says.
func (l *lineParser) word() error {
	start, end := l.at, l.wordEnd(l.at)
	l.at = end
	word := l.line[start:end]
	if '0' <= word[0] && word[0] <= '9' {
		if l.said[respectPayload].end > 0 {
			return l.fail(start, end, "a word"+expectedEnd+"; a status code stands in front of it, hex digits have no blanks between them")
		}
		code, ok := parseNumber(word, 1<<16-1)
		if !ok {
			return l.fail(start, end, `a status code from 0 to 65535; bytes are written hex:00ff and texts "in quotes"`)
		}
		l.draft.Payload.CodeGiven, l.draft.Payload.Code = true, StatusCode(code)
		return l.say(respectCode, start, end)
	}
	if equals := strings.IndexByte(word, '='); equals >= 0 {
		return l.valueWord(start, start+equals+1, end)
	}
	return l.plainWord(start, end)
}

// say notes that the word at line[start:end] decides about a respect, and
// refuses a second one.
func (l *lineParser) say(about respect, start, end int) error {
	earlier := &l.said[about]
	if earlier.end > 0 {
		return l.fail(start, end, respectNames[about]+" to be said once; "+
			quoteFound(l.line[earlier.start:earlier.end])+" in column "+
			strconv.Itoa(columnOf(l.line, earlier.start))+" has said it")
	}
	earlier.start, earlier.end = start, end
	return nil
}

// plainWord does what a word without a value says.
func (l *lineParser) plainWord(start, end int) error {
	d := &l.draft
	word := l.line[start:end]
	flag := func(about respect, bit Flags, on bool) error {
		d.Flags = d.Flags.With(bit, on)
		return l.say(about, start, end)
	}
	form := func(f LengthForm) error {
		d.Form = f
		return l.say(respectForm, start, end)
	}
	switch word {
	case "fin", "nofin":
		return flag(respectFIN, FIN, word == "fin")
	case "rsv1", "norsv1":
		return flag(respectRSV1, RSV1, word == "rsv1")
	case "rsv2", "norsv2":
		return flag(respectRSV2, RSV2, word == "rsv2")
	case "rsv3", "norsv3":
		return flag(respectRSV3, RSV3, word == "rsv3")
	case "mask", "nomask":
		return flag(respectMASK, MASK, word == "mask")
	case "nokey":
		d.Key = KeyAbsent
		return l.say(respectKey, start, end)
	case "len7":
		return form(Length7)
	case "len16":
		return form(Length16)
	case "len64":
		return form(Length64)
	case "bytes":
		return l.fail(start, end, "bytes to be the first word of its line")
	}
	for o, name := range opcodeNames {
		if name == word {
			d.Flags = d.Flags.WithOpcode(Opcode(o))
			return l.say(respectOpcode, start, end)
		}
	}
	return l.unknown(start, end)
}

// valueWord does what a word with a value says; the value begins at index at.
func (l *lineParser) valueWord(start, at, end int) (err error) {
	d := &l.draft
	value := l.line[at:end]
	if value == "" {
		// There is nothing to point at, so the word is pointed at.
		at = start
	}
	key := func(to *MaskingKey) error {
		if *to, err = ParseMaskingKey(value); err != nil {
			return l.fail(at, end, "a masking key of eight hex digits, such as 37fa213d")
		}
		return nil
	}
	number := func(to *uint64, what string) error {
		var ok bool
		if *to, ok = parseNumber(value, 1<<64-1); !ok {
			return l.fail(at, end, what+" from 0 to 18446744073709551615, decimal or in hex with 0x")
		}
		return nil
	}
	about := respectKey
	switch word := l.line[start : start+strings.IndexByte(l.line[start:end], '=')+1]; word {
	case "opcode=":
		o, ok := parseNumber(value, 15)
		if !ok {
			return l.fail(at, end, "an opcode from 0 to 15, decimal or in hex with 0x")
		}
		about, d.Flags = respectOpcode, d.Flags.WithOpcode(Opcode(o))
	case "mask=":
		d.Key = KeyGiven // and MASK is 1 as long as nothing says otherwise
		if err = key(&d.MaskingKey); err == nil {
			err = l.say(respectMASK, start, end)
		}
	case "key=":
		d.Key = KeyGiven
		err = key(&d.MaskingKey)
	case "xor=":
		about, d.XORGiven = respectXOR, true
		err = key(&d.XOR)
	case "len=":
		about, d.LengthGiven = respectLength, true
		err = number(&d.Length, "a payload length")
	case "cut=":
		about = respectCut
		err = number(&d.Cut, "how many bytes are missing")
	default:
		return l.unknown(start, end)
	}
	if err != nil {
		return err
	}
	return l.say(about, start, end)
}

// unknown returns the error for a word that does not exist.
func (l *lineParser) unknown(start, end int) error {
	expected := expectedWord + expectedPayload
	if l.said[respectPayload].end > 0 {
		expected = expectedWord + expectedEnd
	} else if l.said[respectOpcode].end == 0 {
		expected = expectedOpcode
	}
	if near := nearestWord(l.line[start:end], notationWords[:]); near != "" {
		expected = near + expectedNearest + expected
	}
	l.strange = true
	return l.fail(start, end, expected)
}

package protocol

import (
	"strconv"
	"strings"
)

// A payload that is compressed before it is sent: what it is written as stays in
// Form, Data and Count, and Deflation says how that becomes the payload data. The
// compressed bytes are made once, when the payload is, because a payload is asked
// for its length at every turn.
//
// In the notation:
//
//	text rsv1 deflate("Hello")
//	text rsv1 deflate("Hello",fixed,final)
//	binary rsv1 deflate(repeat(00,100000),window=9)

// Deflation is how a payload is compressed, without regard to messages before it.
// The zero value takes whatever is smallest.
type Deflation struct {
	Block BlockChoice
	// Final sets BFINAL on the last block of data.
	Final bool
	// Tail keeps 00 00 ff ff at the end.
	Tail bool
	// WindowBits is the window, 8 to 15; 0 is 15.
	WindowBits uint8
}

// BlockChoiceNames are the words for BlockChoice. ChooseSmallest is what is meant
// when nothing is said.
var BlockChoiceNames = [...]string{"smallest", "stored", "fixed", "dynamic"}

// Deflate returns the payload compressed. One whose source is changed afterwards
// has to be compressed anew.
func (p Payload) Deflate(how Deflation) Payload {
	p = p.Inflate()
	source := p
	source.CodeGiven = false
	p.deflated, p.deflation = true, how
	p.packed = string(AppendDeflate(nil, source.AppendTo(nil), DeflateOptions{
		WindowBits: int(how.WindowBits), Block: how.Block, Final: how.Final, KeepTail: how.Tail,
	}))
	return p
}

// Inflate returns the payload as it is written, not compressed.
func (p Payload) Inflate() Payload {
	p.deflated, p.deflation, p.packed = false, Deflation{}, ""
	return p
}

// Deflation returns how the payload is compressed, and whether it is.
func (p Payload) Deflation() (Deflation, bool) { return p.deflation, p.deflated }

const expectedDeflation = "stored, fixed, dynamic, final, tail or window=8 to window=15"

// deflate reads what is compressed, and how, behind "deflate(".
func (l *lineParser) deflate() error {
	p := &l.draft.Payload
	l.skipBlanks()
	var err error
	if rest := l.line[l.at:]; rest != "" && rest[0] != ')' && rest[0] != ',' {
		if err = l.source(",)#"); err != nil {
			return err
		}
	}
	var how Deflation
	said := 0
	for l.skipBlanks() && l.line[l.at] == ',' {
		l.at++
		l.skipBlanks()
		start := l.at
		for l.at < len(l.line) && (isLetterOrDigit(l.line[l.at]) || l.line[l.at] == '=') {
			l.at++
		}
		about, ok := how.say(l.line[start:l.at])
		if !ok {
			return l.fail(start, l.at, expectedDeflation)
		}
		if said&about != 0 {
			return l.fail(start, l.at, "each of these once: the blocks, final, tail, the window")
		}
		said |= about
	}
	if l.at == len(l.line) || l.line[l.at] != ')' {
		return l.fail(l.at, l.at, `a comma or the closing ) of deflate("text")`)
	}
	l.at++
	// Too much is refused where the whole text is seen, and not compressed before.
	if size, ok := p.Size(); ok && size <= MaxDraftPayload {
		*p = p.Deflate(how)
	}
	return nil
}

// say does what a word says about a deflation; about is a bit for what that is.
func (d *Deflation) say(word string) (about int, ok bool) {
	switch word {
	case "final":
		d.Final = true
		return 1, true
	case "tail":
		d.Tail = true
		return 2, true
	}
	for i, name := range BlockChoiceNames[1:] {
		if name == word {
			d.Block = BlockChoice(i + 1)
			return 4, true
		}
	}
	const window = "window="
	if len(word) <= len(window) || word[:len(window)] != window {
		return 0, false
	}
	n, ok := parseNumber(word[len(window):], MaxWindowBits)
	d.WindowBits = uint8(n)
	return 8, ok && n >= MinWindowBits
}

// ParseDeflation reads the words of a deflation with commas between, such as
// "fixed,window=9"; "" is the zero value.
func ParseDeflation(text string) (d Deflation, ok bool) {
	for more := text != ""; more; {
		var word string
		word, text, more = strings.Cut(text, ",")
		if _, ok := d.say(word); !ok {
			return Deflation{}, false
		}
	}
	return d, true
}

// AppendTo appends the words of the deflation, each with a comma in front.
func (d Deflation) AppendTo(dst []byte) []byte {
	if d.Block != ChooseSmallest {
		dst = append(append(dst, ','), BlockChoiceNames[d.Block]...)
	}
	if d.Final {
		dst = append(dst, ",final"...)
	}
	if d.Tail {
		dst = append(dst, ",tail"...)
	}
	if d.WindowBits != 0 {
		dst = strconv.AppendUint(append(dst, ",window="...), uint64(d.WindowBits), 10)
	}
	return dst
}

// appendDeflated appends the payload without its status code.
func (p Payload) appendDeflated(dst []byte) []byte {
	dst = append(dst, "deflate("...)
	if source := p.Inflate(); source.Form == PayloadText {
		dst = appendQuoted(dst, source.Data)
	} else {
		dst = source.appendNotation(dst)
	}
	return append(p.deflation.AppendTo(dst), ')')
}

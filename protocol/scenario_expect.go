package protocol

import (
	"strconv"
	"strings"
)

// What a scenario expects: how it is read and printed. The first word behind
// expect is the kind, the rest depends on it, and within ends it.

const expectedExpectation = "what to expect: message, text, binary, close, ping, pong, silence, end, reset, status, rule or no rule"

// maxCodes is how many codes one expectation may list.
const maxCodes = 16

// expect reads what follows the word.
func (p *scenarioParser) expect() (*Expect, error) {
	e := &Expect{}
	start, end := p.at, p.wordEnd(p.at)
	word := p.line[start:end]
	kind := ExpectMessage
	for kind < ExpectNoRule && expectWords[kind] != word {
		kind++
	}
	p.at = end
	if kind == ExpectNoRule {
		if word == "no" && p.word("rule") {
			e.Kind = kind
			return e, p.within(e)
		}
		if word == "no" {
			return nil, p.fail(p.at, p.wordEnd(p.at), "rule, as in expect no rule")
		}
		expected := expectedExpectation
		if near := nearestWord(word, expectWords[:ExpectNoRule]); near != "" {
			expected = near + expectedNearest + expected
		}
		return nil, p.fail(start, end, expected)
	}
	e.Kind = kind
	var err error
	switch kind {
	case ExpectText, ExpectBinary, ExpectPing, ExpectPong:
		err = p.expectPayload(e)
	case ExpectClose:
		err = p.codes(e, 0, 1<<16-1)
	case ExpectStatus:
		err = p.codes(e, 100, 999)
	case ExpectSilence:
		e.Within, err = p.duration()
		return e, err
	case ExpectRule:
		p.skipBlanks()
		start, end := p.at, p.wordEnd(p.at)
		for e.Rule.String() != p.line[start:end] {
			if e.Rule++; e.Rule == ruleCount {
				return nil, p.fail(start, end, "the name of a rule, such as frame-opcode-reserved")
			}
		}
		p.at = end
	}
	if err == nil {
		err = p.within(e)
	}
	return e, err
}

// word reads the word if it is the next one.
func (r *lineReader) word(word string) bool {
	r.skipBlanks()
	if end := r.wordEnd(r.at); r.line[r.at:end] == word {
		r.at = end
		return true
	}
	return false
}

// within reads the time that an expectation may take, if it is said.
func (p *scenarioParser) within(e *Expect) (err error) {
	if p.word("within") {
		start := p.at
		if e.Within, err = p.duration(); err == nil && e.Within == 0 {
			err = p.fail(start+1, p.at, "a time longer than none")
		}
	}
	return err
}

// expectPayload reads the payload, if there is one.
func (p *scenarioParser) expectPayload(e *Expect) error {
	if !p.skipBlanks() {
		return nil
	}
	rest := p.line[p.at:]
	if rest[0] != '"' && !strings.HasPrefix(rest, "hex:") && !strings.HasPrefix(rest, "repeat(") {
		return nil
	}
	l := lineParser{lineReader: p.lineReader}
	if err := l.payload(); err != nil {
		return err
	}
	p.at = l.at
	e.PayloadGiven, e.Payload = true, l.draft.Payload
	return l.takeRoom(&p.room)
}

// codes reads the codes with or between them. A close needs none.
func (p *scenarioParser) codes(e *Expect, least, most uint64) error {
	for first := true; first || p.word("or"); first = false {
		p.skipBlanks()
		start, end := p.at, p.wordEnd(p.at)
		word := p.line[start:end]
		if first && e.Kind == ExpectClose && (word == "" || word == "within") {
			break
		}
		n, ok := parseNumber(word, most)
		if !ok || n < least {
			return p.fail(start, end, "a status code from "+strconv.FormatUint(least, 10)+" to "+strconv.FormatUint(most, 10))
		}
		if len(e.Codes) == maxCodes {
			return p.fail(start, end, "at most "+strconv.Itoa(maxCodes)+" codes")
		}
		e.Codes = append(e.Codes, uint16(n))
		p.at = end
	}
	return nil
}

// appendTo appends the expectation behind its word.
func (e *Expect) appendTo(dst []byte) []byte {
	dst = appendStrings(dst, expectWords[e.Kind])
	switch {
	case e.PayloadGiven && e.Payload.Form == PayloadText:
		dst = appendQuoted(appendStrings(dst, " "), e.Payload.Data)
	case e.PayloadGiven:
		dst = e.Payload.appendNotation(appendStrings(dst, " "))
	case e.Kind == ExpectRule:
		dst = appendStrings(dst, " ", e.Rule.String())
	}
	between := " "
	for _, code := range e.Codes {
		dst = appendStrings(dst, between, strconv.Itoa(int(code)))
		between = " or "
	}
	switch {
	case e.Kind == ExpectSilence:
		dst = appendDuration(appendStrings(dst, " "), e.Within)
	case e.Within > 0:
		dst = appendDuration(appendStrings(dst, " within "), e.Within)
	}
	return dst
}

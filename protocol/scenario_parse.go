package protocol

import (
	"strconv"
	"strings"
)

// Reading a scenario. The first word of a line says which step it is; a line
// that begins with none of the steps' words is a line of notation.

// ParseScenario reads a scenario. The error is a *NotationError for the first
// place that cannot be read.
func ParseScenario(text string) (*Scenario, error) {
	p := scenarioParser{scenario: &Scenario{}, room: MaxDraftPayload}
	for number := 1; text != ""; number++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		p.lineReader = lineReader{line: line, number: number}
		if number > MaxScenarioLines {
			return nil, p.fail(0, len(line), "at most "+strconv.Itoa(MaxScenarioLines)+" lines in one scenario")
		}
		if err := p.step(); err != nil {
			return nil, err
		}
	}
	return p.scenario, nil
}

// scenarioParser reads one line after the other.
type scenarioParser struct {
	lineReader
	scenario *Scenario
	// room is how much payload may still come.
	room uint64
	// begun: a step was read, so that it is too late for a role.
	begun bool
	// handshake is the index of the handshake that with, also and without change,
	// if open; all steps behind it are comments.
	handshake int
	open      bool
}

const expectedStep = `a step: a frame such as text "Hello", or handshake, wait, chop, end, reset, pong on, pong off or expect`

// step reads the line.
func (p *scenarioParser) step() error {
	s := Step{Line: p.number, LastLine: p.number}
	if !p.skipBlanks() || p.line[p.at] == '#' {
		s.Comment = p.comment()
		p.scenario.Steps = append(p.scenario.Steps, s)
		return nil
	}
	start, end := p.at, p.wordEnd(p.at)
	word := p.line[start:end]
	for kind := EditWith; kind <= EditWithout; kind++ {
		if word == editWords[kind] {
			return p.edit(kind, start, end)
		}
	}
	err := p.kind(&s, word, start, end)
	if err == nil && s.Kind != StepFrame && p.at < len(p.line) {
		s.Comment, err = p.endLine()
	}
	if err != nil {
		return err
	}
	p.begun = true
	p.open, p.handshake = s.Kind == StepHandshake && !s.Handshake.Verbatim, len(p.scenario.Steps)
	p.scenario.Steps = append(p.scenario.Steps, s)
	return nil
}

// kind reads the step whose first word is line[start:end] as far as its comment.
func (p *scenarioParser) kind(s *Step, word string, start, end int) (err error) {
	for kind := StepRole; kind <= StepExpect; kind++ {
		if word == stepWords[kind] && kind != StepFrame {
			s.Kind = kind
		}
	}
	p.at = end
	p.skipBlanks()
	switch from, to := p.at, p.wordEnd(p.at); s.Kind {
	case StepRole:
		role := p.line[from:to]
		if p.begun {
			return p.fail(start, end, "the role in front of every step")
		}
		if role != RoleClient.String() && role != RoleServer.String() {
			return p.fail(from, to, "client or server")
		}
		if role == RoleServer.String() {
			p.scenario.Role = RoleServer
		}
		p.at = to
	case StepHandshake:
		err = p.handshakeLine(s)
	case StepWait:
		s.Duration, err = p.duration()
	case StepChop:
		n, ok := parseNumber(p.line[from:to], 1<<16)
		if p.line[from:to] != "off" && (!ok || n == 0) {
			return p.fail(from, to, "how many bytes a segment has, 1 to 65536, or off")
		}
		s.Chop, p.at = int(n), to
	case StepExpect:
		s.Expect, err = p.expect()
	case StepPong:
		if setting := p.line[from:to]; setting == "on" || setting == "off" {
			s.On, p.at = setting == "on", to
			break
		}
		fallthrough
	case StepComment:
		p.at, s.Kind = start, StepFrame
		s.Draft, err = p.frame(start, end)
	}
	return err
}

// frame reads the line as one of notation.
func (p *scenarioParser) frame(start, end int) (Draft, error) {
	l := lineParser{lineReader: p.lineReader}
	if err := l.parse(); err != nil {
		if e, ok := err.(*NotationError); ok && l.strange && e.Column == columnOf(p.line, start) {
			e.Expected = expectedStep
			if near := nearestWord(p.line[start:end], notationWords[:], stepWords[StepRole:], editWords[EditWith:]); near != "" {
				e.Expected = near + expectedNearest + expectedStep
			}
		}
		return Draft{}, err
	}
	return l.draft, l.takeRoom(&p.room)
}

// duration reads how long something takes.
func (p *scenarioParser) duration() (int64, error) {
	p.skipBlanks()
	start, end := p.at, p.wordEnd(p.at)
	n, ok := parseDuration(p.line[start:end])
	if !ok {
		return 0, p.fail(start, end, "a time such as 50ms, 1.5s or 2s, at most 24 hours")
	}
	p.at = end
	return n, nil
}

// comment returns the comment at the end of the line, # first, or "" where
// nothing is left.
func (r *lineReader) comment() string {
	if r.at == len(r.line) {
		return ""
	}
	comment := cleanComment(r.line[r.at+1:])
	r.at = len(r.line)
	return comment
}

// endLine reads the comment that may stand behind all else.
func (r *lineReader) endLine() (string, error) {
	if r.skipBlanks() && r.line[r.at] != '#' {
		return "", r.fail(r.at, r.wordEnd(r.at), "the end of the line or a # comment")
	}
	return r.comment(), nil
}

// value reads the rest of the line as it stands, without the blanks around it,
// up to a # behind a blank; or a text in quotes.
func (r *lineReader) value() (string, error) {
	if !r.skipBlanks() || r.line[r.at] == '#' {
		return "", nil
	}
	if r.line[r.at] == '"' {
		return r.text()
	}
	start, end := r.at, r.at
	for ; r.at < len(r.line); r.at++ {
		if c := r.line[r.at]; !isBlank(c) {
			if c == '#' && isBlank(r.line[r.at-1]) {
				break
			}
			end = r.at + 1
		}
	}
	// A CR that nobody sees in what was pasted would end the line for many a reader.
	if strings.IndexByte(r.line[start:end], '\r') >= 0 {
		return "", r.fail(start, end, `a value in quotes, with \r where it has CR`)
	}
	return r.line[start:end], nil
}

// parseDuration reads a decimal number with its unit, ns, us, ms or s, as
// nanoseconds.
func parseDuration(s string) (n int64, ok bool) {
	const day = 24 * 3600 * 1e9
	digits, unit := 0, int64(0)
	for digits < len(s) && ('0' <= s[digits] && s[digits] <= '9' || s[digits] == '.') {
		digits++
	}
	switch s[digits:] {
	case "ns":
		unit = 1
	case "us":
		unit = 1e3
	case "ms":
		unit = 1e6
	case "s":
		unit = 1e9
	}
	whole, fraction, dot := strings.Cut(s[:digits], ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || unit == 0 || n > day/unit || dot && fraction == "" || len(fraction) > 9 {
		return 0, false
	}
	n *= unit
	for i := 0; i < len(fraction); i++ {
		if fraction[i] == '.' {
			return 0, false
		}
		// What is finer than a nanosecond is dropped.
		unit /= 10
		n += int64(fraction[i]-'0') * unit
	}
	return n, n <= day
}

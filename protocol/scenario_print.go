package protocol

import (
	"strconv"
	"strings"
)

// Printing a scenario: every step on its line, in one way of writing it.

// AppendTo appends the scenario as text, each line with its newline. Reading it
// gives the same steps on the same lines.
func (s *Scenario) AppendTo(dst []byte) []byte {
	said := s.Role == RoleClient
	for i := range s.Steps {
		said = said || s.Steps[i].Kind == StepRole
	}
	if !said {
		dst = append(dst, "role server\n"...)
	}
	for i := range s.Steps {
		dst = s.Steps[i].AppendTo(dst, s.Role)
	}
	return dst
}

// AppendTo appends the lines of one step of that role, each with its newline.
func (s *Step) AppendTo(dst []byte, role Role) []byte {
	switch s.Kind {
	case StepComment:
		return append(appendOnlyComment(dst, "", s.Comment), '\n')
	case StepFrame:
		return append(s.Draft.AppendNotation(dst), '\n')
	}
	dst = append(dst, stepWords[s.Kind]...)
	switch s.Kind {
	case StepRole:
		dst = append(append(dst, ' '), role.String()...)
	case StepHandshake:
		return s.Handshake.appendLines(dst, role, s.Comment)
	case StepWait:
		dst = AppendDuration(append(dst, ' '), s.Duration)
	case StepChop:
		if s.Chop == 0 {
			dst = append(dst, " off"...)
			break
		}
		dst = strconv.AppendInt(append(dst, ' '), int64(s.Chop), 10)
	case StepPong:
		if s.On {
			dst = append(dst, " on"...)
			break
		}
		dst = append(dst, " off"...)
	case StepExpect:
		dst = s.Expect.appendTo(dst)
	}
	return append(appendComment(dst, s.Comment), '\n')
}

// appendOnlyComment appends a comment that has its line for itself, or nothing.
func appendOnlyComment(dst []byte, indent, comment string) []byte {
	if comment = cleanComment(comment); comment == "" {
		return dst
	}
	return append(append(append(dst, indent...), "# "...), comment...)
}

// appendValue appends a text as it stands where reading it gives it back, and
// otherwise in quotes. One that is spaced may have blanks inside.
func appendValue(dst []byte, s string, spaced bool) []byte {
	plain := s != "" && s[0] != '"' && s[0] != '#' && s == trimBlanks(s) && !strings.Contains(s, " #") &&
		(spaced || !strings.Contains(s, " "))
	for _, r := range s {
		plain = plain && r != '\ufffd' && strconv.IsPrint(r)
	}
	if plain {
		return append(dst, s...)
	}
	return appendQuoted(dst, s)
}

// AppendDuration appends nanoseconds as a scenario and a transcript have them:
// "0.31ms", "50ms", "1.5s".
func AppendDuration(dst []byte, n int64) []byte {
	unit, name := int64(1e6), "ms"
	if n >= 1e9 {
		unit, name = 1e9, "s"
	}
	dst = appendDecimal(dst, n, unit)
	return append(dst, name...)
}

// appendDecimal appends n/unit with as many decimals as it takes.
func appendDecimal(dst []byte, n, unit int64) []byte {
	dst = strconv.AppendInt(dst, n/unit, 10)
	if n %= unit; n > 0 {
		dst = append(dst, '.')
		for ; n > 0; n %= unit {
			unit /= 10
			dst = append(dst, '0'+byte(n/unit))
		}
	}
	return dst
}

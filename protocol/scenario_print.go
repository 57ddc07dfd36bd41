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
		dst = appendStrings(dst, "role server\n")
	}
	for i := range s.Steps {
		dst = s.Steps[i].AppendTo(dst, s.Role)
	}
	return dst
}

// AppendTo appends the lines of one step of that role, each with its newline.
func (s *Step) AppendTo(dst []byte, role Role) []byte {
	argument := ""
	switch s.Kind {
	case StepComment:
		return appendOnlyComment(dst, "", s.Comment)
	case StepFrame:
		return appendStrings(s.Draft.AppendNotation(dst), "\n")
	case StepRole:
		argument = role.String()
	case StepHandshake:
		return s.Handshake.appendLines(dst, role, s.Comment)
	case StepWait:
		argument = string(appendDuration(nil, s.Duration))
	case StepChop, StepPong:
		argument = "off"
		if s.On {
			argument = "on"
		} else if s.Chop > 0 {
			argument = strconv.Itoa(s.Chop)
		}
	case StepExpect:
		argument = string(s.Expect.appendTo(nil))
	}
	dst = appendStrings(dst, stepWords[s.Kind])
	if argument != "" {
		dst = appendStrings(dst, " ", argument)
	}
	return appendLineEnd(dst, s.Comment)
}

// appendStrings appends the strings. Nearly everything here is cold: calls instead
// of appends on the spot keep the WASM module small.
//
//go:noinline
func appendStrings(dst []byte, parts ...string) []byte {
	for _, part := range parts {
		dst = append(dst, part...)
	}
	return dst
}

// appendLineEnd appends the comment, if there is one, and the newline.
func appendLineEnd(dst []byte, comment string) []byte {
	return appendStrings(appendComment(dst, comment), "\n")
}

// appendOnlyComment appends a line that has only a comment, or nothing.
func appendOnlyComment(dst []byte, indent, comment string) []byte {
	if comment = cleanComment(comment); comment != "" {
		dst = appendStrings(dst, indent, "# ", comment)
	}
	return appendStrings(dst, "\n")
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
		return appendStrings(dst, s)
	}
	return appendQuoted(dst, s)
}

// appendDuration appends nanoseconds as a scenario and a transcript have them:
// "0.31ms", "50ms", "1.5s".
func appendDuration(dst []byte, n int64) []byte {
	unit, name := int64(1e6), "ms"
	if n >= 1e9 {
		unit, name = 1e9, "s"
	}
	dst = appendDecimal(dst, n, unit)
	return appendStrings(dst, name)
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

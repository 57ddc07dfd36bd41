package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A reader for as much TypeScript as protocol.d.ts needs: interfaces, unions,
// arrays, literals, nested object types and members that may be missing.

// shape is one type. Exactly one of the groups is set.
type shape struct {
	name    string   // string, number, boolean, null, or an interface
	literal any      // a string or a float64
	array   *shape   // of what
	union   []*shape // of which
	members []member // an object's
}

type member struct {
	name     string
	of       *shape
	optional bool
}

var dtsTokens = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*|"[^"]*"|[A-Za-z_]\w*|\d+|\S`)

type dtsReader struct {
	tokens []string
	at     int
}

// parseShapes returns the interfaces of a declaration file by name.
func parseShapes(text string) (shapes map[string]*shape, err error) {
	r := &dtsReader{tokens: slices.DeleteFunc(dtsTokens.FindAllString(text, -1), func(token string) bool {
		return strings.HasPrefix(token, "/*") || strings.HasPrefix(token, "//")
	})}
	defer func() {
		if cause, ok := recover().(error); ok {
			err = cause
		}
	}()
	shapes = map[string]*shape{}
	for r.at < len(r.tokens) {
		r.expect("export")
		r.expect("interface")
		name := r.next()
		shapes[name] = r.object()
	}
	if len(shapes) == 0 {
		return nil, errors.New("no interface found")
	}
	return shapes, nil
}

func (r *dtsReader) next() string {
	if r.at == len(r.tokens) {
		panic(errors.New("the declarations end too early"))
	}
	r.at++
	return r.tokens[r.at-1]
}

func (r *dtsReader) has(token string) bool {
	if r.at < len(r.tokens) && r.tokens[r.at] == token {
		r.at++
		return true
	}
	return false
}

func (r *dtsReader) expect(token string) {
	if got := r.next(); got != token {
		panic(fmt.Errorf("token %d: found %q, expected %q", r.at, got, token))
	}
}

func (r *dtsReader) object() *shape {
	r.expect("{")
	s := &shape{members: []member{}}
	for !r.has("}") {
		name := r.next()
		optional := r.has("?")
		r.expect(":")
		s.members = append(s.members, member{name, r.union(), optional})
		_ = r.has(";") || r.has(",")
	}
	return s
}

func (r *dtsReader) union() *shape {
	_ = r.has("|")
	parts := []*shape{r.postfix()}
	for r.has("|") {
		parts = append(parts, r.postfix())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return &shape{union: parts}
}

func (r *dtsReader) postfix() *shape {
	var s *shape
	switch token := r.next(); {
	case token == "(":
		s = r.union()
		r.expect(")")
	case token == "{":
		r.at--
		s = r.object()
	case token[0] == '"':
		s = &shape{literal: strings.Trim(token, `"`)}
	case '0' <= token[0] && token[0] <= '9':
		n, err := strconv.ParseFloat(token, 64)
		if err != nil {
			panic(err)
		}
		s = &shape{literal: n}
	default:
		s = &shape{name: token}
	}
	for r.has("[") {
		r.expect("]")
		s = &shape{array: s}
	}
	return s
}

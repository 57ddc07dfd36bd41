package main

import (
	"strconv"
	"strings"

	"framecraft/protocol"
)

// Edit operations. An operation is a text: words on the first line, and all
// behind the first line break is its value, as it is.
//
//	set I FIELD          set.go
//	flip I BIT           splice.go, as are the next two
//	splice I OFFSET DELETE
//	unmasked I OFFSET DELETE
//	add I                inserts the value's lines in front of draft I
//	remove I
//	duplicate I
//	move I J             draft I becomes draft J
//	mend K               makes legal what diagnostic K of the report says
//
// Drafts, bits and bytes count from 0. An operation is carried out whole or
// not at all.

// An editor carries out one operation.
type editor struct {
	drafts   []protocol.Draft
	selected int // the draft to select afterwards, -1 when that does not change
	seed     uint32
	options  protocol.Options
}

// opError says why an operation cannot be carried out.
type opError struct {
	what, found, expected string
}

func (e *opError) Error() string {
	return e.what + ": found " + e.found + ", expected " + e.expected
}

func (e *editor) do(operation string) error {
	line, value, _ := strings.Cut(operation, "\n")
	name, line, _ := strings.Cut(line, " ")
	var words []string
	for line != "" {
		var word string
		word, line, _ = strings.Cut(line, " ")
		words = append(words, word)
	}
	var takes int
	var carryOut func(name string, words []string, value string) error
	switch name {
	case "set":
		takes, carryOut = 2, e.set
	case "flip":
		takes, carryOut = 2, e.flip
	case "splice", "unmasked":
		takes, carryOut = 3, e.splice
	case "add":
		takes, carryOut = 1, e.add
	case "remove", "duplicate":
		takes, carryOut = 1, e.removeOrDuplicate
	case "move":
		takes, carryOut = 2, e.move
	case "mend":
		takes, carryOut = 1, e.mend
	default:
		return &opError{"operation", quote(name), "set, flip, splice, unmasked, add, remove, duplicate, move or mend"}
	}
	if len(words) != takes {
		return &opError{name, counted(len(words), "word"), counted(takes, "word")}
	}
	return carryOut(name, words, value)
}

// replace puts the drafts in the place of n of those there are. The generic
// functions of package slices, and inlining this, would weigh ten times as much
// in the module.
//
//go:noinline
func (e *editor) replace(at, n int, with ...protocol.Draft) {
	drafts := make([]protocol.Draft, 0, len(e.drafts)-n+len(with))
	drafts = append(drafts, e.drafts[:at]...)
	drafts = append(drafts, with...)
	e.drafts = append(drafts, e.drafts[at+n:]...)
}

func (e *editor) add(name string, words []string, value string) error {
	at, err := parseIndex(name, words[0], len(e.drafts)+1)
	if err != nil {
		return err
	}
	added, err := protocol.ParseNotation(value)
	if err != nil {
		return &valueError{name, err}
	}
	if len(added) == 0 {
		return &opError{name, "no frame", "at least one line of notation"}
	}
	e.replace(at, 0, added...)
	e.selected = at
	return nil
}

func (e *editor) removeOrDuplicate(name string, words []string, _ string) error {
	i, err := parseIndex(name, words[0], len(e.drafts))
	if err != nil {
		return err
	}
	if name == "remove" {
		e.replace(i, 1)
		e.selected = min(i, len(e.drafts)-1)
		return nil
	}
	d := e.drafts[i]
	// No two frames of a client have the same masking key (RFC 6455, section
	// 5.3), so a copy gets its own, unless the draft says which key masks the
	// payload and thereby that the two are apart on purpose.
	if !d.Raw && d.Flags.Has(protocol.MASK) && d.Key == protocol.KeyGiven && !d.XORGiven {
		d.MaskingKey = freshKey(writtenKeys(e.drafts), e.seed, i+1)
	}
	e.replace(i+1, 0, d)
	e.selected = i + 1
	return nil
}

func (e *editor) move(name string, words []string, _ string) error {
	from, err := parseIndex(name, words[0], len(e.drafts))
	if err != nil {
		return err
	}
	to, err := parseIndex(name, words[1], len(e.drafts))
	if err != nil {
		return err
	}
	d := e.drafts[from]
	e.replace(from, 1)
	e.replace(to, 0, d)
	e.selected = to
	return nil
}

func (e *editor) mend(name string, words []string, _ string) error {
	var wire []byte
	for _, d := range e.drafts {
		wire = d.AppendTo(wire, 0)
	}
	report := protocol.Inspect(wire, e.options)
	k, err := parseIndex(name, words[0], len(report.Diagnostics))
	if err != nil {
		return err
	}
	diagnostic := report.Diagnostics[k]
	mended, ok := protocol.Mend(e.drafts, e.options, diagnostic)
	if !ok {
		return &opError{name, diagnostic.Rule.String(), "a broken rule that an edit can make legal"}
	}
	e.drafts = mended
	return nil
}

// parseIndex reads a number from 0 to limit-1.
func parseIndex(what, word string, limit int) (int, error) {
	n, err := strconv.ParseUint(word, 10, 32)
	if err == nil && n < uint64(limit) {
		return int(n), nil
	}
	expected := "nothing, there is nothing to choose from"
	switch {
	case limit == 1:
		expected = "0"
	case limit > 1:
		expected = "a number from 0 to " + strconv.Itoa(limit-1)
	}
	return 0, &opError{what, quote(word), expected}
}

// tooMuch says that a limit of the notation would be exceeded.
func tooMuch(of string, found, limit uint64) error {
	return &opError{of, strconv.FormatUint(found, 10), "at most " + strconv.FormatUint(limit, 10)}
}

// quote shows the start of what was found.
func quote(s string) string {
	const most = 40
	shown := []rune(s[:min(len(s), 4*most)])
	if len(shown) > most || len(s) > 4*most {
		return strconv.Quote(string(shown[:min(len(shown), most)])) + "..."
	}
	return strconv.Quote(s)
}

func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

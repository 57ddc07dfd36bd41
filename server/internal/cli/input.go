package cli

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"framecraft/protocol"
)

// What the commands read: the text of their arguments or of standard input, and
// the notation in it.

// maxText bounds what is read of a text. A hex dump of the longest payload stays
// below it.
const maxText = 8 * protocol.MaxDraftPayload

// sources are the texts that the arguments may stand for, most likely first.
//
// Several arguments are each a line, or all of them together are one. No
// notation can be read both ways: a line has one opcode. When neither can be
// read, the first is the one that is told about.
func sources(texts []string, p *Process) ([]string, error) {
	if len(texts) == 0 || len(texts) == 1 && texts[0] == "-" {
		b, err := readInput(p, maxText)
		return []string{string(b)}, err
	}
	lines, one := strings.Join(texts, "\n"), strings.Join(texts, " ")
	switch {
	case len(texts) == 1:
		return []string{one}, nil
	case strings.Contains(one, "\n"):
		return []string{lines}, nil
	}
	for _, text := range texts {
		if strings.ContainsAny(strings.TrimSpace(text), " \t") {
			return []string{lines, one}, nil
		}
	}
	return []string{one, lines}, nil
}

// readInput reads standard input to its end, at most limit bytes.
func readInput(p *Process, limit int64) ([]byte, error) {
	if isTerminal(p.Stdin) {
		fmt.Fprintln(p.Stderr, "framecraft: reading from the terminal; Ctrl-D on a line of its own ends it")
	}
	b, err := io.ReadAll(io.LimitReader(p.Stdin, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading standard input: %w", err)
	}
	if int64(len(b)) > limit {
		return nil, usageError{fmt.Errorf("standard input: found more than %d bytes, expected at most so many", limit)}
	}
	return b, nil
}

// parseDrafts reads the first of the texts that is notation. The error is an
// *unreadableError about the first of all.
func parseDrafts(texts []string) ([]protocol.Draft, error) {
	var first error
	for _, text := range texts {
		drafts, err := protocol.ParseNotation(text)
		if err == nil {
			return drafts, nil
		}
		if first == nil {
			first = unreadable(text, err)
		}
	}
	return nil, first
}

// keyFlag is the flag of commands that read notation.
type keyFlag struct {
	Key string `placeholder:"KEY" help:"Masking key, eight hex digits, of frames that name none (default: a random one for each)."`
}

// check holds the key against its form, before anything is read.
func (f keyFlag) check() error {
	if _, err := protocol.ParseMaskingKey(f.Key); f.Key != "" && err != nil {
		return usageError{fmt.Errorf("--key: found %q, expected eight hex digits such as 37fa213d", f.Key)}
	}
	return nil
}

// withKeys writes a masking key into every draft that leaves it to the caller.
func (f keyFlag) withKeys(drafts []protocol.Draft) {
	key, err := protocol.ParseMaskingKey(f.Key)
	for i, draft := range drafts {
		if err != nil { // no key is given
			var random [4]byte
			rand.Read(random[:]) // never fails
			key = protocol.MaskingKey(binary.BigEndian.Uint32(random[:]))
		}
		drafts[i] = draft.WithKey(key)
	}
}

// encode returns the bytes of the drafts.
func encode(drafts []protocol.Draft) (b []byte) {
	for _, draft := range drafts {
		b = draft.AppendTo(b, 0)
	}
	return b
}

// streamFlags say whose bytes are judged, how they end, and what was agreed on.
type streamFlags struct {
	Sender  string `default:"client" enum:"client,server" placeholder:"SIDE" help:"Side that sent the bytes: client or server."`
	Ended   bool   `help:"TCP ended after the last byte."`
	Deflate string `placeholder:"AGREED" help:"Agreement on permessage-deflate, as a response has it: 'permessage-deflate; client_max_window_bits=10'."`
}

// checkAgreement holds the agreement against its grammar, before anything is read.
func (f streamFlags) checkAgreement() error {
	if _, _, err := protocol.ParseDeflateAgreement(f.Deflate); err != nil {
		return usageError{fmt.Errorf("--deflate: %w", err)}
	}
	return nil
}

// options are those that the flags ask for; the agreement has been checked.
func (f streamFlags) options() protocol.Options {
	o := protocol.Options{Sender: protocol.RoleClient, Ended: f.Ended}
	o.Deflate, o.DeflateAgreed, _ = protocol.ParseDeflateAgreement(f.Deflate)
	if f.Sender == protocol.RoleServer.String() {
		o.Sender = protocol.RoleServer
	}
	return o
}

// unreadableError is a place of a text that cannot be read.
type unreadableError struct {
	err  *protocol.NotationError
	text string
}

func (e *unreadableError) Error() string { return e.err.Error() }
func (e *unreadableError) Unwrap() error { return e.err }

// unreadable adds to an error of the parsers the text that it is about.
func unreadable(text string, err error) error {
	var at *protocol.NotationError
	if !errors.As(err, &at) {
		return err
	}
	return &unreadableError{at, text}
}

// explain returns the error, the line it is about, and carets under the place.
func (e *unreadableError) explain(t *terminal) string {
	lines := strings.Split(e.text, "\n")
	line := []rune(strings.TrimSuffix(lines[min(e.err.Line, len(lines))-1], "\r"))
	for i, r := range line {
		if !unicode.IsPrint(r) {
			line[i] = ' '
		}
	}
	number := fmt.Sprintf("%4d", e.err.Line)
	room := t.width - len(number) - 4
	start := min(e.err.Column-1, len(line))
	end := min(start+e.err.Width, len(line))
	from, to := 0, len(line)
	// Of a long line, what is around the place; a mark says what is left out.
	for from < start && columns(string(line[from:start])) > room/2 {
		from++
	}
	for to > from && columns(string(line[from:to])) > room-2 {
		to--
	}
	before, rest := string(line[from:start]), string(line[start:max(to, start)])
	if from > 0 {
		before = "…" + before
	}
	if to < len(line) {
		rest += "…"
	}
	carets := columns(string(line[start:max(min(end, to), start)]))
	var b strings.Builder
	b.WriteString(t.complaint(e.err) + "\n")
	fmt.Fprintf(&b, "%s %s%s\n", t.paint(dim, number+" |"), before, rest)
	fmt.Fprintf(&b, "%s %s%s\n", t.paint(dim, strings.Repeat(" ", len(number))+" |"),
		strings.Repeat(" ", columns(before)), t.paint(red, strings.Repeat("^", max(1, carets))))
	return b.String()
}

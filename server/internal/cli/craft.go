package cli

import (
	"errors"
	"fmt"
	"strings"

	"framecraft/protocol"
)

// craftCommand makes bytes out of notation.
type craftCommand struct {
	Notation []string `arg:"" optional:"" help:"Frames in notation, a line an argument. Without any, standard input, one frame a line."`
	Raw      bool     `xor:"form" help:"Write the bytes themselves."`
	Force    bool     `help:"Write them to a terminal, too."`
	Literal  string   `xor:"form" placeholder:"LANGUAGE" help:"Write source text: ${literals}."`
	JSON     bool     `name:"json" xor:"form" help:"Print the notation with its masking keys, the bytes in hex, and the report."`
	keyFlag
	streamFlags
}

// Help is the examples of the help.
func (*craftCommand) Help() string {
	return `framecraft craft 'text "Hello" mask=37fa213d'
    81 85 37 fa 21 3d 7f 9f 4d 51 58
framecraft craft --raw 'ping "x"' 'close 1000' | nc 127.0.0.1 8080
    onto a connection, after a handshake
framecraft craft --key 37fa213d --literal go < frames.txt
    into a test; the same bytes every time
framecraft craft 'opcode=3 rsv1 hex:c1' | framecraft inspect
    what a receiver makes of it`
}

func (*craftCommand) exitCodes() [][2]string {
	return [][2]string{
		{"0", "The bytes are written, legal or not."},
		{"1", "They could not be written."},
		{"2", "The arguments or the notation cannot be read, or raw bytes would go to a terminal."},
	}
}

func (c *craftCommand) run(p *Process) (int, error) {
	if c.Raw && !c.Force && isTerminal(p.Stdout) {
		return 0, usageError{errors.New("--raw: found a terminal as the output, expected a pipe or a file; --force writes all the same")}
	}
	if _, known := protocol.AppendLiteral(nil, c.Literal, nil); c.Literal != "" && !known {
		return 0, usageError{fmt.Errorf("--literal: found %q, expected one of %s", c.Literal, literalIDs())}
	}
	if err := errors.Join(c.check(), c.checkAgreement()); err != nil {
		return 0, err
	}
	texts, err := sources(c.Notation, p)
	if err != nil {
		return 0, err
	}
	drafts, err := parseDrafts(texts)
	if err != nil {
		return 0, err
	}
	if len(drafts) == 0 {
		return 0, usageError{errors.New(`found no frame, expected notation such as text "Hello"`)}
	}
	c.withKeys(drafts)
	return exitDone, write(p.Stdout, c.output(drafts))
}

// output returns the drafts in the form that the flags ask for.
func (c *craftCommand) output(drafts []protocol.Draft) (out []byte) {
	switch {
	case c.Raw:
		return encode(drafts)
	case c.Literal != "":
		out, _ = protocol.AppendLiteral(nil, c.Literal, encode(drafts))
		return append(out, '\n')
	case c.JSON:
		return c.appendJSON(nil, drafts)
	}
	for _, draft := range drafts {
		if b := draft.AppendTo(nil, 0); len(b) > 0 {
			out = append(appendPairs(out, b), '\n')
		}
	}
	return out
}

// appendJSON appends one object: the drafts as they are printed, all their bytes
// in hex, and the report exactly as protocol writes it.
func (c *craftCommand) appendJSON(dst []byte, drafts []protocol.Draft) []byte {
	dst = append(dst, `{"drafts":[`...)
	for i, draft := range drafts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = protocol.AppendJSONString(dst, string(draft.AppendNotation(nil)))
	}
	b := encode(drafts)
	dst = protocol.AppendHex(append(dst, `],"hex":"`...), b)
	dst = protocol.Inspect(b, c.options()).AppendJSON(append(dst, `","report":`...))
	return append(dst, "}\n"...)
}

// appendPairs appends bytes in hex with a blank between two of them.
func appendPairs(dst, b []byte) []byte {
	for i := range b {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = protocol.AppendHex(dst, b[i:i+1])
	}
	return dst
}

// literalIDs lists the languages of protocol for the grammar.
func literalIDs() string {
	var ids []string
	for _, literal := range protocol.Literals() {
		ids = append(ids, literal.ID)
	}
	return strings.Join(ids, ", ")
}

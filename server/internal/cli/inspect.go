package cli

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"framecraft/protocol"
)

// inspectCommand explains bytes, or the bytes of notation.
type inspectCommand struct {
	Text []string `arg:"" optional:"" help:"Bytes as hex, a hex dump, an escaped string, a byte array or base64; or notation, a line an argument. Without any, standard input."`
	streamFlags
	Raw  bool `help:"Standard input is the bytes themselves."`
	JSON bool `name:"json" help:"Print the report as JSON."`
	keyFlag
	colourFlag
}

// Help is the examples of the help.
func (*inspectCommand) Help() string {
	return `framecraft inspect 81 85 37 fa 21 3d 7f 9f 4d 51 58
    the masked "Hello" of RFC 6455
framecraft inspect 'text nofin "Hel"' 'continuation "lo"'
    a message in two frames
framecraft inspect --deflate permessage-deflate 'text rsv1 deflate("Hello")'
    a compressed message
xxd capture.bin | framecraft inspect --sender server
    any style of bytes, from any program
framecraft inspect --raw --ended --json < capture.bin | jq .verdict
    for other programs`
}

func (*inspectCommand) exitCodes() [][2]string {
	return [][2]string{
		{"0", "A strict receiver goes on, or waits for the rest of a frame."},
		{"1", "A strict receiver fails the connection."},
		{"2", "The arguments or the input cannot be read."},
	}
}

func (c *inspectCommand) run(p *Process) (int, error) {
	b, err := c.bytes(p)
	if err != nil {
		return 0, err
	}
	report := protocol.Inspect(b, c.options())
	var out []byte
	if c.JSON {
		out = append(report.AppendJSON(nil), '\n')
	} else if out, err = explain(newTerminal(p.Stdout, c.Color, p.Lookup), b, report); err != nil {
		return 0, err
	}
	if err := write(p.Stdout, out); err != nil {
		return 0, err
	}
	if report.Verdict.Outcome == protocol.OutcomeFails {
		return exitFailed, nil
	}
	return exitDone, nil
}

// bytes returns what is to be explained.
func (c *inspectCommand) bytes(p *Process) ([]byte, error) {
	if err := errors.Join(c.check(), c.checkAgreement()); err != nil {
		return nil, err
	}
	if c.Raw {
		if len(c.Text) > 0 {
			return nil, usageError{fmt.Errorf("found %q beside --raw, expected the bytes on standard input only", c.Text[0])}
		}
		return readInput(p, protocol.MaxDraftPayload)
	}
	texts, err := sources(c.Text, p)
	if err != nil {
		return nil, err
	}
	drafts, notationErr := parseDrafts(texts)
	if notationErr == nil && len(drafts) > 0 {
		c.withKeys(drafts)
		return encode(drafts), nil
	}
	if notationErr != nil && isNotation(texts[0]) {
		return nil, notationErr
	}
	// Several arguments that are single words are the bytes of one text.
	b, _, err := protocol.ParseDump(texts[0])
	if err == nil {
		return b, nil
	}
	err = unreadable(texts[0], err)
	// What is neither may have been meant as either.
	var unread *unreadableError
	if errors.As(err, &unread) {
		at := *unread.err
		at.Expected += "; or notation, such as text \"Hello\""
		unread.err = &at
	}
	return nil, err
}

// notationWord is a word that only notation has: the name of an opcode, or one
// that begins with a letter and holds a letter which hex has not, before a blank.
var notationWord = regexp.MustCompile(`^(opcode=|bytes|continuation|text|binary|close|ping|pong)|^[a-z]*[g-z][a-z0-9]*[ \t=]|[ \t](continuation|text|binary|close|ping|pong)([ \t]|$)`)

// isNotation reports whether a text that cannot be read was meant as notation:
// its first line that says something has a word of it.
func isNotation(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line != "" && line[0] != '#' {
			return notationWord.MatchString(line)
		}
	}
	return false
}

// write writes all of the output.
func write(stream *os.File, b []byte) error {
	if _, err := stream.Write(b); err != nil {
		return fmt.Errorf("writing the output: %w", err)
	}
	return nil
}

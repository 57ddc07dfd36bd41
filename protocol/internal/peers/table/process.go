package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// process is a contender that runs and does what it is told, a line at a time.
type process struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// start starts a command on the contenders' core.
func start(command *exec.Cmd) (*process, error) {
	p := &process{command: command}
	var err error
	if p.in, err = command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = newReader(out)
	command.Stderr = os.Stderr
	if err := startPinned(command); err != nil {
		return nil, err
	}
	return p, nil
}

// line reads a line of the process' output.
func (p *process) line() (string, error) {
	line, err := p.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%s ended: %w", p.command.Path, err)
	}
	return strings.TrimSpace(line), nil
}

// errMissing is what a contender answers to what it cannot do.
type errMissing string

func (e errMissing) Error() string { return string(e) }

// ask has a contender do something and returns its answer.
func (p *process) ask(format string, arguments ...any) (string, error) {
	if _, err := fmt.Fprintf(p.in, format+"\n", arguments...); err != nil {
		return "", err
	}
	line, err := p.line()
	if err != nil {
		return "", err
	}
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "ok":
		return rest, nil
	case "missing":
		return "", errMissing(rest)
	}
	return "", fmt.Errorf("found the answer %q, expected ok or missing", line)
}

// stop ends the process by the end of its input.
func (p *process) stop() error {
	return errors.Join(p.in.Close(), p.command.Wait())
}

func newReader(r io.Reader) *bufio.Reader { return bufio.NewReader(r) }

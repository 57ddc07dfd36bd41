package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// Servers: a contender's command that was told to serve. Ours is the server's real
// binary; where it has to say what it weighs, it is the test binary of the package
// that makes it up, which serves the same and answers.

const above3 = "../../.." // where the server's module is, from this one

type server struct {
	*process
	address string
	weigh   func() (weight, error)
	stop    func() error
}

// weight is what a process weighs, in bytes.
type weight struct{ resident, heap, stacks float64 }

// serve starts a contender's server: "echo" or "idle".
func (c *contender) serve(variant string) (*server, error) {
	if c.name == ours {
		if variant == "idle" {
			return serveIdle(filepath.Join(filepath.Dir(c.path), "idle"))
		}
		return serveOurs(filepath.Join(filepath.Dir(c.path), "framecraft"))
	}
	p, err := start(exec.Command(c.path))
	if err != nil {
		return nil, err
	}
	s := &server{process: p, stop: p.stop}
	s.weigh = func() (weight, error) { return parseWeight(p.ask("weigh")) }
	s.address, err = p.ask("serve %s", variant)
	return s, err
}

func parseWeight(text string, err error) (w weight, _ error) {
	if err == nil {
		_, err = fmt.Sscan(text, &w.resident, &w.heap, &w.stacks)
	}
	return w, err
}

var announced = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)/`)

// serveOurs starts the real server, without the limits that one address has.
func serveOurs(path string) (*server, error) {
	if _, err := os.Stat(path); err != nil {
		if err := goBuild(path, above3, "./server"); err != nil {
			return nil, err
		}
	}
	command := exec.Command(path, "serve", "--addr", "127.0.0.1:0", "--keys", path+".keys", "--max-address", "0", "--max-handshakes", "0")
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer writer.Close()
	command.Stdout, command.Stderr = writer, writer
	if err := startPinned(command); err != nil {
		return nil, err
	}
	p := &process{command: command, out: newReader(reader)}
	s := &server{process: p}
	s.stop = func() error {
		if err := command.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		return command.Wait()
	}
	for s.address == "" {
		line, err := p.line()
		if err != nil {
			return nil, err
		}
		if match := announced.FindStringSubmatch(line); match != nil {
			s.address = match[1]
		}
	}
	go func() {
		for {
			if _, err := p.line(); err != nil { // nobody may wait for the pipe
				reader.Close()
				return
			}
		}
	}()
	return s, nil
}

// serveIdle starts the server that says what it weighs.
func serveIdle(path string) (*server, error) {
	if _, err := os.Stat(path); err != nil {
		command := exec.Command("go", "test", "-c", "-o", path, "./server/internal/web")
		command.Dir = above3
		if output, err := command.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w: %s", err, output)
		}
	}
	command := exec.Command(path)
	command.Env = append(os.Environ(), "FRAMECRAFT_IDLE_SERVER=1")
	p, err := start(command)
	if err != nil {
		return nil, err
	}
	s := &server{process: p, stop: p.stop}
	s.weigh = func() (weight, error) {
		if _, err := fmt.Fprintln(p.in, "weigh"); err != nil {
			return weight{}, err
		}
		return parseWeight(p.line())
	}
	line, err := p.line()
	s.address, _, _ = strings.Cut(line, " ")
	return s, err
}

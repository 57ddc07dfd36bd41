package hold

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// A share in a process of its own. The parent starts the program again with a
// variable in the environment. The child reads one line from its standard input,
// the Share; when that input ends, by the parent's word or its death, it closes
// its connections. Meanwhile it writes a line to its standard output now and then,
// its Progress.

// WorkerVariable is set in the environment of a child. The program has to call
// Work first of all when it is.
const WorkerVariable = "FRAMECRAFT_HOLD_WORKER"

// Work is what a child does.
func Work(in io.Reader, out io.Writer) error {
	// A terminal interrupts its whole foreground, and timeout(1) or a service manager
	// terminates a whole group; the parent has the say. When that has died, a report
	// must not be the end before the connections are closed.
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
	lines := bufio.NewReader(in)
	line, err := lines.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("hold: reading the share: %w", err)
	}
	var share Share
	if err := json.Unmarshal(line, &share); err != nil {
		return fmt.Errorf("hold: reading the share: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, lines) // whatever ends it, it has ended
	}()
	encoder := json.NewEncoder(out)
	holdFleet(ctx, share, func(p Progress) {
		if err := encoder.Encode(p); err != nil {
			cancel() // nobody is there any more
		}
	})
	return nil
}

// worker is a share that is being held, here or in a child.
type worker struct {
	// stop asks for the end, kill does not ask.
	stop, kill func()
}

// startHere holds a share in this process. Done is called at the end.
func startHere(share Share, report func(Progress), done func(error)) worker {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		holdFleet(ctx, share, report)
		done(nil)
	}()
	return worker{stop: cancel, kill: cancel}
}

// startChild holds a share in a process of its own. After an error there is none,
// and done is not called.
func startChild(share Share, report func(Progress), done func(error)) (worker, error) {
	name, err := os.Executable()
	if err != nil {
		return worker{}, fmt.Errorf("hold: finding the program: %w", err)
	}
	command := exec.Command(name)
	command.Env = append(os.Environ(), WorkerVariable+"=1")
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		return worker{}, fmt.Errorf("hold: a pipe to a process: %w", err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return worker{}, errors.Join(fmt.Errorf("hold: a pipe from a process: %w", err), in.Close())
	}
	if err := command.Start(); err != nil {
		return worker{}, fmt.Errorf("hold: starting a process: %w", err) // which has closed both pipes
	}
	if err := json.NewEncoder(in).Encode(share); err != nil {
		_ = command.Process.Kill() // it may have ended, which is why
		return worker{}, errors.Join(fmt.Errorf("hold: telling a process its share: %w", err), command.Wait())
	}
	go func() {
		readErr := readProgress(out, report)
		waitErr := command.Wait()
		if readErr == nil || waitErr != nil {
			readErr = waitErr
		}
		done(readErr)
	}()
	return worker{
		stop: func() { _ = in.Close() },
		kill: func() { _ = command.Process.Signal(syscall.SIGKILL) },
	}, nil
}

// readProgress reads a child's lines. The error is nil when the last one said that
// all has ended.
func readProgress(in io.Reader, report func(Progress)) error {
	decoder := json.NewDecoder(in)
	for {
		var p Progress
		if err := decoder.Decode(&p); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return fmt.Errorf("hold: a process ended without a last word: %w", err)
		}
		report(p)
		if p.Phase == PhaseEnded {
			return nil
		}
	}
}

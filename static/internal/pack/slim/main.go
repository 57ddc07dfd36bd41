// Command slim makes a WASM module that Go linked smaller to send, without
// changing what it computes:
//
//	slim in.wasm out.wasm
//	slim -run RUNNER in.wasm [argument...]
//	slim -shares in.wasm
//
// With -run it makes a module in a temporary file and hands it and the arguments
// to RUNNER, so that go test can run tests that were made smaller the same way:
//
//	GOOS=js GOARCH=wasm go test -exec="slim -run $(go env GOROOT)/lib/wasm/go_js_wasm_exec" ./...
//
// With -shares it prints what the bytes are for.
//
// What compresses badly is what differs from place to place without need. Each
// file here takes one such thing away, and says how and how much it brings:
//
//	memory.go   thousands of data segments
//	calls.go    return addresses, and the way out of a function
//	jumps.go    jumps by a table
//	frame.go    addresses in the stack frame
//	shorten.go  instructions that have a shorter equal
//	lines.go    files, lines and arguments, which only stack traces read (tables.go)
//	names.go    names that stack traces leave out
//
// To add one, write a function of a function's body and list it in bodies. It
// looks for the instructions that Go's compiler writes (match.go) and leaves
// alone what it does not know; instr.go has the instructions. It needs a test
// that runs both forms, and `make test-wasm` runs the tests of protocol and wasm
// through all of them.
//
// Only the last two take something away: a trace in the browser's console names
// functions without lines. Build with the go command alone to get them back.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// bodies are the changes to a function, in an order that matters: the later ones
// see what the earlier ones wrote.
var bodies = []func(*function){
	jumpDirectly, returnToUnwind, tailMorestack, shortPCs, shorten, foldOffsets,
}

func main() {
	switch {
	case len(os.Args) >= 4 && os.Args[1] == "-run":
		os.Exit(runSlim(os.Args[2], os.Args[3], os.Args[4:]))
	case len(os.Args) != 3:
		fmt.Fprintln(os.Stderr, "usage: slim in.wasm out.wasm\n       slim -run RUNNER in.wasm [argument...]\n       slim -shares in.wasm")
		os.Exit(2)
	}
	var err error
	if os.Args[1] == "-shares" {
		err = printShares(os.Stdout, os.Args[2])
	} else {
		err = run(os.Args[1], os.Args[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "slim:", err)
		os.Exit(1)
	}
}

func run(in, out string) error {
	src, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	module, err := parseModule(src)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	module.slim()
	if err := module.drop(); err != nil {
		fmt.Fprintf(os.Stderr, "slim: tables for stack traces are kept: %v\n", err)
	}
	return os.WriteFile(out, module.append(nil), 0o644)
}

// slim makes the functions smaller that follow Go's calling convention.
func (m *module) slim() {
	for _, f := range m.funcs {
		if f.ours {
			for _, change := range bodies {
				change(f)
			}
		}
	}
}

// drop takes away what only stack traces read.
func (m *module) drop() error {
	return errors.Join(dropLines(m.memory), dropNames(m.memory))
}

// runSlim runs a smaller form of the module and returns its exit code.
func runSlim(runner, in string, arguments []string) int {
	out, err := os.CreateTemp("", "slim-*.wasm")
	if err == nil {
		defer os.Remove(out.Name())
		err = errors.Join(out.Close(), run(in, out.Name()))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "slim:", err)
		return 1
	}
	command := exec.Command(runner, append([]string{out.Name()}, arguments...)...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return max(exit.ExitCode(), 1)
		}
		fmt.Fprintln(os.Stderr, "slim:", err)
		return 1
	}
	return 0
}

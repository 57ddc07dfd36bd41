// Command slim makes a WASM module that Go linked smaller to send, without
// changing what it computes:
//
//	slim in.wasm out.wasm
//
// It does two things. Go's linker leaves every run of eight zero bytes out of
// the initial memory, which makes tens of thousands of data segments, each with
// an address that hardly compresses; joined into one segment, the zeros cost
// next to nothing after compression. And Go keeps, for every instruction, the
// file and line that it came from, which only a stack trace reads: those tables
// are zeroed, so that a trace in the browser's console names functions without
// lines. (Build with the go command alone to get the lines back.)
//
// The second step knows the layout of Go's tables. Where it does not find what
// it expects, it changes nothing and says so.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: slim in.wasm out.wasm")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
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
	if err := dropLines(module.memory); err != nil {
		fmt.Fprintf(os.Stderr, "slim: line tables are kept: %v\n", err)
	}
	return os.WriteFile(out, module.append(nil), 0o644)
}

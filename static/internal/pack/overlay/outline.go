package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The compiler copies small functions into their callers, which makes the same
// thing look different in every place: 18,000 bytes of brotli in package
// protocol. Only loops over bytes gain from it, so in all files but the fast ones
// every function is marked go:noinline. The functions of other packages that they
// call, as those of encoding/binary, are copied as ever.

// outline adds changed copies of the package's files to replace. The fast files
// stay as they are, and have to be there.
func outline(folder, into string, fast []string, replace map[string]string) error {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	for _, name := range fast {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("a fast file: %w", err)
		}
	}
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return err
	}
	for _, from := range names {
		name := filepath.Base(from)
		if strings.HasSuffix(name, "_test.go") || slices.Contains(fast, name) {
			continue
		}
		src, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		to := filepath.Join(into, filepath.Base(folder)+"_"+name)
		if err := os.WriteFile(to, markFunctions(src), 0o644); err != nil {
			return err
		}
		replace[from] = to
	}
	return nil
}

// markFunctions puts go:noinline in front of every function, at the end of its
// comment. gofmt leaves func at the start of a line to declarations.
func markFunctions(src []byte) []byte {
	var out strings.Builder
	raw := false // inside a string of several lines
	for line := range strings.Lines(string(src)) {
		if !raw && strings.HasPrefix(line, "func ") {
			out.WriteString("//go:noinline\n")
		}
		out.WriteString(line)
		if strings.Count(line, "`")%2 == 1 && !strings.HasPrefix(strings.TrimSpace(line), "//") {
			raw = !raw
		}
	}
	return []byte(out.String())
}

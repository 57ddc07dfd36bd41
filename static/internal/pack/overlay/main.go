// Command overlay writes an overlay for go build that makes the page's module
// smaller:
//
//	overlay [-outline PACKAGE] [-fast FILE,...] FOLDER
//	go build -overlay FOLDER/overlay.json ...
//
// It has two parts, neither of which changes what the module does. Go's runtime
// leaves out its tracer, profilers and debugging modes (constants.go: 34,000
// bytes of brotli), and package protocol calls functions that would be copied into
// their callers (outline.go: 16,000).
//
// FOLDER gets changed copies of the files; nothing else is written to. What should
// be changed and is not there is an error: then Go or the package has changed and
// the list has to be looked at again. The runtime of another Go than the one that
// the list was made for stays as it is, and a line says so.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	slow := flag.String("outline", "", "the folder of a package whose functions are not copied into callers")
	fast := flag.String("fast", "", "files of that package that stay as they are, with commas between")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: overlay [-outline PACKAGE] [-fast FILE,...] FOLDER")
		os.Exit(2)
	}
	if err := write(flag.Arg(0), *slow, strings.FieldsFunc(*fast, func(r rune) bool { return r == ',' })); err != nil {
		fmt.Fprintln(os.Stderr, "overlay:", err)
		os.Exit(1)
	}
}

// write fills the folder with the changed files and overlay.json.
func write(folder, slow string, fast []string) error {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o755)); err != nil {
		return err
	}
	replace := map[string]string{}
	if release := build.Default.ReleaseTags[len(build.Default.ReleaseTags)-1]; release != madeFor {
		fmt.Fprintf(os.Stderr, "overlay: found %s, made for %s: its runtime stays as it is, and the module becomes larger\n", release, madeFor)
	} else if err := fixRuntime(folder, replace); err != nil {
		return err
	}
	if slow != "" {
		if err := outline(slow, folder, fast, replace); err != nil {
			return err
		}
	}
	list, err := json.MarshalIndent(map[string]any{"Replace": replace}, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "overlay.json"), append(list, '\n'), 0o644)
}

// madeFor is the Go whose runtime constants.go was held against.
const madeFor = "go1.26"

// fixRuntime adds changed copies of the runtime's files for js/wasm.
func fixRuntime(into string, replace map[string]string) error {
	context := build.Default
	context.GOOS, context.GOARCH, context.CgoEnabled = "js", "wasm", false
	pkg, err := context.Import("runtime", "", 0)
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for _, name := range pkg.GoFiles {
		from := filepath.Join(pkg.Dir, name)
		src, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		changed, err := insertConstants(name, src, used)
		if err != nil {
			return err
		}
		if changed == nil {
			continue
		}
		to := filepath.Join(into, "runtime_"+name)
		if err := os.WriteFile(to, changed, 0o644); err != nil {
			return err
		}
		replace[from] = to
	}
	var missing []string
	for expression := range constants {
		if !used[expression] {
			missing = append(missing, expression)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return fmt.Errorf("the runtime in %s does not have %s", pkg.Dir, strings.Join(missing, ", "))
	}
	return nil
}

package main

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What protocol and wasm may import. Each package that is not on the list would
// add 40 to 250 KB to what a visitor downloads.

var allowedImports = []string{
	"bytes", "encoding/base64", "encoding/binary", "errors", "math/bits", "slices", "strconv", "strings",
	"unicode/utf8", "unsafe",
	"framecraft/protocol",
}

// forbiddenImports must not come in by way of something else either.
// encoding/binary brings reflect along, which the linker drops again.
var forbiddenImports = []string{
	"fmt", "os", "time", "sort", "syscall", "syscall/js", "log", "context", "regexp",
	"compress", "crypto", "encoding/json", "html", "mime", "net", "text",
}

func TestImports(t *testing.T) {
	for _, directory := range []string{".", "../protocol"} {
		files, err := filepath.Glob(filepath.Join(directory, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no Go files, %v", directory, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range parsed.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Contains(allowedImports, path) {
					t.Errorf("%s imports %s; allowed are %s", file, path, strings.Join(allowedImports, ", "))
				}
			}
		}
	}
}

func TestLinkedPackages(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Log("go list cannot run inside a WebAssembly module: the native run of this test holds the rule for js/wasm too")
		return
	}
	linked := goList(t, "./")
	if !slices.Contains(linked, "framecraft/protocol") {
		t.Fatalf("go list -deps found %v, expected framecraft/protocol among them", linked)
	}
	allowed := goList(t, allowedImports...)
	for _, path := range linked {
		if !slices.Contains(allowed, path) && path != "framecraft/wasm" {
			t.Errorf("the module links %s, which no allowed import needs", path)
		}
		for _, forbidden := range forbiddenImports {
			if path == forbidden || strings.HasPrefix(path, forbidden+"/") {
				t.Errorf("the module links %s", path)
			}
		}
	}
}

// goList returns the packages and all that they need, for js/wasm.
func goList(t *testing.T, packages ...string) []string {
	t.Helper()
	command := exec.Command("go", append([]string{"list", "-deps"}, packages...)...)
	command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list -deps %v: %v", packages, err)
	}
	return strings.Fields(string(out))
}

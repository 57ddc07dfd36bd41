package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The module as the page loads it: built, made smaller, started in Node, called
// through static/protocol.mjs. What can only go wrong at the boundary is tested
// there, in testdata/exports_test.mjs; and what making it smaller could spoil,
// such as the unwinding of a panic or the collector's way through the stack.

func TestExports(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Log("a WebAssembly module cannot start Node: the native run of this test drives the module")
		return
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is needed for this test and is not on the PATH: install Node.js 20 or later")
	}
	module := filepath.Join(t.TempDir(), "protocol.wasm")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", module, ".")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the module: %v\n%s", err, out)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("go env GOROOT: %v", err)
	}
	support := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js")
	slimmed := filepath.Join(t.TempDir(), "slimmed.wasm")
	slim := exec.Command("go", "run", "./slim", module, slimmed)
	slim.Dir = "../static/internal/pack"
	if out, err := slim.CombinedOutput(); err != nil || strings.Contains(string(out), "kept") {
		t.Fatalf("making the module smaller: %v\n%s", err, out)
	}
	for _, test := range []struct{ name, module string }{{"as linked", module}, {"as sent", slimmed}} {
		t.Run(test.name, func(t *testing.T) {
			out, err := exec.Command(node, "testdata/exports_test.mjs", test.module, support).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("%s", out)
		})
	}
}

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// build links the test's program for js/wasm, like the page's module.
func build(t *testing.T, folder string) (name string) {
	t.Helper()
	name = filepath.Join(folder, "program.wasm")
	command := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-gcflags=all=-l", "-o", name, "./testdata/program")
	command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return name
}

// runner returns Go's runner of js/wasm under Node.
func runner(t *testing.T) string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "go_js_wasm_exec")
}

func TestProgramRunsAlike(t *testing.T) {
	folder := t.TempDir()
	before := build(t, folder)
	after := filepath.Join(folder, "slim.wasm")
	if err := run(before, after); err != nil {
		t.Fatal(err)
	}
	var outputs [2][]byte
	for i, name := range []string{before, after} {
		command := exec.Command(runner(t), name)
		out, err := command.CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("all goroutines ended")) {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		outputs[i] = out
	}
	if !bytes.Equal(outputs[0], outputs[1]) {
		t.Errorf("as Go linked it, the program prints\n%s\nmade smaller it prints\n%s", outputs[0], outputs[1])
	}
}

// Every change finds what it looks for in most functions of a real module: when
// a new Go writes something else, this says so.
func TestChangesApply(t *testing.T) {
	src, err := os.ReadFile(build(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	m, err := parseModule(src)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := parseModule(m.append(nil)); err != nil || !bytes.Equal(again.append(nil), m.append(nil)) {
		t.Fatalf("a module is not the same after reading and writing it twice: %v", err)
	}
	ours := 0
	changed := make([]int, len(bodies))
	for _, f := range m.funcs {
		if !f.ours {
			continue
		}
		ours++
		for i, change := range bodies {
			before := encode(nil, f.code)
			change(f)
			if !bytes.Equal(before, encode(nil, f.code)) {
				changed[i]++
			}
		}
	}
	if ours*10 < len(m.funcs)*9 {
		t.Errorf("%d of %d functions follow Go's calling convention", ours, len(m.funcs))
	}
	for i, n := range changed {
		if n*4 < ours {
			t.Errorf("change %d applies to %d of %d functions, expected a quarter or more", i, n, ours)
		}
	}
	for _, drop := range []func([]byte) error{dropLines, dropNames} {
		if err := drop(m.memory); err != nil {
			t.Error(err)
		}
	}
}

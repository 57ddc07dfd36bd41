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
	shares, err := m.shares()
	if err != nil || len(shares) != 10 {
		t.Errorf("expected five shares of code and five of data, found %v, %v", shares, err)
	}
	whole := len(m.append(nil))
	for _, s := range shares {
		again, _ := parseModule(m.append(nil))
		s.without(again)
		if strings.HasPrefix(s.name, "code") && len(again.append(nil)) >= whole {
			t.Errorf("%s: leaving it out leaves out nothing", s.name)
		}
	}
	if err := m.drop(); err != nil {
		t.Error(err)
	}
}

func TestPackages(t *testing.T) {
	for function, want := range map[string]string{
		"runtime.mallocgc": "runtime", "framecraft/protocol.(*Head).text": "framecraft/protocol", "main.read": "framecraft/wasm",
		"internal/runtime/maps.(*Map).grow": "runtime's packages", "internal/strconv.fmtX": "strconv", "strconv.Itoa": "strconv",
		"bytes.Index": "the other packages", "memchr": "the other packages", "": "the other packages",
	} {
		if got := packageOf(function); got != want {
			t.Errorf("%s is counted with %s, expected %s", function, got, want)
		}
	}
}

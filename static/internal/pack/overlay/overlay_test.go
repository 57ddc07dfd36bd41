package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The overlay on sources made for the test, and on the runtime of this Go.

func TestConstants(t *testing.T) {
	const src = `package runtime

var useCheckmark = false

func traceEnabled() bool { return trace.enabled }

func f(rate *int32) {
	useCheckmark = debug.gctrace > 0 && !useCheckmark // debug.gctrace
	rate = &debug.gctrace
	debug.gctrace++
	debug.gctrace = 1
	if trace := traceAcquire(); trace.ok() || traceEnabled() {
		print("traceEnabled()", debug.invalidptr)
	}
}
`
	const want = `package runtime

var useCheckmark = false

func traceEnabled() bool { return trace.enabled }

func f(rate *int32) {
	useCheckmark = int32(0) > 0 && !false // debug.gctrace
	rate = &debug.gctrace
	debug.gctrace++
	debug.gctrace = 1
	if trace := (traceLocker{}); false || false {
		print("traceEnabled()", debug.invalidptr)
	}
}
`
	used := map[string]bool{}
	got, err := insertConstants("f.go", []byte(src), used)
	if err != nil || string(got) != want {
		t.Errorf("got %v\n%s", err, got)
	}
	if !used["debug.gctrace"] || !used["trace.ok()"] || used["debug.sbrk"] {
		t.Errorf("noted as found: %v", used)
	}
	if got, err := insertConstants("f.go", []byte("package runtime\n"), used); got != nil || err != nil {
		t.Errorf("a file without any is %q, %v", got, err)
	}
	if _, err := insertConstants("f.go", []byte("package"), used); err == nil {
		t.Error("a broken file was read")
	}
}

func TestOutline(t *testing.T) {
	const src = "package p\n\n// F is.\nfunc F() {}\n\nconst text = `\nfunc not\n`\n\n// a ` in words\nfunc (p *P) m() {\n\tfunc() {}()\n}\n"
	const want = "package p\n\n// F is.\n//go:noinline\nfunc F() {}\n\nconst text = `\nfunc not\n`\n\n// a ` in words\n//go:noinline\nfunc (p *P) m() {\n\tfunc() {}()\n}\n"
	if got := string(markFunctions([]byte(src))); got != want {
		t.Errorf("got\n%s", got)
	}
}

// The overlay builds a program for js/wasm, without the tracer.
func TestOverlayBuilds(t *testing.T) {
	folder := t.TempDir()
	pkg := filepath.Join(folder, "pkg")
	if err := os.Mkdir(pkg, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]string{"fast.go": "package p\n\nfunc F() {}\n", "slow.go": "package p\n\nfunc G() {}\n", "slow_test.go": "package p\n"} {
		if err := os.WriteFile(filepath.Join(pkg, name), []byte(src), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	into := filepath.Join(folder, "overlay")
	if err := write(into, pkg, []string{"other.go"}); err == nil {
		t.Error("a fast file that is not there was accepted")
	}
	if err := write(into, pkg, []string{"fast.go"}); err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(into, "overlay.json")
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(text, &overlay); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"fast.go": false, "slow.go": true, "slow_test.go": false} {
		if _, ok := overlay.Replace[filepath.Join(pkg, name)]; ok != want {
			t.Errorf("%s is replaced: %v, expected %v", name, ok, want)
		}
	}
	names := map[bool]string{}
	for _, with := range []bool{false, true} {
		out := filepath.Join(folder, "program.wasm")
		arguments := []string{"build", "-gcflags=all=-l", "-o", out}
		if with {
			arguments = append(arguments, "-overlay", list)
		}
		command := exec.Command("go", append(arguments, "../slim/testdata/program")...)
		command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=")
		if text, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		module, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		names[with] = string(module)
	}
	const tracer = "runtime.traceAdvance"
	if !strings.Contains(names[false], tracer) || strings.Contains(names[true], tracer) {
		t.Errorf("the tracer is there without the overlay: %v, with it: %v",
			strings.Contains(names[false], tracer), strings.Contains(names[true], tracer))
	}
}

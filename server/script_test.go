package main

import (
	"flag"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The commands as a shell calls them: each file of testdata/script is a story of
// calls with what they print and how they exit. `go test ./server -run
// TestScripts -update` writes new expectations; read their diff.

var update = flag.Bool("update", false, "write what the scripts' commands print into them")

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
		},
	})
}

// exits runs `exits CODE PROGRAM ARGS...` and holds its exit code; stdout and
// stderr are then there for cmp and stderr as after exec.
func exits(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	code := strconv.Itoa(exitCode(ts.Exec(args[1], args[2:]...)))
	if code != args[0] {
		ts.Fatalf("%v: found exit %s, expected %s", args[1:], code, args[0])
	}
}

package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

// constants are expressions of package runtime and their values in a program
// that a page runs.
//
// To add one, give the expression as it is read, and say why it cannot change.
var constants = map[string]string{
	// The execution tracer is started by runtime/trace and testing alone.
	"traceEnabled()":          "false",
	"traceShuttingDown()":     "false",
	"traceAllocFreeEnabled()": "false",
	"traceAcquire()":          "(traceLocker{})",
	"trace.ok()":              "false",

	// The profilers are started by runtime/pprof and the runtime's own exported
	// functions, which nobody calls; without a call of runtime.MemProfile the
	// linker itself sets MemProfileRate to 0.
	"c.nextSample < 0 || MemProfileRate != c.memProfRate": "false",
	"blockprofilerate > 0":                                "false",
	"goroutineProfile.active":                             "false",

	// Fake time is entered by testing/synctest alone.
	"c.bubble != nil":      "false",
	"cas.c.bubble != nil":  "false",
	"s.g.bubble != nil":    "false",
	"gp.bubble != nil":     "false",
	"getg().bubble != nil": "false",
	"t.isFake":             "false",

	// The rest is set by the environment variable GODEBUG. A page has no
	// environment: wasm_exec.js gives an empty one. These have the default 0.
	"debug.malloc":                 "false",
	"useCheckmark":                 "false",
	"debug.gccheckmark":            "int32(0)",
	"debug.gcshrinkstackoff":       "int32(0)",
	"debug.gcstoptheworld":         "int32(0)",
	"debug.gctrace":                "int32(0)",
	"debug.gcpacertrace":           "int32(0)",
	"debug.inittrace":              "int32(0)",
	"debug.sbrk":                   "int32(0)",
	"debug.efence":                 "int32(0)",
	"debug.scavtrace":              "int32(0)",
	"debug.scheddetail":            "int32(0)",
	"debug.schedtrace":             "int32(0)",
	"debug.tracebackancestors":     "int32(0)",
	"debug.checkfinalizers":        "int32(0)",
	"debug.clobberfree":            "int32(0)",
	"debug.dontfreezetheworld":     "int32(0)",
	"debug.adaptivestackstart":     "int32(0)",
	"debug.asynctimerchan.Load()":  "int32(0)",
	"debug.tracebacklabels.Load()": "int32(0)",
}

// insertConstants returns the source with the constants in place of the
// expressions, nil when there is none, and notes which were found. What is
// assigned to, pointed to or declared stays.
func insertConstants(name string, src []byte, used map[string]bool) ([]byte, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	// What is not read but written, pointed to or declared.
	other := map[ast.Expr]bool{}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.AssignStmt:
			for _, target := range node.Lhs {
				other[target] = true
			}
		case *ast.IncDecStmt:
			other[node.X] = true
		case *ast.UnaryExpr:
			other[node.X] = node.Op == token.AND
		case *ast.ValueSpec:
			for _, declared := range node.Names {
				other[declared] = true
			}
		}
		return true
	})
	var out []byte
	done := 0
	ast.Inspect(file, func(node ast.Node) bool {
		expression, ok := node.(ast.Expr)
		if !ok || other[expression] {
			return true
		}
		text := types.ExprString(expression)
		value, ok := constants[text]
		if !ok {
			return true
		}
		used[text] = true
		out = append(out, src[done:files.Position(node.Pos()).Offset]...)
		out = append(out, value...)
		done = files.Position(node.End()).Offset
		return false
	})
	if done == 0 {
		return nil, nil
	}
	return append(out, src[done:]...), nil
}

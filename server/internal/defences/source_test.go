package defences

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What holds for the source as a whole, where a test of behaviour would see only
// the places that it knows of.

// serverFiles calls a function with every file of the server that is part of it,
// and with its folder, seen from the module's root.
func serverFiles(t *testing.T, look func(r *reader, dir string, f *folder, file *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..", "..")
	r := newReader(root, "framecraft")
	dirs, err := filepath.Glob(filepath.Join(root, "server", "internal", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(dirs, filepath.Join(root, "server")) {
		dir, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.ToSlash(dir)
		switch dir {
		case "server/internal/testpeer", "server/internal/badinputs", "server/internal/defences":
			continue // for tests
		}
		f, err := r.load(path)
		if err != nil {
			t.Fatal(err)
		}
		for name, file := range f.files {
			if !strings.HasSuffix(name, "_test.go") {
				look(r, dir, f, file)
			}
		}
	}
}

// steady are the goroutines that recover nothing, by the function that starts
// them, and why they need not. Whoever starts another one lets it recover, log and
// end its connection, or writes down here what keeps a visitor out of it.
var steady = map[string]string{
	"server/internal/endpoint.do":          "a worker's jobs look at a connection in received and tick, which recover",
	"server/internal/endpoint.New":         "the sweep looks at numbers",
	"server/internal/endpoint.newPoller":   "it looks at descriptors; what it reads is for received, which recovers",
	"server/internal/endpoint.startPolled": "what has come is for received, which recovers",
	"server/internal/endpoint.rest":        "it rests, and then reads for received, which recovers",
	"server/internal/endpoint.pass":        "it goes on for whoever waits in received or tick, which recover",
	"server/internal/endpoint.Shutdown":    "it waits",
	"server/internal/wire.accept":          "it sets a deadline",
	"server/internal/wire.NewBuiltIn":      "net/http recovers for its handlers",
	"server/internal/wire.Play":            "it cancels a context",
	"server/internal/wire.run":             "it sets a deadline",
	"server/internal/web.newWatch":         "each look at the process recovers",
	"server/internal/web.Shutdown":         "it waits",
}

// Every goroutine of the packages that serve visitors recovers, unless it is known
// to be steady.
//
// Defence: panic-every-go
func TestEveryGoroutineRecovers(t *testing.T) {
	found := map[string]bool{}
	recovering := 0
	serverFiles(t, func(r *reader, dir string, f *folder, file *ast.File) {
		switch dir {
		case "server", "server/internal/cli", "server/internal/hold", "server/internal/soak":
			return // commands: who calls them is no visitor
		}
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok || function.Body == nil {
				continue
			}
			ast.Inspect(function.Body, func(n ast.Node) bool {
				run := started(n)
				if run == nil {
					return true
				}
				if f.recovers(function, run) {
					recovering++
					return true
				}
				name := dir + "." + function.Name.Name
				if steady[name] == "" {
					t.Errorf("%s: the goroutine does not recover, and %s is not among those that need not", r.files.Position(n.Pos()), name)
				}
				found[name] = true
				return true
			})
		}
	})
	if recovering < 3 {
		t.Errorf("found %d goroutines that recover, expected more: does this test still see them?", recovering)
	}
	for name := range steady {
		if !found[name] {
			t.Errorf("%s starts no goroutine that does not recover; take it off the list", name)
		}
	}
}

// started returns what a node runs on another goroutine: by go, by WaitGroup.Go, or
// after a time.
func started(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.GoStmt:
		return n.Call.Fun
	case *ast.CallExpr:
		method, ok := n.Fun.(*ast.SelectorExpr)
		switch {
		case !ok:
		case method.Sel.Name == "Go" && len(n.Args) == 1:
			return n.Args[0]
		case method.Sel.Name == "AfterFunc" && len(n.Args) == 2:
			return n.Args[1]
		}
	}
	return nil
}

// recovers reports whether everything that the name may mean defers something that
// recovers, itself or in what it calls, one call deep.
func (f *folder) recovers(within *ast.FuncDecl, run ast.Expr) bool {
	bodies := f.bodies(within, run)
	for _, body := range bodies {
		recovers := f.defersRecover(within, body)
		for _, statement := range body.List {
			if expression, ok := statement.(*ast.ExprStmt); ok {
				if call, ok := expression.X.(*ast.CallExpr); ok {
					called := f.bodies(within, call.Fun)
					recovers = recovers || len(called) > 0 && !slices.ContainsFunc(called, func(b *ast.BlockStmt) bool { return !f.defersRecover(within, b) })
				}
			}
		}
		if !recovers {
			return false
		}
	}
	return len(bodies) > 0
}

func (f *folder) defersRecover(within *ast.FuncDecl, body *ast.BlockStmt) bool {
	for _, statement := range body.List {
		deferred, ok := statement.(*ast.DeferStmt)
		if !ok {
			continue
		}
		if method, ok := deferred.Call.Fun.(*ast.SelectorExpr); ok && method.Sel.Name == "Recover" {
			return true // endpoint.Conn's
		}
		for _, last := range f.bodies(within, deferred.Call.Fun) {
			if mentions(last, "recover") {
				return true
			}
		}
	}
	return false
}

// bodies returns what a function may be that is called or handed on: a literal, a
// method of the receiver within which that happens, or all in the folder of the
// name.
func (f *folder) bodies(within *ast.FuncDecl, e ast.Expr) (bodies []*ast.BlockStmt) {
	name, receiver := "", ""
	switch e := e.(type) {
	case *ast.FuncLit:
		return []*ast.BlockStmt{e.Body}
	case *ast.Ident:
		name = e.Name
	case *ast.SelectorExpr:
		name = e.Sel.Name
		if x, ok := e.X.(*ast.Ident); ok && within.Recv != nil && len(within.Recv.List[0].Names) == 1 && within.Recv.List[0].Names[0].Name == x.Name {
			receiver = receiverOf(within)
		}
	}
	for _, file := range f.files {
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && function.Body != nil && function.Name.Name == name && (receiver == "" || receiverOf(function) == receiver) {
				bodies = append(bodies, function.Body)
			}
		}
	}
	return bodies
}

// receiverOf returns the type that a method belongs to.
func receiverOf(function *ast.FuncDecl) string {
	if function.Recv == nil {
		return ""
	}
	kind := function.Recv.List[0].Type
	if pointer, ok := kind.(*ast.StarExpr); ok {
		kind = pointer.X
	}
	name, _ := kind.(*ast.Ident)
	if name == nil {
		return ""
	}
	return name.Name
}

// Of chi's middleware only what finds a client's address is used, and what measures
// answers, which is not on the way to an upgrade. RealIP is not.
//
// Defence: chi-wrappers, proxy-real-ip
func TestMiddlewareOfChi(t *testing.T) {
	var used []string
	serverFiles(t, func(_ *reader, dir string, _ *folder, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := selector.X.(*ast.Ident); ok && pkg.Name == "middleware" && !slices.Contains(used, selector.Sel.Name) {
					used = append(used, selector.Sel.Name)
				}
			}
			return true
		})
		for _, imported := range file.Imports {
			if strings.Contains(imported.Path.Value, "chi/v5/middleware") && imported.Name != nil {
				t.Errorf("%s imports chi's middleware by another name", dir)
			}
		}
	})
	slices.Sort(used)
	if got, want := fmt.Sprint(used), "[ClientIPFromRemoteAddr ClientIPFromXFF GetClientIPAddr NewWrapResponseWriter]"; got != want {
		t.Errorf("found %s, expected %s", got, want)
	}
}

// Everything goes through log/slog, what net/http has to say as well.
//
// Defence: log-slog
func TestLogsBySlog(t *testing.T) {
	servers := 0
	serverFiles(t, func(r *reader, dir string, _ *folder, file *ast.File) {
		for _, imported := range file.Imports {
			// Package logs has what net/http's own log is made into lines of ours with.
			if imported.Path.Value == `"log"` && dir != "server/internal/logs" {
				t.Errorf("%s: found package log, expected log/slog", r.files.Position(imported.Pos()))
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			kind, ok := literal.Type.(*ast.SelectorExpr)
			if pkg, isName := kindPackage(kind); !ok || !isName || pkg != "http" || kind.Sel.Name != "Server" {
				return true
			}
			servers++
			for _, element := range literal.Elts {
				if pair, ok := element.(*ast.KeyValueExpr); ok && mentions(pair.Key, "ErrorLog") {
					return true
				}
			}
			t.Errorf("%s: an http.Server without an ErrorLog writes to package log", r.files.Position(n.Pos()))
			return true
		})
	})
	if servers == 0 {
		t.Error("found no http.Server: does this test still see them?")
	}
}

func kindPackage(kind *ast.SelectorExpr) (string, bool) {
	if kind == nil {
		return "", false
	}
	pkg, ok := kind.X.(*ast.Ident)
	if !ok {
		return "", false
	}
	return pkg.Name, true
}

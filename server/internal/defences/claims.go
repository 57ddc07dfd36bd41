package defences

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
)

// A claim is a line in the comment above a test. Everything is read with
// go/parser, so what merely looks like one (in a string, say) is none.

const (
	defenceWord  = "Defence:"
	badInputWord = "Bad input:"
)

// Claims are what the tests of a tree name.
type Claims struct {
	// Defences has the tests by the ID, BadInputs by the number, each as
	// folder.TestName.
	Defences  map[string][]string
	BadInputs map[int][]string
	// Problems are claims that do not count, each with its place.
	Problems []string
}

// ReadClaims reads all test files below root, which holds the module that import
// paths beginning with module belong to. Folders that the go command passes over
// are passed over, too.
func ReadClaims(root, module string) (*Claims, error) {
	r := newReader(root, module)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if name := entry.Name(); path != root && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata") {
			return fs.SkipDir
		}
		return r.readFolder(path)
	})
	return &r.claims, err
}

func newReader(root, module string) *reader {
	return &reader{
		root: root, module: module, files: token.NewFileSet(), packages: map[string]*folder{},
		claims: Claims{Defences: map[string][]string{}, BadInputs: map[int][]string{}},
	}
}

type reader struct {
	root, module string
	files        *token.FileSet
	packages     map[string]*folder // by path
	claims       Claims
}

// folder is one folder's Go files.
type folder struct {
	path  string
	files map[string]*ast.File // by name
	// functions are those of the tests, methods too, by their bare name: who calls
	// one is believed to mean all of that name.
	functions map[string][]*ast.FuncDecl
}

// load parses a folder once.
func (r *reader) load(path string) (*folder, error) {
	if f := r.packages[path]; f != nil {
		return f, nil
	}
	names, err := filepath.Glob(filepath.Join(path, "*.go"))
	if err != nil {
		return nil, err
	}
	f := &folder{path: path, files: map[string]*ast.File{}, functions: map[string][]*ast.FuncDecl{}}
	r.packages[path] = f
	for _, name := range names {
		file, err := parser.ParseFile(r.files, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		f.files[filepath.Base(name)] = file
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Body != nil {
				f.functions[function.Name.Name] = append(f.functions[function.Name.Name], function)
			}
		}
	}
	return f, nil
}

func (r *reader) readFolder(path string) error {
	f, err := r.load(path)
	if err != nil {
		return err
	}
	for name, file := range f.files {
		if strings.HasSuffix(name, "_test.go") {
			if err := r.readFile(f, name, file); err != nil {
				return err
			}
		}
	}
	return nil
}

// readFile takes the claims above the tests, and finds those that stand anywhere
// else.
func (r *reader) readFile(f *folder, name string, file *ast.File) error {
	above := map[*ast.CommentGroup]*ast.FuncDecl{}
	for _, declaration := range file.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok && function.Doc != nil && isTest(function) {
			above[function.Doc] = function
		}
	}
	built, err := isBuilt(f.path, name)
	if err != nil {
		return err
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			for line := range strings.Lines(comment.Text) {
				text := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "/*"))
				word, list := defenceWord, ""
				list, found := strings.CutPrefix(text, word)
				if !found {
					word = badInputWord
					if list, found = strings.CutPrefix(text, word); !found {
						continue
					}
				}
				test := above[group]
				switch {
				case test == nil:
					r.problem(comment, "a claim that stands above no test")
				case !built:
					r.problem(comment, "%s is not built on Linux and not for js/wasm", name)
				case f.calls(test, isSkip):
					r.problem(comment, "%s may be skipped", test.Name.Name)
				case !f.calls(test, canFail):
					r.problem(comment, "%s cannot fail", test.Name.Name)
				case word == defenceWord:
					r.claimDefences(f, test, comment, list)
				default:
					r.claimBadInputs(f, file, test, comment, list)
				}
			}
		}
	}
	return nil
}

func (r *reader) problem(at ast.Node, format string, args ...any) {
	position := r.files.Position(at.Pos())
	name, err := filepath.Rel(r.root, position.Filename)
	if err != nil {
		name = position.Filename
	}
	r.claims.Problems = append(r.claims.Problems, fmt.Sprintf("%s:%d: %s", filepath.ToSlash(name), position.Line, fmt.Sprintf(format, args...)))
}

// nameOf is how a test is called in what is printed.
func (r *reader) nameOf(f *folder, test *ast.FuncDecl) string {
	path, err := filepath.Rel(r.root, f.path)
	if err != nil {
		path = f.path
	}
	return filepath.ToSlash(path) + "." + test.Name.Name
}

func (r *reader) claimDefences(f *folder, test *ast.FuncDecl, at ast.Node, list string) {
	for id := range strings.SplitSeq(list, ",") {
		id = strings.TrimSpace(id)
		if !known(id) {
			r.problem(at, "%q is no defence of the list", id)
			continue
		}
		r.claims.Defences[id] = append(r.claims.Defences[id], r.nameOf(f, test))
	}
}

func known(id string) bool {
	for i := range Hardening {
		if Hardening[i].ID == id {
			return true
		}
	}
	return false
}

func (r *reader) claimBadInputs(f *folder, file *ast.File, test *ast.FuncDecl, at ast.Node, list string) {
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		var numbers []int
		var err error
		if item == "rows" || strings.HasPrefix(item, "rows of ") {
			numbers, err = r.rows(f, file, test, strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(item, "rows"), " of ")))
		} else {
			var number int
			number, err = strconv.Atoi(item)
			numbers = []int{number}
		}
		if err != nil {
			r.problem(at, "%q: %v", item, err)
		}
		for _, number := range numbers {
			if number < 1 || number > len(BadInputs) {
				r.problem(at, "%d is no bad input, expected 1 to %d", number, len(BadInputs))
				continue
			}
			r.claims.BadInputs[number] = append(r.claims.BadInputs[number], r.nameOf(f, test))
		}
	}
}

// isTest reports whether `go test` runs the function.
func isTest(function *ast.FuncDecl) bool {
	parameters := function.Type.Params.List
	if function.Recv != nil || !strings.HasPrefix(function.Name.Name, "Test") || function.Name.Name == "TestMain" || len(parameters) != 1 {
		return false
	}
	pointer, ok := parameters[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	selector, ok := pointer.X.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "T"
}

// isBuilt reports whether a file is built where `make test` runs tests.
func isBuilt(path, name string) (bool, error) {
	linux, wasm := build.Default, build.Default
	linux.GOOS, linux.GOARCH, linux.CgoEnabled = "linux", "amd64", true
	wasm.GOOS, wasm.GOARCH, wasm.CgoEnabled = "js", "wasm", false
	built, err := linux.MatchFile(path, name)
	if built || err != nil {
		return built, err
	}
	return wasm.MatchFile(path, name)
}

// calls reports whether the test, or a function of its folder's tests that it
// uses, or one that this uses, calls what is looked for.
func (f *folder) calls(test *ast.FuncDecl, wanted func(name string) bool) bool {
	seen := map[*ast.FuncDecl]bool{}
	var look func(*ast.FuncDecl) bool
	look = func(function *ast.FuncDecl) (found bool) {
		if seen[function] {
			return false
		}
		seen[function] = true
		ast.Inspect(function.Body, func(n ast.Node) bool {
			var name string
			switch n := n.(type) {
			case *ast.SelectorExpr:
				name = n.Sel.Name
			case *ast.Ident:
				name = n.Name
			default:
				return !found
			}
			found = found || wanted(name)
			for _, next := range f.functions[name] {
				found = found || look(next)
			}
			return !found
		})
		return found
	}
	return look(test)
}

func isSkip(name string) bool { return name == "Skip" || name == "Skipf" || name == "SkipNow" }

// canFail knows the methods of testing.T, and by their name the helpers of other
// packages, such as those of testpeer.
func canFail(name string) bool {
	switch name {
	case "Error", "Errorf", "Fatal", "Fatalf", "Fail", "FailNow":
		return true
	}
	return strings.HasPrefix(name, "Expect")
}

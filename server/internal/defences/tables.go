package defences

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// The rows of a table of bad inputs begin with their number: "4 16-bit form of
// 2". What counts is the first string in each element of the composite literal,
// and the name of a subtest where it is written out.

var rowName = regexp.MustCompile(`^([0-9]+)\b`)

// rows returns the numbers in a table, or in the test's own body for "". The
// table belongs to the test's folder, or to a package that the file imports.
func (r *reader) rows(f *folder, file *ast.File, test *ast.FuncDecl, table string) ([]int, error) {
	var numbers []int
	if table == "" {
		numbers = rowsIn(test.Body)
	} else {
		if !mentions(test.Body, table) {
			return nil, fmt.Errorf("%s does not use the table", test.Name.Name)
		}
		literal, err := r.table(f, file, table)
		if err != nil {
			return nil, err
		}
		numbers = rowsIn(literal)
	}
	if len(numbers) == 0 {
		return nil, errors.New("no row begins with a number")
	}
	return numbers, nil
}

// table finds the value of a variable.
func (r *reader) table(f *folder, file *ast.File, name string) (ast.Expr, error) {
	if pkg, variable, qualified := strings.Cut(name, "."); qualified {
		path := ""
		for _, imported := range file.Imports {
			text, _ := strconv.Unquote(imported.Path.Value)
			if rest, ok := strings.CutPrefix(text, r.module+"/"); ok && (text == pkg || strings.HasSuffix(text, "/"+pkg)) {
				path = filepath.Join(r.root, filepath.FromSlash(rest))
			}
		}
		if path == "" {
			return nil, fmt.Errorf("%s is not imported", pkg)
		}
		other, err := r.load(path)
		if err != nil {
			return nil, err
		}
		f, name = other, variable
	}
	for _, file := range f.files {
		for _, declaration := range file.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok || general.Tok != token.VAR {
				continue
			}
			for _, spec := range general.Specs {
				values := spec.(*ast.ValueSpec)
				for i, identifier := range values.Names {
					if identifier.Name == name && i < len(values.Values) {
						return values.Values[i], nil
					}
				}
			}
		}
	}
	return nil, errors.New("there is no variable of that name")
}

// mentions reports whether a name, with or without its package, is used.
func mentions(n ast.Node, name string) (found bool) {
	pkg, variable, qualified := strings.Cut(name, ".")
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			found = found || qualified && ok && x.Name == pkg && n.Sel.Name == variable
		case *ast.Ident:
			found = found || !qualified && n.Name == name
		}
		return !found
	})
	return found
}

// rowsIn returns the numbers that rows begin with, each once.
func rowsIn(n ast.Node) (numbers []int) {
	seen := map[int]bool{}
	note := func(e ast.Expr) {
		literal, ok := e.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return
		}
		text, err := strconv.Unquote(literal.Value)
		match := rowName.FindString(text)
		if number, numberErr := strconv.Atoi(match); err == nil && numberErr == nil && !seen[number] {
			seen[number] = true
			numbers = append(numbers, number)
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			for _, element := range n.Elts {
				if row, ok := element.(*ast.CompositeLit); ok && len(row.Elts) > 0 {
					first := row.Elts[0]
					if pair, ok := first.(*ast.KeyValueExpr); ok {
						first = pair.Value
					}
					note(first)
				}
			}
		case *ast.CallExpr:
			if method, ok := n.Fun.(*ast.SelectorExpr); ok && method.Sel.Name == "Run" && len(n.Args) == 2 {
				note(n.Args[0])
			}
		}
		return true
	})
	return numbers
}

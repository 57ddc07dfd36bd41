package defences

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree writes files, by their names, and returns their folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		name = filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func readClaims(t *testing.T, files map[string]string) *Claims {
	t.Helper()
	claims, err := ReadClaims(tree(t, files), "example")
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

const testHead = "package a\nimport \"testing\"\n"

func TestClaimsCount(t *testing.T) {
	claims := readClaims(t, map[string]string{
		"a/a_test.go": testHead + `
import "example/rows"
import "example/b/others"

// Two of the one, three of the other.
//
// Defence: time-header, log-cookie
// Bad input: 6, 35
// Bad input: rows of table
func TestMany(t *testing.T) {
	for _, row := range table { t.Error(row.name) }
}

// Bad input: rows
func TestOwnRows(t *testing.T) {
	for _, row := range []struct{ n int; name string }{{0, "9 not the first"}} { t.Error(row) }
	for _, row := range []struct{ name string }{{"47 a"}, {name: "48 b"}, {"47 c"}, {"no number"}, {"1st"}} { t.Error(row) }
	t.Run("27 half", func(t *testing.T) {})
	t.Run(name("26"), func(t *testing.T) {})
}

// Bad input: rows of rows.Frames, rows of others.Handshakes
func TestElsewhere(t *testing.T) {
	rows.Run(t, rows.Frames)
	others.ExpectAll(t, others.Handshakes)
}

var table = []row{{"1 a", 1}, {"2", 2}, {"20\tb", 3}}
`,
		"rows/rows.go":          "package rows\nvar Frames, More = []Frame{{Row: `3 a`}}, []Frame{{Row: `4 a`}}\n",
		"b/others/others.go":    "package others\nvar Handshakes = []Handshake{{`33 lines`, nil}, {`431`, nil}}\n",
		".hidden/a_test.go":     "no Go",
		"a/testdata/a_test.go":  "no Go",
		"nested/go.mod":         "module nested\n",
		"nested/x/wasm_test.go": "//go:build js && wasm\n\npackage a\nimport \"testing\"\n// Defence: log-slog\nfunc TestWasm(t *testing.T) { t.Fatal() }\n",
	})
	var defences []string
	for id, tests := range claims.Defences {
		defences = append(defences, fmt.Sprint(id, tests))
	}
	slices.Sort(defences)
	if got, want := strings.Join(defences, " "), "log-cookie[a.TestMany] log-slog[nested/x.TestWasm] time-header[a.TestMany]"; got != want {
		t.Errorf("found %s, expected %s", got, want)
	}
	var numbers []int
	for number := range claims.BadInputs {
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	if got, want := fmt.Sprint(numbers), "[1 2 3 6 20 27 33 35 47 48]"; got != want {
		t.Errorf("found the bad inputs %s, expected %s", got, want)
	}
	// 431 is a row that begins with a number, and no bad input.
	if got := strings.Join(claims.Problems, "\n"); got != "a/a_test.go:24: 431 is no bad input, expected 1 to 48" {
		t.Errorf("found the problems %q", got)
	}
	if got, want := claims.Count(), fmt.Sprintf("hardening 3 of %d, bad inputs 10 of 48", len(Hardening)); got != want {
		t.Errorf("found %q, expected %q", got, want)
	}
	missing := strings.Join(claims.Missing(), "\n")
	if strings.Contains(missing, "time-header:") || !strings.Contains(missing, "time-frame: ") ||
		strings.Contains(missing, "bad input 48:") || !strings.Contains(missing, "bad input 46: ") {
		t.Errorf("found missing:\n%s", missing)
	}
	if list := claims.List(); len(list) != len(Hardening)+len(BadInputs) || !strings.Contains(strings.Join(list, "\n"), "a.TestMany") {
		t.Errorf("found %d entries listed", len(list))
	}
}

// What does not count says why, and where it stands.
func TestClaimsThatDoNotCount(t *testing.T) {
	const fails = " { t.Error() }\n"
	for _, c := range []struct{ name, text, want string }{
		{"a_test.go", "// Defence: time-hedaer\nfunc TestA(t *testing.T)" + fails, `:3: "time-hedaer" is no defence of the list`},
		{"a_test.go", "// Defence:\nfunc TestA(t *testing.T)" + fails, `:3: "" is no defence of the list`},
		{"a_test.go", "// Bad input: 0\nfunc TestA(t *testing.T)" + fails, ":3: 0 is no bad input, expected 1 to 48"},
		{"a_test.go", "// Bad input: 49\nfunc TestA(t *testing.T)" + fails, ":3: 49 is no bad input"},
		{"a_test.go", "// Bad input: six\nfunc TestA(t *testing.T)" + fails, `:3: "six": `},
		{"a_test.go", "// Bad input: rows\nfunc TestA(t *testing.T)" + fails, `"rows": no row begins with a number`},
		{"a_test.go", "// Bad input: rows of table\nfunc TestA(t *testing.T)" + fails + "var table = []string{`1 a`}\n", "TestA does not use the table"},
		{"a_test.go", "// Bad input: rows of table\nfunc TestA(t *testing.T) { t.Error(table) }\nvar table = []row{}\n", "no row begins with a number"},
		{"a_test.go", "// Bad input: rows of table\nfunc TestA(t *testing.T) { t.Error(table) }\n", "there is no variable of that name"},
		{"a_test.go", "// Bad input: rows of b.Table\nfunc TestA(t *testing.T) { t.Error(b.Table) }\n", "b is not imported"},
		{"a_test.go", "// Defence: time-header\n\nfunc TestA(t *testing.T)" + fails, ":3: a claim that stands above no test"},
		{"a_test.go", "func TestA(t *testing.T) {\n// Defence: time-header\nt.Error() }\n", ":4: a claim that stands above no test"},
		{"a_test.go", "// Defence: time-header\nfunc testA(t *testing.T)" + fails, "a claim that stands above no test"},
		{"a_test.go", "// Defence: time-header\nfunc BenchmarkA(t *testing.B)" + fails, "a claim that stands above no test"},
		{"a_test.go", "// Defence: time-header\nfunc TestA(b *testing.B)" + fails, "a claim that stands above no test"},
		{"a_test.go", "/* Bad input: 1 */\nvar x int\n", "a claim that stands above no test"},
		{"a_test.go", "// Defence: time-header\nfunc TestA(t *testing.T) { t.Skip(); t.Error() }\n", ":3: TestA may be skipped"},
		{"a_test.go", "// Defence: time-header\nfunc TestA(t *testing.T) { b(t); t.Error() }\nfunc b(t *testing.T) { c(t) }\nfunc c(t *testing.T) { b(t); if testing.Short() { t.SkipNow() } }\n", "TestA may be skipped"},
		{"a_test.go", "// Defence: time-header\nfunc TestA(t *testing.T) { x := 1; _ = x }\n", ":3: TestA cannot fail"},
		{"a_windows_test.go", "// Defence: time-header\nfunc TestA(t *testing.T)" + fails, "a_windows_test.go is not built"},
	} {
		claims := readClaims(t, map[string]string{c.name: testHead + c.text})
		if got := strings.Join(claims.Problems, "\n"); !strings.Contains(got, c.want) || !strings.HasPrefix(got, c.name+":") {
			t.Errorf("%s: found the problems %q, expected %q", c.text, got, c.want)
		}
		if len(claims.Defences)+len(claims.BadInputs) != 0 {
			t.Errorf("%s: it counts all the same", c.text)
		}
	}
	claims := readClaims(t, map[string]string{"a_test.go": "//go:build never\n\n" + testHead + "// Defence: time-header\nfunc TestA(t *testing.T)" + fails})
	if got := fmt.Sprint(claims.Problems); !strings.Contains(got, "a_test.go is not built on Linux") {
		t.Errorf("found the problems %s", got)
	}
	// What is no claim at all.
	claims = readClaims(t, map[string]string{"a_test.go": testHead + "var x = `\n// Defence: time-hedaer\n`\n", "b.go": "package a\n// Defence: time-hedaer\n"})
	if len(claims.Problems) != 0 {
		t.Errorf("found the problems %s", claims.Problems)
	}
}

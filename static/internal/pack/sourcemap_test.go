package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Source maps: lines of a joined file lead back to the files they came from.

func TestAppendVLQ(t *testing.T) {
	for n, expected := range map[int]string{0: "A", 1: "C", -1: "D", 15: "e", -15: "f", 16: "gB", 511: "+f", 512: "ggB", -1000: "x+B"} {
		if got := string(appendVLQ(nil, n)); got != expected {
			t.Errorf("%d: found %s, expected %s", n, got, expected)
		}
	}
}

func TestSourceMap(t *testing.T) {
	var file text
	file.add("head")
	file.addSource("b.mjs", []string{"one", "two"})
	file.add("between")
	file.addSource("a.mjs", []string{"three"})
	body, err := file.sourceMap("x.mjs", func(name string) ([]byte, error) { return []byte("text of " + name), nil })
	if err != nil {
		t.Fatal(err)
	}
	const expected = `{"version":3,"file":"x.mjs","sources":["framecraft:///b.mjs","framecraft:///a.mjs"],` +
		`"sourcesContent":["text of b.mjs","text of a.mjs"],"names":[],"mappings":";AAAA;AACA;;ACDA;"}`
	if string(body) != expected || !json.Valid(body) {
		t.Errorf("found\n%s\nexpected\n%s", body, expected)
	}
	gone := errors.New("gone")
	if _, err := file.sourceMap("x.mjs", func(string) ([]byte, error) { return nil, gone }); !errors.Is(err, gone) {
		t.Errorf("found the error %v, expected %v", err, gone)
	}
}

// Node reads the map too: an error in a joined file names file and line of the source.
func TestErrorsNameSources(t *testing.T) {
	page := pageOf(
		"index.html\n<script type=\"module\" src=\"/app.mjs\"></script>",
		"app.mjs\nimport { fail } from \"./parts/fail.mjs\";\n\nfail();\n",
		"parts/fail.mjs\n// A comment.\n\nexport function fail() {\n  throw new Error(\"on line 4\");\n}\n",
	)
	folder := t.TempDir()
	if err := os.CopyFS(folder, page); err != nil {
		t.Fatal(err)
	}
	dist := filepath.Join(folder, "dist")
	if err := join(folder, dist); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(filepath.Join(dist, "app.mjs"+joinedEnding))
	if err != nil {
		t.Fatal(err)
	}
	// A file system has no /dist.
	local := strings.Replace(string(body), "=/dist/app.mjs.map", "=app.mjs.map", 1)
	if err := os.WriteFile(filepath.Join(dist, "app.mjs"), []byte(local), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("node", "--enable-source-maps", filepath.Join(dist, "app.mjs")).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "framecraft:///parts/fail.mjs:4") && !strings.Contains(string(out), "/parts/fail.mjs:4:") ||
		!strings.Contains(string(out), "app.mjs:3") {
		t.Errorf("the error reads\n%s", out)
	}
}

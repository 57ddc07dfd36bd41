package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Every package of the server that has tests looks for goroutines that they leave
// behind: its TestMain calls goleak. A new package copies
// server/internal/presets/leak_test.go.
func TestEveryPackageLooksForLeaks(t *testing.T) {
	looks := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if matched, _ := filepath.Match("*_test.go", entry.Name()); !matched || entry.IsDir() {
			return nil
		}
		text, err := os.ReadFile(path)
		dir := filepath.Dir(path)
		looks[dir] = looks[dir] || bytes.Contains(text, []byte("goleak."+"VerifyTestMain(m)")) || bytes.Contains(text, []byte("goleak."+"Find()"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(looks) < 6 {
		t.Errorf("found tests in %d folders only", len(looks))
	}
	for dir, ok := range looks {
		if !ok {
			t.Errorf("the tests of server/%s do not look for leaks: no call of goleak.VerifyTestMain", dir)
		}
	}
}

package web

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func noFile() (string, error) { panic("the key file was asked for") }

func environment(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { value, ok := values[name]; return value, ok }
}

// Defence: cookie-environment
func TestKeysFromTheEnvironment(t *testing.T) {
	a, b := testKeys("a"), testKeys("b")
	for _, encode := range []func([]byte) string{
		hex.EncodeToString, base64.StdEncoding.EncodeToString, base64.RawStdEncoding.EncodeToString,
		base64.URLEncoding.EncodeToString, func(b []byte) string { return " " + strings.ToUpper(hex.EncodeToString(b)) + "\n" },
	} {
		keys, err := LoadKeys(environment(map[string]string{
			"FRAMECRAFT_HASH_KEY": encode(a.Hash), "FRAMECRAFT_BLOCK_KEY": encode(a.Block),
			"FRAMECRAFT_HASH_KEY_OLD": encode(b.Hash), "FRAMECRAFT_BLOCK_KEY_OLD": encode(b.Block),
		}), noFile)
		if err != nil {
			t.Fatal(err)
		}
		if len(keys) != 2 || !bytes.Equal(keys[0].Hash, a.Hash) || !bytes.Equal(keys[0].Block, a.Block) ||
			!bytes.Equal(keys[1].Hash, b.Hash) || !bytes.Equal(keys[1].Block, b.Block) {
			t.Errorf("found %v", keys)
		}
	}
}

// Defence: cookie-hash-key, cookie-block-key, cookie-key-lengths, cookie-rotation
func TestBadKeysNameTheVariable(t *testing.T) {
	hash, block := hex.EncodeToString(testKeys("a").Hash), hex.EncodeToString(testKeys("a").Block)
	for _, c := range []struct {
		values map[string]string
		want   string
	}{
		{map[string]string{hashKeyName: hash}, "FRAMECRAFT_BLOCK_KEY is missing"},
		{map[string]string{blockKeyName: block}, "FRAMECRAFT_HASH_KEY is missing"},
		{map[string]string{hashKeyName: "", blockKeyName: block}, "FRAMECRAFT_HASH_KEY is empty"},
		{map[string]string{hashKeyName: "61", blockKeyName: block}, "FRAMECRAFT_HASH_KEY has 1 bytes, expected 64"},
		{map[string]string{hashKeyName: hash, blockKeyName: hash}, "FRAMECRAFT_BLOCK_KEY has 64 bytes, expected 32"},
		{map[string]string{hashKeyName: "my secret?", blockKeyName: block}, "FRAMECRAFT_HASH_KEY is neither hex nor base64"},
		{map[string]string{hashKeyName: strings.Repeat("00", 64), blockKeyName: block}, "FRAMECRAFT_HASH_KEY is one byte repeated"},
		{map[string]string{hashKeyName: hash, blockKeyName: block, oldHashKeyName: hash}, "FRAMECRAFT_BLOCK_KEY_OLD is missing"},
		{map[string]string{hashKeyName: hash, blockKeyName: block, oldBlockKeyName: block}, "FRAMECRAFT_HASH_KEY_OLD is missing"},
		{map[string]string{oldHashKeyName: hash, oldBlockKeyName: block}, "FRAMECRAFT_HASH_KEY is missing"},
	} {
		_, err := LoadKeys(environment(c.values), noFile)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: found the error %v, expected %q", c.values, err, c.want)
			continue
		}
		for _, value := range c.values {
			if len(value) > 2 && strings.Contains(err.Error(), value) {
				t.Errorf("the error repeats the key: %v", err)
			}
		}
	}
}

func loadFile(name string) ([]KeyPair, error) {
	return LoadKeys(environment(nil), func() (string, error) { return name, nil })
}

// Defence: cookie-file, cookie-hash-key, cookie-block-key
func TestKeyFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "deep", "down", "keys")
	// Several servers start at once; all must end up with the same keys.
	var all [8][]KeyPair
	var group sync.WaitGroup
	for i := range all {
		group.Go(func() {
			keys, err := loadFile(name)
			if err != nil {
				t.Error(err)
			}
			all[i] = keys
		})
	}
	group.Wait()
	for _, keys := range all {
		if len(keys) != 1 || len(keys[0].Hash) != 64 || len(keys[0].Block) != 32 || !bytes.Equal(keys[0].Hash, all[0][0].Hash) {
			t.Fatalf("found %v, expected one pair, the same for all", keys)
		}
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("found mode %v, %v, expected 0600", info.Mode(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil || len(entries) != 1 {
		t.Errorf("found %v, %v, expected the key file alone", entries, err)
	}
}

// Defence: cookie-file
func TestBadKeyFile(t *testing.T) {
	good := hashKeyName + "=" + hex.EncodeToString(testKeys("a").Hash) + "\n" + blockKeyName + "=" + hex.EncodeToString(testKeys("a").Block) + "\n"
	for _, c := range []struct {
		text string
		mode os.FileMode
		want string
	}{
		{good, 0o600, ""},
		{good + oldHashKeyName + "=00\n", 0o600, "FRAMECRAFT_BLOCK_KEY_OLD is missing"},
		{good, 0o644, "has mode 0644, expected 0600"},
		{good[:20] + "\n" + good, 0o600, ""},
		{"", 0o600, "FRAMECRAFT_HASH_KEY and FRAMECRAFT_BLOCK_KEY are missing"},
		{good[:100], 0o600, "FRAMECRAFT_BLOCK_KEY is missing"},
		{strings.Replace(good, "=", "=00", 1), 0o600, "FRAMECRAFT_HASH_KEY has 65 bytes"},
	} {
		name := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(name, []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := loadFile(name)
		switch {
		case c.want == "" && err != nil:
			t.Error(err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), name)):
			t.Errorf("found the error %v, expected %q and the name of the file", err, c.want)
		}
	}
	if _, err := loadFile(t.TempDir()); err == nil {
		t.Error("a folder was taken for a key file")
	}
}

package web

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// The session cookie is signed with a hash key and encrypted with a block key.
// They come from the environment, or from a file that is made on the first
// start, so that a restart keeps the sessions and several servers can share
// them. The cookie library takes keys of any length, a single byte included;
// that is why the lengths are checked here, before anything is served.

// The variables of the environment, which are also the names in the key file.
// The _OLD pair is for rotation: cookies made with it are still read.
const (
	hashKeyName     = "FRAMECRAFT_HASH_KEY"
	blockKeyName    = "FRAMECRAFT_BLOCK_KEY"
	oldHashKeyName  = "FRAMECRAFT_HASH_KEY_OLD"
	oldBlockKeyName = "FRAMECRAFT_BLOCK_KEY_OLD"

	hashKeyLength  = 64
	blockKeyLength = 32
)

// KeyVariables names the variables that have to be there together.
const KeyVariables = hashKeyName + " and " + blockKeyName

// KeysInEnvironment reports whether LoadKeys would ask for no file.
func KeysInEnvironment(lookup func(string) (string, bool)) bool {
	_, hash := lookup(hashKeyName)
	_, block := lookup(blockKeyName)
	return hash || block
}

// otherKeys is what to do when there can be no key file.
const otherKeys = "name another file with --keys, or set " + hashKeyName + " and " + blockKeyName

// KeyPair is what one generation of cookies is made with.
type KeyPair struct{ Hash, Block []byte }

// LoadKeys returns the pairs of keys, the newest first. Without any of the
// variables it reads the file, and makes it if it is not there. Lookup is
// os.LookupEnv.
func LoadKeys(lookup func(string) (string, bool), file func() (string, error)) ([]KeyPair, error) {
	current, err := readPair(lookup, hashKeyName, blockKeyName)
	if err != nil {
		return nil, err
	}
	old, err := readPair(lookup, oldHashKeyName, oldBlockKeyName)
	if err != nil {
		return nil, err
	}
	if current == nil {
		if old != nil {
			return nil, fmt.Errorf("%s is set and %s is missing", oldHashKeyName, hashKeyName)
		}
		name, err := file()
		if err != nil {
			return nil, err
		}
		return loadKeyFile(name)
	}
	pairs := []KeyPair{*current}
	if old != nil {
		pairs = append(pairs, *old)
	}
	return pairs, nil
}

// readPair reads two keys that only count together; nil when neither is there.
func readPair(lookup func(string) (string, bool), hashName, blockName string) (*KeyPair, error) {
	hashText, hashSet := lookup(hashName)
	blockText, blockSet := lookup(blockName)
	switch {
	case !hashSet && !blockSet:
		return nil, nil
	case !hashSet:
		return nil, fmt.Errorf("%s is missing; %s is set, and the two belong together", hashName, blockName)
	case !blockSet:
		return nil, fmt.Errorf("%s is missing; %s is set, and the two belong together", blockName, hashName)
	}
	hash, err := parseKey(hashName, hashText, hashKeyLength)
	if err != nil {
		return nil, err
	}
	block, err := parseKey(blockName, blockText, blockKeyLength)
	if err != nil {
		return nil, err
	}
	return &KeyPair{hash, block}, nil
}

// parseKey reads hex or base64. The text itself never reaches an error message.
func parseKey(name, text string, length int) ([]byte, error) {
	text = strings.TrimSpace(text)
	expected := fmt.Sprintf("expected %d bytes in hex or base64", length)
	if text == "" {
		return nil, fmt.Errorf("%s is empty, %s", name, expected)
	}
	key, err := hex.DecodeString(text)
	if err != nil {
		encoding := base64.RawStdEncoding
		if strings.ContainsAny(text, "-_") {
			encoding = base64.RawURLEncoding
		}
		if key, err = encoding.DecodeString(strings.TrimRight(text, "=")); err != nil {
			return nil, fmt.Errorf("%s is neither hex nor base64, %s", name, expected)
		}
	}
	if len(key) != length {
		return nil, fmt.Errorf("%s has %d bytes, %s", name, len(key), expected)
	}
	if bytes.Count(key, key[:1]) == length {
		return nil, fmt.Errorf("%s is one byte repeated, expected %d random bytes", name, length)
	}
	return key, nil
}

// DefaultKeyFile is where the keys are kept unless the operator says otherwise.
func DefaultKeyFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no place for the cookie keys (%w); %s", err, otherKeys)
	}
	return filepath.Join(dir, "framecraft", "keys"), nil
}

// loadKeyFile reads the file of keys, or makes it.
func loadKeyFile(name string) ([]KeyPair, error) {
	text, err := readKeyFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createKeyFile(name); err != nil {
			return nil, fmt.Errorf("making the key file: %w; %s", err, otherKeys)
		}
		text, err = readKeyFile(name)
	}
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(key, "#") {
			values[strings.TrimSpace(key)] = value
		}
	}
	lookup := func(key string) (string, bool) { value, ok := values[key]; return value, ok }
	current, err := readPair(lookup, hashKeyName, blockKeyName)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", name, err)
	}
	if current == nil {
		return nil, fmt.Errorf("key file %s: %s and %s are missing", name, hashKeyName, blockKeyName)
	}
	old, err := readPair(lookup, oldHashKeyName, oldBlockKeyName)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", name, err)
	}
	if old != nil {
		return []KeyPair{*current, *old}, nil
	}
	return []KeyPair{*current}, nil
}

// readKeyFile reads a file that nobody but its owner can.
func readKeyFile(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", fmt.Errorf("key file: %w; %s", err, otherKeys)
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("key file %s is no regular file; %s", name, otherKeys)
	}
	// Windows has no such bits and says 0666 of every file.
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return "", fmt.Errorf("key file %s has mode %04o, expected 0600: others could read the keys", name, mode)
	}
	text, err := os.ReadFile(name)
	return string(text), err
}

// createKeyFile writes random keys to a file of its own and links it to its
// name. Of several servers that start at the same time one succeeds, and none
// ever reads half a file.
func createKeyFile(name string) error {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	// CreateTemp makes files of mode 0600.
	file, err := os.CreateTemp(dir, ".keys-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	var keys [hashKeyLength + blockKeyLength]byte
	_, _ = rand.Read(keys[:])
	_, err = fmt.Fprintf(file, "# Keys of the session cookies of Framecraft. Whoever has them can forge a session.\n%s=%x\n%s=%x\n",
		hashKeyName, keys[:hashKeyLength], blockKeyName, keys[hashKeyLength:])
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

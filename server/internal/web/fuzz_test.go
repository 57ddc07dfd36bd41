package web

import (
	"bytes"
	"crypto/rand"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// No Cookie header but one that this server made is a session.
func FuzzSession(f *testing.F) {
	// Fuzzing runs in several processes, each of which has keys of its own.
	var keys [2]KeyPair
	for i := range keys {
		keys[i] = KeyPair{make([]byte, hashKeyLength), make([]byte, blockKeyLength)}
		_, _ = rand.Read(keys[i].Hash) // it never fails
		_, _ = rand.Read(keys[i].Block)
	}
	s := newSessions(keys[:], false, time.Hour)
	made := httptest.NewRecorder()
	if err := s.renew(made, httptest.NewRequest("GET", "/", nil)); err != nil {
		f.Fatal(err)
	}
	own, _, _ := strings.Cut(made.Header().Get("Set-Cookie"), ";")
	f.Add(own[:len(own)-1] + "A")
	f.Add(own + "; " + own)
	f.Add("framecraft=")
	f.Add(`framecraft="a b"; x=y`)
	f.Add(strings.Replace(own, "framecraft", "framecraft2", 1))
	_, value, _ := strings.Cut(own, "=")
	f.Fuzz(func(t *testing.T, cookie string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", cookie)
		if id, err := s.read(r); err == nil && !strings.Contains(cookie, value) {
			t.Errorf("%q is the session %x", cookie, id)
		} else if err != nil && (len(err.Error()) > 300 || len(cookie) > 20 && strings.Contains(err.Error(), cookie)) {
			t.Errorf("%q: the error is %q", cookie, err)
		}
	})
}

// Any key file: keys of the right lengths, or an error without them.
func FuzzKeys(f *testing.F) {
	hash, block := strings.Repeat("0123456789abcdef", 8), strings.Repeat("0123456789abcdef", 4)
	f.Add(hash, block, true)
	f.Add(hash[2:], block, false)
	f.Add("", block, true)
	f.Add("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-Pw==", block, true)
	f.Fuzz(func(t *testing.T, hash, block string, both bool) {
		lookup := func(name string) (string, bool) {
			switch {
			case name == hashKeyName:
				return hash, true
			case name == blockKeyName && both:
				return block, true
			}
			return "", false
		}
		pair, err := readPair(lookup, hashKeyName, blockKeyName)
		switch {
		case err == nil && (len(pair.Hash) != hashKeyLength || len(pair.Block) != blockKeyLength || bytes.Count(pair.Hash, pair.Hash[:1]) == hashKeyLength):
			t.Errorf("%q and %q are keys: %x", hash, block, pair)
		case err != nil && len(hash) > 40 && strings.Contains(err.Error(), hash):
			t.Errorf("the error repeats the key: %v", err)
		}
	})
}

package web

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/securecookie"
)

// sessionValue stands in FuzzSession's input for the value of a good cookie: the time
// is in it, so that what is found must not hold one.
const sessionValue = "\x00"

// No Cookie header is a session but one with the one cookie that this server made,
// and then it is the session that the cookie was made for. The good value has one of
// its bytes changed first, unless the change is 0.
func FuzzSession(f *testing.F) {
	s := newSessions([]KeyPair{testKeys("a"), testKeys("b")}, false, 24*time.Hour)
	session := sessionID{1, 2, 3}
	value, err := securecookie.EncodeMulti(s.name, sessionData{hex.EncodeToString(session[:])}, s.codecs...)
	if err != nil {
		f.Fatal(err)
	}
	good := "framecraft=" + sessionValue
	twice := good + "; " + good
	f.Add(good, uint16(0), byte(0))
	f.Add(good, uint16(len(value)/2), byte(1))
	f.Add(good[:len(good)-1]+"A", uint16(0), byte(0))
	f.Add(twice, uint16(0), byte(0))
	f.Add("x=y; "+good+";", uint16(0), byte(0))
	f.Add("framecraft=", uint16(0), byte(0))
	f.Add(`framecraft="a b"; x=y`, uint16(0), byte(0))
	f.Add(`framecraft="`+sessionValue+`"`, uint16(0), byte(0))
	f.Add("framecraft2="+sessionValue, uint16(0), byte(0))
	f.Fuzz(func(t *testing.T, cookie string, at uint16, change byte) {
		changed := []byte(value)
		changed[int(at)%len(changed)] ^= change
		whole, doubled := cookie == good && change == 0, cookie == twice
		cookie = strings.ReplaceAll(cookie, sessionValue, string(changed))
		switch id, err := s.read(&http.Request{Header: http.Header{"Cookie": {cookie}}}); {
		case err == nil && (doubled || id != session || !strings.Contains(cookie, string(changed))):
			t.Errorf("%q is the session %x", cookie, id)
		case err != nil && whole:
			t.Errorf("%q is no session: %v", cookie, err)
		case err != nil && (len(err.Error()) > 300 || len(cookie) > 20 && strings.Contains(err.Error(), cookie)):
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

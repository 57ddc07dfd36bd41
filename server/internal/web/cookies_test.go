package web

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/securecookie"

	"framecraft/server/internal/testpeer"
)

// codecOf makes cookies as we do, but for what a test changes.
func codecOf(keys KeyPair) *securecookie.SecureCookie {
	codec := securecookie.New(keys.Hash, keys.Block)
	codec.SetSerializer(securecookie.JSONEncoder{})
	return codec
}

// knock tries a cookie's value at the page's socket.
func (s *testSite) knock(t *testing.T, value string) string {
	t.Helper()
	return s.status(t, testpeer.Request(s.address, "/socket", "Origin: "+s.origin, "Cookie: framecraft="+value))
}

const (
	upgraded  = "101 Switching Protocols"
	forbidden = "403 Forbidden"
)

// The cookie is JSON with a random number of 128 bits and nothing else, and
// another visitor has another one.
//
// Defence: cookie-json, cookie-id, cookie-content
func TestCookieContent(t *testing.T) {
	s := startSite(t, nil)
	seen := map[string]bool{}
	for range 20 {
		_, value, _ := strings.Cut(s.cookie(t), "=")
		var content json.RawMessage
		if err := codecOf(testKeys("a")).Decode("framecraft", value, &content); err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^\{"id":"[0-9a-f]{32}"\}\n?$`).Match(content) {
			t.Errorf("the cookie holds %q, expected 32 hex digits and nothing else", content)
		}
		seen[string(content)] = true
	}
	if len(seen) != 20 {
		t.Errorf("20 visitors have %d numbers", len(seen))
	}
	// What is signed with our keys and is not JSON is none of ours.
	for _, c := range []struct {
		serializer securecookie.Serializer
		id, want   string
	}{
		{securecookie.JSONEncoder{}, strings.Repeat("0a", 16), upgraded},
		{securecookie.GobEncoder{}, strings.Repeat("0a", 16), forbidden},
		{securecookie.JSONEncoder{}, strings.Repeat("0a", 15), forbidden},
		{securecookie.JSONEncoder{}, strings.Repeat("0a", 17), forbidden},
	} {
		codec := codecOf(testKeys("a"))
		codec.SetSerializer(c.serializer)
		value, err := codec.Encode("framecraft", sessionData{c.id})
		if err != nil {
			t.Fatal(err)
		}
		if status := s.knock(t, value); status != c.want {
			t.Errorf("a cookie by %T with %d digits: %s, expected %s", c.serializer, len(c.id), status, c.want)
		}
	}
}

// A value of more than 4096 bytes is none of ours, whoever has signed it, and
// ours are far from that.
//
// Defence: cookie-size
func TestCookieSize(t *testing.T) {
	s := startSite(t, nil)
	codec := codecOf(testKeys("a"))
	codec.MaxLength(0)
	lengths := map[bool]int{}
	for n := 2000; n < 2500; n++ {
		value, err := codec.Encode("framecraft", map[string]string{"id": strings.Repeat("0a", 16), "more": strings.Repeat("x", n)})
		if err != nil {
			t.Fatal(err)
		}
		if len(value) < 4080 || len(value) > 4112 {
			continue
		}
		want := upgraded
		if len(value) > 4096 {
			want = forbidden
		}
		if status := s.knock(t, value); status != want {
			t.Errorf("a cookie of %d bytes: %s, expected %s", len(value), status, want)
		}
		lengths[len(value) > 4096]++
	}
	if lengths[false] == 0 || lengths[true] == 0 {
		t.Errorf("found %v cookies of both sizes", lengths)
	}
	if cookie := s.cookie(t); len(cookie) > 500 {
		t.Errorf("our cookie has %d bytes", len(cookie))
	}
}

// The age counts for the keys of old as well, which are there for reading alone.
//
// Defence: cookie-age, cookie-rotation
func TestOldKeysAgeToo(t *testing.T) {
	s := startSite(t, func(c *Config) {
		c.Keys, c.SessionAge = []KeyPair{testKeys("b"), testKeys("a")}, time.Second
	})
	value, err := codecOf(testKeys("a")).Encode("framecraft", sessionData{strings.Repeat("0a", 16)})
	if err != nil {
		t.Fatal(err)
	}
	if status := s.knock(t, value); status != upgraded {
		t.Errorf("a cookie of the old keys: %s, expected %s", status, upgraded)
	}
	time.Sleep(2100 * time.Millisecond) // whole seconds count
	if status := s.knock(t, value); status != forbidden {
		t.Errorf("a cookie of the old keys that has run out: %s, expected %s", status, forbidden)
	}
}

// Several servers with the same keys are one for the visitor.
//
// Defence: cookie-replicas
func TestReplicasShareSessions(t *testing.T) {
	one, other, stranger := startSite(t, nil), startSite(t, nil), startSite(t, func(c *Config) { c.Keys = []KeyPair{testKeys("b")} })
	_, value, _ := strings.Cut(one.cookie(t), "=")
	for s, want := range map[*testSite]string{one: upgraded, other: upgraded, stranger: forbidden} {
		if status := s.knock(t, value); status != want {
			t.Errorf("%s: %s, expected %s", s.address, status, want)
		}
	}
}

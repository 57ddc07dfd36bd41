package web

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/securecookie"
)

// A session is a random number in a signed and encrypted cookie. The page's
// socket asks for it, so that a connection can be counted against the visitor
// that opened it; the server itself stores nothing. Every load of the page
// renews the cookie and keeps the number.

// sessionID is 128 random bits.
type sessionID [16]byte

// sessionData is what the cookie holds.
type sessionData struct {
	ID string `json:"id"`
}

// sessions reads and writes the cookie.
type sessions struct {
	codecs []securecookie.Codec
	name   string
	secure bool
	age    time.Duration
}

// newSessions takes pairs of hash key and block key, the newest first. Cookies
// are written with the first pair and read with all.
func newSessions(keys []KeyPair, secure bool, age time.Duration) *sessions {
	s := &sessions{name: "framecraft", secure: secure, age: age}
	if secure {
		// The prefix makes browsers refuse the cookie from anything but this very
		// host over TLS. On plain loopback some refuse it altogether.
		s.name = "__Host-framecraft"
	}
	var pairs [][]byte
	for _, pair := range keys {
		pairs = append(pairs, pair.Hash, pair.Block)
	}
	s.codecs = securecookie.CodecsFromPairs(pairs...)
	for _, codec := range s.codecs {
		cookie := codec.(*securecookie.SecureCookie)
		cookie.SetSerializer(securecookie.JSONEncoder{})
		cookie.MaxAge(int(age / time.Second))
	}
	return s
}

// read returns the session that the request belongs to.
func (s *sessions) read(r *http.Request) (sessionID, error) {
	cookies := r.CookiesNamed(s.name)
	if len(cookies) != 1 {
		return sessionID{}, fmt.Errorf("%d session cookies, expected one", len(cookies))
	}
	var data sessionData
	if err := securecookie.DecodeMulti(s.name, cookies[0].Value, &data, s.codecs...); err != nil {
		return sessionID{}, fmt.Errorf("session cookie: %w", err)
	}
	var id sessionID
	decoded, err := hex.DecodeString(data.ID)
	if err != nil || len(decoded) != len(id) {
		return sessionID{}, fmt.Errorf("session id of %d characters, expected %d hex digits", len(data.ID), 2*len(id))
	}
	copy(id[:], decoded)
	return id, nil
}

// renew sets the cookie: the session of the request goes on if it has a good
// one, otherwise a new one begins.
func (s *sessions) renew(w http.ResponseWriter, r *http.Request) error {
	id, err := s.read(r)
	if err != nil {
		// crypto/rand.Read never fails; it ends the program instead.
		_, _ = rand.Read(id[:])
	}
	value, err := securecookie.EncodeMulti(s.name, sessionData{hex.EncodeToString(id[:])}, s.codecs...)
	if err != nil {
		return fmt.Errorf("session cookie: %w", err)
	}
	http.SetCookie(w, &http.Cookie{
		Name:     s.name,
		Value:    value,
		Path:     "/",
		MaxAge:   int(s.age / time.Second),
		Secure:   s.secure,
		HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
	})
	return nil
}

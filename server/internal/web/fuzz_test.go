package web

import (
	"bytes"
	"crypto/rand"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
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

// Any text on the page's sockets: it is answered or passed over, and the socket
// goes on. What is refused is refused in one line.
func FuzzPlayCommand(f *testing.F) {
	f.Add("play echo\nhandshake\nexpect status 101")
	f.Add("pause echo\nhandshake")
	f.Add("play ws://localhost:1/\r\nhandshake")
	f.Add("step")
	f.Add("stop\n")
	f.Add("play \ntext \"Hello\"")
	s := startSite(f, func(c *Config) { c.Play.Time = 50 * time.Millisecond })
	cookie := s.cookie(f)
	f.Fuzz(func(t *testing.T, text string) {
		p := testpeer.Dial(t, s.address, "/play", "Origin: "+s.origin, "Cookie: "+cookie)
		defer p.TCP.Close()
		text = strings.ToValidUTF8(text, "?")
		p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), []byte(text)))
		expectAlive(t, p, func(line string) bool {
			return !strings.HasPrefix(line, "# refused ") || strings.Count(line, "\n") == 1
		})
	})
}

func FuzzLiveCommand(f *testing.F) {
	for _, text := range []string{`{"open": 5}`, `{"close": true}`, `{"open": -1, "close": false}`, `{"open": 1e99}`, `[]`, `{"open": 1} {}`, "\u2028"} {
		f.Add(text)
	}
	s := startSite(f, nil)
	cookie := s.cookie(f)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > liveCommand {
			return // that has an end of its own
		}
		p := testpeer.Dial(t, s.address, "/live", "Origin: "+s.origin, "Cookie: "+cookie)
		defer p.TCP.Close()
		text = strings.ToValidUTF8(text, "?")
		p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), []byte(text)))
		expectAlive(t, p, func(message string) bool {
			return strings.HasPrefix(message, `{"at":`) || strings.HasPrefix(message, `{"refused":"`)
		})
	})
}

// expectAlive pings, and judges the messages that come in front of the pong.
func expectAlive(t *testing.T, p *testpeer.Peer, good func(message string) bool) {
	t.Helper()
	p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodePing), []byte("alive?")))
	for {
		f, err := p.Next(testpeer.Patience)
		switch {
		case err != nil:
			t.Fatalf("the socket does not go on: %v", err)
		case f.Header.Opcode() == protocol.OpcodePong:
			return
		case f.Header.Opcode() == protocol.OpcodeClose:
			// A text that is longer than this socket takes.
			if f.Code() != protocol.StatusMessageTooBig {
				t.Fatalf("found %v", f)
			}
			return
		case f.Header.Opcode() != protocol.OpcodeText || !good(string(f.Payload)):
			t.Fatalf("found %v", f)
		}
	}
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

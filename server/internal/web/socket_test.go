package web

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// reading is the shape of static/protocol.d.ts, as far as these tests look.
type reading struct {
	Carrier map[string]any  `json:"carrier"`
	Report  json.RawMessage `json:"report"`
}

func TestSocketAnswersWithTheReport(t *testing.T) {
	s := startSite(t, nil)
	cookie := s.cookie(t)
	crafted, err := hex.DecodeString("c18537fa213d7f9f4d5158")
	if err != nil {
		t.Fatal(err)
	}
	for query, options := range map[string]protocol.Options{
		"":                                  {},
		"?sender=client":                    {},
		"?end=1":                            {Ended: true},
		"?sender=server&end=0":              {Sender: protocol.RoleServer},
		"?sender=server&end=1":              {Sender: protocol.RoleServer, Ended: true},
		"?deflate=":                         {},
		"?deflate=permessage-deflate&end=1": {Ended: true, DeflateAgreed: true},
		"?sender=server&deflate=permessage-deflate%3B%20server_max_window_bits=9": {Sender: protocol.RoleServer, DeflateAgreed: true, Deflate: protocol.DeflateParams{ServerMaxWindowBits: 9}},
	} {
		p := s.dial(t, query, cookie)
		p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), crafted))
		f, err := p.Next(testpeer.Patience)
		if err != nil || f.Header.Flags != protocol.FIN.WithOpcode(protocol.OpcodeText) {
			t.Fatalf("found %v, %v, expected a text message", f, err)
		}
		want := protocol.Inspect(crafted, options).AppendJSON(nil)
		if !bytes.HasSuffix(f.Payload, append(append([]byte(`,"report":`), want...), '}')) {
			t.Errorf("%s: found %s, expected the report %s", query, f.Payload, want)
		}
		var got reading
		if err := json.Unmarshal(f.Payload, &got); err != nil {
			t.Fatal(err)
		}
		if got.Carrier["opcode"] != 2.0 || got.Carrier["mask"] != 1.0 || got.Carrier["payloadLength"] != "11" ||
			got.Carrier["headerLength"] != 6.0 || got.Carrier["frameCount"] != 1.0 {
			t.Errorf("found the carrier %v", got.Carrier)
		}
		p.CloseClean()
	}
}

func TestSocketReadsALargeMessageInFragments(t *testing.T) {
	s := startSite(t, nil)
	p := s.dial(t, "", s.cookie(t))
	crafted := bytes.Repeat([]byte{0x81, 0x80, 1, 2, 3, 4}, protocol.CarrierLimit/6)
	crafted = append(crafted, make([]byte, protocol.CarrierLimit-len(crafted))...)
	p.Write(p.Fragments(protocol.OpcodeBinary, crafted, 300_000))
	f, err := p.Next(testpeer.Patience)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(f.Payload[:400], []byte(`"frameCount":4`)) {
		t.Errorf("found the carrier %s, expected 4 frames", f.Payload[:400])
	}
	if want := protocol.Inspect(crafted, protocol.Options{}).AppendJSON(nil); !bytes.HasSuffix(f.Payload[:len(f.Payload)-1], want) {
		t.Error("the report is not the one of the bytes sent")
	}
}

// Defence: size-socket-message
func TestSocketRefusesOtherMessages(t *testing.T) {
	s := startSite(t, nil)
	cookie := s.cookie(t)
	p := s.dial(t, "", cookie)
	p.Send(`text "Hello"`)
	if reason := p.ExpectCloseFrame(protocol.StatusUnsupportedData); reason != "expected a binary message, found text" {
		t.Errorf("found the reason %q", reason)
	}
	p = s.dial(t, "", cookie)
	p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), make([]byte, protocol.CarrierLimit+1)))
	if reason := p.ExpectCloseFrame(protocol.StatusMessageTooBig); reason == "" {
		t.Error("found no reason")
	}
	p = s.dial(t, "", cookie)
	p.Send("binary rsv2 hex:00")
	p.ExpectClose(protocol.StatusProtocolError)
}

// Defence: count-messages
func TestSocketRate(t *testing.T) {
	s := startSite(t, func(c *Config) { c.SocketRate = DefaultSocketRate() })
	p := s.dial(t, "", s.cookie(t))
	p.Send(strings.Repeat("binary hex:8180\n", 130))
	for {
		f, err := p.Next(testpeer.Patience)
		if err != nil {
			t.Fatal(err)
		}
		if f.Header.Opcode() == protocol.OpcodeClose {
			if f.Code() != protocol.StatusPolicyViolation {
				t.Errorf("found %v, expected Close 1008", f)
			}
			return
		}
	}
}

func TestSocketNeedsASession(t *testing.T) {
	s := startSite(t, nil)
	cookie := s.cookie(t)
	name, value, _ := strings.Cut(cookie, "=")
	forged := []byte(value)
	forged[len(forged)/2] ^= 1
	others := newSessions([]KeyPair{testKeys("b")}, false, time.Hour)
	for cause, lines := range map[string][]string{
		"missing":             nil,
		"forged":              {"Cookie: " + name + "=" + string(forged)},
		"of other keys":       {"Cookie: " + cookieOf(t, others)},
		"empty":               {"Cookie: " + name + "="},
		"not base64":          {"Cookie: " + name + "=???"},
		"unsigned":            {"Cookie: " + name + "=" + base64.URLEncoding.EncodeToString([]byte("1700000000|{}|"))},
		"twice":               {"Cookie: " + cookie + "; " + cookie},
		"longer than allowed": {"Cookie: " + name + "=" + strings.Repeat("A", 5000)},
	} {
		s.log.reset()
		request := testpeer.Request(s.address, "/socket", append(lines, "Origin: "+s.origin)...)
		if status := s.status(t, request); status != "403 Forbidden" {
			t.Errorf("a cookie that is %s: %s, expected 403", cause, status)
		}
		if log := s.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, "cookie") {
			t.Errorf("a cookie that is %s: found the log %q, expected one line about it", cause, log)
		} else if strings.Contains(log, value) || strings.Contains(log, string(forged)) {
			t.Errorf("the log holds a cookie: %s", log)
		}
	}
	s.dial(t, "", cookie).CloseClean()
}

// Defence: cookie-age
func TestSessionRunsOut(t *testing.T) {
	s := startSite(t, func(c *Config) { c.SessionAge = time.Second })
	cookie := s.cookie(t)
	s.dial(t, "", cookie).CloseClean()
	// The time in the cookie counts whole seconds.
	time.Sleep(2100 * time.Millisecond)
	if status := s.status(t, testpeer.Request(s.address, "/socket", "Origin: "+s.origin, "Cookie: "+cookie)); status != "403 Forbidden" {
		t.Errorf("an expired cookie: %s, expected 403", status)
	}
	s.dial(t, "", s.cookie(t)).CloseClean()
}

func cookieOf(t *testing.T, s *sessions) string {
	t.Helper()
	recorder := newRecorder()
	if err := s.renew(recorder, newRequest()); err != nil {
		t.Fatal(err)
	}
	value, _, _ := strings.Cut(recorder.Header().Get("Set-Cookie"), ";")
	return value
}

// Defence: cookie-rotation
func TestSessionGoesOn(t *testing.T) {
	old := newSessions([]KeyPair{testKeys("a")}, false, time.Hour)
	rotated := newSessions([]KeyPair{testKeys("b"), testKeys("a")}, false, time.Hour)
	r := newRequest()
	r.Header.Set("Cookie", cookieOf(t, old))
	before, err := old.read(r)
	if err != nil {
		t.Fatal(err)
	}
	// Another server with newer keys reads it and writes it anew.
	w := newRecorder()
	if err := rotated.renew(w, r); err != nil {
		t.Fatal(err)
	}
	again := newRequest()
	again.Header.Set("Cookie", w.Header().Get("Set-Cookie"))
	again.Header.Set("Cookie", strings.Split(w.Header().Get("Set-Cookie"), ";")[0])
	after, err := rotated.read(again)
	if err != nil || after != before {
		t.Errorf("found the session %x, %v, expected %x to go on", after, err, before)
	}
	if _, err := old.read(again); err == nil {
		t.Error("the cookie was not written with the newest keys")
	}
}

// Defence: origin-exact, origin-missing, origin-port
// Bad input: 43
func TestSocketNeedsTheOrigin(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Origins = append(c.Origins, "http://framecraft.example") })
	cookie := "Cookie: " + s.cookie(t)
	_, port, _ := strings.Cut(s.address, ":")
	for name, lines := range map[string][]string{
		"none":       {},
		"null":       {"Origin: null"},
		"foreign":    {"Origin: http://a:81"},
		"other port": {"Origin: http://127.0.0.1:1"},
		"https":      {"Origin: https://" + s.address},
		"prefix":     {"Origin: http://framecraft.example.org"},
		"upper case": {"Origin: HTTP://" + s.address},
		"two":        {"Origin: " + s.origin, "Origin: " + s.origin},
	} {
		s.log.reset()
		if status := s.status(t, testpeer.Request(s.address, "/socket", append(lines, cookie)...)); status != "403 Forbidden" {
			t.Errorf("Origin %s: %s, expected 403", name, status)
		}
		if log := s.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, "origin") {
			t.Errorf("Origin %s: found the log %q, expected one line about it", name, log)
		}
	}
	testpeer.Dial(t, s.address, "/socket", "Origin: http://localhost:"+port, cookie).CloseClean()
	// The echo endpoint is open to all.
	for _, origin := range []string{"null", "file://", "http://a:81"} {
		testpeer.Dial(t, s.address, "/echo", "Origin: "+origin).CloseClean()
	}
	// What is no origin is a broken request, wherever it goes.
	for _, target := range []string{"/socket", "/play", "/echo"} {
		for _, origin := range []string{s.origin + "/", "http://a:b"} {
			if status := s.status(t, testpeer.Request(s.address, target, "Origin: "+origin, cookie)); status != "400 Bad Request" {
				t.Errorf("%s with Origin %s: %s, expected 400", target, origin, status)
			}
		}
	}
}

func TestSocketQuery(t *testing.T) {
	s := startSite(t, nil)
	cookie := s.cookie(t)
	for _, query := range []string{"?sender=", "?sender=both", "?end=2", "?end", "?sender=client&end=yes"} {
		request := testpeer.Request(s.address, "/socket"+query, "Origin: "+s.origin, "Cookie: "+cookie)
		if status := s.status(t, request); status != "400 Bad Request" {
			t.Errorf("%s: %s, expected 400", query, status)
		}
	}
}

// Defence: shutdown-1001, shutdown-503
func TestShutdownOfThePage(t *testing.T) {
	s := startSite(t, nil)
	socket, echo := s.dial(t, "", s.cookie(t)), testpeer.Dial(t, s.address, "/echo")
	done := make(chan struct{})
	go func() { s.Shutdown(); close(done) }()
	for _, p := range []*testpeer.Peer{socket, echo} {
		p.ExpectHex("880203e9")
		if status := s.status(t, testpeer.Request(s.address, "/echo")); status != "503 Service Unavailable" {
			t.Errorf("a handshake while shutting down: %s, expected 503", status)
		}
		p.Send("close 1001")
		p.ExpectEnd(time.Second)
		p.TCP.Close()
	}
	<-done
}

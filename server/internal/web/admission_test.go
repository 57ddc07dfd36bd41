package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"framecraft/server/internal/testpeer"
)

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }
func newRequest() *http.Request               { return httptest.NewRequest("GET", "/", nil) }

// Defence: count-address-64
func TestAddressKey(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":              "192.0.2.7/32",
		"::ffff:192.0.2.7":       "192.0.2.7/32",
		"2001:db8:1:2:3:4:5:6":   "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1":   "2001:db8:1:2::/64",
		"fe80::1%eth0":           "fe80::/64",
		"2001:db8:1:3:ffff::1":   "2001:db8:1:3::/64",
		"::ffff:ffff:192.0.2.77": "::/64",
	} {
		if got := addressKey(netip.MustParseAddr(address)).String(); got != want {
			t.Errorf("%s counts as %s, expected %s", address, got, want)
		}
	}
	if got := addressKey(netip.Addr{}); got.IsValid() {
		t.Errorf("no address counts as %v", got)
	}
}

// Defence: count-handshakes
func TestHandshakesAMinute(t *testing.T) {
	now := time.Now()
	a := newAdmission(Counts{HandshakesAMinute: 3}, func() time.Time { return now })
	one, other := addressKey(netip.MustParseAddr("192.0.2.1")), addressKey(netip.MustParseAddr("192.0.2.2"))
	for i, c := range []struct {
		pass    time.Duration
		address netip.Prefix
		want    bool
	}{
		{0, one, true}, {0, one, true}, {0, one, true}, {0, one, false}, {0, other, true},
		{21 * time.Second, one, true}, {0, one, false},
		{2 * time.Minute, other, true}, {0, other, true}, {0, other, true}, {0, other, false}, {0, one, true},
	} {
		now = now.Add(c.pass)
		if got := a.handshake(c.address); got != c.want {
			t.Errorf("handshake %d of %v: %v, expected %v", i, c.address, got, c.want)
		}
	}
	// Who has been away for a minute is forgotten.
	now = now.Add(2 * time.Minute)
	a.handshake(one)
	if len(a.addresses.entries) != 1 {
		t.Errorf("%d addresses are remembered, expected 1", len(a.addresses.entries))
	}
}

// Defence: count-gauge
func TestGauges(t *testing.T) {
	a := newAdmission(Counts{PerSession: 2, PerAddress: 3, Total: 5}, time.Now)
	address := func(s string) netip.Prefix { return addressKey(netip.MustParseAddr(s)) }
	x, y := sessionID{1}, sessionID{2}
	var leaves []func()
	enter := func(ip string, session *sessionID, want string) {
		t.Helper()
		leave, reason := a.enter(address(ip), session)
		if reason != want || (leave == nil) != (want != "") {
			t.Errorf("enter %s: %q, expected %q", ip, reason, want)
		}
		if leave != nil {
			leaves = append(leaves, leave)
		}
	}
	enter("192.0.2.1", &x, "")
	enter("192.0.2.1", &x, "")
	enter("192.0.2.2", &x, tooManyOfSession)
	enter("192.0.2.1", &y, "")
	enter("192.0.2.1", nil, tooManyOfAddress)
	enter("2001:db8::1", nil, "")
	enter("2001:db8::2", nil, "")
	enter("192.0.2.3", nil, tooManyInAll)
	leaves[0]()
	enter("192.0.2.1", &x, "")
	for _, leave := range leaves[1:] {
		leave()
	}
	if a.total != 0 || a.sessions.entries[x].live != 0 || a.sessions.entries[y].live != 0 || a.addresses.entries[address("192.0.2.1")].live != 0 {
		t.Errorf("%d in all, %v and %v of the sessions, expected none", a.total, a.sessions.entries[x], a.sessions.entries[y])
	}
}

// The limits as a visitor meets them; also row 48 of the bad inputs.
//
// Defence: count-session, count-address, count-gauge
// Bad input: 48
func TestConnectionLimits(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Counts = Counts{PerSession: 2, PerAddress: 4, Total: 5} })
	cookie := s.cookie(t)
	open := func() *testpeer.Peer { return s.dial(t, "", cookie) }
	first := open()
	open()
	request := testpeer.Request(s.address, "/socket", "Origin: "+s.origin, "Cookie: "+cookie)
	if status := s.status(t, request); status != "429 Too Many Requests" {
		t.Errorf("the third of a session: %s, expected 429", status)
	}
	testpeer.Dial(t, s.address, "/echo")
	testpeer.Dial(t, s.address, "/echo")
	if status := s.status(t, testpeer.Request(s.address, "/echo")); status != "429 Too Many Requests" {
		t.Errorf("the fifth of an address: %s, expected 429", status)
	}
	// A place is free again once a connection has ended.
	first.CloseClean()
	first.TCP.Close()
	waitEmpty(t, s, 3)
	open()
}

// waitEmpty waits until only so many places are taken. The endpoint's own count
// lags behind: a peer has its 101 before the endpoint has the connection.
func waitEmpty(t *testing.T, s *testSite, places int) {
	t.Helper()
	for deadline := time.Now().Add(testpeer.Patience); s.places() > places; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d live connections, expected %d", s.places(), places)
		}
	}
}

// places returns how many places are taken.
func (s *testSite) places() int {
	s.admission.mu.Lock()
	defer s.admission.mu.Unlock()
	return s.admission.total
}

func TestTotalLimit(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Counts = Counts{Total: 1} })
	testpeer.Dial(t, s.address, "/echo")
	if status := s.status(t, testpeer.Request(s.address, "/echo")); status != "503 Service Unavailable" {
		t.Errorf("one too many: %s, expected 503", status)
	}
}

// Defence: count-handshakes
func TestHandshakeLimit(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Counts = Counts{HandshakesAMinute: 2} })
	// Refused ones count as well.
	s.status(t, "GET /socket HTTP/1.1\r\nHost: x\r\n\r\n")
	testpeer.Dial(t, s.address, "/echo").CloseClean()
	p := testpeer.Connect(t, s.address)
	p.Write([]byte(testpeer.Request(s.address, "/echo")))
	if answer := p.ReadAnswer(); !strings.HasPrefix(answer, "HTTP/1.1 429 ") || !strings.Contains(answer, "\r\nRetry-After: 60\r\n") {
		t.Errorf("found %q, expected 429", answer)
	}
}

// Defence: proxy-address
// Bad input: 44
func TestClientAddressBehindAProxy(t *testing.T) {
	limit := func(proxies ...netip.Prefix) func(*Config) {
		return func(c *Config) { c.Counts, c.TrustedProxies = Counts{PerAddress: 1}, proxies }
	}
	// Nobody is believed by default, whatever Connection says of the field (row
	// 44 of the bad inputs).
	s := startSite(t, limit())
	testpeer.Dial(t, s.address, "/echo", "X-Forwarded-For: 192.0.2.1")
	request := strings.Replace(testpeer.Request(s.address, "/echo", "X-Forwarded-For: 192.0.2.2", "X-Real-IP: 192.0.2.2"),
		"Connection: Upgrade", "Connection: Upgrade, X-Forwarded-For", 1)
	if status := s.status(t, request); status != "429 Too Many Requests" {
		t.Errorf("a forged address: %s, expected 429", status)
	}
	s = startSite(t, limit(netip.MustParsePrefix("127.0.0.0/8")))
	testpeer.Dial(t, s.address, "/echo", "X-Forwarded-For: 192.0.2.1")
	testpeer.Dial(t, s.address, "/echo", "X-Forwarded-For: 192.0.2.1, 192.0.2.2")
	if status := s.status(t, testpeer.Request(s.address, "/echo", "X-Forwarded-For: 192.0.2.9, 192.0.2.1")); status != "429 Too Many Requests" {
		t.Errorf("the second of an address behind a proxy: %s, expected 429", status)
	}
}

func TestOrigins(t *testing.T) {
	for text, good := range map[string]bool{
		"https://framecraft.example": true, "http://a:81,http://b": true, "http://[::1]:8080": true,
		"": false, "framecraft.example": false, "https://a/": false, "https://A": false, "ws://a": false, "null": false, "http://a,": false,
		"http://user@a": false, "http://a?b": false,
		// No browser sends these, so they would never match either.
		"https://*.framecraft.example": false, "https://fr\u00e4me.example": false, "https://xn--frme-loa.example": true,
		// Browsers leave a scheme's own port out, so these would never match.
		"https://a:443": false, "http://a:80": false, "http://a:": false, "http://a:443": true, "https://a:80": true,
	} {
		if origins, err := ParseOrigins(text); (err == nil) != good {
			t.Errorf("%q: found %q, %v", text, origins, err)
		}
	}
	for address, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080 http://localhost:8080",
		"[::1]:8080":     "http://127.0.0.1:8080 http://localhost:8080 http://[::1]:8080",
		"[::]:8080":      "http://127.0.0.1:8080 http://localhost:8080 http://[::1]:8080",
		"0.0.0.0:8080":   "http://127.0.0.1:8080 http://localhost:8080",
		"192.0.2.1:80":   "http://127.0.0.1 http://localhost http://192.0.2.1",
	} {
		if got := strings.Join(DefaultOrigins(fakeAddress(address)), " "); got != want {
			t.Errorf("%s: found %s, expected %s", address, got, want)
		}
	}
}

type fakeAddress string

func (fakeAddress) Network() string  { return "tcp" }
func (a fakeAddress) String() string { return string(a) }

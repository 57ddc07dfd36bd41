package web

import (
	"net/netip"
	"strings"
	"testing"

	"framecraft/server/internal/testpeer"
)

func TestNetworks(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "[]",
		"127.0.0.1":                 "[127.0.0.1/32]",
		"127.0.0.1, ::1,10.1.2.3/8": "[127.0.0.1/32 ::1/128 10.0.0.0/8]",
		"fd00::/8 192.0.2.0/24":     "[fd00::/8 192.0.2.0/24]",
		"everybody":                 "",
		"10.0.0.0/33":               "",
		"127.0.0.1,localhost":       "",
		"::ffff:10.0.0.0/104":       "",
		"fe80::1%eth0":              "",
	} {
		networks, err := ParseNetworks(text)
		if err != nil != (want == "") {
			t.Errorf("%q: found %v, %v", text, networks, err)
		} else if err == nil && netipText(networks) != want {
			t.Errorf("%q: found %v, expected %s", text, networks, want)
		}
	}
}

func netipText(networks []netip.Prefix) string {
	var words []string
	for _, n := range networks {
		words = append(words, n.String())
	}
	return "[" + strings.Join(words, " ") + "]"
}

// Where the proxy speaks TLS, whoever comes past it is turned away at every door.
func TestOnlyTheProxyIsAnswered(t *testing.T) {
	only := func(network string) func(*Config) {
		return func(c *Config) {
			c.OnlyProxies, c.TrustedProxies = true, []netip.Prefix{netip.MustParsePrefix(network)}
		}
	}
	s := startSite(t, only("192.0.2.0/24"))
	for _, path := range []string{"/", "/healthz", "/app.mjs", "/echo", "/socket", "/play", "/nothing"} {
		request := testpeer.Request(s.address, path, "X-Forwarded-For: 192.0.2.1")
		if status := s.status(t, request); status != "403 Forbidden" {
			t.Errorf("%s past the proxy: %s, expected 403", path, status)
		}
	}
	s = startSite(t, only("127.0.0.0/8"))
	testpeer.Dial(t, s.address, "/echo", "X-Forwarded-For: 198.51.100.1").CloseClean()
	if answer, _ := s.get(t, "GET", "/healthz"); answer.StatusCode != 200 {
		t.Errorf("found %d from the proxy, expected 200", answer.StatusCode)
	}
}

func TestStrictTransport(t *testing.T) {
	for _, on := range []bool{false, true} {
		s := startSite(t, func(c *Config) { c.HSTS = on })
		want := ""
		if on {
			want = "max-age=31536000"
		}
		for _, path := range []string{"/", "/echo", "/nothing"} {
			if answer, _ := s.get(t, "GET", path); answer.Header.Get("Strict-Transport-Security") != want {
				t.Errorf("%s: found %q, expected %q", path, answer.Header.Get("Strict-Transport-Security"), want)
			}
		}
	}
}

// A proxy that does not say for whom it speaks makes all visitors one, which an
// operator has to be told, and once is enough.
func TestSilentProxy(t *testing.T) {
	s := startSite(t, func(c *Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	told := func() int { return strings.Count(s.log.String(), "the proxy does not say for whom it speaks") }
	s.get(t, "GET", "/healthz")
	s.get(t, "GET", "/", "X-Forwarded-For", "192.0.2.1")
	if told() != 0 {
		t.Errorf("the log complains: %s", s.log.String())
	}
	s.get(t, "GET", "/")
	s.get(t, "GET", "/", "X-Forwarded-For", "127.0.0.1")
	if told() != 1 {
		t.Errorf("found %d complaints, expected one: %s", told(), s.log.String())
	}
}

package web

import (
	"strings"
	"testing"

	"framecraft/server/internal/testpeer"
)

// Every answer of every route has the security headers: pages and files, errors,
// refused upgrades, and the 101. What net/http refuses by itself comes to no route,
// and has none.
//
// Defence: headers-everywhere, headers-csp, headers-coop, headers-coep, headers-nosniff, headers-referrer
func TestSecurityHeadersEverywhere(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Counts.PerSession = 1 })
	cookie := "Cookie: " + s.cookie(t)
	origin := "Origin: " + s.origin
	get := func(path string, lines ...string) string {
		return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + strings.Join(append(lines, ""), "\r\n") + "\r\n"
	}
	upgrade := func(path string, lines ...string) string { return testpeer.Request("x", path, lines...) }
	for _, c := range []struct{ name, request, status string }{
		{"the page", get("/"), "200"},
		{"a file", get("/app.mjs"), "200"},
		{"a file that is not newer", get("/app.mjs", "If-None-Match: *"), "304"},
		{"the head of a file", strings.Replace(get("/app.mjs"), "GET", "HEAD", 1), "200"},
		{"health", get("/healthz"), "200"},
		{"options", get("/echo/options"), "200"},
		{"presets", get("/presets"), "200"},
		{"nothing", get("/nothing"), "404"},
		{"another method", strings.Replace(get("/"), "GET", "DELETE", 1), "405"},
		{"a body", get("/", "Content-Length: 1"), "400"},
		{"many lines", get("/", strings.Split(strings.Repeat("a:b ", 64), " ")[:64]...), "431"},
		{"HTTP/2", "PRI * HTTP/2.0\r\n\r\n", "505"},
		{"a bare LF", strings.Replace(get("/"), "\r\n", "\n", 1), "400"},
		{"no upgrade", get("/echo"), "426"},
		{"a broken handshake", upgrade("/echo", "Sec-WebSocket-Version: 13"), "400"},
		{"no origin", upgrade("/socket", cookie), "403"},
		{"no session", upgrade("/play", origin), "403"},
		{"an upgrade", upgrade("/echo"), "101"},
		{"an upgrade that agrees on something", upgrade("/echo?subprotocol=chat", "Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Extensions: permessage-deflate"), "101"},
		{"the page's upgrade", upgrade("/socket", origin, cookie), "101"},
		{"one too many", upgrade("/play", origin, cookie), "429"},
	} {
		p := testpeer.Connect(t, s.address)
		p.Write([]byte(c.request))
		answer := p.ReadAnswer()
		if got := answer[len("HTTP/1.1 "):][:3]; got != c.status {
			t.Errorf("%s: found %q, expected %s", c.name, answer, c.status)
		}
		for _, want := range []string{
			"Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; " +
				"font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
				"require-trusted-types-for 'script'; trusted-types 'none'",
			"Cross-Origin-Opener-Policy: same-origin",
			"Cross-Origin-Embedder-Policy: require-corp",
			"X-Content-Type-Options: nosniff",
			"Referrer-Policy: no-referrer",
		} {
			if strings.Count(answer, "\r\n"+want+"\r\n") != 1 {
				t.Errorf("%s: found %q, expected %s", c.name, answer, want)
			}
		}
	}
}

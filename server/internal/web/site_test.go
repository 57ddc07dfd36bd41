package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/testpeer"
)

// testSite is a site on a real listener, with its log.
type testSite struct {
	*Site
	address string
	origin  string
	log     *logBuffer
	server  *http.Server
}

// logBuffer holds what was logged.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (b *logBuffer) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.Reset()
}

func testKeys(seed string) KeyPair {
	return KeyPair{[]byte(strings.Repeat(seed+"hash key", 64)[:64]), []byte(strings.Repeat(seed+"block key", 32)[:32])}
}

// testPage is a page of few files, one of them packed.
var testPage = fstest.MapFS{
	"index.html":            {Data: []byte("<!doctype html><title>page</title>")},
	"app.mjs":               {Data: []byte("export {}")},
	"css/base.css":          {Data: []byte("body{}")},
	"dist/protocol.wasm":    {Data: []byte("\x00asm and more of it")},
	"dist/protocol.wasm.br": {Data: []byte("the brotli form")},
	"dist/protocol.wasm.gz": {Data: []byte("the gzip form")},
	"dist/app.mjs.br":       {Data: []byte("of an older file")},
	"protocol.d.ts":         {Data: []byte("interface Report {}")},
	"static.go":             {Data: []byte("package static")},
	"dist/packed.txt": {Data: []byte("" +
		strings.Repeat("0", 64) + " app.mjs\n" +
		"5947bcc21193255c47ed077426f1e6f4c3aeb3b4214795735170ba510bce0478 dist/protocol.wasm\n")},
}

// startSite starts a site that has no limits but the default ones of package
// endpoint, unless change says otherwise.
func startSite(t testing.TB, change func(*Config)) *testSite {
	t.Helper()
	return startSiteOn(t, func(l net.Listener) net.Listener { return l }, change)
}

// startSiteOn starts a site on what becomes of a listener.
func startSiteOn(t testing.TB, wrap func(net.Listener) net.Listener, change func(*Config)) *testSite {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := &logBuffer{}
	config := Config{
		Page:    testPage,
		Keys:    []KeyPair{testKeys("a")},
		Origins: DefaultOrigins(listener.Addr()),
		Limits:  endpoint.DefaultLimits(),

		Listener:  listener.Addr(),
		OpenLimit: 100,

		Log: slog.New(slog.NewTextHandler(log, nil)),
	}
	if change != nil {
		change(&config)
	}
	site, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	s := &testSite{Site: site, address: listener.Addr().String(), log: log, server: site.Server()}
	s.origin = "http://" + s.address
	go endpoint.Serve(s.server, wrap(listener))
	t.Cleanup(func() { s.stop() })
	return s
}

func (s *testSite) stop() {
	s.Shutdown()
	s.server.Shutdown(context.Background())
}

// get asks for a path and returns the answer with its body read.
func (s *testSite) get(t testing.TB, method, path string, header ...string) (*http.Response, string) {
	t.Helper()
	// Not NewRequest: it would clean the path.
	r := &http.Request{Method: method, URL: &url.URL{Scheme: "http", Host: s.address, Path: path}, Header: http.Header{}}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	if r.Header.Get("Accept-Encoding") == "" {
		r.Header.Set("Accept-Encoding", "identity")
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

// cookie loads the page and returns the cookie that came with it.
func (s *testSite) cookie(t testing.TB) string {
	t.Helper()
	answer, _ := s.get(t, "GET", "/")
	value, _, _ := strings.Cut(answer.Header.Get("Set-Cookie"), ";")
	if value == "" {
		t.Fatalf("the page came without a cookie: %v", answer.Header)
	}
	return value
}

// dial opens the page's socket as the page does.
func (s *testSite) dial(t testing.TB, query, cookie string) *testpeer.Peer {
	t.Helper()
	return testpeer.Dial(t, s.address, "/socket"+query, "Origin: "+s.origin, "Cookie: "+cookie)
}

// status knocks at a route with a whole request and returns the status line.
func (s *testSite) status(t testing.TB, request string) string {
	t.Helper()
	p := testpeer.Connect(t, s.address)
	defer p.TCP.Close()
	p.Write([]byte(request))
	line, _, _ := strings.Cut(p.ReadAnswer(), "\r\n")
	return strings.TrimPrefix(line, "HTTP/1.1 ")
}

// Defence: headers-csp, headers-coop, headers-coep, headers-nosniff, headers-referrer
func TestSecurityHeaders(t *testing.T) {
	s := startSite(t, nil)
	for _, path := range []string{"/", "/app.mjs", "/nothing", "/healthz", "/echo", "/echo/options", "/socket"} {
		answer, _ := s.get(t, "GET", path)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; " +
				"font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
				"require-trusted-types-for 'script'; trusted-types 'none'",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Embedder-Policy": "require-corp",
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
		} {
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, expected %q", path, name, got, want)
			}
		}
	}
}

// Defence: shutdown-503
func TestHealth(t *testing.T) {
	s := startSite(t, nil)
	if answer, body := s.get(t, "GET", "/healthz"); answer.StatusCode != 200 || body != "ok\n" {
		t.Errorf("found %d %q, expected 200 ok", answer.StatusCode, body)
	}
	s.Shutdown()
	for _, path := range []string{"/healthz", "/echo", "/socket"} {
		if answer, _ := s.get(t, "GET", path); answer.StatusCode != 503 {
			t.Errorf("%s after the shutdown: %d, expected 503", path, answer.StatusCode)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"no cookie keys": func(c *Config) { c.Keys = nil },
		"http and https": func(c *Config) { c.Origins = []string{"http://a", "https://a"} },
	} {
		config := Config{Page: testPage, Keys: []KeyPair{testKeys("a")}, Limits: endpoint.DefaultLimits(), Log: slog.New(slog.DiscardHandler)}
		change(&config)
		if _, err := New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("found the error %v, expected one about %s", err, want)
		}
	}
}

// Defence: cookie-tls
func TestSecureCookieBehindTLS(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Origins = []string{"https://framecraft.example"} })
	answer, _ := s.get(t, "GET", "/")
	cookie := answer.Header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "__Host-framecraft=") {
		t.Errorf("the cookie is %q, expected the prefix __Host-", cookie)
	}
	expectAttributes(t, cookie, "Path=/", "Secure", "HttpOnly", "SameSite=Strict", "Max-Age=43200")
}

func expectAttributes(t *testing.T, cookie string, want ...string) {
	t.Helper()
	got := strings.Split(cookie, "; ")[1:]
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the cookie has %q, expected %q", got, want)
	}
}

// Defence: cookie-loopback
func TestCookieOnLoopback(t *testing.T) {
	s := startSite(t, nil)
	answer, _ := s.get(t, "GET", "/")
	cookie := answer.Header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "framecraft=") || len(cookie) > 4096 {
		t.Errorf("the cookie is %q", cookie)
	}
	expectAttributes(t, cookie, "Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=43200")
	// No other file sets one.
	if answer, _ := s.get(t, "GET", "/app.mjs"); answer.Header.Get("Set-Cookie") != "" {
		t.Error("/app.mjs came with a cookie")
	}
}

// Defence: time-header
// Bad input: 35
func TestSlowHeaderIsCut(t *testing.T) {
	s := startSite(t, func(c *Config) { c.HeaderTime = 200 * time.Millisecond })
	p := testpeer.Connect(t, s.address)
	begin := time.Now()
	go func() {
		for _, c := range []byte(testpeer.Request(s.address, "/echo")) {
			if _, err := p.TCP.Write([]byte{c}); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	for p.More(testpeer.Patience) == nil {
	}
	if lasted := time.Since(begin); lasted > 2*time.Second {
		t.Errorf("a header of one byte after another was read for %v, expected 200ms", lasted)
	}
	if bytes.Contains(p.In, []byte("101")) {
		t.Errorf("answered with %q", p.In)
	}
}

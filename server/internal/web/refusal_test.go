package web

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"framecraft/server/internal/logs"
	"framecraft/server/internal/testpeer"
	"framecraft/server/internal/wire"
)

// metric returns the value of one series, "" if there is none.
func (s *testSite) metric(t *testing.T, series string) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.Metrics().Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for line := range strings.Lines(w.Body.String()) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// waitMetric waits until a series has a value.
func (s *testSite) waitMetric(t *testing.T, series, want string) {
	t.Helper()
	for deadline := time.Now().Add(testpeer.Patience); s.metric(t, series) != want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s is %q, expected %q", series, s.metric(t, series), want)
		}
	}
}

// Every refusal counts by its reason and leaves one line with it.
//
// Defence: log-facts
func TestRefusalsAreCounted(t *testing.T) {
	handshake := func(target string, lines ...string) string { return testpeer.Request("host", target, lines...) }
	for _, c := range []struct {
		cause   cause
		status  string
		route   string
		request func(s *testSite) string
		change  func(*Config)
	}{
		{cause: causeHandshake, status: "426", route: "/echo", request: func(*testSite) string { return "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n" }},
		{cause: causeRequest, status: "505", route: "other", request: func(*testSite) string { return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" }},
		{cause: causeRequest, status: "431", route: "file", request: func(*testSite) string {
			return "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: y\r\n", 64) + "\r\n"
		}},
		{cause: causeRequest, status: "404", route: "other", request: func(*testSite) string { return "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" }},
		{cause: causeRequest, status: "405", route: "/presets", request: func(*testSite) string { return "DELETE /presets HTTP/1.1\r\nHost: a\r\n\r\n" }},
		{cause: causeRequest, status: "400", route: "/presets", request: func(*testSite) string {
			return "GET /presets HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
		}},
		{cause: causeParameters, status: "400", route: "/echo", request: func(*testSite) string { return handshake("/echo?nonsense=1") }},
		{cause: causeParameters, status: "400", route: "/socket", request: func(s *testSite) string {
			return handshake("/socket?end=2", "Origin: "+s.origin, "Cookie: "+s.cookie(t))
		}},
		{cause: causeOrigin, status: "403", route: "/socket", request: func(*testSite) string { return handshake("/socket", "Origin: http://elsewhere") }},
		{cause: causeSession, status: "403", route: "/play", request: func(s *testSite) string { return handshake("/play", "Origin: "+s.origin) }},
		{cause: causeOften, status: "429", route: "/echo", request: func(s *testSite) string {
			s.status(t, handshake("/echo?nonsense"))
			return handshake("/echo")
		}, change: func(c *Config) { c.Counts.HandshakesAMinute = 1 }},
		{cause: causeAddress, status: "429", route: "/echo", request: func(s *testSite) string {
			testpeer.Dial(t, s.address, "/echo")
			return handshake("/echo")
		}, change: func(c *Config) { c.Counts.PerAddress = 1 }},
		{cause: causeOfSession, status: "429", route: "/socket", request: func(s *testSite) string {
			cookie := s.cookie(t)
			s.dial(t, "", cookie)
			return handshake("/socket", "Origin: "+s.origin, "Cookie: "+cookie)
		}, change: func(c *Config) { c.Counts.PerSession = 1 }},
		{cause: causeInAll, status: "503", route: "/echo", request: func(s *testSite) string {
			testpeer.Dial(t, s.address, "/echo")
			return handshake("/echo")
		}, change: func(c *Config) { c.Counts.Total = 1 }},
		{cause: causeProxy, status: "403", route: "file", request: func(*testSite) string { return "GET / HTTP/1.1\r\nHost: a\r\n\r\n" },
			change: func(c *Config) { c.OnlyProxies = true }},
		{cause: causeProxy, status: "403", route: "other", request: func(*testSite) string { return "GET /made/up HTTP/1.1\r\nHost: a\r\n\r\n" },
			change: func(c *Config) { c.OnlyProxies = true }},
	} {
		t.Run(string(c.cause)+c.route, func(t *testing.T) {
			s := startSite(t, func(config *Config) {
				config.Limits.Closing = 100 * time.Millisecond
				if c.change != nil {
					c.change(config)
				}
			})
			request := c.request(s)
			s.log.reset()
			if status := s.status(t, request); !strings.HasPrefix(status, c.status+" ") {
				t.Errorf("found %s, expected %s", status, c.status)
			}
			series := `framecraft_refused_total{reason="` + string(c.cause) + `",route="` + c.route + `"}`
			if got := s.metric(t, series); got == "" || got == "0" {
				t.Errorf("%s is %q, expected it to count", series, got)
			}
			line := "msg=refused route=" + c.route + " status=" + c.status + " cause=" + string(c.cause)
			if text := s.log.String(); strings.Count(text, line) != 1 || !strings.Contains(text, "address=127.0.0.0/24") {
				t.Errorf("the log is %q, expected %q once, with the network of the address", text, line)
			}
		})
	}
}

func TestConnectionsAreCounted(t *testing.T) {
	s := startSite(t, nil)
	echo := testpeer.Dial(t, s.address, "/echo")
	echo.Send(`text "a"`)
	echo.Expect(`text "a"`)
	for series, want := range map[string]string{
		`framecraft_connections{route="/echo"}`:                "1",
		`framecraft_connections_accepted_total{route="/echo"}`: "1",
		`framecraft_connection_states{state="open"}`:           "1",
	} {
		if got := s.metric(t, series); got != want {
			t.Errorf("%s is %q, expected %s", series, got, want)
		}
	}
	echo.Send(`opcode=3`)
	echo.ExpectClose(1002)
	echo.TCP.Close()
	waitEmpty(t, s, 0)
	for series, want := range map[string]string{
		`framecraft_connections{route="/echo"}`:                                       "0",
		`framecraft_connections_ended_total{code="1002",route="/echo"}`:               "1",
		`framecraft_rules_broken_total{route="/echo",rule="frame-opcode-reserved"}`:   "1",
		`framecraft_messages_total{direction="in"}`:                                   "1",
		`framecraft_http_request_duration_seconds_count{code="404",route="other"}`:    "",
		`framecraft_http_request_duration_seconds_count{code="200",route="/healthz"}`: "",
	} {
		if got := s.metric(t, series); got != want {
			t.Errorf("%s is %q, expected %q", series, got, want)
		}
	}
	if text := s.log.String(); !strings.Contains(text, "id=1 route=/echo code=1002") || !strings.Contains(text, "address=127.0.0.0/24") {
		t.Errorf("the log is %q, expected a line about the connection, with an address", text)
	}
	s.get(t, "GET", "/nothing/of/the/kind")
	if got := s.metric(t, `framecraft_http_request_duration_seconds_count{code="404",route="other"}`); got != "1" {
		t.Errorf("found %q requests for what is not there, expected 1", got)
	}
	s.get(t, "HEAD", "/app.mjs")
	if got := s.metric(t, `framecraft_http_request_duration_seconds_count{code="200",route="file"}`); got != "1" {
		t.Errorf("found %q answers to HEAD, expected 1", got)
	}
}

// What panics in a handler may be anything, and is not written down.
func TestPanicInAHandler(t *testing.T) {
	s := startSite(t, nil)
	for _, value := range []any{"secret", struct{ secret string }{"secret"}, http.ErrAbortHandler} {
		s.log.reset()
		handler := s.recoverPanics(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(value) }))
		func() {
			defer func() {
				if p := recover(); p != http.ErrAbortHandler {
					t.Errorf("%T came out as %v, expected ErrAbortHandler", value, p)
				}
			}()
			handler.ServeHTTP(httptest.NewRecorder(), newRequest())
		}()
		if text := s.log.String(); strings.Contains(text, "secret\"") || strings.Contains(text, "panic while") == (value == http.ErrAbortHandler) {
			t.Errorf("%T: the log is %q", value, text)
		}
	}
	if got := s.metric(t, "framecraft_panics_total"); got != "2" {
		t.Errorf("found %s panics, expected 2", got)
	}
}

// The built-in target of /play is one more server of this process: its panics count
// as well, and what net/http would say of them is not written down.
func TestPanicInTheBuiltInTarget(t *testing.T) {
	for _, c := range []struct {
		said   string
		broken func(s *Site) *wire.BuiltIn
	}{
		{"panic while serving a connection", func(s *Site) *wire.BuiltIn {
			s.echo.Message = nil // a call of it panics
			return s.builtIn()
		}},
		{"panic while answering", func(s *Site) *wire.BuiltIn {
			e := s.endpoint
			defer func() { s.endpoint = e }()
			s.endpoint = nil // there is nobody to hand the connection to
			return s.builtIn()
		}},
	} {
		s := startSite(t, nil)
		if err := s.dialer.BuiltIn.Close(); err != nil {
			t.Fatal(err)
		}
		s.dialer.BuiltIn = c.broken(s.Site)
		p := testpeer.Dial(t, s.address, "/play", "Origin: "+s.origin, "Cookie: "+s.cookie(t))
		say(p, "play echo\nhandshake\ntext \"x\"\nexpect end\n")
		linesUntil(t, p, "# ")
		s.waitMetric(t, "framecraft_panics_total", "1")
		if text := s.log.String(); strings.Count(text, c.said) != 1 || strings.Contains(text, "net/http complains") {
			t.Errorf("found the log %q, expected %q", text, c.said)
		}
	}
}

// Nothing that a visitor writes reaches the log or the metrics.
//
// Defence: log-payload, log-cookie, log-authorization, log-subprotocol
func TestNothingSecretIsWrittenDown(t *testing.T) {
	for form, handler := range map[string]func(*logBuffer) slog.Handler{
		"text": func(b *logBuffer) slog.Handler { return logs.New(b, logs.Options{Debug: true}).Handler() },
		"json": func(b *logBuffer) slog.Handler { return logs.New(b, logs.Options{Debug: true, JSON: true}).Handler() },
	} {
		t.Run(form, func(t *testing.T) {
			written := &logBuffer{}
			s := startSite(t, func(c *Config) {
				c.Log = slog.New(handler(written))
				c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
			})
			const secret = "s3cr3t"
			everywhere := []string{"Authorization: Bearer " + secret, "User-Agent: " + secret, "Referer: http://" + secret,
				"Sec-WebSocket-Protocol: " + secret, "X-Forwarded-For: 192.0.2.77", "X-" + secret + ": " + secret}
			cookie := "Cookie: framecraft=" + secret
			own := "Cookie: " + s.cookie(t)
			query := "?" + secret + "=" + secret
			for _, request := range []string{
				testpeer.Request(secret, "/echo"+query, append(everywhere, cookie)...),
				testpeer.Request(secret, "/echo?deflate="+secret, everywhere...),
				testpeer.Request(secret, "/socket"+query, append(everywhere, cookie, "Origin: http://"+secret)...),
				testpeer.Request(secret, "/socket"+query, append(everywhere, cookie, "Origin: "+s.origin)...),
				testpeer.Request(secret, "/socket?sender="+secret, append(everywhere, own, "Origin: "+s.origin)...),
				testpeer.Request(secret, "/"+secret, everywhere...),
				testpeer.Request(secret, "/echo", append(everywhere, "Sec-WebSocket-Extensions: \""+secret)...),
				testpeer.Request(secret, "/echo", append(everywhere, "Sec-WebSocket-Key: "+secret)...),
				"GET /" + secret + " HTTP/1.1\r\n" + secret + "\r\n\r\n",
				secret + "\r\n\r\n",
			} {
				s.status(t, request)
			}
			speak := func(target, lines string, header ...string) {
				p := testpeer.Dial(t, s.address, target, append(everywhere, header...)...)
				p.Send(lines)
				for p.More(testpeer.Patience) == nil {
					if strings.Contains(string(p.In), "\x88") || strings.Contains(string(p.In), "# refused") || strings.Contains(string(p.In), "# done") {
						break
					}
				}
				p.TCP.Close()
			}
			speak("/echo", `close 1000 "`+secret+`"`)
			speak("/echo", `text rsv1 "`+secret+`"`)
			speak("/echo", `text nomask "`+secret+`"`)
			speak("/socket", `text "`+secret+`"`, own, "Origin: "+s.origin)
			for _, scenario := range []string{
				`play echo\nhandshake\n  with Cookie: ` + secret + `\nexpect status 101\ntext \"` + secret + `\"\nclose 1000\nexpect close\nexpect end`,
				`play echo\n` + secret, `play ` + secret + `\nhandshake`,
			} {
				speak("/play", `text "`+scenario+`"`, own, "Origin: "+s.origin)
			}
			waitEmpty(t, s, 0)
			text := written.String()
			for _, not := range []string{secret, "192.0.2.77", strings.TrimPrefix(own, "Cookie: framecraft=")} {
				if i := strings.Index(text, not); i >= 0 {
					t.Errorf("the log has %q: ...%s...", not, text[max(0, i-300):min(len(text), i+100)])
				}
			}
			w := httptest.NewRecorder()
			s.Metrics().Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
			if body := w.Body.String(); strings.Contains(body, secret) || strings.Contains(body, "192.0.2") {
				t.Errorf("the metrics have what a visitor wrote:\n%s", body)
			}
			// It is there, and it is what it should be.
			for _, want := range []string{"refused", "connection ended", "frame-rsv1-unnegotiated", "192.0.2.0/24"} {
				if !strings.Contains(text, want) {
					t.Errorf("the log lacks %q:\n%s", want, text)
				}
			}
			for line := range strings.Lines(text) {
				if form == "json" && !json.Valid([]byte(line)) {
					t.Errorf("found %q, expected JSON", line)
				}
			}
		})
	}
}

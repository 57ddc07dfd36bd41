package web

import (
	"bufio"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/testpeer"
)

// Whatever becomes of a request and of its connection: what a visitor sends is in
// no line, not even where everything is logged.
//
// Defence: log-payload, log-cookie, log-authorization, log-subprotocol, panic-log
func TestLogsNoSecrets(t *testing.T) {
	var log logBuffer
	s := startSite(t, func(c *Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c.Counts = Counts{PerSession: 3}
	})
	echo := s.echo.Message
	s.echo.Message = func(c *endpoint.Conn, m protocol.Event) {
		if strings.HasPrefix(string(m.Payload), "panic") {
			panic("with " + string(m.Payload))
		}
		echo(c, m)
	}
	cookie := s.cookie(t)
	_, value, _ := strings.Cut(cookie, "=")
	secrets := []string{"Authorization: Bearer s3cret", "Proxy-Authorization: s3cret", "Cookie: other=s3cret; " + cookie, "Sec-WebSocket-Protocol: s3cret, s3cret-too", "X-Forwarded-For: s3cret", "User-Agent: s3cret"}
	page := append([]string{"Origin: " + s.origin}, secrets...)
	for _, request := range []string{
		testpeer.Request(s.address, "/s3cret?s3cret", secrets...),
		testpeer.Request(s.address, "/echo?s3cret=s3cret", secrets...),
		testpeer.Request(s.address, "/echo?delay=s3cret", secrets...),
		testpeer.Request(s.address, "/echo#s3cret", secrets...),
		testpeer.Request(s.address, "/echo", append(secrets, "Sec-WebSocket-Extensions: s3cret s3cret")...),
		testpeer.Request(s.address, "/echo", append(secrets, "Sec-WebSocket-Protocol: s3cret/")...),
		testpeer.Request(s.address, "/socket", append(secrets, "Origin: http://s3cret")...),
		testpeer.Request(s.address, "/play", append(page, "Cookie: framecraft=s3cret")...),
		testpeer.Request(s.address, "/echo", append(secrets, "a: s3cret\n b: s3cret")...),
		"GET / HTTP/1.1\r\nHost: x\r\nAuthorization : s3cret\r\n\r\n",
		"s3cret\r\n\r\n",
	} {
		p := testpeer.Connect(t, s.address)
		p.Write([]byte(request))
		p.ReadAnswer()
		p.TCP.Close()
	}
	for _, notation := range []string{`text "s3cret"`, "text \"s3cret\"\nclose 1000 \"s3cret\"", `text "panic s3cret"`, `text rsv1 "s3cret"`, `close 4000 "s3cret"`, `text hex:ff733363726574`, `ping "s3cret"`, "text nofin \"s3cret\"\ntext \"s3cret\""} {
		p := testpeer.Dial(t, s.address, "/echo", secrets...)
		p.Send(notation)
		p.Next(testpeer.Patience)
		p.TCP.Close()
	}
	waitEmpty(t, s, 0)
	for _, said := range []string{"play echo\nhandshake\n  with Authorization: s3cret\n  with Cookie: s3cret\n  with Sec-WebSocket-Protocol: s3cret\nexpect status 101\ntext \"s3cret\"\nexpect text", "play ws://127.0.0.1:1/s3cret\ntext \"s3cret\"", "s3cret"} {
		p := testpeer.Dial(t, s.address, "/play", page...)
		say(p, said)
		linesUntil(t, p, "# ")
		p.TCP.Close()
	}
	p := testpeer.Dial(t, s.address, "/live", page...)
	say(p, `{"open": "s3cret"}`)
	p.Next(testpeer.Patience)
	p.TCP.Close()
	waitEmpty(t, s, 0)
	text := log.String()
	for _, want := range []string{"refused", "connection ended", "panic while serving", "target refused", "scenario played"} {
		if !strings.Contains(text, want) {
			t.Errorf("the log has no line with %q, so that this test would not see what is in it:\n%s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, "s3cret") || strings.Contains(line, value) {
			t.Errorf("found the line %s", line)
		}
	}
}

// hijackable is an answer that knows who hijacks it.
type hijackable struct {
	*httptest.ResponseRecorder
	by string
}

func (h *hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	callers := make([]uintptr, 1)
	runtime.Callers(2, callers)
	frame, _ := runtime.CallersFrames(callers).Next()
	h.by = frame.Function
	return nil, nil, errors.New("there is no connection here")
}

// Between net/http and the endpoint nothing wraps the answer of an upgrade: it is
// the endpoint's own call that arrives.
//
// Defence: chi-wrappers
func TestNothingWrapsAnUpgrade(t *testing.T) {
	s := startSite(t, nil)
	cookie := s.cookie(t)
	for _, route := range []string{"/echo", "/socket", "/play", "/live"} {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(testpeer.Request(s.address, route, "Origin: "+s.origin, "Cookie: "+cookie))))
		if err != nil {
			t.Fatal(err)
		}
		r.RemoteAddr = "192.0.2.1:1"
		w := &hijackable{ResponseRecorder: httptest.NewRecorder()}
		s.ServeHTTP(w, r)
		if w.by != "net/http.(*ResponseController).Hijack" {
			t.Errorf("%s: hijacked by %q, %d %s", route, w.by, w.Code, w.Body)
		}
	}
}

// What other fields than X-Forwarded-For say is believed of nobody, not even of a
// proxy.
//
// Defence: proxy-real-ip
func TestOtherAddressFields(t *testing.T) {
	s := startSite(t, func(c *Config) {
		c.Counts, c.TrustedProxies = Counts{PerAddress: 1}, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	const address = "X-Forwarded-For: 192.0.2.1"
	testpeer.Dial(t, s.address, "/echo", address)
	for _, name := range []string{"X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "X-Cluster-Client-IP", "Fly-Client-IP"} {
		if status := s.status(t, testpeer.Request(s.address, "/echo", address, name+": 192.0.2.9")); status != "429 Too Many Requests" {
			t.Errorf("%s: %s, expected 429", name, status)
		}
	}
	if status := s.status(t, testpeer.Request(s.address, "/echo", address, "Forwarded: for=192.0.2.9")); status != "429 Too Many Requests" {
		t.Errorf("Forwarded: %s, expected 429", status)
	}
}

// A goroutine that serves a connection beside the endpoint's own panics: that
// connection ends, the log has the stack, and nobody else notices.
//
// Defence: panic-goroutine, panic-log
func TestPanicBesideTheEndpoint(t *testing.T) {
	s := startSite(t, nil)
	echo := s.echo.Message
	var running sync.WaitGroup
	s.echo.Message = func(c *endpoint.Conn, m protocol.Event) {
		switch string(m.Payload) {
		case "viewer":
			v := &viewer{news: make(chan struct{}, 1)} // it has no group to ask
			v.wake()
			running.Go(func() { v.run(c) })
		case "lines":
			// Nothing can be pushed any more, and whoever is told fails.
			c.Close(protocol.StatusNormalClosure, "")
			l := &lineSender{conn: c, news: make(chan struct{}, 1), lines: []byte("line\n"), gone: func() { panic("s3cret") }}
			l.wake()
			running.Go(l.run)
		default:
			echo(c, m)
		}
	}
	other := testpeer.Dial(t, s.address, "/echo")
	for _, what := range []string{"viewer", "lines"} {
		s.log.reset()
		p := testpeer.Dial(t, s.address, "/echo")
		p.Send(`text "` + what + `"`)
		f, err := p.Next(testpeer.Patience)
		if what == "lines" && err == nil && f.Header.Opcode() == protocol.OpcodeClose {
			f, err = p.Next(testpeer.Patience)
		}
		if err == nil || errors.Is(err, testpeer.ErrNothing) {
			t.Fatalf("%s: found %v, %v, expected the end of TCP", what, f, err)
		}
		p.TCP.Close()
		running.Wait()
		waitEmpty(t, s, 1)
		if log := s.log.String(); strings.Count(log, "panic while serving a connection") != 1 || strings.Contains(log, "s3cret") {
			t.Errorf("%s: found the log %q", what, log)
		}
	}
	other.Send(`text "still here"`)
	other.Expect(`text "still here"`)
	other.CloseClean()
}

// The watch panics: that is logged once, and it goes on.
//
// Defence: panic-log
func TestPanicOfTheWatch(t *testing.T) {
	s := startSite(t, nil)
	s.log.reset()
	for range 2 {
		s.watch.look(nil)
	}
	if log := s.log.String(); strings.Count(log, "panic while looking at the process") != 1 || !strings.Contains(log, "web.(*watch).look") {
		t.Errorf("found the log %q", log)
	}
	w := s.watchLive(t, s.cookie(t))
	first, _ := w.next()
	w.until("a later look", func(m said) bool { return m.At > first.At })
}

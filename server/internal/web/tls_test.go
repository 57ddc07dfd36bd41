package web

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/testpeer"
)

// The header's time counts from the first byte of TCP, so it is also what a
// handshake of TLS may take that never ends.
//
// Bad input: 35
func TestSlowHandshakeOfTLS(t *testing.T) {
	const headerTime = 300 * time.Millisecond
	var log logBuffer
	s := startSite(t, func(c *Config) {
		c.HeaderTime = headerTime
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	certificate := httptest.NewUnstartedServer(nil)
	certificate.StartTLS()
	defer certificate.Close()
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := s.Server()
	defer server.Close()
	go endpoint.Serve(server, tls.NewListener(plain, &tls.Config{Certificates: certificate.TLS.Certificates}))
	address := plain.Addr().String()
	expectCut := func(what string, p *testpeer.Peer, begin time.Time) {
		t.Helper()
		for p.More(testpeer.Patience) == nil {
		}
		if took := time.Since(begin); took < headerTime/2 || took > headerTime+5*time.Second {
			t.Errorf("%s: cut after %v, expected %v", what, took, headerTime)
		}
	}
	begin := time.Now()
	silent, slow := testpeer.Connect(t, address), testpeer.Connect(t, address)
	// A ClientHello that claims 512 bytes and comes one at a time.
	go func() {
		for _, b := range append([]byte{22, 3, 1, 2, 0}, make([]byte, 512)...) {
			if _, err := slow.TCP.Write([]byte{b}); err != nil {
				return
			}
			time.Sleep(headerTime / 20)
		}
	}()
	tcp, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	headless := testpeer.On(t, tcp)
	headless.Write([]byte("GET / HTTP/1.1\r\nHost: a\r\nX: "))
	expectCut("nothing at all", silent, begin)
	expectCut("a slow ClientHello", slow, begin)
	expectCut("half a header", headless, begin)
	// Who is in time is served.
	if tcp, err = tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true}); err != nil {
		t.Fatal(err)
	}
	p := testpeer.On(t, tcp)
	p.Write([]byte(testpeer.Request(address, "/echo")))
	p.ExpectUpgraded()
	p.CloseClean()
	// And who does not speak TLS is told.
	p = testpeer.Connect(t, address)
	p.Write([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
	if answer := p.ReadAnswer(); !strings.HasPrefix(answer, "HTTP/1.1 400 ") {
		t.Errorf("HTTP without TLS: found %q, expected 400", answer)
	}
	// The three that came to nothing have been counted, and the log names nobody.
	s.waitMetric(t, "framecraft_tls_handshake_errors_total", "3")
	if text := log.String(); strings.Count(text, "TLS handshake failed") != 3 || strings.Contains(text, "127.0.0.1:") {
		t.Errorf("found the log %q, expected three lines without an address", text)
	}
}

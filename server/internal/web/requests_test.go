package web

import (
	"strings"
	"testing"

	"framecraft/server/internal/testpeer"
)

// What is wrong with a request before anybody asks what it wants: some of it is
// refused by net/http, the rest by us. Each goes to an upgrade and to a page, and
// with another request right behind it, which must not be answered.
//
// Defence: request-host-missing, request-host-twice, request-space-colon, request-bare-cr, request-nul
// Defence: request-lengths-unequal, request-http10, request-post, request-bare-lf, request-folded
// Defence: request-length-and-chunks, request-key-twice, request-absolute, refuse-close, refuse-body
func TestMalformedRequests(t *testing.T) {
	s := startSite(t, nil)
	const host = "\r\nHost: x\r\n"
	for _, c := range []struct {
		name, old, new string
		upgrade, page  string // the status
	}{
		{"nothing", "", "", "101", "200"},
		{"no Host", host, "\r\n", "400", "400"},
		{"two Hosts", host, host + "Host: x\r\n", "400", "400"},
		{"two Hosts that differ", host, host + "Host: y\r\n", "400", "400"},
		{"a blank in front of a colon", host, "\r\nHost : x\r\n", "400", "400"},
		{"a blank in front of another colon", host, host + "A : x\r\n", "400", "400"},
		{"a bare CR in a value", host, host + "A: x\rB: y\r\n", "400", "400"},
		{"NUL in a value", host, host + "A: x\x00\r\n", "400", "400"},
		{"NUL in a name", host, host + "A\x00: x\r\n", "400", "400"},
		{"lengths that differ", host, host + "Content-Length: 0\r\nContent-Length: 1\r\n", "400", "400"},
		{"a length that is none", host, host + "Content-Length: +0\r\n", "400", "400"},
		{"HTTP/1.0", "HTTP/1.1", "HTTP/1.0", "505", "200"},
		{"POST", "GET ", "POST ", "405", "405"},
		{"a line that ends with LF alone", host, "\r\nHost: x\n", "400", "400"},
		{"a first line that ends with LF alone", " HTTP/1.1\r\n", " HTTP/1.1\n", "400", "400"},
		{"an empty line of LF alone", "\r\n\r\n", "\r\n\n", "400", "400"},
		{"a folded value", host, host + "A: x\r\n y\r\n", "400", "400"},
		{"a folded value by a tab", host, host + "A:\r\n\tx\r\n", "400", "400"},
		{"a length beside chunks", host, host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "400", "400"},
		{"a length", host, host + "Content-Length: 1\r\n", "400", "400"},
		{"chunks", host, host + "Transfer-Encoding: chunked\r\n", "400", "400"},
		{"an unknown coding", host, host + "Transfer-Encoding: gzip\r\n", "501", "501"},
		{"Sec-WebSocket-Key twice", host, host + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "400", "200"},
		{"a whole URI", "GET /", "GET http://x/", "101", "200"},
		{"a whole URI beside a Host that is none", "GET /", "GET http://x/", "400", ""},
	} {
		for target, want := range map[string]string{"/echo": c.upgrade, "/healthz": c.page} {
			if want == "" {
				continue
			}
			text := strings.Replace(testpeer.Request("x", target), c.old, c.new, 1)
			if strings.HasSuffix(c.name, "a Host that is none") {
				text = strings.Replace(text, host, "\r\nHost: x:y\r\n", 1)
			}
			p := testpeer.Connect(t, s.address)
			p.Write([]byte(text))
			if want != "101" && want != "200" {
				p.Write([]byte("0\r\n\r\nGET /healthz HTTP/1.1" + host + "\r\n"))
			}
			answer := p.ReadAnswer()
			if got := answer[len("HTTP/1.1 "):][:3]; got != want {
				t.Errorf("%s, %s: found %q, expected %s", target, c.name, answer, want)
			}
			if want == "101" || want == "200" {
				p.TCP.Close()
				continue
			}
			if !strings.Contains(answer, "\r\nConnection: close\r\n") {
				t.Errorf("%s, %s: the connection goes on after %q", target, c.name, answer)
			}
			expectTCPEnd(t, p)
		}
	}
	expectServed(t, s)
}

// A header takes 12 KiB, which is what 8 KiB comes to in net/http, and no byte
// more.
//
// Defence: size-header-bytes
func TestHeaderBytes(t *testing.T) {
	s := startSite(t, nil)
	request := func(size int) string {
		const head, tail = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nA: ", "\r\n\r\n"
		return head + strings.Repeat("a", size-len(head)-len(tail)) + tail
	}
	for size, want := range map[int]string{8192: "200 OK", 12_288: "200 OK", 12_289: "431 Request Header Fields Too Large", 100_000: "431 Request Header Fields Too Large"} {
		if status := s.status(t, request(size)); status != want {
			t.Errorf("a header of %d bytes: %s, expected %s", size, status, want)
		}
	}
}

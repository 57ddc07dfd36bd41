package web

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// Inputs that broke other implementations, by the number of their row in the
// project's list: those about the handshake. The rows about frames are tests of
// package endpoint, which also says what concerns neither.
//
//	35      TestSlowHeaderIsCut
//	43      TestSocketNeedsTheOrigin
//	44      TestClientAddressBehindAProxy
//	48      TestConnectionLimits, TestTotalLimit, TestHandshakeLimit

// badHandshake is a request that gets no connection.
type badHandshake struct {
	row string
	// lines of the header besides Host; the first is the request line when it
	// does not hold a colon.
	lines  []string
	status string // the codes allowed
}

const (
	upgrade    = "Upgrade: websocket"
	connection = "Connection: Upgrade"
	version    = "Sec-WebSocket-Version: 13"
	key        = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
)

// good is a whole handshake with more lines.
func good(lines ...string) []string {
	return append([]string{upgrade, connection, version, key}, lines...)
}

var badHandshakes = []badHandshake{
	{"5 an old draft's handshake", []string{upgrade, connection, "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00"}, "426"},
	{"30 16,000 spaces", good("Sec-WebSocket-Protocol: b" + strings.Repeat(" ", 16_000) + "x"), "431"},
	{"30 7,000 spaces", good("Sec-WebSocket-Protocol: b" + strings.Repeat(" ", 7000) + "x"), "400"},
	{"30 7,000 commas", good("Sec-WebSocket-Protocol: " + strings.Repeat(",", 7000)), "400"},
	{"31 a quoted value that never ends", good(`Sec-WebSocket-Extensions: a; b="` + strings.Repeat(`\c`, 3000)), "400"},
	{"32 nothing but separators", good("Sec-WebSocket-Extensions: ,;"), "400"},
	{"32 empty", good("Sec-WebSocket-Extensions: "), "400"},
	{"32 a parameter without a name", good("Sec-WebSocket-Extensions: a; =1"), "400"},
	{"32 a parameter without a value", good("Sec-WebSocket-Extensions: a; b="), "400"},
	{"32 two names", good("Sec-WebSocket-Extensions: a b"), "400"},
	{"32 a quoted value that is no token", good(`Sec-WebSocket-Extensions: a; b="c d"`), "400"},
	{"32 an empty quoted value", good(`Sec-WebSocket-Extensions: a; b=""`), "400"},
	{"32 bad in the second field", good("Sec-WebSocket-Extensions: a", "Sec-WebSocket-Extensions: b;"), "400"},
	{"36 no Version", []string{upgrade, connection, key}, "426"},
	{"36 no Key", []string{upgrade, connection, version}, "400"},
	{"36 no Upgrade", []string{connection, version, key}, "426"},
	{"36 no Connection", []string{upgrade, version, key}, "400"},
	{"36 nothing", nil, "426"},
	{"37 two Keys", good(key), "400"},
	{"37 a Key that is not base64", []string{upgrade, connection, version, "Sec-WebSocket-Key: ????????????????????????"}, "400"},
	{"37 a Key of 15 bytes", []string{upgrade, connection, version, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA"}, "400"},
	{"37 a Key of 17 bytes", []string{upgrade, connection, version, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA="}, "400"},
	{"37 a Key of 18 bytes", []string{upgrade, connection, version, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAA"}, "400"},
	{"37 an empty Key", []string{upgrade, connection, version, "Sec-WebSocket-Key:"}, "400"},
	{"38 Connection: xupgrade", []string{upgrade, "Connection: xupgrade", version, key}, "400"},
	{"38 Upgrade: websocket/1", []string{"Upgrade: websocket/1", connection, version, key}, "426"},
	{"39 Version 7 alone", []string{"Sec-WebSocket-Version: 7"}, "426"},
	{"39 Version 7", []string{upgrade, connection, "Sec-WebSocket-Version: 7", key}, "426"},
	{"39 two Versions", good(version), "400"},
	{"39 two Versions in one", []string{upgrade, connection, "Sec-WebSocket-Version: 13, 8", key}, "400"},
	{"39 Version 013", []string{upgrade, connection, "Sec-WebSocket-Version: 013", key}, "400"},
	{"41 a body", append(good("Content-Length: 6", ""), "\x81\x80\x00\x00\x00\x00"), "400"},
	{"41 a chunked body", append(good("Transfer-Encoding: chunked", ""), "6\r\n\x81\x80\x00\x00\x00\x00\r\n0\r\n"), "400"},
	{"42 h2c", []string{"Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", version, key, "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"}, "426"},
	{"42 HTTP/1.0", append([]string{"GET /echo HTTP/1.0"}, good()...), "505"},
	{"42 POST", append([]string{"POST /echo HTTP/1.1"}, good()...), "405"},
	{"42 HTTP/2 preface", []string{"PRI * HTTP/2.0"}, "505"},
	{"42 HTTP/2 request line", append([]string{"GET /echo HTTP/2.0"}, good()...), "505"},
	{"33 2,000 header lines", good(strings.Split(strings.Repeat("a:b ", 2000), " ")[:2000]...), "431"},
	{"33 65 header lines", good(strings.Split(strings.Repeat("a:b ", 60), " ")[:60]...), "431"},
	{"33 no Host", append([]string{"GET /echo HTTP/1.1 "}, good()...), "400"},
}

func (b badHandshake) bytes(address string) []byte {
	lines := b.lines
	first := "GET /echo HTTP/1.1"
	if len(lines) > 0 && strings.Contains(lines[0], " HTTP/") {
		first, lines = lines[0], lines[1:]
	}
	return []byte(strings.Join(append([]string{first, "Host: " + address}, lines...), "\r\n") + "\r\n\r\n")
}

// Defence: refuse-close, refuse-body, refuse-version
// Bad input: rows of badHandshakes
func TestBadHandshakes(t *testing.T) {
	check := testpeer.ExpectNoLeak(t)
	s := startSite(t, nil)
	for _, b := range badHandshakes {
		t.Run(b.row, func(t *testing.T) {
			p := testpeer.Connect(t, s.address)
			p.Write(b.bytes(s.address))
			answer := p.ReadAnswer()
			if got, _, _ := strings.Cut(answer[len("HTTP/1.1 "):], " "); got != b.status {
				t.Errorf("found %q, expected %s", answer, b.status)
			}
			if !strings.Contains(answer, "\r\nConnection: close\r\n") {
				t.Errorf("the connection goes on after %q", answer)
			}
			if b.status == "426" && !strings.Contains(answer, "\r\nUpgrade: websocket\r\n") {
				t.Errorf("found %q, expected it to name the protocol", answer)
			}
			if strings.Contains(b.row, "Version") && b.row != "39 two Versions" && strings.Contains(fmt.Sprint(b.lines), "Upgrade: websocket") &&
				!strings.Contains(answer, "\r\nSec-Websocket-Version: 13\r\n") {
				t.Errorf("found %q, expected it to name version 13", answer)
			}
			expectTCPEnd(t, p)
			expectServed(t, s)
		})
	}
	s.stop()
	check()
}

// expectTCPEnd reads to the end and wants no second answer.
func expectTCPEnd(t *testing.T, p *testpeer.Peer) {
	t.Helper()
	for p.More(testpeer.Patience) == nil {
	}
	if bytes.Contains(p.In, []byte("HTTP/1.1 ")) {
		t.Errorf("a second answer: %q", p.In)
	}
	p.TCP.Close()
}

func expectServed(t *testing.T, s *testSite) {
	t.Helper()
	p := testpeer.Dial(t, s.address, "/echo")
	p.Send(`text "next"`)
	p.Expect(`text "next"`)
	p.CloseClean()
	p.TCP.Close()
}

// Row 40: what stands behind a refused upgrade is no second request.
//
// Defence: refuse-close, refuse-body
// Bad input: 40
func TestBadHandshakeWithARequestBehindIt(t *testing.T) {
	s := startSite(t, nil)
	for _, target := range []string{"/echo", "/socket"} {
		p := testpeer.Connect(t, s.address)
		first := strings.Replace(testpeer.Request(s.address, target), "Version: 13", "Version: 44", 1)
		p.Write([]byte(first + "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"))
		if answer := p.ReadAnswer(); !strings.HasPrefix(answer, "HTTP/1.1 426 ") {
			t.Errorf("found %q, expected 426", answer)
		}
		expectTCPEnd(t, p)
	}
	expectServed(t, s)
}

// Row 32, and what else is odd and yet legal: the answer is 101 and
// neither an extension nor a subprotocol.
//
// Bad input: 32
func TestOddHandshakes(t *testing.T) {
	s := startSite(t, nil)
	for _, lines := range [][]string{
		{"Sec-WebSocket-Protocol: b" + strings.Repeat(" ,", 3500) + "x"},
		{"Sec-WebSocket-Extensions: constructor"},
		{"Sec-WebSocket-Extensions: __proto__; toString=1; a=\"\\b\\c\" , hasOwnProperty"},
		{"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; server_max_window_bits=16"},
		{"sec-websocket-extensions: x", "SEC-WEBSOCKET-EXTENSIONS: y;z"},
		{"Origin: null", "Accept: */*"},
	} {
		p := testpeer.Connect(t, s.address)
		begin := time.Now()
		p.Write([]byte(testpeer.Request(s.address, "/echo", lines...)))
		answer := p.ReadAnswer()
		if !strings.HasPrefix(answer, "HTTP/1.1 101 ") || strings.Contains(answer, "Extensions") || strings.Contains(answer, "Protocol:") {
			t.Errorf("%.60s: found %q", lines, answer)
		}
		if lasted := time.Since(begin); lasted > time.Second {
			t.Errorf("%.60s: took %v", lines, lasted)
		}
		p.CloseClean()
	}
	// The tokens in either case, among others, and on several lines.
	p := testpeer.Connect(t, s.address)
	p.Write([]byte("GET /echo HTTP/1.1\r\nHost: x\r\nupgrade: h2c\r\nUPGRADE: foo ,\tWebSocket\r\nConnection: keep-alive, UPGRADE\r\n" +
		version + "\r\n" + key + "\r\n\r\n"))
	p.ExpectUpgraded()
	p.CloseClean()
}

// Row 34: a header without end, in small writes.
//
// Bad input: 34
func TestEndlessHeader(t *testing.T) {
	s := startSite(t, nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p := testpeer.Connect(t, s.address)
	p.Write([]byte("GET /echo HTTP/1.1\r\nHost: x\r\nA: "))
	written := 0
	p.TCP.SetWriteDeadline(time.Now().Add(testpeer.Patience))
	for piece := bytes.Repeat([]byte("a"), 100); written < 20<<20; {
		n, err := p.TCP.Write(piece)
		written += n
		if err != nil {
			break
		}
	}
	if written >= 20<<20 {
		t.Errorf("%d bytes of header were taken", written)
	}
	runtime.ReadMemStats(&after)
	if grown := int(after.TotalAlloc - before.TotalAlloc); grown > 4<<20 {
		t.Errorf("%d bytes were allocated for it", grown)
	}
	if p.More(testpeer.Patience) == nil && !bytes.HasPrefix(p.In, []byte("HTTP/1.1 431 ")) {
		t.Errorf("found %q, expected 431", p.In)
	}
	expectServed(t, s)
}

// A panic in a handler is that request's own.
//
// Defence: panic-goroutine
func TestPanicInAMessage(t *testing.T) {
	s := startSite(t, nil)
	s.echo.Message = nil // a call of it panics
	p := testpeer.Dial(t, s.address, "/echo")
	p.Send(`text "x"`)
	p.ExpectEnd(time.Second)
	waitEmpty(t, s, 0)
	if log := s.log.String(); !strings.Contains(log, "panic while serving a connection") {
		t.Errorf("found the log %q", log)
	}
	p = s.dial(t, "", s.cookie(t))
	p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), []byte{0x81}))
	if f, err := p.Next(testpeer.Patience); err != nil || f.Header.Opcode() != protocol.OpcodeText {
		t.Errorf("found %v, %v, expected an answer", f, err)
	}
}

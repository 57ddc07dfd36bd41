package endpoint

import (
	"strconv"
	"strings"
	"testing"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// The endpoint and package protocol judge the same requests: whoever breaks a rule
// whose row has an HTTP status gets that one, everybody else a connection.
func TestCheckAgreesWithTheJudge(t *testing.T) {
	const good = "GET / HTTP/1.1\nHost: a.example:81\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
	s := startServer(t, DefaultLimits(), Echo(1<<20), nil)
	accepted := 0
	for _, c := range []struct{ old, new string }{
		{"", ""},
		// The request line.
		{"GET", "POST"}, {"GET", "get"}, {"1.1", "1.0"}, {"1.1", "1.2"}, {"1.1", "0.9"},
		{"/ ", "/#a "}, {"/ ", "/?a#b "}, {"/ ", "/# "}, {"/ ", "/%23 "},
		{"/ ", "a "}, {"/ ", "* "}, {"/ ", "http:a "}, {"/ ", "http:///a "}, {"/ ", "ws://a.example:81/ "}, {"/ ", "ftp://a/ "},
		{"/ ", "http://a.example:81/ "}, {"/ ", "HTTPS://a.example:81/?b "}, {"/ ", "http://b@a.example/ "}, {"/ ", "http://a:b/ "},
		{"/ ", "/?\" "}, {"/ ", "/?ä "}, {"/ ", "/ä "}, {"/ ", "/?%zz "}, {"/ ", "/%zz "}, {"/ ", "/?{} "}, {"/ ", "/?%7b "}, {"/ ", "/a|b "}, {"/ ", "//a "},
		// Host.
		{"a.example:81", ""}, {"a.example:81", ":81"}, {"a.example:81", "a:b"}, {"a.example:81", "a:"}, {"a.example:81", "a:65536"},
		{"a.example:81", "[::1]:65535"}, {"a.example:81", "[::1"}, {"a.example:81", "a=b"}, {"a.example:81", "a[b]"}, {"a.example:81", "a/b"}, {"a.example:81", "ä"},
		{"\nHost: a.example:81", ""}, {"\nHost", "\nHost: b\nHost"},
		// Upgrade and Connection.
		{"websocket", "WebSocket"}, {"websocket", "h2c , websocket,"}, {"websocket", "websocket/1"}, {"websocket", "webſocket"}, {"websocket", "websoc\u212aet"}, {"websocket", ""},
		{"websocket", "a\nUpgrade: websocket"}, {"\nUpgrade: websocket", ""},
		{": Upgrade", ": keep-alive, upgrade"}, {": Upgrade", ": xupgrade"}, {": Upgrade", ":"}, {"\nConnection: Upgrade", ""},
		// The key.
		{"ZQ==", "ZR=="}, {"ZQ==", "ZQ="}, {"ZQ==", "ZQAA"}, {"ZQ==", ""}, {"dGhlIHNhbXBsZSBub25jZQ==", ""}, {"dGhl", "d-_l"},
		{"\nSec-WebSocket-Key", "\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Key"}, {"\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", ""},
		// The version.
		{": 13", ": 8"}, {": 13", ": 0"}, {": 13", ": 255"}, {": 13", ": 256"}, {": 13", ": 013"}, {": 13", ": 13, 8"}, {": 13", ":"}, {": 13", ": +13"}, {": 13", ":  13  "},
		{": 13", ": 13\nSec-WebSocket-Version: 13"}, {"\nSec-WebSocket-Version: 13", ""},
		// Origin, once and more often.
		{"==", "==\nOrigin: null"}, {"==", "==\nOrigin: https://a:8080"}, {"==", "==\nOrigin: chrome-extension://abc"}, {"==", "==\nOrigin: file://"},
		{"==", "==\nOrigin:"}, {"==", "==\nOrigin: a"}, {"==", "==\nOrigin: http://a/"}, {"==", "==\nOrigin: http://a:b"}, {"==", "==\nOrigin: http://ä"}, {"==", "==\nOrigin: 1http://a"},
		{"==", "==\nOrigin: null\nOrigin: http://a/"},
		// The lists.
		{"==", "==\nSec-WebSocket-Protocol: a, b,,c"}, {"==", "==\nSec-WebSocket-Protocol: chat, Chat"}, {"==", "==\nSec-WebSocket-Protocol: a\nSec-WebSocket-Protocol: b"},
		{"==", "==\nSec-WebSocket-Protocol:"}, {"==", "==\nSec-WebSocket-Protocol: ,"}, {"==", "==\nSec-WebSocket-Protocol: a/b"}, {"==", "==\nSec-WebSocket-Protocol: a b"}, {"==", "==\nSec-WebSocket-Protocol: ä"},
		{"==", "==\nSec-WebSocket-Protocol: a, b, a"}, {"==", "==\nSec-WebSocket-Protocol: a\nSec-WebSocket-Protocol: b, a"}, {"==", "==\nSec-WebSocket-Protocol: a\nSec-WebSocket-Protocol:"},
		{"==", "==\nSec-WebSocket-Extensions: a; b=c, permessage-deflate; x"}, {"==", "==\nSec-WebSocket-Extensions:"}, {"==", "==\nSec-WebSocket-Extensions: a; b=\"c d\""}, {"==", "==\nSec-WebSocket-Extensions: a\nSec-WebSocket-Extensions: ;"},
		// The head.
		{"\nUpgrade", "\vUpgrade"}, {"==", "==\v"}, {"1.1\n", "1.1\v"}, {": Upgrade", ": keep-alive,\n Upgrade"}, {"ZQ==", "ZQ==\n\tx"}, {": 13", ":\n 13"},
		{"/ HTTP/1.1\nHost: a.example:81", "http://a.example/ HTTP/1.1\nHost: a:b"}, {"/ HTTP/1.1\nHost: a.example:81", "http://a.example/ HTTP/1.1\nHost: b.example"},
		{"==", "==\na b: c"}, {"==", "==\na"}, {"==", "==\n: a"}, {"==", "==\na : b"}, {"==", "==\na: \x01"}, {"==", "==\na: \x7f"}, {"==", "==\na: ä"}, {"/ ", "/  "}, {"GET", "G(T"},
	} {
		text := strings.ReplaceAll(strings.Replace(good, c.old, c.new, 1), "\n", "\r\n") + "\r\n\r\n"
		text = strings.ReplaceAll(text, "\v", "\n") // a line that ends with LF alone
		head, _, err := protocol.ParseRequestHead([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, d := range head.CheckRequest(nil) {
			if status := d.Rule.Rule().HTTPStatus; status != 0 {
				want = append(want, strconv.Itoa(status))
			}
		}
		if want == nil {
			want = []string{"101"}
			accepted++
		}
		p := testpeer.Connect(t, s.address)
		p.Write([]byte(text))
		answer := p.ReadAnswer()
		p.TCP.Close()
		if got := answer[len("HTTP/1.1 "):][:3]; !strings.Contains(strings.Join(want, " "), got) {
			t.Errorf("%q for %q is answered with %s, expected %s", c.new, c.old, got, want)
		}
	}
	if accepted < 15 {
		t.Errorf("%d requests are fine, expected more", accepted)
	}
}

// What the client wrote is not said again.
func TestRefusalsKeepTheValues(t *testing.T) {
	s := startServer(t, DefaultLimits(), Echo(1<<20), nil)
	for _, c := range []struct{ target, line, want string }{
		{"/?secret#secret", "", "the target breaks handshake-uri-hash-unescaped: A # that belongs"},
		{"/?secret\"", "", "the target breaks handshake-uri-not-percent-encoded: What a URI cannot have"},
		{"/", "Origin: http://secret/", "Origin breaks handshake-origin-malformed: Origin is a scheme, a host"},
		{"/", "Sec-WebSocket-Protocol: secret, secret", "Sec-WebSocket-Protocol breaks handshake-protocol-duplicate: No subprotocol is offered twice."},
		{"/", "Sec-WebSocket-Protocol: secret/secret", `Sec-WebSocket-Protocol: byte 6 of the subprotocols: found "/", expected ","`},
	} {
		p := testpeer.Connect(t, s.address)
		request := testpeer.Request(s.address, c.target, c.line)
		if c.line == "" {
			request = testpeer.Request(s.address, c.target)
		}
		p.Write([]byte(request))
		answer := p.ReadAnswer()
		for p.More(testpeer.Patience) == nil {
		}
		if !strings.HasPrefix(answer, "HTTP/1.1 400 ") || !strings.HasPrefix(string(p.In), c.want) || strings.Contains(answer+string(p.In), "secret") {
			t.Errorf("%s %s: found %q with %q, expected 400 with %q and nothing of the value", c.target, c.line, answer, p.In, c.want)
		}
	}
}

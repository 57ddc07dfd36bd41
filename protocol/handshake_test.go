package protocol

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestHandshakeBoundaries has what lies beside the vectors on either side of a
// rule.
func TestHandshakeBoundaries(t *testing.T) {
	const (
		bad = " ; res: HTTP/1.1 101 Switching Protocols" // judge the sample's response too
		p   = "permessage-deflate"
	)
	tests := []struct{ edits, breaks string }{
		// The start line.
		{"req: get /chat HTTP/1.1", "handshake-method-not-get"},
		{"req: GET /chat HTTP/1.2", ""},
		{"req: GET /chat HTTP/2.0", ""},
		{"req: GET /chat HTTP/0.9", "handshake-http-version-too-low"},
		{"req: GET /chat HTTP/1.10", "handshake-request-malformed"},
		{"req: GET /chat http/1.1", "handshake-request-malformed"},
		{"req: GET /chat", "handshake-request-malformed"},
		{"req: GET  /chat HTTP/1.1", "handshake-request-malformed"},
		{"req: GET /chat HTTP/1.1 ", "handshake-request-malformed"},
		{"req: GET\\t/chat HTTP/1.1", "handshake-request-malformed handshake-method-not-get handshake-target-invalid"},
		{"req: G(T /chat HTTP/1.1", "handshake-request-malformed handshake-method-not-get"},
		{"req: GET /a b HTTP/1.1", "handshake-request-malformed handshake-uri-not-percent-encoded"},
		{"req: GET / HTTP/1.1", ""},
		{"req: GET /?a=[b]&c=%41%e4#d HTTP/1.1", "handshake-uri-hash-unescaped"},
		{"req: GET /%4 HTTP/1.1", "handshake-uri-not-percent-encoded"},
		{"req: GET /%4g HTTP/1.1", "handshake-uri-not-percent-encoded"},
		{"req: GET /{} HTTP/1.1", "handshake-uri-not-percent-encoded"},
		{"req: GET /\\x01 HTTP/1.1", "handshake-uri-not-percent-encoded"},
		{"req: GET http://server.example.com/chat HTTP/1.1", ""},
		{"req: GET HTTPS://server.example.com HTTP/1.1", ""},
		{"req: GET http:///chat HTTP/1.1", "handshake-target-invalid"},
		{"req: GET ws://server.example.com/chat HTTP/1.1", "handshake-target-invalid"},
		{"req: GET * HTTP/1.1", "handshake-target-invalid"},
		{"req: PRI * HTTP/2.0", "handshake-method-not-get handshake-target-invalid"},
		{"raw C> 16 03 01", "handshake-request-missing"},
		{"raw C> 0a 20 ff 0d 0a", "handshake-request-missing"},
		{"raw C> 0d 0a", ""},
		// Host.
		{"req: Host: [2001:db8::1]:8080", ""},
		{"req: Host: [::1]", ""},
		{"req: Host: [::1", "handshake-host-invalid"},
		{"req: Host: [::1]x", "handshake-host-invalid"},
		{"req: Host: [::1]x1", "handshake-host-invalid"},
		{"req: Host: [1]", "handshake-host-invalid"},
		{"req: Host: [::g%1]", "handshake-host-invalid"},
		{"req: Host: a:65535", ""},
		{"req: Host: a:0", ""},
		{"req: Host: a:65536", "handshake-host-invalid"},
		{"req: Host: a:", "handshake-host-invalid"},
		{"req: Host: a:1/", "handshake-host-invalid"},
		{"req: Host: a:b", "handshake-host-invalid"},
		{"req: Host: :80", "handshake-host-invalid"},
		{"req: Host: a b", "handshake-host-invalid"},
		{"req: Host: x_y.z-%41~!", ""},
		{"req: Host: a%4", "handshake-host-invalid"},
		{"req: +Host: server.example.com", "handshake-host-invalid"},
		// Upgrade and Connection: whole tokens, in any case.
		{"req: Upgrade: h2c, WebSocket", ""},
		{"req: Upgrade: websocket/13", "handshake-upgrade-not-websocket"},
		{"req: Upgrade: websocket websocket", "handshake-upgrade-not-websocket"},
		{"req: Upgrade: web\\xc5\\xbfocket", "handshake-upgrade-not-websocket"},
		{"req: +Upgrade: h2c", ""},
		{"req: Connection: keep-alive,upgrade", ""},
		{"req: Connection: xupgrade", "handshake-connection-not-upgrade"},
		{"req: Connection: Upgrade, X-Forwarded-For", ""},
		{"req: +Connection: close", ""},
		// Keys.
		{"req: Sec-WebSocket-Key:   dGhlIHNhbXBsZSBub25jZQ==  ", ""},
		{"req: Sec-WebSocket-Key: ", "handshake-key-not-base64"},
		{"req: Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ", "handshake-key-not-base64"},
		{"req: Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=", "handshake-key-not-base64"},
		{"req: Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==a===", "handshake-key-not-base64"},
		{"req: Sec-WebSocket-Key: ====", "handshake-key-not-base64"},
		{"req: Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ-_", "handshake-key-not-base64"},
		{"req: Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j", "handshake-key-not-16-bytes"},
		{"req: Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQA=", "handshake-key-not-16-bytes"},
		{"req: Sec-WebSocket-Key: AB==", "handshake-key-not-16-bytes handshake-key-noncanonical"},
		{"req: Sec-WebSocket-Key: ++//AAAAAAAAAAAAAAAAAR==", "handshake-key-noncanonical"},
		{"req: Sec-WebSocket-Key: ++//AAAAAAAAAAAAAAAAAw==", ""},
		{"req: +Sec-WebSocket-Key: !", "handshake-key-not-base64 handshake-key-repeated"},
		// Origin.
		{"req: Origin: null", ""},
		{"req: Origin: NULL", "handshake-origin-malformed"},
		{"req: Origin: ", "handshake-origin-malformed"},
		{"req: Origin: https://a:8080", ""},
		{"req: Origin: chrome-extension://abc", ""},
		{"req: Origin: moz+a.b://abc", ""},
		{"req: Origin: 1http://a", "handshake-origin-malformed"},
		{"req: Origin: ://a", "handshake-origin-malformed"},
		{"req: Origin: http://", "handshake-origin-malformed"},
		{"req: Origin: file://", ""},
		{"req: Origin: file:///", "handshake-origin-malformed"},
		{"req: Origin: http://a http://b", "handshake-origin-malformed"},
		{"req: Origin: http://\\xc3\\xbc", "handshake-origin-malformed"},
		{"req: -Origin", ""},
		// Versions.
		{"req: Sec-WebSocket-Version: 0", "handshake-version-not-13"},
		{"req: Sec-WebSocket-Version: 255", "handshake-version-not-13"},
		{"req: Sec-WebSocket-Version: 256", "handshake-version-malformed"},
		{"req: Sec-WebSocket-Version: 1300", "handshake-version-malformed"},
		{"req: Sec-WebSocket-Version: 13, 8", "handshake-version-malformed"},
		{"req: Sec-WebSocket-Version: 00", "handshake-version-malformed"},
		{"req: Sec-WebSocket-Version: ", "handshake-version-malformed"},
		{"req: +Sec-WebSocket-Version: 8", "handshake-version-not-13 handshake-version-repeated"},
		// Subprotocols and extensions.
		{"req: Sec-WebSocket-Protocol: ", "handshake-protocol-invalid"},
		{"req: Sec-WebSocket-Protocol: ,", "handshake-protocol-invalid"},
		{"req: Sec-WebSocket-Protocol: a,,b", ""},
		{"req: Sec-WebSocket-Protocol: a b", "handshake-protocol-invalid"},
		{"req: Sec-WebSocket-Protocol: a, A", ""},
		{"req: +Sec-WebSocket-Protocol: chat", "handshake-protocol-duplicate"},
		{"req: -Sec-WebSocket-Protocol", ""},
		{"req: +Sec-WebSocket-Extensions: bbf-usp-protocol", ""},
		{"req: +Sec-WebSocket-Extensions: " + p + "; client_max_window_bits", ""},
		{"req: +Sec-WebSocket-Extensions: " + p + "; server_max_window_bits=10", ""},
		{"req: +Sec-WebSocket-Extensions: " + p + "; client_max_window_bits=8; x", "deflate-offer-param-unknown deflate-window-below-1024"},
		{"req: +Sec-WebSocket-Extensions: " + p + "; x=8", "deflate-offer-param-unknown"},
		{"req: +Sec-WebSocket-Extensions: foo; server_max_window_bits=8", "handshake-extension-unregistered"},
		{`req: +Sec-WebSocket-Extensions: a; b="", ;`, "handshake-extension-param-not-token handshake-extensions-malformed"},
		{`req: +Sec-WebSocket-Extensions: a; b="c d" ; req: +Sec-WebSocket-Extensions: a; b="c`,
			"handshake-extension-param-not-token handshake-extensions-malformed"},
		{"req: +Sec-WebSocket-Extensions: constructor", "handshake-extension-unregistered"},
		{"req: +Sec-WebSocket-Extensions: ,;", "handshake-extensions-malformed"},
		// CVE-2026-59898.
		{"req: Sec-WebSocket-Version: 7 ; req: -Upgrade ; req: -Connection",
			"handshake-upgrade-missing handshake-connection-missing handshake-version-not-13"},
		// Everything at once, in the order of the RFC.
		{"req: POST chat#x HTTP/1.0 ; req: -Host ; req: -Upgrade ; req: Connection: x ; req: Sec-WebSocket-Key: ! ; req: -Sec-WebSocket-Version ; req: x",
			"handshake-request-malformed handshake-method-not-get handshake-host-missing handshake-upgrade-missing handshake-connection-not-upgrade " +
				"handshake-key-not-base64 handshake-version-missing"},

		// The response.
		{"res: HTTP/1.1 101 ", ""},
		{"res: HTTP/1.1 101", "handshake-response-malformed"},
		{"res: HTTP/1.1  101 x", "handshake-response-malformed"},
		{"res: HTTP/1.1 0101 x", "handshake-response-malformed"},
		{"res: HTTP/1.1 101 a\\x07", "handshake-response-malformed"},
		{"res: HTTP/1.1 099 x", "handshake-response-malformed"},
		{"res: HTTP/1.1 103 Early Hints", ""},
		{"res: HTTP/1.1 204 x", "handshake-status-not-101"},
		{"res= HTTP/1.1 200 OK", "handshake-status-not-101"},
		{"res: HTTP/1.1 302 x", "handshake-status-not-101"},
		{"res= HTTP/1.1 302 Found", ""},
		{"res= HTTP/1.1 403 Forbidden", ""},
		{"res: Upgrade: WebSocket", ""},
		{"res: Upgrade: websocket, h2c", "handshake-response-upgrade-not-websocket"},
		{"res: Connection: keep-alive, UPGRADE", ""},
		{"res: Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=  ", ""},
		{"res: Sec-WebSocket-Accept: S3PPLMBITXAQ9KYGZZHZRBK+XOO=", "handshake-accept-mismatch"},
		{"res: Sec-WebSocket-Accept: ", "handshake-accept-mismatch"},
		{"res: Sec-WebSocket-Protocol: superchat", ""},
		{"res: Sec-WebSocket-Protocol: Chat", "handshake-protocol-not-offered"},
		{"res: Sec-WebSocket-Protocol: ", "handshake-response-protocol-invalid"},
		{"res: -Sec-WebSocket-Protocol", ""},
		{"req: -Sec-WebSocket-Protocol" + bad, "handshake-protocol-not-offered"},
		{"req: Sec-WebSocket-Protocol: a/b" + bad, "handshake-protocol-invalid handshake-bad-request-accepted"},
		{"req: -Sec-WebSocket-Key" + bad, "handshake-key-missing handshake-bad-request-accepted"},
		{"req: Sec-WebSocket-Version: 013" + bad, "handshake-version-malformed handshake-bad-request-accepted"},
		{"req: Sec-WebSocket-Version: 8 ; req: -Host" + bad,
			"handshake-host-missing handshake-version-not-13 handshake-bad-request-accepted handshake-version-mismatch-accepted"},
		{"raw C> 81 80 37 fa 21 3d" + bad, "handshake-request-missing handshake-bad-request-accepted"},
		// What a server may pass over is no bad request.
		{"req: +Sec-WebSocket-Extensions: foo" + bad, "handshake-extension-unregistered"},
		{"req: +Sec-WebSocket-Extensions: " + p + "; x" + bad, "deflate-offer-param-unknown"},
		{"req: Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC== ; res: Sec-WebSocket-Accept: " + ComputeAccept("AQIDBAUGBwgJCgsMDQ4PEC==").Accept,
			"handshake-key-noncanonical"},
		// Errors about versions, and others.
		{"req: Sec-WebSocket-Version: 8 ; res= HTTP/1.1 400 Bad Request", "handshake-version-not-13 handshake-version-list-missing"},
		{"req: Sec-WebSocket-Version: 8 ; res= HTTP/1.1 403 Forbidden", "handshake-version-not-13"},
		{"req: Sec-WebSocket-Version: 8 ; req: -Host ; res= HTTP/1.1 400 Bad Request", "handshake-host-missing handshake-version-not-13"},
		{"req: Sec-WebSocket-Version: 8 ; req: -Host ; res= HTTP/1.1 426 Upgrade Required",
			"handshake-host-missing handshake-version-not-13 handshake-version-list-missing"},
		{"req: Sec-WebSocket-Version: 8 ; req: Sec-WebSocket-Protocol: a/b ; res= HTTP/1.1 400 Bad Request",
			"handshake-version-not-13 handshake-protocol-invalid"},
		{"req: -Upgrade ; res= HTTP/1.1 426 Upgrade Required", "handshake-upgrade-missing"},
		{"req: Sec-WebSocket-Version: 8 ; res= HTTP/1.1 426 Upgrade Required ; res: +Sec-WebSocket-Version: 13, 8,7", "handshake-version-not-13"},
		{"req: Sec-WebSocket-Version: 8 ; res= HTTP/1.1 426 Upgrade Required ; res: +Sec-WebSocket-Version: 13, 08, x",
			"handshake-version-not-13 handshake-response-version-malformed handshake-response-version-malformed"},
		{"res= EOF", ""},
		{"req: Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC== ; res= EOF", "handshake-key-noncanonical"},
		{"req: Sec-WebSocket-Version: 8 ; res= EOF", "handshake-version-not-13 handshake-error-without-status"},
		// Extensions of the response.
		{"res: +Sec-WebSocket-Extensions: foo", "handshake-extension-not-offered handshake-extension-unregistered"},
		{"req: +Sec-WebSocket-Extensions: foo, " + p + " ; res: +Sec-WebSocket-Extensions: " + p + ", foo",
			"handshake-extension-unregistered handshake-extension-unregistered"},
		{"req: +Sec-WebSocket-Extensions: = ; res: +Sec-WebSocket-Extensions: " + p + "; y",
			"handshake-extensions-malformed handshake-bad-request-accepted deflate-response-param-unknown"},
		{"req: +Sec-WebSocket-Extensions: " + p + " ; res: +Sec-WebSocket-Extensions: " + p + " ; res: +Sec-WebSocket-Extensions: " + p + "; y",
			"deflate-rsv1-conflict"},
		{"req: +Sec-WebSocket-Extensions: " + p + " ; res: +Sec-WebSocket-Extensions: ,", "handshake-extensions-malformed"},
		{"req: +Sec-WebSocket-Extensions: " + p + "; server_no_context_takeover; server_max_window_bits=10 ; " +
			"res: +Sec-WebSocket-Extensions: " + p + "; client_max_window_bits=9; x; server_max_window_bits=11",
			"deflate-response-param-unknown deflate-response-takeover-missing deflate-response-server-window-larger " +
				"deflate-response-client-window-unoffered deflate-window-below-1024"},
	}
	for _, test := range tests {
		if got := rulesOf(edited(t, test.edits).judge()); got != test.breaks {
			t.Errorf("%s\nbreaks   %q\nexpected %q", test.edits, got, test.breaks)
		}
	}
}

// TestMalformedHeads: each fault by itself, and what is said about it.
func TestMalformedHeads(t *testing.T) {
	tests := []struct {
		src   string
		ended bool
		at    string
		found string
	}{
		{"GET /\r\n\r\n", false, "GET /", `The first line is "GET /"; expected a method, a target and a version, with single spaces between.`},
		{"GET / HTTP/1.1\r\nA: b\r\n \t no colon \r\n\r\n", false, "A: b\r\n \t no colon \r\n", `The value of "A" is folded over lines.`},
		{"GET / HTTP/1.1\r\n \t no colon \r\n\r\n", false, "no colon", `The line "no colon" has no colon.`},
		{"GET / HTTP/1.1\r\na b\r\nHost: x\r\na b\r\n\r\n", false, "a b", `The line "a b" has no colon.`},
		{"GET / HTTP/1.1\r\nHost : x\r\n\r\n", false, "Host ", `The name of a field is "Host ", which is no token.`},
		{"GET / HTTP/1.1\r\n: x\r\n\r\n", false, "", `The name of a field is "", which is no token.`},
		{"GET / HTTP/1.1\r\n\xc3\xa4: x\r\n\r\n", false, "ä", `The name of a field is "ä", which is no token.`},
		{"GET / HTTP/1.1\r\nA: b\x00c\x01\r\n\r\n", false, "\x00", `The value of a field has the byte 0x00, which no field may have.`},
		{"GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", false, "\r", `The value of a field has the byte 0x0d, which no field may have.`},
		{"GET / HTTP/1.1\r\nA: b\x7f\r\n\r\n", false, "\x7f", `The value of a field has the byte 0x7f, which no field may have.`},
		{"GET / HTTP/1.1\r\nA: b\t\xff\r\n\n", false, "\n", `A line ends with LF alone; expected CR LF.`},
		{"GET / HTTP/1.1\r\nA: b\r\nHo", true, "", `The stream ends inside the head, after "GET / HTTP/1.1\r\nA: b\r\nHo".`},
		{"GET / HTTP/1.1\r\nA: b\xff\t\r\n\r\n", false, "", ""},
	}
	for _, test := range tests {
		h, _, _ := ParseRequestHead([]byte(test.src))
		h.Start, h.Ended = 1000, test.ended
		var malformed []Diagnostic
		for _, d := range h.CheckRequest(nil) {
			if d.Rule == RuleHandshakeRequestMalformed {
				malformed = append(malformed, d)
			}
		}
		if test.found == "" {
			if malformed != nil {
				t.Errorf("%q: %s", test.src, malformed[0].Found())
			}
			continue
		}
		if len(malformed) != 1 {
			t.Errorf("%q has %d faults, expected 1", test.src, len(malformed))
			continue
		}
		d := malformed[0]
		if at := test.src[d.Span.Bit/8-1000 : d.Span.End()/8-1000]; at != test.at || d.Found() != test.found {
			t.Errorf("%q: at %q: %s\nexpected %q: %s", test.src, at, d.Found(), test.at, test.found)
		}
	}
	response, _, _ := ParseResponseHead([]byte("ICY 200 OK\r\n\r\n"))
	list := CheckHandshake(nil, nil, response)
	if len(list) != 2 || list[1].Found() != `The first line is "ICY 200 OK"; expected a version, a status of three digits and a reason, with single spaces between.` {
		t.Errorf("found %s", rulesOf(list))
	}
	second, _, _ := ParseRequestHead([]byte("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n"))
	if list := second.CheckRequest(nil); list != nil {
		t.Errorf("a field that may go on breaks %s", rulesOf(list))
	}
	second, _, _ = ParseRequestHead([]byte("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nX"))
	if list := second.CheckRequest(nil); len(list) != 1 || list[0].Found() != `A second Host says "b".` {
		t.Errorf("found %s", rulesOf(list))
	}
}

// TestSameRuleLimit: a rule is listed for its first places, other rules with it.
func TestSameRuleLimit(t *testing.T) {
	names := ""
	for i := range 2 * sameRuleLimit {
		names += fmt.Sprintf("x%d, ", i)
	}
	h, _, _ := ParseRequestHead([]byte(editHead(sampleRequest, "+Sec-WebSocket-Extensions: "+names+"permessage-deflate; x")))
	want := strings.Repeat("handshake-extension-unregistered ", sameRuleLimit) + "deflate-offer-param-unknown"
	before := []Diagnostic{{Rule: RuleDeflateWindowBelow1024}}
	list := h.CheckRequest(before)
	if got := rulesOf(list[1:]); got != want || list[0].Rule != before[0].Rule || list[1].Found() != `No extension is registered as "x0".` {
		t.Errorf("breaks %q", rulesOf(list))
	}
}

// TestFoldedPlaces: where a value was folded, offsets in it are no bytes of the
// head, and the whole value is the place.
func TestFoldedPlaces(t *testing.T) {
	for _, test := range []struct{ field, at string }{
		{"Sec-WebSocket-Extensions: permessage-deflate;\r\n x", "permessage-deflate;\r\n x"},
		{"Sec-WebSocket-Extensions: permessage-deflate; x", "x"},
	} {
		src := editHead(sampleRequest, "+"+test.field)
		h, _, _ := ParseRequestHead([]byte(src))
		list := h.CheckRequest(nil)
		d := list[len(list)-1]
		if at := src[d.Span.Bit/8 : d.Span.End()/8]; d.Rule != RuleDeflateOfferParamUnknown || at != test.at {
			t.Errorf("%q: %s at %q", test.field, d.Rule, at)
		}
	}
}

func TestReadHandshake(t *testing.T) {
	const p = "permessage-deflate"
	agreed := Handshake{Accepted: true, Subprotocol: "chat", DeflateAgreed: true}
	small := agreed
	small.Deflate.ServerMaxWindowBits = 10
	tests := []struct {
		edits string
		want  Handshake
	}{
		{"", Handshake{Accepted: true, Subprotocol: "chat"}},
		{"res: -Sec-WebSocket-Protocol", Handshake{Accepted: true}},
		{"res: HTTP/1.1 200 OK", Handshake{}},
		{"req: +Sec-WebSocket-Extensions: " + p, Handshake{Accepted: true, Subprotocol: "chat"}},
		{"req: +Sec-WebSocket-Extensions: " + p + " ; res: +Sec-WebSocket-Extensions: " + p, agreed},
		{"req: +Sec-WebSocket-Extensions: " + p + " ; res: +Sec-WebSocket-Extensions: foo ; res: +Sec-WebSocket-Extensions: " + p + "; server_max_window_bits=10", small},
		// What counts is what the server says, wrong or not.
		{"res: +Sec-WebSocket-Extensions: " + p, agreed},
		{"res: +Sec-WebSocket-Extensions: " + p + "; server_max_window_bits=10; x, " + p, small},
		{"res: +Sec-WebSocket-Extensions: " + p + "; =", Handshake{Accepted: true, Subprotocol: "chat"}},
	}
	for _, test := range tests {
		x := edited(t, test.edits)
		request, _, _ := ParseRequestHead([]byte(x.request))
		response, _, _ := ParseResponseHead([]byte(x.response))
		if got := ReadHandshake(request, response); got != test.want {
			t.Errorf("%s: %+v, expected %+v", test.edits, got, test.want)
		}
		if got := ReadHandshake(nil, response); got != test.want {
			t.Errorf("%s without a request: %+v, expected %+v", test.edits, got, test.want)
		}
		if got := ReadHandshake(request, nil); got != (Handshake{}) {
			t.Errorf("%s without a response: %+v", test.edits, got)
		}
	}
}

func TestParseSubprotocols(t *testing.T) {
	tests := []struct{ value, want, err string }{
		{"chat", "chat@0", ""},
		{" chat ,\tsuperchat,,v1.x, ", "chat@1 superchat@8 v1.x@19", ""},
		{"", "", "byte 0 of the subprotocols: found the end, expected the name of a subprotocol"},
		{" ,", "", "byte 2 of the subprotocols: found the end, expected the name of a subprotocol"},
		{"a b", "", `byte 2 of the subprotocols: found "b", expected ","`},
		{"a/b", "", `byte 1 of the subprotocols: found "/", expected ","`},
		{"a, \"b\"", "", `byte 3 of the subprotocols: found "\"", expected the name of a subprotocol`},
	}
	for _, test := range tests {
		list, err := ParseSubprotocols(test.value)
		var got []string
		for _, p := range list {
			got = append(got, fmt.Sprintf("%s@%d", p.Value, p.Start))
			if test.value[p.Start:p.End] != p.Value {
				t.Errorf("%q: %+v is not where it says", test.value, p)
			}
		}
		var typed *HeadFieldError
		if errors.As(err, &typed) != (test.err != "") || typed != nil && err.Error() != test.err || strings.Join(got, " ") != test.want {
			t.Errorf("%q: %q, %v", test.value, got, err)
		}
	}
}

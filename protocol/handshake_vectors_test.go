package protocol

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The handshake of RFC 6455, section 1.2 and 1.3, which the vectors change.
const (
	sampleRequest = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://example.com\r\n" +
		"Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n"
	sampleResponse = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n"
)

// exchange is a handshake to judge.
type exchange struct {
	request, response string
	// answered: the response is judged too. A response that is empty then is the
	// end of TCP.
	answered bool
	// early is what the client sends behind its request.
	early string
}

// edited applies edits to the sample, with " ; " between them:
//
//	req: GET /x HTTP/1.1   another start line
//	req: Host: x           another value of a field
//	req: +Host: x          a line more
//	req: -Host             the field left out
//	res: ...               the same with the response, which is judged then
//	res= HTTP/1.1 200 OK   this line is all of the response; EOF is none
//	raw C> 81 80           the client's bytes instead of a request
//	early C> 81 80         bytes behind the request
//
// \xHH is a byte.
func edited(t testing.TB, edits string) exchange {
	x := exchange{request: sampleRequest, response: sampleResponse}
	for _, edit := range strings.Split(edits, " ; ") {
		if text, err := strconv.Unquote(`"` + strings.ReplaceAll(edit, `"`, `\"`) + `"`); err == nil {
			edit = text
		}
		kind, rest, _ := strings.Cut(edit, " ")
		x.answered = x.answered || kind == "res:" || kind == "res="
		switch kind {
		case "req:":
			x.request = editHead(x.request, rest)
		case "res:":
			x.response = editHead(x.response, rest)
		case "res=":
			x.response = strings.TrimPrefix(rest+"\r\n\r\n", "EOF\r\n\r\n")
		case "raw":
			x.request = string(unhex(t, strings.TrimPrefix(rest, "C> ")))
		case "early":
			x.early = string(unhex(t, strings.TrimPrefix(rest, "C> ")))
		case "":
		default:
			t.Fatalf("no edit: %q", edit)
		}
	}
	return x
}

func editHead(head, edit string) string {
	lines := strings.Split(strings.TrimSuffix(head, "\r\n\r\n"), "\r\n")
	switch name, _, isField := strings.Cut(edit, ": "); {
	case strings.HasPrefix(edit, "+"):
		lines = append(lines, edit[1:])
	case strings.HasPrefix(edit, "-"):
		lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, edit[1:]+":") })
	case isField:
		for i, line := range lines {
			if strings.HasPrefix(line, name+":") {
				lines[i] = edit
			}
		}
	default:
		lines[0] = edit
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// judge returns what the exchange breaks: the request's rules, then the
// response's.
func (x exchange) judge() []Diagnostic {
	request, n, _ := ParseRequestHead([]byte(x.request))
	list := request.CheckRequest(nil)
	if x.early != "" {
		list = append(list, earlyData(n, n+len(x.early)))
	}
	if !x.answered {
		return list
	}
	if x.response == "" {
		return CheckHandshake(list, request, nil)
	}
	response, _, _ := ParseResponseHead([]byte(x.response))
	return CheckHandshake(list, request, response)
}

func rulesOf(list []Diagnostic) string {
	var ids []string
	for _, d := range list {
		ids = append(ids, d.Rule.String())
	}
	return strings.Join(ids, " ")
}

// handshakeVectors has for every rule the smallest change to the sample that
// breaks it, and the rule of the request without which it cannot be broken.
var handshakeVectors = []struct{ edits, breaks string }{
	{`req: GET /chat#x HTTP/1.1`, "handshake-uri-hash-unescaped"},
	{`raw C> 81 80 37 fa 21 3d`, "handshake-request-missing"},
	{`req: +Bad Header`, "handshake-request-malformed"},
	{`req: POST /chat HTTP/1.1`, "handshake-method-not-get"},
	{`req: GET /chat HTTP/1.0`, "handshake-http-version-too-low"},
	{`req: GET chat HTTP/1.1`, "handshake-target-invalid"},
	{`req: -Host`, "handshake-host-missing"},
	{`req: Host: http://server.example.com`, "handshake-host-invalid"},
	{`req: -Upgrade`, "handshake-upgrade-missing"},
	{`req: Upgrade: h2c`, "handshake-upgrade-not-websocket"},
	{`req: -Connection`, "handshake-connection-missing"},
	{`req: Connection: close`, "handshake-connection-not-upgrade"},
	{`req: -Sec-WebSocket-Key`, "handshake-key-missing"},
	{`req: Sec-WebSocket-Key: !`, "handshake-key-not-base64"},
	{`req: Sec-WebSocket-Key: AAAA`, "handshake-key-not-16-bytes"},
	{`req: Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==`, "handshake-key-noncanonical"},
	{`req: Origin: http://example.com/`, "handshake-origin-malformed"},
	{`req: -Sec-WebSocket-Version`, "handshake-version-missing"},
	{`req: Sec-WebSocket-Version: 013`, "handshake-version-malformed"},
	{`req: Sec-WebSocket-Version: 8`, "handshake-version-not-13"},
	{`req: Sec-WebSocket-Protocol: a/b`, "handshake-protocol-invalid"},
	{`req: Sec-WebSocket-Protocol: a, a`, "handshake-protocol-duplicate"},
	{`early C> 81 80 37 fa 21 3d`, "handshake-client-early-data"},
	{`res: HTTP/1.1 200 OK`, "handshake-status-not-101"},
	{`res: +Bad Header`, "handshake-response-malformed"},
	{`res: -Upgrade`, "handshake-response-upgrade-missing"},
	{`res: Upgrade: h2c`, "handshake-response-upgrade-not-websocket"},
	{`res: -Connection`, "handshake-response-connection-missing"},
	{`res: Connection: close`, "handshake-response-connection-not-upgrade"},
	{`res: -Sec-WebSocket-Accept`, "handshake-accept-missing"},
	{`res: Sec-WebSocket-Accept: AAAA`, "handshake-accept-mismatch"},
	{`res: +Sec-WebSocket-Extensions: permessage-deflate`, "handshake-extension-not-offered"},
	{`res: Sec-WebSocket-Protocol: mqtt`, "handshake-protocol-not-offered"},
	{`res: Sec-WebSocket-Protocol: chat, superchat`, "handshake-response-protocol-invalid"},
	{`req: POST /chat HTTP/1.1 ; res: HTTP/1.1 101 Switching Protocols`, "handshake-method-not-get handshake-bad-request-accepted"},
	{`req: Sec-WebSocket-Version: 25 ; res: HTTP/1.1 101 Switching Protocols`, "handshake-version-not-13 handshake-version-mismatch-accepted"},
	{`req: Sec-WebSocket-Version: 25 ; res= HTTP/1.1 426 Upgrade Required`, "handshake-version-not-13 handshake-version-list-missing"},
	{`req: Sec-WebSocket-Version: 25 ; res= HTTP/1.1 426 Upgrade Required ; res: +Sec-WebSocket-Version: 13.0`, "handshake-version-not-13 handshake-response-version-malformed"},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; x="b c"`, "handshake-extension-param-not-token"},
	{`req: +Sec-WebSocket-Extensions: ;`, "handshake-extensions-malformed"},
	{`req: +Sec-WebSocket-Extensions: foo`, "handshake-extension-unregistered"},
	{`req: -Host ; res= EOF`, "handshake-host-missing handshake-error-without-status"},
	{`req: Host: \xc3\xbc.example`, "handshake-uri-host-not-ascii"},
	{`req: GET /\xc3\xa4 HTTP/1.1`, "handshake-uri-not-percent-encoded"},
	{`req: +Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==`, "handshake-key-repeated"},
	{`res: +Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=`, "handshake-accept-repeated"},
	{`res: +Sec-WebSocket-Protocol: chat`, "handshake-response-protocol-repeated"},
	{`req: +Sec-WebSocket-Version: 13`, "handshake-version-repeated"},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate ; res: +Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate`, "deflate-rsv1-conflict"},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; x`, "deflate-offer-param-unknown"},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7`, "deflate-offer-param-value-invalid"},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; client_max_window_bits`, "deflate-offer-param-duplicate"},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; x ; res: +Sec-WebSocket-Extensions: permessage-deflate`, "deflate-offer-param-unknown deflate-bad-offer-accepted"},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate ; res: +Sec-WebSocket-Extensions: permessage-deflate; x`, "deflate-response-param-unknown"},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate ; res: +Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits`, "deflate-response-param-value-invalid"},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate ; res: +Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; server_no_context_takeover`, "deflate-response-param-duplicate"},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover ; res: +Sec-WebSocket-Extensions: permessage-deflate`, "deflate-response-takeover-missing"},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10 ; res: +Sec-WebSocket-Extensions: permessage-deflate`, "deflate-response-server-window-larger"},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate ; res: +Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10`, "deflate-response-client-window-unoffered"},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9`, "deflate-window-below-1024"},

	{"", ""},
	{"res: HTTP/1.1 101 Switching Protocols", ""},
}

func TestHandshakeVectors(t *testing.T) {
	broken := map[string]bool{}
	for _, v := range handshakeVectors {
		got := rulesOf(edited(t, v.edits).judge())
		if got != v.breaks {
			t.Errorf("%s\nbreaks   %q\nexpected %q", v.edits, got, v.breaks)
		}
		if ids := strings.Fields(v.breaks); len(ids) > 0 {
			broken[ids[len(ids)-1]] = true
		}
	}
	for id := firstHandshakeRule; id < ruleCount; id++ {
		if !broken[id.String()] {
			t.Errorf("no vector breaks %s", id)
		}
	}
}

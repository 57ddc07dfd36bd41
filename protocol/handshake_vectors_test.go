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
// breaks it, and the rule of the request without which it cannot be broken. The
// last of them is found at a text, with a sentence.
var handshakeVectors = []struct{ edits, breaks, at, found string }{
	{`req: GET /chat#x HTTP/1.1`, "handshake-uri-hash-unescaped",
		"#", `The target is "/chat#x", which has a # in it.`},
	{`raw C> 81 80 37 fa 21 3d`, "handshake-request-missing",
		"\x81\x807\xfa!=", `The stream begins with "\x81\x807\xfa!=", which no HTTP request begins with.`},
	{`req: +Bad Header`, "handshake-request-malformed",
		"Bad Header", `The line "Bad Header" has no colon.`},
	{`req: POST /chat HTTP/1.1`, "handshake-method-not-get",
		"POST", `The method is "POST".`},
	{`req: GET /chat HTTP/1.0`, "handshake-http-version-too-low",
		"HTTP/1.0", `The version is "HTTP/1.0".`},
	{`req: GET chat HTTP/1.1`, "handshake-target-invalid",
		"chat", `The target is "chat", which is neither a path nor an absolute http or https URI.`},
	{`req: -Host`, "handshake-host-missing",
		"", `There is no Host.`},
	{`req: Host: http://server.example.com`, "handshake-host-invalid",
		"http://server.example.com", `Host is "http://server.example.com", which is no host with or without a port.`},
	{`req: -Upgrade`, "handshake-upgrade-missing",
		"", `There is no Upgrade.`},
	{`req: Upgrade: h2c`, "handshake-upgrade-not-websocket",
		"h2c", `Upgrade is "h2c", which does not name websocket.`},
	{`req: -Connection`, "handshake-connection-missing",
		"", `There is no Connection.`},
	{`req: Connection: close`, "handshake-connection-not-upgrade",
		"close", `Connection is "close", which does not name upgrade.`},
	{`req: -Sec-WebSocket-Key`, "handshake-key-missing",
		"", `There is no Sec-WebSocket-Key.`},
	{`req: Sec-WebSocket-Key: !`, "handshake-key-not-base64",
		"!", `Sec-WebSocket-Key is "!", which is no base64.`},
	{`req: Sec-WebSocket-Key: AAAA`, "handshake-key-not-16-bytes",
		"AAAA", `Sec-WebSocket-Key is "AAAA", which stands for 3 bytes.`},
	{`req: Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==`, "handshake-key-noncanonical",
		"AQIDBAUGBwgJCgsMDQ4PEC==", `Sec-WebSocket-Key is "AQIDBAUGBwgJCgsMDQ4PEC==", whose last letter has bits set that stand for nothing.`},
	{`req: Origin: http://example.com/`, "handshake-origin-malformed",
		"http://example.com/", `Origin is "http://example.com/", which is no scheme, host and port.`},
	{`req: -Sec-WebSocket-Version`, "handshake-version-missing",
		"", `There is no Sec-WebSocket-Version.`},
	{`req: Sec-WebSocket-Version: 013`, "handshake-version-malformed",
		"013", `Sec-WebSocket-Version is "013", which is no number from 0 to 255.`},
	{`req: Sec-WebSocket-Version: 8`, "handshake-version-not-13",
		"8", `Sec-WebSocket-Version is "8".`},
	{`req: Sec-WebSocket-Protocol: a/b`, "handshake-protocol-invalid",
		"/", `Byte 1 of Sec-WebSocket-Protocol is "/"; expected ",".`},
	{`req: Sec-WebSocket-Protocol: a, a`, "handshake-protocol-duplicate",
		"a", `The subprotocol "a" was offered already.`},
	{`early C> 81 80 37 fa 21 3d`, "handshake-client-early-data",
		"\x81\x807\xfa!=", `6 bytes behind the request came before the response.`},
	{`res: HTTP/1.1 200 OK`, "handshake-status-not-101",
		"200", `The status is 200.`},
	{`res: +Bad Header`, "handshake-response-malformed",
		"Bad Header", `The line "Bad Header" has no colon.`},
	{`res: -Upgrade`, "handshake-response-upgrade-missing",
		"", `There is no Upgrade.`},
	{`res: Upgrade: h2c`, "handshake-response-upgrade-not-websocket",
		"h2c", `Upgrade is "h2c", which is not websocket.`},
	{`res: -Connection`, "handshake-response-connection-missing",
		"", `There is no Connection.`},
	{`res: Connection: close`, "handshake-response-connection-not-upgrade",
		"close", `Connection is "close", which does not name upgrade.`},
	{`res: -Sec-WebSocket-Accept`, "handshake-accept-missing",
		"", `There is no Sec-WebSocket-Accept.`},
	{`res: Sec-WebSocket-Accept: AAAA`, "handshake-accept-mismatch",
		"AAAA", `Sec-WebSocket-Accept is "AAAA"; the key asks for "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".`},
	{`res: +Sec-WebSocket-Extensions: permessage-deflate`, "handshake-extension-not-offered",
		"permessage-deflate", `The response has the extension "permessage-deflate", which was not offered.`},
	{`res: Sec-WebSocket-Protocol: mqtt`, "handshake-protocol-not-offered",
		"mqtt", `The response has the subprotocol "mqtt", which was not offered.`},
	{`res: Sec-WebSocket-Protocol: chat, superchat`, "handshake-response-protocol-invalid",
		"chat, superchat", `Sec-WebSocket-Protocol is "chat, superchat", which is not one token.`},
	{`req: POST /chat HTTP/1.1 ; res: HTTP/1.1 101 Switching Protocols`, "handshake-method-not-get handshake-bad-request-accepted",
		"101", `The status is 101, though the request breaks handshake-method-not-get.`},
	{`req: Sec-WebSocket-Version: 25 ; res: HTTP/1.1 101 Switching Protocols`, "handshake-version-not-13 handshake-version-mismatch-accepted",
		"101", `The status is 101, though the request asks for version "25".`},
	{`req: Sec-WebSocket-Version: 25 ; res= HTTP/1.1 426 Upgrade Required`, "handshake-version-not-13 handshake-version-list-missing",
		"426", `The status is 426, and no Sec-WebSocket-Version says which versions there are.`},
	{`req: Sec-WebSocket-Version: 25 ; res= HTTP/1.1 426 Upgrade Required ; res: +Sec-WebSocket-Version: 13.0`, "handshake-version-not-13 handshake-response-version-malformed",
		"13.0", `Sec-WebSocket-Version lists "13.0", which is no number from 0 to 255.`},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; x="b c"`, "handshake-extension-param-not-token",
		" ", `Byte 24 of Sec-WebSocket-Extensions is " "; expected a byte of a token, or the closing quote.`},
	{`req: +Sec-WebSocket-Extensions: ;`, "handshake-extensions-malformed",
		";", `Byte 0 of Sec-WebSocket-Extensions is ";"; expected the name of an extension.`},
	{`req: +Sec-WebSocket-Extensions: foo`, "handshake-extension-unregistered",
		"foo", `No extension is registered as "foo".`},
	{`req: -Host ; res= EOF`, "handshake-host-missing handshake-error-without-status",
		"", `TCP ends without a byte, though the request breaks handshake-host-missing.`},
	{`req: Host: \xc3\xbc.example`, "handshake-uri-host-not-ascii",
		"\u00fc.example", `Host is "ü.example".`},
	{`req: GET /\xc3\xa4 HTTP/1.1`, "handshake-uri-not-percent-encoded",
		"\xc3", `The target has the byte 0xc3, which stands there as it is.`},
	{`req: +Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==`, "handshake-key-repeated",
		"dGhlIHNhbXBsZSBub25jZQ==", `A second Sec-WebSocket-Key says "dGhlIHNhbXBsZSBub25jZQ==".`},
	{`res: +Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=`, "handshake-accept-repeated",
		"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", `A second Sec-WebSocket-Accept says "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".`},
	{`res: +Sec-WebSocket-Protocol: chat`, "handshake-response-protocol-repeated",
		"chat", `A second Sec-WebSocket-Protocol says "chat".`},
	{`req: +Sec-WebSocket-Version: 13`, "handshake-version-repeated",
		"13", `A second Sec-WebSocket-Version says "13".`},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate ; res: +Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate`, "deflate-rsv1-conflict",
		"permessage-deflate", `The response has "permessage-deflate" beside another one; RSV1 has one meaning.`},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; x`, "deflate-offer-param-unknown",
		"x", `An offer has the parameter "x"; expected one of the four parameters of permessage-deflate.`},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7`, "deflate-offer-param-value-invalid",
		"server_max_window_bits=7", `An offer has "server_max_window_bits=7"; expected a number from 8 to 15.`},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; client_max_window_bits`, "deflate-offer-param-duplicate",
		"client_max_window_bits", `An offer has "client_max_window_bits" though the parameter stands there already.`},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; x ; res: +Sec-WebSocket-Extensions: permessage-deflate`, "deflate-offer-param-unknown deflate-bad-offer-accepted",
		"permessage-deflate", `The response accepts "permessage-deflate", and no offer is without fault.`},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate ; res: +Sec-WebSocket-Extensions: permessage-deflate; x`, "deflate-response-param-unknown",
		"x", `The response has the parameter "x"; expected one of the four parameters of permessage-deflate.`},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate ; res: +Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits`, "deflate-response-param-value-invalid",
		"server_max_window_bits", `The response has "server_max_window_bits"; expected a number from 8 to 15.`},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate ; res: +Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; server_no_context_takeover`, "deflate-response-param-duplicate",
		"server_no_context_takeover", `The response has "server_no_context_takeover" though the parameter stands there already.`},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover ; res: +Sec-WebSocket-Extensions: permessage-deflate`, "deflate-response-takeover-missing",
		"permessage-deflate", `The response has no server_no_context_takeover; expected it, as offered.`},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10 ; res: +Sec-WebSocket-Extensions: permessage-deflate`, "deflate-response-server-window-larger",
		"permessage-deflate", `The response has no server_max_window_bits, which is 15; expected at most 10, as offered.`},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate ; res: +Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10`, "deflate-response-client-window-unoffered",
		"permessage-deflate; client_max_window_bits=10", `The response has client_max_window_bits; expected none, since the offer has none.`},
	{`req: +Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9`, "deflate-window-below-1024",
		"server_max_window_bits=9", `The parameter "server_max_window_bits=9" makes a window of 512 bytes.`},

	{"", "", "", ""},
	{"res: HTTP/1.1 101 Switching Protocols", "", "", ""},
}

func TestHandshakeVectors(t *testing.T) {
	broken := map[string]bool{}
	for _, v := range handshakeVectors {
		x := edited(t, v.edits)
		list := x.judge()
		if got := rulesOf(list); got != v.breaks {
			t.Errorf("%s\nbreaks   %q\nexpected %q", v.edits, got, v.breaks)
		}
		if len(list) == 0 {
			continue
		}
		last := list[len(list)-1]
		broken[last.Rule.String()] = true
		src := x.request + x.early
		if last.Rule.Rule().Party == PartyServer {
			src = x.response
		}
		if at, found := src[last.Span.Bit/8:last.Span.End()/8], last.Found(); at != v.at || found != v.found || last.Frame != -1 {
			t.Errorf("%s\nfound at %q: %s\nexpected %q: %s", v.edits, at, found, v.at, v.found)
		}
	}
	for id := firstHandshakeRule; id < ruleCount; id++ {
		if !broken[id.String()] {
			t.Errorf("no vector breaks %s", id)
		}
	}
}

package hold

import (
	"strings"
	"testing"

	"framecraft/protocol"
)

func TestReadResponse(t *testing.T) {
	request := newRequest("127.0.0.1", "/echo")
	asked, _, err := protocol.ParseRequestHead(request)
	if err != nil {
		t.Fatal(err)
	}
	if broken := asked.CheckRequest(nil); len(broken) > 0 {
		t.Fatalf("the request breaks %v", broken[0].Rule)
	}
	key, _ := asked.Value("Sec-WebSocket-Key")
	good := string(protocol.DefaultResponse(key).AppendTo(nil))
	if string(newRequest("127.0.0.1", "/echo")) == string(request) {
		t.Error("two requests have the same key")
	}
	for _, c := range []struct {
		name, in string
		// rest is what stands behind the response, limit and found what the Stop says.
		rest, limit, found string
	}{
		{name: "good", in: good},
		{name: "with a frame behind", in: good + "\x89\x00", rest: "\x89\x00"},
		{name: "behind an interim one", in: "HTTP/1.1 103 Early Hints\r\n\r\n" + good + "x", rest: "x"},
		{name: "another key", in: strings.Replace(good, "Accept: ", "Accept: A", 1), limit: limitAnswer, found: "breaks handshake-accept"},
		{name: "an extension nobody offered", in: strings.Replace(good, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 1), limit: limitAnswer, found: "breaks "},
		{name: "429", in: "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 9\r\n\r\ntoo many\n", limit: limitRefused, found: `429 Too Many Requests and the reason "too many"`},
		{name: "a page", in: "HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n<!doctype html>\n<title>A</title>\n", limit: limitRefused, found: "the server answered 200 OK, expected 101 Switching Protocols"},
		{name: "a reason of two lines", in: "HTTP/1.1 400 Bad Request\r\nContent-Length: 17\r\n\r\nfirst\r\nand second", limit: limitRefused, found: `400 Bad Request and the reason "first"`},
		{name: "a reason in bytes", in: "HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\na\x00b", limit: limitRefused, found: "with 400 Bad Request"},
		{name: "503 without a reason", in: "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", limit: limitRefused, found: "503 Service Unavailable"},
	} {
		for cut := range len(c.in) - len(c.rest) {
			if _, done, _ := readResponse(request, []byte(c.in[:cut]), false); done {
				t.Errorf("%s: done after %d of %d bytes", c.name, cut, len(c.in))
				break
			}
			if _, done, stop := readResponse(request, []byte(c.in[:cut]), true); !done || stop == nil {
				t.Errorf("%s: not done when TCP ends after %d of %d bytes", c.name, cut, len(c.in))
				break
			}
		}
		n, done, stop := readResponse(request, []byte(c.in), false)
		if !done || (stop != nil) != (c.limit != "") {
			t.Errorf("%s: found done %v and %v", c.name, done, stop)
			continue
		}
		if stop != nil {
			if stop.Limit != c.limit || !strings.Contains(stop.Found, c.found) || stop.Limit == limitRefused && !strings.HasSuffix(stop.Found, c.found) {
				t.Errorf("%s: found %v, expected %s: %s", c.name, stop, c.limit, c.found)
			}
		} else if c.in[n:] != c.rest {
			t.Errorf("%s: found %q behind it, expected %q", c.name, c.in[n:], c.rest)
		}
	}
	// What is no response is not read for ever.
	if _, done, stop := readResponse(request, make([]byte, maxResponse), false); !done || stop == nil {
		t.Errorf("found done %v, %v, expected a refusal", done, stop)
	}
	// A sentence has one full stop.
	if _, _, stop := readResponse(request, []byte(strings.Replace(good, "Accept: ", "Accept: A", 1)), false); strings.HasSuffix(stop.Found, ".") {
		t.Errorf("found %q, expected no full stop at its end", stop.Found)
	}
	// A refusal names the flags of the server.
	if _, _, stop := readResponse(request, []byte("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"), false); !strings.Contains(stop.Raise, "--max-handshakes 0") {
		t.Errorf("found %q, expected the flags", stop.Raise)
	}
	// A body without a length ends with TCP, or when it is long enough.
	endless := "HTTP/1.1 400 Bad Request\r\n\r\n" + strings.Repeat("x", maxRefusal)
	if _, done, _ := readResponse(request, []byte(endless[:len(endless)-1]), false); done {
		t.Error("done before the reason has come")
	}
	if _, done, _ := readResponse(request, []byte(endless), false); !done {
		t.Error("a long reason is waited for")
	}
}

package endpoint

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"framecraft/server/internal/testpeer"
)

// Any request: what passes is a handshake, and what is refused is answered in one
// line that repeats nothing but ASCII.
func FuzzCheck(f *testing.F) {
	for _, line := range []string{"Origin: http://a", "Sec-WebSocket-Protocol: a, b", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits", "Content-Length: 1", "Host: b"} {
		f.Add(testpeer.Request("a", "/echo?x=1", line))
		f.Add(strings.Replace(testpeer.Request("a", "*", line), "GET", "OPTIONS", 1))
		f.Add(strings.Replace(testpeer.Request("a:1", "/", line), ": 13", ": 7", 1))
	}
	reader := bufio.NewReader(nil)
	f.Fuzz(func(t *testing.T, request string) {
		reader.Reset(strings.NewReader(request))
		r, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		refusal := Check(r)
		if refusal == nil {
			if r.Method != "GET" || !r.ProtoAtLeast(1, 1) || r.ContentLength != 0 || r.Header.Get("Sec-WebSocket-Version") != "13" || len(r.Header.Get("Sec-WebSocket-Key")) < 22 {
				t.Errorf("%q was let in", request)
			}
			kind := Echo(1)
			kind.answerDeflate(r)
			kind.Subprotocols = []string{"a"}
			kind.chooseSubprotocol(r)
			return
		}
		if refusal.Status < 400 || refusal.Status > 505 || refusal.Reason == "" || len(refusal.Reason) > 500 {
			t.Errorf("%q: refused with %d %q", request, refusal.Status, refusal.Reason)
		}
		for _, c := range []byte(refusal.Reason + refusal.Header[0] + refusal.Header[1]) {
			if c < ' ' || c > '~' {
				t.Errorf("%q: the answer %q has the byte %02x", request, refusal.Reason, c)
			}
		}
	})
}

// Any query: a kind, or a refusal that says what was expected.
func FuzzEchoFor(f *testing.F) {
	for _, o := range EchoOptions() {
		f.Add(o.Example)
	}
	f.Add("deflate=off&close=1001&after=3&delay=1s")
	f.Add("close=1001&&close=1001")
	f.Add("delay=%zz")
	f.Fuzz(func(t *testing.T, query string) {
		base := Echo(1 << 20)
		kind, refusal := EchoFor(base, query)
		switch {
		case refusal != nil:
			if refusal.Status != http.StatusBadRequest || !strings.Contains(refusal.Reason, "expected") || len(refusal.Reason) > 1000 {
				t.Errorf("%q: refused with %d %q", query, refusal.Status, refusal.Reason)
			}
		case kind.Message == nil || kind.Delay < 0 || kind.Delay > maxDelay:
			t.Errorf("%q: gave %+v", query, kind)
		}
	})
}

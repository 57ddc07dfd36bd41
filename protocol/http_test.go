package protocol

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write what is answered now into testdata/*.json")

// oddHeads are heads that HTTP does not know, and what is no head at all.
var oddHeads = []string{
	"",
	"\r\n\r\n\n" + sampleRequest,
	strings.ReplaceAll(sampleRequest, "\r\n", "\n"),
	"GET / HTTP/1.0\r\n\r\n",
	"GET /\r\n\r\n",
	"GET\r\n\r\n",
	"GET  /a b  HTTP/1.1 \r\nHost : x\r\n\r\n",
	" GET / HTTP/1.1\r\n Host: x\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\t c \r\n \r\nX:\r\n  d\r\nY: \r\n\r\n",
	"GET / HTTP/1.1\r\nno colon\r\n: no name\r\na b: c\r\nNul: \x00\r\nCR: a\rb\r\nObs: \xe9\r\n\r\n",
	"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	"\x81\x80\x37\xfa\x21\x3d",
	"\x16\x03\x01\x02\x00\x01\x00",
	"HTTP/1.1 101\r\n\r\n",
	"HTTP/1.1 101 \r\n\r\n",
	"HTTP/1.1  200  very  OK \r\nUpgrade: websocket\r\n\r\n\x81\x00",
	"HTTP/1.1 4o4 Not\x07Found\n\n",
	"ICY 200 OK\r\n\r\n",
	sampleResponse + "\x81\x05Hello",
}

// headHolds is what holds of every head, whatever the bytes are.
func headHolds(t testing.TB, src []byte, request bool) {
	t.Helper()
	h, n, err := parseHead(src, request)
	if err != nil && (!errors.Is(err, ErrHeadShort) || n != len(src)) || h.Complete != (err == nil) {
		t.Fatalf("%q: %d bytes, complete is %v, %v", src, n, h.Complete, err)
	}
	if got := string(h.AppendTo(nil)); got != string(src[:n]) {
		t.Fatalf("%q came back as %q", src[:n], got)
	}
	parts := []HeadText{h.Method, h.Target, h.Version, h.Status, h.Reason}
	end := h.line.End
	for _, f := range h.Fields {
		if f.Start < end || f.End < f.Start {
			t.Fatalf("%q: a field from %d to %d behind %d", src, f.Start, f.End, end)
		}
		end = f.End
		if f.Name.Start < f.Start || f.Name.End > f.Value.Start || f.Value.End > f.End {
			t.Fatalf("%q: %+v is not in its line", src, f)
		}
		parts = append(parts, f.Name)
		if !strings.Contains(h.Raw[f.Value.Start:f.Value.End], "\n") {
			parts = append(parts, f.Value)
		}
	}
	for _, part := range parts {
		if h.Raw[part.Start:part.End] != part.Value {
			t.Fatalf("%q: %+v is not where it says", src, part)
		}
	}
	if h.FieldCount < len(h.Fields) || len(h.Fields) > MaxHeadFields {
		t.Fatalf("%d fields listed of %d", len(h.Fields), h.FieldCount)
	}
}

// headJudged is what holds of every judgement of two heads.
func headJudged(t testing.TB, request, response *Head) {
	t.Helper()
	asked := request.CheckRequest(nil)
	answered := CheckHandshake(nil, request, response)
	CheckHandshake(nil, nil, response)
	CheckHandshake(nil, request, nil)
	ReadHandshake(request, response)
	for i, list := range [][]Diagnostic{asked, answered} {
		last := RuleID(0)
		for _, d := range list {
			rule := d.Rule.Rule()
			if i == 0 && rule.Party == PartyServer || i == 1 && rule.Party == PartyClient {
				t.Fatalf("%s cannot be broken here", d.Rule)
			}
			if d.Rule < last || d.Found() == "" || len(d.Found()) > 800 {
				t.Fatalf("%s after %s: %s", d.Rule, last, d.Found())
			}
			last = d.Rule
			if end := uint64(len([]*Head{request, response}[i].Raw)) * 8; d.Span.End() > end {
				t.Fatalf("%s at %+v of %d bits", d.Rule, d.Span, end)
			}
		}
	}
}

// TestHeadsCutAnywhere cuts heads behind every byte.
func TestHeadsCutAnywhere(t *testing.T) {
	for _, head := range append(oddHeads, sampleRequest) {
		for n := range len(head) + 1 {
			for _, request := range []bool{true, false} {
				headHolds(t, []byte(head[:n]), request)
				h, _, _ := parseHead([]byte(head[:n]), request)
				h.Ended = n%2 == 0
				headJudged(t, h, h)
			}
		}
	}
	// Of a request that is still on its way, nothing is said that the rest could
	// make wrong: a cut request breaks no rule.
	for n := range len(sampleRequest) {
		h, _, _ := ParseRequestHead([]byte(sampleRequest[:n]))
		if list := h.CheckRequest(nil); list != nil {
			t.Errorf("%q breaks %s", sampleRequest[:n], rulesOf(list))
		}
		h.Ended = true
		if n == 0 {
			continue
		}
		if got := rulesOf(h.CheckRequest(nil)); !strings.HasPrefix(got, "handshake-request-malformed") {
			t.Errorf("%q and the end breaks %q", sampleRequest[:n], got)
		}
	}
	for n := range len(sampleResponse) {
		h, _, _ := ParseResponseHead([]byte(sampleResponse[:n]))
		request, _, _ := ParseRequestHead([]byte(sampleRequest))
		if list := CheckHandshake(nil, request, h); list != nil {
			t.Errorf("%q breaks %s", sampleResponse[:n], rulesOf(list))
		}
	}
}

func TestParseHead(t *testing.T) {
	tests := []struct {
		src     string
		request bool
		n       int
		line    string
		fields  string
	}{
		{sampleRequest + "\x81", true, len(sampleRequest), "GET|/chat|HTTP/1.1", "Host=server.example.com Upgrade=websocket Connection=Upgrade " +
			"Sec-WebSocket-Key=dGhlIHNhbXBsZSBub25jZQ== Origin=http://example.com Sec-WebSocket-Protocol=chat, superchat Sec-WebSocket-Version=13"},
		{"\r\n\nGET / HTTP/1.1\nA:b\n\nX", true, 23, "GET|/|HTTP/1.1", "A=b"},
		{"GET  /a b  HTTP/1.1 \r\nA : b \r\n\r\n", true, 32, "GET|/a b|HTTP/1.1", "A=b"},
		{"GET /\r\n\r\n", true, 9, "GET|/|", ""},
		{"GET / HTTP/1.1\r\nA: b\r\n \t c \r\n \r\n\td\r\nB:\r\n  e\r\nno colon\r\n: f\r\n\r\n", true, 62, "GET|/|HTTP/1.1", "A=b c d B=e =no colon =f"},
		{"GET / HTTP/1.1\r\n A: b\r\n\r\n", true, 25, "GET|/|HTTP/1.1", "A=b"},
		{"GET / HTTP/1.1\r\nA: b", true, 20, "GET|/|HTTP/1.1", "A=b"},
		{sampleResponse + "\x81", false, len(sampleResponse), "HTTP/1.1|101|Switching Protocols",
			"Upgrade=websocket Connection=Upgrade Sec-WebSocket-Accept=s3pPLMBiTxaQ9kYGzzhZRbK+xOo= Sec-WebSocket-Protocol=chat"},
		{"HTTP/1.1 101\r\n\r\n", false, 16, "HTTP/1.1|101|", ""},
		{"HTTP/1.1   404  Not Found \r\n\r\n", false, 30, "HTTP/1.1|404|Not Found", ""},
	}
	for _, test := range tests {
		h, n, err := parseHead([]byte(test.src), test.request)
		line := []string{h.Method.Value, h.Target.Value, h.Version.Value}
		if !test.request {
			line = []string{h.Version.Value, h.Status.Value, h.Reason.Value}
		}
		var fields []string
		for _, f := range h.Fields {
			fields = append(fields, f.Name.Value+"="+f.Value.Value)
		}
		if got := strings.Join(fields, " "); n != test.n || strings.Join(line, "|") != test.line || got != test.fields {
			t.Errorf("%q: %d bytes, %q, %q, %v", test.src, n, line, got, err)
		}
		headHolds(t, []byte(test.src), test.request)
	}
}

// TestHeadsLong would take minutes if anything were looked at twice
// (CVE-2021-32640, CVE-2020-7662, CVE-2024-37890 and their like).
func TestHeadsLong(t *testing.T) {
	const n = 1 << 18
	start := time.Now()
	for _, head := range []string{
		"GET / HTTP/1.1\r\nSec-WebSocket-Protocol: b" + strings.Repeat(" ", n) + "x\r\n\r\n",
		"GET / HTTP/1.1\r\nSec-WebSocket-Extensions: a; b=\"" + strings.Repeat(`\c`, n/2) + "\r\n\r\n",
		"GET / HTTP/1.1\r\nSec-WebSocket-Extensions: " + strings.Repeat("a,", n/2) + "\r\n\r\n",
		"GET / HTTP/1.1\r\nSec-WebSocket-Extensions: " + strings.Repeat("permessage-deflate;x,", n/21) + "\r\n\r\n",
		"GET / HTTP/1.1\r\nSec-WebSocket-Protocol: " + strings.Repeat("abc, ", n/5) + "\r\n\r\n",
		"GET / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", n/6) + "\r\n",
		"GET / HTTP/1.1\r\nX: y\r\n" + strings.Repeat(" z\r\n", n/4) + "\r\n",
		"GET / HTTP/1.1\r\nX:\r\n" + strings.Repeat(" \n", n/2) + " z\r\n\r\n",
		"GET / HTTP/1.1\r\n" + strings.Repeat("Sec-WebSocket-Extensions: a;b\r\n", n/31) + "\r\n",
		"GET " + strings.Repeat(" ", n) + " HTTP/1.1\r\n\r\n",
		"GET /" + strings.Repeat("%", n) + " HTTP/1.1\r\n\r\n",
		strings.Repeat("\r\n", n/2),
		strings.Repeat(":\n", n/2),
	} {
		h, _, _ := ParseRequestHead([]byte(head))
		headJudged(t, h, h)
		headHolds(t, []byte(head), false)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestHeadLimit: fields beyond the limit count, and nothing is said to be missing
// that may be among them.
func TestHeadLimit(t *testing.T) {
	many := "GET / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", MaxHeadFields)
	for _, test := range []struct {
		more   string
		count  int
		breaks string
	}{
		{"", MaxHeadFields, "handshake-host-missing handshake-upgrade-missing handshake-connection-missing handshake-key-missing handshake-version-missing"},
		{"Host: x\r\n folded\r\n", MaxHeadFields + 1, ""},
	} {
		h, _, err := ParseRequestHead([]byte(many + test.more + "\r\n"))
		if got := rulesOf(h.CheckRequest(nil)); err != nil || len(h.Fields) != MaxHeadFields || h.FieldCount != test.count || got != test.breaks {
			t.Errorf("%d of %d fields, %v, breaks %q", len(h.Fields), h.FieldCount, err, got)
		}
		if last := h.Fields[MaxHeadFields-1].Value.Value; last != "y" {
			t.Errorf("the last field listed says %q", last)
		}
	}
}

func TestHeadStatus(t *testing.T) {
	for status, want := range map[string]struct {
		n       int
		interim bool
	}{"100": {100, true}, "101": {101, false}, "199": {199, true}, "200": {200, false}, "099": {99, false}, "10": {0, false}, "1o1": {0, false}, "1010": {0, false}} {
		h, _, _ := ParseResponseHead([]byte("HTTP/1.1 " + status + " x\r\n\r\n"))
		if n := h.StatusNumber(); n != want.n || h.Interim() != want.interim {
			t.Errorf("%s is %d, interim %v", status, n, h.Interim())
		}
	}
	h, _, _ := ParseRequestHead([]byte("GET / HTTP/1.1\r\nAZaz: 1\r\nazAZ: 2\r\n\r\n"))
	if value, ok := h.Value("azAZ"); value != "1" || !ok {
		t.Errorf("the first field has the value %q", value)
	}
	if value, ok := h.Value("[Zaz"); value != "" || ok {
		t.Errorf("another field has the value %q", value)
	}
}

func TestHeadDraft(t *testing.T) {
	d := DefaultRequest("x", "/chat", "k")
	d.Words[0] = "POST"
	original := d
	d.Set("HOST", "y")
	d.Add("a", "1")
	d.Add("A", "2")
	d.Add("b", "3")
	d.Set("a", "4")
	d.Set("c", "5")
	d.Remove("upgrade")
	if got, want := string(d.AppendTo(nil)), "POST /chat HTTP/1.1\r\nHOST: y\r\nConnection: Upgrade\r\nSec-WebSocket-Key: k\r\n"+
		"Sec-WebSocket-Version: 13\r\na: 4\r\nb: 3\r\nc: 5\r\n\r\n"; got != want {
		t.Errorf("got %q\nexpected %q", got, want)
	}
	if got, want := string(original.AppendTo(nil)), "POST /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13\r\n\r\n"; got != want {
		t.Errorf("the copy became %q\nexpected %q", got, want)
	}
	d = HeadDraft{Words: [3]string{"GET", "", "HTTP/1.1"}}
	if got := string(d.AppendTo(nil)); got != "GET HTTP/1.1\r\n\r\n" {
		t.Errorf("got %q", got)
	}
	// The defaults are legal, and agree with each other.
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	request, _, _ := ParseRequestHead(DefaultRequest("localhost:8080", "/", key).AppendTo(nil))
	response, _, _ := ParseResponseHead(DefaultResponse(key).AppendTo(nil))
	list := CheckHandshake(request.CheckRequest(nil), request, response)
	if agreed := ReadHandshake(request, response); list != nil || agreed != (Handshake{Accepted: true}) {
		t.Errorf("the defaults break %s and agree on %+v", rulesOf(list), agreed)
	}
}

func FuzzHead(f *testing.F) {
	for _, head := range append(oddHeads, sampleRequest, sampleResponse) {
		f.Add([]byte(head), []byte(sampleResponse), true)
	}
	for _, v := range handshakeVectors {
		x := edited(f, v.edits)
		f.Add([]byte(x.request), []byte(x.response), false)
	}
	f.Fuzz(func(t *testing.T, request, response []byte, ended bool) {
		if len(request)+len(response) > FuzzLength {
			return
		}
		headHolds(t, request, true)
		headHolds(t, response, false)
		asked, _, _ := ParseRequestHead(request)
		answered, _, _ := ParseResponseHead(response)
		asked.Ended, answered.Ended = ended, ended
		headJudged(t, asked, answered)
	})
}

// TestHeadJSON holds the JSON to a golden file; -update rewrites it.
func TestHeadJSON(t *testing.T) {
	const golden = "testdata/heads.json"
	request, _, _ := ParseRequestHead([]byte("GET /\xff HTTP/1.1\r\nA: \"b\"\r\nno colon\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Accept: x\r\n\r\n"))
	response, _, _ := ParseResponseHead([]byte(sampleResponse))
	response.Start = 100
	got := append(request.AppendJSON(nil, request), '\n')
	got = append(response.AppendJSON(got, request), '\n')
	got = append(response.AppendJSON(got, nil), '\n')
	if *update {
		if err := os.WriteFile(golden, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != string(got) {
		t.Errorf("%v\ngot %s\nexpected %s", err, got, want)
	}
}

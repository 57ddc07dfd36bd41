package web

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/testpeer"
)

func TestEchoOptions(t *testing.T) {
	s := startSite(t, nil)
	answer, body := s.get(t, "GET", "/echo/options")
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("found %d %v", answer.StatusCode, answer.Header)
	}
	var list []struct{ Name, Values, Meaning, Example string }
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		t.Fatal(err)
	}
	options := endpoint.EchoOptions()
	if len(list) != len(options) {
		t.Fatalf("found %d parameters, expected %d", len(list), len(options))
	}
	for i, o := range list {
		if endpoint.Option(o) != options[i] {
			t.Errorf("found %+v, expected %+v", o, options[i])
		}
	}
}

// README.md lists every parameter with its example.
func TestReadmeListsEchoOptions(t *testing.T) {
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range endpoint.EchoOptions() {
		if !strings.Contains(string(text), "`"+o.Example+"`") {
			t.Errorf("README.md does not show `%s`", o.Example)
		}
	}
}

func TestEchoByItsAddress(t *testing.T) {
	s := startSite(t, nil)
	p := testpeer.Dial(t, s.address, "/echo?close=1001&after=2")
	p.Send("text \"a\"\ntext \"b\"\ntext \"c\"")
	p.Expect("text \"a\"\ntext \"b\"")
	p.ExpectCloseFrame(1001)
	// The next one is as it always was.
	expectServed(t, s)

	// A semicolon is part of a value.
	p = testpeer.Connect(t, s.address)
	p.Write([]byte(testpeer.Request(s.address, "/echo?deflate=server_no_context_takeover;server_max_window_bits=10&pong=off",
		"Sec-WebSocket-Extensions: permessage-deflate")))
	const want = "\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; server_max_window_bits=10\r\n"
	if answer := p.ReadAnswer(); !strings.HasPrefix(answer, "HTTP/1.1 101 ") || !strings.Contains(answer, want) {
		t.Errorf("found %q", answer)
	}

	p = testpeer.Connect(t, s.address)
	p.Write([]byte(testpeer.Request(s.address, "/echo?delay=never")))
	answer := p.ReadAnswer()
	p.More(testpeer.Patience)
	if !strings.HasPrefix(answer, "HTTP/1.1 400 ") || !strings.HasPrefix(string(p.In), `delay: found "never", expected a time`) {
		t.Errorf("found %q %q", answer, p.In)
	}
}

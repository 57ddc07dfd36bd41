package wire

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

func TestPlayServer(t *testing.T) {
	result := play(t, `role server
handshake
expect text "Hello from the built-in client"
expect ping "still there?"
expect binary hex:00017fff
text nomask "Hello"
close nomask 1000
expect close 1000
end
expect end`, Target{Kind: TargetClient}, nil)
	if result.Met != 5 || result.Unmet != 0 {
		t.Errorf("found %+v in\n%s", result, shape(result.Transcript.Entries))
	}
	if got := shape(result.Transcript.Entries); !strings.HasPrefix(got, "client open\nclient bytes \"GET / HTTP/1.1\\r\\n") || !strings.HasSuffix(expectationsLast(got), "server end\nclient end\nexpect 3 met\nexpect 4 met\nexpect 5 met\nexpect 8 met\nexpect 10 met\n") {
		t.Errorf("found\n%s", got)
	}
	// The client is strict.
	result = play(t, "role server\nhandshake\ntext \"masked\"\nexpect close 1002", Target{Kind: TargetClient}, nil)
	if result.Met != 1 {
		t.Errorf("found %+v in\n%s", result, shape(result.Transcript.Entries))
	}
	for _, refused := range []string{
		"role server\nhandshake 404 Not Found\nexpect end",
		"role server\nhandshake\n  with Sec-WebSocket-Accept: AAAA\nexpect end",
	} {
		if result = play(t, refused, Target{Kind: TargetClient}, nil); result.Met != 1 {
			t.Errorf("%s: found %+v in\n%s", refused, result, shape(result.Transcript.Entries))
		}
	}
}

func TestPlayServerListens(t *testing.T) {
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		c, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			return
		}
		defer c.Close()
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
		io.Copy(io.Discard, c)
	}()
	result := play(t, "role server\nhandshake\nend\nexpect end", Target{}, func(o *Options) { o.Listener = listener })
	want := "client open\nclient bytes \"GET / HTTP/1.1\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n\"\n" + upgraded + "server end\nclient end\nexpect 4 met\n"
	if got := shape(result.Transcript.Entries); !matches(got, want) {
		t.Errorf("found\n%s\nexpected\n%s", got, want)
	}
	// Nobody comes.
	result = play(t, "role server\nhandshake", Target{}, func(o *Options) { o.Listener, o.Limits.Time = listener, 50*time.Millisecond })
	if got, want := shape(result.Transcript.Entries), "stop \"the limit of 50ms for one play is reached\"\n"; got != want || result.Connected {
		t.Errorf("found\n%s\nexpected\n%s", got, want)
	}
	// Nobody asks.
	go func() {
		c, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			return
		}
		defer c.Close()
		io.Copy(io.Discard, c)
	}()
	listener.SetDeadline(time.Time{})
	result = play(t, "role server\nhandshake", Target{}, func(o *Options) { o.Listener, o.Limits.Expect = listener, 50*time.Millisecond })
	if got, want := shape(result.Transcript.Entries), "client open\nstop \"line 2: found no request within 50ms\"\n"; got != want {
		t.Errorf("found\n%s\nexpected\n%s", got, want)
	}
}

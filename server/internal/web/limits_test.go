package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/testpeer"
)

// The other tests set these numbers themselves or never reach them, so they are
// held here: whoever changes one changes what the server promises.
//
// Defence: time-header, size-header-bytes, size-socket-message, size-echo-message
// Defence: count-session, count-address, count-handshakes, count-messages, count-messages-burst, count-bytes, count-pings
// Defence: cookie-age, dial-minute, dial-live
func TestDefaultNumbers(t *testing.T) {
	if got, want := DefaultCounts(), (Counts{PerSession: 8, PerAddress: 32, Total: 16_384, HandshakesAMinute: 30, PlaysPerSession: 2, DialsAMinute: 5}); got != want {
		t.Errorf("found the counts %+v, expected %+v", got, want)
	}
	rate := endpoint.Rate{
		MessagesASecond: 50, MessageBurst: 100, PingsASecond: 5, PingBurst: 10,
		BytesASecond: 1_048_576, ByteBurst: 1_048_576,
	}
	if got := DefaultSocketRate(); got != rate {
		t.Errorf("found the rate %+v, expected %+v", got, rate)
	}
	s := startSite(t, nil)
	server := s.Server()
	if server.ReadHeaderTimeout != 5*time.Second || server.MaxHeaderBytes != 8192 || s.sessions.age != 12*time.Hour {
		t.Errorf("found %v and %d bytes for a header, %v for a session, expected 5s, 8192 and 12h",
			server.ReadHeaderTimeout, server.MaxHeaderBytes, s.sessions.age)
	}
	for _, kind := range s.sockets {
		if kind.Protocol.MaxMessage != 1_048_576 {
			t.Errorf("/socket takes %d bytes, expected 1048576", kind.Protocol.MaxMessage)
		}
	}
	if got := s.echo.Protocol.MaxMessage; got != 16_777_216 {
		t.Errorf("/echo takes %d bytes, expected 16777216", got)
	}
}

// 64 header lines are taken and one more is not.
//
// Defence: size-header-lines
func TestHeaderLines(t *testing.T) {
	s := startSite(t, nil)
	for lines, want := range map[int]string{64: "200 OK", 65: "431 Request Header Fields Too Large"} {
		var more strings.Builder
		for i := range lines - 2 {
			fmt.Fprintf(&more, "X-%d: x\r\n", i%7) // the same names again and again
		}
		p := testpeer.Connect(t, s.address)
		p.Write([]byte("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + more.String() + "\r\n"))
		if answer := p.ReadAnswer(); !strings.HasPrefix(answer, "HTTP/1.1 "+want+"\r\n") {
			t.Errorf("%d lines: found %q, expected %s", lines, answer, want)
		}
	}
}

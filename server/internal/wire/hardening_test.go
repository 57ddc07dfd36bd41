package wire

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"framecraft/protocol"
)

// The other tests shorten these numbers, so they are held here.
//
// Defence: dial-time, dial-bytes
func TestDefaultLimits(t *testing.T) {
	want := Limits{
		Time: time.Minute, Connect: 10 * time.Second, Bytes: 1_048_576, Inflated: 16_777_216, Entries: 20_000,
		Expect: 2 * time.Second, Quiet: 200 * time.Millisecond, Linger: 2 * time.Second,
	}
	if got := DefaultLimits(); got != want {
		t.Errorf("found %+v, expected %+v", got, want)
	}
}

// An answer that leads to another host is only written down, with and without a
// body, for a target that is allowed and for one at a person's own machine.
//
// Defence: dial-redirects
// Bad input: 46
func TestRedirectIsNotFollowed(t *testing.T) {
	port, elsewhere := listen(t, "127.0.0.1:0")
	for _, status := range []string{"301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"} {
		var asked atomic.Int32
		answer := "HTTP/1.1 " + status + "\r\nLocation: ws://127.0.0.1:" + port + "/\r\nRefresh: 0; url=http://127.0.0.1:" + port + "/\r\nContent-Length: 0\r\n\r\n"
		target := peer(t, func(c *net.TCPConn) {
			asked.Add(1)
			c.Read(make([]byte, 1000))
			io.WriteString(c, answer)
			io.Copy(io.Discard, c)
		})
		for _, dialer := range []*Dialer{{Anywhere: true}, {Guard: mustAllow(t, target.Address(), "127.0.0.1:"+port)}} {
			result := play(t, "handshake\nexpect status "+status[:3]+"\nexpect silence 100ms", target, func(o *Options) { o.Dialer = dialer })
			if result.Met != 2 || result.Unmet != 0 {
				t.Errorf("%s: found\n%s, expected the answer and then silence", status, shape(result.Transcript.Entries))
			}
			if written := string(result.Transcript.AppendTo(nil)); !strings.Contains(written, "Location: ws://127.0.0.1:"+port) {
				t.Errorf("%s: found the transcript\n%s, expected to see where the answer leads", status, written)
			}
		}
		if n := asked.Load(); n != 2 {
			t.Errorf("%s: the target was asked %d times, expected once for each play", status, n)
		}
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("found %d connections to where the answers led", n)
	}
}

// What somebody types behind a field's name stays in its line. Line breaks reach
// the wire only where they are written as such: in quotes, or with handshake
// bytes.
//
// Bad input: 45
func TestTypedFieldStaysInItsLine(t *testing.T) {
	const field = "handshake\n  with Sec-WebSocket-Protocol: "
	for _, text := range []string{"chat\rX-Smuggled: yes", "chat\r\nX-Smuggled: yes", "chat\nX-Smuggled: yes"} {
		if scenario, err := protocol.ParseScenario(field + text); err == nil {
			t.Errorf("%q: found %q, expected that it cannot be read", text, scenario.Steps[0].Handshake.AppendRequest(nil, "a", "/", "b"))
		}
	}
	for text, smuggles := range map[string]bool{
		`chat\r\nX-Smuggled: yes`: false, `chat%0d%0aX-Smuggled: yes`: false, "chat\u2028X-Smuggled: yes": false, "chat\u0085X-Smuggled: yes": false,
		`"chat\r\nX-Smuggled: yes"`: true,
	} {
		received := make(chan []byte, 1)
		target := peer(t, func(c *net.TCPConn) {
			buffer := make([]byte, 1000)
			n, _ := c.Read(buffer)
			received <- buffer[:n]
			io.Copy(io.Discard, c)
		})
		play(t, field+text+"\nend", target, nil)
		got := <-received
		if lines := bytes.Count(got, []byte("\r\n")); (lines == 9) != smuggles || bytes.Count(got, []byte("\r"))+bytes.Count(got, []byte("\n")) != 2*lines {
			t.Errorf("%q: found %q with %d lines", text, got, lines)
		}
	}
}

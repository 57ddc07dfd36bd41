package wire

import (
	"io"
	"net"
	"runtime"
	"strings"
	"testing"

	"framecraft/protocol"
)

// What a peer sends costs memory in proportion to its bytes, however small its
// frames are and whatever they inflate to.

// A thousand messages of 1 MB each fit in a megabyte of compressed data.
func TestPlayLimitsInflating(t *testing.T) {
	message := protocol.AppendDeflate(nil, make([]byte, 1000_000), protocol.DeflateOptions{})
	header := protocol.Header{Flags: protocol.FIN.WithOpcode(protocol.OpcodeBinary) | protocol.RSV1, PayloadLength: uint64(len(message))}
	frame := append(header.AppendTo(nil), message...)
	target := peer(t, func(c *net.TCPConn) {
		c.Read(make([]byte, 1000))
		io.WriteString(c, "HTTP/1.1 101 Yes\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
		for range 1000 {
			if _, err := c.Write(frame); err != nil {
				return
			}
		}
		io.Copy(io.Discard, c)
	})
	result := play(t, "handshake\nexpect close", target, nil)
	const want = "stop \"the limit of 16777216 bytes of inflated messages for one play is reached\"\n"
	if got := shape(result.Transcript.Entries); !strings.Contains(got, want) {
		t.Errorf("found\n%.2000s\nexpected %s", got[max(0, len(got)-1000):], want)
	}
}

// Half a million empty messages fit in a megabyte.
func TestPlayLimitsArrivals(t *testing.T) {
	target := peer(t, func(c *net.TCPConn) {
		c.Write([]byte(strings.Repeat("\x81\x00", 1000)))
		io.Copy(io.Discard, c)
	})
	few := func(o *Options) { o.Limits.Entries = 999 }
	result := play(t, "expect close", target, few)
	const want = "stop \"the limit of 999 messages that wait for an expectation is reached\"\n"
	if got := shape(result.Transcript.Entries); !strings.Contains(got, want) {
		t.Errorf("found\n%s\nexpected %s", got, want)
	}
	enough := func(o *Options) { o.Limits.Entries = 1000 }
	if result = play(t, "expect close within 50ms", target, enough); result.Stopped != nil {
		t.Errorf("found %v, expected a play to its end", result.Stopped)
	}
}

// A head that comes line by line is read once.
func TestFollowerReadsHeadsOnce(t *testing.T) {
	for name, line := range map[string]string{"fields": "a: b\r\n", "empty lines": "\r\n"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		heads := 0
		f := newFollower(protocol.RoleServer, 1<<20, func(arrival) { heads++ })
		for range 5000 {
			f.feed([]byte(line))
		}
		f.feed([]byte("HTTP/1.1 101 Yes\r\n"))
		f.feed([]byte("\r\n"))
		runtime.ReadMemStats(&after)
		if all := after.TotalAlloc - before.TotalAlloc; all > 4<<20 {
			t.Errorf("%s: found %d bytes allocated for 5000 lines, expected less than 4 MiB", name, all)
		}
		if heads != 1 {
			t.Errorf("%s: found %d heads, expected one", name, heads)
		}
	}
}

package wire

import (
	"fmt"
	"strings"
	"testing"

	"framecraft/protocol"
)

// What arrives is the same wherever the bytes are cut.
func TestFollowerAnyCut(t *testing.T) {
	stream := "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Yes\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n" +
		"\x81\x01a\x01\x01b\x89\x01p\x80\x01c\x8a\x00\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\xc1\x05\xf2\x00\x11\x00\x00\xc1\x01\xff\x88\x05\x03\xe9bye\x81\x01z"
	const want = `[status 100@25 status 101@91 text "a"@94 ping "p"@100 text "bc"@103 pong ""@105 ` +
		`text "Hello"@114 text "Hello"@121 text that cannot be inflated@124 close 1001 "bye"@131]`
	for size := 1; size <= len(stream); size++ {
		var arrivals []string
		f := newFollower(protocol.RoleServer, 1<<20, nil)
		f.arrived = func(a arrival) {
			arrivals = append(arrivals, fmt.Sprintf("%v@%d", a, a.end))
			if a.kind == arrivedHead {
				f.agree(protocol.ReadHandshake(nil, f.whole))
			}
		}
		for rest := stream; rest != ""; {
			n := min(size, len(rest))
			f.feed([]byte(rest[:n]))
			rest = rest[n:]
		}
		if got := fmt.Sprint(arrivals); got != want {
			t.Fatalf("pieces of %d: found\n%s\nexpected\n%s", size, got, want)
		}
		if !f.closed() || f.offset != len(stream) {
			t.Fatalf("pieces of %d: closed %v at %d, expected the end at %d", size, f.closed(), f.offset, len(stream))
		}
	}
}

// The first byte tells heads from frames, and the status what follows a head.
// A follower changes none of the bytes.
func TestFollowerStages(t *testing.T) {
	for _, c := range []struct {
		sender protocol.Role
		stream string
		want   string
		open   bool // a frame is under way
	}{
		{protocol.RoleClient, "GET / HTTP/1.1\r\n\r\n\x81\x81\x01\x02\x03\x04\x60\x82", "[a request text \"a\"]", true},
		{protocol.RoleClient, "GET / HTTP/1.1\r\n", "[]", false},
		{protocol.RoleClient, "\x81\x80\x00\x00\x00\x00", "[text \"\"]", false},
		{protocol.RoleServer, "HTTP/1.1 403 Forbidden\r\n\r\n\x81\x00\x81", "[status 403]", false},
		{protocol.RoleServer, "\r\nHTTP/1.1 101 Yes\n\n\x81\x00", "[status 101 text \"\"]", false},
		{protocol.RoleServer, "\x88\x00", "[close 1005]", false},
		{protocol.RoleServer, "\x81\x7e", "[]", true},
	} {
		var arrivals []string
		f := newFollower(c.sender, 1<<20, func(a arrival) { arrivals = append(arrivals, a.String()) })
		stream := []byte(c.stream)
		f.feed(stream)
		if string(stream) != c.stream {
			t.Errorf("%q: the bytes were changed to %q", c.stream, stream)
		}
		if got := fmt.Sprint(arrivals); got != c.want || f.inFrame() != c.open {
			t.Errorf("%q: found %s, in a frame %v, expected %s, %v", c.stream, got, f.inFrame(), c.want, c.open)
		}
	}
	long := arrival{kind: arrivedMessage, opcode: protocol.OpcodeText, payload: []byte(strings.Repeat("a", 33))}
	if got, want := long.String(), `text "`+strings.Repeat("a", 32)+`" … +1 bytes`; got != want {
		t.Errorf("found %s, expected %s", got, want)
	}
}

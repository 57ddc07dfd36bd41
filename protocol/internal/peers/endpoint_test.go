package peers

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"testing"
	"time"

	"framecraft/protocol"
)

// The server's real binary makes the same of random streams as a Conn does in
// memory: sockets, pooled buffers and joined writes change nothing. While answers
// wait to be written, only the latest of some pings in a row is answered, which
// RFC 6455, section 5.5.3 allows.
func TestEndpointLikeConn(t *testing.T) {
	server := contenders(t)[0].start(t)
	defer server.stop(t)
	g := generator{rand.New(rand.NewPCG(*seed, 3)), protocol.RoleClient}
	for range 100 {
		stream := g.stream()
		want, rule := judgeOurs(t, protocol.RoleServer, stream)
		output := throughEndpoint(t, server.address, stream)
		var got verdict
		got.read(t, output, "the endpoint")
		if !slices.Equal(got.messages, want.messages) || !latest(got.pongs, want.pongs) || got.close != want.close {
			t.Errorf("%x (%s): %d messages, %d pongs and Close %s from the endpoint, expected %d, %d and %s",
				stream, rule, len(got.messages), len(got.pongs), got.close, len(want.messages), len(want.pongs), want.close)
		}
	}
}

// latest reports whether the one list is the other without some, the last one kept.
func latest(got, want []string) bool {
	if len(got) == 0 || len(want) == 0 {
		return len(got) == len(want)
	}
	i := 0
	for _, pong := range want {
		if i < len(got) && got[i] == pong {
			i++
		}
	}
	return i == len(got) && got[i-1] == want[len(want)-1]
}

// throughEndpoint sends a stream in a few pieces, ends it, and returns all frames
// that come back.
func throughEndpoint(t *testing.T, address string, stream []byte) []byte {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /echo HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", address)
	var head []byte
	for one := make([]byte, 1); !bytes.HasSuffix(head, []byte("\r\n\r\n")); head = append(head, one[0]) {
		if _, err := io.ReadFull(conn, one); err != nil {
			t.Fatalf("%v behind %q", err, head)
		}
	}
	output := make(chan []byte)
	go func() {
		all, _ := io.ReadAll(conn) // what a reset took away is missed later
		output <- all
	}()
	for half := len(stream) / 2; len(stream) > 0; {
		n := min(max(half, 1), len(stream))
		if _, err := conn.Write(stream[:n]); err != nil {
			break // the server may have ended it
		}
		stream = stream[n:]
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	return <-output
}

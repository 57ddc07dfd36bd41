package protocol_test

import (
	"fmt"
	"strings"

	. "framecraft/protocol"
)

// A scenario is read, and printed in one way of writing it.
func ExampleParseScenario() {
	s, err := ParseScenario("handshake /chat\nwith Origin: null\nexpect status 101\n\ntext 'Hello'")
	fmt.Println(err)
	s, _ = ParseScenario("handshake /chat\nwith Origin: null\nexpect status 101\n\nclose 1000\nexpect close 1000 within 2000ms")
	fmt.Print(string(s.AppendTo(nil)))
	// Output:
	// line 5, column 6: found "'Hello'", expected a word such as nofin, nomask or len=5, or the payload as "text", hex:00ff or repeat(00,5)
	// handshake /chat
	//   with Origin: null
	// expect status 101
	//
	// close 1000
	// expect close 1000 within 2s
}

// A handshake step is the default request, changed.
func ExampleHandshakeStep_AppendRequest() {
	s, _ := ParseScenario("handshake\nwith Origin: null\nwithout Sec-WebSocket-Version")
	head := s.Steps[0].Handshake.AppendRequest(nil, "localhost:8080", "/echo", "dGhlIHNhbXBsZSBub25jZQ==")
	fmt.Print(strings.ReplaceAll(string(head), "\r\n", "\n"))
	// Output:
	// GET /echo HTTP/1.1
	// Host: localhost:8080
	// Upgrade: websocket
	// Connection: Upgrade
	// Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
	// Origin: null
}

// Both directions are judged together: here a ping stays without its pong.
func ExampleInspectTranscript() {
	t, err := ParseTranscript(`
0ms client bytes "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
1ms server bytes "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
2ms client bytes 89 82 37 fa 21 3d 5f 93
3ms client bytes 88 80 0a 0b 0c 0d
4ms server bytes 88 00
4ms server end
5ms client end
`)
	if err != nil {
		fmt.Println(err)
		return
	}
	c := InspectTranscript(t)
	fmt.Println(c.Agreed.Accepted, c.RowCount)
	for _, d := range c.Diagnostics {
		fmt.Printf("row %d, %s: %s\n%s\n", d.Row, d.Side, d.Rule, d.Found())
	}
	// Output:
	// true 7
	// row 5, server: sequence-pong-missing
	// TCP ends, and the ping of the other side, frame 1, has no pong.
}

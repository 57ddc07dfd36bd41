package hold

import (
	"testing"

	"framecraft/protocol"
)

// Whatever a server answers: a response, the wish for more, or a reason to stop;
// and what stands behind it is heard to its end.
func FuzzAnswer(f *testing.F) {
	request := newRequest("127.0.0.1:1", "/echo")
	for _, answer := range []string{
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n\x89\x00",
		"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nlate",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Too Many\r\n\r\n",
		"SSH-2.0-x\r\n", "", "HTTP/1.1 101\r\n\r\n",
	} {
		f.Add([]byte(answer), true)
		f.Add([]byte(answer), false)
	}
	f.Fuzz(func(t *testing.T, answer []byte, ended bool) {
		n, done, stop := readResponse(request, answer, ended)
		switch {
		case n < 0 || n > len(answer):
			t.Fatalf("a response of %d bytes in %d", n, len(answer))
		case stop != nil && (!done || stop.Limit == "" || stop.String() == ""):
			t.Errorf("stopped with %v, done %v", stop, done)
		case !done && (ended || len(answer) >= maxResponse+maxRefusal):
			t.Errorf("more than %d bytes are wanted, although the end has come: %v", len(answer), ended)
		}
		conversation := protocol.NewConn(protocol.Config{Role: protocol.RoleClient, Fatal: protocol.Strict(), MaxMessage: 1 << 10})
		heard := listen(conversation, answer)
		if heard.pings+heard.pongs > len(answer)/2 {
			t.Errorf("%d pings and %d pongs in %d bytes", heard.pings, heard.pongs, len(answer))
		}
	})
}

package web

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"framecraft/protocol"
)

// Very many clients are a second process, this test binary again, since a process
// may have only so many descriptors.

// clientsVariable has their number and the request of each.
const clientsVariable = "FRAMECRAFT_CLIENTS"

// clients opens connections with the same request until it has n or can have no
// more, says how many it has, and holds them until its input ends.
func clients(request string, n int, in io.Reader, out io.Writer) error {
	head, _, err := protocol.ParseRequestHead([]byte(request))
	if err != nil {
		return err
	}
	address, _ := head.Value("Host")
	var held []net.Conn
	room := make([]byte, 4096)
	for len(held) < n {
		// One source has 28,000 ports; nothing here needs a second one.
		tcp, err := net.Dial("tcp4", address)
		if err != nil {
			break
		}
		held = append(held, tcp)
		if _, err := io.WriteString(tcp, request); err != nil {
			return err
		}
		for end := 0; ; {
			more, err := tcp.Read(room[end:])
			if err != nil {
				return fmt.Errorf("handshake %d: %w", len(held), err)
			}
			end += more
			if head, _, short := protocol.ParseResponseHead(room[:end]); short == nil {
				if status := head.StatusNumber(); status != 101 {
					return fmt.Errorf("handshake %d: %d", len(held), status)
				}
				break
			}
		}
	}
	fmt.Fprintln(out, len(held))
	_, err = io.Copy(io.Discard, in)
	for _, tcp := range held {
		_ = tcp.Close()
	}
	return err
}

// hold lets a second process hold connections.
func (s *testSite) hold(t testing.TB, n int, cookie string) {
	t.Helper()
	process := exec.CommandContext(t.Context(), os.Args[0])
	request := "GET /echo HTTP/1.1\r\nHost: " + s.address + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Origin: " + s.origin + "\r\nCookie: " + cookie + "\r\n\r\n"
	process.Env = append(os.Environ(), clientsVariable+"="+strconv.Itoa(n)+" "+request)
	process.Stderr = os.Stderr
	in, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = process.Wait() // cut off with the test, if not by this
	})
	var held int
	if _, err := fmt.Fscan(out, &held); err != nil || held != n {
		t.Fatalf("the second process holds %d connections, %v, expected %d", held, err, n)
	}
}

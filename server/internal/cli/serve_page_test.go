package cli

import (
	"net"
	"testing"
)

// The address that the log names can be opened in a browser, and is one whose page
// may open sockets.
func TestPageAt(t *testing.T) {
	c := serveCall(t, "")
	for address, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080/",
		"[::1]:8080":     "http://[::1]:8080/",
		"0.0.0.0:8080":   "http://localhost:8080/",
		"[::]:81":        "http://localhost:81/",
	} {
		tcp, err := net.ResolveTCPAddr("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.pageAt(tcp); got != want {
			t.Errorf("%s: found %s, expected %s", address, got, want)
		}
	}
}

package testpeer

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
)

// The other side of what dials: a listener whose connections a function of the test
// has, each in a goroutine of its own. They are closed behind it, and the test does
// not end before all of them have come back.

// Listen hands the connections to a free port of loopback to each, and returns where
// that is.
func Listen(t testing.TB, each func(net.Conn)) netip.AddrPort {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	Accept(t, listener, each)
	return listener.Addr().(*net.TCPAddr).AddrPort()
}

// Accept hands the connections of a listener to each.
func Accept(t testing.TB, listener net.Listener, each func(net.Conn)) {
	var served sync.WaitGroup
	served.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				defer c.Close()
				each(c)
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		served.Wait()
	})
}

// Echo sends back what comes, byte for byte, and ends when the other side does.
func Echo(c net.Conn) { _, _ = io.Copy(c, c) }

package web

import (
	"bytes"
	"errors"
	"net"
	"testing"

	"framecraft/server/internal/testpeer"
)

// answering is a listener whose connections say when they answer a handshake.
type answering struct {
	net.Listener
	answers func() error
}

func (l answering) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return answeringConn{c, l.answers}, err
}

type answeringConn struct {
	net.Conn
	answers func() error
}

func (c answeringConn) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("HTTP/1.1 101 ")) {
		if err := c.answers(); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(p)
}

// Whoever has the answer to a handshake finds the connection counted; whoever gets
// none leaves nothing behind.
func TestCountedBeforeTheAnswer(t *testing.T) {
	const living, accepted = `framecraft_connections{route="/echo"}`, `framecraft_connections_accepted_total{route="/echo"}`
	var s *testSite
	during := make(chan string, 1)
	var fails error
	s = startSiteOn(t, func(l net.Listener) net.Listener {
		return answering{l, func() error {
			during <- s.metric(t, living)
			return fails
		}}
	}, nil)
	p := testpeer.Dial(t, s.address, "/echo")
	if n := <-during; n != "1" {
		t.Errorf("while the answer is written, %q connections are counted, expected 1", n)
	}
	p.CloseClean()
	p.TCP.Close()
	s.waitMetric(t, living, "0")

	fails = errors.New("no answer")
	p = testpeer.Connect(t, s.address)
	p.Write([]byte(testpeer.Request(s.address, "/echo")))
	if n := <-during; n != "1" {
		t.Errorf("while an answer fails, %q connections are counted, expected 1", n)
	}
	p.TCP.Close()
	s.waitMetric(t, living, "0")
	if n := s.metric(t, accepted); n != "1" {
		t.Errorf("%s connections have begun, expected 1", n)
	}
}

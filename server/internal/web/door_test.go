package web

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"strings"
	"testing"

	"framecraft/server/internal/testpeer"
)

// door lets peers in at one of the site's doors without TCP, for fuzzing: the
// request is one that was read before, and the connection is in memory. Everything
// from the first handler on is as always.
type door struct {
	handler http.Handler
	request *http.Request
	room    []byte // what peers read into
}

func newDoor(f *testing.F, s *testSite, path string) *door {
	f.Helper()
	text := testpeer.Request(s.address, path, "Origin: "+s.origin, "Cookie: "+s.cookie(f))
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		f.Fatal(err)
	}
	r.RemoteAddr = "127.0.0.1:1"
	return &door{s.handler, r, make([]byte, 0, 256<<10)}
}

// enter shakes hands. Only the last peer of a door can be read from.
func (d *door) enter(t *testing.T) *testpeer.Peer {
	t.Helper()
	near, far := testpeer.Memory()
	d.handler.ServeHTTP(&takenOver{http.Header{}, near}, d.request)
	p := &testpeer.Peer{TCP: far, In: d.room[:0]}
	if err := p.More(testpeer.Patience); err != nil {
		t.Fatal(err)
	}
	head, early, _ := bytes.Cut(p.In, []byte("\r\n\r\n"))
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
		t.Fatalf("the handshake is answered with %q", head)
	}
	p.In = early
	return p
}

// takenOver is the answer to a request whose connection is taken over.
type takenOver struct {
	header http.Header
	conn   net.Conn
}

var nothingRead = bufio.NewReadWriter(bufio.NewReader(strings.NewReader("")), nil)

func (w *takenOver) Header() http.Header         { return w.header }
func (w *takenOver) WriteHeader(int)             {}
func (w *takenOver) Write(b []byte) (int, error) { return w.conn.Write(b) }
func (w *takenOver) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.conn, nothingRead, nil
}

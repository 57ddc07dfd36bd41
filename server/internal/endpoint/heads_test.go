package endpoint

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"framecraft/server/internal/testpeer"
)

// recordedListener remembers what net/http and the endpoint have of it.
type recordedListener struct {
	net.Listener
	mu   sync.Mutex
	last *headConn
}

// startHeads serves / as an echo endpoint and everything else as a page, and
// returns the latest connection.
func startHeads(t *testing.T) (address string, latest func() *headConn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	recorded := &recordedListener{Listener: listener}
	e := New(shortLimits(), slog.New(slog.DiscardHandler))
	kind := Echo(1 << 20)
	server := &http.Server{
		MaxHeaderBytes: 8192,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			recorded.mu.Lock()
			recorded.last = headConnOf(r)
			recorded.mu.Unlock()
			refusal := CheckHead(r)
			switch {
			case r.URL.Path == "/":
				if refusal = Check(r); refusal == nil {
					_ = e.Upgrade(w, r, &kind, Owner{}, func(*Ending) {})
					return
				}
			case refusal == nil:
				io.WriteString(w, r.RequestURI)
				return
			}
			refusal.Write(w)
		}),
	}
	go Serve(server, recorded)
	t.Cleanup(func() {
		e.Shutdown()
		server.Close()
	})
	return listener.Addr().String(), func() *headConn {
		recorded.mu.Lock()
		defer recorded.mu.Unlock()
		return recorded.last
	}
}

const (
	headPage    = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
	headUpgrade = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)

// The head that is judged is the request's own, whatever stands in front of it on
// its connection, and however its bytes arrive.
//
// Defence: request-bare-lf, request-folded, request-absolute
func TestHeadsAreToldApart(t *testing.T) {
	address, _ := startHeads(t)
	bareLF := strings.Replace(headUpgrade, "Host: x\r\n", "Host: x\n", 1)
	folded := strings.Replace(headUpgrade, "Connection: Upgrade", "Connection:\r\n Upgrade", 1)
	absolute := strings.Replace(headUpgrade, "GET / ", "GET http://y/ ", 1)
	for _, c := range []struct {
		sent   string
		status string // of each answer
	}{
		{headUpgrade, "101"},
		{bareLF, "400"},
		{folded, "400"},
		{absolute, "101"},
		{strings.Replace(absolute, "Host: x", "Host: x:y", 1), "400"},
		{headPage + headUpgrade, "200 101"},
		{headPage + headPage + bareLF, "200 200 400"},
		{headPage + folded, "200 400"},
		{"HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + bareLF, "200 400"},
		{"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n" + bareLF, "200 400"},
		{"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n" + headUpgrade, "200 101"},
		{strings.Replace(headPage, "\r\n\r\n", "\n\r\n", 1), "400"},
		{strings.Replace(headPage, "\r\n\r\n", "\r\n\n", 1), "400"},
		{strings.Replace(headPage, "\r\n\r\n", "\r\nA: b\r\n\tc\r\n\r\n", 1), "400"},
		// What looks like the end of a head is none inside of another one.
		{strings.Replace(headPage, "\r\n\r\n", "\r\nA: \"\\r\\n\\r\\n\"\r\n\r\n", 1) + bareLF, "200 400"},
		{strings.Replace(headPage, "\r\n\r\n", "\r\nA: "+strings.Repeat("a", 8000)+"\r\n\r\n", 1) + bareLF, "200 400"},
		{strings.Repeat(headPage, 2000) + bareLF, strings.Repeat("200 ", 2000) + "400"},
		{strings.Repeat(headPage, 2000) + headUpgrade, strings.Repeat("200 ", 2000) + "101"},
	} {
		for _, chop := range []int{0, 1, 7} {
			if chop > 0 && len(c.sent) > 2000 {
				continue
			}
			p := testpeer.Connect(t, address)
			p.Chop(chop)
			go p.Write([]byte(c.sent))
			var got []string
			for range strings.Fields(c.status) {
				answer := p.ReadAnswer()
				got = append(got, answer[len("HTTP/1.1 "):][:3])
				_, length, _ := strings.Cut(answer, "\r\nContent-Length: ")
				if length, _, _ = strings.Cut(length, "\r\n"); length != "" && !strings.HasPrefix(c.sent, "HEAD") {
					var n int
					fmt.Sscan(length, &n)
					for len(p.In) < n {
						if err := p.More(testpeer.Patience); err != nil {
							t.Fatal(err)
						}
					}
					p.In = p.In[n:]
				}
			}
			if found := strings.Join(got, " "); found != c.status {
				t.Errorf("%.300q by %d: found %.100s, expected %.100s", c.sent, chop, found, c.status)
			}
			p.TCP.Close()
		}
	}
}

// Nothing is kept between two requests, and nothing once a connection is taken
// over; the endpoint then has the connection that was accepted.
//
// Defence: memory-hijack
func TestHeadsAreForgotten(t *testing.T) {
	address, latest := startHeads(t)
	kept := func() (int, net.Conn) {
		c := latest()
		c.mu.Lock()
		defer c.mu.Unlock()
		return cap(c.seen), c.Conn
	}
	p := testpeer.Connect(t, address)
	for range 3 {
		p.Write([]byte(headPage))
		p.ReadAnswer()
		p.In = nil
		waitFor(t, "nothing kept between two requests", func() bool { n, _ := kept(); return n == 0 })
	}
	// The beginning of a request is kept until the rest comes.
	p.Write([]byte(headUpgrade[:50]))
	waitFor(t, "a piece of a request kept", func() bool { n, _ := kept(); return n > 0 })
	p.Write([]byte(headUpgrade[50:]))
	p.ExpectUpgraded()
	p.Send(`text "a"`)
	p.Expect(`text "a"`)
	if n, tcp := kept(); n != 0 {
		t.Errorf("%d bytes are kept of a connection that was taken over", n)
	} else if _, ok := tcp.(*net.TCPConn); !ok {
		t.Errorf("found a %T, expected what was accepted", tcp)
	}
	p.CloseClean()
}

// waitFor waits until something holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(6 * testpeer.Patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// A handshake of TLS that comes to nothing is said to the server's log, unless the
// server itself has closed the connection.
func TestHandshakeOfTLSFails(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for _, c := range []struct {
		who  string
		want int // lines
	}{{"client", 1}, {"server", 0}} {
		peer, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		tcp, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		map[string]net.Conn{"client": peer, "server": tcp}[c.who].Close()
		var said strings.Builder
		recorded := &headConn{Conn: tls.Server(tcp, &tls.Config{}), server: &http.Server{ErrorLog: log.New(&said, "", 0)}}
		if _, err := recorded.Read(make([]byte, 1)); err == nil {
			t.Fatalf("closed by the %s: read something", c.who)
		}
		if got := strings.Count(said.String(), "http: TLS handshake error from "); got != c.want {
			t.Errorf("closed by the %s: found %q, expected %d lines", c.who, said.String(), c.want)
		}
		peer.Close()
		tcp.Close()
	}
}

// More than headsKept is not recorded, and then no handshake is taken: it could
// not be told from what is around it.
func TestHeadsKept(t *testing.T) {
	c := &headConn{}
	for range headsKept / 1024 {
		c.note(make([]byte, 1024))
	}
	if len(c.seen) != headsKept {
		t.Errorf("found %d bytes kept, expected %d", len(c.seen), headsKept)
	}
	if c.note([]byte(headUpgrade)); c.seen != nil || !c.over {
		t.Errorf("found %d bytes kept of more than %d", len(c.seen), headsKept)
	}
	c.begin()
	if c.head != 0 || c.parse() != nil {
		t.Error("found a head where nothing is recorded")
	}
	c.done()
}

func TestScanHead(t *testing.T) {
	for _, c := range []struct {
		src   string
		n     int
		fault string
	}{
		{"", 0, ""}, {"GET / HTTP/1.1\r\n", 0, ""}, {"\r\n\r\n", 0, ""}, {"a\r\n\r\n", 5, ""}, {"a\r\n\r\nb\n\n", 5, ""},
		{"\r\na\r\n\r\n", 7, ""}, {"a\r\n\n", 4, "LF alone"}, {"a\n\r\n", 4, "LF alone"}, {"\na\r\n\r\n", 6, "LF alone"},
		{"a\r\n b\r\n\r\n", 9, "folded"}, {"a\r\n\tb\r\n\r\n", 9, "folded"}, {" a\r\n\r\n", 6, ""}, {"a\r\n \r\n\r\n", 8, "folded"},
		{"a\rb\r\n\r\n", 7, ""},
	} {
		n, fault := scanHead([]byte(c.src))
		if n != c.n || !strings.Contains(fault, c.fault) || (fault == "") != (c.fault == "") {
			t.Errorf("%q: found %d, %q, expected %d, %q", c.src, n, fault, c.n, c.fault)
		}
		for cut := range n {
			if n, _ := scanHead([]byte(c.src[:cut])); n != 0 {
				t.Errorf("%q cut at %d: found the end at %d", c.src, cut, n)
			}
		}
	}
}

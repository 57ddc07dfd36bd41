package opener

import (
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/testpeer"
)

// testServer is an endpoint that knows its opener's connections.
type testServer struct {
	*Opener
	endpoint *endpoint.Endpoint
	listener net.Listener
	// strangers counts requests that are not the opener's.
	strangers atomic.Int32
	// panics are the stacks of what failed.
	panics chan string
}

// listen returns a listener on 127.0.0.1.
func listen(t testing.TB) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// start starts a server that serves echo.
func start(t testing.TB, limit int, limits endpoint.Limits) *testServer {
	t.Helper()
	s := &testServer{listener: listen(t), endpoint: endpoint.New(limits, slog.New(slog.DiscardHandler)), panics: make(chan string, 1)}
	s.Opener = New(Config{Limit: limit, Listener: s.listener.Addr(), Path: "/here", Panicked: func(stack []byte) { s.panics <- string(stack) }})
	kind := endpoint.Echo(1 << 16)
	server := &http.Server{ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		owner, ok := s.Claim(r.RemoteAddr)
		if _, again := s.Claim(r.RemoteAddr); !ok || again || r.URL.Path != "/here" || endpoint.Check(r) != nil {
			s.strangers.Add(1)
			http.Error(w, "who is that?", http.StatusForbidden)
			return
		}
		// An error means that the opener has gone.
		_ = s.endpoint.Upgrade(w, r, &kind, owner, func(*endpoint.Ending) {})
	})}
	go server.Serve(s.listener)
	t.Cleanup(func() {
		var ends sync.WaitGroup
		ends.Go(s.Opener.Shutdown)
		s.endpoint.Shutdown()
		ends.Wait()
		server.Close()
	})
	return s
}

// wait waits until something is so.
func wait(t testing.TB, what string, good func() bool) {
	t.Helper()
	for deadline := time.Now().Add(testpeer.Patience); !good(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// holds waits until a group has so many connections and opens no more.
func (g *Group) holds(t testing.TB, n int) {
	t.Helper()
	wait(t, "connections", func() bool {
		open, opening := g.State()
		return open == n && !opening
	})
}

// idle reports whether nothing of an opener is left.
func (o *Opener) idle() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.taken == 0 && len(o.claims) == 0
}

func ignore() {}

// peer is a server that does with each connection what a test wants.
func peer(t testing.TB, serve func(net.Conn)) *Opener {
	t.Helper()
	listener := listen(t)
	testpeer.Accept(t, listener, serve)
	o := New(Config{Limit: 100, Listener: listener.Addr(), Path: "/"})
	t.Cleanup(o.Shutdown)
	return o
}

// readRequest reads a request and returns its key.
func readRequest(tcp net.Conn) string {
	var b []byte
	room := make([]byte, 1024)
	for {
		n, err := tcp.Read(room)
		b = append(b, room[:n]...)
		if head, _, short := protocol.ParseRequestHead(b); short == nil {
			key, _ := head.Value("Sec-WebSocket-Key")
			return key
		}
		if err != nil {
			return ""
		}
	}
}

// upgrade answers the handshake and goes on to say something.
func upgrade(tcp net.Conn, behind string) {
	tcp.Write(append(protocol.DefaultResponse(readRequest(tcp)).AppendTo(nil), behind...))
}

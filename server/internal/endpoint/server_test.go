package endpoint

import (
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"framecraft/server/internal/testpeer"
)

// testServer is an http.Server with the endpoint behind /.
type testServer struct {
	address  string
	endpoint *Endpoint
	http     *http.Server
	owner    Owner // of connections to come
}

// eachLink runs a test with polled connections, where the system has them, and with
// connections that have a waiter: startServer looks at the test's name.
func eachLink(t *testing.T, test func(*testing.T)) {
	t.Run("polled", test)
	t.Run(waiters, test)
}

const waiters = "waiter"

// waitingListener gives connections that look like something else than a TCP
// connection, but for their descriptor.
type waitingListener struct{ net.Listener }

type waitingConn struct{ *net.TCPConn }

func (l waitingListener) Accept() (net.Conn, error) {
	tcp, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return waitingConn{tcp.(*net.TCPConn)}, nil
}

// startServer serves one kind of connection. Wrap, if any, stands between the
// endpoint and its connections.
func startServer(t testing.TB, limits Limits, kind Kind, wrap func(net.Conn) net.Conn) *testServer {
	t.Helper()
	return startServerLog(t, limits, kind, wrap, slog.New(slog.DiscardHandler))
}

func startServerLog(t testing.TB, limits Limits, kind Kind, wrap func(net.Conn) net.Conn, log *slog.Logger) *testServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(strings.Split(t.Name(), "/"), waiters) {
		listener = waitingListener{listener}
	}
	e := New(limits, log)
	leave := func(ending *Ending) {
		if ending != nil {
			ending.Log(log)
		}
	}
	s := &testServer{address: listener.Addr().String(), endpoint: e}
	s.http = &http.Server{
		ReadHeaderTimeout: testpeer.Patience,
		MaxHeaderBytes:    8192,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if refusal := Check(r); refusal != nil {
				refusal.Write(w)
				return
			}
			if wrap == nil {
				// An error means that the peer went away.
				_ = e.Upgrade(w, r, &kind, s.owner, leave)
				return
			}
			// The same, with something in between.
			if !e.begin() {
				return
			}
			tcp, early, err := hijack(w, r, "", &e.limits)
			if err != nil {
				e.live.Done()
				return
			}
			e.serve(wrap(tcp), early, &kind, nil, s.owner, leave)
		}),
	}
	go Serve(s.http, listener)
	t.Cleanup(func() {
		s.stop()
		if held := e.Totals().Held; held != 0 {
			t.Errorf("%d bytes are held at the end, expected none", held)
		}
	})
	return s
}

func (s *testServer) stop() {
	s.endpoint.Shutdown()
	s.http.Close()
}

// dial connects and shakes hands.
func (s *testServer) dial(t testing.TB) *testpeer.Peer {
	t.Helper()
	return testpeer.Dial(t, s.address, "/")
}

// expectServed checks that the server serves the next connection.
func (s *testServer) expectServed(t testing.TB) {
	t.Helper()
	p := s.dial(t)
	p.Send(`text "next"`)
	p.Expect(`text "next"`)
	p.CloseClean()
	p.TCP.Close()
}

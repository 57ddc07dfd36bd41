package hold

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/testpeer"
	"framecraft/server/internal/wire"
)

// Connections that do not come to be open, and why.

// What a server refuses is explained, and what is open closes in order.
func TestFleetRefused(t *testing.T) {
	everyFleet(t, func(t *testing.T, hold fleet) {
		e := endpoint.New(endpoint.DefaultLimits(), slog.New(slog.DiscardHandler))
		t.Cleanup(e.Shutdown)
		echo := wire.EchoHandler(e, endpoint.Echo(1<<16))
		var mu sync.Mutex
		left := 10
		at := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			left--
			refused := left < 0
			mu.Unlock()
			if refused {
				http.Error(w, "too many connections from this address", http.StatusTooManyRequests)
				return
			}
			echo.ServeHTTP(w, r)
		}))
		r := start(t, hold, testShare(at, 50))
		p := r.wait("stopped, and ten are open", func(p Progress) bool { return stopped(p) && p.Open == 10 })
		if p.Stop.Limit != limitRefused || p.Stop.Raise != raiseServerCount ||
			p.Stop.Found != `the server refused a connection with 429 Too Many Requests and the reason "too many connections from this address"` {
			t.Errorf("found %v", p.Stop)
		}
		if p = r.close(); p.Closed != 10 || p.Lost != 0 || p.Opened != 10 {
			t.Errorf("found %+v, expected ten closed in order", p)
		}
	})
}

func TestFleetUnreachable(t *testing.T) {
	everyFleet(t, func(t *testing.T, hold fleet) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		at := listener.Addr().(*net.TCPAddr).AddrPort()
		listener.Close()
		r := start(t, hold, testShare(at, 5))
		if p := r.wait("stopped", stopped); p.Stop.Limit != limitUnreachable || p.Stop.Found != "nobody listens at "+at.String()+": connection refused" || p.Stop.Raise == "" {
			t.Errorf("found %v", p.Stop)
		}
		if p := r.close(); p.Phase != PhaseEnded || p.Opened != 0 {
			t.Errorf("found %+v", p)
		}
	})
}

// Servers that misbehave in the handshake.
func TestFleetBadServers(t *testing.T) {
	for _, c := range []struct {
		name   string
		server func(net.Conn)
		limit  string
		found  string
	}{
		{"silent", discard, limitAnswer,
			"the server took a connection and gave no response within 300ms: it may be out of descriptors, or just too slow"},
		{"no HTTP", func(c net.Conn) { io.WriteString(c, "220 mail.test ESMTP\r\n\r\n"); c.Close() }, limitAnswer, ""},
		{"ends at once", func(c net.Conn) { c.Close() }, limitAnswer, ""},
		{"ends half way", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 101 Switch")
			c.(*net.TCPConn).CloseWrite()
			discard(c)
		}, limitAnswer,
			`the answer is no response to a handshake: found "HTTP/1.1 101 Switch"`},
		{"speaks first, and something else", func(c net.Conn) { io.WriteString(c, "SSH-2.0-x\r\n"); discard(c) }, limitAnswer,
			`the answer is no response to a handshake: found "SSH-2.0-x\r\n"`},
		{"refuses without an end", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 403 Forbidden\r\n\r\nnot you\n")
			discard(c)
		}, limitRefused, `the server refused a connection with 403 Forbidden and the reason "not you"`},
		{"floods", func(c net.Conn) {
			for room := make([]byte, 4096); ; {
				if _, err := c.Write(room); err != nil {
					return
				}
			}
		}, limitAnswer, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			everyFleet(t, func(t *testing.T, hold fleet) {
				at := testpeer.Listen(t, c.server)
				share := testShare(at, 20)
				share.Patience = 300 * time.Millisecond
				r := start(t, hold, share)
				p := r.wait("stopped", stopped)
				if p.Stop.Limit != c.limit || c.found != "" && p.Stop.Found != c.found {
					t.Errorf("found %v, expected %s %q", p.Stop, c.limit, c.found)
				}
				if p = r.close(); p.Opened != 0 || p.Open != 0 {
					t.Errorf("found %+v", p)
				}
			})
		})
	}
}

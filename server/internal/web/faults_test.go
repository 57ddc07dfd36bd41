package web

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"framecraft/protocol"
	"framecraft/server/faults"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/testpeer"
)

// What package endpoint is tested for with each fault, on the whole site: all
// routes and all faults at the same time on one server.

// faultyRoutes are the sockets, with what a peer says there again and again. None
// of it has more than 4 KiB.
var faultyRoutes = []struct {
	path   string
	opcode protocol.Opcode
	say    string
}{
	{"/echo", protocol.OpcodeText, strings.Repeat("echo this. ", 350)},
	{"/echo?delay=20ms", protocol.OpcodeBinary, strings.Repeat("and this later. ", 240)},
	{"/socket", protocol.OpcodeBinary, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58" + strings.Repeat("\x82\x03abc", 700)},
	{"/play", protocol.OpcodeText, "play echo\nhandshake\nexpect status 101\n" + strings.Repeat("text \"x\"\n", 50) + "wait 2s\n" + strings.Repeat("# talk\n", 400)},
	{"/live", protocol.OpcodeText, `{"open": 3}`},
}

// neighbourBound is less than a write may hang.
const neighbourBound = 2 * time.Second

func TestFaultsOnAllRoutes(t *testing.T) {
	check := testpeer.ExpectNoLeak(t)
	before := testpeer.Heap()
	s := startSite(t, func(c *Config) {
		c.Limits.FirstFrame, c.Limits.Frame, c.Limits.Message = 3*time.Second, 3*time.Second, 4*time.Second
		c.Limits.Ping, c.Limits.Pong = 500*time.Millisecond, 4*time.Second
		c.Limits.Write, c.Limits.Closing, c.Limits.Shutdown = 4*time.Second, time.Second, 2*time.Second
	})
	cookie := s.cookie(t)
	neighbour := testpeer.LiveNextTo(t, s.address, "/echo")
	var running sync.WaitGroup
	var proxies []*faults.Proxy
	for _, c := range faults.Cases() {
		proxy, err := faults.Listen(s.address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { proxy.Close() })
		proxies = append(proxies, proxy)
		for i, route := range faultyRoutes {
			p := testpeer.Dial(t, proxy.Address(), route.path, "Origin: "+s.origin, "Cookie: "+cookie)
			defer p.TCP.Close()
			running.Go(func() {
				var talking sync.WaitGroup
				talking.Go(func() {
					for sent := 0; sent < min(c.Bytes, 200_000); sent += len(route.say) {
						p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(route.opcode), []byte(route.say)))
					}
				})
				for begin := time.Now(); time.Since(begin) < 2*time.Second; p.In = p.In[:0] {
					if p.More(2*time.Second) != nil {
						break
					}
				}
				if i%2 == 0 { // some leave in the rudest way
					p.TCP.(*net.TCPConn).SetLinger(0)
				}
				p.TCP.Close()
				talking.Wait()
			})
		}
		proxy.Set(c.Up, c.Down)
	}
	running.Wait()
	for begin := time.Now(); s.endpoint.Live() > 1; time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > 3*testpeer.Patience {
			t.Fatalf("%d live connections, expected only the neighbour's", s.endpoint.Live())
		}
	}
	neighbour.Leave(t, neighbourBound)
	waitEmpty(t, s, 0)
	for _, proxy := range proxies {
		proxy.Close()
	}
	expectServed(t, s)
	for path, want := range map[string]string{"/socket": `{"carrier"`, "/play": "# refused", "/live": `{"at"`} {
		p := testpeer.Dial(t, s.address, path, "Origin: "+s.origin, "Cookie: "+cookie)
		switch path {
		case "/socket":
			p.Send("binary hex:8180")
		case "/play":
			p.Send(`text "nonsense"`)
		}
		if f, err := p.Next(testpeer.Patience); err != nil || !strings.HasPrefix(string(f.Payload), want) {
			t.Errorf("%s afterwards: found %v, %v, expected %s", path, f, err, want)
		}
		p.TCP.Close()
	}
	s.stop()
	check()
	if grown := testpeer.Heap() - before; grown > 2<<20 {
		t.Errorf("the faults left %d bytes behind, expected at most 2 MiB", grown)
	}
}

// Files through every fault: whole, or an error in time. The connections are
// faulty from their first byte on, so the requests suffer too.
func TestFaultsOnFiles(t *testing.T) {
	check := testpeer.ExpectNoLeak(t)
	file := bytes.Repeat([]byte("export const x = 1;\n"), 10_000)
	s := startSite(t, func(c *Config) {
		c.Page = fstest.MapFS{"index.html": testPage["index.html"], "dist/protocol.wasm": testPage["dist/protocol.wasm"], "large.mjs": {Data: file}}
	})
	var running sync.WaitGroup
	for _, c := range faults.Cases() {
		under, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := s.Server()
		server.ReadTimeout, server.WriteTimeout = 2*time.Second, 3*time.Second
		if c.Survives {
			server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
		}
		path, want := "/large.mjs", file
		if c.Bytes < 1000 { // it trickles
			path, want = "/", testPage["index.html"].Data
		}
		running.Go(func() {
			endpoint.Serve(server, &faults.Listener{Listener: under, Wrap: func(conn net.Conn) net.Conn {
				return faults.Wrap(conn, c.Up, c.Down)
			}})
		})
		running.Go(func() {
			defer server.Close()
			client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}
			if c.Survives {
				client.Timeout = time.Minute
			}
			var got []byte
			answer, err := client.Get("http://" + under.Addr().String() + path)
			if err == nil {
				got, err = io.ReadAll(answer.Body)
				answer.Body.Close()
			}
			// What only happens to the bytes behind those of the request harms nobody.
			harmed := !c.Survives && (c.Down.End != faults.Never || c.Up.End != faults.Never && c.Up.After < 100)
			switch {
			case err == nil && !bytes.Equal(got, want):
				t.Errorf("%s: found %d bytes without an error, expected %d", c.Name, len(got), len(want))
			case harmed && err == nil:
				t.Errorf("%s: the file arrived in spite of it", c.Name)
			case c.Survives && err != nil:
				t.Errorf("%s: %v, expected the file", c.Name, err)
			}
		})
	}
	running.Wait()
	expectServed(t, s)
	s.stop()
	check()
}

// Accepting fails for a while, as when descriptors are short: whoever comes then
// is served afterwards, and the log says it once.
func TestAcceptErrors(t *testing.T) {
	check := testpeer.ExpectNoLeak(t)
	log := &logBuffer{}
	s := startSite(t, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(log, nil)) })
	under, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := &faults.Listener{Listener: under, Fail: func(n int) error {
		switch {
		case n == 3:
			return faults.AcceptError(syscall.ENFILE)
		case n < 8:
			return faults.AcceptError(syscall.EMFILE)
		}
		return nil
	}}
	server := s.Server()
	ended := make(chan error, 1)
	go func() { ended <- endpoint.Serve(server, listener) }()
	p := testpeer.Dial(t, under.Addr().String(), "/echo")
	p.Send(`text "at last"`)
	p.Expect(`text "at last"`)
	p.CloseClean()
	p.TCP.Close()
	if listener.Calls() < 8 {
		t.Errorf("accepting was tried %d times, expected 8 or more", listener.Calls())
	}
	if n := strings.Count(log.String(), "cannot be accepted"); n != 1 {
		t.Errorf("the log says %d times that accepting fails, expected once:\n%s", n, log)
	}
	server.Close()
	if err := <-ended; err != http.ErrServerClosed {
		t.Errorf("serving ended with %v", err)
	}
	s.stop()
	check()
}

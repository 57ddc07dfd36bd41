package web

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"framecraft/server/internal/endpoint"
)

// What an idle connection costs the server's process. The server is a second
// process, this test binary again, so that the clients' memory stays out of the
// numbers; on one command it prints what it weighs.

const (
	idleServerVariable = "FRAMECRAFT_IDLE_SERVER"
	idleConnections    = 10_000
)

func TestMain(m *testing.M) {
	if clientsOf := os.Getenv(clientsVariable); clientsOf != "" {
		number, request, _ := strings.Cut(clientsOf, " ")
		n, err := strconv.Atoi(number)
		if err == nil {
			err = clients(request, n, os.Stdin, os.Stdout)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if os.Getenv(idleServerVariable) != "" {
		if err := idleServer(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// idleServer serves until its input ends. Every line of it is answered with what
// the process weighs: resident, heap and stacks, in bytes.
func idleServer(in io.Reader, out io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	limits := endpoint.DefaultLimits()
	limits.Ping, limits.FirstFrame = time.Hour, time.Hour // the clients never answer
	site, err := New(Config{
		Page:    fstest.MapFS{},
		Keys:    []KeyPair{{bytes.Repeat([]byte("hash"), 16), bytes.Repeat([]byte("bloc"), 8)}},
		Origins: DefaultOrigins(listener.Addr()),
		Limits:  limits,
		Log:     slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	go endpoint.Serve(&http.Server{Handler: site}, listener)
	cookie := httptest.NewRecorder()
	if err := site.sessions.renew(cookie, httptest.NewRequest("GET", "/", nil)); err != nil {
		return err
	}
	value, _, _ := strings.Cut(cookie.Header().Get("Set-Cookie"), ";")
	fmt.Fprintln(out, listener.Addr(), value)
	for lines := bufio.NewScanner(in); lines.Scan(); {
		// Pools let go after two collections.
		for range 3 {
			runtime.GC()
		}
		debug.FreeOSMemory()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		fmt.Fprintln(out, residentBytes(&stats), stats.HeapAlloc, stats.StackInuse, site.endpoint.Live())
	}
	return nil
}

// residentBytes is the resident size, or what comes closest where the system
// does not say.
func residentBytes(stats *runtime.MemStats) uint64 {
	var size, resident uint64
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		if _, err := fmt.Sscan(string(text), &size, &resident); err == nil {
			return resident * uint64(os.Getpagesize())
		}
	}
	return stats.Sys - stats.HeapReleased
}

// weight is a line of idleServer.
type weight struct{ resident, heap, stack, live int }

func BenchmarkIdleConnections(b *testing.B) {
	for _, c := range []struct{ name, route, offer string }{
		{"echo", "/echo", ""},
		{"echo with deflate", "/echo", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"},
		{"socket", "/socket", ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				fresh, used := measureIdle(b, c.route, c.offer)
				b.ReportMetric(float64(fresh.resident), "fresh-RSS-B/conn")
				b.ReportMetric(float64(fresh.heap), "fresh-heap-B/conn")
				b.ReportMetric(float64(fresh.stack), "fresh-stack-B/conn")
				b.ReportMetric(float64(used.resident), "used-RSS-B/conn")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// measureIdle returns what one connection weighs just after its handshake, and
// after it has been used and is idle again.
func measureIdle(b *testing.B, route, offer string) (fresh, used weight) {
	ctx, cancel := context.WithTimeout(b.Context(), 2*time.Minute)
	defer cancel()
	server := exec.CommandContext(ctx, os.Args[0])
	server.Env = append(os.Environ(), idleServerVariable+"=1")
	server.Stderr = os.Stderr
	in, err := server.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		in.Close()
		if err := server.Wait(); err != nil {
			b.Error(err)
		}
	}()
	lines := bufio.NewReader(out)
	var address, cookie string
	if _, err := fmt.Fscanln(lines, &address, &cookie); err != nil {
		b.Fatal(err)
	}
	weigh := func() (w weight) {
		fmt.Fprintln(in, "weigh")
		if _, err := fmt.Fscanln(lines, &w.resident, &w.heap, &w.stack, &w.live); err != nil {
			b.Fatal(err)
		}
		return w
	}
	request := "GET " + route + " HTTP/1.1\r\nHost: " + address + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Origin: http://" + address + "\r\nCookie: " + cookie + "\r\n" + offer + "\r\n"
	var clients []net.Conn
	defer func() {
		for _, client := range clients {
			client.Close()
		}
	}()
	room := make([]byte, 64<<10)
	connect := func() {
		client, err := net.Dial("tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		clients = append(clients, client)
		io.WriteString(client, request)
		n := 0
		for !bytes.HasSuffix(room[:n], []byte("\r\n\r\n")) {
			more, err := client.Read(room[n:])
			if err != nil {
				b.Fatalf("handshake: %v", err)
			}
			n += more
		}
		agreed := bytes.Contains(room[:n], []byte("\r\nSec-WebSocket-Extensions: permessage-deflate"))
		if !bytes.HasPrefix(room, []byte("HTTP/1.1 101 ")) || agreed != (offer != "") {
			b.Fatalf("handshake: %q", room[:n])
		}
	}
	// The first connections bring the server's own memory to where it stays.
	for range 100 {
		connect()
	}
	before := weigh()
	for range idleConnections {
		connect()
	}
	each := func(after weight) weight {
		if got := after.live - before.live; got != idleConnections {
			b.Fatalf("%d live connections, expected %d", got, idleConnections)
		}
		return weight{
			resident: (after.resident - before.resident) / idleConnections,
			heap:     (after.heap - before.heap) / idleConnections,
			stack:    (after.stack - before.stack) / idleConnections,
		}
	}
	// A whole frame as a message, masked with the key 0; or 300 times the letter a,
	// compressed.
	message := []byte("\x82\x86\x00\x00\x00\x00\x81\x80\x00\x00\x00\x00")
	if offer != "" {
		message = []byte("\xc1\x87\x00\x00\x00\x00\x4a\x4c\x1c\x05\xc4\x02\x00")
	}
	fresh = each(weigh())
	for _, client := range clients {
		client.Write(message)
		if _, err := client.Read(room); err != nil {
			b.Fatalf("answer: %v", err)
		}
	}
	return fresh, each(weigh())
}

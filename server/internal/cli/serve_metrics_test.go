package cli

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"framecraft/server/internal/web"
	"framecraft/static"
)

func TestLoopbackHost(t *testing.T) {
	for host, want := range map[string]bool{
		"127.0.0.1:9090": true, "127.0.0.1": true, "127.8.0.1:1": true, "[::1]:9090": true, "localhost:9090": true, "localhost": true,
		// A page can be served under any name that leads to 127.0.0.1.
		"metrics.example:9090": false, "localhost.example": false, "192.0.2.1:9090": false, "": false, "0.0.0.0:9090": false,
	} {
		if got := loopbackHost(host); got != want {
			t.Errorf("%q: found %v, expected %v", host, got, want)
		}
	}
}

// Who asks for metrics from elsewhere and never comes to the end of it is cut.
func TestOpenMetricsHaveAnEnd(t *testing.T) {
	site, err := web.New(web.Config{Page: static.Files, Keys: []web.KeyPair{{Hash: make([]byte, 64), Block: make([]byte, 32)}}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer site.Shutdown()
	server := (&metricsFlags{MetricsOpen: true}).metricsServer(site, slog.New(slog.DiscardHandler))
	// Nobody waits for the real times here.
	const shorter = 50
	server.ReadTimeout /= shorter
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- server.Serve(listener) }()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := io.WriteString(client, "GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx"); err != nil {
		t.Fatal(err)
	}
	if err := client.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, client); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("a body that does not end is awaited for ever")
	}
	if server.WriteTimeout == 0 {
		t.Error("whoever does not read the metrics stays for ever")
	}
	server.Close()
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

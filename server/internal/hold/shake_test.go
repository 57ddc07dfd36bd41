package hold

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"
)

// A handshake may be given up at any time, in the middle of its own return too:
// what gives it up must not reach for a connection that is gone already.
func TestShakeGivenUp(t *testing.T) {
	silent := serveTCP(t, func(c net.Conn) {
		defer c.Close()
		_, _ = io.Copy(io.Discard, c)
	})
	refusing := serveTCP(t, func(c net.Conn) { c.Close() })
	share := testShare(silent, 1)
	for i := range 200 {
		share.Address = silent
		if i%2 == 0 {
			share.Address = refusing
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Duration(i)*10*time.Microsecond, cancel)
		tcp, _, _, err := shake(ctx, share, netip.Addr{})
		if err == nil || tcp != nil {
			t.Fatalf("a connection that was given up: found %v, %v, expected none and an error", tcp, err)
		}
		cancel()
	}
}

// A response in time is a connection, and one whose time is over is none: whoever
// gave it up has spoiled its deadline.
func TestShakeInTime(t *testing.T) {
	at := serveEcho(t, nil)
	share := testShare(at, 1)
	given := 0
	for i := range 100 {
		share.Patience = time.Duration(i) * 30 * time.Microsecond
		tcp, _, _, err := shake(t.Context(), share, netip.Addr{})
		if err != nil {
			if tcp != nil {
				t.Fatalf("found a connection beside the error %v", err)
			}
			continue
		}
		given++
		// On a busy machine the pause alone may take as long as the deadline.
		begin := time.Now()
		_ = tcp.SetReadDeadline(begin.Add(10 * time.Millisecond))
		time.Sleep(time.Millisecond)
		if _, err := tcp.Read(make([]byte, 1)); errors.Is(err, io.EOF) || time.Since(begin) < 5*time.Millisecond {
			t.Fatalf("a connection that was handed out does not wait: %v after %v", err, time.Since(begin))
		}
		tcp.Close()
	}
	if given == 0 {
		t.Fatal("no handshake was in time")
	}
}

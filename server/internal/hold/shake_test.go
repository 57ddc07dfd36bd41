package hold

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"framecraft/server/internal/testpeer"
)

// A handshake may be given up at any time, in the middle of its own return too:
// what gives it up must not reach for a connection that is gone already.
func TestShakeGivenUp(t *testing.T) {
	silent := testpeer.Listen(t, discard)
	refusing := testpeer.Listen(t, func(net.Conn) {})
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

// A probe may be given up at any time: right behind its handshake, too, it waits
// for nobody.
func TestProbeGivenUp(t *testing.T) {
	var giveUp atomic.Pointer[func()]
	at := serveUpgraded(t, "", func(tcp net.Conn) {
		(*giveUp.Load())()
		discard(tcp)
	})
	share := testShare(at, 1)
	share.Patience = testpeer.Patience
	for i := range 100 {
		ctx, cancel := context.WithCancel(t.Context())
		giving := func() { time.AfterFunc(time.Duration(i)*5*time.Microsecond, cancel) }
		giveUp.Store(&giving)
		begin := time.Now()
		if _, err := probe(ctx, share); err == nil || time.Since(begin) > share.Patience/2 {
			t.Fatalf("a probe that was given up: %v after %v", err, time.Since(begin))
		}
		cancel()
	}
}

// A reason is for counting: it has no address, and says nothing twice.
func TestReasonOf(t *testing.T) {
	err := &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	if got := reasonOf(err); got != "read: connection reset by peer" {
		t.Errorf("found %q", got)
	}
}

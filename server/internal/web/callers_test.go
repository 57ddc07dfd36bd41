package web

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/testpeer"
)

// closedAtOnce reports whether the server closes a connection that has said nothing.
func closedAtOnce(t *testing.T, p *testpeer.Peer, within time.Duration) bool {
	t.Helper()
	err := p.More(within)
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		return false
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		t.Fatal(err)
	}
	return true
}

func TestCallersOfAnAddress(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Counts.CallersPerAddress = 3 })
	const moment = 200 * time.Millisecond
	// What has become a WebSocket connection is no caller any more.
	for range 5 {
		testpeer.Dial(t, s.address, "/echo")
	}
	var callers []*testpeer.Peer
	for range 3 {
		callers = append(callers, testpeer.Connect(t, s.address))
	}
	callers[0].Write([]byte("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"))
	callers[0].ReadAnswer()
	if closedAtOnce(t, callers[2], moment) {
		t.Error("the third is closed, expected three to stay")
	}
	if fourth := testpeer.Connect(t, s.address); !closedAtOnce(t, fourth, testpeer.Patience) {
		t.Error("the fourth is not closed")
	}
	series := `framecraft_refused_total{reason="callers-of-address",route="tcp"}`
	if got := s.metric(t, series); got != "1" {
		t.Errorf("%s is %q, expected 1", series, got)
	}
	// A place is free once one has gone; the one too many has left none behind.
	callers[1].TCP.Close()
	deadline := time.Now().Add(testpeer.Patience)
	for closedAtOnce(t, testpeer.Connect(t, s.address), moment) {
		if time.Now().After(deadline) {
			t.Fatal("no place has become free")
		}
	}
}

func TestAProxyMayCallOften(t *testing.T) {
	s := startSite(t, func(c *Config) {
		c.Counts.CallersPerAddress, c.TrustedProxies = 1, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	for range 5 {
		if closedAtOnce(t, testpeer.Connect(t, s.address), 50*time.Millisecond) {
			t.Fatal("a connection of the proxy is closed")
		}
	}
}

// A client of /echo that has a rate: messages end it, bytes only slow it down.
func TestEchoRate(t *testing.T) {
	s := startSite(t, func(c *Config) {
		c.EchoRate = endpoint.Rate{MessagesASecond: 5, MessageBurst: 10, BytesASecond: 1 << 20, ByteBurst: 1 << 20}
	})
	p := testpeer.Dial(t, s.address, "/echo")
	payload := make([]byte, 512<<10)
	begin := time.Now()
	for range 3 {
		p.RoundTrip(protocol.OpcodeBinary, p.AppendFrame(nil, 0x8200, payload), payload)
	}
	if took := time.Since(begin); took < 400*time.Millisecond {
		t.Errorf("1.5 MiB took %v, expected half a second at 1 MiB a second and as much at once", took)
	}
	p = testpeer.Dial(t, s.address, "/echo")
	for range 11 {
		p.Send(`text "a"`)
	}
	for range 10 {
		p.Expect(`text "a"`)
	}
	p.ExpectCloseFrame(protocol.StatusPolicyViolation)
}

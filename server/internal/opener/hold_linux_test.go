package opener

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/system"
	"framecraft/server/internal/testpeer"
)

// All that is held costs the opener one goroutine, and the server sees its pings
// answered for as long as that lasts.
func TestOpenHoldsAndAnswers(t *testing.T) {
	limits := endpoint.DefaultLimits()
	limits.Ping = 200 * time.Millisecond
	s := start(t, 200, limits)
	s.times.visit = 400 * time.Millisecond
	g := s.Group(Owner{7}, ignore)
	// What the server opens once, for the first of all connections, stays.
	if err := g.Open(1); err != nil {
		t.Fatal(err)
	}
	g.holds(t, 1)
	g.Close()
	wait(t, "the first one's end", func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return !g.running && s.endpoint.Totals().Ended == 1
	})
	descriptors := system.Descriptors()
	if err := g.Open(100); err != nil {
		t.Fatal(err)
	}
	g.holds(t, 100)
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	if keep, all := bytes.Count(stacks, []byte("opener.(*Group).keep(")), bytes.Count(stacks, []byte("created by framecraft/server/internal/opener.")); keep != 1 || all > 4 {
		t.Errorf("%d goroutines keep the connections, %d are from here, expected one and the test's", keep, all)
	}
	wait(t, "three pings of each, and their pongs behind the first one", func() bool {
		totals := s.endpoint.Totals()
		return totals.FramesOut >= 300 && totals.FramesIn >= 400
	})
	if totals := s.endpoint.Totals(); totals.Open != 100 || totals.Ended != 1 {
		t.Errorf("found %+v, expected 100 connections that live", totals)
	}
	if _, all := s.endpoint.Connections(nil, endpoint.Owner{7}, 0); all != 100 {
		t.Errorf("%d belong to their owner, expected 100", all)
	}
	g.End()
	wait(t, "the end", s.idle)
	if s.strangers.Load() != 0 {
		t.Errorf("%d requests were not known", s.strangers.Load())
	}
	wait(t, "the descriptors", func() bool { return system.Descriptors().Value <= descriptors.Value })
	wait(t, "100 ends with Close 1001", func() bool { return s.endpoint.Totals().ClosedBy[protocol.StatusGoingAway] == 100 })
}

// Only the peer that was announced is let in, and once.
func TestStrangersAreNotClaimed(t *testing.T) {
	s := start(t, 10, endpoint.DefaultLimits())
	g := s.Group(Owner{7}, ignore)
	defer g.End()
	if err := g.Open(5); err != nil {
		t.Fatal(err)
	}
	g.holds(t, 5)
	// From an address that the opener uses as well, and with what it sends.
	for n := range 5 {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+n%4))}}
		tcp, err := dialer.Dial("tcp4", s.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		tcp.Write(protocol.DefaultRequest(s.target.String(), s.path, "dGhlIHNhbXBsZSBub25jZQ==").AppendTo(nil))
		answer, _ := io.ReadAll(io.LimitReader(tcp, 12))
		if string(answer) != "HTTP/1.1 403" {
			t.Errorf("a stranger was answered %q", answer)
		}
		tcp.Close()
	}
	if n := s.strangers.Load(); n != 5 {
		t.Errorf("%d strangers, expected 5", n)
	}
	for _, remote := range []string{"", "127.0.0.2:1", "x"} {
		if _, ok := s.Claim(remote); ok {
			t.Errorf("%q was claimed", remote)
		}
	}
}

// What the server ends is lost, its place is free again, and the others stay.
func TestLostConnectionsAreNoticed(t *testing.T) {
	s := start(t, 20, endpoint.DefaultLimits())
	s.times.visit = 100 * time.Millisecond
	g := s.Group(Owner{7}, ignore)
	defer g.End()
	if err := g.Open(20); err != nil {
		t.Fatal(err)
	}
	g.holds(t, 20)
	g.mu.Lock()
	for i := range 7 { // before the goroutine sees any of them
		g.clients[2*i].tcp.(*net.TCPConn).CloseWrite()
	}
	g.mu.Unlock()
	g.holds(t, 13)
	if err := g.Open(7); err != nil {
		t.Fatal(err)
	}
	g.holds(t, 20)
	wait(t, "the server's count", func() bool { return s.endpoint.Totals().Live == 20 })
}

// Each limit ends the ramp with the number reached, the limit, and how to raise it.
func TestRampStopsAtADescriptorLimit(t *testing.T) {
	for _, c := range []struct {
		open, limit, hard system.Fact
		n                 int
		want              string
	}{
		{system.Known(100), system.Known(100 + headroom + 2*13 + 1), system.Known(1000), 13,
			"opened 13 of 30: this process has 126 descriptors open, a connection takes two of them here, and 256 stay free for others; it may have 383, and `ulimit -n` raises that up to 1000"},
		{system.Known(100), system.Known(100 + headroom + 2), system.Known(100 + headroom + 2), 1,
			"opened 1 of 30: this process has 102 descriptors open, a connection takes two of them here, and 256 stay free for others; it may have 358, and only an administrator raises that (`ulimit -Hn`, LimitNOFILE= of systemd)"},
		{system.Known(5000), system.Known(1024), system.Fact{}, 0,
			"opened 0 of 30: this process has 5000 descriptors open, a connection takes two of them here, and 256 stay free for others"},
		{system.Fact{}, system.Known(1), system.Known(1), 30, ""},
		{system.Known(1), system.Fact{}, system.Fact{}, 30, ""},
		{system.Known(100), system.Known(100 + headroom + 60), system.Known(1000), 30, ""},
	} {
		s := start(t, 100, endpoint.DefaultLimits())
		var g *Group
		s.descriptors = func() (open, limit, hard system.Fact) {
			open = c.open
			if n, _ := g.State(); open.Known {
				open.Value += 2 * int64(n)
			}
			return open, c.limit, c.hard
		}
		g = s.Group(Owner{7}, ignore)
		if err := g.Open(30); err != nil {
			t.Fatal(err)
		}
		wait(t, "the end of the ramp", func() bool { _, opening := g.State(); return !opening })
		g.holds(t, c.n)
		said := ""
		if err := g.Said(); err != nil {
			said = err.Error()
		}
		if said != c.want {
			t.Errorf("found %q, expected %q", said, c.want)
		}
		if g.Said() != nil {
			t.Error("it is said twice")
		}
		g.End()
		wait(t, "the end", s.idle)
	}
}

// A process that has no descriptor left, whatever it thought before.
func TestRampWithoutDescriptors(t *testing.T) {
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	s := start(t, 1000, endpoint.DefaultLimits())
	s.times.dial = 300 * time.Millisecond // the server may have none left either
	s.descriptors = func() (open, limit, hard system.Fact) {
		limit, hard = system.DescriptorLimits()
		return system.Fact{}, limit, hard
	}
	few := before
	few.Cur = 100
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)
	g := s.Group(Owner{7}, ignore)
	if err := g.Open(1000); err != nil {
		t.Fatal(err)
	}
	wait(t, "the end of the ramp", func() bool { _, opening := g.State(); return !opening })
	open, _ := g.State()
	err := g.Said()
	want := fmt.Sprintf("opened %d of 1000: ", open)
	if err == nil || !strings.HasPrefix(err.Error(), want) || open < 20 || open > 50 {
		t.Errorf("%d are open, found %v", open, err)
	}
	g.Close()
	wait(t, "the end", s.idle)
}

// Servers that do not shake hands as they should.
func TestHandshakesThatFail(t *testing.T) {
	for want, serve := range map[string]func(net.Conn){
		"the server answered 403, not you": func(tcp net.Conn) {
			readRequest(tcp)
			io.WriteString(tcp, "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\nnot you\n")
			tcp.Close()
		},
		"the server answered 503, later (serve --max-connections)": func(tcp net.Conn) {
			readRequest(tcp)
			io.WriteString(tcp, "HTTP/1.1 503 Service Unavailable\r\n\r\nlater\nor never")
			tcp.Close()
		},
		"the answer to the handshake has another Sec-WebSocket-Accept than expected": func(tcp net.Conn) {
			readRequest(tcp)
			tcp.Write(protocol.DefaultResponse("AAAAAAAAAAAAAAAAAAAAAA==").AppendTo(nil))
			tcp.Close()
		},
		"reading the answer to the handshake: EOF": func(tcp net.Conn) {
			readRequest(tcp)
			tcp.Close()
		},
		"the head of the answer to the handshake has more than 4096 bytes": func(tcp net.Conn) {
			readRequest(tcp)
			io.WriteString(tcp, "HTTP/1.1 101 Switching Protocols\r\nX: "+strings.Repeat("x", answerLimit))
			io.Copy(io.Discard, tcp)
			tcp.Close()
		},
		"i/o timeout": func(tcp net.Conn) {
			io.Copy(io.Discard, tcp)
			tcp.Close()
		},
	} {
		o := peer(t, serve)
		o.times.dial = 300 * time.Millisecond
		g := o.Group(Owner{7}, ignore)
		if err := g.Open(3); err != nil {
			t.Fatal(err)
		}
		wait(t, "the end of the ramp", func() bool { _, opening := g.State(); return !opening })
		if err := g.Said(); err == nil || !strings.HasPrefix(err.Error(), "opened 0 of 3: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("found %v, expected %q", err, want)
		}
		wait(t, "the end", o.idle)
		g.End()
	}
}

// A server that never answers a Close frame is cut off, one that breaks the
// protocol is told so, one that sends much is read.
func TestServersThatMisbehave(t *testing.T) {
	var said = make(chan string, 1)
	for name, c := range map[string]struct {
		behind string
		want   string // what the client sends, unmasked, behind its first pong
	}{
		"silent":      {"", "close 1000"},
		"reserved":    {"\x83\x00", "close 1002"},
		"masked":      {"\x81\x80\x00\x00\x00\x00", "close 1002"},
		"talks":       {"\x81\x02hi\x02\x01a\x80\x01b\x89\x02ab", "pong ab, close 1000"},
		"in pieces":   {"\x89\x7d" + strings.Repeat("p", 125), "pong " + strings.Repeat("p", 125) + ", close 1000"},
		"closes":      {"\x88\x02\x03\xe8", "close 1000"},
		"too big":     {"\x82\x7f\x00\x00\x00\x00\x00\x10\x00\x00", "close 1009"},
		"long length": {"\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", "close 1002"},
	} {
		o := peer(t, func(tcp net.Conn) {
			upgrade(tcp, c.behind)
			b, _ := io.ReadAll(tcp)
			said <- framesOf(b)
			tcp.Close()
		})
		o.times.visit, o.times.close = 50*time.Millisecond, 300*time.Millisecond
		g := o.Group(Owner{7}, ignore)
		if err := g.Open(1); err != nil {
			t.Fatal(err)
		}
		wait(t, "the ramp", func() bool { _, opening := g.State(); return !opening })
		time.Sleep(100 * time.Millisecond) // visits
		g.Close()
		select {
		case got := <-said:
			if want := "pong, " + c.want; got != want {
				t.Errorf("%s: found %q, expected %q", name, got, want)
			}
		case <-time.After(testpeer.Patience):
			t.Fatalf("%s: the connection was never given up", name)
		}
		wait(t, "the end", o.idle)
		g.End()
	}
}

// framesOf lists masked frames.
func framesOf(b []byte) string {
	var list []string
	for len(b) > 0 {
		h, n, err := protocol.ParseHeader(b)
		if err != nil || !h.Has(protocol.MASK) || uint64(len(b)-n) < h.PayloadLength {
			return strings.Join(append(list, fmt.Sprintf("% x", b)), ", ")
		}
		payload := b[n : n+int(h.PayloadLength)]
		protocol.Mask(payload, h.MaskingKey, 0)
		text := h.Opcode().String()
		switch {
		case h.Opcode() == protocol.OpcodeClose:
			text += fmt.Sprintf(" %d", protocol.ParseClose(payload).Code)
		case len(payload) > 0:
			text += " " + string(payload)
		}
		list = append(list, text)
		b = b[n+int(h.PayloadLength):]
	}
	return strings.Join(list, ", ")
}

// The numbers in the middle of everything: several groups open, close and end at
// any moment, and there are never more than the limit.
func TestLimitHoldsInTheMiddleOfEverything(t *testing.T) {
	const limit = 60
	s := start(t, limit, endpoint.DefaultLimits())
	s.times.step = time.Millisecond
	done := make(chan struct{})
	for n := range 4 {
		go func() {
			defer func() { done <- struct{}{} }()
			for round := range 6 {
				g := s.Group(Owner{byte(n)}, ignore)
				_ = g.Open(25 + n)
				time.Sleep(time.Duration(7*n+5*round) * time.Millisecond)
				g.Close()
				_ = g.Open(10)
				time.Sleep(time.Duration(3*n) * time.Millisecond)
				g.End()
				if err := g.Open(1); err == nil {
					t.Error("a group that has ended opens more")
				}
			}
		}()
	}
	for left := 4; left > 0; {
		select {
		case <-done:
			left--
		case <-time.After(time.Millisecond):
			// The server may still have to notice those that were closed just now.
			s.mu.Lock()
			if s.taken < 0 || s.taken > limit {
				t.Errorf("%d places are taken, expected 0 to %d", s.taken, limit)
			}
			s.mu.Unlock()
		}
	}
	wait(t, "the end", s.idle)
	wait(t, "the groups' end", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.groups) == 0
	})
	wait(t, "the server's end of them", func() bool { return s.endpoint.Totals().Live == 0 })
	if totals := s.endpoint.Totals(); totals.ClosedBy[protocol.StatusAbnormalClosure] != 0 || totals.Accepted == 0 {
		t.Errorf("found %+v, expected ends in good order", totals)
	}
}

func TestShutdownRefusesMore(t *testing.T) {
	s := start(t, 10, endpoint.DefaultLimits())
	g := s.Group(Owner{7}, ignore)
	s.Opener.Shutdown()
	if err := g.Open(1); err == nil {
		t.Error("opened after the shutdown")
	}
	late := s.Group(Owner{7}, ignore)
	if err := late.Open(1); err == nil {
		t.Error("opened after the shutdown by a new group")
	}
	late.End()
	if !s.idle() {
		t.Error("places are taken")
	}
}

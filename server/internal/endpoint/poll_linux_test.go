package endpoint

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// All of a server's connections are polled, and an idle one has no goroutine.
func TestIdleConnectionsHaveNoGoroutine(t *testing.T) {
	s := startServer(t, DefaultLimits(), Echo(1<<20), nil)
	for range 3 {
		s.expectServed(t)
	}
	before := runtime.NumGoroutine()
	const peers = 200
	all := make([]*testpeer.Peer, peers)
	for i := range all {
		all[i] = s.dial(t)
	}
	waitTotals(t, s.endpoint, "all of them", func(t Totals) bool { return t.Open == peers })
	for _, c := range s.connections() {
		if c.link.waiter != nil {
			t.Fatal("a connection has a waiter")
		}
	}
	// Some may be on their way out of net/http still.
	more := peers
	for deadline := time.Now().Add(testpeer.Patience); more > 20 && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		more = runtime.NumGoroutine() - before
	}
	if more > 20 {
		t.Errorf("%d connections have %d goroutines", peers, more)
	}
	for _, p := range all {
		p.Send(`text "still there"`)
		p.Expect(`text "still there"`)
	}
}

// sleepyKind echoes; a message that says so takes five seconds.
func sleepyKind(quick bool) Kind {
	kind := Echo(32 << 20)
	kind.Quick = quick
	kind.Message = func(c *Conn, m protocol.Event) {
		if string(m.Payload) == "sleep" {
			time.Sleep(5 * time.Second)
		}
		c.Send(m.Opcode, m.Payload)
	}
	return kind
}

// Handlers that take long and peers that read nothing keep nobody else waiting:
// 64 others go on meanwhile.
func TestOthersGoOn(t *testing.T) {
	const others, bound = 64, 3 * time.Second
	payload := loadPayload(8 << 20)
	for _, c := range []struct {
		name  string
		quick bool
		hang  func(p *testpeer.Peer)
	}{
		{"a handler that sleeps", false, func(p *testpeer.Peer) { p.Send(`text "sleep"`) }},
		{"a peer that does not read", false, func(p *testpeer.Peer) {
			p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), payload))
		}},
		{"a peer that does not read, of a quick kind", true, func(p *testpeer.Peer) {
			p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), payload))
		}},
		{"a peer that sends without end, of a quick kind", true, func(p *testpeer.Peer) {
			go io.Copy(io.Discard, p.TCP)
			p.Forever(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), payload[:100_000]))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := startServer(t, DefaultLimits(), sleepyKind(c.quick), nil)
			var hanging []*testpeer.Peer
			var sending sync.WaitGroup
			for range 8 {
				p := s.dial(t)
				hanging = append(hanging, p)
				sending.Go(func() { c.hang(p) })
			}
			var neighbours []*testpeer.Neighbour
			for range others {
				neighbours = append(neighbours, testpeer.LiveNextTo(t, s.address, "/"))
			}
			time.Sleep(time.Second)
			for _, n := range neighbours {
				n.Leave(t, bound)
			}
			for _, p := range hanging {
				p.TCP.Close()
			}
			sending.Wait()
		})
	}
}

// Whoever goes by the wrong descriptor, or by one that has another owner by now,
// mixes up connections. Every client says who it is in every message and hears of
// nobody else, while others come and go in all possible ways.
func TestConnectionsAreNotMixedUp(t *testing.T) {
	check := expectNoLeak(t)
	limits := DefaultLimits()
	// Pings and deadlines all the time.
	limits.Ping, limits.Pong, limits.FirstFrame, limits.Closing = 5*time.Millisecond, 5*time.Second, 5*time.Second, 50*time.Millisecond
	kind := Echo(1 << 20)
	var pushed sync.Map // from Conn to what it was told
	kind.Message = func(c *Conn, m protocol.Event) {
		pushed.Store(c, string(m.Payload[:4]))
		c.Send(m.Opcode, m.Payload)
	}
	s := startServer(t, limits, kind, nil)
	s.owner = Owner{1}
	stop := make(chan struct{})
	var others, clients sync.WaitGroup
	others.Go(func() { // pushes, to those that have ended too
		for {
			pushed.Range(func(c, name any) bool {
				if !c.(*Conn).Push(protocol.OpcodeText, []byte(name.(string)+"pushed")) {
					pushed.Delete(c)
				}
				return true
			})
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	others.Go(func() { // looks, and cuts some
		var all []Info
		for n := 0; ; n++ {
			all, _ = s.endpoint.Connections(all[:0], s.owner, 100)
			s.endpoint.sweep()
			if conns := s.connections(); n%10 == 0 && len(conns) > 0 {
				conns[rand.IntN(len(conns))].cut()
			}
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	})
	const clientsAtOnce, turns = 16, 60
	var served atomic.Int32
	for i := range clientsAtOnce {
		clients.Go(func() {
			for turn := range turns {
				name := fmt.Sprintf("%02d%02d", i, turn)
				n, err := mixedClient(s.address, name, turn%5)
				served.Add(int32(n))
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	clients.Wait()
	close(stop)
	others.Wait()
	if n := served.Load(); n < clientsAtOnce*turns {
		t.Errorf("only %d messages came back", n)
	}
	s.stop()
	check()
}

// mixedClient talks for a while and ends in one of some ways. It returns how many
// messages came back; the error is about what never may be.
func mixedClient(address, name string, way int) (served int, err error) {
	tcp, err := net.Dial("tcp", address)
	if err != nil {
		return 0, err
	}
	defer tcp.Close()
	tcp.SetDeadline(time.Now().Add(testpeer.Patience))
	io.WriteString(tcp, testpeer.Request(address, "/"))
	conn := protocol.NewConn(protocol.Config{Role: protocol.RoleClient, Fatal: protocol.Strict()})
	answered := false
	var in []byte
	room := make([]byte, 4096)
	const messages = 10
	for n := 0; n < messages; {
		read, err := tcp.Read(room)
		if err != nil {
			return served, nil // the server's cut
		}
		in = append(in, room[:read]...)
		if !answered {
			at := len("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
			if len(in) < at {
				continue
			}
			if string(in[:12]) != "HTTP/1.1 101" {
				return served, fmt.Errorf("found %q", in)
			}
			in, answered = in[at:], true
			conn.Send(protocol.OpcodeText, []byte(name), 1)
		}
		for len(in) > 0 {
			event, took := conn.Receive(in, 1)
			in = in[took:]
			switch event.Kind {
			case protocol.EventFailed:
				return served, fmt.Errorf("the server breaks %v", event.Rule)
			case protocol.EventMessage:
				switch string(event.Payload) {
				case name:
					served++
					n++
					conn.Send(protocol.OpcodeText, []byte(name), 1)
				case name + "pushed":
				default:
					return served, fmt.Errorf("found %q", event.Payload)
				}
			}
		}
		if _, err := tcp.Write(conn.TakeOutput(nil)); err != nil {
			return served, nil
		}
	}
	switch way {
	case 0: // the closing handshake
		conn.Close(protocol.StatusNormalClosure, "", 1)
		tcp.Write(conn.TakeOutput(nil))
		io.Copy(io.Discard, tcp)
	case 1: // a reset
		tcp.(*net.TCPConn).SetLinger(0)
	case 2: // the end of TCP behind half a frame
		tcp.Write([]byte("\x81\x85"))
		tcp.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, tcp)
	case 3: // a broken rule
		tcp.Write([]byte("\x83\x80\x00\x00\x00\x00"))
		io.Copy(io.Discard, tcp)
	}
	return served, nil
}

// Where there is no descriptor left to duplicate one to, the connection is served
// all the same.
func TestServesWithoutADescriptorToSpare(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	e := New(DefaultLimits(), slog.New(slog.DiscardHandler))
	defer e.Shutdown()
	if e.pollers.one == nil {
		t.Fatal("no poller")
	}
	p := testpeer.Connect(t, listener.Addr().String())
	near, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	kind := Echo(1 << 20)
	if !e.begin() {
		t.Fatal("a new endpoint takes no connection")
	}
	// The limit is about the numbers, so below the next free one none is left.
	probe, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(probe)
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	low := limit
	low.Cur = uint64(probe)
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &low); err != nil {
		t.Fatal(err)
	}
	e.serve(near, nil, &kind, nil, Owner{}, func(*Ending) {})
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if conns := (&testServer{endpoint: e}).connections(); len(conns) != 1 || conns[0].link.waiter == nil {
		t.Fatal("expected one connection with a waiter")
	}
	p.Send(`text "served"`)
	p.Expect(`text "served"`)
	p.CloseClean()
}

// An event for a connection that has ended, whose descriptor another one has got.
func TestLateEventsMeanNothing(t *testing.T) {
	var old, now Conn
	p := &poller{conns: []*Conn{nil, &now, nil}}
	old.link.number, now.link.number = 7, 8
	event := func(fd, number int32) []unix.EpollEvent {
		return []unix.EpollEvent{{Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLHUP, Fd: fd, Pad: number}}
	}
	found := make(room, 1)
	now.link.writer.Store(&found)
	for _, late := range [][]unix.EpollEvent{event(1, 7), event(2, 7)} {
		if p.collect(late); len(p.batch) != 0 || now.link.turn.bits.Load() != 0 || len(found) != 0 {
			t.Errorf("%+v was taken for another connection's", late)
		}
	}
	if p.collect(event(1, 8)); len(p.batch) != 1 || now.link.turn.bits.Load() != taken|onward || len(found) != 1 {
		t.Error("the event of the connection itself means nothing")
	}
}

// end closes once, and what comes later is told that there is no descriptor.
func TestAfterTheEnd(t *testing.T) {
	s := startServer(t, DefaultLimits(), Echo(1<<20), nil)
	p := s.dial(t)
	waitTotals(t, s.endpoint, "one", func(t Totals) bool { return t.Open == 1 })
	c := s.connections()[0]
	p.TCP.Close()
	waitTotals(t, s.endpoint, "none", func(t Totals) bool { return t.Ended == 1 })
	c.cut()
	c.tick(nil)
	if got := c.socket(); got != (socket{fd: -1}) {
		t.Errorf("found %+v", got)
	}
	if c.Push(protocol.OpcodeText, nil) {
		t.Error("pushed after the end")
	}
	if c.link.turn.claim(onward) {
		t.Error("the turn was given back")
	}
	if _, err := c.writePolled([]byte("x"), nil); !errors.Is(err, unix.EBADF) {
		t.Errorf("found %v, expected EBADF", err)
	}
}

package endpoint

import (
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// awaitHeld waits until all connections hold as many bytes as is good.
func (s *testServer) awaitHeld(t *testing.T, what string, good func(int64) bool) {
	t.Helper()
	for deadline := time.Now().Add(testpeer.Patience); !good(s.endpoint.Totals().Held); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d bytes are held, expected %s", s.endpoint.Totals().Held, what)
		}
	}
}

// Connections within their own limits do not take more than all of them may: who
// wants much is told to come back, who wants little is served, and what was held is
// free as soon as its holder is gone.
func TestCrowd(t *testing.T) {
	eachLink(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.Held = 700 << 10
		s := startServer(t, limits, Echo(600<<10), nil)
		begin := func(p *testpeer.Peer, size int) {
			p.Write(p.AppendFrame(nil, protocol.Flags(0).WithOpcode(protocol.OpcodeBinary), make([]byte, size)))
		}
		finish := func(p *testpeer.Peer, size int) {
			p.Write(p.AppendFrame(nil, protocol.FIN, nil))
			p.ExpectFrame(protocol.OpcodeBinary, make([]byte, size))
		}
		const little, much = 30 << 10, 400 << 10
		var small []*testpeer.Peer
		for range 24 {
			p := s.dial(t)
			begin(p, little)
			small = append(small, p)
		}
		s.awaitHeld(t, "more than all may hold", func(held int64) bool { return held > limits.Held })
		large := s.dial(t)
		begin(large, much)
		large.ExpectClose(protocol.StatusTryAgainLater)
		large.TCP.Close()
		s.expectServed(t)
		for _, p := range small {
			finish(p, little)
		}
		s.awaitHeld(t, "nothing", func(held int64) bool { return held == 0 })
		again := s.dial(t)
		begin(again, much)
		finish(again, much)
	})
}

// Who sends on behind our Close frame is cut off as well, and what was said stays said.
func TestCrowdBehindClose(t *testing.T) {
	limits, kind := DefaultLimits(), Echo(1<<20)
	limits.Held = 100 << 10
	kind.Message = func(c *Conn, _ protocol.Event) { c.Close(protocol.StatusGoingAway, "") }
	address, endings := startEndings(t, limits, kind)
	p := testpeer.Dial(t, address, "/")
	p.Send(`text "x"`)
	p.ExpectCloseFrame(protocol.StatusGoingAway)
	p.Write(p.AppendFrame(nil, protocol.Flags(0).WithOpcode(protocol.OpcodeBinary), make([]byte, 400<<10)))
	p.ExpectEnd(limits.Closing / 2)
	p.TCP.Close()
	select {
	case e := <-endings:
		if e.Code != protocol.StatusGoingAway || e.Limit != LimitNone {
			t.Errorf("found %+v, expected what the Close frame said", e)
		}
	case <-time.After(testpeer.Patience):
		t.Fatal("nobody was told of the end")
	}
}

// Answers that wait count as well.
func TestCrowdOfAnswersThatWait(t *testing.T) {
	limits := DefaultLimits()
	limits.Held = 100 << 10
	kind := Echo(1 << 20)
	kind.Delay = time.Hour
	s := startServer(t, limits, kind, nil)
	p := s.dial(t)
	text := strings.Repeat("x", 30<<10)
	for range 5 {
		p.Send(`text "` + text + `"`)
	}
	p.ExpectClose(protocol.StatusTryAgainLater)
}

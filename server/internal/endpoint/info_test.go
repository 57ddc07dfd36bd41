package endpoint

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// waitTotals waits for totals that are as they should be.
func waitTotals(t *testing.T, e *Endpoint, what string, good func(Totals) bool) Totals {
	t.Helper()
	for deadline := time.Now().Add(testpeer.Patience); ; time.Sleep(time.Millisecond) {
		totals := e.Totals()
		if good(totals) {
			return totals
		}
		if time.Now().After(deadline) {
			t.Fatalf("found %+v, expected %s", totals, what)
		}
	}
}

// only returns the one connection that the owner has.
func only(t *testing.T, s *testServer) Info {
	t.Helper()
	all, _ := s.endpoint.Connections(nil, s.owner, 10)
	if len(all) != 1 {
		t.Fatalf("found %d connections, expected one: %+v", len(all), all)
	}
	return all[0]
}

func TestConnectionsSayWhatHasPassed(t *testing.T) { eachLink(t, testConnectionsSayWhatHasPassed) }

func testConnectionsSayWhatHasPassed(t *testing.T) {
	s := startServer(t, DefaultLimits(), Echo(1<<20), nil)
	s.owner = Owner{1}
	p := s.dial(t)
	const sent = "text nofin \"Hel\"\ncontinuation nofin \"\"\nping \"now\"\ncontinuation \"lo\"\npong"
	bytesIn := 0
	for _, frame := range p.Encode(sent) {
		bytesIn += len(frame)
	}
	p.Send(sent)
	p.Expect("pong \"now\"\ntext \"Hello\"")
	waitTotals(t, s.endpoint, "5 frames in", func(t Totals) bool { return t.FramesIn == 5 })
	got := only(t, s)
	want := Info{
		ID: 1, Route: "echo", FD: got.FD, State: "open",
		Local:  netip.MustParseAddrPort(s.address),
		Remote: netip.MustParseAddrPort(p.TCP.LocalAddr().String()),
		Age:    got.Age, Memory: got.Memory,
		Counts: Counts{
			BytesIn: uint64(bytesIn), BytesOut: 2 + 3 + 2 + 5,
			FramesIn: 5, FramesOut: 2, MessagesIn: 1, MessagesOut: 1,
		},
	}
	if got != want {
		t.Errorf("found    %+v\nexpected %+v", got, want)
	}
	if got.FD <= 2 || got.Age <= 0 || got.Age > testpeer.Patience {
		t.Errorf("found descriptor %d, age %v", got.FD, got.Age)
	}
	idle := got.Memory
	if idle < 100 || idle > 8<<10 {
		t.Errorf("an idle connection weighs %d bytes", idle)
	}
	// What is gathered of a message weighs.
	p.Write(p.AppendFrame(nil, protocol.Flags(0).WithOpcode(protocol.OpcodeBinary), make([]byte, 100_000)))
	waitTotals(t, s.endpoint, "all of the fragment in", func(t Totals) bool { return t.BytesIn >= 100_000 })
	if got := only(t, s).Memory; got < idle+100_000 {
		t.Errorf("with 100,000 bytes of a message it weighs %d bytes, without %d", got, idle)
	}
}

func TestConnectionsBelongToTheirOwner(t *testing.T) {
	s := startServer(t, DefaultLimits(), Echo(1<<20), nil)
	a, b, nobody := Owner{15: 1}, Owner{15: 2}, Owner{}
	var peers []*testpeer.Peer
	for _, owner := range []Owner{a, b, nobody, a, b, nobody, a} {
		s.owner = owner
		peers = append(peers, s.dial(t))
		// A peer has its 101 before the endpoint has the connection.
		waitTotals(t, s.endpoint, "its beginning", func(t Totals) bool { return t.Accepted == uint64(len(peers)) })
	}
	expect := func(owner Owner, want ...uint64) {
		t.Helper()
		for most := range len(want) + 2 {
			infos, all := s.endpoint.Connections(nil, owner, most)
			var found []uint64
			for _, i := range infos {
				found = append(found, i.ID)
			}
			if newest := want[:min(most, len(want))]; all != len(want) || !slices.Equal(found, newest) {
				t.Fatalf("%v, %d at most: found %v of %d, expected %v of %d", owner, most, found, all, newest, len(want))
			}
		}
	}
	expect(a, 7, 4, 1)
	expect(b, 5, 2)
	expect(nobody)
	expect(Owner{3})
	for n, i := range []int{0, 6, 4, 1, 3} { // the first, the last, one in between
		peers[i].CloseClean()
		peers[i].TCP.Close()
		waitTotals(t, s.endpoint, "its end", func(t Totals) bool { return t.Ended == uint64(n+1) })
		if n == 1 {
			expect(a, 4)
		}
	}
	expect(a)
	expect(b)
	if n := len(s.endpoint.owners); n != 0 {
		t.Errorf("%d owners are kept, expected none", n)
	}
}

func TestTotals(t *testing.T) {
	s := startServer(t, DefaultLimits(), Echo(1<<20), nil)
	s.owner = Owner{1}
	// Each gets another way to end; all of them are in sight until the client ends
	// TCP as well.
	ends := []string{
		"close 1000 \"bye\"", "close", "close 3000", "close 3999", "close 4711",
		"text hex:ff", "opcode=3", "continuation \"lo\"",
	}
	var peers []*testpeer.Peer
	for _, end := range ends {
		p := s.dial(t)
		p.Send(end)
		p.ExpectCloseFrame(1000, protocol.StatusNone, 3000, 3999, 4711, 1007, 1002)
		peers = append(peers, p)
	}
	peers = append(peers, s.dial(t))
	open := s.dial(t)
	totals := waitTotals(t, s.endpoint, "all of them in sight", func(t Totals) bool { return t.Draining == len(ends) && t.Open == 2 })
	if totals.Live != len(ends)+2 || totals.Closing != 0 || totals.Ended != 0 || totals.Accepted != uint64(len(ends)+2) {
		t.Errorf("found %+v", totals)
	}
	for _, p := range peers {
		p.TCP.Close()
	}
	totals = waitTotals(t, s.endpoint, "one left", func(t Totals) bool { return t.Live == 1 })
	if totals.Open != 1 || totals.Ended != uint64(len(ends)+1) || totals.FramesIn != uint64(len(ends)) || totals.FramesOut != uint64(len(ends)) {
		t.Errorf("found %+v", totals)
	}
	for code, want := range map[protocol.StatusCode]uint64{1000: 1, 0: 1, 3000: 2, 4000: 1, 1007: 1, 1002: 2, 1006: 1} {
		if totals.ClosedBy[code] != want {
			t.Errorf("%d ended with %d, expected %d; all: %v", totals.ClosedBy[code], code, want, totals.ClosedBy)
		}
	}
	for rule, want := range map[protocol.RuleID]uint64{
		protocol.RuleTextInvalidUTF8: 1, protocol.RuleFrameOpcodeReserved: 1, protocol.RuleSequenceContinuationUnexpected: 1,
	} {
		if totals.Broken[rule] != want || len(totals.Broken) != 3 {
			t.Errorf("%d broke %v, expected %d; all: %v", totals.Broken[rule], rule, want, totals.Broken)
		}
	}
	open.TCP.Close()
}

// A connection whose Close frame waits for its answer is closing.
func TestStateClosing(t *testing.T) { eachLink(t, testStateClosing) }

func testStateClosing(t *testing.T) {
	kind, refusal := EchoFor(Echo(1<<20), "close=1001&after=0")
	if refusal != nil {
		t.Fatal(refusal)
	}
	s := startServer(t, DefaultLimits(), kind, nil)
	s.owner = Owner{1}
	p := s.dial(t)
	p.ExpectCloseFrame(1001)
	waitTotals(t, s.endpoint, "one closing", func(t Totals) bool { return t.Closing == 1 && t.Open == 0 })
	if got := only(t, s).State; got != "closing" {
		t.Errorf("found %q, expected closing", got)
	}
	p.Send("close 1001")
	p.ExpectEnd(testpeer.Patience)
	waitTotals(t, s.endpoint, "one draining", func(t Totals) bool { return t.Draining == 1 })
}

// What can be said is said of a connection that is stuck in a write as well.
func TestConnectionsWaitForNobody(t *testing.T) { eachLink(t, testConnectionsWaitForNobody) }

func testConnectionsWaitForNobody(t *testing.T) {
	s := startServer(t, DefaultLimits(), Echo(32<<20), nil)
	s.owner = Owner{1}
	p := s.dial(t)
	payload := make([]byte, 16<<20)
	go p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), payload))
	for p.More(testpeer.Patience) == nil && len(p.In) < 1000 {
	}
	begin := time.Now()
	if got := only(t, s); got.FD < 0 || got.Remote.String() != p.TCP.LocalAddr().String() {
		t.Errorf("found %+v", got)
	}
	if lasted := time.Since(begin); lasted > time.Second {
		t.Errorf("it took %v", lasted)
	}
	p.TCP.Close()
}

package endpoint

import (
	"bytes"
	"runtime"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/badinputs"
	"framecraft/server/internal/testpeer"
)

// Inputs that broke other implementations where compression is agreed on.
//
// Bad input: rows of badinputs.DeflatedRows
func TestBadInputsDeflate(t *testing.T) {
	check := expectNoLeak(t)
	s := startServer(t, shortLimits(), Echo(1<<20), nil)
	badinputs.RunDeflated(t, s.badInputServer(1<<20), badinputs.DeflatedRows)
	s.stop()
	check()
}

// Row 16: a payload that ends where its buffer does, or where the next frame
// begins. Whoever puts 00 00 ff ff behind it in place overwrites that.
//
// Bad input: 16
func TestBadInputsDeflateAtTheEdge(t *testing.T) {
	s := conformanceServer(t)
	p := dialDeflate(t, s.address, "/", anyDeflate)
	random := pdfRing()
	packed := p.pack(random.piece(0, readBufferSize-1000))
	frame := p.fragments(protocol.OpcodeBinary, packed, 0)
	for room := readBufferSize; room > readBufferSize-6; room-- {
		// A text fills what is left up to the edge, or almost.
		filler := room - len(frame) - 8
		wire := p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), random.piece(1, filler))
		wire = append(wire, frame...)
		wire = append(wire, p.Encode(`text "next"`)[0]...)
		go p.Write(wire)
		p.expect(protocol.OpcodeBinary, random.piece(1, filler))
		p.expect(protocol.OpcodeBinary, random.piece(0, readBufferSize-1000))
		p.expect(protocol.OpcodeText, []byte("next"))
	}
	p.CloseClean()
}

// Row 14 again: as many bombs as allowed in size, from many at once, who do not
// read what comes back. What they cost together is what few cost.
//
// Bad input: 14
func TestBadInputsDeflateBombsUnread(t *testing.T) {
	size, peers := 16<<20, 12*runtime.GOMAXPROCS(0)
	if raceDetector { // it takes more than a second for such a bomb
		size = 4 << 20
	}
	check := expectNoLeak(t)
	limits := shortLimits()
	limits.Write = 5 * time.Second
	s := startServer(t, limits, Echo(size), nil)
	bomb := protocol.AppendDeflate(nil, make([]byte, size), protocol.DeflateOptions{})
	before := heap()
	var all []*deflatePeer
	for range peers {
		p := dialDeflate(t, s.address, "/", anyDeflate)
		p.Write(p.fragments(protocol.OpcodeBinary, bomb, 0))
		all = append(all, p)
	}
	most := 0
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		// What lies there until the collector comes is not held by anybody.
		most = max(most, heap()-before)
		done := 0
		for _, c := range s.connections() {
			c.mu.Lock()
			done += int(c.figures.MessagesOut)
			c.mu.Unlock()
		}
		if done == peers {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d bombs were answered", done, peers)
		}
	}
	// A message in hand and one that has just been, for each that may be in hand,
	// and with each what was too small for it: that was made while the collector
	// looked, so it is counted. All of the bombs at once would be twice as much.
	if limit := 6 * size * runtime.GOMAXPROCS(0); most > limit {
		t.Errorf("the heap has grown by %d bytes, expected at most %d", most, limit)
	}
	if grown := heap() - before; grown > 4<<20 {
		t.Errorf("with all answers unread the heap has grown by %d bytes", grown)
	}
	for _, p := range all {
		p.TCP.Close()
	}
	s.stop()
	check()
}

// connections returns those that are registered.
func (s *testServer) connections() []*Conn {
	s.endpoint.mu.Lock()
	defer s.endpoint.mu.Unlock()
	return append([]*Conn(nil), s.endpoint.conns...)
}

// An answer that swells: the client repeats itself at a distance that the window
// it has asked the server to keep to does not reach. Few of them wait for somebody
// who does not read; the others are sent away, and everybody else is served.
func TestBadInputsDeflateSwollen(t *testing.T) {
	const peers, size = 3 * swollenPlaces, 2 << 20
	check := expectNoLeak(t)
	limits := shortLimits()
	limits.Write = 30 * time.Second
	s := startServer(t, limits, Echo(size), nil)
	block := pdfRing().piece(0, 1<<13)
	bomb := protocol.AppendDeflate(nil, bytes.Repeat(block, size/len(block)), protocol.DeflateOptions{})
	if len(bomb) > size/20 {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	before := heap()
	var all []*deflatePeer
	for range peers {
		p := dialDeflate(t, s.address, "/", "permessage-deflate; server_max_window_bits=8")
		p.Write(p.fragments(protocol.OpcodeBinary, bomb, 0))
		all = append(all, p)
	}
	// In any order: the ones begin to be answered, the others get a Close frame.
	answered, refused := 0, 0
	for _, p := range all {
		for len(p.In) < 10 {
			if err := p.More(testpeer.Patience); err != nil {
				t.Fatal(err)
			}
		}
		switch h, _, _ := protocol.ParseHeader(p.In); h.Opcode() {
		case protocol.OpcodeBinary:
			answered++
		case protocol.OpcodeClose:
			p.ExpectCloseFrame(protocol.StatusTryAgainLater)
			refused++
		}
	}
	if answered != swollenPlaces || refused != peers-swollenPlaces {
		t.Errorf("%d were answered, %d refused", answered, refused)
	}
	if grown := heap() - before; grown > 2*swollenPlaces*size {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	s.expectServed(t)
	p := dialDeflate(t, s.address, "/", anyDeflate)
	p.echo(protocol.OpcodeText, jsonRing().piece(0, 100_000), 0)
	p.CloseClean()
	p.TCP.Close()
	for _, p := range all {
		p.TCP.Close()
	}
	s.stop()
	if check(); len(swollen) != 0 {
		t.Errorf("%d places are still taken", len(swollen))
	}
	// One that is read goes through whole.
	s = startServer(t, limits, Echo(size), nil)
	p = dialDeflate(t, s.address, "/", "permessage-deflate; server_max_window_bits=8")
	p.Write(p.fragments(protocol.OpcodeBinary, bomb, 0))
	p.expect(protocol.OpcodeBinary, bytes.Repeat(block, size/len(block)))
	p.CloseClean()
}

package testpeer

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"framecraft/protocol"
)

// A Neighbour is a connection of somebody else, who must not notice what others
// do or suffer: it sends a message, waits for the answer, and again.
type Neighbour struct {
	peer *Peer
	stop chan struct{}
	once sync.Once
	done sync.WaitGroup

	worst time.Duration
	trips int
	err   error

	stalled atomic.Int64 // see pulse
}

// LiveNextTo starts a neighbour on an endpoint that echoes.
func LiveNextTo(t testing.TB, address, target string) *Neighbour {
	t.Helper()
	n := &Neighbour{peer: Dial(t, address, target), stop: make(chan struct{})}
	n.done.Go(n.live)
	n.done.Go(n.pulse)
	t.Cleanup(n.end)
	return n
}

// pulse adds up by how much sleeping takes longer than it should: the time in
// which this process did not run at all. A round trip cannot help that.
func (n *Neighbour) pulse() {
	const beat = 5 * time.Millisecond
	for {
		begin := time.Now()
		select {
		case <-n.stop:
			return
		case <-time.After(beat):
		}
		n.stalled.Add(int64(time.Since(begin) - beat))
	}
}

func (n *Neighbour) live() {
	for {
		select {
		case <-n.stop:
			return
		default:
		}
		text := fmt.Sprintf("number %d", n.trips)
		begin, stalled := time.Now(), n.stalled.Load()
		n.peer.Write(n.peer.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), []byte(text)))
		f, err := n.peer.NextMessage(Patience)
		if err == nil && string(f.Payload) != text {
			err = fmt.Errorf("found %v, expected %q", f, text)
		}
		if err != nil {
			n.err = fmt.Errorf("after %d round trips: %w", n.trips, err)
			return
		}
		n.worst = max(n.worst, time.Since(begin)-time.Duration(n.stalled.Load()-stalled))
		n.trips++
		time.Sleep(2 * time.Millisecond)
	}
}

// Leave ends the neighbour, who must have been served all the while, each time
// within a bound, not counting the time in which the machine was busy elsewhere.
func (n *Neighbour) Leave(t testing.TB, bound time.Duration) {
	t.Helper()
	n.end()
	switch {
	case n.err != nil:
		t.Errorf("the neighbour noticed: %v", n.err)
	case n.worst > bound:
		t.Errorf("the neighbour waited %v for an answer, expected at most %v", n.worst, bound)
	default:
		n.peer.Send("close 1000")
		if f, err := n.peer.NextMessage(Patience); err != nil || f.Code() != protocol.StatusNormalClosure {
			t.Errorf("the neighbour found %v, %v, expected Close 1000", f, err)
		}
	}
	n.peer.TCP.Close()
}

func (n *Neighbour) end() {
	n.once.Do(func() { close(n.stop) })
	n.done.Wait()
}

// NextMessage returns the next frame that is no ping, and answers those.
func (p *Peer) NextMessage(within time.Duration) (Frame, error) {
	for {
		f, err := p.Next(within)
		if err != nil || f.Header.Opcode() != protocol.OpcodePing {
			return f, err
		}
		p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodePong), f.Payload))
	}
}

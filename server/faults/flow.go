package faults

import (
	"math/rand/v2"
	"time"
)

// End is how a flow ends when its bytes have passed.
type End int

const (
	// Never: the flow goes on.
	Never End = iota
	// Reset: the connection is reset, both ways and at both ends.
	Reset
	// HalfClose: this direction ends in good order, the other one goes on.
	HalfClose
	// BlackHole: nothing moves any more and nobody is told, not even of an end.
	BlackHole
	// Fail: every further call fails, and the connection stays. A write that
	// reaches the end is a short one. Of a Proxy, where nobody calls, it is Reset.
	Fail
)

func (e End) String() string {
	return [...]string{"never", "reset", "half-close", "black hole", "failure"}[e]
}

// Flow is what becomes of the bytes that go one way. The zero Flow lets
// everything pass.
type Flow struct {
	// Piece is the most bytes that move at a time; 0 is no limit.
	Piece int
	// Seed, if it is not 0, makes every piece one of 1 to Piece bytes.
	Seed uint64
	// Latency is how long bytes are under way. In a Proxy more can set out
	// meanwhile; a call of a Conn lasts that long.
	Latency time.Duration
	// Pause is how long nothing moves in front of each piece.
	Pause time.Duration
	// After is how many bytes pass before End happens.
	After int64
	End   End
}

// Lost is the flow in which nothing arrives.
func Lost() Flow { return Flow{End: BlackHole} }

// meter measures a flow as it goes.
type meter struct {
	flow   Flow
	passed int64
	random *rand.Rand
}

func newMeter(f Flow) meter {
	return meter{flow: f, random: rand.New(rand.NewPCG(f.Seed, f.Seed))}
}

// room returns how many of n bytes may move next; 0 of more than 0 means that
// the end has come.
func (m *meter) room(n int) int {
	if m.flow.End != Never {
		n = int(min(int64(n), m.flow.After-m.passed))
	}
	if m.flow.Piece > 0 && n > 0 {
		piece := m.flow.Piece
		if m.flow.Seed != 0 {
			piece = 1 + m.random.IntN(piece)
		}
		n = min(n, piece)
	}
	return max(n, 0)
}

// moved counts what really moved.
func (m *meter) moved(n int) { m.passed += int64(n) }

package faults

import "time"

// Case is a pair of flows with what is to become of a connection under them.
type Case struct {
	Name string
	// Up is what the server reads, Down what it writes.
	Up, Down Flow
	// Survives: the connection gets all its answers, only later. Any other ends, by
	// the fault or by a deadline of the server.
	Survives bool
	// Bytes is how much it takes to meet the fault, and does not take too long.
	Bytes int
}

// Cases returns the faults that a connection can meet. A test of them sends
// frames of at most 4 KiB, so that After is in the middle of one, and has answers
// of the same size.
func Cases() []Case {
	const ms = time.Millisecond
	middle := func(end End) Flow { return Flow{After: 50_003, End: end} }
	return []Case{
		{Name: "one byte at a time, up", Up: Flow{Piece: 1}, Survives: true, Bytes: 8000},
		{Name: "one byte at a time, down", Down: Flow{Piece: 1}, Survives: true, Bytes: 8000},
		{Name: "pieces of any size", Up: Flow{Piece: 5000, Seed: 1}, Down: Flow{Piece: 700, Seed: 2}, Survives: true, Bytes: 200_000},
		{Name: "latency", Up: Flow{Latency: 30 * ms}, Down: Flow{Latency: 30 * ms}, Survives: true, Bytes: 60_000},
		{Name: "trickle, up", Up: Flow{Piece: 1, Pause: 2 * ms}, Survives: true, Bytes: 200},
		{Name: "trickle, down", Down: Flow{Piece: 1, Pause: 2 * ms}, Survives: true, Bytes: 200},
		{Name: "a frame that trickles for ever", Up: Flow{Piece: 1, Pause: 100 * ms}, Bytes: 4000},
		{Name: "reset at once, up", Up: Flow{End: Reset}, Bytes: 4000},
		{Name: "reset at once, down", Down: Flow{End: Reset}, Bytes: 4000},
		{Name: "reset in the middle of a frame, up", Up: middle(Reset), Bytes: 200_000},
		{Name: "reset in the middle of a frame, down", Down: middle(Reset), Bytes: 200_000},
		{Name: "half-close in the middle of a frame, up", Up: middle(HalfClose), Bytes: 200_000},
		{Name: "half-close in the middle of a frame, down", Down: middle(HalfClose), Bytes: 200_000},
		{Name: "read error", Up: middle(Fail), Bytes: 200_000},
		{Name: "short write and write error", Down: middle(Fail), Bytes: 200_000},
		{Name: "black hole at once", Up: Lost(), Down: Lost(), Bytes: 4000},
		{Name: "black hole, up", Up: middle(BlackHole), Bytes: 200_000},
		{Name: "black hole, down", Down: middle(BlackHole), Bytes: 200_000},
		{Name: "black hole, both ways", Up: middle(BlackHole), Down: middle(BlackHole), Bytes: 200_000},
		{Name: "black hole for much, down", Down: middle(BlackHole), Bytes: 3 << 20},
	}
}

package web

import (
	"encoding/json"
	"time"

	"framecraft/server/internal/system"
)

// What the last minutes were like, so that a page that has just come plots them
// at once. A ring of points, one every two seconds.

const (
	historyEvery  = 2 * time.Second
	historyLength = int(10 * time.Minute / historyEvery)
)

// historyPoint is what is plotted of one moment.
type historyPoint struct {
	at                                  time.Duration
	live                                int
	descriptors, resident, socketMemory system.Fact
	bytes                               uint64 // of all connections, both ways, since the server began
}

// MarshalJSON returns [at, live, descriptors, resident, socketMemory, bytes].
func (p historyPoint) MarshalJSON() ([]byte, error) {
	return json.Marshal([...]any{secondsOf(p.at), p.live, p.descriptors, p.resident, p.socketMemory, p.bytes})
}

// history is the ring. The zero history is empty.
type history struct {
	points [historyLength]historyPoint
	next   int // where the next point goes
	length int
}

// add takes the point of this moment, unless the last one is too near. What
// comes a little early, because a timer did, counts as in time.
func (h *history) add(now *shared) {
	const early = liveEvery / 2
	if h.length > 0 {
		last := &h.points[(h.next+historyLength-1)%historyLength]
		if now.at-last.at < historyEvery-early {
			return
		}
	}
	h.points[h.next] = historyPoint{
		at: now.at, live: now.totals.Live,
		descriptors: now.process.Descriptors, resident: now.process.Resident, socketMemory: now.kernel.SocketMemory,
		bytes: now.totals.BytesIn + now.totals.BytesOut,
	}
	h.next = (h.next + 1) % historyLength
	h.length = min(h.length+1, historyLength)
}

// all returns a copy of the points, the oldest first.
func (h *history) all() []historyPoint {
	points := make([]historyPoint, 0, h.length)
	for i := range h.length {
		points = append(points, h.points[(h.next-h.length+i+historyLength)%historyLength])
	}
	return points
}

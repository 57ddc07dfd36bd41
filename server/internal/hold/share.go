package hold

import (
	"context"
	"maps"
	"net/netip"
	"os"
	"time"

	"framecraft/server/internal/system"
)

// What one process has to do, and what it says meanwhile. Both travel as JSON
// where it is a process of its own.

// Share is the connections of one process.
type Share struct {
	// Address is the destination; Authority and Resource are what the request says
	// of it.
	Address             netip.AddrPort
	Authority, Resource string
	Connections         int
	// Sources are the addresses to connect from, at most PerSource connections from
	// each. Without any the system chooses.
	Sources   []netip.Addr `json:",omitempty"`
	PerSource int
	// Connecting is how many connections may be on their way at a time. More of them
	// than the server's listener queues would only be lost and sent again.
	Connecting int
	// Patience is how long a connection may take to be open.
	Patience time.Duration
	// Ping is the time between two pings of a connection; 0 sends none.
	Ping time.Duration
	// Closing is how long all connections may take to close.
	Closing time.Duration
}

// The phases of a share.
const (
	PhaseOpening = "opening"
	PhaseHolding = "holding"
	PhaseClosing = "closing"
	PhaseEnded   = "ended"
)

// Progress is what a share has come to.
type Progress struct {
	Phase string
	// Opened have been open at some time, Open are it now. Lost ended without being
	// asked to, with a few words on how. Closed ended in order: both sides said so.
	// Cut off did not, when time was up.
	Opened, Open, Lost, Closed, CutOff int
	Losses                             map[string]int `json:",omitempty"`
	// Opening is the time from the beginning until the last of Opened was.
	Opening time.Duration
	began   time.Time
	// Failed never opened, and were tried again.
	Failed   int
	Failures map[string]int `json:",omitempty"`
	// Pings were sent, Pongs came, and Unanswered pings had no pong when the next one
	// was due. Asked are the server's own pings, each of which was answered.
	Pings, Pongs, Unanswered, Asked int
	// Stop is why no further connections are opened.
	Stop *Stop `json:",omitempty"`
	// Handshakes are the times from the first SYN to an open connection.
	Handshakes Durations
	// Resident is what the process has in RAM, in bytes, at the beginning and now;
	// -1 where the system does not tell. SoftLimit and HardLimit are of descriptors.
	PID                  int
	ResidentBefore       int64
	Resident             int64
	SoftLimit, HardLimit int64
}

// maxReasons bounds the different reasons that are told apart.
const maxReasons = 8

// count counts n more of a reason.
func count(reasons *map[string]int, reason string, n int) {
	if *reasons == nil {
		*reasons = map[string]int{}
	}
	if _, known := (*reasons)[reason]; !known && len(*reasons) >= maxReasons {
		reason = "other reasons"
	}
	(*reasons)[reason] += n
}

func merge(into *map[string]int, from map[string]int) {
	for reason, n := range from {
		count(into, reason, n)
	}
}

// add sums up what concerns all shares together; the process' own stays out.
func (p *Progress) add(other Progress) {
	p.Opened += other.Opened
	p.Opening = max(p.Opening, other.Opening)
	p.Open += other.Open
	p.Lost += other.Lost
	p.Closed += other.Closed
	p.CutOff += other.CutOff
	p.Failed += other.Failed
	p.Pings += other.Pings
	p.Pongs += other.Pongs
	p.Unanswered += other.Unanswered
	p.Asked += other.Asked
	merge(&p.Losses, other.Losses)
	merge(&p.Failures, other.Failures)
	p.Handshakes.Merge(other.Handshakes)
	if p.Stop == nil {
		p.Stop = other.Stop
	}
}

// clone returns a copy that shares nothing that changes.
func (p *Progress) clone() Progress {
	c := *p
	c.Losses, c.Failures = maps.Clone(p.Losses), maps.Clone(p.Failures)
	c.Handshakes.Counts = append([]int(nil), p.Handshakes.Counts...)
	return c
}

// open counts a connection that is open now.
func (p *Progress) open(handshake time.Duration) {
	p.Handshakes.Add(handshake)
	p.Opened++
	p.Open++
	p.Opening = time.Since(p.began)
}

// lose counts connections that ended without being asked to.
func (p *Progress) lose(reason string) {
	p.Open--
	p.Lost++
	count(&p.Losses, reason, 1)
}

// fail counts a connection that did not come to be open, and stops the opening
// when there are too many of them.
func (p *Progress) fail(reason string) {
	p.failFor(reason, &Stop{Limit: limitAnswer, Found: "too many connections did not open, the last one for this reason: " + reason})
}

// failFor is fail with what is said when there are too many.
func (p *Progress) failFor(reason string, stop *Stop) {
	p.Failed++
	count(&p.Failures, reason, 1)
	if p.Stop == nil && p.Failed > failuresAllowed+p.Opened/100 {
		p.Stop = stop
	}
}

// failuresAllowed may fail, and one in a hundred of those that do not.
const failuresAllowed = 16

// reportEvery is the time between two reports of a share.
const reportEvery = 250 * time.Millisecond

// A fleet opens the connections of a share, holds them until the context is done,
// closes them and returns. It reports now and then, and at the end.
type fleet func(ctx context.Context, share Share, report func(Progress))

// begin is for a share that begins in this process.
func (p *Progress) begin() {
	p.Phase, p.began = PhaseOpening, time.Now()
	p.PID = os.Getpid()
	p.look()
	p.ResidentBefore = p.Resident
}

// look asks what the process has now.
func (p *Progress) look() {
	p.Resident = -1
	if resident := system.ResidentBytes(p.PID); resident.Known {
		p.Resident = resident.Value
	}
	soft, hard := system.DescriptorLimits()
	p.SoftLimit, p.HardLimit = soft.Value, hard.Value
}

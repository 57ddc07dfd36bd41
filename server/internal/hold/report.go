package hold

import (
	"cmp"
	"slices"
	"time"

	"framecraft/server/internal/system"
)

// The report: what was asked for, what was reached, what it cost. Its JSON has
// bytes and seconds as plain numbers; what the system does not tell is null.

// Report is what a run came to.
type Report struct {
	Target string `json:"target"`
	// Asked were to be opened, Reached were, Lost ended without being asked to;
	// Closed ended in order, and CutOff when time was up.
	Asked   int `json:"asked"`
	Reached int `json:"reached"`
	Lost    int `json:"lost"`
	Closed  int `json:"closed"`
	CutOff  int `json:"cutOff"`
	// Losses and Failures are by reason; what failed was tried again.
	Losses   map[string]int `json:"losses,omitempty"`
	Failures map[string]int `json:"failures,omitempty"`
	// Stop is what ended the opening before its number.
	Stop *Stop `json:"stop"`

	OpeningSeconds float64 `json:"openingSeconds"`
	Rate           float64 `json:"rate"`
	Handshake      Times   `json:"handshake"`
	HeldSeconds    float64 `json:"heldSeconds"`
	ClosingSeconds float64 `json:"closingSeconds"`

	// Pings were sent by hold, and Pongs came back; ServerPings came from the server.
	Pings       int `json:"pings"`
	Pongs       int `json:"pongs"`
	Unanswered  int `json:"unanswered"`
	ServerPings int `json:"serverPings"`

	// New are the further connections that were tried meanwhile.
	New NewReport `json:"new"`

	Tuples  Tuples          `json:"tuples"`
	Clients []ProcessReport `json:"clients"`
	Servers []ProcessReport `json:"servers"`
	Memory  MemoryReport    `json:"memory"`
}

// Times are quantiles, in seconds.
type Times struct {
	Median float64 `json:"median"`
	P99    float64 `json:"p99"`
	Worst  float64 `json:"worst"`
}

// NewReport is Served with its times.
type NewReport struct {
	Served
	Seconds Times `json:"seconds"`
}

// Tuples is the arithmetic of addresses and ports.
type Tuples struct {
	// Sources are the source addresses, from First to Last, with so many Ports each.
	Sources int    `json:"sources"`
	First   string `json:"first,omitempty"`
	Last    string `json:"last,omitempty"`
	Ports   int    `json:"ports"`
	// Possible is what both make for one destination.
	Possible int `json:"possible"`
}

// ProcessReport is a process that held an end of connections.
type ProcessReport struct {
	PID int `json:"pid"`
	// Ended says that it was gone before the connections were closed.
	Ended bool `json:"ended,omitempty"`
	// Connections it held; of a server these are the descriptors that were added.
	Connections system.Fact `json:"connections"`
	SoftLimit   system.Fact `json:"softLimit"`
	HardLimit   system.Fact `json:"hardLimit"`
	// Resident is its memory, and Grown how much of that came with the connections.
	Resident system.Fact `json:"resident"`
	Grown    system.Fact `json:"grown"`
}

// MemoryReport is bytes a connection.
type MemoryReport struct {
	ClientEach system.Fact `json:"clientEach"`
	ServerEach system.Fact `json:"serverEach"`
	// KernelEach is what the kernel allocated for both ends: objects in slabs, and
	// the pages of buffers.
	KernelEach system.Fact `json:"kernelEach"`
	// Kernel, SocketBuffers and Available are of all together: what grew, what grew,
	// and what is left.
	Kernel        system.Fact   `json:"kernel"`
	SocketBuffers system.Fact   `json:"socketBuffers"`
	Available     system.Fact   `json:"available"`
	Sockets       system.Fact   `json:"sockets"`
	Caches        []CacheReport `json:"caches,omitempty"`
}

// CacheReport is a kind of kernel object and how it grew.
type CacheReport struct {
	Name    string `json:"name"`
	Objects int64  `json:"objects"`
	Bytes   int64  `json:"bytes"`
}

// Good reports whether all that was asked for was held, and new connections were
// served meanwhile.
func (r *Report) Good() bool {
	return r.Reached == r.Asked && r.Lost == 0 && r.New.Tried == r.New.Served.Served
}

func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Second)
}

func timesOf(d *Durations) Times {
	return Times{seconds(d.Quantile(0.5)), seconds(d.Quantile(0.99)), seconds(d.Max)}
}

func newReport(o Options, r Resources, plan Plan) *Report {
	report := &Report{
		Target: "ws://" + o.Destination.Authority + o.Destination.Resource,
		Asked:  o.Connections, Stop: plan.Limit,
		Tuples: Tuples{Sources: plan.Sources, Ports: r.Ports, Possible: product(plan.Sources, r.Ports)},
	}
	if r.Sources > 1 && plan.Sources > 0 {
		report.Tuples.First, report.Tuples.Last = sourceAddress(plan.FirstSource).String(), sourceAddress(plan.FirstSource+plan.Sources-1).String()
	}
	return report
}

func (r *Report) opened(sum Progress) {
	r.OpeningSeconds = seconds(sum.Opening)
	if sum.Opened > 0 {
		r.Rate = float64(sum.Opened) / sum.Opening.Seconds()
	}
}

// held takes over what the shares say before they close.
func (r *Report) held(sum Progress, each []Progress, served Served) {
	r.Reached, r.Failures = sum.Opened, sum.Failures
	r.Pings, r.Pongs, r.Unanswered, r.ServerPings = sum.Pings, sum.Pongs, sum.Unanswered, sum.Asked
	r.Handshake = timesOf(&sum.Handshakes)
	if sum.Stop != nil {
		r.Stop = sum.Stop
	}
	r.New = NewReport{served, timesOf(&served.Times)}
	for _, p := range each {
		r.Clients = append(r.Clients, ProcessReport{
			PID: p.PID, Connections: system.Known(p.Open),
			SoftLimit: positive(p.SoftLimit), HardLimit: positive(p.HardLimit),
			Resident: positive(p.Resident), Grown: difference(positive(p.Resident), positive(p.ResidentBefore)),
		})
	}
}

// positive is a number that is unknown unless it is more than 0.
func positive(n int64) system.Fact { return system.Fact{Value: max(0, n), Known: n > 0} }

func difference(now, before system.Fact) system.Fact {
	return system.Fact{Value: now.Value - before.Value, Known: now.Known && before.Known}
}

// perConnection divides a fact among connections.
func perConnection(all system.Fact, n int) system.Fact {
	if !all.Known || n == 0 {
		return system.Fact{}
	}
	return system.Known(max(0, all.Value) / int64(n))
}

// grownOf sums up by how much processes grew.
func grownOf(processes []ProcessReport) (grown system.Fact) {
	grown.Known = len(processes) > 0
	for _, p := range processes {
		grown.Known = grown.Known && p.Grown.Known
		grown.Value += p.Grown.Value
	}
	return grown
}

// heldBy is how many connections the processes say that they hold, at least one for
// each of what is open here. Others may have come to the same servers meanwhile, or
// further ones here after the last report; what grew is for these too.
func heldBy(processes []ProcessReport, open int) (n int) {
	for _, p := range processes {
		n += int(max(0, p.Connections.Value))
	}
	return max(n, open)
}

// weigh compares what servers and kernel have with what they had.
func (r *Report) weigh(before, now snapshot, clients []Progress) {
	open := 0
	for _, p := range clients {
		open += p.Open
	}
	for i, o := range now.servers {
		was := before.servers[i]
		// Of a process that has ended, and waits for its parent to notice, nothing is left.
		if was.Resident.Known && o.Resident.Value <= 0 {
			r.Servers = append(r.Servers, ProcessReport{PID: o.PID, Ended: true})
			continue
		}
		r.Servers = append(r.Servers, ProcessReport{
			PID: o.PID, Connections: difference(o.Descriptors, was.Descriptors),
			SoftLimit: o.SoftLimit, HardLimit: o.HardLimit,
			Resident: o.Resident, Grown: difference(o.Resident, was.Resident),
		})
	}
	m := &r.Memory
	m.ClientEach = perConnection(grownOf(r.Clients), open)
	m.ServerEach = perConnection(grownOf(r.Servers), heldBy(r.Servers, open))
	m.Kernel = difference(now.kernel.Slab, before.kernel.Slab)
	m.SocketBuffers = difference(now.sockets.SocketMemory, before.sockets.SocketMemory)
	both := m.Kernel
	both.Value += m.SocketBuffers.Value
	m.KernelEach = perConnection(both, max(open, int(difference(now.sockets.Sockets, before.sockets.Sockets).Value/2)))
	m.Available = now.kernel.Available
	m.Sockets = now.sockets.Sockets
	m.Caches = grownCaches(before.kernel.Caches, now.kernel.Caches, open)
}

// countedCaches are the kinds of objects that a connection is made of: sockets and
// their inodes, open files and their names, what a poller keeps of each.
var countedCaches = []string{"TCP", "TCPv6", "sock_inode_cache", "filp", "dentry", "eventpoll_epi", "eventpoll_pwq", "ep_head", "lsm_inode_cache", "lsm_file_cache"}

// grownCaches returns those of which there is at least one more for every second
// connection, the largest first.
func grownCaches(before, now []system.SlabCache, open int) (grown []CacheReport) {
	was := map[string]system.SlabCache{}
	for _, c := range before {
		was[c.Name] = c
	}
	for _, c := range now {
		objects := c.Objects - was[c.Name].Objects
		if slices.Contains(countedCaches, c.Name) && open > 0 && objects >= int64(open)/2 {
			grown = append(grown, CacheReport{c.Name, objects, c.Bytes - was[c.Name].Bytes})
		}
	}
	slices.SortFunc(grown, func(a, b CacheReport) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return grown
}

// closed takes over the end. An interrupt of the opening comes to the shares later
// than their last report: what they opened meanwhile has been closed as well, and
// counts.
func (r *Report) closed(sum Progress, each []Progress, took time.Duration) {
	if sum.Opened != r.Reached {
		r.Reached = sum.Opened
		r.Handshake = timesOf(&sum.Handshakes)
		r.opened(sum)
		for i, p := range each {
			r.Clients[i].Connections = system.Known(p.Closed + p.CutOff)
		}
	}
	r.ClosingSeconds = seconds(took)
	r.Closed, r.CutOff = sum.Closed, sum.CutOff
	r.Lost, r.Losses = sum.Lost, sum.Losses
}

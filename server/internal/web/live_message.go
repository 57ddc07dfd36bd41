package web

import (
	"math"
	"net"
	"net/netip"
	"os"
	"time"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/system"
)

// The messages of /live. Numbers are bytes, seconds and counts; what the system
// does not tell is null. The page draws exactly this, so a change here is one
// there.
//
// Most connections idle most of the time. A message has the ids of all that it lists,
// and in full only those that are new or have changed since the message before. It
// may rely on that one: a viewer whose message could not be written has ended.

// liveConnections is how many connections a message lists at most: the newest,
// and the pages' own before those that were opened.
const liveConnections = 200

// liveMessage is one message.
type liveMessage struct {
	// At is the time since the server began, as everywhere here in seconds.
	At       liveSeconds   `json:"at"`
	Listener *liveListener `json:"listener"`
	Totals   liveTotals    `json:"totals"`
	Process  liveProcess   `json:"process"`
	Kernel   liveKernel    `json:"kernel"`
	// MemoryEach is what this process has grown by for each of as many connections as
	// there were at most; null where there are too few to tell.
	MemoryEach system.Fact `json:"memoryEach"`
	Opener     liveOpener  `json:"opener"`
	// Listed are the connections of the session, and Connections those of them that the
	// message before did not have as they are now.
	Listed      []uint64         `json:"listed"`
	Connections []liveConnection `json:"connections"`
	// More is how many connections of the session are left out.
	More int `json:"more"`
	// History is in the first message only, the oldest point first.
	History []historyPoint `json:"history,omitempty"`
}

// liveSeconds is a time with milliseconds behind the point.
type liveSeconds float64

func secondsOf(d time.Duration) liveSeconds {
	return liveSeconds(math.Round(d.Seconds()*1000) / 1000)
}

// liveListener is where the server listens.
type liveListener struct {
	Address   string      `json:"address"`
	Port      int         `json:"port"`
	PID       system.Fact `json:"pid"`
	ReusePort bool        `json:"reuseport"`
}

// liveTotals are of the connections of all visitors; Own of this session's.
type liveTotals struct {
	Live      int    `json:"live"`
	Own       int    `json:"own"`
	Open      int    `json:"open"`
	Closing   int    `json:"closing"`
	Draining  int    `json:"draining"`
	Accepted  uint64 `json:"accepted"`
	Ended     uint64 `json:"ended"`
	BytesIn   uint64 `json:"bytesIn"`
	BytesOut  uint64 `json:"bytesOut"`
	FramesIn  uint64 `json:"framesIn"`
	FramesOut uint64 `json:"framesOut"`
}

type liveProcess struct {
	Descriptors system.Fact `json:"descriptors"`
	SoftLimit   system.Fact `json:"softLimit"`
	HardLimit   system.Fact `json:"hardLimit"`
	Resident    system.Fact `json:"resident"`
	Heap        system.Fact `json:"heap"`
	Stacks      system.Fact `json:"stacks"`
	Goroutines  system.Fact `json:"goroutines"`
	Threads     system.Fact `json:"threads"`
}

type liveKernel struct {
	Ports        *livePorts  `json:"ports"`
	Sockets      system.Fact `json:"sockets"`
	SocketMemory system.Fact `json:"socketMemory"`
	FileMax      system.Fact `json:"fileMax"`
	FilesOpen    system.Fact `json:"filesOpen"`
}

// livePorts are the ephemeral ports.
type livePorts struct {
	Low  int64 `json:"low"`
	High int64 `json:"high"`
}

// liveOpener is what this viewer may open and has opened. Limit is of all viewers
// together, and Left what all of them leave of it.
type liveOpener struct {
	Allowed bool   `json:"allowed"`
	Limit   int    `json:"limit"`
	Left    int    `json:"left"`
	Open    int    `json:"open"`
	Opening bool   `json:"opening"`
	Sources int    `json:"sources"`
	Why     string `json:"why"`
}

// What liveConnection.Own says.
const (
	ownPage   = "page"
	ownOpened = "opened"
)

// liveConnection is one connection of the session.
type liveConnection struct {
	ID uint64 `json:"id"`
	// Own is ownPage, or ownOpened for one that the opener has made.
	Own    string      `json:"own"`
	Route  string      `json:"route"`
	FD     system.Fact `json:"fd"`
	Local  string      `json:"local"`
	Remote string      `json:"remote"`
	// Proxy says that Remote is a proxy that the server trusts: the visitor's own
	// connection is another one, which ends there.
	Proxy bool `json:"proxy"`
	// Began is when it was accepted, on the clock of At.
	Began     liveSeconds `json:"began"`
	State     string      `json:"state"`
	BytesIn   uint64      `json:"bytesIn"`
	BytesOut  uint64      `json:"bytesOut"`
	FramesIn  uint64      `json:"framesIn"`
	FramesOut uint64      `json:"framesOut"`
	Memory    int         `json:"memory"`
}

// compose makes a message for the viewer.
func (v *viewer) compose(withHistory bool) *liveMessage {
	now, before := v.site.watch.snapshot(withHistory)
	// Counting is cheap, and these go with the connections of this moment.
	now.at, now.totals = v.site.watch.since(), v.site.endpoint.Totals()
	infos, own := v.site.endpoint.Connections(nil, v.owner, liveConnections)
	m := &liveMessage{
		At:       secondsOf(now.at),
		Listener: v.site.listener,
		Totals: liveTotals{
			Live: now.totals.Live, Own: own,
			Open: now.totals.Open, Closing: now.totals.Closing, Draining: now.totals.Draining,
			Accepted: now.totals.Accepted, Ended: now.totals.Ended,
			BytesIn: now.totals.BytesIn, BytesOut: now.totals.BytesOut,
			FramesIn: now.totals.FramesIn, FramesOut: now.totals.FramesOut,
		},
		Process: liveProcess{
			Descriptors: now.process.Descriptors, SoftLimit: now.process.SoftLimit, HardLimit: now.process.HardLimit,
			Resident: now.process.Resident, Heap: now.process.Heap, Stacks: now.process.Stacks,
			Goroutines: now.process.Goroutines, Threads: now.process.Threads,
		},
		Kernel: liveKernel{
			Sockets: now.kernel.Sockets, SocketMemory: now.kernel.SocketMemory,
			FileMax: now.kernel.FileMax, FilesOpen: now.kernel.FilesOpen,
		},
		MemoryEach:  now.memoryEach,
		Opener:      v.opener(),
		Listed:      make([]uint64, 0, len(infos)),
		Connections: []liveConnection{},
		More:        own - len(infos),
		History:     before,
	}
	if now.kernel.PortLow.Known && now.kernel.PortHigh.Known {
		m.Kernel.Ports = &livePorts{now.kernel.PortLow.Value, now.kernel.PortHigh.Value}
	}
	if v.site.strangers {
		m.withhold()
	}
	v.list(m, infos, now.at)
	return m
}

// list puts connections into a message, and remembers what the viewer knows then.
func (v *viewer) list(m *liveMessage, infos []endpoint.Info, at time.Duration) {
	known := make(map[uint64]liveConnection, len(infos))
	for i := range infos {
		c := connectionOf(&infos[i], at)
		c.Proxy = c.Own == ownPage && contains(v.site.proxies, infos[i].Remote.Addr().Unmap().WithZone(""))
		before, ok := v.known[c.ID]
		if ok {
			c.Began = before.Began // it is not found to the millisecond
		}
		m.Listed = append(m.Listed, c.ID)
		if !ok || c != before {
			m.Connections = append(m.Connections, c)
		}
		known[c.ID] = c
	}
	v.known = known
}

// withhold leaves out what is no stranger's business: which process this is, and
// what else the machine is busy with. What the server itself takes, and how much of
// it there is, is what Live is about; the limits keep anybody from using it up.
func (m *liveMessage) withhold() {
	if m.Listener != nil {
		listener := *m.Listener
		listener.PID = system.Fact{}
		m.Listener = &listener
	}
	m.Kernel.Sockets, m.Kernel.FileMax, m.Kernel.FilesOpen = system.Fact{}, system.Fact{}, system.Fact{}
}

func connectionOf(i *endpoint.Info, at time.Duration) liveConnection {
	c := liveConnection{
		ID: i.ID, Own: ownPage, Route: i.Route, Began: secondsOf(at - i.Age), State: i.State,
		Local: addressText(i.Local), Remote: addressText(i.Remote),
		BytesIn: i.BytesIn, BytesOut: i.BytesOut, FramesIn: i.FramesIn, FramesOut: i.FramesOut,
		Memory: i.Memory,
	}
	if i.Route == openedName {
		c.Own, c.Route = ownOpened, "/echo"
	}
	if i.FD >= 0 {
		c.FD = system.Known(i.FD)
	}
	return c
}

// addressText is empty for a connection that has ended meanwhile.
func addressText(address netip.AddrPort) string {
	if !address.IsValid() {
		return ""
	}
	return address.String()
}

// listenerOf returns where the server listens, or nil where that is no TCP.
func listenerOf(address net.Addr, reusePort bool) *liveListener {
	tcp, ok := address.(*net.TCPAddr)
	if !ok {
		return nil
	}
	host := "" // every address
	if len(tcp.IP) > 0 {
		host = tcp.AddrPort().Addr().Unmap().String()
	}
	return &liveListener{Address: host, Port: tcp.Port, PID: system.Known(os.Getpid()), ReusePort: reusePort}
}

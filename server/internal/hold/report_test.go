package hold

import (
	"testing"
	"time"

	"framecraft/server/internal/system"
)

// A server that has ended holds nothing, whether its parent has noticed or not; it
// did not get fewer descriptors than none.
func TestWeighEndedServers(t *testing.T) {
	facts := func(descriptors, resident int) system.OtherProcess {
		return system.OtherProcess{PID: 7, Descriptors: system.Known(descriptors), Resident: system.Known(resident)}
	}
	lives, waits, gone := facts(110, 3<<20), facts(0, 0), system.OtherProcess{PID: 7}
	for name, c := range map[string]struct {
		now   system.OtherProcess
		ended bool
	}{"lives": {lives, false}, "waits for its parent": {waits, true}, "is gone": {gone, true}} {
		var r Report
		r.weigh(snapshot{servers: []system.OtherProcess{facts(10, 1<<20)}}, snapshot{servers: []system.OtherProcess{c.now}}, nil)
		p := r.Servers[0]
		if p.PID != 7 || p.Ended != c.ended || p.Connections.Known == c.ended || p.Grown.Known == c.ended {
			t.Errorf("%s: found %+v", name, p)
		}
		if !c.ended && p.Connections.Value != 100 {
			t.Errorf("found %v connections, expected 100", p.Connections)
		}
	}
	// What cannot be seen has not ended.
	var r Report
	r.weigh(snapshot{servers: []system.OtherProcess{gone}}, snapshot{servers: []system.OtherProcess{gone}}, nil)
	if r.Servers[0].Ended {
		t.Error("a server that cannot be seen is said to have ended")
	}
}

// Whoever else connects to the same servers makes them and the kernel grow too.
func TestWeighAmongOthers(t *testing.T) {
	look := func(connections, mebibytes int) snapshot {
		return snapshot{
			servers: []system.OtherProcess{{PID: 7, Descriptors: system.Known(10 + connections), Resident: system.Known((5 + mebibytes) << 20)}},
			kernel:  system.KernelMemory{Slab: system.Known((10 + 4*mebibytes) << 20)},
			sockets: system.Kernel{Sockets: system.Known(20 + 2*connections), SocketMemory: system.Known(0)},
		}
	}
	for name, c := range map[string]struct{ now, mine int }{"alone": {1024, 1024}, "others too": {1024, 256}} {
		var r Report
		r.weigh(look(0, 0), look(c.now, 2), []Progress{{Open: c.mine}})
		if r.Memory.ServerEach != system.Known(2<<10) || r.Memory.KernelEach != system.Known(8<<10) {
			t.Errorf("%s: found %+v, expected 2 KiB of the server and 8 KiB of the kernel", name, r.Memory)
		}
	}
	// Others may have left meanwhile.
	var r Report
	r.weigh(look(1000, 0), look(1010, 1), []Progress{{Open: 1024}})
	if r.Memory.ServerEach != system.Known(1<<10) {
		t.Errorf("found %+v, expected 1 KiB of the server", r.Memory)
	}
}

// What is opened between the last report of a share and the interrupt counts.
func TestReportOpenedLate(t *testing.T) {
	var r Report
	before := Progress{Opened: 80, Open: 80, Opening: time.Second}
	r.opened(before)
	r.held(before, []Progress{before}, Served{})
	end := Progress{Opened: 100, Closed: 98, CutOff: 2, Opening: 2 * time.Second}
	r.closed(end, []Progress{end}, time.Second)
	if r.Reached != 100 || r.Closed != 98 || r.Clients[0].Connections != system.Known(100) || r.OpeningSeconds != 2 || r.Rate != 50 {
		t.Errorf("found %+v, expected 100 in 2 s", r)
	}
}

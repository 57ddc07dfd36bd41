package hold

import (
	"testing"

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

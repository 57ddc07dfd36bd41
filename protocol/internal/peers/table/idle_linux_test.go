package main

import "testing"

// A few connections are opened, weighed, used and weighed again, on a server of
// each kind.
func TestIdleTurns(t *testing.T) {
	with(t, &contender{name: ours}, &contender{name: "gobwas", module: "github.com/gobwas/ws"}, &contender{name: floor})
	for _, c := range contenders {
		got, err := idleTurn(c, 200)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for _, w := range []weight{got.before, got.fresh, got.used} {
			if w.resident < 1<<20 || w.heap <= 0 || w.heap > w.resident || w.stacks <= 0 {
				t.Errorf("%s weighs %+v", c.name, w)
			}
		}
		if got.took <= 0 || got.cpu <= 0 {
			t.Errorf("%s: 200 handshakes took %v and %v of CPU time", c.name, got.took, got.cpu)
		}
	}
}

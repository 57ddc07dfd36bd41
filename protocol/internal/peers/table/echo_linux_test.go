package main

import (
	"strings"
	"testing"
	"time"
)

// Every load goes through a server of each kind, and what comes back is counted.
func TestEchoTurns(t *testing.T) {
	with(t, &contender{name: ours}, &contender{name: "gobwas", module: "github.com/gobwas/ws"}, &contender{name: floor})
	for _, c := range contenders {
		s, err := c.serve("echo")
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		for _, l := range loads {
			rate, cpu, err := echoTurn(s, c.name, l, 10*time.Millisecond)
			if err != nil || rate <= 0 || cpu <= 0 {
				t.Errorf("%s, %s: %v a second, %v µs, %v", c.name, l.label, rate, cpu, err)
			}
		}
		if err := s.stop(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A server that sends back something else is found out: the floor sends back the
// frames as they came, which is right for the floor alone.
func TestEchoHoldsAnswersAgainstWhatWasSent(t *testing.T) {
	with(t, &contender{name: floor})
	s, err := contenders[0].serve("echo")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range loads {
		if _, _, err := echoTurn(s, "gobwas", l, time.Millisecond); err == nil || !strings.Contains(err.Error(), "the answer begins with") {
			t.Errorf("%s: found %v, expected that the answer is wrong", l.label, err)
		}
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
}

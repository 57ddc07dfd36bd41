package opener

import (
	"errors"
	"strings"
	"testing"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/system"
)

// A panic in one group ends its connections and those of no other, and it can
// begin anew.
//
// Defence: panic-goroutine
func TestPanicEndsOneGroup(t *testing.T) {
	s := start(t, 50, endpoint.DefaultLimits())
	failing, other := s.Group(Owner{1}, ignore), s.Group(Owner{2}, ignore)
	for _, g := range []*Group{failing, other} {
		if err := g.Open(20); err != nil {
			t.Fatal(err)
		}
		g.holds(t, 20)
	}
	s.step.Lock()
	descriptors := s.descriptors
	s.descriptors = func() (open, limit, hard system.Fact) { panic("s3cret") }
	s.step.Unlock()
	if err := failing.Open(5); err != nil {
		t.Fatal(err)
	}
	if stack := <-s.panics; !strings.Contains(stack, "(*Group).ramp") {
		t.Errorf("found the stack %q", stack)
	}
	failing.holds(t, 0)
	if err := failing.Said(); !errors.Is(err, errFailed) {
		t.Errorf("found %v, expected %v", err, errFailed)
	}
	wait(t, "the server to have the other's alone", func() bool { return s.endpoint.Totals().Open == 20 })
	s.step.Lock()
	s.descriptors = descriptors
	s.step.Unlock()
	// All places but the other's are free again.
	if err := failing.Open(30); err != nil {
		t.Fatal(err)
	}
	failing.holds(t, 30)
	if err := failing.Said(); err != nil {
		t.Error(err)
	}
	other.holds(t, 20)
	failing.End()
	other.End()
	wait(t, "the end", s.idle)
}

package hold

import (
	"net/netip"
	"testing"
)

// Two runs at once use different source addresses, and each says which. Where the
// system has one only, they share it.
func TestRunsAtOnce(t *testing.T) {
	at := serveEcho(t, nil)
	var inner *Report
	outer, err := Run(t.Context(), testOptions(at, 10), func(s Status) {
		if s.Phase != PhaseHolding || inner != nil {
			return
		}
		var err error
		if inner, err = Run(t.Context(), testOptions(at, 10), func(Status) {}); err != nil {
			t.Error(err)
		}
	})
	if err != nil || inner == nil || !outer.Good() || !inner.Good() {
		t.Fatalf("found %v, %+v and %+v", err, outer, inner)
	}
	if !manyLoopbacks {
		if outer.Tuples.First != "" || inner.Tuples.First != "" {
			t.Errorf("found %+v and %+v, expected no address of their own", outer.Tuples, inner.Tuples)
		}
		return
	}
	if a, b := netip.MustParseAddr(outer.Tuples.First), netip.MustParseAddr(inner.Tuples.First); a == b || !a.IsLoopback() || !b.IsLoopback() || outer.Tuples.Last != outer.Tuples.First {
		t.Errorf("found %+v and %+v, expected addresses of their own", outer.Tuples, inner.Tuples)
	}
}

// The portions of a plan have the addresses that the report says.
func TestPlanFrom(t *testing.T) {
	plan := Divide(10, Resources{descriptorReserve + 5, 4, maxSources, 0, 0})
	plan.from(sourcesOfBlock)
	if plan.Portions[0].FirstSource != sourcesOfBlock || plan.Portions[1].FirstSource != sourcesOfBlock+3 {
		t.Errorf("found %+v", plan.Portions)
	}
	report := newReport(testOptions(netip.MustParseAddrPort("127.0.0.1:80"), 10), Resources{Sources: maxSources}, plan)
	if report.Tuples.First != "127.1.0.1" || report.Tuples.Last != "127.1.0.6" {
		t.Errorf("found %+v", report.Tuples)
	}
}

package hold

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/system"
)

func mustAddrPort(t *testing.T, text string) netip.AddrPort {
	t.Helper()
	at, err := netip.ParseAddrPort(text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// testOptions hold n connections for a moment.
func testOptions(at netip.AddrPort, n int) Options {
	o := DefaultOptions()
	o.Connections, o.Destination = n, Destination{Address: at, Authority: at.String(), Resource: "/echo"}
	o.For, o.Ping, o.Probe = 600*time.Millisecond, 100*time.Millisecond, 100*time.Millisecond
	return o
}

func TestRun(t *testing.T) {
	for _, processes := range []int{1, 2} {
		at := serveEcho(t, func(l *endpoint.Limits) { l.Ping = 100 * time.Millisecond })
		o := testOptions(at, 40)
		o.Processes = processes
		var phases []string
		report, err := Run(t.Context(), o, func(s Status) {
			if !slices.Contains(phases, s.Phase) {
				phases = append(phases, s.Phase)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if !report.Good() || report.Reached != 40 || report.Closed != 40 || report.Stop != nil || report.HeldSeconds < 0.5 ||
			report.New.Tried < 2 || report.New.Echoed != report.New.Tried || report.Pongs == 0 || report.ServerPings == 0 {
			t.Errorf("in %d: found %+v", processes, report)
		}
		if took := report.OpeningSeconds; took <= 0 || took < report.Handshake.Worst || math.Abs(report.Rate*took-40) > 1 {
			t.Errorf("in %d: found 40 opened in %v s, %v a second, the slowest in %v s", processes, took, report.Rate, report.Handshake.Worst)
		}
		if report.ClosingSeconds <= 0 {
			t.Errorf("in %d: found 40 closed in no time", processes)
		}
		if len(report.Clients) != processes || report.Tuples.Ports == 0 || report.Tuples.Possible != report.Tuples.Sources*report.Tuples.Ports {
			t.Errorf("in %d: found %+v and %+v", processes, report.Clients, report.Tuples)
		}
		if want := []string{PhaseOpening, PhaseHolding, PhaseClosing}; !slices.Equal(phases, want) && !slices.Equal(phases, want[1:]) {
			t.Errorf("in %d: found the phases %v, expected %v", processes, phases, want)
		}
		text, err := json.Marshal(report)
		if err != nil || !strings.HasPrefix(string(text), `{"target":"ws://127.0.0.1:`) || !strings.Contains(string(text), `"new":{"tried":`) {
			t.Errorf("found %s, %v", text, err)
		}
	}
}

// An interrupt while they are held is an end in order; one while they open leaves
// the report short of its number.
func TestRunInterrupted(t *testing.T) {
	for _, c := range []struct {
		phase string
		good  bool
	}{{PhaseHolding, true}, {PhaseOpening, false}} {
		release := make(chan struct{})
		at := serveEcho(t, nil)
		if c.phase == PhaseOpening {
			at = serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
		}
		o := testOptions(at, 20)
		o.For = 0
		ctx, cancel := context.WithCancel(t.Context())
		begin := time.Now()
		report, err := Run(ctx, o, func(s Status) {
			if s.Phase == c.phase {
				cancel()
			}
		})
		close(release)
		if (report.Stop != nil && report.Stop.Limit == limitInterrupt) == c.good {
			t.Errorf("in %s: found the stop %v", c.phase, report.Stop)
		}
		if err != nil || report.Good() != c.good || report.Closed != report.Reached || report.Lost != 0 || time.Since(begin) > patience {
			t.Errorf("in %s: found %v, %+v after %v", c.phase, err, report, time.Since(begin))
		}
		cancel()
	}
}

// What falls short is not held.
func TestRunStopped(t *testing.T) {
	at := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "too many connections", http.StatusServiceUnavailable)
	}))
	o := testOptions(at, 20)
	o.For = time.Hour
	report, err := Run(t.Context(), o, func(Status) {})
	if err != nil || report.Good() || report.Reached != 0 || report.Stop == nil || report.Stop.Raise != raiseServerCount || report.HeldSeconds != 0 {
		t.Errorf("found %v, %+v", err, report)
	}
}

// What is lost while they close is in the report, with its reason.
func TestReportLostAtTheEnd(t *testing.T) {
	var r Report
	sum := Progress{Opened: 5, Open: 5}
	r.held(sum, nil, Served{})
	sum.lose("TCP ended")
	r.closed(sum, nil, time.Second)
	if r.Reached != 5 || r.Lost != 1 || r.Losses["TCP ended"] != 1 {
		t.Errorf("found %+v", r)
	}
}

// With no resources nothing is begun.
func TestRunWithoutRoom(t *testing.T) {
	o := testOptions(mustAddrPort(t, "127.0.0.1:1"), 20)
	plan := Divide(o.Connections, Resources{Descriptors: 10, Ports: 10, Sources: 1})
	report := newReport(o, Resources{}, plan)
	if report.Stop == nil || report.Stop.Limit != limitDescriptors || report.Good() {
		t.Errorf("found %+v", report)
	}
}

func TestGood(t *testing.T) {
	good := Report{Asked: 5, Reached: 5}
	for name, c := range map[string]struct {
		change func(*Report)
		good   bool
	}{
		"all":       {func(*Report) {}, true},
		"short":     {func(r *Report) { r.Reached = 4 }, false},
		"one lost":  {func(r *Report) { r.Lost = 1 }, false},
		"unserved":  {func(r *Report) { r.New.Tried, r.New.Served.Served = 3, 2 }, false},
		"no echo":   {func(r *Report) { r.New.Tried, r.New.Served.Served = 3, 3 }, true},
		"cut off":   {func(r *Report) { r.CutOff = 5 }, true},
		"no answer": {func(r *Report) { r.Unanswered = 1 }, true},
	} {
		r := good
		if c.change(&r); r.Good() != c.good {
			t.Errorf("%s: found %v, expected %v", name, r.Good(), c.good)
		}
	}
}

func TestGrownCaches(t *testing.T) {
	before := []system.SlabCache{{Name: "TCP", Objects: 10, Bytes: 1000}, {Name: "dentry", Objects: 5, Bytes: 500}}
	now := []system.SlabCache{{Name: "TCP", Objects: 110, Bytes: 11000}, {Name: "dentry", Objects: 54, Bytes: 5400}, {Name: "filp", Objects: 50, Bytes: 50000}, {Name: "other", Objects: 500, Bytes: 9}}
	want := []CacheReport{{"filp", 50, 50000}, {"TCP", 100, 10000}}
	if got := grownCaches(before, now, 100); !slices.Equal(got, want) {
		t.Errorf("found %v, expected %v", got, want)
	}
	if got := grownCaches(before, now, 0); got != nil {
		t.Errorf("without connections: found %v", got)
	}
}

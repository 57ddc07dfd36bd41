package cli

import (
	"os"
	"strings"
	"testing"
	"time"

	"framecraft/server/internal/hold"
	"framecraft/server/internal/system"
)

// A bar that stands still says since when.
func TestHoldStandsStill(t *testing.T) {
	var w holdWatcher
	at := func(seconds float64, opened int) hold.Status {
		s := hold.Status{Asked: 50, Processes: 1, Elapsed: time.Duration(seconds * float64(time.Second))}
		s.Phase, s.Opened = hold.PhaseOpening, opened
		return s
	}
	for _, c := range []struct {
		status hold.Status
		want   string
	}{
		{at(0.2, 0), "opening 0 of 50"},
		{at(3.2, 0), "opening 0 of 50, no answer for 0:03"},
		{at(4, 40), "opening 40 of 50, 10 a second"},
		{at(5.9, 40), "opening 40 of 50, 6 a second"},
		{at(6, 40), "opening 40 of 50, no answer for 0:02"},
		{at(64.4, 40), "opening 40 of 50, no answer for 1:00"},
		{at(64.6, 41), "opening 41 of 50, 0 a second"},
	} {
		if line := holdLine(c.status, w.still(c.status)); line != c.want {
			t.Errorf("after %v with %d: found %q, expected %q", c.status.Elapsed, c.status.Opened, line, c.want)
		}
	}
	holding := at(90, 41)
	holding.Phase = hold.PhaseHolding
	if still := w.still(holding); still != 0 {
		t.Errorf("while they are held, it stands still for %v", still)
	}
}

// What a report is silent about, and what it explains.
func TestPrintHold(t *testing.T) {
	process := func(connections int) []hold.ProcessReport {
		return []hold.ProcessReport{{PID: 7, Connections: system.Known(connections), Resident: system.Known(20 << 20), Grown: system.Known(connections << 10)}}
	}
	memory := hold.MemoryReport{ClientEach: system.Known(1024), KernelEach: system.Known(8192)}
	for _, c := range []struct {
		name   string
		report hold.Report
		want   string
		never  string
	}{
		{"few connections", hold.Report{Asked: 300, Reached: 300, Clients: process(300), Memory: memory}, "told from 1,000 on", "KiB"},
		{"more of them", hold.Report{Asked: 1000, Reached: 1000, Clients: process(1000), Memory: memory}, "a connection costs hold 1.0 KiB, the server what cannot be seen from here, the kernel 8.0 KiB for both ends much of that", "told from"},
		{"enough of them", hold.Report{Asked: 10_000, Reached: 10_000, Clients: process(10_000), Memory: memory}, "a connection costs hold 1.0 KiB", "much of that"},
		{"pings on their way", hold.Report{Asked: 1, Reached: 1, Pings: 1026590, Pongs: 1026422}, "168 of hold's were on their way when it began to close", "no pong"},
		{"a ping on its way", hold.Report{Asked: 1, Reached: 1, Pings: 29, Pongs: 28}, "one of hold's was on its way when it began to close", "were on"},
		{"pings without an answer", hold.Report{Asked: 1, Reached: 1, Pings: 5, Pongs: 3, Unanswered: 1}, "1 had no pong when the next one was due", "on their way"},
		{"a server that ended", hold.Report{Asked: 2000, Reached: 2000, Lost: 2000, Servers: []hold.ProcessReport{{PID: 7, Ended: true}}, Memory: memory}, "7 has ended memory none was left to tell what a connection costs", "hold unknown"},
		{"pings of connections that were lost", hold.Report{Asked: 1, Reached: 1, Pings: 5, Pongs: 3, Lost: 1}, "lost 1 in", "on their way"},
		{"no new one served", hold.Report{Asked: 1, Reached: 1, New: hold.NewReport{Served: hold.Served{Tried: 1}}}, "0 of 1 further connections were served meanwhile", "slowest in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b strings.Builder
			lookup := func(string) (string, bool) { return "", false }
			printHold(&b, newTerminal(os.Stdout, "never", lookup), &c.report)
			text := strings.Join(strings.Fields(b.String()), " ")
			if !strings.Contains(text, c.want) || strings.Contains(text, c.never) {
				t.Errorf("expected %q and no %q in\n%s", c.want, c.never, &b)
			}
		})
	}
}

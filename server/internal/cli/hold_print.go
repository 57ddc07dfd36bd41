package cli

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"framecraft/server/internal/hold"
	"framecraft/server/internal/system"
)

// What hold shows: meanwhile a bar, or lines where nobody can redraw one, and at
// the end a table.

// holdWatcher shows how far a run is, on the standard error.
type holdWatcher struct {
	out *os.File
	t   *terminal
	// redraws: the terminal can go back in a line.
	redraws bool
	phase   string
	shown   time.Time
	drawn   bool
	// opened were open at moved, a time of the phase, and no more since.
	opened int
	moved  time.Duration
}

// stillAfter is the time without a further connection that is worth a word.
const stillAfter = 2 * time.Second

// still is how long no further connection has been opened, 0 where that is no news.
func (w *holdWatcher) still(s hold.Status) time.Duration {
	if s.Phase != hold.PhaseOpening || s.Opened != w.opened || s.Elapsed < w.moved {
		w.opened, w.moved = s.Opened, s.Elapsed
	}
	if still := s.Elapsed - w.moved; still >= stillAfter {
		return still
	}
	return 0
}

// plainEvery is the time between two lines of a phase that nobody can redraw.
const plainEvery = 5 * time.Second

func newHoldWatcher(p *Process, colour string) *holdWatcher {
	t := newTerminal(p.Stderr, colour, p.Lookup)
	kind, _ := p.Lookup("TERM")
	return &holdWatcher{out: p.Stderr, t: t, redraws: t.wraps && kind != "dumb"}
}

func (w *holdWatcher) show(s hold.Status) {
	now, still := time.Now(), w.still(s)
	fresh := s.Phase != w.phase
	if !w.redraws {
		if !fresh && now.Sub(w.shown) < plainEvery {
			return
		}
		w.phase, w.shown = s.Phase, now
		fmt.Fprintf(w.out, "framecraft: %s\n", holdLine(s, still))
		return
	}
	if fresh && w.drawn {
		fmt.Fprintln(w.out)
	}
	w.phase, w.drawn = s.Phase, true
	// The last column stays free: a line that reaches it, or is wrapped, cannot be
	// redrawn. So the real width counts, which may change meanwhile.
	width := defaultWidth
	if real, _, err := term.GetSize(int(w.out.Fd())); err == nil && real > 0 {
		width = real
	}
	line := fitted(holdLine(s, still), width-1)
	room := width - 2 - columns(line)
	bar := ""
	if room >= 10 {
		bar = w.bar(holdPart(s), min(room, 30)) + " "
	}
	fmt.Fprint(w.out, "\r"+bar+line+"\x1b[K")
}

// fitted leaves out what there is no room for, whole facts if it can.
func fitted(line string, room int) string {
	for columns(line) > room {
		i := strings.LastIndex(line, ", ")
		if i < 0 {
			return line[:max(0, room)]
		}
		line = line[:i]
	}
	return line
}

// end ends the line under way.
func (w *holdWatcher) end() {
	if w.drawn {
		fmt.Fprintln(w.out)
	}
}

// bar draws a part of a whole.
func (w *holdWatcher) bar(part float64, width int) string {
	full := int(part * float64(width))
	return w.t.paint(green, strings.Repeat("█", full)) + w.t.paint(dim, strings.Repeat("░", width-full))
}

// holdPart is how much of a phase is over.
func holdPart(s hold.Status) float64 {
	part := 1.0
	switch {
	case s.Phase == hold.PhaseOpening:
		part = float64(s.Opened) / float64(s.Asked)
	case s.Phase == hold.PhaseHolding && s.Left > 0:
		part = float64(s.Elapsed) / float64(s.Elapsed+s.Left)
	case s.Phase == hold.PhaseClosing && s.Opened > 0:
		part = 1 - float64(s.Open)/float64(s.Opened)
	}
	return min(1, max(0, part))
}

// holdLine says how far a run is, and for how long it has come no further.
func holdLine(s hold.Status, still time.Duration) string {
	switch s.Phase {
	case hold.PhaseOpening:
		line := fmt.Sprintf("opening %s of %s", hold.Number(s.Opened), hold.Number(s.Asked))
		if still > 0 {
			line += ", no answer for " + clock(still)
		} else if passed := s.Elapsed.Seconds(); passed >= 1 {
			line += fmt.Sprintf(", %s a second", hold.Number(int(float64(s.Opened)/passed)))
		}
		return line + processesText(", in %s processes", s.Processes)
	case hold.PhaseHolding:
		line := fmt.Sprintf("holding %s, lost %s, pongs %s", hold.Number(s.Open), hold.Number(s.Lost), hold.Number(s.Pongs))
		if s.Served.Tried > 0 {
			line += fmt.Sprintf(", new ones served %d of %d", s.Served.Served, s.Served.Tried)
		}
		if s.Left > 0 {
			return line + ", " + clock(s.Left) + " left"
		}
		return line + ", for " + clock(s.Elapsed)
	}
	return fmt.Sprintf("closing, %s left", hold.Number(s.Open))
}

func processesText(format string, n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf(format, hold.Number(n))
}

// clock is a time in minutes and seconds.
func clock(d time.Duration) string {
	all := int(d.Round(time.Second) / time.Second)
	return fmt.Sprintf("%d:%02d", all/60, all%60)
}

// holdTable is the report as rows of a name and what there is to say.
type holdTable struct {
	b *strings.Builder
	t *terminal
}

const holdNameWidth = 14

func (h *holdTable) row(name, format string, args ...any) {
	head := "  " + h.t.paint(bold, name) + strings.Repeat(" ", max(1, holdNameWidth-columns(name)))
	h.b.WriteString(h.t.hang(head, fmt.Sprintf(format, args...), holdNameWidth+2, plain))
}

// printHold writes the report for a person.
func printHold(b *strings.Builder, t *terminal, r *hold.Report) {
	h := &holdTable{b, t}
	verdict, colour := fmt.Sprintf("held %s connections on one port, lost %s in %s", hold.Number(r.Reached), hold.Number(r.Lost), duration(r.HeldSeconds)), green
	switch {
	case r.Reached < r.Asked:
		verdict, colour = fmt.Sprintf("reached %s of %s connections", hold.Number(r.Reached), hold.Number(r.Asked)), red
	case !r.Good():
		colour = red
	}
	b.WriteString(t.paint(colour, verdict) + "\n\n")
	if r.Stop != nil {
		h.row("stopped by", "%s: %s.", r.Stop.Limit, r.Stop.Found)
		if r.Stop.Raise != "" {
			h.row("", "What helps: %s.", r.Stop.Raise)
		}
	}
	h.row("target", "%s", r.Target)
	if r.Reached == 0 {
		reasons(h, "failed", r.Failures)
		return
	}
	h.row("opening", "%s in %s, %s a second; a handshake took %s, 99 %% at most %s, the slowest %s", hold.Number(r.Reached), duration(r.OpeningSeconds),
		hold.Number(int(r.Rate)), duration(r.Handshake.Median), duration(r.Handshake.P99), duration(r.Handshake.Worst))
	reasons(h, "failed", r.Failures)
	reasons(h, "lost", r.Losses)
	if r.Pings+r.ServerPings > 0 {
		h.row("pings", "%s sent, %s pongs came; %s of the server answered", hold.Number(r.Pings), hold.Number(r.Pongs), hold.Number(r.ServerPings))
	}
	if r.Unanswered > 0 {
		h.row("", "%s had no pong when the next one was due", hold.Number(r.Unanswered))
	} else if under := r.Pings - r.Pongs; under == 1 && r.Lost == 0 {
		h.row("", "one of hold's was on its way when it began to close")
	} else if under > 1 && r.Lost == 0 {
		h.row("", "%s of hold's were on their way when it began to close", hold.Number(under))
	}
	if r.New.Tried > 0 {
		text := fmt.Sprintf("%s of %s further connections were served meanwhile", hold.Number(r.New.Served.Served), hold.Number(r.New.Tried))
		if r.New.Served.Served > 0 {
			text += fmt.Sprintf(", in %s, the slowest in %s", duration(r.New.Seconds.Median), duration(r.New.Seconds.Worst))
		}
		if r.New.Echoed < r.New.Served.Served {
			text += "; the server does not echo, a pong counted"
		}
		h.row("new ones", "%s", text)
		reasons(h, "", r.New.Failures)
	}
	h.row("closing", "%s in order in %s, %s cut off", hold.Number(r.Closed), duration(r.ClosingSeconds), hold.Number(r.CutOff))
	printTuples(h, r)
	printProcesses(h, "clients", r.Clients)
	printProcesses(h, "servers", r.Servers)
	printMemory(h, r)
}

func reasons(h *holdTable, name string, counts map[string]int) {
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		h.row(name, "%s: %s", hold.Number(counts[reason]), reason)
		name = ""
	}
}

func printTuples(h *holdTable, r *hold.Report) {
	t := r.Tuples
	from := "one source address"
	if t.First != "" && t.Sources > 1 {
		from = fmt.Sprintf("%s source addresses (%s to %s)", hold.Number(t.Sources), t.First, t.Last)
	} else if t.First != "" {
		from += " (" + t.First + ")"
	}
	h.row("tuples", "%s x %s ephemeral ports x one destination = %s, of which %s were used", from, hold.Number(t.Ports), hold.Number(t.Possible), hold.Number(r.Reached))
}

// fewConnections do not tell what one of them costs, and notMany say too much: a
// server that had just begun grew by 22.5 KiB for each of 100, 12.8 for each of 1,000,
// 3.0 for each of 10,000.
const fewConnections, notMany = 1000, 10_000

// printProcesses writes a table of the processes of one side.
func printProcesses(h *holdTable, name string, processes []hold.ProcessReport) {
	if len(processes) == 0 {
		if name == "servers" {
			h.row(name, "not visible from here")
		}
		return
	}
	h.row(name, "%s", pad("process", 9)+right("connections", 12)+right("limit", 10)+right("memory", 10)+right("for each", 11))
	for _, p := range processes {
		if p.Ended {
			h.b.WriteString(strings.Repeat(" ", holdNameWidth+2) + pad(fmt.Sprint(p.PID), 9) + "  has ended\n")
			continue
		}
		each := "-"
		if p.Grown.Known && p.Grown.Value > 0 && p.Connections.Known && p.Connections.Value >= fewConnections {
			each = bytesText(p.Grown.Value / p.Connections.Value)
		}
		line := pad(fmt.Sprint(p.PID), 9) + right(factText(p.Connections), 12) + right(limitText(p.SoftLimit), 10) + right(sizeText(p.Resident), 10) + right(each, 11)
		h.b.WriteString(strings.Repeat(" ", holdNameWidth+2) + line + "\n")
	}
}

func right(text string, width int) string {
	return strings.Repeat(" ", max(0, width-columns(text))) + text
}

func printMemory(h *holdTable, r *hold.Report) {
	if r.Reached < fewConnections {
		h.row("memory", "what a connection costs is told from %s on", hold.Number(fewConnections))
		return
	}
	if r.Lost == r.Reached {
		h.row("memory", "none was left to tell what a connection costs")
		return
	}
	m := r.Memory
	server := "what cannot be seen from here"
	if m.ServerEach.Known {
		server = costText(m.ServerEach)
	}
	h.row("memory", "a connection costs hold %s, the server %s, the kernel %s for both ends", costText(m.ClientEach), server, costText(m.KernelEach))
	if r.Reached < notMany {
		h.row("", "much of that is what processes grow by anyway; it takes %s to tell", hold.Number(notMany))
	}
	if m.Kernel.Known {
		h.row("kernel", "%s of objects and %s of socket buffers more than before; %s available", grownText(m.Kernel), grownText(m.SocketBuffers), sizeText(m.Available))
	}
	for _, c := range m.Caches {
		h.row("", "%s %s %s", pad(c.Name, 24), right(hold.Number(c.Objects), 10), right(bytesText(c.Bytes), 10))
	}
}

func factText(f system.Fact) string {
	if !f.Known {
		return "-"
	}
	return hold.Number(f.Value)
}

func limitText(f system.Fact) string {
	if f.Known && f.Value > 1<<40 {
		return "no limit"
	}
	return factText(f)
}

func sizeText(f system.Fact) string {
	if !f.Known {
		return "unknown"
	}
	return bytesText(f.Value)
}

// costText is what one connection costs; few of them cost less than what comes and
// goes meanwhile.
func costText(f system.Fact) string {
	if f.Known && f.Value == 0 {
		return "too little to see"
	}
	return sizeText(f)
}

// grownText is by how much something grew; less than before is none.
func grownText(f system.Fact) string {
	f.Value = max(0, f.Value)
	return sizeText(f)
}

// bytesText is a size with three digits or so.
func bytesText(n int64) string {
	size := float64(n)
	for _, unit := range []string{"B", "KiB", "MiB", "GiB"} {
		if size < 1000 && size > -1000 || unit == "GiB" {
			if unit == "B" || size >= 100 {
				return fmt.Sprintf("%.0f %s", size, unit)
			}
			return fmt.Sprintf("%.1f %s", size, unit)
		}
		size /= 1024
	}
	return ""
}

// duration is a time in seconds as a person reads it.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.*f ms", below(d, 10*time.Millisecond), float64(d)/float64(time.Millisecond))
}

// below is 1 for a time below a bound: so many digits it then has behind the point.
func below(d, bound time.Duration) int {
	if d < bound {
		return 1
	}
	return 0
}

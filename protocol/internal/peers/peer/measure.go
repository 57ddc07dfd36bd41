package peer

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// A measurement is many batches of a fifth of a millisecond, and the median of
// them: who else is at work on the machine spoils some batches and not that.

const batch = 200 * time.Microsecond

// made is a function that is ready to run.
type made struct {
	run     func()
	calls   int
	repeats int // in a batch
}

func (s *session) measure(name, argument string, limit time.Duration) (string, error) {
	m, err := s.ready(name, argument)
	if err != nil {
		return "", err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var batches []float64
	total := 0
	for begun := time.Now(); ; {
		start := time.Now()
		for range m.repeats {
			m.run()
		}
		took := time.Since(start)
		total += m.repeats * m.calls
		batches = append(batches, float64(took.Nanoseconds())/float64(m.repeats*m.calls))
		if time.Since(begun) >= limit {
			break
		}
	}
	runtime.ReadMemStats(&after)
	slices.Sort(batches)
	return fmt.Sprintf("%.4f %.2f", batches[len(batches)/2], float64(after.Mallocs-before.Mallocs)/float64(total)), nil
}

// ready makes a function once, and finds out how often it fits into a batch.
func (s *session) ready(name, argument string) (made, error) {
	f, ok := s.peer.Functions[name]
	if !ok || f.Make == nil {
		if f.Missing == "" {
			f.Missing = "no such function"
		}
		return made{}, fmt.Errorf("%s", f.Missing)
	}
	key := name + " " + argument
	m, ok := s.made[key]
	if ok {
		return m, nil
	}
	m.run, m.calls = f.Make(argument)
	if m.run == nil {
		return made{}, fmt.Errorf("%s", f.Missing)
	}
	m.run()
	for m.repeats = 1; ; m.repeats *= 2 {
		start := time.Now()
		for range m.repeats {
			m.run()
		}
		if time.Since(start) >= batch/2 {
			break
		}
	}
	s.made[key] = m
	return m, nil
}

// weigh says what the process weighs once everything is given back that can be:
// pools let go after two collections.
func weigh() string {
	for range 3 {
		runtime.GC()
	}
	debug.FreeOSMemory()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	var size, resident uint64
	text, err := os.ReadFile("/proc/self/statm")
	if err == nil {
		_, err = fmt.Sscan(string(text), &size, &resident)
	}
	resident *= uint64(os.Getpagesize())
	if err != nil {
		resident = stats.Sys - stats.HeapReleased // what comes closest
	}
	return fmt.Sprint(resident, stats.HeapAlloc, stats.StackInuse)
}

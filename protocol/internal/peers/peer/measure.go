package peer

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

// A measurement is many batches of a fifth of a millisecond of CPU time, and the
// fastest of them: who else is at work on the machine, or on the other half of the
// core, only ever adds.

const batch = 200 * time.Microsecond

var begun = time.Now()

// places is how often a function is made, each time with other memory to work on.
// One place in ten to twenty takes twice as long as the others and stays like that
// (measured on a Zen 4; which one it is depends on its address only, and clears when
// other memory is taken). It is luck who draws it, and it says nothing of a function.
const places = 4

// made is a function that is ready to run.
type made struct {
	runs    [places]func()
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
	fastest, total := math.Inf(1), 0
	for _, run := range m.runs {
		for first := processTime(); ; {
			start := processTime()
			for range m.repeats {
				run()
			}
			took := processTime() - start
			total += m.repeats * m.calls
			fastest = min(fastest, float64(took.Nanoseconds())/float64(m.repeats*m.calls))
			if processTime()-first >= limit/places {
				break
			}
		}
	}
	runtime.ReadMemStats(&after)
	return fmt.Sprintf("%.4f %.2f", fastest, float64(after.Mallocs-before.Mallocs)/float64(total)), nil
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
	for i := range m.runs {
		m.runs[i], m.calls = f.Make(argument)
		if m.runs[i] == nil {
			return made{}, fmt.Errorf("%s", f.Missing)
		}
		m.runs[i]()
	}
	for m.repeats = 1; ; m.repeats *= 2 {
		start := processTime()
		for range m.repeats {
			m.runs[0]()
		}
		if processTime()-start >= batch/2 {
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

package endpoint

import (
	"os"
	"runtime"
	"testing"
	"time"

	"framecraft/server/internal/testpeer"
)

// count returns goroutines and open descriptors. Where the system lists no
// descriptors, the goroutines have to do.
func count() (goroutines, descriptors int) {
	entries, err := os.ReadDir("/dev/fd")
	if err == nil {
		descriptors = len(entries)
	}
	return runtime.NumGoroutine(), descriptors
}

// expectNoLeak is called before anything is started; what it returns is called
// when everything is stopped again.
func expectNoLeak(t testing.TB) func() {
	goroutines, descriptors := count()
	return func() {
		t.Helper()
		var g, d int
		for deadline := time.Now().Add(testpeer.Patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			if g, d = count(); g <= goroutines && d <= descriptors {
				return
			}
		}
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines and %d descriptors, expected %d and %d as before\n%s",
			g, d, goroutines, descriptors, stacks[:runtime.Stack(stacks, true)])
	}
}

// heap returns the bytes in use after a collection.
func heap() int {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}

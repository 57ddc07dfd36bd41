package testpeer

import (
	"net"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"
)

// startPoller makes the runtime open the two descriptors of its own poller, which
// it does for the first socket and never closes.
var startPoller = sync.OnceFunc(func() {
	if listener, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		_ = listener.Close()
	}
})

// Descriptors returns how many files and sockets this process has open, 0 where
// the system does not list them.
func Descriptors() int {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}

// ExpectNoLeak is called before anything is started; what it returns is called
// when everything is stopped again, and waits until no more goroutines and
// descriptors are there than before.
func ExpectNoLeak(t testing.TB) (check func()) {
	startPoller()
	goroutines, descriptors := runtime.NumGoroutine(), Descriptors()
	return func() {
		t.Helper()
		var g, d int
		for deadline := time.Now().Add(Patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			if g, d = runtime.NumGoroutine(), Descriptors(); g <= goroutines && d <= descriptors {
				return
			}
		}
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines and %d descriptors, expected %d and %d as before\n%s",
			g, d, goroutines, descriptors, stacks[:runtime.Stack(stacks, true)])
	}
}

// Heap returns the bytes in use after a collection. Pools are empty then, so
// what was taken from one and never given back is among them.
func Heap() int {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}

package web

import (
	"encoding/json"
	"runtime"
	"syscall"
	"testing"
	"time"

	"framecraft/server/internal/system"
)

// What /live costs a server with very many connections, in the time that the
// clock of the wall and that of the thread counts: the second one holds on a busy
// machine too.

const liveClients = 19_000

// threadTime is the processor's time of this thread.
func threadTime(b *testing.B) time.Duration {
	const thisThread = 1
	var used syscall.Rusage
	if err := syscall.Getrusage(thisThread, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// reportCPU begins to measure; what it returns reports.
func reportCPU(b *testing.B) func() {
	runtime.LockOSThread()
	begin := threadTime(b)
	return func() {
		b.ReportMetric(float64(threadTime(b)-begin)/float64(b.N), "cpu-ns/op")
		runtime.UnlockOSThread()
	}
}

func BenchmarkLive(b *testing.B) {
	s := startSite(b, nil)
	all, few := s.cookie(b), s.cookie(b)
	if soft, _ := system.DescriptorLimits(); !soft.Known || soft.Value < liveClients+500 {
		b.Fatalf("the process may have %v descriptors, expected %d", soft, liveClients+500)
	}
	s.hold(b, liveClients, all)
	for range 5 {
		s.dial(b, "", few)
	}
	reader := system.NewReader()
	b.Run("shared", func(b *testing.B) {
		defer reportCPU(b)()
		for b.Loop() {
			s.watch.look(reader)
		}
	})
	for name, cookie := range map[string]string{"viewer of few": few, "viewer of all": all} {
		r := newRequest()
		r.Header.Set("Cookie", cookie)
		session, err := s.sessions.read(r)
		if err != nil {
			b.Fatal(err)
		}
		v := &viewer{site: s.Site, owner: [16]byte(session)}
		v.group = s.opener.Group(v.owner, func() {})
		defer v.group.End()
		b.Run(name, func(b *testing.B) {
			defer reportCPU(b)()
			for b.Loop() {
				text, err := json.Marshal(v.compose(false))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(text)), "B/message")
			}
		})
	}
}

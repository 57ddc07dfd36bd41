package endpoint

import (
	"bytes"
	"io"
	"log/slog"
	"sync"
	"testing"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// How fast messages come back: over many connections one at a time, or many at
// once. The clients are part of the same process and of the time.

func BenchmarkEcho(b *testing.B) {
	for _, c := range []struct {
		name              string
		size              int
		inFlight, batches int
	}{
		{"125 bytes, one at a time", 125, 1, 2000},
		{"125 bytes, 32 at a time", 125, 32, 500},
		{"64 KiB, one at a time", 64 << 10, 1, 100},
	} {
		b.Run(c.name, func(b *testing.B) {
			const peers = 32
			s := startServer(b, DefaultLimits(), Echo(1<<20), nil)
			all := make([]*testpeer.Peer, peers)
			for i := range all {
				all[i] = s.dial(b)
			}
			payload := bytes.Repeat([]byte("x"), c.size)
			one := all[0].AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), payload)
			batch := bytes.Repeat(one, c.inFlight)
			answer := c.inFlight * (len(one) - 4) // without the masking key
			b.ReportAllocs()
			for b.Loop() {
				var group sync.WaitGroup
				for _, p := range all {
					group.Go(func() {
						room := make([]byte, answer)
						for range c.batches {
							p.Write(batch)
							if _, err := io.ReadFull(p.TCP, room); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				group.Wait()
			}
			messages := float64(b.N * peers * c.batches * c.inFlight)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/messages, "ns/message")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// What a sweep over connections costs that are all idle.
func BenchmarkSweep(b *testing.B) {
	e := New(DefaultLimits(), slog.New(slog.DiscardHandler))
	defer e.Shutdown()
	kind := Echo(1 << 20)
	const idle = 20_000
	for range idle {
		c := newConn(e, &kind, nil, func(*Ending) {})
		c.due.Store(int64(never))
		e.mu.Lock()
		e.conns = append(e.conns, c)
		e.mu.Unlock()
	}
	defer func() { // none of them can end
		e.mu.Lock()
		e.conns = nil
		e.mu.Unlock()
	}()
	for b.Loop() {
		e.sweep()
	}
}

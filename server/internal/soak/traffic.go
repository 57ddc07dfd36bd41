package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// crowd is how many visitors there are at a time.
const crowd = 16

// traffic is all visitors together.
type traffic struct {
	server *server
	share  float64
	stop   context.CancelCauseFunc
	ctx    context.Context
	seed   uint64

	pause atomic.Int64 // between two visits of one of the crowd

	gate    sync.RWMutex // read-locked by visits, locked for a rest
	resting atomic.Bool
	done    sync.WaitGroup

	mu     sync.Mutex
	visits map[string]int
	cause  error

	// For adjust.
	at   time.Time
	used time.Duration
}

// visitor is one of the crowd.
type visitor struct {
	*traffic
	random *rand.Rand
}

func newTraffic(s *server, o options) *traffic {
	t := &traffic{server: s, share: o.share, seed: o.seed, visits: map[string]int{}}
	t.pause.Store(int64(100 * time.Millisecond))
	return t
}

func (t *traffic) start(ctx context.Context) {
	t.ctx, t.stop = context.WithCancelCause(ctx)
	for i := range crowd {
		v := &visitor{t, rand.New(rand.NewPCG(t.seed, uint64(i)))}
		t.done.Go(v.live)
	}
}

func (t *traffic) wait() {
	t.done.Wait()
	t.stop(nil)
}

// live visits until it is over.
func (v *visitor) live() {
	for v.sleep(time.Duration(v.pause.Load())) {
		drawn := v.random.IntN(100)
		for _, kind := range visits {
			if drawn -= kind.often; drawn >= 0 {
				continue
			}
			v.gate.RLock()
			err := kind.do(v)
			v.gate.RUnlock()
			v.mu.Lock()
			v.visits[kind.name]++
			if err != nil && v.cause == nil {
				v.cause = fmt.Errorf("visitor %q: %w", kind.name, err)
				v.stop(v.cause)
			}
			v.mu.Unlock()
			break
		}
	}
}

// rest lets nobody visit, waits until all have left, and looks.
func (t *traffic) rest(look func() (sample, error)) (sample, error) {
	t.resting.Store(true) // who stays for long leaves now
	t.gate.Lock()
	defer t.gate.Unlock()
	t.resting.Store(false)
	time.Sleep(200 * time.Millisecond) // the server learns of it
	return look()
}

// sleep reports whether it is not over yet.
func (v *visitor) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return v.ctx.Err() == nil
	case <-v.ctx.Done():
		return false
	}
}

func (t *traffic) failure() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cause
}

// adjust makes visitors rarer when both processes together use more than their
// share, and more frequent when less.
func (t *traffic) adjust(server time.Duration) {
	own, err := cpuOf("/proc/self")
	if err != nil {
		return // the server's own could be read a moment ago
	}
	used := server + own
	now := time.Now()
	if !t.at.IsZero() {
		factor := 0.9
		if (used - t.used).Seconds() > t.share*now.Sub(t.at).Seconds() {
			factor = 1.2
		}
		pause := time.Duration(factor * float64(t.pause.Load()))
		t.pause.Store(int64(min(max(pause, time.Millisecond), 5*time.Second)))
	}
	t.at, t.used = now, used
}

// report says how many visits there were of each kind.
func (t *traffic) report() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	names, total := make([]string, 0, len(t.visits)), 0
	for name, n := range t.visits {
		names = append(names, fmt.Sprintf("%d %s", n, name))
		total += n
	}
	sort.Strings(names)
	return fmt.Sprintf("visits: %d (%s)\n", total, strings.Join(names, ", "))
}

package hold

import (
	"fmt"
	"sync"
	"time"
)

// All shares together.

// crew is the workers with what each has said last.
type crew struct {
	shares  []Share
	workers []worker
	kill    sync.Once

	mu     sync.Mutex
	said   []Progress
	ended  []bool
	died   []error
	living sync.WaitGroup
}

// newCrew starts a worker for each share: the only one in this process, several
// in processes of their own.
func newCrew(shares []Share) (*crew, error) {
	c := &crew{shares: shares, said: make([]Progress, len(shares)), ended: make([]bool, len(shares)), died: make([]error, len(shares))}
	for i, share := range shares {
		c.said[i].Phase = PhaseOpening
		report := func(p Progress) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.said[i] = p
		}
		done := func(err error) {
			defer c.living.Done()
			c.mu.Lock()
			defer c.mu.Unlock()
			c.ended[i], c.died[i] = true, err
		}
		c.living.Add(1)
		if len(shares) == 1 {
			c.workers = append(c.workers, startHere(share, report, done))
			continue
		}
		w, err := startChild(share, report, done)
		if err != nil {
			c.living.Done()
			c.stop(time.Second)
			return nil, err
		}
		c.workers = append(c.workers, w)
	}
	return c, nil
}

// sum is what all have come to. The phase is the earliest of all.
func (c *crew) sum() (sum Progress, each []Progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum.Phase = PhaseEnded
	for i := range c.said {
		p := c.said[i].clone()
		if c.ended[i] && c.died[i] != nil {
			// What it held went with it.
			if p.Phase != PhaseEnded && p.Open > 0 {
				p.Lost += p.Open
				count(&p.Losses, "its process ended", p.Open)
				p.Open = 0
			}
			p.Phase = PhaseEnded
			if p.Stop == nil {
				p.Stop = &Stop{limitProcess, fmt.Sprintf("the process %d, which held some of the connections, ended: %v", p.PID, c.died[i]), ""}
			}
		}
		each = append(each, p)
		sum.add(p)
		if phaseOrder[p.Phase] < phaseOrder[sum.Phase] {
			sum.Phase = p.Phase
		}
	}
	return sum, each
}

var phaseOrder = map[string]int{PhaseOpening: 0, PhaseHolding: 1, PhaseClosing: 2, PhaseEnded: 3}

// killMargin is how much longer than its own time a worker may take to close.
const killMargin = 5 * time.Second

// stop asks all to close, and ends those that have not in time.
func (c *crew) stop(within time.Duration) {
	for _, w := range c.workers {
		w.stop()
	}
	timer := time.AfterFunc(within+killMargin, c.killAll)
	defer timer.Stop()
	c.living.Wait()
}

func (c *crew) killAll() {
	c.kill.Do(func() {
		for _, w := range c.workers {
			w.kill()
		}
	})
}

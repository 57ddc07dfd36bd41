package endpoint

import "time"

// The sweep looks over all connections for those that are due. They are looked at
// in a round by one worker, since mostly there is a ping to write and nothing else;
// a worker that has to wait for a peer leaves the rest of the round to another one.

func (e *Endpoint) sweepOnAndOn() {
	every := e.limits.sweepEvery()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	pauses := pauses{last: e.now()}
	for {
		select {
		case <-ticker.C:
			if pauses.over(e.now(), every) {
				e.sweep()
			}
		case <-e.stop:
			return
		}
	}
}

// sweep hands the connections that are due to a worker.
func (e *Endpoint) sweep() {
	now := int64(e.now())
	var r round
	e.mu.Lock()
	for _, c := range e.conns {
		if c.due.Load() <= now {
			r.due = append(r.due, c)
		}
	}
	e.mu.Unlock()
	if len(r.due) > 0 {
		e.sweeper.Add(1)
		e.workers.do(job{what: jobRound, round: &round{endpoint: e, due: r.due}})
	}
}

// round are connections that are due.
type round struct {
	endpoint *Endpoint
	due      []*Conn
	passed   bool // the rest belongs to somebody else
}

func (r *round) run() {
	defer r.endpoint.sweeper.Done()
	for !r.passed && len(r.due) > 0 {
		c := r.due[0]
		r.due = r.due[1:]
		if c.link.waiter != nil {
			// Its write does not say beforehand that it is going to wait.
			r.endpoint.workers.do(job{what: jobTick, conn: c})
		} else {
			c.tick(r)
		}
	}
}

func (r *round) pass() {
	r.passed = true
	r.endpoint.sweeper.Add(1)
	go (&round{endpoint: r.endpoint, due: r.due}).run()
}

package endpoint

import "sync/atomic"

// Workers run what needs a stack of its own or may take long: judging frames,
// building answers, writing. Whoever has a job gives it to a worker that waits for
// one, or starts a new worker. A burst may need many; afterwards only some stay.

const idleWorkers = 64

// job is something to do.
type job struct {
	what  jobKind
	conn  *Conn
	round *round
}

type jobKind uint8

const (
	jobArrived jobKind = iota // a waiter has read
	jobServe                  // a polled connection has something to read
	jobEnd                    // or nothing ever more
	jobTick                   // look at the deadlines
	jobRound                  // of many connections
)

func (j *job) run() {
	switch j.what {
	case jobArrived:
		j.conn.arrived()
	case jobServe:
		j.conn.serve()
	case jobEnd:
		j.conn.end()
	case jobTick:
		j.conn.tick(nil)
	case jobRound:
		j.round.run()
	}
}

type workers struct {
	jobs chan job
	idle atomic.Int32
}

func newWorkers() *workers { return &workers{jobs: make(chan job)} }

// do returns at once. It never allocates unless it needs another worker.
func (w *workers) do(j job) {
	select {
	case w.jobs <- j:
	default:
		go w.work(j)
	}
}

func (w *workers) work(j job) {
	for ok := true; ok; {
		j.run()
		// A worker that waits must not hold on to a connection.
		j = job{}
		if w.idle.Add(1) > idleWorkers {
			w.idle.Add(-1)
			return
		}
		j, ok = <-w.jobs
		w.idle.Add(-1)
		if !ok {
			return
		}
	}
}

// stop ends the workers. Nobody may call do any more.
func (w *workers) stop() { close(w.jobs) }

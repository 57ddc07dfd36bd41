package endpoint

import "sync/atomic"

// Workers run what needs a stack of its own: judging frames, building answers,
// writing. Whoever has a job gives it to a worker that waits for one, or starts
// a new worker. A burst may need many; afterwards only some stay.

const idleWorkers = 64

// job is something to do for a connection.
type job struct {
	conn *Conn
	tick bool // look at the deadlines; otherwise bytes have arrived
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
		if j.tick {
			j.conn.tick()
		} else {
			j.conn.received()
		}
		// A worker that waits must not hold on to a connection.
		j = job{}
		if w.idle.Add(1) > idleWorkers {
			w.idle.Add(-1)
			return
		}
		j, ok = <-w.jobs
		w.idle.Add(-1)
	}
}

// stop ends the workers. Nobody may call do any more.
func (w *workers) stop() { close(w.jobs) }

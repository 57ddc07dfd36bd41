package hold

import (
	"context"
	"net/netip"
	"runtime"
	"sync"
	"time"
)

// Open, hold, close. Each phase ends when all shares have come to its end, when
// something stops it, or when the context is done.

// Options are what is to be held.
type Options struct {
	Connections int
	Destination Destination
	// For is how long they are held once all are open; 0 is until the context is done.
	For time.Duration
	// Ping is the time between two pings of a connection, Probe that between two
	// further connections; 0 sends and tries none.
	Ping, Probe time.Duration
	// Processes is how many hold them; 0 is as few as it takes.
	Processes int
	// Connecting is how many are on their way at a time, Patience how long each may
	// take to be open.
	Connecting int
	Patience   time.Duration
}

// DefaultOptions are those of a run that nobody configured.
func DefaultOptions() Options {
	return Options{
		Connections: 10_000, For: time.Minute,
		Ping: time.Minute, Probe: 2 * time.Second,
		Connecting: 256, Patience: 30 * time.Second,
	}
}

// manyLoopbacks: every address of 127.0.0.0/8 is this machine without any
// configuration.
const manyLoopbacks = runtime.GOOS == "linux" || runtime.GOOS == "windows"

// Status is what a run has come to, for whoever watches.
type Status struct {
	Progress
	Asked, Processes int
	// Elapsed is the time of the phase, Left that until it ends; 0 when nobody knows.
	Elapsed, Left time.Duration
	Served        Served
}

// watchEvery is the time between two looks.
const watchEvery = 200 * time.Millisecond

// closingTime is how long all connections together may take to close.
func closingTime(n int) time.Duration { return 10*time.Second + time.Duration(n/5)*time.Millisecond }

// shares divides the connections.
func (o *Options) shares(plan Plan) (shares []Share) {
	sources := o.Destination.Address.Addr().IsLoopback() && o.Destination.Address.Addr().Is4() && manyLoopbacks
	for _, portion := range plan.Portions {
		share := Share{
			Address: o.Destination.Address, Authority: o.Destination.Authority, Resource: o.Destination.Resource,
			Connections: portion.Connections, PerSource: portion.PerSource,
			Connecting: max(1, o.Connecting/len(plan.Portions)),
			Patience:   o.Patience, Ping: o.Ping, Closing: closingTime(plan.Connections),
		}
		if sources {
			share.Sources = make([]netip.Addr, portion.Sources)
			for i := range share.Sources {
				share.Sources[i] = sourceAddress(portion.FirstSource + i)
			}
		}
		shares = append(shares, share)
	}
	return shares
}

// Run opens, holds and closes, and tells watch meanwhile. The report says how far
// it came; an error that it could not begin.
func Run(ctx context.Context, o Options, watch func(Status)) (*Report, error) {
	raiseLimit()
	r := resources(o.Destination, o.Processes)
	plan := Divide(o.Connections, r)
	if r.Sources > 1 {
		first, release := takeBlock()
		defer release()
		plan.from(first)
	}
	report := newReport(o, r, plan)
	if len(plan.Portions) == 0 {
		return report, nil
	}
	pids := serversAt(o.Destination)
	before := look(pids)
	shares := o.shares(plan)
	begin := time.Now()
	c, err := newCrew(shares)
	if err != nil {
		if report.Stop = stopOf(err, o.Destination.Address); report.Stop != nil {
			return report, nil
		}
		return nil, err
	}
	run := &run{options: o, crew: c, watch: watch, phase: PhaseOpening, prober: prober{share: shares[0]}}
	opened := run.until(ctx, begin, func(p *Progress) (done bool, left time.Duration) {
		return p.Phase != PhaseOpening || p.Stop != nil, 0
	})
	report.opened(opened)
	if plan.Limit == nil && opened.Stop == nil && ctx.Err() == nil {
		run.hold(ctx, report)
	}
	sum, each := c.sum()
	report.held(sum, each, run.prober.get())
	report.Stop = o.Destination.reachedBy(report.Stop)
	report.weigh(before, look(pids), each)
	closing := time.Now()
	run.phase = PhaseClosing
	over := make(chan struct{})
	var took time.Duration
	go func() {
		c.stop(closingTime(plan.Connections))
		took = time.Since(closing)
		close(over)
	}()
	run.until(context.Background(), closing, func(*Progress) (bool, time.Duration) {
		select {
		case <-over:
			return true, 0
		default:
			return false, 0
		}
	})
	<-over
	sum, each = c.sum()
	report.closed(sum, each, took)
	if ctx.Err() != nil && report.Reached < report.Asked && report.Stop == nil {
		report.Stop = &Stop{Limit: limitInterrupt, Found: "the opening was interrupted"}
	}
	return report, nil
}

// run is one that is under way.
type run struct {
	options Options
	crew    *crew
	watch   func(Status)
	prober  prober
	phase   string // of the run, which a share may be ahead of
}

// until looks at all shares until a condition holds or the context is done.
func (r *run) until(ctx context.Context, begin time.Time, done func(*Progress) (bool, time.Duration)) Progress {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		sum, each := r.crew.sum()
		over, left := done(&sum)
		sum.Phase = r.phase
		r.watch(Status{
			Progress: sum, Asked: r.options.Connections, Processes: len(each),
			Elapsed: time.Since(begin), Left: left, Served: r.prober.get(),
		})
		if over {
			return sum
		}
		select {
		case <-ctx.Done():
			sum, _ = r.crew.sum()
			return sum
		case <-ticker.C:
		}
	}
}

// hold holds for the time that was asked for, and tries further connections.
func (r *run) hold(ctx context.Context, report *Report) {
	begin := time.Now()
	r.phase = PhaseHolding
	probing, cancel := context.WithCancel(ctx)
	defer cancel()
	var probes sync.WaitGroup
	if r.options.Probe > 0 {
		probes.Go(func() { r.prober.run(probing, r.options.Probe) })
	}
	r.until(ctx, begin, func(p *Progress) (bool, time.Duration) {
		passed := time.Since(begin)
		if p.Open == 0 || p.Stop != nil {
			return true, 0
		}
		if r.options.For == 0 {
			return false, 0
		}
		// None left would say that nobody knows.
		return passed >= r.options.For, max(1, r.options.For-passed)
	})
	report.HeldSeconds = seconds(time.Since(begin))
	cancel()
	probes.Wait()
}

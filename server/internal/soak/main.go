// Command soak keeps a real server busy with everything that visitors do, good
// and bad, for as long as it is told to, and looks on: memory, descriptors,
// goroutines. At its end it draws what it saw and judges whether anything grows.
// `make soak FOR=1h` calls it.
//
//	main.go     what is started, what is judged
//	serve.go    the server's process
//	process.go  starting it, ending it, and what the system says of it
//	client.go   one WebSocket connection
//	traffic.go  the crowd of visitors
//	visits.go   what visitors do; a new kind of them is a function and a line in visits
//	fit.go      a line through the second half, with how far it can be trusted
//	plot.go     the plot for the terminal
//	svg.go      the plot for the browser
//
// Now and then all visitors rest, and the server gives back what nobody uses: what
// memory it has then is compared. While visitors are at it, what is in use goes up
// and down by more than any leak.
//
// How busy: visitors pause as long as it takes for both processes together to
// use no more than a share of a processor, so that the machine has others.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

// options are the arguments.
type options struct {
	server string
	length time.Duration
	share  float64
	seed   uint64
	svg    string
}

const (
	// growthBound is how fast memory may grow, in bytes an hour.
	growthBound = 1 << 20
	// judged is the shortest soak whose growth is judged. In a shorter one nobody can
	// tell: 20 KiB that come once in a minute are more than 1 MiB an hour.
	judged = 30 * time.Minute
	// rests is how often visitors rest, but for the shortest and longest time
	// between two rests.
	rests                     = 60
	shortestRest, longestRest = 3 * time.Second, time.Minute
	// settling is how long the server has, when all visitors have left, to be as
	// empty as before.
	settling = 45 * time.Second
	// memoryBound is what the server may weigh at any time, restBound what of the
	// heap may be in use at rest, whatever the length.
	memoryBound = 1 << 30
	restBound   = 32 << 20
)

func main() {
	if os.Getenv(servesVariable) != "" {
		os.Exit(serve())
	}
	o := options{server: os.Args[0]}
	flag.DurationVar(&o.length, "for", time.Minute, "how long")
	flag.Float64Var(&o.share, "share", 0.2, "how much of one processor to use, for visitors and server together")
	flag.Uint64Var(&o.seed, "seed", 1, "what visitors do is drawn from this number")
	flag.StringVar(&o.svg, "svg", ".build/soak.svg", "`file` for the plot")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// run soaks and judges. An interrupt ends the soak early, and it is judged as the
// short one that it was.
func run(ctx context.Context, o options, out io.Writer) error {
	s, err := startServer(o.server)
	if err != nil {
		return err
	}
	defer s.kill()
	fmt.Fprintf(out, "soak: %v of visitors on %s, at most %.0f%% of a processor, seed %d\n", o.length, s.address, 100*o.share, o.seed)
	before, err := s.sample(0, "rest")
	if err != nil {
		return err
	}
	t := newTraffic(s, o)
	begin := time.Now()
	soaking, enough := context.WithTimeout(ctx, o.length)
	defer enough()
	t.start(soaking)
	seen, watchError := watch(t.ctx, s, t, begin, o.length, out)
	enough()
	t.wait()
	after, settleError := settle(s, before)
	lasted := time.Since(begin).Round(time.Second)

	fmt.Fprint(out, t.report())
	lines := linesOf(seen)
	fmt.Fprint(out, plot(lines))
	verdict, growthError := judge(lines, lasted)
	fmt.Fprintf(out, "%s\nwithout visitors before: %s\nwithout visitors behind: %s\n", verdict, before, after)
	svgError := os.WriteFile(o.svg, svg(lines, verdict), 0o644)
	if svgError == nil {
		fmt.Fprintf(out, "the plot is in %s\n", o.svg)
	}
	return errors.Join(watchError, t.failure(), settleError, growthError, svgError, s.stop())
}

// seen is what watch saw: at any time, and at rest.
type seen struct{ busy, rest []sample }

// watch samples until the time is over or the server is.
func watch(ctx context.Context, s *server, t *traffic, begin time.Time, length time.Duration, out io.Writer) (seen seen, err error) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	spoke, rested := begin, begin
	between := min(max(length/rests, shortestRest), longestRest)
	for {
		select {
		case <-ctx.Done():
			return seen, nil
		case <-s.ended:
			return seen, fmt.Errorf("the server ended: %w", s.failure())
		case <-ticker.C:
		}
		now, err := s.sample(time.Since(begin), "count")
		if err != nil {
			return seen, err
		}
		seen.busy = append(seen.busy, now)
		t.adjust(now.cpu)
		if now.resident > memoryBound {
			return seen, fmt.Errorf("the server weighs %s, expected at most %s", bytesText(now.resident), bytesText(memoryBound))
		}
		if time.Since(rested) < between {
			continue
		}
		rested = time.Now()
		if now, err = t.rest(func() (sample, error) { return s.sample(time.Since(begin), "rest") }); err != nil {
			return seen, err
		}
		seen.rest = append(seen.rest, now)
		if now.heap > restBound {
			return seen, fmt.Errorf("at rest %s of heap are in use, expected at most %s", bytesText(now.heap), bytesText(restBound))
		}
		if time.Since(spoke) >= time.Minute {
			spoke = time.Now()
			fmt.Fprintf(out, "%8v  at rest: %s\n", time.Since(begin).Round(time.Second), now)
		}
	}
}

// settle waits until nothing is left of the visitors.
func settle(s *server, before sample) (after sample, err error) {
	for deadline := time.Now().Add(settling); ; time.Sleep(200 * time.Millisecond) {
		if after, err = s.sample(0, "rest"); err != nil {
			return after, err
		}
		if after.descriptors <= before.descriptors+descriptorSlack && after.goroutines <= before.goroutines+goroutineSlack {
			return after, nil
		}
		if time.Now().After(deadline) {
			return after, fmt.Errorf("%v after the last visitor: %s; before the first: %s", settling, after, before)
		}
	}
}

// What a server keeps that has been busy: workers that wait for more, a poller.
const (
	descriptorSlack = 8
	goroutineSlack  = 80
)

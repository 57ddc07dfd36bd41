//go:build linux || darwin

package hold

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/system"
	"framecraft/server/internal/wire"
)

// Shares in processes of their own: this test binary again.

// limitVariable gives a child fewer descriptors.
const limitVariable = "FRAMECRAFT_HOLD_TEST_LIMIT"

func TestMain(m *testing.M) {
	if os.Getenv(WorkerVariable) != "" {
		if text := os.Getenv(limitVariable); text != "" {
			limit, err := strconv.ParseUint(text, 10, 32)
			if err == nil {
				err = lowerLimit(limit)
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
		if err := Work(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// waitCrew waits until all shares together have come to something.
func waitCrew(t *testing.T, c *crew, what string, so func(sum Progress) bool) (Progress, []Progress) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		sum, each := c.sum()
		if so(sum) {
			return sum, each
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not so after %v: %+v", what, patience, sum)
		}
	}
}

// crewOf divides n connections among so many processes.
func crewOf(t *testing.T, n, processes int) *crew {
	t.Helper()
	at := serveEcho(t, nil)
	var shares []Share
	for range processes {
		share := testShare(at, n/processes)
		share.Ping = 100 * time.Millisecond
		shares = append(shares, share)
	}
	c, err := newCrew(shares)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.killAll(); c.living.Wait() })
	return c
}

func TestCrew(t *testing.T) {
	for _, processes := range []int{1, 3} {
		c := crewOf(t, 30, processes)
		sum, each := waitCrew(t, c, "pongs", func(p Progress) bool { return holding(p) && p.Pongs > 60 })
		pids := map[int]bool{}
		for _, p := range each {
			if p.Opened != 30/processes || p.SoftLimit == 0 {
				t.Errorf("of %d: found %+v", processes, p)
			}
			pids[p.PID] = true
		}
		if sum.Open != 30 || len(pids) != processes || pids[os.Getpid()] != (processes == 1) {
			t.Errorf("of %d: found %d open in the processes %v", processes, sum.Open, pids)
		}
		c.stop(patience)
		if sum, _ = c.sum(); sum.Phase != PhaseEnded || sum.Closed != 30 || sum.Lost != 0 || sum.Stop != nil {
			t.Errorf("of %d: at the end %+v", processes, sum)
		}
	}
}

// A process that is killed: what it held is lost, and the others go on until they
// are asked to close.
func TestCrewProcessDies(t *testing.T) {
	c := crewOf(t, 30, 3)
	_, each := waitCrew(t, c, "holding", holding)
	victim, err := os.FindProcess(each[1].PID)
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Kill(); err != nil {
		t.Fatal(err)
	}
	sum, _ := waitCrew(t, c, "stopped", stopped)
	if sum.Stop.Limit != limitProcess || !strings.Contains(sum.Stop.Found, fmt.Sprintf("the process %d, ", each[1].PID)) {
		t.Errorf("found %v", sum.Stop)
	}
	if sum.Lost != 10 || sum.Open != 20 || sum.Losses["its process ended"] != 10 {
		t.Errorf("found %+v, expected ten lost and twenty open", sum)
	}
	c.stop(patience)
	if sum, _ = c.sum(); sum.Closed != 20 || sum.Open != 0 || sum.Lost != 10 {
		t.Errorf("at the end: found %+v", sum)
	}
}

// Whoever terminates the whole group, as timeout(1) does, ends no child: the parent
// asks them to close.
func TestCrewTerminated(t *testing.T) {
	c := crewOf(t, 30, 3)
	_, each := waitCrew(t, c, "holding", holding)
	for _, p := range each {
		if err := syscall.Kill(p.PID, syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	c.stop(patience)
	if sum, _ := c.sum(); sum.Closed != 30 || sum.Lost != 0 || sum.Stop != nil {
		t.Errorf("found %+v", sum)
	}
}

// A child whose parent has died closes its connections in order, even if it notices
// because nobody reads what it reports.
func TestWorkerWithoutParent(t *testing.T) {
	e := endpoint.New(endpoint.DefaultLimits(), slog.New(slog.DiscardHandler))
	t.Cleanup(e.Shutdown)
	share := testShare(serve(t, wire.EchoHandler(e, endpoint.Echo(1<<16))), 30)
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), WorkerVariable+"=1")
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(in).Encode(share); err != nil {
		t.Fatal(err)
	}
	for decoder, p := json.NewDecoder(out), (Progress{}); !holding(p); {
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("found %v, expected an end in order", err)
	}
	// The server counts a connection when it has seen the end of TCP.
	for deadline := time.Now().Add(patience); e.Totals().Live > 0 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if closed := e.Totals().ClosedBy[protocol.StatusNormalClosure]; closed != 30 {
		t.Errorf("%d connections were closed in order, expected 30", closed)
	}
}

// A child that ends before it has been told its share.
func TestCrewProcessDoesNotStart(t *testing.T) {
	t.Setenv(limitVariable, "no number")
	share := testShare(serveEcho(t, nil), 10)
	for i := range 10_000 { // more than a pipe takes unread
		share.Sources = append(share.Sources, sourceAddress(i))
	}
	c, err := newCrew([]Share{share, share})
	if c != nil || !errors.Is(err, syscall.EPIPE) {
		t.Errorf("found %v, %v, expected a broken pipe", c, err)
	}
}

// Without a descriptor for the poller there is a word on that, and then an end.
func TestFleetWithoutDescriptors(t *testing.T) {
	share := testShare(serveEcho(t, nil), 10)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 3, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	told := false
	holdFleet(ctx, share, func(p Progress) {
		if p.Stop != nil && p.Stop.Limit == limitDescriptors && p.Phase == PhaseOpening {
			told = true
			cancel()
		}
	})
	if !told {
		t.Error("nobody was told why none opens")
	}
}

// A child that does not end in time is killed.
func TestCrewProcessHangs(t *testing.T) {
	c := crewOf(t, 20, 2)
	_, each := waitCrew(t, c, "holding", holding)
	if err := syscall.Kill(each[0].PID, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	c.stop(0)
	if took := time.Since(begin); took < killMargin || took > killMargin+patience {
		t.Errorf("took %v, expected a little more than %v", took, killMargin)
	}
	if sum, _ := c.sum(); sum.Phase != PhaseEnded || sum.Closed != 10 || sum.Lost != 10 {
		t.Errorf("found %+v", sum)
	}
}

// Too few descriptors: the number reached, the limit, and an end in order.
func TestWorkerDescriptors(t *testing.T) {
	t.Setenv(limitVariable, "40")
	share := testShare(serveEcho(t, nil), 100)
	share.Connecting = 4
	var mu sync.Mutex
	var last Progress
	over := make(chan error, 1)
	w, err := startChild(share, func(p Progress) {
		mu.Lock()
		defer mu.Unlock()
		last = p
	}, func(err error) { over <- err })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.kill)
	now := func() Progress {
		mu.Lock()
		defer mu.Unlock()
		return last
	}
	for deadline := time.Now().Add(patience); now().Stop == nil || now().Open != now().Opened || now().Open < 25; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("found %+v", now())
		}
	}
	if p := now(); p.Stop.Limit != limitDescriptors || p.Stop.Raise != RaiseDescriptors+raiseProcesses || p.Opened >= 40 || p.SoftLimit != 40 || p.HardLimit != 40 {
		t.Errorf("found %+v", p)
	}
	w.stop()
	select {
	case err = <-over:
	case <-time.After(patience):
		t.Fatal("the process does not end")
	}
	if p := now(); err != nil || p.Phase != PhaseEnded || p.Closed != p.Opened || p.Lost != 0 {
		t.Errorf("found %v, %+v", err, p)
	}
}

// lowerLimit lowers both limits.
func lowerLimit(n uint64) error {
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: n, Max: n})
}

func TestReadProgress(t *testing.T) {
	var want Progress
	want.Opened, want.Phase, want.Stop = 7, PhaseOpening, &Stop{limitPorts, "found", "raise"}
	count(&want.Losses, "lost", 1)
	want.Handshakes.Add(time.Millisecond)
	first, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	text := string(first) + "\n" + `{"Phase":"ended","Opened":9}` + "\n"
	for cut := range len(text) {
		var found []Progress
		err := readProgress(strings.NewReader(text[:cut]), func(p Progress) { found = append(found, p) })
		// Only the newline at the very end may be missing.
		if whole := cut == len(text)-1; (err == nil) != whole {
			t.Errorf("cut at %d: found %v", cut, err)
		}
		if lines := strings.Count(text[:cut], "\n"); len(found) < lines {
			t.Errorf("cut at %d: found %d reports, expected %d", cut, len(found), lines)
		}
	}
	var found []Progress
	if err := readProgress(strings.NewReader(text), func(p Progress) { found = append(found, p) }); err != nil || len(found) != 2 {
		t.Fatalf("found %+v, %v", found, err)
	}
	again, err := json.Marshal(found[0])
	if err != nil || string(again) != string(first) || found[1].Opened != 9 {
		t.Errorf("found %s, %v, expected %s", again, err, first)
	}
	if err := readProgress(strings.NewReader("panic: oh no\n"), func(Progress) {}); err == nil {
		t.Error("found no error in what is no report")
	}
}

func TestWorkRefuses(t *testing.T) {
	for _, in := range []string{"", "{}", "nonsense\n", "{\"Connections\":\n"} {
		if err := Work(strings.NewReader(in), io.Discard); err == nil {
			t.Errorf("%q: found no error", in)
		}
	}
}

func TestResources(t *testing.T) {
	soft, _ := system.DescriptorLimits()
	low, high := system.PortRange()
	for address, sources := range map[string]int{"127.0.0.1:80": maxSources, "[::1]:80": 1, "192.0.2.1:80": 1} {
		r := resources(Destination{Address: mustAddrPort(t, address)}, 3)
		if !manyLoopbacks {
			sources = 1
		}
		if r.Sources != sources || r.Processes != 3 || soft.Known && r.Descriptors != int(min(soft.Value, unlimited)) || low.Known && r.Ports != int(high.Value-low.Value+1) {
			t.Errorf("%s: found %+v, expected %d sources", address, r, sources)
		}
	}
}

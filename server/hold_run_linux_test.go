package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"framecraft/server/internal/testpeer"
)

// The program holds connections to the program, each in processes of its own.

// roomy are the flags of a server that takes as many connections as come.
var roomy = []string{"--max-connections", "0", "--max-address", "0", "--max-handshakes", "0"}

// holdReport is what the tests read of a report.
type holdReport struct {
	Asked, Reached, Lost, Closed, CutOff int
	Stop                                 *struct{ Limit, Found, Raise string }
	HeldSeconds                          float64
	New                                  struct{ Tried, Served, Echoed int }
	Clients, Servers                     []struct {
		PID         int
		Connections *int64
		SoftLimit   *int64
	}
}

// runHold runs hold and reads its report.
func runHold(t *testing.T, c *exec.Cmd) (r holdReport, code int, stderr string) {
	t.Helper()
	var out, errors strings.Builder
	c.Stdout, c.Stderr = &out, &errors
	err := c.Run()
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatalf("the report: %v\n%s%s", err, out.String(), errors.String())
	}
	return r, exitCode(err), errors.String()
}

func TestHold(t *testing.T) {
	home := t.TempDir()
	p := start(t, home, roomy...)
	r, code, stderr := runHold(t, command(t, home, nil, "hold", "-n", "200", "--processes", "3", "--for", "2500ms", "--probe", "500ms", "--json", "ws://"+p.address+"/echo"))
	if code != 0 || r.Reached != 200 || r.Lost != 0 || r.Closed != 200 || r.Stop != nil || r.New.Tried == 0 || r.New.Echoed != r.New.Tried || len(r.Clients) != 3 {
		t.Errorf("exit %d, %+v\n%s", code, r, stderr)
	}
	if os.Getuid() == 0 && (len(r.Servers) != 1 || r.Servers[0].PID != p.command.Process.Pid || r.Servers[0].Connections == nil || *r.Servers[0].Connections < 200) {
		t.Errorf("found the servers %+v, expected %d with 200 connections", r.Servers, p.command.Process.Pid)
	}
	if !strings.Contains(stderr, "framecraft: opening 0 of 200, in 3 processes\n") || !strings.Contains(stderr, "framecraft: holding 200, lost 0") {
		t.Errorf("found the lines\n%s", stderr)
	}
}

// Without a target there are servers of its own, in as many processes as the limit
// asks for. Nothing of them stays behind.
func TestHoldOwnServers(t *testing.T) {
	home := t.TempDir()
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	shell := exec.Command("sh", "-c", `ulimit -n 200 && exec "$0" hold -n 250 --for 1s --json`, name)
	shell.Env = []string{"HOME=" + home}
	r, code, stderr := runHold(t, shell)
	if code != 0 || r.Reached != 250 || r.Lost != 0 || len(r.Clients) != 2 || len(r.Servers) != 4 {
		t.Fatalf("exit %d, %+v\n%s", code, r, stderr)
	}
	pids := []int{r.Clients[0].PID, r.Clients[1].PID}
	for _, s := range r.Servers {
		pids = append(pids, s.PID)
		if *s.SoftLimit != 200 || *s.Connections < 20 {
			t.Errorf("found %+v, expected a share of 250 and the limit 200", s)
		}
	}
	waitGone(t, pids)
	if left, err := os.ReadDir(home); err != nil || len(left) != 0 {
		t.Errorf("found %v, %v, expected nothing left", left, err)
	}
}

// A server of its own that dies, and hold itself.
func TestHoldOwnServersDie(t *testing.T) {
	for _, own := range []bool{false, true} {
		h := command(t, t.TempDir(), nil, "hold", "-n", "40", "--for", "3s", "--json")
		var out strings.Builder
		var servers []int
		log := &trigger{text: "holding 40", do: func() {
			servers = children(t, h.Process.Pid)
			victim := h.Process.Pid
			if !own {
				victim = servers[0]
			}
			if err := syscall.Kill(victim, syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		}}
		h.Stdout, h.Stderr = &out, log
		err := h.Run()
		if len(servers) != 1 {
			t.Fatalf("found the servers %v, expected one\n%s", servers, log.seen)
		}
		waitGone(t, servers)
		var r holdReport
		if own {
			continue
		}
		if jsonErr := json.Unmarshal([]byte(out.String()), &r); jsonErr != nil || exitCode(err) != 1 || r.Lost != 40 || !strings.Contains(log.seen, "ended: signal: killed; it said: ") {
			t.Errorf("%v, exit %d, %+v\n%s", jsonErr, exitCode(err), r, log.seen)
		}
	}
}

// A server with its default limits refuses, and hold says which flags it takes.
func TestHoldRefused(t *testing.T) {
	home := t.TempDir()
	for _, c := range []struct{ flags, found string }{
		{"", "429 Too Many Requests"},
		{"--max-handshakes 0", `429 Too Many Requests and the reason "too many connections from this address"`},
		{"--max-handshakes 0 --max-address 0 --max-connections 40", `503 Service Unavailable and the reason "too many connections"`},
	} {
		p := start(t, home, strings.Fields(c.flags)...)
		r, code, stderr := runHold(t, command(t, home, nil, "hold", "-n", "100", "--json", "ws://"+p.address+"/echo"))
		if code != 1 || r.Stop == nil || r.Stop.Limit != "server" || !strings.Contains(r.Stop.Found, c.found) || !strings.Contains(r.Stop.Raise, "--max-connections 0 --max-address 0 --max-handshakes 0") {
			t.Errorf("%s: exit %d, %+v\n%s", c.flags, code, r, stderr)
		}
		if r.Reached < 20 || r.Reached > 40 || r.Closed != r.Reached || r.Lost != 0 {
			t.Errorf("%s: %+v, expected what was open to close in order", c.flags, r)
		}
		// The page's own visitors are served all the while.
		if c.flags == "" {
			continue
		}
		testpeer.Dial(t, p.address, "/echo").CloseClean()
	}
}

// runHoldWith runs hold in a process that may open so many files.
func runHoldWith(t *testing.T, home, descriptors string, arguments ...string) (r holdReport, code int, stderr string) {
	t.Helper()
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	shell := exec.Command("sh", append([]string{"-c", `ulimit -n "$1" && shift && exec "$0" hold --json "$@"`, name, descriptors}, arguments...)...)
	shell.Env = []string{"HOME=" + home}
	return runHold(t, shell)
}

// Too few descriptors: the number reached, the limit and how to raise it.
func TestHoldTooFewDescriptors(t *testing.T) {
	home := t.TempDir()
	target := "ws://" + start(t, home, roomy...).address + "/echo"
	r, code, stderr := runHoldWith(t, home, "100", "-n", "200", "--processes", "1", target)
	if code != 1 || r.Reached != 36 || r.Closed != 36 || r.Stop == nil || r.Stop.Limit != "descriptors" || !strings.Contains(r.Stop.Raise, "ulimit -n") || *r.Clients[0].SoftLimit != 100 {
		t.Errorf("exit %d, %+v\n%s", code, r, stderr)
	}
	// With as many processes as it takes it is no limit any more.
	if r, code, stderr = runHoldWith(t, home, "100", "-n", "200", "--for", "1s", target); code != 0 || r.Reached != 200 || len(r.Clients) != 6 {
		t.Errorf("exit %d, %+v\n%s", code, r, stderr)
	}
}

// So few descriptors that this process has none for the pipes to others, or that
// none of them holds anything.
func TestHoldHardlyAnyDescriptors(t *testing.T) {
	home := t.TempDir()
	target := []string{"ws://" + start(t, home, roomy...).address + "/echo"}
	for _, c := range []struct {
		limit   string
		target  []string // none for servers of its own
		reached bool
	}{
		{"70", target, true}, {"70", nil, true},
		{"64", target, false}, {"64", nil, false}, {"40", nil, false},
	} {
		r, code, stderr := runHoldWith(t, home, c.limit, append([]string{"-n", "2000", "--for", "1s"}, c.target...)...)
		if code != 1 || (r.Reached > 0) != c.reached || r.Closed != r.Reached || r.Stop == nil || r.Stop.Limit != "descriptors" ||
			!strings.Contains(r.Stop.Raise, "ulimit -n") || strings.Contains(r.Stop.Raise, "--processes") {
			t.Errorf("%s descriptors, target %v: exit %d, %+v\n%s", c.limit, c.target, code, r, stderr)
		}
	}
}

// An interrupt, which a terminal sends to the whole group, SIGTERM, which timeout(1)
// sends there, and a server that goes away in the middle.
func TestHoldEnds(t *testing.T) {
	home := t.TempDir()
	for _, c := range []struct {
		name string
		own  bool // the servers are hold's
		end  func(p *program, hold *os.Process) error
		code int
		lost int
	}{
		{"interrupted", false, func(_ *program, hold *os.Process) error { return signalGroup(hold, syscall.SIGINT) }, 0, 0},
		{"interrupted with its servers", true, func(_ *program, hold *os.Process) error { return signalGroup(hold, syscall.SIGINT) }, 0, 0},
		{"terminated with its servers", true, func(_ *program, hold *os.Process) error { return signalGroup(hold, syscall.SIGTERM) }, 0, 0},
		{"the server is killed", false, func(p *program, _ *os.Process) error { return p.command.Process.Kill() }, 1, 60},
	} {
		args := []string{"hold", "-n", "60", "--processes", "2", "--for", "0", "--json"}
		var p *program
		if !c.own {
			p = start(t, home, roomy...)
			args = append(args, "ws://"+p.address+"/echo")
		}
		h := command(t, home, nil, args...)
		ownGroup(h)
		h.Stderr = &trigger{text: "holding 60", do: func() {
			if err := c.end(p, h.Process); err != nil {
				t.Error(err)
			}
		}}
		var out strings.Builder
		h.Stdout = &out
		begin := time.Now()
		err := h.Run()
		var r holdReport
		if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
			t.Fatalf("%s: %v: %s", c.name, err, out.String())
		}
		if exitCode(err) != c.code || r.Reached != 60 || r.Lost != c.lost || r.Closed != 60-c.lost || time.Since(begin) > 30*time.Second {
			t.Errorf("%s: exit %d, %+v after %v", c.name, exitCode(err), r, time.Since(begin))
		}
	}
}

// ownGroup starts a command in a process group of its own, as a shell does.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// signalGroup is what a terminal does at Ctrl-C, with SIGINT.
func signalGroup(p *os.Process, signal syscall.Signal) error { return syscall.Kill(-p.Pid, signal) }

// trigger does something when a text has been written.
type trigger struct {
	text, seen string
	do         func()
}

func (w *trigger) Write(b []byte) (int, error) {
	w.seen += string(b)
	if w.do != nil && strings.Contains(w.seen, w.text) {
		w.do()
		w.do = nil
	}
	return len(b), nil
}

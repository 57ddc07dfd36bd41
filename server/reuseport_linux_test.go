package main

import (
	"bytes"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"framecraft/server/internal/testpeer"
)

// Several server processes on one port.

// startShared starts a server with processes and returns theirs.
func startShared(t *testing.T, processes int, args ...string) (*program, []int) {
	t.Helper()
	args = append([]string{"-addr", "127.0.0.1:0", "--processes", strconv.Itoa(processes)}, args...)
	p := startCommand(t, command(t, t.TempDir(), nil, append(args, roomy...)...))
	_, list, _ := strings.Cut(strings.TrimSpace(p.said), " processes=")
	var pids []int
	for text := range strings.SplitSeq(list, ",") {
		pid, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("found %q, expected the processes", list)
		}
		pids = append(pids, pid)
	}
	if len(pids) != processes {
		t.Fatalf("found the processes %v, expected %d", pids, processes)
	}
	return p, pids
}

// waitGone waits until none of the processes is there any more.
func waitGone(t *testing.T, pids []int) {
	t.Helper()
	for deadline := time.Now().Add(testpeer.Patience); ; time.Sleep(20 * time.Millisecond) {
		left := 0
		for _, pid := range pids {
			// Whoever was started by a process that was killed stays as a zombie for as
			// long as nobody asks for it.
			state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
			if err == nil && !bytes.Contains(state, []byte(") Z ")) {
				left++
			}
		}
		if left == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of the processes %v are still there", left, pids)
		}
	}
}

func TestServeProcesses(t *testing.T) {
	p, pids := startShared(t, 3)
	r, code, stderr := runHold(t, command(t, t.TempDir(), nil, "hold", "-n", "120", "--for", "1s", "--json", "ws://"+p.address+"/echo"))
	if code != 0 || r.Reached != 120 || len(r.Servers) != 3 {
		t.Fatalf("exit %d, %+v\n%s", code, r, stderr)
	}
	for i, s := range r.Servers {
		if s.PID != pids[i] || s.Connections == nil || *s.Connections < 10 {
			t.Errorf("found %+v, expected a share of 120 for each of %v", r.Servers, pids)
		}
	}
	peer := testpeer.Dial(t, p.address, "/echo")
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	peer.ExpectCloseFrame(1001)
	peer.Send("close 1001")
	if err := p.wait(); err != nil {
		t.Errorf("%v after SIGTERM, expected exit 0", err)
	}
	waitGone(t, pids)
}

// A process that dies ends all of them, and the port is free again.
func TestServeProcessDies(t *testing.T) {
	p, pids := startShared(t, 2)
	if err := syscall.Kill(pids[1], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	rest, code := p.rest(t)
	if code != 1 || !strings.Contains(rest, "framecraft: the server process "+strconv.Itoa(pids[1])+" ended: signal: killed; the others end with it\n") {
		t.Errorf("exit %d, %q", code, rest)
	}
	waitGone(t, pids)
	again := startCommand(t, command(t, t.TempDir(), nil, "-addr", p.address))
	if again.address != p.address {
		t.Errorf("found %s, expected %s", again.address, p.address)
	}
}

// When the first process is killed, the others do not stay behind.
func TestServeParentDies(t *testing.T) {
	p, pids := startShared(t, 2)
	if err := p.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.wait() // it was killed
	waitGone(t, pids)
}

// Servers that were started one by one, and one that does not share.
func TestServeReuseport(t *testing.T) {
	first := start(t, t.TempDir(), "--reuseport")
	second := startCommand(t, command(t, t.TempDir(), nil, "-addr", first.address, "--reuseport"))
	if second.address != first.address {
		t.Errorf("found %s, expected %s", second.address, first.address)
	}
	output, err := command(t, t.TempDir(), nil, "-addr", first.address).CombinedOutput()
	if code := exitCode(err); code != 1 || !strings.Contains(string(output), first.address+" is in use by another program") {
		t.Errorf("one without the flag: exit %d, %s", code, output)
	}
	single := start(t, t.TempDir())
	output, err = command(t, t.TempDir(), nil, "-addr", single.address, "--processes", "2").CombinedOutput()
	if code := exitCode(err); code != 1 || !strings.Contains(string(output), single.address+" is in use") || !strings.Contains(string(output), "start that one with --reuseport too") {
		t.Errorf("beside one without the flag: exit %d, %s", code, output)
	}
}

// rest reads the log to its end and returns it with the exit code.
func (p *program) rest(t *testing.T) (string, int) {
	t.Helper()
	text, err := io.ReadAll(p.log)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), exitCode(p.command.Wait())
}

// wait reads the log to its end, so that the program can write all of it.
func (p *program) wait() error {
	_, _ = io.Copy(io.Discard, p.log) // Wait says how it ended
	return p.command.Wait()
}

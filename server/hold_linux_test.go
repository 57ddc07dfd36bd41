package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// children returns the processes that a process has started.
func children(t *testing.T, pid int) (pids []int) {
	t.Helper()
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		t.Error(err)
	}
	for _, thread := range threads {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, thread.Name()))
		if err != nil {
			t.Error(err)
		}
		for word := range strings.FieldsSeq(string(text)) {
			child, err := strconv.Atoi(word)
			if err != nil {
				t.Error(err)
			}
			pids = append(pids, child)
		}
	}
	return pids
}

// In a terminal there is a bar, and a table at the end.
func TestHoldInTerminal(t *testing.T) {
	p := start(t, t.TempDir(), roomy...)
	screen, code := inTerminal(t, "", 100, []string{"TERM=xterm"}, "hold", "-n", "300", "--for", "1s", "ws://"+p.address+"/echo")
	for _, want := range []string{"\r", "░", "█", "opening ", "holding 300, lost 0", "closing, ", "\x1b[1;32mheld 300 connections on one port, lost 0 in 1.", "300 in order in "} {
		if code != 0 || !strings.Contains(screen, want) {
			t.Fatalf("exit %d, found no %q in\n%s", code, want, screen)
		}
	}
	for line := range strings.SplitSeq(screen[strings.LastIndex(screen, "\r"):], "\n") {
		if n := len([]rune(line)); n > 130 {
			t.Errorf("a line of %d columns: %s", n, line)
		}
	}
}

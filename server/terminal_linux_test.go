package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// The program in front of a terminal: only there it uses colours of its own
// accord, knows how wide to write, and keeps raw bytes back.

// inTerminal runs the program with its output on a new pseudo-terminal of so many
// columns, and its input if something is typed, and returns what appears there.
func inTerminal(t *testing.T, typed string, columns int, environment []string, args ...string) (screen string, code int) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal("the test needs a pseudo-terminal: ", err)
	}
	defer master.Close()
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetUint32(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
	c := command(t, t.TempDir(), environment, args...)
	c.Stdout, c.Stderr = slave, slave
	if typed != "" {
		c.Stdin = slave
		if _, err := io.WriteString(master, typed); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	shown := make(chan string)
	go func() {
		b, _ := io.ReadAll(master) // ends with EIO when the program does
		shown <- string(b)
	}()
	if err := c.Wait(); err != nil {
		if _, ok := err.(*exec.ExitError); !ok {
			t.Fatal(err)
		}
		code = exitCode(err)
	}
	return strings.ReplaceAll(<-shown, "\r\n", "\n"), code
}

func TestTerminal(t *testing.T) {
	inspect := []string{"inspect", "-sender", "server", "81 05 48 65 6c 6c 6f"}
	for _, c := range []struct {
		environment string
		args        []string
		colour      bool
	}{
		{"TERM=xterm", inspect, true},
		{"NO_COLOR=", inspect, true},
		{"NO_COLOR=1", inspect, false},
		{"TERM=dumb", inspect, false},
		{"NO_COLOR=1", append([]string{"inspect", "--color=always"}, inspect[1:]...), true},
		{"TERM=xterm", append([]string{"inspect", "--color", "never"}, inspect[1:]...), false},
		{"TERM=xterm", []string{"-help"}, true},
		{"NO_COLOR=1", []string{"-help"}, false},
	} {
		screen, code := inTerminal(t, "", 80, []string{c.environment}, c.args...)
		if colour := strings.Contains(screen, "\x1b["); colour != c.colour || code != 0 {
			t.Errorf("%s %q: colours %v, exit %d, expected %v and 0\n%s", c.environment, c.args, colour, code, c.colour, screen)
		}
	}
	for _, columns := range []int{60, 80, 120} {
		screen, _ := inTerminal(t, "", columns, []string{"NO_COLOR=1"}, "inspect", "text rsv1 mask=37fa213d repeat(61,500)", "binary len64 mask=00000001 hex:0102")
		widest := 0
		for line := range strings.SplitSeq(screen, "\n") {
			widest = max(widest, len([]rune(line)))
		}
		if widest > columns || widest < columns-8 {
			t.Errorf("%d columns: the longest line has %d\n%s", columns, widest, screen)
		}
	}

	screen, code := inTerminal(t, "", 80, nil, "craft", "--raw", "bytes 41 07")
	if code != 2 || !strings.Contains(screen, "found a terminal as the output") || strings.Contains(screen, "A\a") {
		t.Errorf("raw bytes to a terminal: exit %d, %q, expected 2 and a refusal", code, screen)
	}
	if screen, code = inTerminal(t, "", 80, nil, "craft", "--raw", "--force", "bytes 41 07"); code != 0 || screen != "A\a" {
		t.Errorf("with --force: exit %d, %q, expected 0 and the bytes", code, screen)
	}

	// Somebody who waits for the program is told that it waits for them.
	screen, code = inTerminal(t, "ping nomask\n\x04", 80, nil, "craft")
	if code != 0 || !strings.Contains(screen, "reading from the terminal") || !strings.HasSuffix(screen, "89 00\n") {
		t.Errorf("typed notation: exit %d, %q, expected 0, a hint and 89 00", code, screen)
	}
	// Errors wrap between words there.
	screen, code = inTerminal(t, "", 60, []string{"NO_COLOR=1"}, "craft", "text nofim")
	if !strings.HasPrefix(screen, "framecraft: line 1, column 6: found \"nofim\", expected nofin,\n            which is") || code != 2 {
		t.Errorf("an error in 60 columns: exit %d\n%s", code, screen)
	}
}

package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Two programs hold a conversation: one plays the server and the other its
// client.
func TestPlayListens(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	server := command(t, dir, nil, "play", "--listen", "127.0.0.1:0", file("server.frames",
		"role server\nhandshake\nexpect text \"Hello\"\ntext nomask \"Hello yourself\"\nexpect close 1000\nclose nomask 1000\nend\nexpect end\nexpect no rule"))
	stderr, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	server.Stdout = &printed
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Process.Kill() })
	line, err := bufio.NewReader(stderr).ReadString('\n')
	_, address, found := strings.Cut(line, "framecraft: listening on ")
	if !found {
		t.Fatalf("found %q, %v, expected a line that says where it listens", line, err)
	}
	client := command(t, dir, nil, "play", file("client.frames",
		"handshake\nexpect status 101\ntext \"Hello\"\nexpect text \"Hello yourself\"\nclose 1000\nexpect close 1000\nexpect end\nexpect no rule"),
		"ws://"+strings.TrimSpace(address)+"/chat")
	output, err := client.CombinedOutput()
	if err != nil || !strings.HasSuffix(string(output), "# done met=5 unmet=0\n") {
		t.Errorf("the client: %v, found\n%s", err, output)
	}
	if err := server.Wait(); err != nil || !strings.HasSuffix(printed.String(), "# done met=4 unmet=0\n") {
		t.Errorf("the server: %v, found\n%s", err, printed.String())
	}
	if !strings.Contains(printed.String(), `client bytes "GET /chat HTTP/1.1\r\n`) {
		t.Errorf("found\n%s\nexpected the request for /chat", printed.String())
	}
}

// An interrupt ends a play in good order, with what was recorded.
func TestPlayInterrupted(t *testing.T) {
	dir := t.TempDir()
	c := command(t, dir, nil, "play", "-", "echo")
	c.Stdin = strings.NewReader("handshake\nexpect status 101\nwait 60s")
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	lines := bufio.NewScanner(stdout)
	var last string
	for lines.Scan() {
		last += lines.Text() + "\n"
		if strings.HasSuffix(lines.Text(), "expect 2 met") {
			if err := c.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
	}
	err = c.Wait()
	exit, ok := err.(*exec.ExitError)
	if !ok || exit.ExitCode() != 1 || !strings.Contains(last, `stop "stopped by the user"`) || !strings.HasSuffix(last, "# done met=1 unmet=0\n") {
		t.Errorf("found %v and\n%s\nexpected exit 1 and a stop", err, last)
	}
}

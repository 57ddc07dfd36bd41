//go:build linux

package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// What befalls a process: no descriptors left, no room for the key file, an end
// without warning, a pause.

// under runs the program with a limit of the shell's ulimit.
func under(t *testing.T, limit, home string, args ...string) *exec.Cmd {
	t.Helper()
	c := command(t, home, nil, args...)
	c.Args = append([]string{"sh", "-c", "ulimit " + limit + ` && exec "$0" "$@"`, c.Path}, c.Args[1:]...)
	c.Path = "/bin/sh"
	return c
}

// launch starts a prepared server, keeps its log and waits until it listens.
func launch(t *testing.T, c *exec.Cmd) (address string, log *lockedBuffer) {
	t.Helper()
	log = &lockedBuffer{}
	c.Stderr = log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	for deadline := time.Now().Add(testpeer.Patience); ; time.Sleep(5 * time.Millisecond) {
		if _, rest, found := strings.Cut(log.String(), "url=http://"); found && strings.Contains(rest, "/") {
			address, _, _ = strings.Cut(rest, "/")
			return address, log
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server does not listen: %s", log)
		}
	}
}

// Descriptors run out: who is connected notices nothing, who comes waits and is
// served when there is room, and the log does not fill the disk.
func TestNoDescriptorsLeft(t *testing.T) {
	t.Parallel()
	address, log := launch(t, under(t, "-n 48", t.TempDir(), "-addr", "127.0.0.1:0", "-max-address", "0", "-max-handshakes", "0"))
	neighbour := testpeer.LiveNextTo(t, address, "/echo")
	var inside []*testpeer.Peer
	var waiting *testpeer.Peer
	for waiting == nil {
		p := testpeer.Connect(t, address)
		p.Write([]byte(testpeer.Request(address, "/echo")))
		if p.More(2*time.Second) != nil {
			waiting = p
			break
		}
		p.ExpectUpgraded()
		if inside = append(inside, p); len(inside) > 48 {
			t.Fatal("the limit of 48 descriptors is not felt")
		}
	}
	if len(inside) < 20 {
		t.Errorf("only %d connections in 48 descriptors", len(inside))
	}
	time.Sleep(3 * time.Second)
	for _, p := range inside {
		p.Send(`text "inside"`)
		p.Expect(`text "inside"`)
	}
	neighbour.Leave(t, neighbourBound)
	// There is room for whoever waited, also for one that wants a file.
	for _, p := range inside {
		p.CloseClean()
		p.TCP.Close()
	}
	waiting.ExpectUpgraded()
	waiting.CloseClean()
	client := http.Client{Timeout: testpeer.Patience, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get("http://" + address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	// net/http tries again up to 200 times in a second; see package logs.
	if n := strings.Count(log.String(), "too many open files"); n != 1 || !strings.Contains(log.String(), "ulimit -n") {
		t.Errorf("the log says %d times that descriptors are short, expected once, with what to do:\n%s", n, log)
	}
}

const neighbourBound = 2 * time.Second

// lockedBuffer keeps what a process writes.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// Without room for the key file the server says so and leaves nothing behind that
// a later start would take for keys.
func TestNoRoomForTheKeys(t *testing.T) {
	for _, c := range []struct {
		name, limit string
		file        func(home string) string
		want        string
	}{
		{"a full disk", "-f 0", func(home string) string { return filepath.Join(home, "keys") }, "file too large"},
		{"a device that is full", "-n 64", func(string) string { return "/dev/full" }, "/dev/full is no regular file"},
		{"a folder that is a file", "-n 64", func(string) string { return "/dev/null/keys" }, "not a directory"},
		{"a folder in which nobody can make files", "-n 64", func(string) string { return "/proc/framecraft/keys" }, "/proc/framecraft"},
	} {
		home := t.TempDir()
		file := c.file(home)
		started := under(t, c.limit, home, "-addr", "127.0.0.1:0", "-keys", file)
		output, err := started.CombinedOutput()
		text := string(output)
		if exitCode(err) != 1 || strings.Count(text, "\n") != 1 || !strings.Contains(text, c.want) || !strings.Contains(text, "--keys") || !strings.Contains(text, "FRAMECRAFT_HASH_KEY") {
			t.Errorf("%s: %v, %q, expected exit 1 and one line with %q and what to do", c.name, err, text, c.want)
		}
		if left, err := os.ReadDir(home); err != nil || len(left) != 0 {
			t.Errorf("%s: left behind %v, %v", c.name, left, err)
		}
	}
}

// However early it is killed, a server leaves whole keys or none.
func TestKilledWhileMakingKeys(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys")
	for i := range 12 {
		os.Remove(file)
		c := command(t, t.TempDir(), nil, "-addr", "127.0.0.1:0", "-keys", file)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(i) * 3 * time.Millisecond)
		c.Process.Kill()
		c.Wait()
		text, err := os.ReadFile(file)
		if err == nil && (bytes.Count(text, []byte("\n")) != 3 || len(text) < 2*(64+32)) {
			t.Fatalf("killed after %d ms: half a key file %q", 3*i, text)
		}
	}
	// What the dead have left is in nobody's way.
	launch(t, command(t, t.TempDir(), nil, "-addr", "127.0.0.1:0", "-keys", file))
}

// Killed and started again, the server knows its visitors.
func TestKilledAndRestarted(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	c := command(t, home, nil, "-addr", "127.0.0.1:0")
	address, _ := launch(t, c)
	answer, err := http.Get("http://" + address + "/")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	cookie, _, _ := strings.Cut(answer.Header.Get("Set-Cookie"), ";")
	socket := testpeer.Dial(t, address, "/socket", "Origin: http://"+address, "Cookie: "+cookie)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.Wait()
	if f, err := socket.Next(testpeer.Patience); err == nil || err == testpeer.ErrNothing {
		t.Errorf("found %v, %v, expected the end of TCP", f, err)
	}
	// The same port at once, although the old connections are not over for TCP.
	again, _ := launch(t, command(t, home, nil, "-addr", address))
	socket = testpeer.Dial(t, again, "/socket", "Origin: http://"+again, "Cookie: "+cookie)
	socket.Send("binary hex:8180")
	if f, err := socket.Next(testpeer.Patience); err != nil || f.Header.Opcode() != protocol.OpcodeText {
		t.Errorf("found %v, %v, expected a reading", f, err)
	}
}

// A server that was stopped for longer than a pong may take blames nobody for it:
// the pongs have come, it has only not read them.
func TestPaused(t *testing.T) {
	t.Parallel()
	c := command(t, t.TempDir(), nil, "-addr", "127.0.0.1:0", "-ping", "300ms", "-max-address", "0", "-max-handshakes", "0")
	address, log := launch(t, c)
	const peers = 60
	ended := make(chan error, peers)
	var all []*testpeer.Peer
	var words [][]byte
	for range peers {
		p := testpeer.Dial(t, address, "/echo")
		all, words = append(all, p), append(words, p.Encode(`text "still there"`)[0])
		go func() {
			// Answers pings, as anybody does, from so far away that there is mostly one
			// under way.
			f, err := p.Next(time.Minute)
			for ; err == nil && f.Header.Opcode() == protocol.OpcodePing; f, err = p.Next(time.Minute) {
				time.Sleep(200 * time.Millisecond)
				p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodePong), f.Payload))
			}
			if err == nil && string(f.Payload) != "still there" {
				err = fmt.Errorf("found %v", f)
			}
			ended <- err
		}()
	}
	time.Sleep(time.Second)
	if err := c.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	time.Sleep(11 * time.Second) // a pong may take 10
	if err := c.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * time.Second)
	for i, p := range all {
		p.TCP.Write(words[i])
	}
	for range peers {
		if err := <-ended; err != nil {
			t.Errorf("behind the pause: %v\n%s", err, log)
		}
	}
}

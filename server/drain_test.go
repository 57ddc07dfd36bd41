package main

import (
	"bytes"
	"encoding/hex"
	"flag"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"framecraft/server/internal/testpeer"
)

// The end of the program with many connections, of every kind that there is.

var drained = flag.Int("drained", 1000, "connections that TestDrain holds when the program is told to end")

// unlimited lets a test open as many connections as it likes.
var unlimited = []string{"--max-address", "0", "--max-connections", "0", "--max-handshakes", "0", "--max-session", "0"}

// drainLog reads the program's log on, so that it never waits for its reader. What
// it returns waits for the end.
func drainLog(p *program) func() string {
	text := make(chan string, 1)
	go func() {
		rest, _ := io.ReadAll(p.log)
		text <- string(rest)
	}()
	return func() string { return <-text }
}

func TestDrain(t *testing.T) {
	p := start(t, t.TempDir(), unlimited...)
	rest := drainLog(p)
	// Each of these is told 1001.
	var readers []*testpeer.Peer
	add := func(target, lines string, header ...string) *testpeer.Peer {
		peer := testpeer.Dial(t, p.address, target, header...)
		peer.Send(lines)
		readers = append(readers, peer)
		return peer
	}
	for range *drained {
		add("/echo", "")
	}
	add("/echo", `text nofin "the middle of a message"`)
	add("/echo", `text "the middle of a frame" cut=3`)
	add("/echo?delay=30s", `text "an answer that waits"`)
	cookie := p.cookie(t)
	play := add("/play", `text "play echo\nhandshake\nexpect status 101\nwait 30s\n"`, "Origin: http://"+p.address, "Cookie: "+cookie)
	live := add("/live", `text "{\"open\": 50}"`, "Origin: http://"+p.address, "Cookie: "+cookie)
	// These two are sent messages of their own accord, which may stand in front of
	// Close.
	talks := []*testpeer.Peer{play, live}
	for i, sign := range []string{"101", `"open":50,"opening":false`} {
		for !bytes.Contains(talks[i].In, []byte(sign)) {
			if err := talks[i].More(testpeer.Patience); err != nil {
				t.Fatalf("waiting for %s: %v", sign, err)
			}
		}
	}
	// These make the server wait.
	silent := testpeer.Dial(t, p.address, "/echo")
	deaf := testpeer.Dial(t, p.address, "/echo")
	flood := deaf.AppendFrame(nil, 0x8200, make([]byte, 1<<20))
	deaf.TCP.SetWriteDeadline(time.Now().Add(time.Second))
	for {
		if _, err := deaf.TCP.Write(flood); err != nil {
			break // the server reads no more, since nobody takes its answers
		}
	}
	slow := testpeer.Connect(t, p.address)
	slow.Write([]byte("GET / HTTP/1.1\r\nHost:"))

	begin := time.Now()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for i, peer := range readers {
		if slices.Contains(talks, peer) {
			continue
		}
		if err := readClose(peer); err != "" {
			t.Fatalf("connection %d of %d: %s", i, len(readers), err)
		}
		peer.Send("close 1001")
	}
	for i, peer := range talks {
		for !bytes.Contains(peer.In, []byte{0x88, 0x02, 0x03, 0xe9}) {
			if err := peer.More(testpeer.Patience); err != nil {
				t.Fatalf("/play and /live, number %d: %v", i, err)
			}
		}
		peer.Send("close 1001")
	}
	told := time.Since(begin)
	for _, peer := range readers {
		if n, err := peer.TCP.Read(make([]byte, 64)); err != io.EOF && !slices.Contains(talks, peer) {
			t.Fatalf("found %d bytes and %v behind Close, expected the end of TCP", n, err)
		}
		peer.TCP.Close()
	}
	late := testpeer.Connect(t, p.address)
	late.Write([]byte(testpeer.Request(p.address, "/echo")))
	if answer := late.ReadAnswer(); !strings.HasPrefix(answer, "HTTP/1.1 503 ") {
		t.Errorf("who comes late: %q, expected 503", answer)
	}
	late.TCP.Close()
	silent.ExpectHex("880203e9")

	text := rest()
	err := p.command.Wait()
	took := time.Since(begin)
	if err != nil {
		t.Errorf("%v after SIGTERM, expected exit 0; the end of the log: %s", err, text[max(0, len(text)-2000):])
	}
	// 10 s, and what it takes to notice on a busy machine.
	if took > 10*time.Second+1500*time.Millisecond {
		t.Errorf("the program ended after %v, expected 10 s at most", took)
	}
	t.Logf("%d connections were told 1001 within %v; the program ended after %v", len(readers), told.Round(time.Millisecond), took.Round(time.Millisecond))
}

// readClose reads until Close 1001 and says what came instead.
func readClose(peer *testpeer.Peer) string {
	for len(peer.In) < 4 {
		if err := peer.More(testpeer.Patience); err != nil {
			return err.Error()
		}
	}
	if got := hex.EncodeToString(peer.In); got != "880203e9" {
		return "found " + got + ", expected 880203e9"
	}
	peer.In = nil
	return ""
}

// Without anybody who makes it wait, the program ends as soon as all have answered.
func TestDrainIsQuick(t *testing.T) {
	p := start(t, t.TempDir())
	rest := drainLog(p)
	peer := testpeer.Dial(t, p.address, "/echo")
	idle, err := net.Dial("tcp", p.address)
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	// A connection that waits for its next request does not hold the end up.
	if _, err := idle.Write([]byte("GET /healthz HTTP/1.1\r\nHost: " + p.address + "\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := idle.Read(make([]byte, 4096)); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if err := p.command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	peer.ExpectHex("880203e9")
	peer.Send("close 1001")
	peer.ExpectEnd(testpeer.Patience)
	peer.TCP.Close()
	rest()
	if err := p.command.Wait(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("the program ended after %v, expected far less than its 10 s", took)
	}
}

// timeout(1) signals the program and then its group: that is one signal, and the
// program ends in good order. The second one comes when the first has had its effect.
func TestSignalsAtOnceAreOne(t *testing.T) {
	home := t.TempDir()
	for range 10 {
		p := start(t, home)
		rest := drainLog(p)
		peer := testpeer.Dial(t, p.address, "/echo")
		begin := time.Now()
		if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		told := readClose(peer)
		if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		soon := time.Since(begin) < 150*time.Millisecond // else this machine is too busy to be at once
		peer.Send("close 1001")
		peer.TCP.Close()
		rest()
		err := p.command.Wait()
		if !soon {
			continue
		}
		if told != "" || err != nil {
			t.Errorf("%s; found %v, expected an end in good order", told, err)
		}
		return
	}
	t.Error("two signals were never sent at once")
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	p := start(t, t.TempDir())
	silent := testpeer.Dial(t, p.address, "/echo")
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	silent.ExpectHex("880203e9")
	begin := time.Now()
	// One that comes too soon is the first one still.
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		drainLog(p)()
	}()
	for over := false; !over; {
		select {
		case <-ended:
			over = true
		case <-again.C:
			_ = p.command.Process.Signal(syscall.SIGTERM) // it may have ended
		}
	}
	if err := p.command.Wait(); err == nil || !strings.Contains(err.Error(), "signal") {
		t.Errorf("found %v, expected the end by a signal", err)
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("the program ended %v after the second signal, expected at once", took)
	}
}

package web

import (
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// dialPlay opens the page's second socket as the page does.
func (s *testSite) dialPlay(t testing.TB, cookie string) *testpeer.Peer {
	t.Helper()
	return testpeer.Dial(t, s.address, "/play", "Origin: "+s.origin, "Cookie: "+cookie)
}

// say sends a text message.
func say(p *testpeer.Peer, text string) {
	p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), []byte(text)))
}

// linesUntil reads lines up to the first one with the prefix, and counts the
// messages that they came in.
func linesUntil(t testing.TB, p *testpeer.Peer, prefix string) (lines []string, messages int) {
	t.Helper()
	for {
		f, err := p.Next(testpeer.Patience)
		if err != nil || f.Header.Opcode() != protocol.OpcodeText {
			t.Fatalf("found %v, %v behind %q, expected a line that begins with %q", f, err, lines, prefix)
		}
		messages++
		text := string(f.Payload)
		if !strings.HasSuffix(text, "\n") {
			t.Fatalf("found %q, expected whole lines", text)
		}
		lines = append(lines, strings.Split(strings.TrimSuffix(text, "\n"), "\n")...)
		if strings.HasPrefix(lines[len(lines)-1], prefix) {
			return lines, messages
		}
	}
}

func TestPlay(t *testing.T) {
	s := startSite(t, nil)
	p := s.dialPlay(t, s.cookie(t))
	for range 2 { // the socket serves one play after the other
		for _, late := range []string{"step", "go", "stop"} {
			say(p, late)
		}
		say(p, "play echo\nhandshake\nexpect status 101\ntext \"a secret\"\nexpect text \"a secret\"\nexpect text \"more\" within 10ms\nclose\nexpect close\nexpect end\n")
		lines, messages := linesUntil(t, p, "# done")
		if got := lines[len(lines)-1]; got != "# done met=4 unmet=1" {
			t.Errorf("found %q", got)
		}
		if messages >= len(lines) {
			t.Errorf("%d lines came in %d messages, expected fewer", len(lines), messages)
		}
		text := strings.Join(lines, "\n")
		transcript, err := protocol.ParseTranscript(text)
		if err != nil {
			t.Fatal(err)
		}
		if first := transcript.Entries[0]; first.Kind != protocol.EntryOpen || first.At != 0 || len(transcript.Entries) != len(lines)-1 {
			t.Errorf("found\n%s", text)
		}
		for _, want := range []string{
			`client bytes "GET /echo HTTP/1.1\r\nHost: framecraft.invalid\r\n`,
			`server bytes "HTTP/1.1 101 Switching Protocols\r\n`,
			"expect 4 met", `expect 5 unmet "found nothing within 10ms"`, "expect 7 met", "server end", "expect 8 met", "client end",
		} {
			if strings.Count(text, want) != 1 {
				t.Errorf("found\n%s\nexpected %s once", text, want)
			}
		}
	}
	p.CloseClean()
	if log := s.log.String(); strings.Contains(log, "secret") || strings.Contains(log, "Sec-WebSocket") {
		t.Errorf("the log holds payload: %s", log)
	}
}

// What cannot be played is refused with a reason, in one line; the socket goes on.
//
// Defence: dial-nothing
func TestPlayRefuses(t *testing.T) {
	var accepted atomic.Int32
	listener := listenEcho(t, &accepted)
	s := startSite(t, nil)
	p := s.dialPlay(t, s.cookie(t))
	for _, c := range []struct{ message, want string }{
		{"play echo\ntext \"a\"\n  txet \"b\"", "# refused line 2, column 3: found \"txet\", expected text, "},
		{"play echo\nexpect rule no-such-rule", "# refused line 1, column 13: "},
		{"play nowhere\ntext", "# refused target \"nowhere\": expected echo, client, ws://"},
		{"play\ntext", "# refused target \"\": expected echo"},
		{"play client\ntext", "# refused the scenario has the role client"},
		{"play echo\nrole server", "# refused the scenario has the role server"},
		{"play ws://" + listener + "/\ntext", "# refused " + listener + " is not an allowed target, and nothing was sent. The operator of this server can allow it with -allow " + listener},
		{"play wss://localhost:1\ntext", "# refused localhost:1 is not an allowed target"},
		{"play ws://2130706433/\ntext", "# refused target \"2130706433\": found the host \"2130706433\", which ends in a number"},
		{"", "# refused found neither play, pause, step, go nor stop"},
		{"Play echo\ntext", "# refused found neither play"},
	} {
		say(p, c.message)
		lines, _ := linesUntil(t, p, "# refused")
		if len(lines) != 1 || !strings.HasPrefix(lines[0], c.want) {
			t.Errorf("%q: found %q, expected %q", c.message, lines, c.want)
		}
	}
	if accepted.Load() != 0 {
		t.Error("the target that is not allowed got a connection")
	}
	if log := s.log.String(); !strings.Contains(log, `msg="target refused" target=`+listener) {
		t.Errorf("found the log %q, expected a line about the target", log)
	}
	p.Send("binary hex:00")
	p.ExpectCloseFrame(protocol.StatusUnsupportedData)
}

// waitForLine reads messages up to one whose last line, or a line in it, has the
// text behind its time, and returns that line.
func waitForLine(t testing.TB, p *testpeer.Peer, text string) string {
	t.Helper()
	for {
		f, err := p.Next(testpeer.Patience)
		if err != nil {
			t.Fatalf("%v, expected a line with %q", err, text)
		}
		for line := range strings.Lines(string(f.Payload)) {
			if strings.Contains(line, text) {
				// What came with it is read again.
				_, rest, _ := strings.Cut(string(f.Payload), line)
				if rest != "" {
					again := protocol.Header{Flags: protocol.FIN.WithOpcode(protocol.OpcodeText), PayloadLength: uint64(len(rest))}
					p.In = append(append(again.AppendTo(nil), rest...), p.In...)
				}
				return strings.TrimSuffix(line, "\n")
			}
		}
	}
}

func TestPlayStepByStep(t *testing.T) {
	s := startSite(t, nil)
	p := s.dialPlay(t, s.cookie(t))
	say(p, "pause echo\n# what a person sees\nhandshake\nexpect status 101\ntext \"a\"\nexpect text \"a\"")
	for _, line := range []string{"# at 2", "# at 3", "# at 4"} {
		waitForLine(t, p, line)
		if line != "# at 4" {
			say(p, "step")
		}
	}
	p.ExpectNothing(50 * time.Millisecond)
	say(p, "go")
	if line := waitForLine(t, p, "# "); line != "# done met=2 unmet=0" {
		t.Errorf("found %q", line)
	}
}

// A play that waits for a person ends in good order with the server, and leaves
// nothing behind.
//
// Defence: shutdown-registry
func TestPlayWhileShuttingDown(t *testing.T) {
	check := testpeer.ExpectNoLeak(t)
	s := startSite(t, nil)
	p := s.dialPlay(t, s.cookie(t))
	say(p, "pause echo\nhandshake")
	waitForLine(t, p, "# at 1")
	done := make(chan struct{})
	go func() { s.stop(); close(done) }()
	p.ExpectHex("880203e9")
	p.Send("close 1001")
	p.ExpectEnd(testpeer.Patience)
	p.TCP.Close()
	select {
	case <-done:
	case <-time.After(testpeer.Patience):
		t.Fatal("the site does not end")
	}
	for _, plays := range s.plays.sessions.entries {
		if plays.live != 0 {
			t.Errorf("found %d live plays behind the shutdown", plays.live)
		}
	}
	check()
}

// The doors are those of /socket.
//
// Defence: origin-exact, origin-missing, origin-port
func TestPlayNeedsOriginAndSession(t *testing.T) {
	s := startSite(t, nil)
	cookie := "Cookie: " + s.cookie(t)
	for cause, lines := range map[string][]string{
		"no origin":      {cookie},
		"another origin": {cookie, "Origin: http://127.0.0.1:1"},
		"no session":     {"Origin: " + s.origin},
	} {
		if status := s.status(t, testpeer.Request(s.address, "/play", lines...)); status != "403 Forbidden" {
			t.Errorf("%s: %s, expected 403", cause, status)
		}
	}
}

// Lines that come one after the other are gathered for a moment.
func TestPlayGathersLines(t *testing.T) {
	s := startSite(t, nil)
	p := s.dialPlay(t, s.cookie(t))
	say(p, "play echo\nhandshake\nexpect status 101\n"+strings.Repeat("text \"a\"\nwait 2ms\n", 50))
	lines, messages := linesUntil(t, p, "# ")
	if len(lines) < 100 || messages > 25 {
		t.Errorf("%d lines came in %d messages, expected one in about 20ms", len(lines), messages)
	}
}

// A thousand messages and their echoes arrive as lines within a second, in few
// messages.
func TestPlayThousand(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Log = slog.New(slog.DiscardHandler) })
	p := s.dialPlay(t, s.cookie(t))
	var text strings.Builder
	text.WriteString("play echo\nhandshake\nexpect status 101\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "text \"message %d\"\n", i)
	}
	text.WriteString("expect text \"message 999\"\nclose\nexpect close\nexpect end")
	begin := time.Now()
	say(p, text.String())
	lines, messages := linesUntil(t, p, "# ")
	lasted := time.Since(begin)
	if lines[len(lines)-1] != "# done met=4 unmet=0" || len(lines) < 1000 {
		t.Errorf("found %d lines, %q the last", len(lines), lines[len(lines)-1])
	}
	if lasted > time.Second || messages > 60 {
		t.Errorf("it took %v and %d messages, expected less than a second and few", lasted, messages)
	}
}

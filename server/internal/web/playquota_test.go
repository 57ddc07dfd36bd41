package web

import (
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"framecraft/server/internal/testpeer"
	"framecraft/server/internal/wire"
)

// How much of the wire one session gets.

// listenEcho serves connections that get back what they send, and counts them.
func listenEcho(t testing.TB, accepted *atomic.Int32) string {
	t.Helper()
	return testpeer.Listen(t, func(c net.Conn) {
		accepted.Add(1)
		testpeer.Echo(c)
	}).String()
}

// An allowed target is dialled, so many times a minute and a session.
//
// Defence: dial-minute
func TestPlayDials(t *testing.T) {
	var accepted atomic.Int32
	target := listenEcho(t, &accepted)
	s := startSite(t, func(c *Config) {
		c.Counts = Counts{DialsAMinute: 3}
		guard, err := wire.ParseAllow([]string{target})
		if err != nil {
			t.Fatal(err)
		}
		c.Allow = guard
	})
	cookie := s.cookie(t)
	p := s.dialPlay(t, cookie)
	for i := range 4 {
		say(p, "play ws://"+target+"\nbytes 81 01 61\nexpect text \"a\"\nend\nexpect end")
		lines, _ := linesUntil(t, p, "# ")
		if last, want := lines[len(lines)-1], "# done met=2 unmet=0"; i < 3 && last != want {
			t.Errorf("play %d: found %q, expected %q", i, lines, want)
		} else if want := "# refused this session has dialled 3 times in a minute, which is the limit; the next time in 20s"; i == 3 && last != want {
			t.Errorf("play %d: found %q, expected %q", i, last, want)
		}
	}
	if accepted.Load() != 3 {
		t.Errorf("found %d connections, expected 3", accepted.Load())
	}
	// The built-in target is no dial.
	say(p, "play echo\nhandshake\nexpect status 101")
	if lines, _ := linesUntil(t, p, "# "); lines[len(lines)-1] != "# done met=1 unmet=0" {
		t.Errorf("found %q", lines)
	}
	if log := s.log.String(); strings.Count(log, `msg="scenario played" target=`+target) != 3 {
		t.Errorf("found the log %q, expected a line for each play", log)
	}
	// Another visitor has dials of their own.
	other := s.dialPlay(t, s.cookie(t))
	say(other, "play ws://"+target+"\nend\nexpect end")
	if lines, _ := linesUntil(t, other, "# "); lines[len(lines)-1] != "# done met=1 unmet=0" {
		t.Errorf("found %q", lines)
	}
}

// Defence: dial-minute, dial-live
func TestPlayQuota(t *testing.T) {
	now := time.Unix(1e9, 0)
	q := newPlayQuota(Counts{PlaysPerSession: 2, DialsAMinute: 5}, func() time.Time { return now })
	one, other := sessionID{1}, sessionID{2}
	enter := func(session sessionID, dials bool, want string) func() {
		t.Helper()
		leave, err := q.enter(session, dials)
		if got := fmt.Sprint(err); !strings.HasPrefix(got, want) {
			t.Fatalf("found %v, expected %s", err, want)
		}
		return leave
	}
	a := enter(one, false, "<nil>")
	b := enter(one, true, "<nil>")
	enter(one, false, "2 scenarios of this session are being played, which is the limit; stop one or wait for its end")
	enter(other, false, "<nil>")()
	a()
	a() // once is enough
	for range 4 {
		enter(one, true, "<nil>")()
	}
	enter(one, true, "this session has dialled 5 times in a minute, which is the limit; the next time in 12s")
	enter(one, false, "<nil>")()
	now = now.Add(12 * time.Second)
	enter(one, true, "<nil>")()
	enter(one, true, "this session has dialled")
	now = now.Add(2 * time.Minute)
	enter(other, false, "<nil>")()
	if len(q.sessions.entries) != 2 {
		t.Errorf("found %d sessions, expected the one with a live play and the newest", len(q.sessions.entries))
	}
	b()
	now = now.Add(2 * time.Minute)
	enter(other, false, "<nil>")()
	if len(q.sessions.entries) != 1 {
		t.Errorf("found %d sessions, expected the newest", len(q.sessions.entries))
	}
}

// A socket has one play, a session two.
//
// Defence: dial-live
func TestPlayTwoAtATime(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Counts = Counts{PlaysPerSession: 2} })
	cookie := s.cookie(t)
	const long = "play echo\nhandshake\nexpect status 101\nwait 30s"
	a, b, c := s.dialPlay(t, cookie), s.dialPlay(t, cookie), s.dialPlay(t, cookie)
	for _, p := range []*testpeer.Peer{a, b} {
		say(p, long)
		waitForLine(t, p, "expect 2 met")
	}
	say(a, long)
	if line := waitForLine(t, a, "# refused"); line != "# refused this socket is playing a scenario; stop it or wait for its end" {
		t.Errorf("found %q", line)
	}
	say(c, long)
	if line := waitForLine(t, c, "# refused"); !strings.HasPrefix(line, "# refused 2 scenarios of this session are being played") {
		t.Errorf("found %q", line)
	}
	say(a, "stop")
	waitForLine(t, a, `stop "stopped by the user"`)
	if line := waitForLine(t, a, "# "); line != "# done met=1 unmet=0" {
		t.Errorf("found %q", line)
	}
	say(c, long)
	waitForLine(t, c, "expect 2 met")
	// A play ends with its socket.
	b.TCP.Close()
	for deadline := time.Now().Add(testpeer.Patience); ; time.Sleep(5 * time.Millisecond) {
		s.plays.mu.Lock()
		live := 0
		for _, plays := range s.plays.sessions.entries {
			live += plays.live
		}
		s.plays.mu.Unlock()
		if live == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("found %d live plays, expected one", live)
		}
	}
}

// A built-in play does not count against its visitor: the only place is the
// page's.
func TestPlayIsNotCountedTwice(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Counts = Counts{PerSession: 1, PerAddress: 1, Total: 1, HandshakesAMinute: 1} })
	p := s.dialPlay(t, s.cookie(t))
	say(p, "play echo\nhandshake\nexpect status 101")
	if lines, _ := linesUntil(t, p, "# "); lines[len(lines)-1] != "# done met=1 unmet=0" {
		t.Errorf("found %q", lines)
	}
}

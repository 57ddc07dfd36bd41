package wire

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"framecraft/protocol"
)

// Cancelling works wherever a play stands, and what was recorded is kept.
func TestPlayStopped(t *testing.T) {
	silent := peer(t, func(c *net.TCPConn) { io.Copy(io.Discard, c) })
	deaf := peer(t, func(c *net.TCPConn) { time.Sleep(500 * time.Millisecond) })
	for name, c := range map[string]struct {
		scenario string
		target   Target
		paused   bool
	}{
		"wait":    {"bytes 00\nwait 1s", silent, false},
		"expect":  {"bytes 00\nexpect text within 1s", silent, false},
		"silence": {"bytes 00\nexpect silence 1s", silent, false},
		"rule":    {"bytes 00\nexpect rule frame-opcode-reserved within 1s", silent, false},
		"write":   {"bytes 00\nbinary repeat(00,800000)", deaf, false},
		"chop":    {"bytes 00\nchop 1\nbinary repeat(00,100000)", deaf, false},
		"linger":  {"bytes 00", silent, false},
		"paused":  {"bytes 00\nbytes 01", silent, true},
	} {
		t.Run(name, func(t *testing.T) {
			check := expectNoLeak(t)
			ctx, cancel := context.WithCancelCause(context.Background())
			options := Options{Dialer: &Dialer{Anywhere: true}, Limits: DefaultLimits()}
			options.Limits.Bytes, options.Limits.Entries = 32<<20, 1<<20
			if c.paused {
				commands := make(chan Command, 1)
				commands <- CommandStep
				options.Commands = commands
			}
			var stopped time.Time
			var begun sync.Once
			result, err := Play(ctx, mustScenario(t, c.scenario), c.target, options, func(e protocol.Entry) {
				if e.Kind == protocol.EntryBytes {
					begun.Do(func() {
						time.AfterFunc(50*time.Millisecond, func() {
							stopped = time.Now()
							cancel(ErrStopped)
						})
					})
				}
			})
			if err != nil || result.Stopped != ErrStopped {
				t.Errorf("found %+v, %v", result.Stopped, err)
			}
			if lasted := time.Since(stopped); lasted > 350*time.Millisecond {
				t.Errorf("it took %v to stop", lasted)
			}
			got := shape(result.Transcript.Entries)
			if !strings.HasPrefix(got, "client open\nclient bytes 00") || !strings.Contains(got, "stop \"stopped by the user\"\n") {
				t.Errorf("found %.200s, expected the byte and the stop", got)
			}
			time.Sleep(450 * time.Millisecond) // the deaf peer goes
			check()
		})
	}
}

func TestPlayPaused(t *testing.T) {
	b := echoTarget(t)
	commands := make(chan Command)
	var lines []int
	waiting := make(chan int)
	options := Options{
		Dialer: &Dialer{BuiltIn: b}, Limits: DefaultLimits(),
		Commands: commands, Waiting: func(line int) { waiting <- line },
	}
	var mu sync.Mutex
	var entries []protocol.Entry
	done := make(chan Result)
	go func() {
		result, _ := Play(context.Background(), mustScenario(t, "# first\nhandshake\n\nexpect status 101\ntext \"a\"\nexpect text\nclose\nexpect close"), mustTarget(t, "echo"), options, func(e protocol.Entry) {
			mu.Lock()
			entries = append(entries, e)
			mu.Unlock()
		})
		done <- result
	}()
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(entries)
	}
	lines = append(lines, <-waiting)
	if n := count(); n != 1 {
		t.Errorf("found %d entries in front of the first step, expected the open only", n)
	}
	commands <- CommandStep
	lines = append(lines, <-waiting)
	commands <- CommandStep
	lines = append(lines, <-waiting)
	time.Sleep(20 * time.Millisecond)
	if n := count(); n != 4 {
		t.Errorf("found %d entries in front of the third step, expected open, request, response and expectation", n)
	}
	commands <- CommandGo
	result := <-done
	if fmt.Sprint(lines) != "[2 4 5]" || result.Met != 3 || result.Unmet != 0 {
		t.Errorf("waited at %v, found %+v, expected lines 2, 4 and 5 and 3 met", lines, result)
	}
}

// An answer that is faster than the next step breaks a silence as well; one
// during a wait does not.
func TestPlaySilenceBegins(t *testing.T) {
	target := peer(t, func(c *net.TCPConn) {
		c.Read(make([]byte, 1))
		c.Write([]byte{0x81, 0})
		io.Copy(io.Discard, c)
	})
	commands := make(chan Command, 2)
	commands <- CommandStep
	options := Options{Dialer: &Dialer{Anywhere: true}, Limits: DefaultLimits(), Commands: commands}
	result, err := Play(context.Background(), mustScenario(t, "bytes 00\nexpect silence 20ms"), target, options, func(e protocol.Entry) {
		if e.Kind == protocol.EntryBytes && e.From == protocol.RoleServer {
			commands <- CommandGo
		}
	})
	if err != nil || result.Unmet != 1 {
		t.Errorf("found\n%s%v, expected a broken silence", shape(result.Transcript.Entries), err)
	}
	// What came before the last thing sent does not.
	commands = make(chan Command, 2)
	commands <- CommandStep
	options.Commands = commands
	result, err = Play(context.Background(), mustScenario(t, "bytes 00\nbytes 01\nexpect silence 20ms"), target, options, func(e protocol.Entry) {
		if e.Kind == protocol.EntryBytes && e.From == protocol.RoleServer {
			commands <- CommandGo
		}
	})
	if err != nil || result.Met != 1 {
		t.Errorf("found\n%s%v, expected silence", shape(result.Transcript.Entries), err)
	}
	result = play(t, "bytes 00\nwait 50ms\nexpect silence 20ms\nexpect text \"\"\nexpect silence 20ms", target, nil)
	if result.Met != 3 {
		t.Errorf("found\n%s, expected two silences", shape(result.Transcript.Entries))
	}
}

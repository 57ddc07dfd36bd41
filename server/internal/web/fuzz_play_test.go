package web

import (
	"context"
	"hash/fnv"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
	"framecraft/server/internal/wire"
)

// playSeparator stands between two messages of FuzzPlayCommand's input.
const playSeparator = "\x1e"

// stage plays for FuzzPlayCommand. Most plays are over at once, or wait for as many
// commands as the scenario has steps; one input in genuineEvery is played for real.
// Which ones depends on the input alone, so that what one finds is found again.
type stage struct{ genuine atomic.Bool }

const (
	genuineEvery = 4096
	genuineTime  = 50 * time.Millisecond
)

func (s *stage) perform(ctx context.Context, scenario *protocol.Scenario, target wire.Target, options wire.Options, sink func(protocol.Entry)) (wire.Result, error) {
	if s.genuine.Load() {
		return wire.Play(ctx, scenario, target, options, sink)
	}
	result := wire.Result{Connected: true}
	for i := range scenario.Steps {
		step := &scenario.Steps[i]
		if options.Commands != nil {
			options.Waiting(step.Line)
			select {
			case command := <-options.Commands:
				if command == wire.CommandGo {
					options.Commands = nil
				}
			case <-ctx.Done():
				result.Stopped = context.Cause(ctx)
				return result, nil
			}
		}
		if step.Kind == protocol.StepExpect {
			result.Met++
		}
	}
	sink(protocol.Entry{Kind: protocol.EntryStop, Note: "the scenario is over"})
	return result, nil
}

// playExpected is what messages on /play must be answered with.
type playExpected struct {
	last     int // lines that say that a play is over, or was none
	refused  int // at least so many of them, for what cannot be played
	playable int // at most so many plays, and at least one if there is any
}

func (e *playExpected) add(text string) {
	first, rest, _ := strings.Cut(text, "\n")
	word, name, _ := strings.Cut(strings.TrimSuffix(first, "\r"), " ")
	switch word {
	case "step", "go", "stop":
		return
	case "play", "pause":
		target, err := wire.ParseTarget(strings.TrimSpace(name))
		if err == nil && target.BuiltIn() {
			if _, err = protocol.ParseScenario(rest); err == nil {
				e.last++
				e.playable++
				return
			}
		}
	}
	e.last++
	e.refused++
}

// Any texts on /play, one behind the other: what asks for a play is answered with
// its end or with one line that refuses it, and nothing else is but an unknown word.
// What can be played is played unless something is. The socket goes on, nothing
// comes behind that, and the session has all its places again.
func FuzzPlayCommand(f *testing.F) {
	for _, texts := range [][]string{
		{"play echo\nhandshake\nexpect status 101"},
		{"pause echo\nhandshake", "step", "go"},
		{"pause client\nrole server\ntext \"Hello\"\nend", "play echo\n", "stop", "go"},
		{"play ws://localhost:1/\r\nhandshake"},
		{"pause echo\nhandshake"},
		{"step", "stop\n"},
		{"play \ntext \"Hello\""},
	} {
		f.Add(strings.Join(texts, playSeparator))
	}
	s := startSite(f, func(c *Config) {
		c.Log = slog.New(slog.DiscardHandler)
		c.Play.Time = genuineTime
		c.Counts.PlaysPerSession = 2 // one more than a socket can play
	})
	on := &stage{}
	s.perform, s.playFlush = on.perform, 0
	d := newDoor(f, s, "/play")
	var p *testpeer.Peer // it stays for some runs: the handshake takes longer than one
	leave := func() {
		if p != nil {
			p.TCP.Close()
			p = nil
		}
	}
	f.Cleanup(leave)
	left := 0
	f.Fuzz(func(t *testing.T, input string) {
		if len(input) > protocol.CarrierLimit {
			return // that has an end of its own
		}
		hash := fnv.New32a()
		hash.Write([]byte(input))
		genuine := hash.Sum32()%genuineEvery == 0
		on.genuine.Store(genuine)
		if p == nil {
			p, left = d.enter(t), 100
		}
		clean := false
		defer func() {
			if !clean {
				leave()
			}
		}()
		var want, got playExpected
		var sent []byte
		texts := strings.Split(strings.ToValidUTF8(input, "?"), playSeparator)
		for _, text := range texts[:min(len(texts), 8)] {
			want.add(text)
			sent = p.AppendFrame(sent, protocol.FIN.WithOpcode(protocol.OpcodeText), []byte(text))
		}
		p.Write(sent)
		if genuine && want.playable > 0 {
			time.Sleep(2 * genuineTime) // what is played for real gets its time
		}
		// What waits for a person is ended.
		p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), []byte("stop")))
		p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodePing), []byte("alive?")))
		for alive := false; !alive || got.last < want.last; {
			f, err := p.NextMessage(testpeer.Patience)
			switch {
			case err != nil:
				t.Fatalf("%q: the socket does not go on: %v; so far %+v, expected %+v", input, err, got, want)
			case f.Header.Opcode() == protocol.OpcodePong:
				alive = true
			case f.Header.Opcode() == protocol.OpcodeText:
				got.read(t, string(f.Payload), genuine)
			default:
				t.Fatalf("%q: found %v", input, f)
			}
		}
		left--
		end := protocol.OpcodePong
		if left > 0 {
			p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodePing), nil))
		} else {
			end = protocol.OpcodeClose
			p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(end), nil))
		}
		if f, err := p.NextMessage(testpeer.Patience); err != nil || f.Header.Opcode() != end {
			t.Fatalf("%q: found %v, %v, expected nothing more", input, f, err)
		}
		clean = left > 0
		if got.last != want.last || got.refused < want.refused || min(want.playable, 1) > got.playable && !genuine {
			t.Errorf("%q: found %+v, expected %+v", input, got, want)
		}
	})
}

// read counts the lines of one message that stand at the end of a play.
func (e *playExpected) read(t *testing.T, message string, genuine bool) {
	t.Helper()
	if !strings.HasSuffix(message, "\n") {
		t.Fatalf("found %q, expected whole lines", message)
	}
	for line := range strings.Lines(message) {
		switch {
		case strings.HasPrefix(line, "# refused "):
			e.last++
			e.refused++
			if strings.Contains(line, "of this session are being played") {
				t.Fatalf("found %q, and no more than one play at a time was there", line)
			}
		case strings.HasPrefix(line, "# done met="):
			e.last++
			e.playable++
		case !genuine && !strings.HasPrefix(line, "# at ") && !strings.HasSuffix(line, "the scenario is over\"\n"):
			t.Fatalf("found the line %q", line)
		}
	}
}

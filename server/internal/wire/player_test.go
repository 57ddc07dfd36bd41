package wire

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/testpeer"
)

// echoTarget starts the built-in endpoint for the time of a test.
func echoTarget(t testing.TB) *BuiltIn {
	b, stop := startEcho()
	t.Cleanup(stop)
	return b
}

func startEcho() (b *BuiltIn, stop func()) {
	e := endpoint.New(endpoint.DefaultLimits(), slog.New(slog.DiscardHandler))
	b = NewBuiltIn(&http.Server{Handler: EchoHandler(e, endpoint.Echo(1<<20))})
	return b, func() {
		b.Close()
		e.Shutdown()
	}
}

// peer listens and hands each connection to a function.
func peer(t testing.TB, serve func(*net.TCPConn)) Target {
	t.Helper()
	address := testpeer.Listen(t, func(c net.Conn) { serve(c.(*net.TCPConn)) })
	return mustTarget(t, "ws://"+address.String())
}

func mustScenario(t testing.TB, text string) *protocol.Scenario {
	t.Helper()
	s, err := protocol.ParseScenario(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shape is a transcript without times and addresses; bytes of one side that
// follow each other are one line.
func shape(entries []protocol.Entry) string {
	var out strings.Builder
	var joined []protocol.Entry
	for _, e := range entries {
		e.At = 0
		if e.Kind == protocol.EntryOpen {
			e.Note = ""
		}
		if n := len(joined); n > 0 && e.Kind == protocol.EntryBytes && joined[n-1].Kind == e.Kind && joined[n-1].From == e.From {
			joined[n-1].Data = append(joined[n-1].Data[:len(joined[n-1].Data):len(joined[n-1].Data)], e.Data...)
			continue
		}
		joined = append(joined, e)
	}
	for _, e := range joined {
		out.WriteString(strings.TrimPrefix(string(e.AppendTo(nil)), "0ms ") + "\n")
	}
	return out.String()
}

// play plays a scenario and holds what must always hold.
func play(t testing.TB, text string, target Target, change func(*Options)) Result {
	t.Helper()
	options := Options{Dialer: &Dialer{Anywhere: true}, Limits: DefaultLimits()}
	if change != nil {
		change(&options)
	}
	check := func() {}
	if target.Kind != TargetEcho { // which keeps some goroutines for later
		check = expectNoLeak(t)
	}
	var seen []protocol.Entry
	result, err := Play(context.Background(), mustScenario(t, text), target, options, func(e protocol.Entry) { seen = append(seen, e) })
	if err != nil {
		t.Fatal(err)
	}
	check()
	entries := result.Transcript.Entries
	if a, b := fmt.Sprint(seen), fmt.Sprint(entries); a != b {
		t.Errorf("the sink saw %s, expected %s", a, b)
	}
	for i := range entries {
		if i > 0 && entries[i].At < entries[i-1].At {
			t.Errorf("entry %d is of %d ns, in front of it one of %d ns", i, entries[i].At, entries[i-1].At)
		}
	}
	again, err := protocol.ParseTranscript(string(result.Transcript.AppendTo(nil)))
	if err != nil || len(again.Entries) != len(entries) {
		t.Errorf("the transcript cannot be read: %v", err)
	}
	return result
}

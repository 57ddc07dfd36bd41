package cli

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"framecraft/protocol"
	"framecraft/server/internal/wire"
)

// A transcript on its way to a terminal or a file: its own text, line by line, in
// colours where there are any. What it holds of the other side is in hex or
// quoted, so nothing of that steers the terminal.

// entryStyles are the colours of entries other than bytes.
var entryStyles = map[protocol.EntryKind]style{
	protocol.EntryOpen:   dim,
	protocol.EntryReset:  yellow,
	protocol.EntryFailed: red,
	protocol.EntryStop:   yellow,
	protocol.EntryExpect: green,
}

// sideStyles are the colours of what both sides send.
var sideStyles = [2]style{protocol.RoleClient: "36", protocol.RoleServer: "35"}

// transcriptPrinter writes lines in a goroutine of its own: the player does not
// wait for whoever reads them.
type transcriptPrinter struct {
	t *terminal

	mu     sync.Mutex
	lines  []byte
	closed bool
	news   chan struct{}
	done   chan error
}

// newTranscriptPrinter starts to write. An error ends the play, and close returns
// it.
func newTranscriptPrinter(p *Process, t *terminal, cancel context.CancelCauseFunc) *transcriptPrinter {
	printer := &transcriptPrinter{t: t, news: make(chan struct{}, 1), done: make(chan error, 1)}
	go func() {
		for {
			<-printer.news
			printer.mu.Lock()
			lines, closed := printer.lines, printer.closed
			printer.lines = nil
			printer.mu.Unlock()
			if err := write(p.Stdout, lines); err != nil {
				cancel(err)
				printer.done <- err
				return
			}
			if closed {
				printer.done <- nil
				return
			}
		}
	}()
	return printer
}

// print prints one entry.
func (printer *transcriptPrinter) print(e protocol.Entry) {
	at, rest, _ := strings.Cut(string(e.AppendTo(nil)), " ")
	s := entryStyles[e.Kind]
	switch {
	case e.Kind == protocol.EntryBytes || e.Kind == protocol.EntryEnd:
		s = sideStyles[e.From]
	case e.Kind == protocol.EntryExpect && !e.Met:
		s = red
	}
	printer.line(printer.t.paint(dim, at) + " " + printer.t.paint(s, rest))
}

// last prints what came of it all, as a comment of the transcript.
func (printer *transcriptPrinter) last(result *wire.Result) {
	s := green
	if result.Unmet > 0 || result.Stopped != nil || !result.Connected {
		s = red
	}
	printer.line(printer.t.paint(s, fmt.Sprintf("# done met=%d unmet=%d", result.Met, result.Unmet)))
}

func (printer *transcriptPrinter) line(line string) {
	printer.mu.Lock()
	printer.lines = append(append(printer.lines, line...), '\n')
	printer.mu.Unlock()
	printer.wake()
}

func (printer *transcriptPrinter) wake() {
	select {
	case printer.news <- struct{}{}:
	default: // it is awake
	}
}

// close waits until all is written.
func (printer *transcriptPrinter) close() error {
	printer.mu.Lock()
	printer.closed = true
	printer.mu.Unlock()
	printer.wake()
	return <-printer.done
}

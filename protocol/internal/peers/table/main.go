// Command table compares our server and codec with other implementations of
// WebSocket, and both with what the machine allows, in one run:
//
//	make bench-peers                        the table as text
//	make bench-peers PEERS='-short'         a tenth of the time, for a look
//	make bench-peers PEERS='-markdown'      the block that README.md shows, and nothing else
//	make bench-peers PEERS='-readme ../../../README.md'   puts it there
//
// The contenders take turns in every round, each in a process of its own on one
// core while the client runs on another, and a ratio is the median of the rounds'
// ratios: what else the machine does hits all of them alike.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

type options struct {
	rounds int
	// turn is how long a contender is measured in a round, of an echo; functions
	// take a fortieth.
	turn     time.Duration
	short    bool
	only     string
	markdown bool
	readme   string
}

func main() {
	var o options
	flag.BoolVar(&o.short, "short", false, "a tenth of the time")
	flag.IntVar(&o.rounds, "rounds", 7, "how often every contender has its turn")
	flag.DurationVar(&o.turn, "turn", 400*time.Millisecond, "how long a turn is")
	flag.StringVar(&o.only, "only", "", "some parts of it, with commas between them: "+strings.Join(partNames(), ", "))
	flag.BoolVar(&o.markdown, "markdown", false, "print the block for README.md and nothing else")
	flag.StringVar(&o.readme, "readme", "", "the file to put the block into, between its marks")
	flag.Parse()
	if o.short {
		o.rounds, o.turn = 3, 100*time.Millisecond
	}
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// parts are what a run consists of.
var parts = []struct {
	name string
	run  func(options) ([]*row, error)
}{
	{"codec", runCodec},
	{"echo", runEcho},
	{"idle", runIdle},
}

func partNames() []string {
	var list []string
	for _, p := range parts {
		list = append(list, p.name)
	}
	return list
}

func run(o options) error {
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := build(dir); err != nil {
		return err
	}
	pinned := pin()
	var rows []*row
	for _, p := range parts {
		if o.only != "" && !strings.Contains(","+o.only+",", ","+p.name+",") {
			continue
		}
		began := time.Now()
		more, err := p.run(o)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		rows = append(rows, more...)
		warn("%s took %v", p.name, time.Since(began).Round(time.Second))
	}
	var block bytes.Buffer
	markdown(&block, about(o, pinned), rows)
	if o.readme != "" {
		return into(o.readme, block.Bytes())
	}
	if o.markdown {
		_, err := os.Stdout.Write(block.Bytes())
		return err
	}
	plain(os.Stdout, about(o, pinned), rows)
	for _, note := range notes(rows) {
		fmt.Println(note)
	}
	return nil
}

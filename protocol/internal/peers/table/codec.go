package main

import (
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Functions of the contenders, each measured by its own process. They take turns:
// every round asks each of them once, for every row.

const (
	sectionHeader  = "Frame header, ns"
	sectionMask    = "Masking, times memcpy (memcpy itself in ns)"
	sectionUTF8    = "UTF-8 over 64 KiB, times memcpy (memcpy itself in ns)"
	sectionMessage = "A message read and sent back in memory, ns (allocations)"
)

// measured is a row and what to ask for it.
type measured struct {
	row
	function, argument string
}

var codecRows = []*measured{
	parseRow("parse, 7-bit length, masked", "7masked"),
	parseRow("parse, 16-bit length, masked", "16masked"),
	parseRow("parse, 64-bit length, masked", "64masked"),
	parseRow("parse, 7-bit length, unmasked", "7"),
	appendRow("append, 7-bit length, unmasked", "7"),
	appendRow("append, 16-bit length, unmasked", "16"),
	appendRow("append, 64-bit length, unmasked", "64"),
	appendRow("append, 7-bit length, masked", "7masked"),
	smallMask(1), smallMask(4), smallMask(8), smallMask(16), smallMask(32), smallMask(64), smallMask(125),
	largeMask(1<<10, "1 KiB"), largeMask(16<<10, "16 KiB"), largeMask(64<<10, "64 KiB"),
	utf8Row("ASCII", "ascii"), utf8Row("two-byte letters", "two"), utf8Row("three-byte letters", "three"), utf8Row("ASCII with some others", "mixed"),
	messageRow("125 bytes", 125), messageRow("64 KiB", 64<<10),
}

func parseRow(label, argument string) *measured {
	return &measured{row{section: sectionHeader, label: label, goal: &goal{text: "a third of the best", holds: atMost(1. / 3)}}, "parse", argument}
}

func appendRow(label, argument string) *measured {
	return &measured{row{section: sectionHeader, label: label,
		goal: &goal{text: "half of gobwas", against: []string{"gobwas"}, holds: atMost(.5)}}, "append", argument}
}

func smallMask(size int) *measured {
	label := fmt.Sprint(size, " bytes")
	if size == 1 {
		label = "1 byte"
	}
	return &measured{row{section: sectionMask, label: label, relative: true,
		goal: &goal{text: "faster than all", holds: above(1)}}, "mask", fmt.Sprint(size)}
}

func largeMask(size int, label string) *measured {
	return &measured{row{section: sectionMask, label: label, relative: true,
		goal: &goal{text: "faster than coder, gws, gorilla", against: []string{"coder", "gws", "gorilla"}, holds: above(1)}}, "mask", fmt.Sprint(size)}
}

func utf8Row(label, argument string) *measured {
	return &measured{row{section: sectionUTF8, label: label, relative: true}, "utf8", argument}
}

func messageRow(label string, size int) *measured {
	return &measured{row{section: sectionMessage, label: label}, "message", fmt.Sprint(size)}
}

// running are the contenders' processes.
type running map[string]*process

func startAll() (running, error) {
	all := running{}
	for _, c := range present() {
		p, err := start(exec.Command(c.path))
		if err != nil {
			return nil, err
		}
		all[c.name] = p
	}
	return all, nil
}

func (all running) stop() error {
	var errs []error
	for _, p := range all {
		errs = append(errs, p.stop())
	}
	return errors.Join(errs...)
}

// turn asks every contender once. Who begins takes turns as well.
func (all running) turn(m *measured, round int, limit time.Duration) error {
	list := present()
	for i := range list {
		name := list[(i+round)%len(list)].name
		if m.missing[name] != "" {
			continue
		}
		answer, err := all[name].ask("measure %s %s %s", m.function, m.argument, limit)
		if missing := errMissing(""); errors.As(err, &missing) {
			m.miss(name, "no "+m.function+": "+string(missing))
			continue
		}
		var ns, allocs float64
		if err == nil {
			_, err = fmt.Sscan(answer, &ns, &allocs)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		m.add(name, ns)
		if m.allocs == nil {
			m.allocs = map[string]float64{}
		}
		m.allocs[name] = allocs
	}
	return nil
}

// runCodec measures the functions.
func runCodec(o options) ([]*row, error) {
	all, err := startAll()
	if err != nil {
		return nil, err
	}
	for round := range o.rounds {
		for _, m := range codecRows {
			if err := all.turn(m, round, o.turn/40); err != nil {
				return nil, err
			}
		}
	}
	var rows []*row
	for _, m := range codecRows {
		rows = append(rows, &m.row)
	}
	every, err := everySize(all, o)
	if err != nil {
		return nil, err
	}
	last := slices.IndexFunc(rows, func(r *row) bool { return r.section == sectionUTF8 })
	rows = slices.Insert(rows, last, every)
	how(all)
	return rows, all.stop()
}

// everySize masks every length from 1 to 125 and lists those at which a peer is
// faster. A round goes over all lengths, so that what disturbs the machine for a
// while meets one round of some of them and not all rounds of one.
func everySize(all running, o options) (*row, error) {
	r := &row{section: sectionMask, label: "each of 1 to 125 bytes", goal: &goal{text: "faster than all"}}
	sizes := make([]*measured, 125)
	for i := range sizes {
		sizes[i] = smallMask(i + 1)
	}
	for round := range o.rounds {
		for _, m := range sizes {
			if err := all.turn(m, round, o.turn/200); err != nil {
				return nil, err
			}
		}
	}
	var lost []string
	closest := 0.
	for i, m := range sizes {
		ratio, best := m.ratio()
		if ratio <= 1 {
			lost = append(lost, fmt.Sprintf("%d (%s, %.2f)", i+1, best, ratio))
		}
		if closest == 0 || ratio < closest {
			closest = ratio
		}
	}
	r.held = len(lost) == 0
	r.text = fmt.Sprintf("faster than every peer at all 125 lengths, at the closest %.2f times", closest)
	if !r.held {
		r.text = fmt.Sprintf("slower at %d of 125 lengths: %s", len(lost), strings.Join(lost, ", "))
	}
	return r, nil
}

// reached says of a contender how functions were reached that it does not export.
var reached = map[string][]string{}

func how(all running) {
	for _, c := range present() {
		for _, function := range []string{"parse", "append", "mask", "utf8", "message"} {
			if text, err := all[c.name].ask("how %s", function); err == nil && text != "" {
				reached[c.name] = append(reached[c.name], function+" by "+text)
			}
		}
	}
}

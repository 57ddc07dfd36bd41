package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// The table, once as plain text and once as Markdown for README.md.

const (
	beginMark = "<!-- bench-peers: begin -->"
	endMark   = "<!-- bench-peers: end -->"
)

// cells are the texts of a row: every contender, the ratio, the goal, the verdict.
func (r *row) cells() []string {
	list := []string{r.label}
	for _, c := range contenders {
		text := number(r.shown(c.name))
		if allocs, ok := r.allocs[c.name]; ok && r.section == sectionMessage {
			text += fmt.Sprintf(" (%.0f)", allocs)
		}
		if r.text != "" {
			text = ""
		}
		list = append(list, text)
	}
	ratio, best := r.ratio()
	against := ""
	if !math.IsNaN(ratio) {
		against = fmt.Sprintf("%.2f of %s", ratio, best)
	}
	if r.text != "" {
		against = r.text
	}
	goal := ""
	if r.goal != nil {
		goal = r.goal.text
	}
	return append(list, against, goal, r.verdict())
}

func head() []string {
	list := []string{""}
	for _, c := range contenders {
		list = append(list, c.name)
	}
	return append(list, "ours / best peer", "goal", "")
}

// markdown writes the block for README.md.
func markdown(w io.Writer, about []string, rows []*row) {
	for _, line := range about {
		fmt.Fprintln(w, line)
	}
	section := ""
	for _, r := range rows {
		if r.section != section {
			section = r.section
			titles := head()
			titles[0] = section
			fmt.Fprintf(w, "\n| %s |\n|---%s|\n", strings.Join(titles, " | "), strings.Repeat("|--:", len(contenders))+"|---|---|---")
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(r.cells(), " | "))
	}
	fmt.Fprintln(w)
	for _, note := range notes(rows) {
		fmt.Fprintln(w, "- "+note)
	}
}

// plain writes the same for a terminal.
func plain(w io.Writer, about []string, rows []*row) {
	for _, line := range about {
		fmt.Fprintln(w, line)
	}
	for len(rows) > 0 {
		n := 0
		for n < len(rows) && rows[n].section == rows[0].section {
			n++
		}
		lines := [][]string{head()}
		for _, r := range rows[:n] {
			lines = append(lines, r.cells())
		}
		widths := make([]int, len(lines[0]))
		for _, line := range lines {
			for i, cell := range line[:len(contenders)+1] {
				widths[i] = max(widths[i], len([]rune(cell)))
			}
		}
		fmt.Fprintf(w, "\n%s\n", rows[0].section)
		for _, line := range lines {
			fmt.Fprintf(w, "  %-*s", widths[0], line[0])
			for i, cell := range line[1 : len(contenders)+1] {
				fmt.Fprintf(w, "  %*s", widths[i+1], cell)
			}
			fmt.Fprintf(w, "  %-18s %s %s\n", line[len(contenders)+1], line[len(contenders)+2], line[len(contenders)+3])
		}
		rows = rows[n:]
	}
	fmt.Fprintln(w)
}

// notes name what is missing, and how the rest was reached.
func notes(rows []*row) []string {
	var list []string
	for _, c := range contenders {
		if c.missing != "" {
			list = append(list, fmt.Sprintf("%s is missing: it %s.", c.name, c.missing))
			continue
		}
		said := slices.Clone(reached[c.name])
		for _, r := range rows {
			if why := r.missing[c.name]; why != "" && !slices.Contains(said, why) {
				said = append(said, why)
			}
		}
		if len(said) > 0 {
			list = append(list, fmt.Sprintf("%s: %s.", c.name, strings.Join(said, "; ")))
		}
	}
	return list
}

// about says what ran where and when.
func about(o options, pinned string) []string {
	var versions []string
	for _, c := range contenders {
		if c.module != "" {
			versions = append(versions, c.name+" "+c.version)
		}
	}
	return []string{fmt.Sprintf("Measured on %s with %s on %s/%s, %s; %s; %d rounds, medians. %s.",
		time.Now().Format("2006-01-02"), runtime.Version(), runtime.GOOS, runtime.GOARCH, processor(), pinned, o.rounds, strings.Join(versions, ", "))}
}

// processor names the machine.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range bytes.Lines(text) {
		if name, value, ok := strings.Cut(string(line), ":"); ok && strings.TrimSpace(name) == "model name" {
			return fmt.Sprintf("%s, %d cores", strings.TrimSpace(value), runtime.NumCPU())
		}
	}
	return fmt.Sprintf("%d cores", runtime.NumCPU())
}

// into puts the block between the marks of a file.
func into(path string, block []byte) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(text, []byte(beginMark))
	_, after, ok2 := bytes.Cut(rest, []byte(endMark))
	if !ok || !ok2 {
		return fmt.Errorf("%s: expected %s and %s", path, beginMark, endMark)
	}
	return os.WriteFile(path, slices.Concat(before, []byte(beginMark+"\n"), block, []byte(endMark), after), 0o644)
}

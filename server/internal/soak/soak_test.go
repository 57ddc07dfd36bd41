package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// A soak of seconds on the built server: whatever visitors find wrong fails it,
// and so does what is left when they have gone.
func TestSoak(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	o := options{server: os.Args[0], length: 8 * time.Second, share: 1, seed: 1, svg: filepath.Join(dir, "soak.svg")}
	if err := run(context.Background(), o, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{"echo", "report", "play", " live", heapAtRest + ", up to", "resident memory, up to", "without visitors behind"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, &out)
		}
	}
	picture, err := os.ReadFile(o.svg)
	if err != nil {
		t.Fatal(err)
	}
	for reader := xml.NewDecoder(bytes.NewReader(picture)); ; {
		if _, err := reader.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("the plot: %v\n%s", err, picture)
		}
	}
	if n := bytes.Count(picture, []byte("<polyline")); n != 5 {
		t.Errorf("the plot has %d lines, expected 5", n)
	}
}

// TestMain lets this test binary be the server.
func TestMain(m *testing.M) {
	if os.Getenv(servesVariable) != "" {
		os.Exit(serve())
	}
	goleak.VerifyTestMain(m)
}

// Every panel says how much its top is and has the same time below, also when its
// last sample came earlier than another's.
func TestAxes(t *testing.T) {
	count := func(v float64) string { return fmt.Sprintf("%.0f things", v) }
	picture := string(svg([]line{
		{name: "few", at: []time.Duration{0, 90 * time.Second}, values: []float64{3, 7}, text: count},
		{name: "many", at: []time.Duration{0, 2 * time.Minute}, values: []float64{100, 400}, text: count},
	}, "a verdict"))
	for want, times := range map[string]int{">7 things<": 1, ">400 things<": 1, ">0 things<": 2, ">0s<": 2, ">30s<": 2, ">2m0s<": 2, ">1m30s<": 2} {
		if found := strings.Count(picture, want); found != times {
			t.Errorf("%q stands there %d times, expected %d:\n%s", want, found, times, picture)
		}
	}
}

// What is said stays within the picture.
func TestWrapped(t *testing.T) {
	long := strings.Repeat("a word ± ", 60)
	lines := wrapped("short\n"+long, verdictRoom)
	if lines[0] != "short" || strings.Join(lines[1:], " ") != strings.TrimSpace(long) {
		t.Errorf("found %q", lines)
	}
	for _, line := range lines {
		if len([]rune(line)) > verdictRoom {
			t.Errorf("a line has %d letters, expected at most %d: %q", len([]rune(line)), verdictRoom, line)
		}
	}
}

// A soak does not go on without its visitors.
func TestAVisitorEndsTheSoak(t *testing.T) {
	all := visits
	defer func() { visits = all }()
	visits = []visit{{"complaint", 100, func(*visitor) error { return errors.New("badly served") }}}
	o := options{server: os.Args[0], length: time.Hour, share: 1, seed: 1, svg: filepath.Join(t.TempDir(), "soak.svg")}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := run(ctx, o, io.Discard); ctx.Err() != nil || err == nil || !strings.Contains(err.Error(), `visitor "complaint": badly served`) {
		t.Errorf("found %v, %v, expected that the complaint ends it", err, ctx.Err())
	}
}

// What is wrong is said.
func TestSoakOfABrokenServer(t *testing.T) {
	for program, want := range map[string]string{
		"false":           "the server does not start",
		"no such program": "executable file not found",
	} {
		err := run(context.Background(), options{server: program, length: time.Second}, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected %q", program, err, want)
		}
	}
}

// A visitor who is answered wrongly ends the soak.
func TestVisitorsNotice(t *testing.T) {
	s := &server{address: "127.0.0.1:1"}
	traffic := newTraffic(s, options{seed: 1})
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	traffic.start(ctx)
	traffic.wait()
	if err := traffic.failure(); err == nil || ctx.Err() != nil {
		t.Errorf("nobody noticed that there is no server: %v", err)
	}
	total := 0
	for _, kind := range visits {
		total += kind.often
	}
	if total != 100 {
		t.Errorf("the visitors are %d in a hundred", total)
	}
}

package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// The program of this test is no server, so the servers of hold end at once.
func TestHoldServersThatDoNotServe(t *testing.T) {
	interrupted, interrupt := context.WithCancel(context.Background())
	interrupt()
	for want, ctx := range map[string]context.Context{
		"the servers ended before they served: ": context.Background(),
		"interrupted before the servers served":  interrupted,
	} {
		s, err := holdServers(ctx, &Process{Stderr: os.Stderr, Lookup: os.LookupEnv}, 10)
		if s != nil || err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("found %v, %v, expected %q", s, err, want)
		}
	}
}

func TestServersLog(t *testing.T) {
	log, err := newServersLog()
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(context.Background())
	fmt.Fprint(log.writer, "time=1 msg=listening url=a\ntime=2 msg=other\n")
	if !log.waitFor(ctx, 1) {
		t.Error("one serves, and that is not found")
	}
	time.AfterFunc(10*time.Millisecond, interrupt)
	if log.waitFor(ctx, 2) {
		t.Error("found two that serve, expected one")
	}
	time.AfterFunc(10*time.Millisecond, func() { log.writer.Close() })
	if log.waitFor(context.Background(), 2) {
		t.Error("found two that serve, expected one")
	}
	log.wait()
	if last := log.last(); last != "time=2 msg=other" {
		t.Errorf("the last line is %q", last)
	}
}

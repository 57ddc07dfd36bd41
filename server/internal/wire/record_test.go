package wire

import (
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
)

// What comes while a write is under way stands behind it, with the time at which
// it came.
func TestRecorderHoldsAnswersBack(t *testing.T) {
	limits := Limits{Bytes: 100, Entries: 100}
	var seen []string
	r := recorder{limits: &limits, start: time.Now(), sink: func(e protocol.Entry) { seen = append(seen, string(e.Data)) }}
	add := func(at int64, data string) {
		t.Helper()
		if err := r.add(protocol.Entry{At: at, From: protocol.RoleServer, Kind: protocol.EntryBytes, Data: []byte(data)}); err != nil {
			t.Error(err)
		}
	}
	add(1, "first")
	r.beginWrite()
	add(3, "answer")
	if got := strings.Join(seen, " "); got != "first" {
		t.Errorf("found %q while the write is under way", got)
	}
	if err := r.endWrite(protocol.Entry{At: 2, Kind: protocol.EntryBytes, Data: []byte("question")}); err != nil {
		t.Error(err)
	}
	add(4, "last")
	if got := strings.Join(seen, " "); got != "first question answer last" {
		t.Errorf("found %q, expected the question in front of its answer", got)
	}
	// A write of nothing is none.
	r.beginWrite()
	if err := r.endWrite(protocol.Entry{At: 5, Kind: protocol.EntryBytes}); err != nil || len(r.entries) != 4 {
		t.Errorf("found %d entries, %v, expected 4", len(r.entries), err)
	}
}

// The limits cut where they are reached, and other entries still come.
func TestRecorderLimits(t *testing.T) {
	limits := Limits{Bytes: 5, Entries: 3}
	r := recorder{limits: &limits, start: time.Now(), sink: func(protocol.Entry) {}}
	bytes := func(n int) error {
		return r.add(protocol.Entry{Kind: protocol.EntryBytes, Data: make([]byte, n)})
	}
	if err := bytes(5); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if err := bytes(1); err == nil || len(r.entries) != 1 {
		t.Errorf("found %d entries, %v, expected the limit of 5 bytes", len(r.entries), err)
	}
	limits.Bytes = 100
	if err := bytes(1); err != nil || len(r.entries) != 2 {
		t.Errorf("found %d entries, %v, expected 2", len(r.entries), err)
	}
	if err := bytes(1); err != nil || len(r.entries) != 3 {
		t.Errorf("found %d entries, %v, expected 3", len(r.entries), err)
	}
	if err := bytes(1); err == nil || len(r.entries) != 3 {
		t.Errorf("found %d entries, %v, expected the limit of 3 entries", len(r.entries), err)
	}
	if err := r.add(protocol.Entry{Kind: protocol.EntryStop}); err != nil || len(r.entries) != 4 {
		t.Errorf("found %d entries, %v, expected the stop", len(r.entries), err)
	}
}

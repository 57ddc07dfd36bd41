package protocol_test

import (
	"bytes"
	"errors"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	. "framecraft/protocol"
)

// Reading and printing transcripts.

func TestParseTranscript(t *testing.T) {
	for _, test := range []struct {
		line string
		want Entry
		// printed is the canonical line where it is another one.
		printed string
	}{
		{`0ms client open 127.0.0.1:50112 127.0.0.1:8080`, Entry{Note: "127.0.0.1:50112 127.0.0.1:8080"}, ""},
		{`0ms client open`, Entry{}, ""},
		{`0.31ms client bytes "GET / HTTP/1.1\r\n"`, Entry{At: 310000, Kind: EntryBytes, Data: []byte("GET / HTTP/1.1\r\n")}, ""},
		{` 0.52ms  server bytes 8105 48656c6c6f#c`, Entry{At: 520000, From: RoleServer, Kind: EntryBytes, Data: []byte("\x81\x05Hello")},
			`0.52ms server bytes 81 05 48 65 6c 6c 6f`},
		{`1ms server bytes "a\tb"`, Entry{At: 1e6, From: RoleServer, Kind: EntryBytes, Data: []byte("a\tb")}, `1ms server bytes 61 09 62`},
		{`1ms server bytes repeat(41,3)`, Entry{At: 1e6, From: RoleServer, Kind: EntryBytes, Data: []byte("AAA")}, `1ms server bytes "AAA"`},
		{`1ms server bytes`, Entry{At: 1e6, From: RoleServer, Kind: EntryBytes}, ""},
		{`1.2ms client end`, Entry{At: 1200000, Kind: EntryEnd}, ""},
		{`1300us server reset # x`, Entry{At: 1300000, From: RoleServer, Kind: EntryReset}, `1.3ms server reset`},
		{`2ms client failed connection refused`, Entry{At: 2e6, Kind: EntryFailed, Note: "connection refused"}, `2ms client failed "connection refused"`},
		{`60s stop "too \"long\""`, Entry{At: 60e9, Kind: EntryStop, Note: `too "long"`}, ""},
		{`1.4ms expect 7 met`, Entry{At: 1400000, Kind: EntryExpect, Line: 7, Met: true}, ""},
		{`1.4ms expect 7 unmet "nothing came"`, Entry{At: 1400000, Kind: EntryExpect, Line: 7, Note: "nothing came"}, ""},
	} {
		tr, err := ParseTranscript("\n# before\n" + test.line + "\n")
		if err != nil || len(tr.Entries) != 1 {
			t.Errorf("%s: %v, %v", test.line, tr, err)
			continue
		}
		if !reflect.DeepEqual(tr.Entries[0], test.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", test.line, tr.Entries[0], test.want)
		}
		want := test.printed
		if want == "" {
			want = test.line
		}
		if got := string(tr.AppendTo(nil)); got != want+"\n" {
			t.Errorf("%s: printed %s", test.line, got)
		}
	}
}

func TestTranscriptErrors(t *testing.T) {
	const time, end = "a time such as 0.31ms or 1.5s, at most 24 hours", "the end of the line or a # comment"
	for _, test := range []struct {
		text                string
		line, column, width int
		found, expected     string
	}{
		{"x", 1, 1, 1, `"x"`, time},
		{"\n 5 client end", 2, 2, 1, `"5"`, time},
		{"1ms", 1, 4, 1, "the end of the line", "client, server, stop or expect"},
		{"1ms end", 1, 5, 3, `"end"`, "client, server, stop or expect"},
		{"1ms client", 1, 11, 1, "the end of the line", "what the client did: open, bytes, end, reset or failed"},
		{"1ms server stop", 1, 12, 4, `"stop"`, "what the server did: open, bytes, end, reset or failed"},
		{"1ms client bytes zz", 1, 18, 1, `"z"`, "a hex digit"},
		{"1ms client end \"a\" b", 1, 20, 1, `"b"`, end},
		{"1ms expect x met", 1, 12, 1, `"x"`, "a line of the scenario, a number"},
		{"1ms expect 10001 met", 1, 12, 5, `"10001"`, "a line of the scenario, a number"},
		{"1ms expect 1", 1, 13, 1, "the end of the line", "met or unmet"},
		{"1ms expect 1 mett", 1, 14, 4, `"mett"`, "met or unmet"},
		{"0ms client bytes repeat(00,16777216)\n0ms server bytes 00", 2, 18, 2, `"00"`, "at most 16777216 bytes of payload in all frames together"},
		{"0ms client bytes repeat(00,16777214)\n0ms server bytes 00 01\n0ms server bytes 00", 3, 18, 2, `"00"`,
			"at most 16777216 bytes of payload in all frames together"},
		{strings.Repeat("0s stop\n", MaxTranscriptEntries) + "0s stop", MaxTranscriptEntries + 1, 1, 7, `"0s stop"`, "at most 200000 entries in one transcript"},
	} {
		_, err := ParseTranscript(test.text)
		var e *NotationError
		if !errors.As(err, &e) {
			t.Errorf("%.60q: %v, want an error", test.text, err)
			continue
		}
		want := NotationError{test.line, test.column, test.width, test.found, test.expected}
		if *e != want {
			t.Errorf("%.60q:\n got %+v\nwant %+v", test.text, *e, want)
		}
	}
}

// The bytes of one entry can grow without those of the next one changing.
func TestTranscriptEntriesAreApart(t *testing.T) {
	tr, err := ParseTranscript("0ms client bytes 01\n0ms server bytes 02\n")
	if err != nil {
		t.Fatal(err)
	}
	_ = append(tr.Entries[0].Data, 3)
	if got := tr.Entries[1].Data[0]; got != 2 {
		t.Errorf("the second entry begins with %d", got)
	}
}

func TestTranscriptPrefixes(t *testing.T) {
	text := "0ms client open 127.0.0.1:1 127.0.0.1:2\n0.31ms client bytes \"GET\\r\\n\"\n1.2s server bytes 81 05\n2s client failed \"é\"\n" +
		"# c\n2s client reset\n2s stop \"why\"\n2s expect 7 unmet \"x\"\n"
	for i := range len(text) + 1 {
		tr, err := ParseTranscript(text[:i])
		if err != nil {
			var e *NotationError
			if !errors.As(err, &e) || e.Line < 1 || e.Column < 1 || e.Width < 1 {
				t.Errorf("%q: %#v", text[:i], err)
			}
			continue
		}
		requireSameTranscript(t, tr)
	}
}

func requireSameTranscript(t testing.TB, tr *Transcript) {
	t.Helper()
	printed := tr.AppendTo(nil)
	again, err := ParseTranscript(string(printed))
	if err != nil {
		t.Fatalf("%q: %v", printed, err)
	}
	if len(again.Entries) != len(tr.Entries) || len(tr.Entries) > 0 && !reflect.DeepEqual(again, tr) {
		t.Fatalf("%q is read as %+v, was %+v", printed, again, tr)
	}
	if twice := again.AppendTo(nil); !bytes.Equal(twice, printed) {
		t.Fatalf("printed as %q and then as %q", printed, twice)
	}
}

func TestRandomTranscripts(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	for range 2000 {
		tr := &Transcript{}
		for range r.Intn(6) {
			e := Entry{At: pick(r, edgeTimes), Kind: EntryKind(r.Intn(int(EntryExpect) + 1))}
			if e.Kind < EntryStop {
				e.From = Role(r.Intn(2))
			}
			switch e.Kind {
			case EntryBytes:
				if data := randomData(r); data != "" {
					e.Data = []byte(data)
				}
			case EntryExpect:
				e.Line, e.Met = r.Intn(MaxScenarioLines), r.Intn(2) == 0
				fallthrough
			default:
				e.Note = pick(r, edgeValues)
			}
			tr.Entries = append(tr.Entries, e)
		}
		requireSameTranscript(t, tr)
	}
}

func FuzzTranscript(f *testing.F) {
	for _, seed := range []string{"", "0ms client open a b\n0.3ms client bytes \"GET\"\n1s server bytes 81 00\n1s server end\n",
		"2ms client failed \"x\"\n60s stop y # z\n1ms expect 7 unmet \"q\"\n1ms expect 8 met"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if tr, err := ParseTranscript(text); err == nil {
			requireSameTranscript(t, tr)
		}
	})
}

package protocol

import (
	"encoding/json"
	"strings"
	"testing"
)

// What a row of the diagram shows of a payload.

func TestPreviews(t *testing.T) {
	for _, test := range []struct {
		opcode     Opcode
		payload    string
		compressed bool
		want       string
	}{
		{OpcodeText, "", false, `""`},
		{OpcodeText, "Grüße\n", false, `"Grüße\n"`},
		{OpcodeText, "a\xff", false, `"a\xff"`},
		{OpcodeText, strings.Repeat("a", 32), false, `"` + strings.Repeat("a", 32) + `"`},
		{OpcodeText, strings.Repeat("a", 33), false, `"` + strings.Repeat("a", 32) + `"…`},
		{OpcodeText, strings.Repeat("a", 31) + "€€", false, `"` + strings.Repeat("a", 31) + `"…`},
		{OpcodeText, strings.Repeat("\xff", 33), false, `"` + strings.Repeat(`\xff`, 32) + `"…`},
		{OpcodeText, "\xf2\x48", true, `hex:f248`},
		{OpcodeBinary, "\x00\xff", false, `hex:00ff`},
		{OpcodeBinary, "", false, `""`},
		{OpcodeBinary, strings.Repeat("\x00", 40), false, `hex:` + strings.Repeat("00", 32) + `…`},
		{OpcodePing, "still there?", false, `"still there?"`},
		{OpcodePong, "a\nb", false, `hex:610a62`},
		{OpcodeContinuation, "lo", false, `"lo"`},
		{OpcodeClose, "", false, `""`},
		{OpcodeClose, "\x03", false, `hex:03`},
		{OpcodeClose, "\x03\xe8", false, `1000`},
		{OpcodeClose, "\x03\xeabye", false, `1002 "bye"`},
		{OpcodeClose, "\x03\xea" + strings.Repeat("x", 40), false, `1002 "` + strings.Repeat("x", 32) + `"…`},
	} {
		data := []byte(test.payload)
		shown := data[:min(len(data), previewBytes+4)]
		if got := string(appendPreview(nil, shown, len(data), test.opcode, test.compressed)); got != test.want {
			t.Errorf("%v %q: %s, expected %s", test.opcode, test.payload, got, test.want)
		}
	}
}

// conversationRow is as much of a row's JSON as the tests look at.
type conversationRow struct {
	Kind, Side, Preview, Inflated, Note string
	At, Until                           float64
	Complete                            bool
	PayloadLength                       *string
	Mask                                *int
}

func rowsOf(t testing.TB, c *Conversation) []conversationRow {
	t.Helper()
	var shown struct{ Rows []conversationRow }
	if err := json.Unmarshal(c.AppendJSON(nil), &shown); err != nil {
		t.Fatal(err)
	}
	return shown.Rows
}

func TestConversationRows(t *testing.T) {
	rows := rowsOf(t, InspectTranscript(conversation(t, "+pmd C> 89 82 37 fa 21 3d 5f 93 ; S> 41 03 f2 48 cd ; S> 80 04 c9 c9 07 00 ; S> 89 00 81 01 61 c2 01 06 ; S> c2 ; S> 86 00 00 00 00 01")))
	want := []conversationRow{
		{Kind: "head", Side: "client", Note: "GET /chat HTTP/1.1", Complete: true},
		{Kind: "head", Side: "server", Note: "HTTP/1.1 101 Switching Protocols", Complete: true, At: 1, Until: 1},
		{Kind: "frame", Side: "client", Preview: `"hi"`, Complete: true, At: 2, Until: 2},
		{Kind: "frame", Side: "server", Preview: `hex:f248cd`, Complete: true, At: 3, Until: 3},
		{Kind: "frame", Side: "server", Preview: `hex:c9c90700`, Inflated: `"Hello"`, Complete: true, At: 4, Until: 4},
		{Kind: "frame", Side: "server", Preview: `""`, Complete: true, At: 5, Until: 5},
		{Kind: "frame", Side: "server", Preview: `"a"`, Complete: true, At: 5, Until: 5},
		{Kind: "frame", Side: "server", Preview: `hex:06`, Complete: true, At: 5, Until: 5},
		{Kind: "frame", Side: "server", Preview: `hex:01`, At: 6, Until: 7},
	}
	for i, row := range rows {
		row.PayloadLength, row.Mask = nil, nil
		if i >= len(want) || row != want[i] {
			t.Errorf("row %d is %+v", i, row)
		}
	}
	if len(rows) != len(want) {
		t.Errorf("%d rows, expected %d", len(rows), len(want))
	}
	for _, test := range []struct {
		bytes  string
		mask   bool
		length string
	}{{"81", false, ""}, {"81 7e", true, ""}, {"81 7e 00 05", true, "5"}, {"81 7f 80 00 00 00 00 00 00 01", true, "9223372036854775809"}} {
		rows := rowsOf(t, InspectTranscript(conversation(t, "S> "+test.bytes)))
		last := rows[len(rows)-1]
		if (last.Mask != nil) != test.mask || (last.PayloadLength != nil) != (test.length != "") || last.Complete {
			t.Errorf("%s: %+v", test.bytes, last)
		} else if test.length != "" && *last.PayloadLength != test.length {
			t.Errorf("%s: payload length %s", test.bytes, *last.PayloadLength)
		}
	}
}

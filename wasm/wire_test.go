package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"framecraft/protocol"
)

// What the page is told about scenarios and transcripts.

func TestScenario(t *testing.T) {
	var w workbench
	w.scenario("role client # us\nhandshake /chat\n  with Sec-WebSocket-Extensions: permessage-deflate\n\ntext rsv1 hex:f248cdc9c90700\n" +
		"wait 1.50s\nping mask=00000001 \"a\"\nbytes 81\n")
	var view struct {
		Role  string
		Steps []struct {
			Kind, Text                 string
			Line, LastLine, Start, End int
		}
		Handshake struct {
			Request  struct{ End int }
			RowCount int
		}
	}
	if err := json.Unmarshal(w.view, &view); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range view.Steps {
		got = append(got, fmt.Sprintf("%d-%d %s %q %d", s.Line, s.LastLine, s.Kind, s.Text, s.End-s.Start))
	}
	want := []string{`1-1 role "role client # us" 0`,
		`2-3 handshake "handshake /chat\n  with Sec-WebSocket-Extensions: permessage-deflate" 207`,
		`4-4 comment "" 0`, `5-5 frame "text rsv1 hex:f248cdc9c90700" 13`, `6-6 wait "wait 1.5s" 0`,
		`7-7 frame "ping mask=00000001 \"a\"" 7`, `8-8 bytes "bytes 81" 1`}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("steps\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if head := view.Steps[1]; head.Start != 21 || head.End != len(w.wire) || len(w.unmasked) != len(w.wire) {
		t.Errorf("the head lies at %d to %d of %d and %d bytes", head.Start, head.End, len(w.wire), len(w.unmasked))
	}
	if view.Role != "client" || view.Handshake.RowCount != 1 || view.Handshake.Request.End != 207 {
		t.Errorf("role %s, handshake %+v", view.Role, view.Handshake)
	}
	// The first offer of permessage-deflate is taken for agreed.
	if report := string(w.report); !strings.Contains(report, `"frameCount":3`) || strings.Contains(report, "rsv1-unnegotiated") {
		t.Errorf("report %s", report)
	}
	w.scenario("role server\nhandshake\n  also Sec-WebSocket-Extensions: permessage-deflate\ntext nomask rsv1 hex:f248cdc9c90700")
	if report := string(w.report); !strings.Contains(report, `"diagnosticCount":0`) || !strings.Contains(report, `"sender":"server"`) {
		t.Errorf("report %s", report)
	}
	w.scenario("text\nwait")
	if view := string(w.view); !strings.Contains(view, `{"line":2,"column":5,`) || len(w.report)+len(w.doc)+len(w.wire) > 0 {
		t.Errorf("view %s", view)
	}
}

func TestTranscript(t *testing.T) {
	var w workbench
	w.transcript("1ms client bytes 89 81 37\n2.5ms server bytes 88 05 03 e8 62 79 65\n3ms client bytes fa 21 3d 56\n4ms expect 7 unmet \"x\"\n")
	want := `{"error":null,"conversation":{"request":null,"response":null,"accepted":false,"deflate":null,"subprotocol":null,` +
		`"clientLength":7,"serverLength":7,"duration":4,"rows":[` +
		`{"kind":"frame","side":"server","at":2.5,"until":2.5,"start":0,"end":7,"complete":true,"fin":1,"rsv1":0,"opcode":8,` +
		`"opcodeName":"close","mask":0,"payloadLength":"5","preview":"1000 \"bye\""},` +
		`{"kind":"frame","side":"client","at":1,"until":3,"start":0,"end":7,"complete":true,"fin":1,"rsv1":0,"opcode":9,` +
		`"opcodeName":"ping","mask":1,"payloadLength":"1","preview":"\"a\"","diagnostics":1},` +
		`{"kind":"expect","at":4,"note":"x","line":7,"met":false}],"rowCount":3,"diagnostics":[` +
		`{"rule":"handshake-request-missing","section":"4.1","level":"MUST","statusCode":null,"row":1,"bit":0,"bits":56,` +
		`"found":"`
	if got := string(w.view); !strings.HasPrefix(got, want) {
		t.Errorf("found\n%s\nexpected\n%s…", got, want)
	}
	if string(w.wire) != "\x89\x81\x37\xfa\x21\x3d\x56\x88\x05\x03\xe8bye" {
		t.Errorf("bytes % x", w.wire)
	}
}

// manyFrames is a transcript with so many frames, one way and the other.
func manyFrames(n int) string {
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	t := protocol.Transcript{}
	add := func(from protocol.Role, data []byte) {
		t.Entries = append(t.Entries, protocol.Entry{At: int64(len(t.Entries)) * 31000, From: from, Kind: protocol.EntryBytes, Data: data})
	}
	add(protocol.RoleClient, protocol.DefaultRequest("localhost", "/", key).AppendTo(nil))
	add(protocol.RoleServer, protocol.DefaultResponse(key).AppendTo(nil))
	for i := range n / 2 {
		text := protocol.Payload{Data: fmt.Sprintf("message %d, a short one", i)}
		add(protocol.RoleClient, protocol.Draft{Flags: protocol.FIN | protocol.MASK | 0x100, Payload: text}.AppendTo(nil, protocol.MaskingKey(i)*keyStep))
		add(protocol.RoleServer, protocol.Draft{Flags: protocol.FIN | 0x100, Payload: text}.AppendTo(nil, 0))
	}
	return string(t.AppendTo(nil))
}

func BenchmarkTranscript(b *testing.B) {
	text := manyFrames(10000)
	b.SetBytes(int64(len(text)))
	var w workbench
	for b.Loop() {
		w.transcript(text)
	}
	if !strings.Contains(string(w.view[:200]), `"error":null`) || len(w.view) < 1<<20 {
		b.Fatalf("%d bytes: %.200s", len(w.view), w.view)
	}
}

package protocol

import (
	"strings"
	"testing"
)

// What is found in both directions together. The vectors are written as in the
// catalogue of rules:
//
//	S> 89 00 ; C> 8a 80 37 fa 21 3d EOF
//
// C> and S> are bytes of client and server, EOF is the end of that side, RST its
// reset, STOP the end of the transcript by a limit. In front of them stands the
// handshake of RFC 6455, section 1.2, with permessage-deflate in it for +pmd and
// +pmd(parameters).

// conversation turns a vector into a transcript, with a millisecond from one entry
// to the next.
func conversation(t testing.TB, vector string) *Transcript {
	t.Helper()
	extensions := ""
	if strings.HasPrefix(vector, "+pmd") {
		extensions, vector, _ = strings.Cut(vector[1:], " ")
		extensions = strings.NewReplacer("pmd", pmd, "(", "; ", ")", "", ",", "; ").Replace(extensions)
	}
	tr := new(Transcript)
	tr.handshake(sampleRequest, sampleResponse, extensions)
	for _, step := range strings.Split(vector, " ; ") {
		from := RoleClient
		switch {
		case strings.HasPrefix(step, "S>"):
			from = RoleServer
		case step == "STOP":
			tr.add(Entry{Kind: EntryStop})
			continue
		case !strings.HasPrefix(step, "C>"):
			t.Fatalf("no step: %q", step)
		}
		digits, end := step[2:], EntryOpen
		if before, ok := strings.CutSuffix(digits, "EOF"); ok {
			digits, end = before, EntryEnd
		} else if before, ok := strings.CutSuffix(digits, "RST"); ok {
			digits, end = before, EntryReset
		}
		if data := unhex(t, digits); len(data) > 0 {
			tr.add(Entry{From: from, Kind: EntryBytes, Data: data})
		}
		if end != EntryOpen {
			tr.add(Entry{From: from, Kind: end})
		}
	}
	return tr
}

func (tr *Transcript) add(e Entry) {
	e.At = int64(len(tr.Entries)) * 1e6
	tr.Entries = append(tr.Entries, e)
}

// handshake adds the two heads, with an extension in both.
func (tr *Transcript) handshake(request, response, extensions string) {
	if extensions != "" {
		request = editHead(request, "+Sec-WebSocket-Extensions: "+extensions)
		response = editHead(response, "+Sec-WebSocket-Extensions: "+extensions)
	}
	tr.add(Entry{Kind: EntryBytes, Data: []byte(request)})
	if response != "" {
		tr.add(Entry{From: RoleServer, Kind: EntryBytes, Data: []byte(response)})
	}
}

// broke lists the rules broken, each with the side that broke it.
func (c *Conversation) broke() string {
	var list []string
	for _, d := range c.Diagnostics {
		list = append(list, d.Side.String()[:1]+":"+d.Rule.String())
	}
	return strings.Join(list, " ")
}

const (
	maskedClose = "88 80 37 fa 21 3d"
	cleanEnd    = " ; S> 88 00 ; C> 88 80 0a 0b 0c 0d ; S> EOF ; C> EOF"
)

var pairVectors = []struct{ steps, broke string }{
	// The catalogue's own.
	{"S> 88 00 ; C> EOF", "c:close-not-answered"},
	{"S> 88 00 ; C> " + maskedClose + " EOF ; S> EOF", "c:close-client-tcp-first"},
	{"S> 89 00 88 00 ; C> " + maskedClose + " ; S> EOF ; C> EOF", "c:sequence-pong-missing"},
	{"S> 89 01 61 ; C> 8a 81 37 fa 21 3d 55", "c:sequence-pong-payload-mismatch"},
	{"S> 83 00 ; C> EOF", "s:frame-opcode-reserved c:close-fail-without-frame"},
	{"S> 83 00 89 00 ; C> 8a 80 37 fa 21 3d", "s:frame-opcode-reserved c:close-fail-keeps-reading"},
	{"S> EOF", "s:close-frame-missing"},
	{"S> 81 EOF", "s:frame-truncated"},

	// The same with the sides changed.
	{"C> " + maskedClose + " ; S> EOF", "s:close-not-answered"},
	{"C> 89 80 37 fa 21 3d 88 80 0a 0b 0c 0d ; S> 88 00 EOF", "s:sequence-pong-missing"},
	{"C> 89 81 37 fa 21 3d 56 ; S> 8a 01 62", "s:sequence-pong-payload-mismatch"},
	{"C> 83 80 37 fa 21 3d ; S> EOF", "c:frame-opcode-reserved s:close-fail-without-frame"},
	{"C> 83 80 37 fa 21 3d 89 80 0a 0b 0c 0d ; S> 8a 00", "c:frame-opcode-reserved s:close-fail-keeps-reading"},
	{"C> EOF", "c:close-frame-missing"},
	{"C> 81 85 37 EOF", "c:frame-truncated"},
	{"C> RST", "c:close-frame-missing"},

	// Closing, from either side and from both at once.
	{"C> " + maskedClose + " ; S> 88 00 EOF ; C> EOF", ""},
	{"S> 88 00 ; C> " + maskedClose + " ; S> EOF ; C> EOF", ""},
	{"C> " + maskedClose + " ; S> 88 00 ; C> EOF ; S> EOF", "c:close-client-tcp-first"},
	{"C> " + maskedClose + " ; S> 88 00 ; C> EOF", "c:close-client-tcp-first"},
	{"C> " + maskedClose + " EOF ; S> 88 00 EOF", ""},
	{"C> " + maskedClose + " ; S> 88 00 ; C> RST", "c:close-client-tcp-first"},
	{"S> EOF ; C> EOF", "s:close-frame-missing"},
	{"S> 88 00 EOF ; C> EOF", "c:close-not-answered"},
	{"S> RST ; C> EOF", "s:close-frame-missing"},
	{"S> 88 00 RST ; C> EOF", ""},
	{"C> EOF ; S> 88 00 EOF", "c:close-frame-missing"},
	{"C> EOF ; C> EOF", "c:close-frame-missing"},
	{"S> 88 00 ; C> 88 80", ""},
	{"S> 88 00 ; C> 88 80 EOF", "c:frame-truncated"},
	{"STOP ; C> EOF ; S> EOF", ""},
	{"S> 88 00 ; STOP ; C> EOF", ""},

	// Failing.
	{"S> 83 00 ; C> " + maskedClose + " ; S> EOF ; C> EOF", "s:frame-opcode-reserved s:close-not-answered"},
	{"S> 88 00 83 00 ; C> EOF", "s:frame-opcode-reserved s:close-data-after-close c:close-not-answered"},
	{"S> 83 00 88 00 ; C> EOF", "s:frame-opcode-reserved c:close-fail-without-frame"},
	{"S> 83 00 EOF ; C> EOF", "s:frame-opcode-reserved s:close-frame-missing c:close-fail-without-frame"},
	{"S> 88 02 03 ed ; C> EOF", "s:close-code-reserved-on-wire c:close-fail-without-frame"},
	{"S> 83 00 89 01 61 ; C> 8a 81 37 fa 21 3d 55", "s:frame-opcode-reserved"},
	{"S> 83 00 8a 00 ; C> 8a 80 37 fa 21 3d", "s:frame-opcode-reserved"},
	{"S> 89 00 83 00 ; C> 8a 80 37 fa 21 3d", "s:frame-opcode-reserved"},
	{"S> 89 01 61 83 00 89 01 62 ; C> 8a 81 37 fa 21 3d 56 8a 81 0a 0b 0c 0d 68", "s:frame-opcode-reserved c:close-fail-keeps-reading"},

	// Pings.
	{"S> 89 01 61 ; C> 8a 81 37 fa 21 3d 56" + cleanEnd, ""},
	{"S> 89 01 61 89 01 62 ; C> 8a 81 37 fa 21 3d 55" + cleanEnd, ""},
	{"S> 89 01 61 89 01 62 ; C> 8a 81 37 fa 21 3d 56" + cleanEnd, "c:sequence-pong-missing"},
	{"S> 89 01 61 ; C> 8a 81 37 fa 21 3d 55" + cleanEnd, "c:sequence-pong-payload-mismatch"},
	{"S> 89 01 61 ; C> 8a 81 37 fa 21 3d 55 8a 81 01 02 03 04 60" + cleanEnd, ""},
	{"C> 8a 81 37 fa 21 3d 55" + cleanEnd, ""},
	{"S> 8a 00 89 00 ; C> 8a 80 37 fa 21 3d" + cleanEnd, ""},
	{"C> " + maskedClose + " ; S> 89 00 88 00 EOF ; C> EOF", ""},
	{"S> 88 00 89 00 ; C> " + maskedClose + " ; S> EOF ; C> EOF", ""},
	{"S> 89 00 ; C> RST", "c:close-frame-missing c:sequence-pong-missing"},
	{"S> 89 00 RST ; C> EOF", "s:close-frame-missing"},
	{"S> 09 00 ; C> " + maskedClose + " ; S> 88 00 EOF ; C> EOF", "s:frame-control-fragmented"},
	{"S> 09 00 ; C> 8a 80 37 fa 21 3d", "s:frame-control-fragmented"},

	// Compressed messages, read with what was agreed on.
	{"+pmd S> c1 07 f2 48 cd c9 c9 07 00" + cleanEnd, ""},
	{"+pmd(server_max_window_bits=10) S> c1 0c 4a 1c 05 a3 60 14 8c 02 60 01 00 00", "s:deflate-server-window-exceeded"},
	{"S> c2 07 f2 48 cd c9 c9 07 00", "s:frame-rsv1-unnegotiated"},
	{"+pmd S> 41 04 f2 48 05 00 ; S> 80 05 ca c9 c9 07 00", "s:deflate-fragment-tail-removed"},
}

func TestPairVectors(t *testing.T) {
	alone := map[string]bool{}
	for _, v := range pairVectors {
		c := InspectTranscript(conversation(t, v.steps))
		if got := c.broke(); !sameSet(strings.Fields(got), strings.Fields(v.broke)) {
			t.Errorf("%s\nbroke %s, expected %s", v.steps, got, v.broke)
		}
		if c.DiagnosticCount != len(c.Diagnostics) {
			t.Errorf("%s: %d diagnostics of %d", v.steps, len(c.Diagnostics), c.DiagnosticCount)
		}
		for _, rule := range strings.Fields(v.broke) {
			alone[rule[2:]] = true
		}
		c.require(t)
	}
	for id := firstPairRule; id < firstDeflateRule; id++ {
		if !alone[id.String()] {
			t.Errorf("no vector breaks %s", id)
		}
	}
}

// require fails unless rows and diagnostics belong together.
func (c *Conversation) require(t testing.TB) {
	t.Helper()
	counts := make([]int, len(c.Rows))
	at := 0
	for _, d := range c.Diagnostics {
		if d.Row < at || d.Row >= c.RowCount {
			t.Fatalf("%s stands at row %d of %d, behind row %d", d.Rule, d.Row, c.RowCount, at)
		}
		if at = d.Row; at < len(counts) {
			counts[at]++
		}
		if d.Span.End() > uint64(len(c.Sent[d.Side]))*8 {
			t.Fatalf("%s: %+v is beyond the %d bytes of the %s", d.Rule, d.Span, len(c.Sent[d.Side]), d.Side)
		}
	}
	var next [2]int
	for i, row := range c.Rows {
		if counts[i] > row.Diagnostics || len(c.Diagnostics) == c.DiagnosticCount && counts[i] != row.Diagnostics {
			t.Fatalf("row %d has %d diagnostics and says %d", i, counts[i], row.Diagnostics)
		}
		if row.Kind == RowEntry {
			continue
		}
		if row.Start != next[row.Side] || row.End <= row.Start {
			t.Fatalf("row %d: bytes %d to %d at %d to %d, expected them from %d on", i, row.Start, row.End, row.At, row.Until, next[row.Side])
		}
		next[row.Side] = row.End
	}
	if len(c.Rows) == c.RowCount && (next[0] != len(c.Sent[0]) || next[1] != len(c.Sent[1])) {
		t.Fatalf("the rows end at %v, the bytes at %d and %d", next, len(c.Sent[0]), len(c.Sent[1]))
	}
}

// What one direction breaks alone, it breaks here as well, and no more.
func TestVectorsInConversations(t *testing.T) {
	for _, v := range allVectors() {
		tr := new(Transcript)
		tr.handshake(sampleRequest, sampleResponse, v.agreed)
		if data := v.bytes(t); len(data) > 0 {
			tr.add(Entry{From: v.sender, Kind: EntryBytes, Data: data})
		}
		if v.ended {
			tr.add(Entry{From: v.sender, Kind: EntryEnd})
		}
		c := InspectTranscript(tr)
		var got []string
		for _, d := range c.Diagnostics {
			got = append(got, d.Rule.String())
			if d.Side != v.sender {
				t.Errorf("%s: %s is laid to the %s", v.name, d.Rule, d.Side)
			}
		}
		if !sameSet(got, strings.Fields(v.breaks)) {
			t.Errorf("%s: broke %q, expected %q", v.name, got, v.breaks)
		}
		c.require(t)
	}
}

func TestHandshakeVectorsInConversations(t *testing.T) {
	for _, v := range handshakeVectors {
		x := edited(t, v.edits)
		tr := new(Transcript)
		tr.add(Entry{Kind: EntryBytes, Data: []byte(x.request + x.early)})
		if x.answered && x.response == "" {
			tr.add(Entry{From: RoleServer, Kind: EntryEnd})
		} else if x.answered {
			tr.add(Entry{From: RoleServer, Kind: EntryBytes, Data: []byte(x.response)})
		}
		c := InspectTranscript(tr)
		var got []string
		for _, d := range c.Diagnostics {
			got = append(got, d.Rule.String())
		}
		if !sameSet(got, strings.Fields(v.breaks)) {
			t.Errorf("%s: broke %q, expected %q", v.edits, got, v.breaks)
		}
		c.require(t)
	}
}

// The heads as they come: in pieces, behind an interim one, with a body, or not at
// all.
// A client that drops TCP because of the response does what it has to.
func TestUnfitResponse(t *testing.T) {
	for _, v := range []struct{ edit, steps, broke string }{
		{"Sec-WebSocket-Accept: x", "C> EOF", "s:handshake-accept-mismatch"},
		{"-Upgrade", "S> 89 00 ; C> RST", "s:handshake-response-upgrade-missing"},
		{"-Upgrade", "S> 88 00 ; C> EOF", "s:handshake-response-upgrade-missing"},
		{"-Upgrade", "C> 81 80 37 fa 21 3d EOF", "s:handshake-response-upgrade-missing c:close-frame-missing"},
		{"-Upgrade", "S> EOF ; C> EOF", "s:handshake-response-upgrade-missing s:close-frame-missing"},
		{"-Sec-WebSocket-Protocol", "C> EOF", "c:close-frame-missing"},
	} {
		tr := conversation(t, v.steps)
		tr.Entries[1].Data = []byte(editHead(sampleResponse, v.edit))
		if got := InspectTranscript(tr).broke(); got != v.broke {
			t.Errorf("%s, %s: broke %s, expected %s", v.edit, v.steps, got, v.broke)
		}
	}
}

func TestConversationHeads(t *testing.T) {
	const refusal = "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n"
	frame := "\x81\x80\x37\xfa\x21\x3d"
	type sent struct {
		from Role
		data string
	}
	for _, test := range []struct {
		name  string
		sent  []sent
		rows  string
		broke string
	}{
		{"nothing", nil, "", ""},
		{"in one", []sent{{0, sampleRequest}, {1, sampleResponse + "\x81\x00"}, {0, frame}}, "c:head s:head s:frame c:frame", ""},
		{"in pieces", []sent{{0, sampleRequest[:9]}, {0, sampleRequest[9:]}, {1, sampleResponse[:20]}, {1, sampleResponse[20:]}, {0, frame[:1]}, {0, frame[1:]}},
			"c:head s:head c:frame", ""},
		{"interim", []sent{{0, sampleRequest}, {1, "HTTP/1.1 103 Early Hints\r\n\r\n" + sampleResponse}, {1, "\x88\x00"}}, "c:head s:head s:head s:frame", ""},
		{"only interim", []sent{{0, sampleRequest}, {1, "HTTP/1.1 103 Early Hints\r\n\r\n"}}, "c:head s:head", ""},
		{"refused", []sent{{0, sampleRequest}, {1, refusal}, {1, "no"}}, "c:head s:head s:bytes", ""},
		{"refused and going on", []sent{{0, sampleRequest}, {1, refusal}, {0, frame}}, "c:head s:head c:bytes", ""},
		{"early", []sent{{0, sampleRequest + frame}, {1, sampleResponse}}, "c:head c:frame s:head", "c:handshake-client-early-data"},
		{"early, the response on its way", []sent{{0, sampleRequest}, {1, sampleResponse[:30]}, {0, frame}, {1, sampleResponse[30:]}},
			"c:head c:frame s:head", "c:handshake-client-early-data"},
		{"early, and half a response", []sent{{0, sampleRequest}, {1, sampleResponse[:30]}, {0, frame}}, "c:head s:head c:frame", "c:handshake-client-early-data"},
		{"early, and no response", []sent{{0, sampleRequest}, {0, frame}}, "c:head c:frame", "c:handshake-client-early-data"},
		{"no request", []sent{{0, frame}, {1, "\x81\x00"}}, "c:frame s:frame", "c:handshake-request-missing"},
		{"no request, refused", []sent{{0, frame}, {1, refusal}}, "c:frame s:head", "c:handshake-request-missing"},
		{"half a request", []sent{{0, "GET / HT"}}, "c:head", ""},
		{"only a server", []sent{{1, "\x81\x00"}}, "s:frame", ""},
	} {
		tr := new(Transcript)
		for _, s := range test.sent {
			tr.add(Entry{From: s.from, Kind: EntryBytes, Data: []byte(s.data)})
		}
		c := InspectTranscript(tr)
		var rows []string
		for _, row := range c.Rows {
			rows = append(rows, row.Side.String()[:1]+":"+[...]string{"head", "frame", "bytes"}[row.Kind])
		}
		if got := strings.Join(rows, " "); got != test.rows || c.broke() != test.broke {
			t.Errorf("%s: rows %s, broke %q; expected %s, %q", test.name, got, c.broke(), test.rows, test.broke)
		}
		if accepted := strings.HasPrefix(test.name, "in") || test.name == "interim"; c.Agreed.Accepted != accepted && !strings.HasPrefix(test.name, "early") {
			t.Errorf("%s: accepted is %v", test.name, c.Agreed.Accepted)
		}
		c.require(t)
	}
}

// However the bytes are cut into entries, the same is found.
func TestConversationChunks(t *testing.T) {
	for _, v := range pairVectors {
		tr := conversation(t, v.steps)
		want := InspectTranscript(tr).broke()
		chopped := new(Transcript)
		for _, e := range tr.Entries {
			if e.Kind != EntryBytes {
				chopped.add(e)
			}
			for i := range e.Data {
				chopped.add(Entry{From: e.From, Kind: EntryBytes, Data: e.Data[i : i+1]})
			}
		}
		c := InspectTranscript(chopped)
		if got := c.broke(); got != want {
			t.Errorf("%s: in single bytes broke %s, expected %s", v.steps, got, want)
		}
		c.require(t)
	}
}

func TestPairFound(t *testing.T) {
	for _, test := range []struct{ steps, want string }{
		{"S> 89 00 88 00 ; C> 8a 80 01 02 03 04 EOF", "TCP ends, and the Close frame of the other side, frame 2, has no answer."},
		{"S> 88 00 ; C> " + maskedClose + " EOF", "The client ends TCP behind the two Close frames, and the server has not yet."},
		{"S> 8a 00 89 00 88 00 ; C> " + maskedClose + " ; S> EOF ; C> EOF", "TCP ends, and the ping of the other side, frame 2, has no pong."},
		{"S> 89 01 61 ; C> 8a 81 37 fa 21 3d 55", "The pong has other payload data than the ping of the other side, frame 1, which still waits."},
		{"C> 83 80 37 fa 21 3d ; S> EOF", "TCP ends without a Close frame, after frame 1 of the other side broke \"frame-opcode-reserved\"."},
		{"S> a1 00 89 00 ; C> 8a 80 37 fa 21 3d", "The pong answers the ping in frame 2, which came after the other side broke \"frame-rsv2-unnegotiated\"."},
	} {
		c := InspectTranscript(conversation(t, test.steps))
		if got := c.Diagnostics[len(c.Diagnostics)-1].Found(); got != test.want {
			t.Errorf("%s: found %s, expected %s", test.steps, got, test.want)
		}
	}
}

// What is wrong with a compressed message shows at the frame that has it.
func TestConversationFragments(t *testing.T) {
	c := InspectTranscript(conversation(t, "+pmd S> 41 04 00 05 00 fa ; S> 00 00 ; C> 8a 80 00 00 00 00 ; S> 80 03 fe 01 02"))
	if got := c.broke(); got != "s:deflate-data-invalid" || c.Diagnostics[0].Row != 2 {
		t.Errorf("broke %s in row %d", got, c.Diagnostics[0].Row)
	}
	c = InspectTranscript(conversation(t, "+pmd S> 41 01 06 ; C> 8a 80 00 00 00 00 ; S> 80 00"))
	if got := c.broke(); got != "s:deflate-data-invalid" || c.Diagnostics[0].Row != 2 {
		t.Errorf("broke %s in row %d", got, c.Diagnostics[0].Row)
	}
}

func TestConversationTimes(t *testing.T) {
	tr, err := ParseTranscript("0ms client open a b\n" +
		"1ms server bytes 81\n2ms client bytes 89 80 00 00 00 00\n3ms server bytes 01 61 81\n4ms server end\n5ms expect 3 met\n9ms stop \"x\"\n")
	if err != nil {
		t.Fatal(err)
	}
	c := InspectTranscript(tr)
	want := []struct {
		kind      RowKind
		at, until int64
	}{{RowEntry, 0, 0}, {RowFrame, 2, 2}, {RowFrame, 1, 3}, {RowFrame, 3, 3}, {RowEntry, 4, 4}, {RowEntry, 5, 5}, {RowEntry, 9, 9}}
	if len(c.Rows) != len(want) {
		t.Fatalf("%d rows, expected %d", len(c.Rows), len(want))
	}
	for i, row := range c.Rows {
		if w := want[i]; row.Kind != w.kind || row.At != w.at*1e6 || row.Until != w.until*1e6 {
			t.Errorf("row %d is %d at %d to %d, expected %+v", i, row.Kind, row.At, row.Until, w)
		}
	}
	if c.Duration != 9e6 || c.Rows[3].Complete || !c.Rows[2].Complete {
		t.Errorf("duration %d, complete %v and %v", c.Duration, c.Rows[3].Complete, c.Rows[2].Complete)
	}
}

func TestConversationBounds(t *testing.T) {
	tr := new(Transcript)
	tr.handshake(sampleRequest, sampleResponse, "")
	tr.add(Entry{From: RoleServer, Kind: EntryBytes, Data: []byte(strings.Repeat("\x83\x00\x89\x00", MaxRows))})
	tr.add(Entry{Kind: EntryBytes, Data: []byte(strings.Repeat("\x8a\x80\x00\x00\x00\x00", 2*ReportLimit))})
	c := InspectTranscript(tr)
	if len(c.Rows) != MaxRows || c.RowCount != 2+2*MaxRows+2*ReportLimit {
		t.Errorf("%d rows of %d", len(c.Rows), c.RowCount)
	}
	// Both sides break a rule of their own in every frame but the first, and every
	// pong answers one of the pings that are remembered.
	if len(c.Diagnostics) != 3*ReportLimit || c.DiagnosticCount != MaxRows+2*ReportLimit-1+2*ReportLimit {
		t.Errorf("%d diagnostics of %d", len(c.Diagnostics), c.DiagnosticCount)
	}
	c.require(t)
}

func FuzzConversation(f *testing.F) {
	for _, v := range pairVectors {
		f.Add(string(conversation(f, v.steps).AppendTo(nil)))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > FuzzLength {
			return
		}
		if tr, err := ParseTranscript(text); err == nil {
			InspectTranscript(tr).require(t)
		}
	})
}

package protocol

// A conversation is a transcript understood: the heads of the handshake, what
// they agreed on, and the frames of both sides in the order in which they came.
//
// The two directions are read by the inspector that Inspect uses, one flow each,
// and taken turns with as their bytes arrived: a walk over the entries asks a
// flow for its next row whenever an entry completes one. So neither the frames
// nor their fields are ever held all at once. What it takes both directions to
// see is found on the way, in conversation_rules.go.

// MaxRows is how many rows a conversation lists. The counts go on.
const MaxRows = 20000

// Conversation is what InspectTranscript found.
type Conversation struct {
	// Request and Response are nil where none came. Interim responses are rows only.
	Request, Response *Head
	Agreed            Handshake
	// Sent has all bytes that each Role has sent; spans count in there.
	Sent [2][]byte
	// Duration is the time of the last entry.
	Duration int64
	// Rows are in the order in which their last bytes came.
	Rows     []Row
	RowCount int
	// Diagnostics are in the order of the rows: of each side's own as many as its
	// Report lists, and ReportLimit of what takes both sides to see.
	Diagnostics     []SideDiagnostic
	DiagnosticCount int
}

// RowKind says what a row is. The last ones are those of the entries.
type RowKind uint8

const (
	// RowHead: a request or a response.
	RowHead RowKind = iota
	// RowFrame: a frame, whole or as far as it came.
	RowFrame
	// RowBytes: bytes that are neither, such as the body of a refusal.
	RowBytes
	// RowEntry: an event that is no bytes; Kind says which.
	RowEntry
)

// Row is one line of the conversation.
type Row struct {
	Kind RowKind
	Side Role
	// Complete says that a frame or head has come whole.
	Complete bool
	// Frame facts, as in Frame.
	HeaderComplete bool
	HeaderLength   int
	Header         Header
	// At and Until are the times of the first and of the last byte.
	At, Until int64
	// Start and End are bytes of Sent.
	Start, End int
	// Entry is that of a RowEntry, head that of a RowHead.
	Entry *Entry
	head  *Head
	// inflated is the compressed message that the frame completes, if any.
	inflated *Message
	// Diagnostics is how many there are of this row.
	Diagnostics int
}

// SideDiagnostic is a rule broken by one side.
type SideDiagnostic struct {
	Diagnostic
	// Side broke the rule; the span counts in its bytes.
	Side Role
	// Row is where it shows. It may lie behind the rows listed.
	Row int
}

// flow is one direction on its way into rows.
type flow struct {
	src   []byte
	heads []*Head
	// at is where the next row begins, until how far the entries have come.
	at, until int
	// opaque: what comes behind the heads are no frames.
	opaque bool
	in     *inspector
	// found has what is known before its row comes: the row that begins at this
	// byte.
	found []foundAt
	// row is the one under way, if begun, and frame its frame.
	row   Row
	begun bool
	frame Frame
	// listed and counted are how many of the inspector's diagnostics have their row.
	listed, counted int

	paired
}

type foundAt struct {
	byte       int
	diagnostic Diagnostic
}

// walk is a pass over a transcript.
type walk struct {
	c     *Conversation
	flows [2]flow
	// stopped: a limit or a person ended it, and what ends behind that says nothing.
	stopped bool
	// unfit: the response breaks a rule for which the client has to drop TCP.
	unfit bool
	// pairCount counts the diagnostics that took both directions.
	pairCount int
}

// InspectTranscript reads and judges both directions of a transcript together.
// It keeps the transcript's entries.
func InspectTranscript(t *Transcript) *Conversation {
	// Most entries are a row, or a part of one.
	w := walk{c: &Conversation{Rows: make([]Row, 0, min(len(t.Entries), MaxRows))}}
	ended := w.join(t)
	w.handshake(ended)
	w.earlyData(t)
	for i := range t.Entries {
		w.entry(&t.Entries[i])
	}
	w.finish()
	return w.c
}

// join puts the bytes of each side together and returns which of them ended TCP.
func (w *walk) join(t *Transcript) (ended [2]bool) {
	var sizes [2]int
	for i := range t.Entries {
		sizes[t.Entries[i].From] += len(t.Entries[i].Data)
	}
	for side, size := range sizes {
		w.c.Sent[side] = make([]byte, 0, size)
	}
	stopped := false
	for i := range t.Entries {
		e := &t.Entries[i]
		w.c.Duration = e.At
		switch e.Kind {
		case EntryBytes:
			w.c.Sent[e.From] = append(w.c.Sent[e.From], e.Data...)
		case EntryStop:
			stopped = true
		case EntryEnd, EntryReset:
			ended[e.From] = ended[e.From] || !stopped
		}
	}
	return ended
}

// handshake reads the heads and decides what the bytes behind them are.
func (w *walk) handshake(ended [2]bool) {
	c := w.c
	for side := range w.flows {
		f := &w.flows[side]
		f.src = c.Sent[side]
		f.closeFrame, f.failFrame = -1, -1
	}
	client, server := &w.flows[RoleClient], &w.flows[RoleServer]
	if len(client.src) > 0 {
		if looksLikeText(client.src) {
			c.Request = client.head(true, ended[RoleClient])
			client.foundIn(0, c.Request.CheckRequest(nil))
		} else {
			head, _, _ := ParseRequestHead(client.src[:min(len(client.src), shownText)])
			client.foundIn(0, head.CheckRequest(nil))
		}
	}
	for looksLikeText(server.src[server.at:]) && (c.Response == nil || c.Response.Interim()) {
		c.Response = server.head(false, ended[RoleServer])
	}
	if c.Response != nil {
		list := CheckHandshake(nil, c.Request, c.Response)
		for i := range list {
			w.unfit = w.unfit || list[i].Rule.Rule().StatusCode == StatusAbnormalClosure
		}
		server.foundIn(c.Response.Start, list)
	}
	c.Agreed = ReadHandshake(c.Request, c.Response)
	refused := c.Response != nil && c.Response.Complete && !c.Agreed.Accepted
	for side := range w.flows {
		f := &w.flows[side]
		f.at = 0
		f.opaque = refused && len(f.heads) > 0
		f.in = newInspector(f.src, Options{Sender: Role(side), Ended: ended[side],
			DeflateAgreed: c.Agreed.DeflateAgreed, Deflate: c.Agreed.Deflate})
		f.in.paired = true
	}
}

// looksLikeText tells a head, however wrong, from frames.
func looksLikeText(src []byte) bool {
	return len(src) > 0 && (src[0] >= ' ' && src[0] < 0x7f || src[0] == '\r' || src[0] == '\n')
}

// head reads the head that is next.
func (f *flow) head(request, ended bool) *Head {
	h, n, err := parseHead(f.src[f.at:], request)
	h.Start, h.Ended = f.at, ended && err != nil
	f.heads = append(f.heads, h)
	f.at += n
	return h
}

// foundIn keeps diagnostics until the row comes that begins at the byte.
func (f *flow) foundIn(start int, list []Diagnostic) {
	for _, d := range list {
		f.found = append(f.found, foundAt{start, d})
	}
}

// earlyData finds what the client has sent behind its request before the response
// was there.
func (w *walk) earlyData(t *Transcript) {
	c := w.c
	if c.Request == nil || !c.Request.Complete {
		return
	}
	start := c.Request.Start + len(c.Request.Raw)
	var come [2]int
	for i := range t.Entries {
		e := &t.Entries[i]
		if e.Kind == EntryBytes {
			come[e.From] += len(e.Data)
		}
		if c.Response != nil && c.Response.Complete && come[RoleServer] >= c.Response.Start+len(c.Response.Raw) {
			break
		}
	}
	if end := come[RoleClient]; end > start {
		w.flows[RoleClient].foundIn(start, []Diagnostic{earlyData(start, end)})
	}
}

// entry takes the next entry: rows that its bytes complete, or its own.
func (w *walk) entry(e *Entry) {
	if e.Kind != EntryBytes {
		row := w.c.add(Row{Kind: RowEntry, Side: e.From, At: e.At, Until: e.At, Entry: e})
		w.event(e, row)
		return
	}
	f := &w.flows[e.From]
	for f.until += len(e.Data); f.begun || f.at < f.until; f.begun = false {
		if !f.begun {
			f.begin()
			f.row.Side, f.row.At, f.row.Start = e.From, e.At, f.at
		}
		if f.begun = true; f.row.End > f.until {
			break
		}
		f.row.Until, f.at = e.At, f.row.End
		w.emit(f)
	}
}

// begin reads the row that is next. All of its bytes are there already, only their
// time may be still to come.
func (f *flow) begin() {
	switch {
	case len(f.heads) > 0:
		h := f.heads[0]
		f.heads = f.heads[1:]
		f.row = Row{Kind: RowHead, End: f.at + len(h.Raw), Complete: h.Complete, head: h}
	case f.opaque:
		f.row = Row{Kind: RowBytes, End: len(f.src)}
	default:
		failed := f.in.report.Verdict.Outcome == OutcomeFails
		f.frame = f.in.frame(f.at)
		if !failed && f.in.report.Verdict.Outcome == OutcomeFails {
			f.failFrame = f.frame.Index
		}
		if f.frame.End == len(f.src) {
			f.in.end(f.frame)
			f.cut = !f.frame.Complete()
		}
		f.row = Row{Kind: RowFrame, End: f.frame.End, Complete: f.frame.Complete(),
			HeaderComplete: f.frame.HeaderComplete, HeaderLength: f.frame.HeaderLength, Header: f.frame.Header}
		if m := &f.in.listed; m.Inflated && m.Complete && m.LastFrame == f.frame.Index {
			message := *m
			f.row.inflated = &message
		}
	}
}

// emit lists the row under way with what was found in it.
func (w *walk) emit(f *flow) {
	row := w.c.add(f.row)
	for _, found := range f.found {
		if found.byte == f.row.Start {
			w.c.found(f.row.Side, row, found.diagnostic)
		}
	}
	r := f.in.report
	for ; f.listed < len(r.Diagnostics); f.listed++ {
		d := r.Diagnostics[f.listed]
		w.c.found(f.row.Side, w.c.rowOf(f.row.Side, row, d.start), d)
		f.counted++
	}
	w.c.count(row, r.DiagnosticCount-f.counted)
	f.counted = r.DiagnosticCount
	if f.row.Kind == RowFrame && f.row.Complete {
		w.complete(f, row)
	}
}

// add lists a row and returns its index.
func (c *Conversation) add(r Row) int {
	if len(c.Rows) < MaxRows {
		c.Rows = append(c.Rows, r)
	}
	c.RowCount++
	return c.RowCount - 1
}

// rowOf returns the row, up to the one given, of the frame that begins at the byte.
// What is wrong with a compressed message may lie in a frame before the last one.
func (c *Conversation) rowOf(side Role, row, start int) int {
	for i := min(row, len(c.Rows)-1); i >= 0; i-- {
		if r := &c.Rows[i]; r.Kind == RowFrame && r.Side == side && r.Start <= start {
			return i
		}
	}
	return row
}

// count adds to the diagnostics of a row.
func (c *Conversation) count(row, n int) {
	c.DiagnosticCount += n
	if row < len(c.Rows) {
		c.Rows[row].Diagnostics += n
	}
}

// found lists a diagnostic.
func (c *Conversation) found(side Role, row int, d Diagnostic) {
	c.count(row, 1)
	c.Diagnostics = append(c.Diagnostics, SideDiagnostic{d, side, row})
	// Most come in the order of the rows; those about both sides may come late.
	for i := len(c.Diagnostics) - 1; i > 0 && c.Diagnostics[i-1].Row > row; i-- {
		c.Diagnostics[i-1], c.Diagnostics[i] = c.Diagnostics[i], c.Diagnostics[i-1]
	}
}

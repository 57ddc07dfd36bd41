package protocol

// Inspect reads the bytes that one side sent and says all that can be said of
// them: the frames as a receiver reads them, their fields down to the bit, every
// rule broken, the messages. It refuses nothing: whatever the bytes are, they
// are read to the end, and what follows a broken rule is read as if the receiver
// had gone on.

// Options of Inspect.
type Options struct {
	// Sender is the side that sent the bytes.
	Sender Role
	// Ended says that TCP ended after the last byte.
	Ended bool
	// DeflateAgreed says that the two sides agreed on permessage-deflate, and
	// Deflate with which parameters. RSV1 then marks a compressed message.
	DeflateAgreed bool
	Deflate       DeflateParams
}

// ReportLimit is how many frames, diagnostics and messages a report lists. The
// counts go on. A megabyte of two-byte frames would otherwise become a report
// of half a gigabyte.
const ReportLimit = 500

// Report is what Inspect found.
type Report struct {
	Options
	// Length is how many bytes were read.
	Length  int
	Verdict Verdict
	// Frames, Diagnostics (in the order in which a receiver meets them) and
	// Messages list at most ReportLimit; the counts say how many there are. The
	// diagnostic that the connection fails on is always listed.
	Frames          []Frame
	FrameCount      int
	Diagnostics     []Diagnostic
	DiagnosticCount int
	Messages        []Message
	MessageCount    int
	// InflateCut: compressed messages would have inflated to more than
	// InflateTotal, and not all of them were.
	InflateCut bool
}

// Frame is one frame as a receiver reads it.
type Frame struct {
	// Index in the stream, from 0.
	Index int
	// Start and End are byte offsets.
	Start, End int
	// HeaderLength is the length of the header as far as it has arrived.
	HeaderLength int
	// HeaderComplete: without it, only the first byte of Header is to be trusted,
	// and MASK if HeaderLength is 2 or more.
	HeaderComplete bool
	Header         Header
	// Missing is how many bytes of payload data have not arrived.
	Missing uint64
	// Fields tile the frame's bytes.
	Fields []Field
}

// Complete reports whether the whole frame has arrived.
func (f *Frame) Complete() bool { return f.HeaderComplete && f.Missing == 0 }

// Outcome is what becomes of the connection at a strict receiver.
type Outcome uint8

const (
	// OutcomeLegal: no rule is broken.
	OutcomeLegal Outcome = iota
	// OutcomeNoted: rules are broken, none that ends the connection.
	OutcomeNoted
	// OutcomeWaits: no such rule is broken and the last frame is not complete.
	OutcomeWaits
	// OutcomeFails: the receiver fails the connection.
	OutcomeFails
)

// String returns "legal", "noted", "waits" or "fails".
func (o Outcome) String() string { return [...]string{"legal", "noted", "waits", "fails"}[o] }

// Verdict says what a strict receiver does.
type Verdict struct {
	Outcome Outcome
	// StatusCode is set when it fails the connection; StatusAbnormalClosure when
	// it can only drop it.
	StatusCode StatusCode
	// Diagnostic is the index of the rule that it fails on, or -1.
	Diagnostic int
	// Missing is how many bytes the last frame still lacks, as far as is known.
	Missing uint64
}

// inspector is a pass over the bytes.
type inspector struct {
	report   *Report
	src      []byte
	sequence sequence
	// message is the one under way; text judges it when it is text.
	message Message
	text    UTF8
	// messageStart is the byte at which the message's first frame begins.
	messageStart int
	// closedAt is the frame that was the first Close, if sequence.closed.
	closedAt int
	keys     map[MaskingKey]int
	// inflation reads the compressed messages.
	inflation inflation
	// keep is the messageStart of the one compressed message that is kept: reading
	// ends with it. -1 is none. found says that it began, over that it ended, and
	// kept is what it inflates to.
	keep        int
	found, over bool
	kept        []byte
	// failed is the rule that decided the verdict, if the outcome is OutcomeFails.
	failed RuleID
	// paired: somebody reads the other direction as well, lists the frames, and
	// judges what it takes both to see.
	paired bool
	// listed is the message that was listed last.
	listed Message
	// scratch holds a piece of payload data while it is unmasked.
	scratch [4096]byte
}

// maxKeysRemembered bounds the search for masking keys used twice.
const maxKeysRemembered = 1 << 16

// Inspect reads src, the bytes of one direction from the first frame on.
func Inspect(src []byte, options Options) *Report {
	in := newInspector(src, options)
	in.run()
	return in.report
}

func newInspector(src []byte, options Options) *inspector {
	return &inspector{
		report: &Report{Options: options, Length: len(src), Verdict: Verdict{Diagnostic: -1}},
		src:    src,
		keep:   -1,
	}
}

// run reads all the bytes.
func (in *inspector) run() {
	var last Frame
	for at := 0; at < len(in.src) && !in.over; at = last.End {
		last = in.frame(at)
	}
	in.end(last)
}

// frame reads and judges the frame at the offset.
func (in *inspector) frame(at int) Frame {
	r, rest := in.report, in.src[at:]
	f := Frame{Index: r.FrameCount, Start: at, End: len(in.src), HeaderLength: len(rest)}
	h, n, err := ParseHeader(rest)
	var set RuleSet
	if err == nil {
		f.Header, f.HeaderLength, f.HeaderComplete = h, n, true
		arrived := min(h.PayloadLength, uint64(len(rest)-n))
		f.Missing = h.PayloadLength - arrived
		f.End = at + n + int(arrived)
		set = h.broken(r.Sender)
	} else {
		f.Header.Flags = Flags(rest[0]) << 8
		set = f.Header.Flags.broken()
		if len(rest) > 1 {
			f.Header.Flags |= Flags(rest[1] & 0x80)
			set |= f.Header.Flags.brokenMask(r.Sender)
		}
	}
	opened := in.message.FirstFrame
	alreadyClosed := in.sequence.closed
	set |= in.sequence.next(f.Header.Flags)
	if in.sequence.closed && !alreadyClosed {
		in.closedAt = f.Index
	}
	if f.Header.Flags&RSV1 != 0 && r.DeflateAgreed {
		set = set.underDeflate(f.Header.Flags)
	}
	in.diagnose(&f, set, opened)
	in.checkKey(&f)
	if r.FrameCount < ReportLimit && !in.paired {
		f.Fields = f.appendFields(make([]Field, 0, 10), in.src)
		r.Frames = append(r.Frames, f)
	}
	r.FrameCount++
	if f.HeaderComplete {
		in.payload(&f)
	}
	return f
}

// diagnose adds what a set says of the frame's header.
func (in *inspector) diagnose(f *Frame, set RuleSet, opened int) {
	if set == 0 {
		return
	}
	var room [16]Diagnostic
	for _, d := range f.appendDiagnostics(room[:0], set) {
		switch d.Rule {
		case RuleSequenceDataInterleaved:
			d.other = uint64(opened)
		case RuleCloseDataAfterClose:
			d.other = uint64(in.closedAt)
		}
		in.add(d)
	}
}

// add lists a diagnostic and lets the first fatal one decide the verdict, unless
// the sender's Close frame came before: what follows it is thrown away.
func (in *inspector) add(d Diagnostic) {
	r := in.report
	r.DiagnosticCount++
	code := d.Rule.Rule().StatusCode
	v := &r.Verdict
	ignored := in.sequence.closed && d.Frame > in.closedAt
	switch {
	case v.Outcome == OutcomeFails:
	case code == StatusNone || ignored:
		v.Outcome = OutcomeNoted
	default:
		v.Outcome, v.StatusCode, in.failed = OutcomeFails, code, d.Rule
		v.Diagnostic = len(r.Diagnostics)
	}
	if len(r.Diagnostics) < ReportLimit || v.Diagnostic == len(r.Diagnostics) {
		r.Diagnostics = append(r.Diagnostics, d)
	}
}

// checkKey finds a masking key that an earlier frame of a client had.
func (in *inspector) checkKey(f *Frame) {
	if in.report.Sender != RoleClient || !f.HeaderComplete || !f.Header.Has(MASK) {
		return
	}
	key := f.Header.MaskingKey
	if earlier, seen := in.keys[key]; seen {
		in.add(Diagnostic{
			Rule: RuleFrameMaskKeyReused, Frame: f.Index, start: f.Start,
			Span:  byteSpan(f.Start+f.HeaderLength-4, f.Start+f.HeaderLength),
			value: uint64(key), other: uint64(earlier),
		})
		return
	}
	if in.keys == nil {
		in.keys = make(map[MaskingKey]int)
	}
	if len(in.keys) < maxKeysRemembered {
		in.keys[key] = f.Index
	}
}

// end judges how the stream ends.
func (in *inspector) end(last Frame) {
	r := in.report
	if in.message.FrameCount > 0 {
		in.list()
	}
	incomplete := r.FrameCount > 0 && !last.Complete()
	if incomplete {
		r.Verdict.Missing = last.Missing
		if !last.HeaderComplete {
			r.Verdict.Missing = headerMissing(in.src[last.Start:])
		}
	}
	switch {
	case r.Ended && incomplete:
		d := Diagnostic{
			Rule: RuleFrameTruncated, Frame: last.Index, start: last.Start,
			Span: byteSpan(last.Start, last.End), value: last.Missing,
		}
		if !last.HeaderComplete {
			d.value, d.other = uint64(last.HeaderLength), 1
		}
		in.add(d)
	case r.Ended && !in.sequence.closed && !in.paired:
		in.add(in.atEnd(RuleCloseFrameMissing))
	case incomplete && r.Verdict.Outcome != OutcomeFails:
		r.Verdict.Outcome = OutcomeWaits
	}
}

// atEnd returns a diagnostic for the end of the stream.
func (in *inspector) atEnd(rule RuleID) Diagnostic {
	return Diagnostic{Rule: rule, Frame: max(0, in.report.FrameCount-1), Span: Span{Bit: uint64(len(in.src)) * 8}}
}

// headerMissing returns how many bytes a frame still lacks whose header is not
// complete, as far as the bytes tell.
func headerMissing(header []byte) uint64 {
	if len(header) < 2 {
		return 1
	}
	form, length := Length7, uint64(header[1]&0x7f)
	switch length {
	case 126:
		form, length = Length16, 0
	case 127:
		form, length = Length64, 0
	}
	n := 2 + form.extended()
	if header[1]&0x80 != 0 {
		n += 4
	}
	return uint64(n-len(header)) + length
}

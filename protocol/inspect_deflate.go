package protocol

// Compressed messages in a stream (RFC 7692, section 6.2): their frames' payload
// data goes through an Inflater, which shows every piece as it reads it. That
// tells which rules about windows, contexts and ends a sender has broken, and at
// which bits: those of a message lie in its fragments, so each fragment is
// remembered with its place in the stream.
//
// What is broken does not stop the reading as long as it is clear what was meant.
// After data that is no DEFLATE the context is lost: messages that refer to it
// cannot be inflated, which is not their sender's second mistake.

// InflateTotal is how many bytes Inspect inflates to in all: 16 MiB. Behind that,
// compressed messages stay as they are, and Report.InflateCut says so.
const InflateTotal = MaxDraftPayload

// inflation reads the compressed messages of one direction.
type inflation struct {
	in   *inspector
	z    *Inflater
	room uint64 // how many bytes may still come out

	// The message under way: its fragments that are not empty, the length of them
	// all, and the last frame.
	fragments []fragment
	length    int
	last      *Frame
	// over: no more of it is inflated. ending: what is inflated is the 00 00 ff ff
	// that was put back.
	over, ending bool
	// joint is the bit at which a fragment begins behind one that ended where
	// 00 00 ff ff belongs; noJoint is none.
	joint uint64

	// ended: the last thing shown was the end of a block.
	ended bool
	// said are the rules found in this message that are said once in a message.
	said RuleSet
	text UTF8
	// lost: the messages before this one could not all be inflated.
	lost bool
	buf  []byte
	// lens is the microscope over the message that is kept, or nil.
	lens *Microscope
}

// fragment is where the payload data of one frame lies.
type fragment struct {
	frame, frameStart int
	// at is its first byte in the stream, from that in the message.
	at, from int
}

const noJoint = 1<<64 - 1

// inflatePiece is how much is inflated at a time: what comes out, up to a
// thousandfold, has to be held.
const inflatePiece = 512

// begin begins a message.
func (x *inflation) begin() {
	options := &x.in.report.Options
	if x.z == nil {
		x.z = NewInflater(InflateConfig{
			WindowBits:        options.Deflate.WindowBits(options.Sender),
			NoContextTakeover: options.Deflate.NoContextTakeover(options.Sender),
			Lenient:           true,
			Visitor:           x,
		})
		x.room = InflateTotal
	}
	if x.z.err != nil {
		x.z.Reset()
		x.lost = true
	}
	x.z.open = false // a message before this one may have been given up
	x.z.limit = x.room
	x.fragments, x.length = x.fragments[:0], 0
	x.over, x.ending = x.in.report.InflateCut, false
	x.joint, x.ended, x.said, x.text = noJoint, false, 0, UTF8{}
	if x.in.found = x.in.keep == x.in.messageStart; x.in.found && x.lens != nil {
		x.lens.open(&x.z.window)
	}
}

// compressed adds a frame to the compressed message under way.
func (in *inspector) compressed(f *Frame) {
	x, m := &in.inflation, &in.message
	if m.FrameCount == 1 {
		x.in = in
		x.begin()
	}
	x.last = f
	payload := f.Start + f.HeaderLength
	if x.length > 0 && x.z.state == inflateStored && x.z.nbits == 0 {
		x.joint = x.z.position()
	}
	if x.in.found && x.lens != nil {
		x.lens.fragment(in, f, payload, x.length)
	}
	if f.End > payload {
		x.fragments = append(x.fragments, fragment{f.Index, f.Start, payload, x.length})
	}
	in.unmasked(f, func(_ int, piece []byte) bool {
		for len(piece) > 0 && !x.over {
			n := min(len(piece), inflatePiece)
			x.feed(piece[:n])
			piece = piece[n:]
		}
		return !x.over
	})
	x.length += f.End - payload
	m.Length = x.length
	if f.Header.Has(FIN) && f.Complete() {
		m.Complete = true
		x.finish()
		in.list()
	}
}

// feed inflates a piece.
func (x *inflation) feed(piece []byte) {
	var err error
	for {
		x.buf, err = x.z.Inflate(x.buf[:0], piece)
		x.took()
		if err == nil || !x.tailRemoved(err) {
			break
		}
		piece = piece[x.z.at:]
	}
	x.fail(err)
}

// took takes note of what was inflated.
func (x *inflation) took() {
	m := &x.in.message
	if room := previewLength - len(m.Preview); room > 0 {
		m.Preview = append(m.Preview, x.buf[:min(room, len(x.buf))]...)
	}
	if x.in.found {
		x.in.kept = append(x.in.kept, x.buf...)
	}
	m.InflatedLength += len(x.buf)
	x.room -= uint64(len(x.buf))
}

// tailRemoved goes on behind a fragment that has lost its 00 00 ff ff and should
// not have, if that is what the error comes from.
func (x *inflation) tailRemoved(err error) bool {
	e, ok := err.(*InflateError)
	if !ok || e.Reason != InflateStoredLength || e.At.Bit != x.joint {
		return false
	}
	x.add(RuleDeflateFragmentTailRemoved, Span{e.At.Bit - 8, 8}, 0, 0)
	x.z.putTailBack()
	return true
}

// fail says what is wrong with the data.
func (x *inflation) fail(err error) {
	e, ok := err.(*InflateError)
	if !ok {
		return
	}
	if lens := x.focus(); lens != nil {
		lens.Error = e
	}
	x.over = true
	x.in.message.Inflated = false
	switch {
	case e.Reason == InflateLimit:
		x.in.report.InflateCut = true
	case e.Reason == InflateDistance && x.lost:
	default:
		d := x.at(RuleDeflateDataInvalid, e.At)
		d.value, d.text, d.wanted = e.At.Bit/8, e.Found, e.Expected
		x.in.add(d)
	}
}

// finish ends the message.
func (x *inflation) finish() {
	if x.over {
		return
	}
	var end InflateEnd
	var err error
	x.ending = true
	x.buf, end, err = x.z.Finish(x.buf[:0])
	x.took()
	if err != nil && x.tailRemoved(err) {
		x.buf, err = x.z.Inflate(x.buf[:0], messageTail[x.z.at:])
		x.took()
		if err == nil {
			end, err = x.z.conclude()
		}
	}
	if err != nil {
		x.fail(err)
		return
	}
	if lens := x.focus(); lens != nil {
		lens.End = end
	}
	all := uint64(x.length) * 8
	switch end {
	case InflateTailKept:
		x.add(RuleDeflateTailKept, Span{all - 32, 32}, 0, 0)
	case InflateTailMissing:
		x.add(RuleDeflateTailMissing, Span{all, 0}, uint64(x.length), 0)
	}
	m := &x.in.message
	if m.Opcode == OpcodeText && !m.BadUTF8 && !x.text.Complete() {
		x.badText(Span{all, 0}, utf8Ends, 0)
	}
}

// at returns a diagnostic at the bits of the message, counted like an
// InflateVisitor's. Where they lie in one byte, these bits are its span, where
// they go on into others all of these bytes, as far as the fragment goes. No bits
// behind the data stand for its last byte; without data, FIN of the last frame
// says that there is none.
func (x *inflation) at(rule RuleID, at Span) Diagnostic {
	d := Diagnostic{Rule: rule, message: x.in.messageStart, compressed: true}
	if len(x.fragments) == 0 {
		d.Frame, d.start = x.last.Index, x.last.Start
		d.Span = Span{uint64(x.last.Start) * 8, 1}
		return d
	}
	// The fragment under way may be longer than what has been inflated.
	last := &x.fragments[len(x.fragments)-1]
	end := last.from + x.last.End - x.last.Start - x.last.HeaderLength
	if last.frame != x.last.Index {
		end = x.length
	}
	first := min(int(at.Bit/8), end-1)
	i := len(x.fragments) - 1
	for x.fragments[i].from > first {
		end = x.fragments[i].from
		i--
	}
	f := x.fragments[i]
	d.Frame, d.start = f.frame, f.frameStart
	low := at.Bit % 8
	if int(at.Bit/8) == first && at.Bits > 0 && low+at.Bits <= 8 {
		d.Span = Span{uint64(f.at+first-f.from)*8 + 8 - low - at.Bits, at.Bits}
		return d
	}
	behind := min(max(first+1, int((at.Bit+at.Bits+7)/8)), end)
	d.Span = byteSpan(f.at+first-f.from, f.at+behind-f.from)
	return d
}

// add lists a diagnostic.
func (x *inflation) add(rule RuleID, at Span, value, other uint64) {
	d := x.at(rule, at)
	d.value, d.other = value, other
	x.in.add(d)
}

// once is add for a rule that is said once in a message.
func (x *inflation) once(rule RuleID, at Span, value, other uint64) {
	if !x.said.Has(rule) {
		x.said = x.said.With(rule)
		x.add(rule, at, value, other)
	}
}

func (x *inflation) badText(at Span, value, other uint64) {
	x.in.message.BadUTF8 = true
	x.add(RuleTextInvalidUTF8, at, value, other)
}

// judge judges a run of text that has come out. What comes out of 00 00 ff ff,
// where a block swallows it, nobody has written.
func (x *inflation) judge(at Span, data []byte) {
	m := &x.in.message
	if m.Opcode != OpcodeText || m.BadUTF8 || x.ending {
		return
	}
	if bad := x.text.Feed(data); bad >= 0 {
		x.badText(at, uint64(data[bad]), x.z.out-uint64(len(data)-bad))
	}
}

// What follows makes it an InflateVisitor.

// focus returns the microscope if this message is under it.
func (x *inflation) focus() *Microscope {
	if x.in.found {
		return x.lens
	}
	return nil
}

// Block takes note that what follows is no padding behind a block.
func (x *inflation) Block(at Span, kind BlockType, final bool) {
	x.ended = false
	if lens := x.focus(); lens != nil {
		lens.block(at, kind, final, x.z.out)
	}
}

// EndOfBlock takes note that padding may follow.
func (x *inflation) EndOfBlock(at, _ Span) {
	x.ended = true
	x.show(at, SymbolEnd, 0, 0)
}

// Padding judges the bits behind a block with BFINAL.
func (x *inflation) Padding(at Span, value byte) {
	if x.ended && value != 0 {
		x.once(RuleDeflateBFINALPaddingNonzero, at, uint64(value), at.Bits)
	}
	x.show(at, SymbolPadding, int(value), 0)
}

// Length is only shown.
func (x *inflation) Length(at Span, length int) { x.show(at, SymbolLength, length, 0) }

// Codes are only shown.
func (x *inflation) Codes(at Span, precode, litlen, dist []uint8) {
	if lens := x.focus(); lens != nil {
		lens.codes(at, precode, litlen, dist, x.z.out)
	}
}

// Stored judges text.
func (x *inflation) Stored(at Span, data []byte) {
	x.judge(at, data)
	x.show(at, SymbolStored, len(data), len(data))
}

// Literal judges text.
func (x *inflation) Literal(at Span, value byte) {
	if value >= 0x80 || !x.text.Complete() {
		x.judge(at, []byte{value})
	}
	if lens := x.focus(); lens != nil {
		lens.Literals++
		lens.symbol(at, SymbolLiteral, int(value), x.z.out-1)
	}
}

// show shows a symbol with n bytes of output to the microscope.
func (x *inflation) show(at Span, kind SymbolKind, value, n int) {
	if lens := x.focus(); lens != nil {
		lens.symbol(at, kind, value, x.z.out-uint64(n))
	}
}

// Match judges where a match reaches, and text.
func (x *inflation) Match(at Span, m InflateMatch) {
	sender := x.in.report.Sender
	if m.Forgotten {
		rule := RuleDeflateClientContextKept
		if sender == RoleServer {
			rule = RuleDeflateServerContextKept
		}
		x.once(rule, at, x.z.out-uint64(m.Length), uint64(m.Distance))
	}
	if m.BeyondWindow {
		rule := RuleDeflateClientWindowExceeded
		if sender == RoleServer {
			rule = RuleDeflateServerWindowExceeded
		}
		x.once(rule, at, uint64(x.z.reach), uint64(m.Distance))
	}
	w := &x.z.window
	x.judge(at, w.buf[w.pos-m.Length:w.pos])
	if lens := x.focus(); lens != nil {
		lens.match(at, m, x.z.out-uint64(m.Length))
	}
}

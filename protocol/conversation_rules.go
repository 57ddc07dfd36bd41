package protocol

// The rules that take both directions to see. A transcript is written down at one
// end, so its order is that end's: what it sent may not have arrived over there
// when something else left. These rules therefore judge late, most of them when a
// side has ended TCP, and where the order leaves a doubt they leave the side alone.
//
//	side B ends TCP and has sent no Close frame
//	    A broke a rule that fails connections   close-fail-without-frame
//	    A has sent a Close frame                close-not-answered
//	    A has ended TCP before                  nothing: nobody was left to tell
//	    none of these                           close-frame-missing
//	and a ping of A is still waiting            sequence-pong-missing
//
// A ping waits until a pong has its payload data. One that does not fit while a
// ping waits is a pong gone wrong unless the right one comes as well: a pong that
// nobody asked for may come at any time.

// paired is what is remembered of a direction to judge the other one by.
type paired struct {
	// closeFrame and failFrame are the frames that were the first Close, and the
	// first to break a rule that fails the connection; -1 for none.
	closeFrame, failFrame int
	// over: this side has ended TCP; torn: with RST.
	over, torn bool
	// cut: the stream ends inside a frame.
	cut bool
	// pings are those of this side that wait for their pong, oldest first.
	pings []waitingPing
	// stray is the other side's latest pong that fits none of them, if any.
	stray    Diagnostic
	strayRow int
	isStray  bool
}

type waitingPing struct {
	frame   int
	payload string
	// late: it came behind the frame that fails the connection.
	late bool
}

// maxWaitingPings is how many pings are remembered.
const maxWaitingPings = 1024

// pair lists a diagnostic about both sides, unless there are too many already.
func (w *walk) pair(side Role, row int, d Diagnostic) {
	if w.pairCount++; w.pairCount <= ReportLimit {
		w.c.found(side, row, d)
	} else {
		w.c.count(row, 1)
	}
}

// complete takes note of a whole frame.
func (w *walk) complete(f *flow, row int) {
	peer := &w.flows[f.row.Side.Peer()]
	index := f.frame.Index
	switch f.frame.Header.Opcode() {
	case OpcodeClose:
		if f.closeFrame < 0 {
			f.closeFrame = index
		}
	case OpcodePing:
		// Behind a Close frame of either side nobody has to answer any more, nor a
		// ping that is wrong itself.
		payload, ok := f.controlPayload()
		if !ok || f.closeFrame >= 0 || peer.closeFrame >= 0 || f.failFrame == index {
			return
		}
		if len(f.pings) == maxWaitingPings {
			f.pings = f.pings[1:]
		}
		f.pings = append(f.pings, waitingPing{index, string(payload), f.failFrame >= 0})
	case OpcodePong:
		if payload, ok := f.controlPayload(); ok {
			w.pong(f, peer, payload, row)
		}
	}
}

// controlPayload returns the payload data of a control frame as the receiver
// reads it, if it is not too long for one.
func (f *flow) controlPayload() ([]byte, bool) {
	payload := f.src[f.frame.Start+f.frame.HeaderLength : f.frame.End]
	if len(payload) > maxControlPayload {
		return nil, false
	}
	if f.frame.Header.Has(MASK) {
		payload = f.in.scratch[:copy(f.in.scratch[:], payload)]
		Mask(payload, f.frame.Header.MaskingKey, 0)
	}
	return payload, true
}

// pong finds the ping of the other side that a pong answers.
func (w *walk) pong(f, peer *flow, payload []byte, row int) {
	for i, ping := range peer.pings {
		if ping.payload != string(payload) {
			continue
		}
		peer.pings = peer.pings[i+1:]
		if ping.late {
			d := f.pongDiagnostic(RuleCloseFailKeepsReading, ping.frame)
			d.text = peer.in.failed.String()
			w.pair(f.row.Side, row, d)
			return
		}
		peer.isStray = false
		return
	}
	if len(peer.pings) > 0 && !peer.pings[0].late {
		peer.isStray, peer.strayRow = true, row
		peer.stray = f.pongDiagnostic(RuleSequencePongPayloadMismatch, peer.lastPing())
	}
}

// pongDiagnostic returns what is wrong with the pong under way and a ping.
func (f *flow) pongDiagnostic(rule RuleID, ping int) Diagnostic {
	span := f.frame.lengthSpan()
	if payload := f.frame.Start + f.frame.HeaderLength; payload < f.frame.End {
		span = byteSpan(payload, f.frame.End)
	}
	return Diagnostic{Rule: rule, Frame: f.frame.Index, start: f.frame.Start, Span: span, opcode: OpcodePong, other: uint64(ping)}
}

// lastPing returns the frame of the latest ping that still waits and is not late,
// or -1.
func (p *paired) lastPing() int {
	last := -1
	for _, ping := range p.pings {
		if !ping.late {
			last = ping.frame
		}
	}
	return last
}

// event takes note of what is no bytes.
func (w *walk) event(e *Entry, row int) {
	f, peer := &w.flows[e.From], &w.flows[e.From.Peer()]
	switch e.Kind {
	case EntryStop:
		w.stopped = true
	case EntryEnd, EntryReset:
		if w.stopped || f.over || peer.torn {
			return
		}
		f.over, f.torn = true, e.Kind == EntryReset
		w.sideEnds(e.From, f, peer, row)
	}
}

// sideEnds judges a side that ends TCP.
func (w *walk) sideEnds(side Role, f, peer *flow, row int) {
	c := w.c
	if side == RoleServer && len(f.src) == 0 && c.Request != nil {
		for _, d := range CheckHandshake(nil, c.Request, nil) {
			c.found(side, row, d)
		}
	}
	if !c.Agreed.Accepted && (c.Request != nil || c.Response != nil) {
		return // no WebSocket connection was ever open
	}
	if side == RoleClient && w.unfit && f.in.report.FrameCount == 0 {
		return // for the client it was not open either, and dropping it is right
	}
	w.strayPong(side, peer)
	if ping := peer.lastPing(); ping >= 0 {
		d := f.in.atEnd(RuleSequencePongMissing)
		d.other = uint64(ping)
		w.pair(side, row, d)
	}
	d := f.in.atEnd(RuleCloseFrameMissing)
	switch {
	case f.cut:
		return // and that is what broke
	case f.closeFrame >= 0:
		if side == RoleServer || peer.closeFrame < 0 || peer.over {
			return
		}
		d.Rule = RuleCloseClientTCPFirst
	case peer.failFrame >= 0:
		d.Rule, d.other, d.text = RuleCloseFailWithoutFrame, uint64(peer.failFrame), peer.in.failed.String()
	case peer.closeFrame >= 0:
		d.Rule, d.other = RuleCloseNotAnswered, uint64(peer.closeFrame)
	case peer.over:
		return
	}
	w.pair(side, row, d)
}

// strayPong lists the pong of a side that has other payload data than the ping
// which waits for it.
func (w *walk) strayPong(side Role, peer *flow) {
	if peer.isStray {
		w.pair(side, peer.strayRow, peer.stray)
		peer.isStray, peer.pings = false, nil
	}
}

// finish judges what is left when the transcript ends.
func (w *walk) finish() {
	for side := range w.flows {
		w.strayPong(Role(side), &w.flows[Role(side).Peer()])
	}
}

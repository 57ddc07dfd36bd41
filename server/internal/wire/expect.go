package wire

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"framecraft/protocol"
)

// Expectations. What arrives stands in a row, and an expectation is met by the
// first thing in it that fits; that and all before it are then done with. What
// does not fit is told when time is up or TCP has ended, whichever is first.
//
// Silence is another matter: it is broken by any byte since the last step that
// sent something, let time pass or was met, so an answer that was faster than the
// next step of the scenario breaks it as well.

// judgeEvery is how long rules are not looked at again while bytes keep coming:
// all that was recorded is read each time. If that takes long, so does the rest.
const judgeEvery = 20 * time.Millisecond

// expect waits for one expectation and records what became of it. It reports
// whether it came to that before the play was over.
func (p *player) expect(ctx context.Context, step *protocol.Step) bool {
	e := step.Expect
	within := time.Duration(e.Within)
	if within == 0 && e.Kind != protocol.ExpectNoRule {
		within = p.options.Limits.Expect
	}
	timer := time.NewTimer(within)
	defer timer.Stop()
	for late := false; ; {
		begin := time.Now()
		if p.decide(step, within, late) {
			return true
		}
		took := time.Since(begin)
		switch p.rest(ctx, timer.C) {
		case restOver:
			return false
		case restTimer:
			late = true
		case restArrived:
			if e.Kind == protocol.ExpectRule {
				p.wait(ctx, max(judgeEvery, 4*took))
			}
		}
	}
}

// decide records what became of an expectation, if that can be said already.
func (p *player) decide(step *protocol.Step, within time.Duration, late bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	met, decided := p.judge(step.Expect, late)
	if !decided {
		return false
	}
	note := ""
	if !met {
		note = p.instead(step.Expect, within)
	}
	p.recordExpect(step.Line, met, note)
	return true
}

// judge decides about an expectation as far as that can be done yet; late says
// that its time is up.
func (p *player) judge(e *protocol.Expect, late bool) (met, decided bool) {
	switch e.Kind {
	case protocol.ExpectSilence:
		broken := p.seen() > p.quietFrom
		return !broken, broken || late
	case protocol.ExpectRule:
		met = slices.Contains(p.broken(), e.Rule)
		decided = met || late || p.peerDone
	case protocol.ExpectNoRule:
		if decided = late || p.peerDone; decided {
			met = len(p.broken()) == 0
		}
	default:
		for i := range p.arrivals {
			if p.arrivals[i].fits(e) {
				p.quietFrom = p.arrivals[i].end
				p.arrivals = p.arrivals[i+1:]
				return true, true
			}
		}
		decided = late || p.peerDone
	}
	if decided {
		p.quietFrom = p.seen()
	}
	return met, decided
}

// fits reports whether something that arrived is what is expected.
func (a *arrival) fits(e *protocol.Expect) bool {
	switch e.Kind {
	case protocol.ExpectMessage:
		return a.kind == arrivedMessage
	case protocol.ExpectText:
		return a.kind == arrivedMessage && a.opcode == protocol.OpcodeText && a.has(e)
	case protocol.ExpectBinary:
		return a.kind == arrivedMessage && a.opcode == protocol.OpcodeBinary && a.has(e)
	case protocol.ExpectPing:
		return a.kind == arrivedPing && a.has(e)
	case protocol.ExpectPong:
		return a.kind == arrivedPong && a.has(e)
	case protocol.ExpectClose:
		return a.kind == arrivedClose && (len(e.Codes) == 0 || slices.Contains(e.Codes, a.code))
	case protocol.ExpectStatus:
		return a.kind == arrivedHead && slices.Contains(e.Codes, a.code)
	case protocol.ExpectEnd:
		return a.kind == arrivedEnd
	case protocol.ExpectReset:
		return a.kind == arrivedReset
	}
	return false
}

// has reports whether the payload is the one expected, if one is.
func (a *arrival) has(e *protocol.Expect) bool {
	return !e.PayloadGiven ||
		!a.unreadable && len(a.payload) == e.Payload.Len() && bytes.Equal(a.payload, e.Payload.AppendTo(nil))
}

// mostInstead is how many things a note lists.
const mostInstead = 4

// instead says what there was in place of what was expected.
func (p *player) instead(e *protocol.Expect, within time.Duration) string {
	if e.Kind == protocol.ExpectRule || e.Kind == protocol.ExpectNoRule {
		return p.brokenByPeer()
	}
	var found []string
	end, more := p.lastEnd, 0
	for _, a := range p.arrivals {
		end = a.end
		switch {
		case e.Kind == protocol.ExpectSilence && a.end <= p.quietFrom:
		case len(found) == mostInstead:
			more++
		default:
			found = append(found, a.String())
		}
	}
	if more > 0 {
		found = append(found, fmt.Sprintf("%d more", more))
	}
	if rest := p.in.offset - end; rest > 0 {
		unit, what := "bytes", "something that is not whole"
		if rest == 1 {
			unit = "byte"
		}
		if p.in.stage == stageOther {
			what = "a body"
		}
		found = append(found, fmt.Sprintf("%d %s of %s", rest, unit, what))
	}
	if len(found) == 0 && p.peerDone {
		return "found nothing, and TCP is over"
	}
	if len(found) == 0 {
		return fmt.Sprintf("found nothing within %v", within)
	}
	return "found " + strings.Join(found, ", ")
}

// recordExpect records what became of an expectation.
func (p *player) recordExpect(line int, met bool, note string) {
	if met {
		p.result.Met++
	} else {
		p.result.Unmet++
	}
	p.add(protocol.Entry{Kind: protocol.EntryExpect, Line: line, Met: met, Note: note})
}

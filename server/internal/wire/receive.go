package wire

import (
	"bytes"
	"errors"
	"os"

	"framecraft/protocol"
)

// What the peer sends: read all the time, recorded at once, followed for
// whoever expects something.

// readSize is what one read takes at most.
const readSize = 32 << 10

// read reads until the peer's side of TCP is over.
func (p *player) read() {
	buffer := make([]byte, readSize)
	for {
		n, err := p.conn.stream.Read(buffer)
		over := p.received(buffer[:n], err)
		select {
		case p.news <- struct{}{}:
		default: // there is news already
		}
		if over {
			return
		}
	}
}

// received takes what a read gave and reports whether it was the last one.
func (p *player) received(b []byte, err error) (over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing {
		return err != nil
	}
	if len(b) > 0 {
		p.result.Received += len(b)
		p.add(protocol.Entry{From: p.scenario.Role.Peer(), Kind: protocol.EntryBytes, Data: bytes.Clone(b)})
		p.in.feed(b)
	}
	if err == nil {
		return false
	}
	if p.peerDone {
		return true
	}
	switch endingOf(err) {
	case endingEnd:
		p.peerFIN = true
		p.peerEnded(protocol.EntryEnd, arrivedEnd)
	case endingReset:
		p.peerReset()
	default:
		// A deadline is how the end of the play reaches the reader.
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			p.peerDone = true
			p.add(protocol.Entry{From: p.scenario.Role.Peer(), Kind: protocol.EntryFailed, Note: describe(err)})
		}
	}
	return true
}

// peerReset takes note of an RST, whoever noticed it first.
func (p *player) peerReset() {
	if !p.peerRST {
		p.peerRST = true
		p.peerEnded(protocol.EntryReset, arrivedReset)
	}
}

func (p *player) peerEnded(entry protocol.EntryKind, arrived arrivalKind) {
	p.peerDone = true
	p.add(protocol.Entry{From: p.scenario.Role.Peer(), Kind: entry})
	p.arrivals = append(p.arrivals, arrival{kind: arrived, end: p.in.offset + 1})
}

// seen is how much has arrived. The end of TCP counts as a byte.
func (p *player) seen() int {
	if p.peerDone {
		return p.in.offset + 1
	}
	return p.in.offset
}

// arrive is called by the follower of the peer.
func (p *player) arrive(a arrival) {
	switch a.kind {
	case arrivedHead:
		p.agree()
	case arrivedPing:
		p.owed = append(p.owed, bytes.Clone(a.payload))
		if len(p.owed) > mostOwed {
			p.owed = p.owed[1:]
		}
	}
	p.arrivals = append(p.arrivals, a)
	p.lastEnd = a.end
	switch limits := &p.options.Limits; {
	case p.in.inflated > limits.Inflated:
		p.cancel(limits.inflatedOver())
	case len(p.arrivals) > limits.Entries:
		p.cancel(limits.waitingOver())
	}
}

// sent is called by the follower of this side.
func (p *player) sent(a arrival) {
	if a.kind == arrivedHead {
		p.agree()
	}
}

// agree tells the follower of the peer what both heads have agreed on.
func (p *player) agree() {
	request, response := p.out.whole, p.in.whole
	if p.scenario.Role == protocol.RoleServer {
		request, response = response, request
	}
	if response != nil {
		p.in.agree(protocol.ReadHandshake(request, response))
	}
}

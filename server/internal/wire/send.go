package wire

import (
	"context"
	"fmt"
	"slices"

	"framecraft/protocol"
)

// What this side sends: the bytes of a step in one write, or in as many as chop
// asks for; pongs; the two ways to end TCP.

// send sends the bytes of a step, exactly these.
func (p *player) send(ctx context.Context, line int, b []byte) {
	p.mu.Lock()
	p.quietFrom = p.seen()
	p.mu.Unlock()
	if p.closed && len(b) > 0 {
		p.cannot(line, "this side of TCP is over")
		return
	}
	size := p.chop
	if size == 0 {
		size = max(1, len(b))
	}
	for piece := range slices.Chunk(b, size) {
		if err := p.write(piece); err != nil {
			if ctx.Err() == nil {
				p.cannot(line, describe(err))
			}
			return
		}
		if p.chop > 0 {
			p.conn.waitSent(ctx)
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// write makes one write and records what of it went out.
func (p *player) write(b []byte) error {
	p.mu.Lock()
	p.rec.beginWrite()
	at := p.rec.now()
	p.mu.Unlock()
	n, err := p.conn.stream.Write(b)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out.feed(b[:n])
	p.result.Sent += n
	if limit := p.rec.endWrite(protocol.Entry{At: at, From: p.scenario.Role, Kind: protocol.EntryBytes, Data: b[:n]}); limit != nil {
		p.cancel(limit)
	}
	if err == nil {
		return nil
	}
	p.closed = true
	if endingOf(err) == endingReset {
		p.peerReset()
	}
	return err
}

// cannot says once that a step's bytes did not go out; those of the steps behind
// it do not either.
func (p *player) cannot(line int, why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	if p.told {
		return
	}
	p.told = true
	p.add(protocol.Entry{
		From: p.scenario.Role, Kind: protocol.EntryFailed,
		Note: fmt.Sprintf("line %d, and what follows it, could not be sent: %s", line, why),
	})
}

// end ends TCP from this side.
func (p *player) end(line int, kind protocol.EntryKind, how func() error) {
	if p.closed {
		p.cannot(line, "this side of TCP is over")
		return
	}
	p.mu.Lock()
	p.quietFrom = p.seen()
	p.closing = p.closing || kind == protocol.EntryReset
	// Recorded first: the peer answers at once.
	p.add(protocol.Entry{From: p.scenario.Role, Kind: kind})
	p.mu.Unlock()
	p.closed = true
	if err := how(); err != nil {
		p.cannot(line, describe(err))
	}
	if kind == protocol.EntryReset {
		p.mu.Lock()
		p.peerDone = true
		p.mu.Unlock()
	}
}

// payPongs answers the pings that have come. A pong never goes out inside a
// frame of the scenario, nor behind a Close frame.
func (p *player) payPongs(ctx context.Context) {
	for {
		p.mu.Lock()
		if len(p.owed) == 0 || !p.pongs || p.out.inFrame() || p.out.closed() || p.closed || ctx.Err() != nil {
			p.mu.Unlock()
			return
		}
		payload := p.owed[0]
		p.owed = p.owed[1:]
		p.mu.Unlock()
		h := protocol.Header{Flags: protocol.FIN.WithOpcode(protocol.OpcodePong), PayloadLength: uint64(len(payload))}
		if p.scenario.Role == protocol.RoleClient {
			h.Flags |= protocol.MASK
			h.MaskingKey = randomKey()
			protocol.Mask(payload, h.MaskingKey, 0)
		}
		if err := p.write(append(h.AppendTo(nil), payload...)); err != nil {
			return
		}
	}
}

// mostOwed is how many pings wait for their pong at most; the latest ones count
// (RFC 6455, section 5.5.3).
const mostOwed = 64

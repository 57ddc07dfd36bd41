package wire

import (
	"slices"
	"strings"

	"framecraft/protocol"
)

// Expectations about rules are judged by what InspectTranscript makes of all that
// was recorded so far, both directions together; there is no other judge.

// judged is what was found, and for how many entries.
type judged struct {
	entries int
	broken  []protocol.RuleID // by the peer, each once, in the order of the transcript
}

// broken returns the rules that the peer has broken so far.
func (p *player) broken() []protocol.RuleID {
	if p.judged.entries == len(p.rec.entries) {
		return p.judged.broken
	}
	p.judged = judged{entries: len(p.rec.entries)}
	c := protocol.InspectTranscript(&protocol.Transcript{Entries: p.rec.entries})
	for i := range c.Diagnostics {
		d := &c.Diagnostics[i]
		if d.Side == p.in.sender && !slices.Contains(p.judged.broken, d.Rule) {
			p.judged.broken = append(p.judged.broken, d.Rule)
		}
	}
	return p.judged.broken
}

// mostBroken is how many rules a note lists.
const mostBroken = 8

// brokenByPeer says which rules the peer has broken.
func (p *player) brokenByPeer() string {
	broken := p.broken()
	if len(broken) == 0 {
		return "the " + p.in.sender.String() + " has broken no rule"
	}
	var names []string
	for _, id := range broken[:min(len(broken), mostBroken)] {
		names = append(names, id.String())
	}
	if len(broken) > mostBroken {
		names = append(names, "and more")
	}
	return "the " + p.in.sender.String() + " has broken " + strings.Join(names, ", ")
}

package web

import "framecraft/server/internal/system"

// growthFrom is how many connections more it takes until the growth of the process
// says something about one of them.
const growthFrom = 100

// growth estimates what a connection weighs: by how much the process has grown
// since there were few. What it took to warm up, to serve the page and to shake
// the first hands, is no connection's. Later on, when there were many once, the
// process does not shrink to what it was, since the runtime keeps memory for the
// next time; so the first time is what counts, and the growth is shared out among
// as many as there were at most.
type growth struct {
	before system.Fact // resident size while there were few
	live   int         // connections at that moment
	most   int         // connections since, where there were many; 0 where not
}

// each takes the resident size and the number of connections of this moment, and
// returns the estimate, in bytes.
func (g *growth) each(resident system.Fact, live int) system.Fact {
	if live < growthFrom {
		if g.most == 0 {
			g.before, g.live = resident, live
		}
		return system.Fact{}
	}
	g.most = max(g.most, live)
	if g.most-g.live < growthFrom || !g.before.Known || !resident.Known || resident.Value < g.before.Value {
		return system.Fact{}
	}
	return system.Known((resident.Value - g.before.Value) / int64(g.most-g.live))
}

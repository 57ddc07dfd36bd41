package e2e

// The Live workbench: what the tests of it share. What they see are the
// connections of real servers; a test that counts has a server of its own.

import (
	"fmt"
	"testing"
)

// openLive opens the page of a server on the Live workbench.
func openLive(t testing.TB, s *server) *tab {
	t.Helper()
	p := newTab(t)
	// Whatever the browser writes to its console when a connection is refused.
	p.allow(`net::ERR_|WebSocket connection to`)
	p.visit(s.url() + "#live")
	p.ready()
	p.reported()
	return p
}

// reported waits until the workbench shows a report.
func (p *tab) reported() {
	p.Helper()
	p.until("the Live workbench shows a report", `document.querySelector(".live-number")?.checkVisibility() && document.querySelector(".live-number").textContent !== ""`)
}

// changeReports has the page see what an expression makes of each report, from the
// next page on.
func (p *tab) changeReports(expression string) {
	p.Helper()
	p.onEveryPage(`globalThis.WebSocket = class extends WebSocket {
		addEventListener(type, listen) {
			if (type !== "message" || !this.url.endsWith("/live")) return super.addEventListener(type, listen);
			super.addEventListener(type, ({ data }) => {
				const report = JSON.parse(data);
				listen({ data: JSON.stringify(` + expression + `) });
			});
		}
	}`)
}

// row is one row of the table as somebody sees it.
type liveRow struct {
	FD, What, Remote, Local, Age, State, In, Out, Memory, Mark string
}

func (p *tab) liveRows() []liveRow {
	p.Helper()
	return read[[]liveRow](p, `[...document.querySelectorAll("live-table tbody tr")].map((row) => ({
		Mark: row.dataset.state,
		...Object.fromEntries(["FD", "What", "Remote", "Local", "Age", "State", "In", "Out", "Memory"].map((name) => [name, row.querySelector(".cell-" + name.toLowerCase()).textContent])),
	}))`)
}

// rowsWhere is an expression for how many rows there are of this kind and state.
func rowsWhere(own, state string) string {
	return fmt.Sprintf(`document.querySelectorAll('live-table tbody tr[data-own="%s"]%s').length`, own, state)
}

const (
	notEnded   = `:not([data-state="ended"])`
	liveSays   = `document.querySelector(".live-open-says").textContent`
	liveNumber = `Number(document.querySelector(".live-number").textContent.replace(/,/g, ""))`
	liveField  = `live-opener input`
	liveOpen   = `live-opener .primary`
)

func liveClose() element { return worded("live-opener button", "Close them") }

// openMore opens so many connections and waits until they are listed.
func (p *tab) openMore(n int) {
	p.Helper()
	before := read[int](p, rowsWhere("opened", notEnded))
	p.fill(css(liveField), fmt.Sprint(n))
	p.click(css(liveOpen))
	p.until(fmt.Sprintf("%d connections are open", before+n), fmt.Sprintf(`%s === %d && %s.startsWith("%d connection")`, rowsWhere("opened", notEnded), before+n, liveSays, n))
}

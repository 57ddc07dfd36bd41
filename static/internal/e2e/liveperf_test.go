package e2e

// What a report costs the page when the table is full: the time in its handler,
// and the layout after it. Nothing fails for being slow.

import "testing"

// liveReports puts reports of so many connections on the page, in the place of the
// server's; `turnover` of them are others than in the report before.
const liveReports = `(async (connections, turnover, times) => {
	const { listener, send } = globalThis.liveFeed;
	let newest = 0;
	const made = [];
	const make = () => ({ id: ++newest, own: "opened", route: "/echo", fd: newest, local: "127.0.0.1:8080", remote: "127.0.0." + (2 + newest % 4) + ":" + (33000 + newest),
		began: globalThis.liveReport.at + 5, state: "open", bytesIn: newest, bytesOut: 0, framesIn: 1, framesOut: 0, memory: 3300 });
	while (made.length < connections) made.unshift(make());
	const Work = [], Layout = [];
	for (let round = 0; round < times; round++) {
		for (let i = 0; i < turnover; i++) { made.pop(); made.unshift(make()); }
		for (const one of made) { one.bytesIn += one.id % 3; one.framesIn += 1; }
		const report = { ...globalThis.liveReport, at: globalThis.liveReport.at + 10 + round, history: undefined, listed: made.map(({ id }) => id), connections: made, more: 0,
			totals: { ...globalThis.liveReport.totals, live: 1000 + round, own: connections } };
		const data = JSON.stringify(report);
		const begin = performance.now();
		listener({ data });
		const written = performance.now();
		document.querySelector("live-table").getBoundingClientRect();
		Work.push(written - begin);
		Layout.push(performance.now() - written);
		await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
	}
	return { Work: Work.slice(5), Layout: Layout.slice(5), Rows: document.querySelectorAll("live-table tbody tr").length };
})`

func BenchmarkLiveReport(b *testing.B) {
	p := newTab(b)
	p.onEveryPage(`globalThis.WebSocket = class extends WebSocket {
		addEventListener(type, listener) {
			if (type !== "message" || !this.url.endsWith("/live")) return super.addEventListener(type, listener);
			globalThis.liveFeed = { listener };
			super.addEventListener(type, ({ data }) => {
				if (globalThis.liveReport) return; // from then on the benchmark speaks
				globalThis.liveReport = JSON.parse(data);
				listener({ data });
			});
		}
	}`)
	p.reopen("live")
	p.reported()
	p.quiet()
	for _, test := range []struct {
		name  string
		about string
	}{
		{"200-rows", "200, 0, 65"},
		{"200-rows-20-new", "200, 20, 65"},
		{"200-rows-all-new", "200, 200, 25"},
	} {
		b.Run(test.name, func(b *testing.B) {
			found := read[struct {
				Work, Layout []float64
				Rows         int
			}](p, liveReports+"("+test.about+")")
			if found.Rows < 200 {
				b.Fatalf("%d rows are there, expected at least 200", found.Rows)
			}
			report(b, "report-work", found.Work)
			report(b, "report-layout", found.Layout)
		})
	}
}

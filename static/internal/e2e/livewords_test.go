package e2e

// The Live workbench: what it says where a server is not like most.

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// A server that refuses is not away.
func TestLiveRefusing(t *testing.T) {
	t.Parallel()
	var full atomic.Bool
	full.Store(true)
	address := inFront(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/live" || !full.Load() {
			return false
		}
		http.Error(w, "too many connections of this session", http.StatusTooManyRequests)
		return true
	})
	p := newTab(t)
	t.Cleanup(p.close) // before the proxy closes
	p.allow(`net::ERR_|WebSocket connection to|429`)
	p.visit(address + "#live")
	const says = `(document.querySelector("live-away p")?.textContent ?? "")`
	p.until("the page says that it is refused", says+`.startsWith("The server answers, and refuses this connection: ")`)
	full.Store(false)
	p.reported()
	p.until("nothing is left of that", `!document.querySelector("live-away").checkVisibility()`)
}

// What is no amount opens nothing, and does not stay.
func TestLiveAmount(t *testing.T) {
	t.Parallel()
	p := openLive(t, ownServer(t, "127.0.0.1:0"))
	const wrong = `document.querySelector("` + liveField + `").getAttribute("aria-invalid") === "true" && document.querySelector("` + liveOpen + `").ariaDisabled === "true" && ` + liveSays + `.startsWith("How many?")`
	for _, amount := range []string{"0", "-3", ""} {
		p.fill(css(liveField), amount)
		p.until("it is said that "+amount+" is no amount", wrong)
		p.press("Enter", "Ctrl+Enter")
	}
	p.press("Escape")
	p.until("the last amount is back", `document.querySelector("`+liveField+`").value === "500" && !document.querySelector("`+liveField+`").hasAttribute("aria-invalid")`)
	p.openMore(2)
	if n := read[int](p, liveNumber); n != 4 {
		t.Errorf("%d connections are open, expected the page's two and the two that were asked for", n)
	}
}

// Of several processes that share a port each counts its own.
func TestLiveShared(t *testing.T) {
	t.Parallel()
	p := openLive(t, ownServer(t, "127.0.0.1:0", "-reuseport"))
	if whose := read[string](p, `document.querySelector(".live-whose").textContent`); !strings.Contains(whose, " is one of several that share the port; what the others hold is not counted here.") {
		t.Errorf("the page says %q, expected that others share the port", whose)
	}
}

// Behind a proxy the table says whose the sources are, but not of what was opened.
func TestLiveBehindAProxy(t *testing.T) {
	t.Parallel()
	p := openLive(t, ownServer(t, "127.0.0.1:0", "-trust-proxy", "127.0.0.0/8"))
	p.openMore(2)
	const sources = `[...document.querySelectorAll("live-table tbody tr")].map((row) => row.dataset.own + ":" + /^[\d.]+:\d+( proxy)?$/.exec(row.querySelector(".cell-remote").textContent)?.[1]).join()`
	if found, want := read[string](p, sources), "page: proxy,page: proxy,opened:undefined,opened:undefined"; found != want {
		t.Errorf("found the sources %q, expected %q", found, want)
	}
	if says := read[string](p, `document.querySelector(".rows-count").textContent`); says != "4 connections of yours. What comes by a proxy has the proxy’s address and port: your browser’s connection ends there, and this one begins." {
		t.Errorf("the page says %q", says)
	}
}

// Nearly all is not all.
func TestLiveNearlyFull(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	p.changeReports(`{ ...report, process: { ...report.process, descriptors: 19_999, softLimit: 20_000, hardLimit: 20_000 } }`)
	p.reopen("live")
	p.reported()
	if says := read[string](p, `document.querySelector(".gauge-of").textContent`); says != "of 20,000, 99 %" {
		t.Errorf("of nearly all descriptors the page says %q", says)
	}
}

// One is singular, and nothing is said to be used that is not.
func TestLiveAlone(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	p.changeReports(`{ ...report, totals: { ...report.totals, live: 1, own: 1, accepted: 2, ended: 1 }, opener: { ...report.opener, allowed: false, sources: 0, why: "Off." } }`)
	p.reopen("live")
	p.reported()
	text := read[string](p, `document.querySelector(".live-bench").innerText`)
	for _, want := range []string{"; 1 has ended.", ": 1 is on port ", "\n4 addresses\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(text, "as used here") {
		t.Error("the page says from how many addresses it opens, though it opens nothing")
	}
}

// 1005 and 1006 are nobody's status codes.
func TestLiveBrokenOff(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	p.reopen("live")
	p.reported()
	for code, want := range map[string]string{
		"1001": "closed with 1001, “going”.",
		"1005": "closed without a status code (1005).",
		"1006": "broke off without a Close frame (1006).",
		"null": "closed.",
	} {
		says := read[string](p, `(() => {
			const away = document.createElement("live-away");
			document.body.append(away);
			away.state = { feed: { state: "waiting", silent: false, tries: 0, retryAt: Date.now(), answers: false, close: { code: `+code+`, reason: `+code+` === 1001 ? "going" : "", opened: true } }, report: null };
			const text = away.querySelector("p").textContent;
			away.remove();
			return text;
		})()`)
		if !strings.HasPrefix(says, "The connection to the server "+want) {
			t.Errorf("at %s the page says %q, expected %q", code, says, want)
		}
	}
}

// Who has gone to another workbench hears of the connection from that one, and Live gives
// its own up when there is nothing left that would end with it.
func TestLiveLeftBehind(t *testing.T) {
	t.Parallel()
	s := ownServer(t, "127.0.0.1:0")
	p := newTab(t)
	p.allow(`net::ERR_|WebSocket connection to`)
	p.onEveryPage(`{
		const later = setTimeout;
		globalThis.setTimeout = (then, delay, ...more) => later(then, delay === 60_000 ? 100 : delay, ...more);
		globalThis.tries = { live: 0, socket: 0 };
		globalThis.said = [];
		globalThis.WebSocket = class extends WebSocket {
			constructor(url) {
				super(url);
				tries[new URL(url).pathname.slice(1)]++;
			}
		};
		addEventListener("load", () => new MutationObserver(() => said.push(document.querySelector("#announcer").textContent)).observe(document.querySelector("#announcer"), { childList: true, characterData: true, subtree: true }));
	}`)
	p.visit(s.url() + "#live")
	p.ready()
	p.reported()
	p.openMore(3)
	p.press("c")
	p.connected()
	read[bool](p, `((tries.live = tries.socket = 0), true)`)
	s.stop()
	p.until("Craft has tried a few times", `tries.socket >= 4`)
	if n := read[int](p, `tries.live`); n > 1 {
		t.Errorf("Live tried %d times, though nobody looks and what it opened is gone", n)
	}
	if says := read[string](p, `said.join("|")`); strings.Contains(says, "The server is away.") || !strings.Contains(says, "1001") {
		t.Errorf("the page said %q, expected Craft's words alone", says)
	}
}

// Descriptors of seven digits and the longest addresses: each is read as one, and
// no column is out of sight.
func TestLiveLongValues(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	const long = "[2001:db8:85a3:1319:8a2e:370:7344:ffff]:65535"
	p.changeReports(`{ ...report, connections: report.connections.map((one) => ({ ...one, own: "opened", fd: 1234567, local: "` + long + `", remote: "` + long + `", state: "draining",
		bytesIn: 1e13, bytesOut: 1e13, framesIn: 7654321, framesOut: 7654321, memory: 1023 * 1024 })) }`)
	p.reopen("live")
	p.reported()
	for _, width := range []int64{360, 640, 800, 880, 1180, 1220, 1280, 1366, 1920} {
		p.resize(width, 800)
		p.until("the page is laid out", `innerWidth === `+strconv.FormatInt(width, 10)+` && document.querySelector("live-table tbody tr") !== null`)
		const wrong = `(() => {
			const lines = (node) => node.getBoundingClientRect().height / parseFloat(getComputedStyle(node).fontSize);
			const scroll = document.querySelector(".rows-scroll");
			return [
				scroll.scrollWidth > scroll.clientWidth && "the rows are wider than what is seen of them",
				[...document.querySelectorAll(".row-choose")].some((one) => one.scrollWidth > one.clientWidth || lines(one) > 2.5) && "a descriptor is broken or cut",
				[...document.querySelectorAll("tbody .cell-what")].some((one) => lines(one) > 3.5) && "a route takes more than two lines",
			].filter(Boolean).join(", ");
		})()`
		if found := read[string](p, wrong); found != "" {
			t.Errorf("at %d pixels: %s", width, found)
		}
		p.screenshot("live-long-" + strconv.FormatInt(width, 10))
	}
}

// No limit is not a number of nineteen digits.
func TestLiveUnlimited(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	p.changeReports(`{ ...report, process: { ...report.process, softLimit: 2 ** 63, hardLimit: 2 ** 63 } }`)
	p.reopen("live")
	p.reported()
	text := read[string](p, `document.querySelector(".live-bench").innerText`)
	if strings.Contains(text, "9,223,372") || strings.Count(text, "no limit") != 2 {
		t.Errorf("the page says\n%s", text)
	}
}

// Rows that come into a list that was cut are as old as they are, and a rate is
// never reckoned over a moment.
func TestLiveArithmetic(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	p.reopen("live")
	p.reported()
	const states = `import("/live/rows.mjs").then(({ rowsAfter, isNew }) => {
		const one = (id, age) => ({ id, age, own: "opened", local: "l:1", remote: "r:1", state: "open" });
		const before = rowsAfter(null, { at: 100, connections: [one(3, 50), one(2, 60)], more: 1 });
		const rows = rowsAfter(before, { at: 101, connections: [one(4, 0.5), one(2, 61), one(1, 70)], more: 0 });
		return rows.map((row) => row.id + (row.ended !== null ? " ended" : isNew(row, 101) ? " new" : "")).join();
	})`
	if found := read[string](p, states); found != "4 new,3 ended,2,1" {
		t.Errorf("the rows are %s", found)
	}
	const rates = `import("/live/series.mjs").then(({ Series }) => {
		const series = new Series();
		const report = (at, bytesIn, history) => series.add({ at, history, totals: { live: 1, bytesIn, bytesOut: 0 }, process: {}, kernel: {} });
		report(10, 1000, [[6, 1, 1, 1, 1, 0], [8, 1, 1, 1, 1, 200]]);
		report(10.05, 41_000);
		report(11, 41_000);
		report(11.9, 41_000);
		return series.points.map(({ traffic }) => (traffic === null ? "-" : Math.round(traffic))).join();
	})`
	// How much it was before the first point, nobody knows.
	if found := read[string](p, rates); found != "-,100,400,400,40000,0" {
		t.Errorf("the rates are %s", found)
	}
	// Where no line is drawn, no number is read.
	const reads = `import("/live/series.mjs").then(({ pointAt }) => [9, 10, 11, 12, 20, 29, 30, 31].map((at) => pointAt([{ at: 10 }, { at: 12 }, { at: 30 }], at)?.at ?? "-").join())`
	if found := read[string](p, reads); found != "-,10,10,12,-,-,30,30" {
		t.Errorf("the points read are %s", found)
	}
}

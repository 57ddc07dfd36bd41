package e2e

// The Live workbench: into it and out of it, connections that come and go, whose
// they are, the server away and back, what is refused, the keyboard.

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLiveOpens(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	before := p.views().Notation
	const ofLive = `performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => path.includes("live")).join()`
	if early := read[string](p, ofLive); early != "" {
		t.Errorf("before it is opened the page asks for %s", early)
	}
	p.press("l")
	p.reported()
	if asked := read[string](p, ofLive); asked != "/live/live.mjs,/css/live.css" {
		t.Errorf("the page asked for %s, expected one module and one style sheet", asked)
	}
	const shown = `[location.hash, document.title, document.querySelector("h1").textContent, document.querySelector(".benches [aria-current]").id, [...document.querySelectorAll("main")].filter((one) => one.checkVisibility()).length].join()`
	if says := read[string](p, shown); says != "#live,Framecraft: live WebSocket connections,Live,bench-live,1" {
		t.Errorf("the page says %s", says)
	}
	p.press("w")
	p.opened()
	p.press("l")
	p.reported()
	p.press("c")
	p.until("Craft is back", `document.querySelector("main.bench").checkVisibility()`)
	if v := p.agree(); v.Notation != before {
		t.Errorf("the draft became %q, expected %q", v.Notation, before)
	}
	p.click(css("#bench-live"))
	p.reported()
	read[bool](p, `(history.back(), true)`)
	p.until("Back leads to Craft", `document.querySelector("main.bench").checkVisibility() && !document.querySelector("main.live-bench").checkVisibility()`)
}

// Live needs no WebAssembly: it stands there while the module is on its way.
func TestLiveBeforeWASM(t *testing.T) {
	t.Parallel()
	held := make(chan struct{})
	address := inFront(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/dist/protocol.wasm" {
			<-held
		}
		return false
	})
	p := newTab(t)
	t.Cleanup(p.close) // before the proxy closes
	p.visit(address + "#live")
	p.reported()
	if ready := read[bool](p, `document.documentElement.dataset.ready === "true" || [...document.querySelectorAll(".boot-card")].some((card) => card.checkVisibility())`); ready {
		t.Error("the module was there, or something covers the page")
	}
	close(held)
	p.ready()
	p.press("c")
	p.agree()
}

func TestLiveRowsComeAndGo(t *testing.T) {
	t.Parallel()
	p := openLive(t, ownServer(t, "127.0.0.1:0"))
	p.until("the page's own sockets are listed", rowsWhere("page", notEnded)+` === 2 && `+liveNumber+` === 2`)
	rows := p.liveRows()
	var routes []string
	for _, row := range rows {
		routes = append(routes, row.What)
		if row.State != "● open" || !strings.HasPrefix(row.Remote, "127.0.0.1:") || row.FD == "–" {
			t.Errorf("a socket of the page is listed as %+v", row)
		}
	}
	if slices.Sort(routes); !slices.Equal(routes, []string{"/live page", "/socket page"}) {
		t.Errorf("the page's own sockets are %q", routes)
	}

	p.fill(css(liveField), "12")
	p.click(css(liveOpen))
	// Looked at within the page, because they are new for a moment only.
	const isNew = `row.querySelector(".cell-state").textContent === "+ new" && /^127\.0\.0\.[2-9]:\d+$/.test(row.querySelector(".cell-remote").textContent) && row.querySelector(".cell-what").textContent === "/echo opened"`
	p.until("they are listed as new", rowsWhere("opened", `[data-state="new"]`)+` === 12 && [...document.querySelectorAll('tr[data-own="opened"]')].every((row) => `+isNew+`) && `+rowsWhere("page", `[data-state="open"]`)+` === 2`)
	if n := read[int](p, liveNumber); n != 14 {
		t.Errorf("the sentence speaks of %d connections, expected 14", n)
	}
	p.until("they are new for a moment only", rowsWhere("opened", `[data-state="open"]`)+` === 12`)

	p.click(liveClose())
	p.until("they have ended", rowsWhere("opened", `[data-state="ended"]`)+` === 12`)
	const struck = `[...document.querySelectorAll('tr[data-state="ended"]')].every((row) => [...row.cells].every((cell) => (getComputedStyle(cell).textDecorationLine === "line-through") !== cell.matches(".cell-state")) && row.querySelector(".cell-state").textContent === "× ended")`
	if !read[bool](p, struck) {
		t.Error("rows that have ended are not struck through, or have no word for it")
	}
	p.until("it is said", liveSays+`.startsWith("All of them are closed.")`)
	p.until("the rows go", rowsWhere("opened", "")+` === 0`)
	if n := len(p.liveRows()); n != 2 {
		t.Errorf("%d rows stay, expected the page's own two", n)
	}
}

// What other visitors have is counted, never listed.
func TestLiveOthers(t *testing.T) {
	t.Parallel()
	s := ownServer(t, "127.0.0.1:0")
	p, other := openLive(t, s), openLive(t, s)
	p.openMore(5)
	p.until("the other's are counted", liveNumber+` === 9 && document.querySelector(".live-whose").textContent.includes("2 belong to others; of those only the totals are shown")`)
	other.until("and here too", liveNumber+` === 9 && document.querySelector(".live-whose").textContent.includes("7 belong to others")`)
	if rows := other.liveRows(); len(rows) != 2 {
		t.Errorf("another session is shown %d rows, expected its own two: %+v", len(rows), rows)
	}
	mine, theirs := p.liveRows(), other.liveRows()
	for _, row := range theirs {
		if slices.ContainsFunc(mine, func(one liveRow) bool { return one.FD == row.FD || one.Remote == row.Remote }) {
			t.Errorf("both sessions list %+v", row)
		}
	}
}

// More than are listed: the pages' own stay in sight, and what falls out of the list
// has not ended.
func TestLiveMany(t *testing.T) {
	t.Parallel()
	p := openLive(t, ownServer(t, "127.0.0.1:0"))
	p.fill(css(liveField), "150")
	p.click(css(liveOpen))
	p.until("150 are open", liveNumber+` === 152 && `+liveSays+`.startsWith("150 connections opened.")`)
	p.fill(css(liveField), "120")
	p.click(css(liveOpen))
	p.until("270 are open", liveNumber+` === 272 && `+liveSays+`.startsWith("120 connections opened.")`)
	p.until("as many are listed as are told", rowsWhere("opened", notEnded)+` === 198 && document.querySelector(".rows-more").textContent === "and 72 more, which are older"`)
	if rows := p.liveRows(); !strings.HasSuffix(rows[0].What, "page") || !strings.HasSuffix(rows[1].What, "page") {
		t.Errorf("the list begins with %+v, expected the page's own sockets", rows[:2])
	}
	if ended := read[int](p, rowsWhere("opened", `[data-state="ended"]`)); ended != 0 {
		t.Errorf("%d rows are said to have ended, which only fell out of the list", ended)
	}
}

// A page that the browser keeps for its Back button keeps no connection.
func TestKeptPage(t *testing.T) {
	t.Parallel()
	s := ownServer(t, "127.0.0.1:0")
	p, other := openLive(t, s), openLive(t, s)
	other.until("both pages are connected", liveNumber+` === 4`)
	p.openMore(3)
	p.visit("about:blank")
	other.until("the page has left with all its connections", liveNumber+` === 2`)
	read[bool](p, `(history.back(), true)`)
	p.reported()
	p.until("it is back, with two", rowsWhere("page", notEnded)+` === 2 && `+rowsWhere("opened", notEnded)+` === 0 && `+liveNumber+` === 4`)
	p.press("c")
	p.connected()
	p.press("Ctrl+Enter")
	p.agreed()
}

func TestLiveAwayAndBack(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	first := ownServer(t, address)
	p := openLive(t, first)
	p.openMore(3)
	const away = `document.querySelector("live-away").checkVisibility() && document.querySelector("live-away p").textContent`
	// A try at a closed port lasts a moment, too short to come upon.
	read[bool](p, `(new MutationObserver(() => { globalThis.tried ||= /^Connecting …/.test(`+away+`) && document.querySelector("live-away button").checkVisibility(); })
		.observe(document.querySelector("live-away"), { subtree: true, childList: true, characterData: true, attributes: true }), true)`)
	first.stop()
	p.until("the page says that the server is away, and how its connection ended", `(`+away+` || "").startsWith("The connection to the server closed with 1001")`)
	p.until("and counts its tries", `/: \d tr(y|ies) so far\. Next try in \d+ s\. The numbers below are the last ones\./.test(`+away+`)`)
	if !read[bool](p, `document.querySelector("live-opener input").disabled`) {
		t.Error("more can be opened while the server is away")
	}
	const axis = `document.querySelector(".plots-ticks").lastChild.textContent + ", " + document.querySelector(".plots-read > output").textContent`
	if ends := read[string](p, axis); ends != "the last, the last" {
		t.Errorf("while the server is away, the axis of time ends with %q", ends)
	}
	p.namesComplete("away")
	p.until("it stays while a try is under way", `globalThis.tried === true`)

	ownServer(t, address)
	p.click(worded("live-away button", "Connect now"))
	p.until("the numbers are the new server's", `!document.querySelector("live-away").checkVisibility() && `+rowsWhere("opened", notEnded)+` === 0 && `+rowsWhere("page", notEnded)+` === 2`)
	if ends := read[string](p, axis); ends != "now, now" {
		t.Errorf("when the server is back, the axis of time ends with %q", ends)
	}
	if says := read[string](p, liveSays); !strings.HasPrefix(says, "The server dials its own port") {
		t.Errorf("at a new server the page says %q", says)
	}
	p.openMore(2)
}

// How many may be opened, and why no more, or none at all.
func TestLiveRefused(t *testing.T) {
	t.Parallel()
	s := ownServer(t, "127.0.0.1:0", "-open-limit", "6")
	p, other := openLive(t, s), openLive(t, s)
	if words := read[string](p, `document.querySelector("`+liveOpen+`").textContent`); words != "Open 6 more" {
		t.Errorf("the button says %q, expected no more than the limit", words)
	}
	p.openMore(4)
	p.click(css(liveOpen))
	p.until("the rest of the limit is opened", rowsWhere("opened", notEnded)+` === 6 && `+liveSays+`.includes("6 is the most that its operator allows")`)
	if !read[bool](p, `document.querySelector("`+liveOpen+`").ariaDisabled === "true"`) {
		t.Error("the button can be pressed at the limit")
	}
	// The limit is for all pages together.
	other.until("the other page says who has them", liveSays+`.endsWith("6 is the most that its operator allows, and other pages have 6 of them.")`)
	if !read[bool](other, `document.querySelector("`+liveOpen+`").ariaDisabled === "true"`) {
		t.Error("the other page's button can be pressed at the limit")
	}
	p.click(liveClose())
	other.until("they are there to have again", liveSays+`.endsWith("Up to 6; they end with this page.")`)
	p.openMore(2)
	other.until("some of them", liveSays+`.endsWith("Up to 4 now, for other pages have 2 of 6; they end with this page.") && document.querySelector("`+liveOpen+`").textContent === "Open 4 more"`)
	p.openMore(4)
	// A page whose report is a moment old asks in vain.
	other.changeReports(`report.opener ? { ...report, opener: { ...report.opener, left: 6 } } : report`)
	other.visit(s.url() + "#live")
	other.reported()
	other.click(css(liveOpen))
	other.until("the server's refusal is shown", `document.querySelector("live-opener").dataset.weight === "danger" && `+liveSays+`.includes("(serve --open-limit)")`)
	if rows := read[int](other, rowsWhere("opened", "")); rows != 0 {
		t.Errorf("%d were opened all the same", rows)
	}

	none := openLive(t, ownServer(t, "127.0.0.1:0", "-open-limit", "0"))
	if controls := read[bool](none, `document.querySelector("`+liveOpen+`").checkVisibility()`); controls {
		t.Error("the button is there although nothing may be opened")
	}
	if says := read[string](none, liveSays); !strings.Contains(says, "--open-limit") {
		t.Errorf("the page says %q, expected why nothing may be opened", says)
	}
}

// Two rows are compared value by value; which two, one can choose.
func TestLiveTuple(t *testing.T) {
	t.Parallel()
	p := openLive(t, ownServer(t, "127.0.0.1:0"))
	p.openMore(6)
	rows := p.liveRows()
	opened := slices.DeleteFunc(slices.Clone(rows), func(row liveRow) bool { return !strings.HasSuffix(row.What, "opened") })
	one, two := opened[0], opened[len(opened)-1]
	for _, row := range []liveRow{one, two} {
		p.click(element(`[...document.querySelectorAll("live-table tbody tr")].find((row) => row.querySelector(".cell-remote").textContent === ` + quote(row.Remote) + `).querySelector(".cell-remote")`))
	}
	type box struct{ Name, First, Sign, Second string }
	const boxes = `[...document.querySelectorAll(".tuple-box")].slice(1).map((box) => ((Name, First, Sign, Second) => ({ Name, First, Sign, Second }))(...[...box.children].map((node) => node.textContent)))`
	p.until("the chosen ones are compared", `[...document.querySelectorAll(".tuple-box[data-part=fd] .tuple-value")].map((node) => node.textContent).join() === "`+one.FD+","+two.FD+`"`)
	split := func(address string) (string, string) {
		at := strings.LastIndex(address, ":")
		return address[:at], address[at+1:]
	}
	for index, found := range read[[]box](p, boxes) {
		var want [2]string
		for side, row := range []liveRow{one, two} {
			source, sourcePort := split(row.Remote)
			destination, destinationPort := split(row.Local)
			want[side] = []string{source, sourcePort, destination, destinationPort, row.FD}[index]
		}
		sign := map[bool]string{true: "= same", false: "≠ differs"}[want[0] == want[1]]
		if found.First != want[0] || found.Second != want[1] || found.Sign != sign {
			t.Errorf("%+v, expected %q and %s", found, want, sign)
		}
	}
	if chosen := read[int](p, `document.querySelectorAll('live-table [aria-pressed="true"]').length`); chosen != 2 {
		t.Errorf("%d rows are shown as chosen", chosen)
	}
}

func TestLiveKeyboard(t *testing.T) {
	t.Parallel()
	p := openLive(t, ownServer(t, "127.0.0.1:0"))
	p.press("n")
	p.write("3")
	p.press("Enter")
	p.until("they are open", rowsWhere("opened", notEnded)+` === 3`)
	p.press("Escape", "j")
	p.until("the first row has the focus", `document.activeElement.closest("tr") === document.querySelector("live-table tbody tr")`)
	p.press("Down", "Down", "Enter")
	const here = `document.activeElement.closest("tr").connection`
	first := read[int](p, here)
	p.press("End", "k", "Enter")
	second := read[int](p, here)
	if chosen := read[string](p, `[...document.querySelectorAll("live-table tr[data-chosen]")].map((row) => row.connection).sort((a, b) => a - b).join()`); chosen != fmt.Sprintf("%d,%d", min(first, second), max(first, second)) || first == second {
		t.Errorf("after Enter on rows %d and %d the chosen ones are %s", first, second, chosen)
	}
	// A key chooses, whatever text is selected elsewhere; a pointer that selects does not.
	read[bool](p, `(getSelection().selectAllChildren(document.querySelector(".live-headline")), true)`)
	p.press("Enter")
	p.until("it is no longer chosen", `document.activeElement.getAttribute("aria-pressed") === "false" && !getSelection().isCollapsed`)
	read[bool](p, `(getSelection().removeAllRanges(), true)`)
	if tabs := read[int](p, `document.querySelectorAll('live-table tbody [tabindex="0"]').length`); tabs != 1 {
		t.Errorf("Tab stops at %d rows, expected one", tabs)
	}

	p.press("t")
	// Reports that answer a command come between those of the seconds, so their
	// number says nothing about how far back they reach.
	p.until("there is a past to read", `performance.now() > 8000`)
	p.press("Left", "Left", "Left")
	const read3 = `document.querySelector("live-plots output").textContent + "|" + document.querySelector(".plots-range").getAttribute("aria-valuetext")`
	if says := read[string](p, read3); !strings.HasPrefix(says, "3 s ago|3 s ago: ") || !strings.Contains(says, "File descriptors ") {
		t.Errorf("three steps to the left read %q", says)
	}
	// A screen reader says it when the slider moves, and not with every report.
	const moment = `document.querySelector(".plots-range").getAttribute("aria-valuetext") + "|" + document.querySelector(".live-bench .plot-line").getAttribute("d")`
	said, drawn, _ := strings.Cut(read[string](p, moment), "|")
	p.until("a further report is drawn", `!(`+moment+`).endsWith(`+quote("|"+drawn)+`)`)
	if now, _, _ := strings.Cut(read[string](p, moment), "|"); now != said {
		t.Errorf("the slider says %q and did not move from where it said %q", now, said)
	}
	p.press("Escape")
	if says := read[string](p, read3); !strings.HasPrefix(says, "now|now: Connections 5, ") {
		t.Errorf("Escape leads to %q", says)
	}

	var panes []string
	for range 7 {
		p.press("F6")
		panes = append(panes, read[string](p, `document.activeElement.id`))
	}
	if way := strings.Join(panes, " "); way != "live-tuple live-myth live-table live-now live-limits live-plots live-tuple" {
		t.Errorf("F6 goes through %s", way)
	}
	p.press("x")
	p.until("x closes them", rowsWhere("opened", notEnded)+` === 0`)
	p.press("?")
	p.until("help begins with this workbench", `[...document.querySelectorAll(".help-sheet h3, .help-sheet h4")].filter((one) => one.textContent).map((one) => one.textContent).slice(0, 5).join().startsWith("Live connections,")`)
}

// What the system does not tell is shown as unknown, and breaks nothing.
func TestLiveUnknown(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	const known = `["live", "own", "at", "limit", "left", "sources", "open", "accepted", "ended", "id", "began", "more"]`
	p.changeReports(`JSON.parse(JSON.stringify({ ...report, listener: null, history: undefined, kernel: { ...report.kernel, ports: null } }),
		function (key, value) { return typeof value !== "number" || Array.isArray(this) || ` + known + `.includes(key) ? value : null; })`)
	p.reopen("live")
	p.reported()
	p.until("a second report came", `document.querySelector(".plot-line").getAttribute("d")?.includes("L")`)
	text := read[string](p, `document.querySelector(".live-bench").innerText`)
	for _, wrong := range []string{"null", "undefined", "NaN", "Infinity"} {
		if strings.Contains(text, wrong) {
			t.Errorf("the page says %s:\n%s", wrong, text)
		}
	}
	if !strings.Contains(text, "This system does not tell.") {
		t.Error("it is not said that the system does not tell")
	}
}

// Names, references and levels hold, whatever is open.
func TestLiveAccessibility(t *testing.T) {
	t.Parallel()
	p := openLive(t, ownServer(t, "127.0.0.1:0"))
	p.openMore(4)
	// Rows come into the tree with the frame in which they are drawn first.
	const cells = 6 * 9
	for end := time.Now().Add(patience); time.Now().Before(end) && len(roles(p.tree(), "cell")) != cells; {
		time.Sleep(50 * time.Millisecond)
	}
	nodes := p.namesComplete("live")
	for _, want := range []struct {
		role  string
		names []string
	}{
		{"main", []string{""}},
		{"heading", []string{"Live", "What they take", "The last minutes", "Two connections, four values each", "Why not 65,535?", "Your connections"}},
		{"spinbutton", []string{"How many connections to open"}},
		{"slider", []string{"Read the numbers at"}},
		{"radio", []string{"2 min", "10 min"}},
		{"button", []string{"Open 4 more", "Close them"}},
		{"columnheader", []string{"fd", "Route", "Source", "Destination", "Age", "State", "In, frames", "Out, frames", "Memory"}},
	} {
		names := roles(nodes, want.role)
		for _, name := range want.names {
			if !slices.ContainsFunc(names, func(one string) bool { return strings.EqualFold(one, name) }) {
				t.Errorf("no %s is called %q: %q", want.role, name, names)
			}
		}
	}
	// The page's announcer speaks; numbers that change with a pointer or a second do not.
	if chatter := read[int](p, `[...document.querySelectorAll('.live-bench :is(output, [role="status"], [role="log"], [role="alert"], [aria-live])')].filter((one) => one.ariaLive !== "off").length`); chatter > 0 {
		t.Errorf("%d live regions beside the announcer", chatter)
	}
	meters := roles(nodes, "meter")
	if len(meters) != 2 || !strings.HasPrefix(meters[0], "File descriptors: ") || !strings.HasPrefix(meters[1], "Ports to dial from: ") {
		t.Errorf("the meters are %q", meters)
	}
	if found := len(roles(nodes, "cell")); found != cells {
		t.Errorf("the table has %d cells, expected 6 rows of 9", found)
	}
	if twice := read[[]string](p, `(() => { const seen = new Set(); return [...document.querySelectorAll("[id]")].map(({ id }) => id).filter((id) => seen.has(id) || !seen.add(id)); })()`); len(twice) > 0 {
		t.Errorf("ids are used twice: %q", twice)
	}
	if missing := read[[]string](p, `["aria-labelledby", "aria-describedby", "for"].flatMap((name) => [...document.querySelectorAll(".live-bench [" + name + "]")].flatMap((node) => node.getAttribute(name).split(/\s+/).filter((id) => document.getElementById(id) === null)))`); len(missing) > 0 {
		t.Errorf("nothing has the ids %q", missing)
	}
	for _, colours := range []map[string]string{{"forced-colors": "active"}, {"forced-colors": "active", "prefers-color-scheme": "dark"}} {
		p.prefer(colours)
		if found := read[look](p, lookScript); found.Overflow != "" || len(found.Clipped) > 0 {
			t.Errorf("%v: %s %q", colours, found.Overflow, found.Clipped)
		}
		// The style sheet of Wire has not come, and this one is to be told from the others all the same.
		if marked := read[string](p, `[...document.querySelectorAll(".benches a")].filter((one) => getComputedStyle(one).outlineStyle !== "none").map(({ id }) => id).join()`); marked != "bench-live" {
			t.Errorf("%v: of the workbenches %q is marked, expected bench-live", colours, marked)
		}
		if framed := read[bool](p, `getComputedStyle(document.querySelector('.tuple-box[data-part="who"]')).borderTopColor !== getComputedStyle(document.body).backgroundColor`); framed {
			t.Errorf("%v: the names of the two connections stand in a frame as the values do", colours)
		}
		p.screenshot("live-forced-" + colours["prefers-color-scheme"])
	}
}

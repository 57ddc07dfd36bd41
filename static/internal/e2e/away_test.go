package e2e

// The server goes away and comes back: the page says so with the close code,
// tries again with a growing delay, and goes on where it was.

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// watchTries answers a channel of the moments at which the page opens sockets.
func watchTries(p *tab) <-chan time.Time {
	p.Helper()
	opened := make(chan time.Time, 100)
	if err := chromedp.Listen(p.ctx, func(event any) {
		if _, ok := event.(*network.EventWebSocketCreated); ok {
			opened <- time.Now()
		}
	}); err != nil {
		p.Fatal(err)
	}
	return opened
}

// openAt opens the page of a server of the test's own.
func openAt(t *testing.T, s *server) *tab {
	t.Helper()
	p := newTab(t)
	// Whatever the browser writes to its console when a connection is refused.
	p.allow(`net::ERR_|WebSocket connection to`)
	p.visit(s.url() + "#" + hello)
	p.ready()
	p.connected()
	return p
}

const exchangeText = `document.querySelector("#exchange").innerText`

func TestServerAway(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	first := ownServer(t, address)
	p := openAt(t, first)
	p.press("Ctrl+Enter")
	p.agreed()
	tries := watchTries(p)
	first.stop()

	p.until("the page says that the server is away", `document.querySelector("fc-status").innerText.includes("server away")`)
	p.until("and what the close was", exchangeText+`.includes("The connection closed: 1001")`)
	p.until("and when it tries again", `document.querySelector(".exchange-away").checkVisibility() && /Next try in \d+ s/.test(document.querySelector(".exchange-away").innerText)`)
	// Everything but sending goes on.
	p.click(bit(1))
	if v := p.agree(); v.Hex != "c18537fa213d7f9f4d5158" {
		t.Errorf("with the server away the frame is %s", v.Hex)
	}
	p.until("several tries have failed", exchangeText+`.includes("tries so far")`)
	var last time.Time
	var gaps []time.Duration
	for range 4 {
		select {
		case at := <-tries:
			if !last.IsZero() {
				gaps = append(gaps, at.Sub(last))
			}
			last = at
		case <-time.After(patience):
			t.Fatalf("no more tries after gaps of %v", gaps)
		}
	}
	// Each delay is random in the upper half of one that doubles, and the browser
	// may add a little of its own; the third is certain to be far from the first.
	if first, third := gaps[0], gaps[2]; third < 1500*time.Millisecond || third < first*7/5 {
		t.Errorf("the tries came %v apart, expected growing delays", gaps)
	}

	ownServer(t, address)
	p.connected()
	p.press("Ctrl+Enter")
	p.agreed()
}

func TestConnectNow(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	first := ownServer(t, address)
	p := openAt(t, first)
	first.stop()
	p.until("a try has failed", exchangeText+`.includes("No connection")`)
	// A send while the server is away waits for it; a second one is refused.
	p.press("Ctrl+Enter")
	p.until("the send waits", newest+`?.innerText.includes("waits for the connection")`)
	p.press("Ctrl+Enter")
	p.until("the second is refused", newest+`.innerText.includes("another send waits")`)
	// That send asked for a connection at once, and the browser holds back tries
	// that come soon after failed ones: only then is there a time to wait for, long
	// enough that the next try does not come by itself in between.
	if !p.within(4*patience, `document.querySelector(".exchange-away").checkVisibility() && /Next try in ([5-9]|\d\d) s/.test(document.querySelector(".exchange-away").innerText)`) {
		t.Fatalf("the delay between tries does not grow\n%s", p.brief())
	}
	ownServer(t, address)
	p.click(worded("fc-exchange button", "Connect now"))
	p.connected()
	p.until("what waited is answered", `[...document.querySelectorAll(".exchange-entry.send")].some((entry) => entry.innerText.includes("native and WASM agree"))`)
}

// The codes that a server closes with are shown by number and name. What the page
// itself never sends is put on its socket here.
func TestCloseCodes(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	p.onEveryPage(`globalThis.WebSocket = class extends WebSocket {
		constructor(...about) { super(...about); globalThis.lastSocket = this; }
	}`)
	p.reopen(hello)
	for _, test := range []struct{ name, send, code string }{
		{"a text message", `"text"`, "1003"},
		{"a message over the limit", `new Uint8Array(1048577)`, "1009"},
	} {
		p.connected()
		read[bool](p, "(lastSocket.send("+test.send+"), true)")
		p.until(test.name+" is closed with "+test.code, exchangeText+".includes('The connection closed: "+test.code+"')")
		if text := read[string](p, exchangeText); !strings.Contains(text, "“") {
			t.Errorf("%s: the exchange shows no reason: %q", test.name, text)
		}
		p.connected() // again, by itself
	}
}

// A play that the server leaves behind is no success: what was not reached is
// said. A play that cannot begin leaves what was shown before.
func TestWireAway(t *testing.T) {
	t.Parallel()
	s := ownServer(t, freeAddress(t))
	p := newTab(t)
	p.allow(`net::ERR_|WebSocket connection to`)
	p.visit(s.url() + "#wire")
	p.ready()
	p.opened()
	p.script(shaken + "wait 20s\nexpect text \"never\"\n")
	p.click(css("wire-play .play-button"))
	p.until("it plays", `document.querySelector("wire-play").dataset.phase === "playing" && document.querySelectorAll(".seq-row").length > 2`)
	s.stop()
	p.idle()
	const bar = `document.querySelector(".play-says").textContent`
	p.until("the bar says why", bar+`.startsWith("Not played to the end: the connection to the server closed")`)
	const verdict = "1 of 2 expectations was met, 1 was not reached; nobody broke a rule"
	if says := p.wireVerdict(); says != verdict {
		t.Errorf("the verdict is %q", says)
	}
	if outcome := read[string](p, `document.querySelector("wire-verdict").dataset.outcome`); outcome != "noted" {
		t.Errorf("the outcome is %q", outcome)
	}
	p.click(css("wire-play .play-button"))
	p.until("nothing was played", bar+`.startsWith("Not played: the server is away")`)
	if says := p.wireVerdict(); says != verdict {
		t.Errorf("then the verdict is %q", says)
	}
}

package e2e

// The network between page and server breaks in every way: the page says what
// happened, never hangs, and goes on without a reload when it can.

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"framecraft/server/faults"
)

// distantServer is a server that pages reach only through a faulty proxy.
type distantServer struct {
	*faults.Proxy
	tb testing.TB
}

func faulty(tb testing.TB) (distantServer, *server) {
	tb.Helper()
	proxy, err := faults.Listen("127.0.0.1:1")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { proxy.Close() })
	d := distantServer{proxy, tb}
	return d, d.start()
}

// start starts a server, which takes the place of the one before.
func (d distantServer) start() *server {
	d.tb.Helper()
	s, err := runServer("127.0.0.1:0", "-origin", "http://"+d.Address())
	if err != nil {
		d.tb.Fatal(err)
	}
	d.tb.Cleanup(s.stop)
	d.Aim(s.address)
	return s
}

func (d distantServer) url() string { return "http://" + d.Address() + "/" }

// heal lets everything pass again.
func (d distantServer) heal() { d.Set(faults.Flow{}, faults.Flow{}) }

// open opens the page through the proxy.
func (d distantServer) open(t *testing.T, fragment string) *tab {
	t.Helper()
	p := newTab(t)
	// The browser's own lines, and the icon: it asks for that at leisure, half a
	// request of it may be what a fault lets pass, and the server says so.
	p.allow(`net::ERR_|WebSocket connection to|/favicon\.svg\)$`)
	p.visit(d.url() + "#" + fragment)
	p.ready()
	return p
}

// withinLong is until for what the page waits for itself.
func (p *tab) untilLong(what, condition string) {
	p.Helper()
	if !p.within(3*patience, condition) {
		p.Fatalf("waited %v in vain until %s\n%s", 3*patience, what, p.brief())
	}
}

// recovers waits until the page is connected by itself, and sends.
func (p *tab) recovers() {
	p.Helper()
	p.untilLong("the page is connected again", `document.querySelector("fc-status .status-word")?.textContent === "connected"`)
	p.press("Ctrl+Enter")
	p.agreed()
}

// What breaks while the page is connected, and is over after a while.
func TestFaultsWhileConnected(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		up, down faults.Flow
		says     string
	}{
		{"reset in the middle of an answer", faults.Flow{}, faults.Flow{After: 50, End: faults.Reset}, "The connection closed: 1006"},
		{"reset in the middle of a send", faults.Flow{After: 5, End: faults.Reset}, faults.Flow{}, "The connection closed: 1006"},
		{"half-close in the middle of an answer", faults.Flow{}, faults.Flow{After: 50, End: faults.HalfClose}, "The connection closed: 1006"},
		{"half-close in the middle of a send", faults.Flow{After: 5, End: faults.HalfClose}, faults.Flow{}, "The connection closed: 1006"},
	} {
		d, _ := faulty(t)
		p := d.open(t, hello)
		p.connected()
		p.press("Ctrl+Enter")
		p.agreed()
		d.Set(test.up, test.down)
		p.press("Ctrl+Enter")
		p.until(test.name+": the page says how the connection ended", exchangeText+".includes("+quote(test.says)+")")
		p.until(test.name+": and that there is no answer", newest+`.innerText.includes("No answer")`)
		d.heal()
		p.recovers()
		p.close()
	}
}

// Slow is no fault: everything arrives, and nothing is given up.
func TestSlowNetwork(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	d, _ := faulty(t)
	far := faults.Flow{Latency: 500 * ms}
	d.Set(far, far)
	p := d.open(t, hello)
	p.recovers()
	d.Set(faults.Flow{Piece: 1, Pause: 5 * ms}, faults.Flow{Piece: 64, Seed: 3, Pause: 5 * ms})
	p.press("Ctrl+Enter")
	p.agreed()
	if text := read[string](p, exchangeText); read[bool](p, exchangeText+`.includes("closed")`) {
		t.Errorf("a slow network ended the connection: %s", text)
	}
}

// Nothing arrives any more, and nobody is told: TCP would not notice for minutes.
func TestBlackHole(t *testing.T) {
	t.Parallel()
	d, _ := faulty(t)
	p := d.open(t, hello)
	p.connected()
	p.press("Ctrl+Enter")
	p.agreed()
	d.Set(faults.Lost(), faults.Lost())
	p.press("Ctrl+Enter")
	p.untilLong("the answer is late", newest+`.innerText.includes("No answer within 10 seconds")`)
	// Everything but sending goes on.
	p.click(bit(1))
	if v := p.agree(); v.Hex != "c18537fa213d7f9f4d5158" {
		t.Errorf("with the network gone the frame is %s", v.Hex)
	}
	p.untilLong("the connection is given up", exchangeText+`.includes("The connection was given up: no word from the server for 25 seconds.")`)
	p.until("and the send has no answer", newest+`.innerText.includes("No answer: no word from the server for 25 seconds")`)
	p.untilLong("the next try is given up as well", exchangeText+`.includes("No connection: the server is away or refuses.")`)
	d.heal()
	p.recovers()
}

// A black hole under a play: it can be stopped, and the next one is played.
func TestBlackHoleUnderAPlay(t *testing.T) {
	t.Parallel()
	d, _ := faulty(t)
	p := d.open(t, "wire")
	p.opened()
	p.script(shaken + "wait 20s\nexpect text \"never\"\n")
	p.click(css("wire-play .play-button"))
	p.until("it plays", `document.querySelector("wire-play").dataset.phase === "playing" && document.querySelectorAll(".seq-row").length > 2`)
	d.Set(faults.Lost(), faults.Lost())
	p.click(worded("wire-play button", "Stop"))
	p.until("the bar says why it ends", `document.querySelector(".play-says").textContent.startsWith("Not played to the end: no word from the server for 5 seconds")`)
	d.heal()
	p.script(shaken)
	p.play()
	if says := p.wireVerdict(); !strings.HasPrefix(says, "The one expectation was met") {
		t.Errorf("the next verdict is %q", says)
	}
}

// The server is killed and comes back: no reload, and the session goes on.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	d, s := faulty(t)
	p := d.open(t, hello)
	p.connected()
	if err := s.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.until("the page says how the connection ended", exchangeText+`.includes("The connection closed: 1006")`)
	p.until("and that the server is away", `document.querySelector("fc-status").innerText.includes("server away")`)
	d.start()
	p.recovers()
	if n := read[int](p, `performance.getEntriesByType("navigation").length`); n != 1 {
		t.Errorf("the page was loaded %d times", n)
	}
}

// The module's download is cut in the middle: the page says so, and a reload mends it.
func TestDownloadCut(t *testing.T) {
	t.Parallel()
	d, _ := faulty(t)
	d.Set(faults.Flow{}, faults.Flow{After: 300_000, End: faults.Reset})
	p := newTab(t)
	p.allow(`net::ERR_|WebSocket connection to`)
	p.visit(d.url() + "#" + hello)
	p.until("the page says what is wrong", `document.querySelector("fc-boot [role=alert]")?.innerText.includes("The protocol code could not be")`)
	d.heal()
	p.click(worded("fc-boot button", "Reload the page"))
	// There is no document to ask while it is being replaced.
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		ready, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](`document.documentElement?.dataset.ready === "true"`))
		if err == nil && ready {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the reload does not mend it: %v", err)
		}
	}
	p.recovers()
}

// The download stands still: the page says so, and goes on by itself.
func TestDownloadStandsStill(t *testing.T) {
	t.Parallel()
	d, _ := faulty(t)
	d.Set(faults.Flow{}, faults.Flow{After: 300_000, End: faults.BlackHole})
	p := newTab(t)
	p.visit(d.url() + "#" + hello)
	p.untilLong("the page says that it takes long", bootText+`.includes("The page is taking unusually long")`)
	d.heal()
	p.ready()
	p.connected()
	if says := read[string](p, bootText); says != "" {
		t.Errorf("then the page still says %q", says)
	}
}

// The numbers of the server stand still: the page says so and finds it again.
func TestBlackHoleUnderLive(t *testing.T) {
	t.Parallel()
	d, _ := faulty(t)
	p := d.open(t, "live")
	p.reported()
	d.Set(faults.Lost(), faults.Lost())
	const away = `document.querySelector("live-away").checkVisibility()`
	p.untilLong("the connection is given up", away+` && document.querySelector("live-away p").textContent.includes("no word for")`)
	p.untilLong("the next try is given up as well", `/: \d tr(y|ies) so far/.test(document.querySelector("live-away p").textContent)`)
	d.heal()
	p.untilLong("reports come in", "!"+away)
}

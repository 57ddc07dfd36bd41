package e2e

// How fast the page is, as benchmarks; nothing here fails for being slow.
//
//	go test -run='^$' -bench=. -benchtime=1x
//
// A key is timed from the moment the browser stamps it to the first task after
// the frame that shows its report: key-to-paint. The wait for the display's next
// frame is in it, 16.7 ms at most, and as each key comes soon after the last one was
// painted, it is most of it as long as a single frame does. What the page
// itself spends until all nodes are written is edit-work.

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cssdomain "github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
)

const (
	kib = 1 << 10
	mib = 1 << 20

	keystrokes = 40
	warmUp     = 6
	navigated  = 12
)

// payloads are long in three ways: the notation is short, twice as long as the
// bytes, or as long as they are.
var payloads = []struct {
	name     string
	notation func(size int) string
}{
	{"repeat", func(size int) string { return fmt.Sprintf("binary len=70000 repeat(61,%d)", size) }},
	{"hex", func(size int) string { return "binary len=70000 hex:" + strings.Repeat("61", size) }},
	{"text", func(size int) string { return `text len=70000 "` + strings.Repeat("a", size) + `"` }},
}

// places are where somebody types. Each prepares, then every key changes the
// draft into another one that can be read; but for a mistake, which is made and
// taken back.
var places = []struct {
	name    string
	prepare func(p *tab)
	keys    []string
}{
	{"form", func(p *tab) { p.click(css(`fc-form [aria-label="Declared payload length"]`)); p.press("End") }, []string{"1", "Backspace", "2", "Backspace"}},
	{"hex", func(p *tab) { p.clickAt(nth("fc-hex .hex", 20), 0.25, 0.5) }, []string{"5", "4", "6", "3"}},
	{"notation", func(p *tab) { p.caretBehind("len=7") }, []string{"1", "Backspace", "2", "Backspace"}},
	{"mistake", func(p *tab) { p.caretBehind("len=") }, []string{"x", "Backspace", "y", "Backspace"}},
}

// caretBehind clicks into the notation and walks to where this text ends in what
// is shown there, which need not be spelled as it was pasted.
func (p *tab) caretBehind(text string) {
	p.Helper()
	p.click(css("fc-notation textarea"))
	p.press("Ctrl+Home")
	at := read[int](p, fmt.Sprintf(`document.querySelector("fc-notation textarea").value.indexOf(%q)`, text))
	if at < 0 {
		p.Fatalf("the notation has no %q\n%s", text, p.brief())
	}
	for range at + len(text) {
		p.press("Right")
	}
}

func BenchmarkKeystroke(b *testing.B) {
	for _, size := range []int{64 * kib, mib} {
		for _, payload := range payloads {
			for _, place := range places {
				b.Run(fmt.Sprintf("%dKiB/%s/%s", size/kib, payload.name, place.name), func(b *testing.B) {
					p := openPage(b, "")
					p.quiet()
					p.loadLong(payload.notation(size), size)
					place.prepare(p)
					read[bool](p, timeKeys)
					for i := range warmUp + keystrokes {
						if i == warmUp {
							read[bool](p, "(keyTimes.length = 0, performance.clearMeasures(), true)")
						}
						p.press(place.keys[i%len(place.keys)])
						// The next key comes when this one has been painted, as from a hand.
						p.until("the key is painted", "keysWaiting() === 0")
					}
					if v := p.views(); v.Invalid || v.Form.Error != "" {
						b.Fatalf("the last key left an error: %q %q", v.NotationError, v.Form.Error)
					}
					report(b, "key-to-paint", read[[]float64](p, "keyTimes"))
					for _, name := range []string{"edit-to-paint", "edit-work"} {
						report(b, name, read[[]float64](p, fmt.Sprintf("performance.getEntriesByName(%q).map(({ duration }) => duration)", name)))
					}
				})
			}
		}
	}
}

// timeKeys notes for each key when the frame after it was done.
const timeKeys = `(() => {
	globalThis.keyTimes = [];
	const channel = new MessageChannel();
	let pressed = [];
	globalThis.keysWaiting = () => pressed.length;
	channel.port1.onmessage = () => {
		const now = performance.now();
		for (const stamp of pressed.splice(0)) keyTimes.push(now - stamp);
	};
	addEventListener("keydown", ({ timeStamp }) => {
		pressed.push(timeStamp);
		requestAnimationFrame(() => channel.port2.postMessage(null));
	}, true);
	return true;
})()`

// quiet turns off what the tests watch the page with, for it slows the page down.
func (p *tab) quiet() {
	p.Helper()
	p.do(call(cssdomain.Disable, cdp.Empty{}), call(dom.Disable, cdp.Empty{}), call(network.Disable, cdp.Empty{}))
}

// loadLong loads notation that is too long for a link through the paste dialog.
func (p *tab) loadLong(notation string, size int) {
	p.Helper()
	p.click(worded("fc-paste > button", "Paste"))
	p.do(call(input.InsertText, input.InsertTextParams{Text: notation}))
	p.press("Ctrl+Enter")
	p.until("the long draft is there", fmt.Sprintf(`!document.querySelector("dialog[open]") && parseInt(document.querySelector("fc-hex header .mono").textContent.replaceAll(",", "")) > %d`, size))
}

func report(b *testing.B, name string, times []float64) {
	b.Helper()
	if len(times) == 0 {
		b.Fatalf("nothing was measured as %s", name)
	}
	slices.Sort(times)
	b.ReportMetric(times[len(times)/2], name+"-ms")
	b.ReportMetric(times[len(times)-1], name+"-max-ms")
}

// BenchmarkReady navigates in a browser context that has seen nothing before.
func BenchmarkReady(b *testing.B) {
	var times []float64
	for range navigated {
		p := newTab(b)
		p.do(call(network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}))
		p.visit(theServer(b).url())
		p.ready()
		times = append(times, read[float64](p, `performance.getEntriesByName("ready")[0].startTime`))
		p.close()
	}
	report(b, "ready", times)
}

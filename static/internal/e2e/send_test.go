package e2e

// Sending: the browser's own WebSocket carries exactly the crafted bytes, and the
// exchange tells the carrier frame and the crafted frame inside it apart.

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// wire notes what the browser's sockets send and receive, as the browser sees it.
type wire struct {
	mu             sync.Mutex
	sent, received []*network.WebSocketFrame
	addresses      []string
}

func (w *wire) listen(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch event := event.(type) {
	case *network.EventWebSocketCreated:
		w.addresses = append(w.addresses, event.URL)
	case *network.EventWebSocketFrameSent:
		w.sent = append(w.sent, event.Response)
	case *network.EventWebSocketFrameReceived:
		w.received = append(w.received, event.Response)
	}
}

// last returns the newest message each way, and the newest socket's address.
func (w *wire) last(t *testing.T) (sent []byte, opcode float64, received, address string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.sent) == 0 || len(w.received) == 0 || len(w.addresses) == 0 {
		t.Fatalf("%d messages sent, %d received, over %d sockets", len(w.sent), len(w.received), len(w.addresses))
	}
	frame := w.sent[len(w.sent)-1]
	return frame.PayloadData, frame.Opcode, string(w.received[len(w.received)-1].PayloadData), w.addresses[len(w.addresses)-1]
}

func watchWire(p *tab) *wire {
	p.Helper()
	w := &wire{}
	if err := chromedp.Listen(p.ctx, w.listen); err != nil {
		p.Fatal(err)
	}
	return w
}

// entry is the newest send as the exchange shows it, opened.
type entry struct {
	Line, Carrier, Key, Caption, Foot string
	Crafted                           []string
	Server, Page                      []string
}

func (p *tab) entry() entry {
	p.Helper()
	if !read[bool](p, newest+".querySelector('details').open") {
		p.click(element(newest + ".querySelector('summary')"))
	}
	p.until("the entry is open", newest+".querySelector('.wire') !== null")
	return read[entry](p, `((entry) => {
		const text = (selector) => entry.querySelector(selector)?.innerText ?? "";
		const all = (selector) => [...entry.querySelectorAll(selector)].map((node) => node.innerText);
		const parts = all(".wire-carrier .wire-part");
		return {
			Line: text("summary"), Carrier: text(".wire-carrier > .wire-label") + " " + parts[0], Key: parts[1] ?? "",
			Caption: text("figcaption"), Foot: text(".exchange-foot"), Crafted: all(".wire-frame"),
			Server: all('td[data-side="server"]'), Page: all('td[data-side="page"]'),
		};
	})(`+newest+")")
}

var sends = []struct {
	name, fragment string
	query          string // of the socket's address
	bytes          string
	carrier        string // the carrier frame's own size on the wire and its header
	crafted        string // the first crafted frame
	verdict        string
}{
	{"legal", hello, "sender=client&end=0", "818537fa213d7f9f4d5158",
		"17 bytes on the wire", "text, 11 bytes", "legal"},
	{"broken", "doc=text%20rsv1%20mask=37fa213d%20%22Hello%22", "sender=client&end=0", "c18537fa213d7f9f4d5158",
		"17 bytes on the wire", "text, 11 bytes", "fails with 1002"},
	{"from a server", "sender=server&doc=text%20nomask%20%22Hello%22", "sender=server&end=0", "810548656c6c6f",
		"13 bytes on the wire", "text, 7 bytes", "legal"},
	{"then TCP ends", "end=1&doc=bytes%2081", "sender=client&end=1", "81",
		"7 bytes on the wire", "text, 1 byte, incomplete", "fails with 1006"},
	{"from a server, then TCP ends", "sender=server&end=1&doc=close%20nomask%201000", "sender=server&end=1", "880203e8",
		"10 bytes on the wire", "close, 4 bytes", "legal"},
	{"no bytes at all", "doc=bytes", "sender=client&end=0", "",
		"6 bytes on the wire", "", "legal"},
	{"126 bytes", "doc=bytes%20" + strings.Repeat("00", 126), "sender=client&end=0", strings.Repeat("00", 126),
		"134 bytes on the wire", "continuation, 2 bytes", "fails with 1002"},
	{"64 KiB", "doc=binary%20mask=00000000%20repeat(61,65536)", "sender=client&end=0", "",
		"65,564 bytes on the wire", "binary, 65,550 bytes", "legal"},
}

var eightDigits = regexp.MustCompile(`([0-9a-f]{2} ){3}[0-9a-f]{2}`)

func TestSend(t *testing.T) {
	t.Parallel()
	p := openPage(t, "")
	wire := watchWire(p)
	keys := map[string]bool{}
	for i, test := range sends {
		p.reopen(test.fragment)
		p.connected()
		if i%2 == 0 {
			p.click(css(".exchange-send"))
		} else {
			p.press("Ctrl+Enter")
		}
		p.agreed()
		sent, opcode, received, address := wire.last(t)
		if got := hex.EncodeToString(sent); opcode != 2 || len(sent) < 1000 && got != test.bytes {
			t.Errorf("%s: sent was opcode %v, %s; expected the binary message %s", test.name, opcode, got, test.bytes)
		}
		if !strings.HasSuffix(address, "/socket?"+test.query) {
			t.Errorf("%s: the socket's address is %s, expected ?%s", test.name, address, test.query)
		}
		if !strings.HasPrefix(received, `{"carrier":{"fin":1,"rsv1":0,"rsv2":0,"rsv3":0,"opcode":2`) {
			t.Errorf("%s: the answer begins %.80s", test.name, received)
		}
		e := p.entry()
		if !strings.Contains(e.Carrier, test.carrier) || !strings.Contains(e.Carrier, fmt.Sprintf("payload length %d", len(sent))) {
			t.Errorf("%s: the carrier frame is %q, expected %q and payload length %d", test.name, e.Carrier, test.carrier, len(sent))
		}
		key := eightDigits.FindString(e.Key)
		if key == "" || keys[key] || !strings.Contains(e.Caption, strings.ReplaceAll(key, " ", "")) {
			t.Errorf("%s: the carrier's masking key is %q, expected one of its own; caption %q", test.name, e.Key, e.Caption)
		}
		keys[key] = true
		if test.crafted != "" && (len(e.Crafted) == 0 || !strings.Contains(e.Crafted[0], test.crafted)) {
			t.Errorf("%s: crafted frames inside are %q, expected %q", test.name, e.Crafted, test.crafted)
		}
		if len(e.Server) == 0 || strings.Join(e.Server, "|") != strings.Join(e.Page, "|") || !strings.Contains(e.Server[0], test.verdict) {
			t.Errorf("%s: the server reads %q and the page %q, expected %q", test.name, e.Server, e.Page, test.verdict)
		}
	}
}

// Sender and end belong to the socket's address, so changing them opens another.
func TestSendReopensSocket(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	p.connected()
	wire := watchWire(p)
	p.click(css(`fc-options [value="server"]`))
	p.click(css(`fc-options [type="checkbox"]`))
	p.click(css(`fc-options .check:nth-of-type(2) input`))
	p.click(css(".exchange-send"))
	p.agreed()
	if _, _, _, address := wire.last(t); !strings.HasSuffix(address, "?sender=server&end=1&deflate=permessage-deflate") {
		t.Errorf("sent over %s, expected a socket for the server's bytes with their end", address)
	}
	p.click(worded("fc-exchange button", "Clear"))
	if text := read[string](p, `document.querySelector("fc-exchange").innerText`); !strings.Contains(text, "Nothing sent yet") {
		t.Errorf("a cleared exchange says %q", text)
	}
}

// What was sent can be loaded again.
func TestLoadWhatWasSent(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	p.connected()
	p.press("Ctrl+Enter")
	p.agreed()
	p.click(css("#break-preset-masked-server"))
	p.entry()
	p.click(worded("fc-exchange button", "Load this again"))
	if v := p.agree(); v.Hex != "818537fa213d7f9f4d5158" || v.Server {
		t.Errorf("loaded again is %s, sent by the server: %v", v.Hex, v.Server)
	}
}

// A message over the limit is refused with words, by button and by key; one at
// the limit goes through.
func TestSendLimit(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	header := 14
	for _, test := range []struct {
		name    string
		payload int
		over    bool
	}{
		{"at the limit", limit - header, false},
		{"one byte over", limit - header + 1, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := openPage(t, fmt.Sprintf("doc=binary%%20mask=00000000%%20repeat(61,%d)", test.payload))
			p.connected()
			if !test.over {
				p.click(css(".exchange-send"))
				p.agreed()
				return
			}
			reason := read[string](p, `document.querySelector("#exchange-reason").innerText`)
			if !strings.Contains(reason, "1,048,577 bytes") || !strings.Contains(reason, "1,048,576") {
				t.Errorf("beside Send stands %q, expected both sizes", reason)
			}
			p.click(css(".exchange-send"))
			p.until("a click says why nothing is sent", `document.querySelector("#announcer").textContent.includes("Over the limit")`)
			p.press("Ctrl+Enter")
			p.until("the exchange says so too", newest+`?.innerText.includes("Not sent")`)
			if text := read[string](p, newest+".innerText"); !strings.Contains(text, "1,048,577") {
				t.Errorf("the exchange says %q", text)
			}
			p.connected() // and nothing was closed over it
		})
	}
}

// Should the two builds ever read differently, the page says so and where. No
// honest server can be brought to it, so the answer is changed on its way.
func TestDifferenceIsShown(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	p.onEveryPage(`globalThis.WebSocket = class extends WebSocket {
		addEventListener(type, take) {
			super.addEventListener(type, type !== "message" ? take : ({ data }) =>
				take(new MessageEvent("message", { data: data.replace('"outcome":"legal"', '"outcome":"noted"') })));
		}
	}`)
	p.reopen(hello)
	p.connected()
	p.press("Ctrl+Enter")
	p.until("the page says that they differ", newest+`?.querySelector(".exchange-badge").textContent.includes("native and WASM differ")`)
	p.entry()
	if text := read[string](p, newest+`.querySelector(".exchange-differences").innerText`); !strings.Contains(text, "report.verdict.outcome") || !strings.Contains(text, "noted") || !strings.Contains(text, "legal") {
		t.Errorf("the differences are told as %q", text)
	}
	if status := read[string](p, `document.querySelector("fc-status").innerText`); !strings.Contains(status, "native ≠ WASM") {
		t.Errorf("the status is %q", status)
	}
}

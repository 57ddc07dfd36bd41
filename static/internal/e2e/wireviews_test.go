package e2e

// What the Wire workbench shows of a conversation: rows, their bytes, heads, the
// microscope; and how the scenario is edited by steps.

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestWireChoosesARow(t *testing.T) {
	t.Parallel()
	p := openWire(t, shaken+"text rsv2 mask=37fa213d \"Hello\"\nexpect close 1002\nclose 1002\nexpect end\n")
	p.play()
	if says := p.wireVerdict(); says != "All 3 expectations were met; the client broke 1 rule" {
		t.Errorf("the verdict is %q", says)
	}
	if rule := read[string](p, `document.querySelector("#details-rules-panel .card-rule").textContent`); rule != "frame-rsv2-unnegotiated" {
		t.Errorf("the card is about %q", rule)
	}
	p.click(seqRow("client text 5 bytes"))
	p.until("its bits are shown", `document.querySelectorAll("#details-row-panel fc-diagram .bit:not(.blank)").length === 88`)
	if bits := read[string](p, `[...document.querySelectorAll("#details-row-panel fc-hex .hex")].map((cell) => cell.textContent).join("")`); bits != "a18537fa213d7f9f4d5158" {
		t.Errorf("its bytes are %s", bits)
	}
	if broken := read[string](p, `[...document.querySelectorAll("#details-row-panel fc-diagram .bit.broken")].map((bit) => bit.ariaLabel).join()`); broken != "bit 2, RSV2, 1, broken" {
		t.Errorf("marked as broken: %q", broken)
	}
	// These bits went over the wire: nothing changes them.
	p.click(css("#details-row-panel fc-diagram .bit"))
	p.press("Space", "0")
	if bit := read[string](p, `document.querySelector("#details-row-panel fc-diagram .bit").textContent`); bit != "1" {
		t.Errorf("bit 0 became %s", bit)
	}
	// A card leads to its row.
	p.click(css("#details-rules"))
	p.click(css("#details-rules-panel .card button.link"))
	p.until("the bit is lit", `document.querySelector("#details-row-panel fc-diagram .bit.lit")?.ariaLabel.startsWith("bit 2,")`)
	p.screenshot("wire-row")
}

func TestWireHandshakeView(t *testing.T) {
	t.Parallel()
	p := openWire(t, "handshake\n  with Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nexpect status 101\n")
	p.play()
	p.click(seqRow("server response"))
	p.until("the fields are shown", `document.querySelector("wire-head .head-first")?.textContent.includes("101")`)
	steps := read[string](p, `document.querySelector(".accept-steps").innerText`)
	for _, want := range []string{"dGhlIHNhbXBsZSBub25jZQ==", "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", "b3 7a 4f 2c", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "agree"} {
		if !strings.Contains(steps, want) {
			t.Errorf("the steps do not name %q:\n%s", want, steps)
		}
	}
	p.hover(css(".head-fields .piece"))
	p.until("the bytes of the name are lit", `document.querySelectorAll("wire-head .hex.lit").length > 3`)
	p.screenshot("wire-head")
	p.click(seqRow("client request"))
	p.until("the request is shown", `document.querySelector("wire-head .head-first")?.textContent.startsWith("GET /echo")`)
	// A request asks for a value and sends none, which is no mistake.
	steps = read[string](p, `document.querySelector(".accept-steps").innerText`)
	if !strings.Contains(steps, "has to answer") || strings.Contains(steps, "✗") || strings.Contains(steps, "as sent") {
		t.Errorf("the steps of a request are\n%s", steps)
	}
}

func TestWireMicroscope(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("Frames, bit by bit. ", 40)
	p := openWire(t, "handshake\n  with Sec-WebSocket-Extensions: permessage-deflate\nexpect status 101\ntext rsv1 deflate(\""+text+"\")\nexpect text \""+text+"\"\n")
	p.play()
	if says := p.wireVerdict(); !strings.HasPrefix(says, "All 2 expectations were met") {
		t.Errorf("the verdict is %q", says)
	}
	p.click(seqRow("client text"))
	p.until("the microscope is there", `document.querySelectorAll(".scope-row:not([hidden])").length > 5`)
	p.click(css(".row-microscope"))
	p.until("its symbols have the focus, in sight", `document.activeElement.matches(".scope-symbols") && (({ top, bottom }) => top >= 0 && bottom <= innerHeight)(document.activeElement.getBoundingClientRect())`)
	if kinds := read[string](p, `[...new Set([...document.querySelectorAll(".scope-row")].map((row) => row.dataset.kind))].join()`); !strings.Contains(kinds, "literal") || !strings.Contains(kinds, "match") {
		t.Errorf("found the symbols %q", kinds)
	}
	p.hover(css(`.scope-row[data-kind="match"]:not([hidden])`))
	p.until("copy and source are lit", `document.querySelectorAll(".scope-byte.lit").length > 2 && document.querySelectorAll(".scope-byte.source").length > 2 && document.querySelector(".scope-link.lit") !== null`)
	p.screenshot("wire-microscope")
	p.hover(nth(".scope-byte", 3))
	p.until("the fourth literal is lit", `document.querySelector(".scope-row[data-lit]")?.textContent.includes("“m”")`)
	p.click(css(".scope-symbols"))
	p.press("Home", "Down", "End")
	p.until("the last symbol is in sight", `(({ ariaPosInSet, ariaSetSize }) => ariaPosInSet === ariaSetSize)(document.querySelector(".scope-row[data-lit]"))`)
}

func TestWireKeyboardWalk(t *testing.T) {
	t.Parallel()
	p := openWire(t, "")
	p.press("Ctrl+Enter")
	p.until("it was played", `document.querySelector("wire-verdict").dataset.outcome === "legal"`)
	p.tabTo("the conversation", `at.matches(".seq-scroll")`)
	p.press("Home")
	chosen := func() string {
		return read[string](p, `document.getElementById(document.querySelector(".seq-scroll").getAttribute("aria-activedescendant"))?.getAttribute("aria-label") ?? ""`)
	}
	if name := chosen(); !strings.HasPrefix(name, "client TCP open") {
		t.Errorf("Home chooses %q", name)
	}
	var walked []string
	for range 5 {
		p.press("Down")
		walked = append(walked, chosen())
	}
	if !slices.ContainsFunc(walked, func(name string) bool { return strings.HasPrefix(name, "client text 5 bytes at") }) {
		t.Errorf("down leads over %q", walked)
	}
	p.press("End")
	last := chosen()
	p.press("Up", "PageDown")
	if name := chosen(); name != last || last == "" {
		t.Errorf("the last row is %q and then %q", last, name)
	}
	p.press("Enter")
	if pane := read[string](p, `document.activeElement.id`); pane != "wire-details" {
		t.Errorf("Enter leads to %q", pane)
	}
	p.press("c")
	p.until("Craft is shown", `document.querySelector("fc-diagram .bit").checkVisibility() && !document.querySelector(".wire-bench").checkVisibility()`)
	p.press("w")
	p.until("Wire is shown", `document.querySelector(".wire-bench").checkVisibility() && !document.querySelector("main.bench").checkVisibility()`)
	p.namesComplete("the Wire workbench")
}

func TestWireSteps(t *testing.T) {
	t.Parallel()
	p := openWire(t, shaken+"# a greeting\ntext mask=37fa213d \"Hello\"\n")
	p.click(css(`.wire-scenario input[value="steps"]`))
	p.click(worded(".steps button", "4"))
	p.until("the frame is open", `document.querySelectorAll("wire-step fc-diagram .bit:not(.blank)").length === 88`)
	p.click(css("wire-step fc-diagram .bit:nth-child(2)"))
	script := func() string { return read[string](p, `document.querySelector("`+scriptArea+`").value`) }
	if text := script(); text != shaken+"# a greeting\ntext rsv1 mask=37fa213d \"Hello\"\n" {
		t.Errorf("a flipped bit makes %q", text)
	}
	p.fill(css("wire-step fc-notation textarea"), `ping mask=37fa213d "x"`)
	p.click(worded("wire-steps button", "+ Expect"))
	p.until("the expectation is open", `document.querySelector("wire-step .step-text").checkVisibility()`)
	p.click(worded("wire-step .step-examples button", "expect status 101"))
	p.until("the example is taken over", `document.querySelector("wire-step .step-text").value === "expect status 101"`)
	p.fill(css("wire-step .step-text"), `expect pong "x"`)
	p.screenshot("wire-steps")
	want := shaken + "# a greeting\nping mask=37fa213d \"x\"\nexpect pong \"x\"\n"
	if text := script(); text != want {
		t.Errorf("found %q, expected %q", text, want)
	}
	p.fill(css("wire-step .step-text"), `expect pnog`)
	p.until("the mistake is said", `document.querySelector("wire-step .error-line").textContent.startsWith("Line 5, column 8")`)
	p.click(css(`wire-steps [aria-label="Undo"]`))
	if text := script(); text != want {
		t.Errorf("undo leaves %q", text)
	}
	p.click(css(`wire-steps [aria-label="Move step up"]`))
	if text := script(); text != shaken+"# a greeting\nexpect pong \"x\"\nping mask=37fa213d \"x\"\n" {
		t.Errorf("moved up: %q", text)
	}
	p.click(css(`wire-steps [aria-label="Remove step"]`))
	if text := script(); text != shaken+"# a greeting\nping mask=37fa213d \"x\"\n" {
		t.Errorf("removed: %q", text)
	}
}

// Ten thousand frames: rows exist as they come into sight, wherever one looks.
func TestWireManyRows(t *testing.T) {
	t.Parallel()
	p := openWire(t, "")
	p.press("Escape")
	p.click(worded("wire-paste button", "Paste"))
	var text strings.Builder
	const frames = 10_000
	for i := range frames {
		fmt.Fprintf(&text, "%dms server bytes 81 01 61\n", i)
	}
	read[bool](p, "(document.querySelector('#wire-paste-text').value = "+quote(text.String())+", true)")
	p.press("Ctrl+Enter")
	p.until("the first rows are there", `document.querySelector(".seq-row")?.getAttribute("aria-setsize") === "10000"`)
	if n := read[int](p, `document.querySelectorAll(".seq-row").length`); n > 100 {
		t.Errorf("%d rows are in the document", n)
	}
	p.click(css(".seq-row"))
	p.press("End")
	if name := read[string](p, `document.getElementById(document.querySelector(".seq-scroll").getAttribute("aria-activedescendant")).getAttribute("aria-posinset")`); name != "10000" {
		t.Errorf("End chooses row %s", name)
	}
	for _, y := range []int{0, 123_456, 250_000, 399_000} {
		missing := read[int](p, fmt.Sprintf(`(async () => {
			const view = document.querySelector(".seq-scroll");
			view.scrollTop = %d;
			await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
			const { top, bottom } = view.getBoundingClientRect();
			const hits = [...document.querySelectorAll(".seq-row:not([display]) .seq-hit")].map((hit) => hit.getBoundingClientRect());
			let missing = 0;
			for (let at = top + 1; at < bottom - 60; at += 20) if (!hits.some((box) => box.top <= at && box.bottom >= at)) missing++;
			return missing;
		})()`, y))
		if missing > 0 {
			t.Errorf("scrolled to %d, %d places show no row", y, missing)
		}
	}
}

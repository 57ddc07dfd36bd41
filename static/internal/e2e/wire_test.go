package e2e

// Playing on the Wire workbench, from the scenario to the verdict.

import (
	"net"
	"strings"
	"testing"
)

func TestWirePlaysTheDefault(t *testing.T) {
	t.Parallel()
	p := openWire(t, "")
	if title := read[string](p, `document.title + "|" + document.querySelector("h1").textContent`); !strings.HasSuffix(title, "|Wire") || !strings.Contains(title, "wire") {
		t.Errorf("the page is called %q", title)
	}
	p.play()
	if says := p.wireVerdict(); says != "All 5 expectations were met; nobody broke a rule" {
		t.Errorf("the verdict is %q", says)
	}
	for _, want := range []string{"client TCP open", "client request at", "server response at", "client text 5 bytes", "server text 5 bytes", "client ping 12 bytes", "server pong 12 bytes", "client close", "server close", "server TCP end"} {
		if !p.hasRow(want) {
			t.Errorf("no row is called %q: %q", want, p.rowNames())
		}
	}
	if signs := read[string](p, `[...document.querySelectorAll(".script-mark")].map((sign) => sign.textContent).join("")`); signs != "✓✓✓✓✓" {
		t.Errorf("the gutter says %q, expected five expectations met", signs)
	}
}

func TestWireUnmet(t *testing.T) {
	t.Parallel()
	p := openWire(t, shaken+"text \"Hello\"\nexpect text \"Goodbye\" within 300ms\n")
	p.play()
	if says := p.wireVerdict(); says != "1 of 2 expectations was not met; nobody broke a rule" {
		t.Errorf("the verdict is %q", says)
	}
	if read[string](p, `document.querySelector(".script-line:nth-child(4)").dataset.outcome`) != "unmet" {
		t.Error("line 4 is not marked as unmet")
	}
	if why := read[string](p, `document.querySelector(".script-outcomes").textContent`); !strings.Contains(why, "line 4") || !strings.Contains(why, "Hello") {
		t.Errorf("below the scenario stands %q", why)
	}
	// What is said of lines goes with their text.
	p.click(css(scriptArea))
	p.press("Ctrl+Home")
	p.write("#")
	p.press("Enter")
	p.until("the marks are gone", `document.querySelector("[data-outcome=unmet].script-line") === null`)
}

func TestWireUnreadable(t *testing.T) {
	t.Parallel()
	p := openWire(t, "")
	p.script(shaken + "text \"Hello\"\n  expect txet\n")
	p.until("the error is said", `document.querySelector(".script-error").textContent.startsWith("Line 4, column 10: found")`)
	if wrong := read[string](p, `document.querySelector(".script-line .wrong:not([hidden])").textContent`); wrong != "txet" {
		t.Errorf("marked is %q", wrong)
	}
	p.press("Ctrl+Enter")
	if read[string](p, `document.querySelector("wire-play").dataset.phase`) != "idle" || len(p.rowNames()) != 0 {
		t.Error("a scenario that cannot be read is played")
	}
	if says := read[string](p, `document.querySelector(".play-says").textContent`); !strings.Contains(says, "cannot be read") {
		t.Errorf("the bar says %q", says)
	}
	p.press("Ctrl+z")
	p.until("undo takes it back", `document.querySelector(".script-error").textContent === ""`)
}

func TestWireStop(t *testing.T) {
	t.Parallel()
	p := openWire(t, shaken+"wait 20s\ntext \"never\"\nexpect text \"never\"\n")
	p.click(css("wire-play .play-button"))
	p.until("it plays", `document.querySelector("wire-play").dataset.phase === "playing" && document.querySelectorAll(".seq-row").length > 2`)
	p.screenshot("wire-playing")
	p.press("Escape", ".") // the focus is on no input
	p.idle()
	if !p.hasRow("stopped") {
		t.Errorf("no row says that somebody stopped it: %q", p.rowNames())
	}
	if p.hasRow("client text") {
		t.Error("it went on")
	}
	if says := p.wireVerdict(); says != "1 of 2 expectations was not met; nobody broke a rule" {
		t.Errorf("the verdict is %q", says)
	}
}

func TestWireStepByStep(t *testing.T) {
	t.Parallel()
	p := openWire(t, shaken+"text \"one\"\ntext \"two\"\n")
	p.click(worded("wire-play button", "Step by step"))
	p.until("it waits", `document.querySelector("wire-play").dataset.phase === "paused"`)
	for range 3 {
		p.click(css(`wire-play button[aria-keyshortcuts="s"]`))
	}
	p.until("one text was sent", `[...document.querySelectorAll(".seq-row")].some((row) => row.getAttribute("aria-label")?.startsWith("client text 3 bytes"))`)
	p.until("line 4 is next", `document.querySelector(".script-line[data-next] .script-number")?.textContent === "4"`)
	p.screenshot("wire-stepping")
	p.click(css(`wire-play button[aria-keyshortcuts="g"]`))
	p.idle()
	sent := 0
	for _, name := range p.rowNames() {
		if strings.HasPrefix(name, "client text 3 bytes") {
			sent++
		}
	}
	if sent != 2 {
		t.Errorf("%d texts were sent, expected two: %q", sent, p.rowNames())
	}
}

// Enter begins and Enter goes on: while the server is asked, the focus waits on
// Stop, and it must not stay there.
func TestWireStepByKeyboard(t *testing.T) {
	t.Parallel()
	p := openWire(t, shaken+"text \"one\"\n")
	p.tabTo("Step by step", `at.matches("wire-play button") && at.textContent === "Step by step"`)
	p.press("Enter")
	p.until("the focus is on Step", `document.querySelector("wire-play").dataset.phase === "paused" && document.activeElement.textContent === "Step"`)
	p.press("Enter")
	p.until("line 2 is next", `document.querySelector(".script-line[data-next] .script-number")?.textContent === "2"`)
	p.press(".")
	p.idle()
}

// A target that nobody allowed: the server says so before a packet leaves.
func TestWireRefused(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	p := openWire(t, "")
	p.choose(css("wire-play select"), "a server")
	p.until("an address can be given", `document.querySelector(".target-rest input").value.startsWith("ws://")`)
	p.fill(css(".target-rest input"), "ws://"+listener.Addr().String()+"/")
	p.press("Ctrl+Enter")
	p.until("the refusal names the flag", `document.querySelector(".play-says").textContent.includes("-allow")`)
	if len(p.rowNames()) != 0 {
		t.Errorf("there is a conversation: %q", p.rowNames())
	}
	p.screenshot("wire-refused")
}

func TestWireServerRole(t *testing.T) {
	t.Parallel()
	p := openWire(t, "role server\nhandshake\ntext nomask \"Hello\"\nclose nomask 1000\nexpect close 1000\n")
	p.choose(css("wire-play select"), "client")
	p.play()
	if says := p.wireVerdict(); !strings.HasPrefix(says, "The one expectation was met") {
		t.Errorf("the verdict is %q: %q", says, p.rowNames())
	}
	if !p.hasRow("server text 5 bytes") || !p.hasRow("client close") {
		t.Errorf("found the rows %q", p.rowNames())
	}
}

// The session keeps what was played; choosing one shows it again.
func TestWireTranscripts(t *testing.T) {
	t.Parallel()
	p := openWire(t, shaken+"text \"first\"\nexpect message\n")
	p.play()
	p.script(shaken + "binary hex:00\nexpect message\n")
	p.play()
	if n := read[int](p, `document.querySelectorAll(".play-entry").length`); n != 2 {
		t.Fatalf("%d transcripts are kept, expected 2", n)
	}
	if !p.hasRow("client binary") {
		t.Errorf("found the rows %q", p.rowNames())
	}
	p.click(nth(".play-entry", 1))
	p.until("the first one is shown", `[...document.querySelectorAll(".seq-row")].some((row) => row.getAttribute("aria-label")?.startsWith("client text 5 bytes"))`)
	if read[bool](p, `document.querySelector("[data-outcome=met].script-line") !== null`) {
		t.Error("the lines of another scenario are marked")
	}
}

// Without the server nothing is played and nothing that was shown is lost.
func TestWireServerAway(t *testing.T) {
	t.Parallel()
	s := ownServer(t, freeAddress(t))
	p := openAt(t, s)
	p.click(css("#bench-wire"))
	p.opened()
	p.play()
	const rows = `document.querySelector(".seq-row").getAttribute("aria-setsize")`
	before := read[string](p, rows)
	s.stop()
	p.until("the page knows", `document.querySelector("fc-status").innerText.includes("server away")`)
	p.click(css("wire-play .play-button"))
	p.until("the bar says why", `document.querySelector(".play-says").textContent.includes("the server is away")`)
	if now := read[string](p, rows); now != before {
		t.Errorf("%s rows are shown, expected the %s of the play before", now, before)
	}
	p.script("text \"still read\"\n")
	p.until("scenarios are still read", `document.querySelectorAll(".script-line").length === 2 && document.querySelector(".script-error").textContent === ""`)
}

// What the help sheet says of the workbench in sight stands first.
func TestWireHelp(t *testing.T) {
	t.Parallel()
	p := openWire(t, "")
	order := func() string {
		p.press("?")
		p.until("help is open", `document.querySelector(".help-sheet").open`)
		order := read[string](p, `[...document.querySelectorAll(".help-sheet dt.mono, .help-words dt, .help-keys h4")].map((one) => one.textContent).filter((text) => ["Scenario", "Draft", "Everywhere", "Wire: everywhere", "handshake /chat", "ping hex:00ff"].includes(text)).join()`)
		p.press("Escape")
		p.until("help is closed", `!document.querySelector(".help-sheet").open`)
		return order
	}
	if at := order(); at != "Scenario,Draft,Wire: everywhere,Everywhere,handshake /chat,ping hex:00ff" {
		t.Errorf("on Wire the order is %s", at)
	}
	p.click(css("#bench-craft"))
	p.until("Craft is shown", `document.querySelector("main.bench").checkVisibility()`)
	if at := order(); at != "Draft,Scenario,Everywhere,Wire: everywhere,ping hex:00ff,handshake /chat" {
		t.Errorf("on Craft the order is %s", at)
	}
}

package e2e

// How the page looks at four widths, in both colour schemes and under the
// settings of people who see differently: nothing sticks out, nothing is cut
// off, every text has contrast enough. Screenshots to look at are made when they
// are asked for: the large ones take longer than the looking.

import (
	_ "embed"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "`folder` for screenshots; go test -artifacts keeps them with the test's artifacts")

// screenshot leaves a picture of what is in the window, for whoever wants pictures.
func (p *tab) screenshot(name string) {
	p.Helper()
	folder := *screenshots
	if folder == "" {
		if flag.Lookup("test.artifacts").Value.String() != "true" {
			return
		}
		folder = p.ArtifactDir()
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		p.Fatal(err)
	}
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.Fatal(err)
	}
	file := filepath.Join(folder, name+".png")
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		p.Fatal(err)
	}
	p.Logf("screenshot: %s", file)
}

// prefer emulates what the system says of the person in front of it.
func (p *tab) prefer(features map[string]string) {
	p.Helper()
	var list []*emulation.MediaFeature
	for name, value := range features {
		list = append(list, &emulation.MediaFeature{Name: name, Value: value})
	}
	p.do(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: list}))
}

//go:embed look.js
var lookScript string

// look is what look.js finds.
type look struct {
	Overflow string
	Clipped  []string
	Pale     []string
	Texts    int
}

// states of the page that look different.
var looks = []struct {
	name, fragment string
	prepare        func(p *tab)
}{
	{"legal", hello, func(p *tab) { p.press("Ctrl+Enter"); p.agreed() }},
	{"broken", "doc=bytes%20%22GET%20%2F%20HTTP%22%0Atext%20rsv1%20nomask%20%22Hello%22", func(p *tab) { p.press("Ctrl+Enter"); p.agreed(); p.entry(); p.hover(bit(1)) }},
	{"long", "doc=binary%20mask=01020304%20repeat(61,65536)", func(*tab) {}},
	{"unreadable", hello, func(p *tab) { p.paste(notationLine, `text len=abc "Hello"`) }},
	{"many", "", func(p *tab) {
		p.openPaste()
		text := ""
		for i := range 60 {
			text += fmt.Sprintf("text mask=%08x \"frame number %d\"\n", i+1, i)
		}
		p.insert(text)
		p.press("Ctrl+Enter")
		p.until("the frames are there", `document.querySelectorAll(".frame-card").length >= 60`)
	}},
	{"wire", "wire", func(p *tab) { p.opened() }},
	{"wire-met", "wire", func(p *tab) { p.opened(); p.play() }},
	{"wire-broken", wireBroken, func(p *tab) {
		p.opened()
		p.play()
		p.click(seqRow("client text"))
		p.hover(css("wire-details fc-diagram .bit"))
	}},
	{"wire-head", wireBroken, func(p *tab) {
		p.opened()
		p.play()
		p.click(seqRow("server response"))
		p.hover(css(".head-fields .piece"))
	}},
	{"wire-unreadable", "wire", func(p *tab) { p.opened(); p.script(shaken + "expect txet\n") }},
	{"live", "live", func(p *tab) { p.reported() }},
	{"live-opened", "live", func(p *tab) {
		p.reported()
		p.openMore(30)
		p.hover(css("live-plots svg"))
		p.click(css("live-table tbody tr:nth-child(4)"))
		p.click(css("live-table tbody tr:nth-child(9)"))
	}},
	{"wire-steps", wireBroken, func(p *tab) {
		p.opened()
		p.click(css(`.wire-scenario input[value="steps"]`))
		p.click(worded(".steps button", "3"))
	}},
}

// wireBroken is a scenario in which a rule is broken and an expectation not met.
var wireBroken = "wire=" + url.PathEscape(shaken+"text rsv2 mask=37fa213d \"Hello\"\nexpect text \"Hello\" within 100ms\nexpect close 1002\nclose 1002\n")

var windows = []struct{ width, height int64 }{{360, 740}, {1280, 800}, {1920, 1080}, {3840, 2160}}

func TestLook(t *testing.T) {
	t.Parallel()
	p := openPage(t, "")
	for _, state := range looks {
		p.resize(1440, 900)
		p.reopen(state.fragment)
		if !strings.HasPrefix(state.fragment, "wire") && state.fragment != "live" {
			p.connected()
		}
		state.prepare(p)
		for _, window := range windows {
			p.resize(window.width, window.height)
			for _, scheme := range []string{"light", "dark"} {
				p.prefer(map[string]string{"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"})
				name := fmt.Sprintf("%s-%d-%s", state.name, window.width, scheme)
				p.seen(name)
				p.screenshot(name)
			}
		}
	}
}

// seen checks what is in the window now.
func (p *tab) seen(name string) {
	p.Helper()
	found := read[look](p, lookScript)
	if found.Overflow != "" {
		p.Errorf("%s: %s", name, found.Overflow)
	}
	for _, clipped := range found.Clipped {
		p.Errorf("%s: cut off: %s", name, clipped)
	}
	for _, pale := range found.Pale {
		p.Errorf("%s: too little contrast: %s", name, pale)
	}
	if found.Texts < 4 {
		p.Errorf("%s: only %d texts were seen", name, found.Texts)
	}
}

// Dialogs and menus fit too, and have contrast.
func TestLookOfDialogs(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	for _, dialog := range []struct {
		name string
		open func()
	}{
		{"help", func() { p.click(css("fc-help > button")) }},
		{"paste", func() { p.openPaste(); p.insert("zz") }},
		{"copy", func() { p.openCopy() }},
	} {
		for _, window := range windows {
			p.resize(window.width, window.height)
			for _, scheme := range []string{"light", "dark"} {
				p.prefer(map[string]string{"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"})
				dialog.open()
				name := fmt.Sprintf("%s-%d-%s", dialog.name, window.width, scheme)
				p.seen(name)
				p.screenshot(name)
				p.press("Escape")
			}
		}
	}
}

// The button for colours goes round, and the choice outlives a reload.
func TestTheme(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	p.prefer(map[string]string{"prefers-color-scheme": "light"})
	const ground = `getComputedStyle(document.body).backgroundColor`
	light := read[string](p, ground)
	var seen []string
	for range 3 {
		p.click(css("#theme"))
		seen = append(seen, read[string](p, `document.querySelector("#theme").ariaLabel`))
	}
	if fmt.Sprint(seen) != "[Colours: light Colours: dark Colours: auto]" {
		t.Errorf("the button goes through %q", seen)
	}
	p.click(css("#theme"))
	p.click(css("#theme"))
	dark := read[string](p, ground)
	p.reopen(hello)
	if after := read[string](p, ground); dark == light || after != dark {
		t.Errorf("the ground is %s in light, %s in dark, and %s after a reload in dark", light, dark, after)
	}
}

// Forced colours, more contrast, reduced motion: the page works, and nothing
// moves that was asked not to.
func TestPreferences(t *testing.T) {
	t.Parallel()
	p := openPage(t, "doc=text%20rsv1%20mask=37fa213d%20%22Hello%22")
	for _, preference := range []map[string]string{
		{"forced-colors": "active"},
		{"forced-colors": "active", "prefers-color-scheme": "dark"},
		{"prefers-contrast": "more"},
		{"prefers-reduced-motion": "reduce"},
	} {
		p.prefer(preference)
		p.click(bit(2))
		p.agree()
		p.click(bit(2))
		for name, value := range preference {
			if !read[bool](p, fmt.Sprintf("matchMedia('(%s: %s)').matches", name, value)) {
				t.Fatalf("%s is not emulated", name)
			}
			p.screenshot(name + "-" + value)
		}
		if found := read[look](p, lookScript); found.Overflow != "" || len(found.Clipped) > 0 {
			t.Errorf("%v: %s %q", preference, found.Overflow, found.Clipped)
		}
		if preference["forced-colors"] != "" {
			// What is broken and what is lit stays to be told apart without colours.
			p.hover(bit(20))
			if marks := read[string](p, `["broken", "lit"].map((name) => { const { outlineStyle, borderStyle, textDecorationLine, boxShadow } = getComputedStyle(document.querySelector(".bit." + name)); return [outlineStyle, borderStyle, textDecorationLine].every((mark) => mark === "none") ? name : ""; }).join("")`); marks != "" {
				t.Errorf("%v: bits that are %s have no mark but colour", preference, marks)
			}
		}
	}
	p.prefer(map[string]string{"prefers-reduced-motion": "reduce"})
	p.click(css("#break-preset-rsv2"))
	if moving := read[int](p, `document.getAnimations().filter(({ effect }) => effect.getComputedTiming().duration > 20).length`); moving > 0 {
		t.Errorf("%d animations run with reduced motion", moving)
	}
}

// The eye itself: faults that are put into the page are found.
func TestLookFindsFaults(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	for _, test := range []struct {
		name, fault string
		found       func(look) bool
	}{
		{"none", "1", func(l look) bool { return l.Overflow == "" && len(l.Clipped)+len(l.Pale) == 0 && l.Texts > 150 }},
		{"a wide page", `document.querySelector("main").style.setProperty("min-width", "1600px"), document.body.style.setProperty("overflow", "visible")`, func(l look) bool { return l.Overflow != "" }},
		{"a narrow button", `document.querySelector("#copy-button").style.setProperty("width", "20px")`, func(l look) bool { return len(l.Clipped) == 1 }},
		{"a button half outside", `document.querySelector("#theme").style.setProperty("translate", "400px 0")`, func(l look) bool { return len(l.Clipped) == 1 }},
		{"pale text", `document.querySelector(".verdict-why").style.setProperty("color", "#999")`, func(l look) bool { return len(l.Pale) == 1 }},
		{"see-through text", `document.querySelector(".verdict-why").style.setProperty("opacity", "0.4")`, func(l look) bool { return len(l.Pale) == 1 }},
		{"a dark ground", `document.querySelector("#frames").style.setProperty("background", "#444")`, func(l look) bool { return len(l.Pale) > 1 }},
		{"a pale placeholder", `document.querySelector("#break-search").style.setProperty("background", "#888")`, func(l look) bool { return len(l.Pale) == 1 }},
	} {
		p.reopen(hello)
		read[bool](p, "("+test.fault+", true)")
		if found := read[look](p, lookScript); !test.found(found) {
			t.Errorf("%s: found %+v", test.name, found)
		}
	}
}

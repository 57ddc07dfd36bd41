package e2e

// Paste to decode: bytes in any usual style become frames, in the dialog and by
// pasting on the page; what cannot be read says why.

import (
	"encoding/hex"
	"strings"
	"testing"

	"framecraft/protocol"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
)

// openPaste opens the dialog, and its text has the focus.
func (p *tab) openPaste() {
	p.Helper()
	p.click(worded("fc-paste > button", "Paste"))
	p.until("the dialog is open", `document.activeElement?.id === "paste-text"`)
}

// insert puts text in at once where the focus is.
func (p *tab) insert(text string) {
	p.Helper()
	p.do(call(input.InsertText, input.InsertTextParams{Text: text}))
}

// helloBytes are the RFC's example twice, unmasked and then masked.
const helloBytes = "810548656c6c6f" + "818537fa213d7f9f4d5158"

var pasted = []struct {
	name, text string
	taken      string // what the page takes it for
	want       string // the bytes
}{
	{"plain hex", helloBytes, "hex", helloBytes},
	{"spaced hex", "81 05 48 65 6c 6c 6f 81 85 37 fa 21 3d 7f 9f 4d 51 58", "hex", helloBytes},
	{"a list", "0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58", "", helloBytes},
	{"escapes", `\x81\x05Hello\x81\x857\xfa!=\x7f\x9fMQX`, "", helloBytes},
	{"colons", "81:05:48:65:6c:6c:6f:81:85:37:fa:21:3d:7f:9f:4d:51:58", "", helloBytes},
	{"hexdump -C", "00000000  81 05 48 65 6c 6c 6f 81  85 37 fa 21 3d 7f 9f 4d  |..Hello..7.!=..M|\n00000010  51 58                                             |QX|\n00000012\n", "hexdump", helloBytes},
	{"Wireshark", "0000   81 05 48 65 6c 6c 6f 81 85 37 fa 21 3d 7f 9f 4d   ..Hello..7.!=..M\n0010   51 58                                             QX\n", "", helloBytes},
	{"base64", "gQVIZWxsb4GFN/ohPX+fTVFY", "base64", helloBytes},
	{"notation", "text nomask \"Hello\"\ntext mask=37fa213d \"Hello\"", "notation", helloBytes},
	{"half a frame", "81 85 37", "hex", "818537"},
}

// frames of the page, all of them, as bytes: the notation of all lines.
func (p *tab) allBytes() []byte {
	p.Helper()
	p.click(worded("fc-notation button", "All lines"))
	notation := p.views().Notation
	p.click(worded("fc-notation button", "All lines"))
	drafts, err := protocol.ParseNotation(notation)
	if err != nil {
		p.Fatalf("the page shows notation that cannot be read: %v", err)
	}
	return encode(drafts)
}

func TestPaste(t *testing.T) {
	t.Parallel()
	p := openPage(t, "")
	for _, test := range pasted {
		p.openPaste()
		p.insert(test.text)
		p.until("the dialog says what it takes the text for", `document.querySelector("#paste-result").textContent.startsWith("Recognised as")`)
		if says := read[string](p, `document.querySelector("#paste-result").textContent`); !strings.Contains(says, test.taken) {
			t.Errorf("%s: the dialog says %q, expected %q", test.name, says, test.taken)
		}
		p.click(worded("fc-paste dialog button", "Load"))
		p.until("the dialog is closed", `!document.querySelector("dialog[open]")`)
		if got := hex.EncodeToString(p.allBytes()); got != test.want {
			t.Errorf("%s: loaded are %s, expected %s", test.name, got, test.want)
		}
		p.agree()
	}
}

func TestPasteUnreadable(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	before := p.views()
	for _, text := range []string{"this is no frame", "81 0g", "text \"open", "8"} {
		p.openPaste()
		p.insert(text)
		p.click(worded("fc-paste dialog button", "Load"))
		p.until("the dialog says what is wrong", `document.querySelector("#paste-text").ariaInvalid === "true" || document.querySelector("#paste-result.error")`)
		if says := read[string](p, `document.querySelector("#paste-result").textContent`); len(says) < 15 {
			t.Errorf("%q: the dialog says %q", text, says)
		}
		if !read[bool](p, `document.querySelector("fc-paste dialog").open`) {
			t.Errorf("%q: the dialog is gone", text)
		}
		p.press("Escape")
		p.until("the dialog is closed", `!document.querySelector("dialog[open]")`)
	}
	p.openPaste()
	p.press("Ctrl+Enter")
	if says := read[string](p, `document.querySelector("#paste-result").textContent`); !strings.Contains(says, "nothing to read") {
		t.Errorf("an empty dialog says %q", says)
	}
	p.click(worded("fc-paste dialog button", "Cancel"))
	if after := p.views(); after.Hex != before.Hex {
		t.Errorf("the draft became %s, expected %s", after.Hex, before.Hex)
	}
}

// The clipboard is one for all tabs, so this test and those that copy do not
// run beside each other.
func TestPasteOnThePage(t *testing.T) {
	p := openPage(t, "")
	p.allowClipboard()
	p.toClipboard("81 05 48 65 6c 6c 6f")
	p.press("Ctrl+v")
	if v := p.agree(); v.Hex != "810548656c6c6f" {
		t.Errorf("pasting on the page loads %s", v.Hex)
	}
	p.toClipboard("4a 4b")
	p.clickAt(hexByte(2), 0.25, 0.5)
	p.press("Ctrl+v")
	if v := p.agree(); v.Hex != "81054a4b6c6c6f" {
		t.Errorf("pasting into the bytes makes %s", v.Hex)
	}
	p.toClipboard("not hex")
	p.press("Ctrl+v")
	p.until("the page says that this is no hex", `document.querySelector("#announcer").textContent.includes("no hex bytes")`)
	// On the page, what cannot be read opens the dialog with the text and the reason.
	p.toClipboard("gibberish, clearly")
	p.click(css("fc-verdict"))
	p.press("Ctrl+v")
	p.until("the dialog has the text", `document.querySelector("fc-paste dialog").open && document.querySelector("#paste-text").value === "gibberish, clearly" && document.querySelector("#paste-result.error")`)
}

func (p *tab) allowClipboard() {
	p.Helper()
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		p.do(callBrowser(browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
			Origin: strings.TrimSuffix(theServer(p).url(), "/"), BrowserContextID: p.browserContext(),
		}))
	}
}

// toClipboard is what another program does.
func (p *tab) toClipboard(text string) {
	p.Helper()
	read[bool](p, "navigator.clipboard.writeText("+quote(text)+").then(() => true)")
}

package e2e

// Links: the fragment follows the draft, opening one restores everything that it
// says, and one that cannot be read opens the default draft and says why.

import (
	"net/url"
	"strings"
	"testing"
)

// followed waits until the address says what the page shows.
func (p *tab) followed(fragment string) {
	p.Helper()
	p.until("the address follows the draft: "+fragment, "decodeURIComponent(location.hash) === "+quote("#"+fragment))
}

func TestLinkFollows(t *testing.T) {
	t.Parallel()
	p := openPage(t, "")
	p.fill(notationLine, `text mask=01020304 "a&b=c#d%"`)
	p.followed(`doc=text mask=01020304 "a&b=c#d%"`)
	p.click(css(`fc-options [value="server"]`))
	p.followed(`sender=server&doc=text mask=01020304 "a&b=c#d%"`)
	p.click(css(`fc-options [type="checkbox"]`))
	p.followed(`sender=server&end=1&doc=text mask=01020304 "a&b=c#d%"`)
	p.click(css(`fc-options .check:nth-of-type(2) input`))
	p.followed(`sender=server&end=1&deflate=permessage-deflate&doc=text mask=01020304 "a&b=c#d%"`)
	p.click(css(`fc-options .agreement input`))
	p.followed(`sender=server&end=1&deflate=permessage-deflate; server_no_context_takeover&doc=text mask=01020304 "a&b=c#d%"`)
	p.click(formBit("MASK"))
	p.followed(`sender=server&end=1&deflate=permessage-deflate; server_no_context_takeover&doc=text nomask key=01020304 "a&b=c#d%"`)

	// The link alone brings all of it back, in a tab that knows nothing.
	link := read[string](p, "location.href")
	other := newTab(t)
	other.visit(link)
	other.ready()
	here, there := p.views(), other.agree()
	if here.Notation != there.Notation || here.Hex != there.Hex || !there.Server || !there.Ended || there.Boot != "" {
		t.Errorf("the link %s opens %q (server %v, ended %v, %q), expected %q", link, there.Notation, there.Server, there.Ended, there.Boot, here.Notation)
	}
}

func TestLinkWhileOpen(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	before := p.views()
	p.visit(strings.SplitN(read[string](p, "location.href"), "#", 2)[0] + "#sender=server&doc=ping%20nomask")
	p.until("the new link is read", `document.querySelector("fc-notation textarea").value === "ping nomask"`)
	if v := p.agree(); !v.Server {
		t.Error("the new link's sender is not taken over")
	}
	p.press("Ctrl+z")
	if v := p.views(); v.Notation != before.Notation || v.Server {
		t.Errorf("undo of a link leaves %q, expected %q", v.Notation, before.Notation)
	}
}

func TestLinkUnreadable(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	for _, test := range []struct{ name, fragment, why string }{
		{"notation", "doc=" + url.PathEscape(`text "Hello`), "cannot be read"},
		{"no such opcode", "doc=txet", "txet"},
		{"no draft", "hello", "doc="},
		{"percent sign", "doc=%zz", "percent-encoded"},
		{"sender", "sender=nobody&doc=ping", "nobody"},
		{"end", "end=2&doc=ping", "end=2"},
		{"agreement", "deflate=permessage-deflate%3B%20x&doc=ping", "one of the four parameters"},
		{"twice", "doc=ping&doc=pong", "twice"},
	} {
		p.reopen(test.fragment)
		v := p.agree()
		if !strings.Contains(v.Boot, "This link cannot be read") || !strings.Contains(v.Boot, test.why) {
			t.Errorf("%s: the page says %q, expected %q in it", test.name, v.Boot, test.why)
		}
		if !strings.HasSuffix(v.Notation, `"Hello"`) || v.Server || v.Ended {
			t.Errorf("%s: the page opens with %q (server %v, ended %v), expected the default draft", test.name, v.Notation, v.Server, v.Ended)
		}
		p.click(worded("fc-boot button", "Dismiss"))
		if v := p.views(); v.Boot != "" {
			t.Errorf("%s: dismissed, the page still says %q", test.name, v.Boot)
		}
	}
}

// A draft that no address can hold has no link and says so when one is asked for.
func TestLinkTooLong(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	p.openPaste()
	p.insert(`text mask=01020304 "` + strings.Repeat("é", 200_000) + `"`)
	p.press("Ctrl+Enter")
	p.until("the address is empty again", `location.hash === "" && document.querySelector("fc-hex header").innerText.includes("400,")`)
	p.openCopy()
	p.click(css(`[data-what="link"]`))
	p.until("the page says that there is no link", `document.querySelector("#announcer").textContent.includes("too long for a link")`)
}

package e2e

// "Break it": every preset is loaded by a click, judged, sent and mended, and the
// page says of it what the native build says. The search finds presets by what
// somebody has in hand.

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"framecraft/protocol"

	"github.com/chromedp/cdproto/input"
)

// crafted is what a preset comes to: its drafts with keys, and their bytes.
func crafted(t *testing.T, notation string) ([]protocol.Draft, []byte) {
	t.Helper()
	drafts, err := protocol.ParseNotation(notation)
	if err != nil {
		t.Fatal(err)
	}
	for i := range drafts {
		drafts[i] = drafts[i].WithKey(protocol.MaskingKey(0x01020304 + i)) // none twice
	}
	return drafts, encode(drafts)
}

func encode(drafts []protocol.Draft) []byte {
	var bytes []byte
	for _, draft := range drafts {
		bytes = draft.AppendTo(bytes, 0)
	}
	return bytes
}

func TestPresets(t *testing.T) {
	t.Parallel()
	p := openPage(t, "")
	p.connected()
	for _, preset := range protocol.Presets() {
		t.Run(preset.ID, func(t *testing.T) {
			p := p.as(t)
			drafts, bytes := crafted(t, preset.Notation)
			options := preset.Options()
			p.click(css("#break-preset-" + preset.ID))
			v := p.views()
			if v.Server != (preset.Sender == protocol.RoleServer) || v.Ended != preset.Ended {
				t.Errorf("sent by the server: %v, TCP ends: %v; expected %v, %v", v.Server, v.Ended, preset.Sender == protocol.RoleServer, preset.Ended)
			}
			p.judged(v, bytes, options)
			if len(bytes) <= 32 { // the diagram shows no more at first
				p.agree()
			}
			for _, rule := range preset.Breaks {
				if !slices.ContainsFunc(v.Cards, func(card card) bool { return card.Rule == rule.String() }) {
					t.Errorf("no card names the rule %s: %+v", rule, v.Cards)
				}
			}
			if len(v.Cards) > 0 && len(bytes) < 32 {
				p.shows(v.Cards[0])
			}
			p.press("Ctrl+Enter")
			p.agreed()
			p.mends(v, drafts, options)
		})
	}
}

// shows clicks the place that the first card names, and the diagram outlines it.
func (p *tab) shows(first card) {
	p.Helper()
	p.click(css("fc-diagnostics li.card button.link"))
	v := p.views()
	if place := fmt.Sprintf("frame %d,", v.Selected+1); !strings.HasPrefix(first.Where, place) {
		p.Errorf("the card says %q and its click selects frame %d", first.Where, v.Selected+1)
	}
	if len(v.BrokenBits) == 0 && v.Bits != "" && !strings.Contains(first.Where, fmt.Sprintf("bit %d", len(v.Bits))) {
		p.Errorf("no bit of the diagram is outlined for %s at %s", first.Rule, first.Where)
	}
}

// mends clicks the first action there is, and only then.
func (p *tab) mends(v views, drafts []protocol.Draft, options protocol.Options) {
	p.Helper()
	report := protocol.Inspect(encode(drafts), options)
	first := -1
	for i, card := range v.Cards {
		at := slices.IndexFunc(report.Diagnostics, func(d protocol.Diagnostic) bool { return d.Rule.String() == card.Rule && d.Found() == card.Found })
		if at < 0 {
			continue // judged has said so
		}
		diagnostic := report.Diagnostics[at]
		if title := protocol.MendTitle(drafts, options, diagnostic); card.Mend != title {
			p.Errorf("the action of %s is %q, expected %q", card.Rule, card.Mend, title)
		}
		code := "goes on"
		if status := diagnostic.Rule.Rule().StatusCode; status != 0 {
			code = fmt.Sprint(status)
		}
		if card.Code != code {
			p.Errorf("the card of %s says %q, expected %q", card.Rule, card.Code, code)
		}
		if card.Mend == "" || first >= 0 {
			continue
		}
		first = i
		mended, ok := protocol.Mend(drafts, options, diagnostic)
		if !ok {
			p.Fatalf("%s has a title and no action", card.Rule)
		}
		p.click(nth("fc-diagnostics li.card button.small", i))
		now := p.views()
		if slices.Contains(now.Cards, card) {
			p.Errorf("%q left %s as it was", card.Mend, card.Rule)
		}
		p.judged(now, encode(mended), options)
	}
}

func TestPresetSearch(t *testing.T) {
	t.Parallel()
	p := openPage(t, "")
	search := css("#break-search")
	found := func() []string {
		return read[[]string](p, `[...document.querySelectorAll("#break-list [role=option]")].map((node) => node.title)`)
	}
	for _, rule := range protocol.Rules() {
		broken := slices.ContainsFunc(protocol.Presets(), func(preset protocol.Preset) bool {
			return len(preset.Breaks) > 0 && preset.Breaks[0].String() == rule.ID
		})
		p.paste(search, rule.ID)
		if titles := found(); broken && (len(titles) == 0 || titles[0] != rule.ID) {
			t.Errorf("the search for the rule %s finds %v", rule.ID, titles)
		}
	}
	for _, symptom := range protocol.Symptoms() {
		p.paste(search, symptom.Says)
		titles := found()
		if !slices.ContainsFunc(symptom.Rules, func(id protocol.RuleID) bool { return slices.Contains(titles, id.String()) }) {
			t.Errorf("%s says %q, and the search for it finds %v, expected %v", symptom.Who, symptom.Says, titles, symptom.Rules)
		}
	}
	p.fill(search, "no such thing anywhere")
	if text := read[string](p, `document.querySelector(".break-empty").innerText`); !strings.Contains(text, "No preset knows") {
		t.Errorf("a search without a hit says %q", text)
	}
	p.press("Escape")
	if titles := found(); len(titles) != len(protocol.Presets()) {
		t.Errorf("after Escape the list has %d presets, expected all %d", len(titles), len(protocol.Presets()))
	}
	p.write("rsv1")
	p.press("Enter")
	if v := p.views(); len(v.Cards) != 1 || v.Cards[0].Rule != protocol.RuleFrameRSV1Unnegotiated.String() {
		t.Errorf("Enter in the search for rsv1 loads %q with %+v", v.Notation, v.Cards)
	}
}

// paste replaces the text of a field in one go, as from a clipboard.
func (p *tab) paste(field element, text string) {
	p.Helper()
	p.click(field)
	p.press("Ctrl+a")
	p.do(call(input.InsertText, input.InsertTextParams{Text: text}))
}

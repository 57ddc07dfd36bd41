package protocol

import (
	"runtime"
	"strings"
	"testing"
)

// encode returns the bytes of drafts whose open keys count up from a start.
func encode(drafts []Draft, start MaskingKey) []byte {
	var b []byte
	for i, d := range drafts {
		b = d.AppendTo(b, start+MaskingKey(i)*0x01010101)
	}
	return b
}

func TestPresets(t *testing.T) {
	ids := map[string]bool{}
	covered := RuleSet(0)
	for _, p := range Presets() {
		t.Run(p.ID, func(t *testing.T) {
			if ids[p.ID] {
				t.Error("the id is taken")
			}
			ids[p.ID] = true
			if p.Title == "" || !strings.HasSuffix(p.Text, ".") {
				t.Errorf("title %q, text %q", p.Title, p.Text)
			}
			drafts, err := ParseNotation(p.Notation)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for i, id := range p.Breaks {
				if i == 0 {
					covered = covered.With(id)
				}
				want = append(want, id.String())
			}
			got := strings.Fields(broken(Inspect(encode(drafts, 0x5a17c3e9), p.Options())))
			if !sameSet(got, want) {
				t.Errorf("breaks %q, says %q", got, want)
			}
		})
	}
	for id := range oneDirection {
		if !covered.Has(id) {
			t.Errorf("no preset breaks %s", id)
		}
	}
}

func TestEveryPresetCanBeMended(t *testing.T) {
	for _, p := range Presets() {
		if p.Breaks == nil {
			continue
		}
		t.Run(p.ID, func(t *testing.T) {
			drafts, err := ParseNotation(p.Notation)
			if err != nil {
				t.Fatal(err)
			}
			for i := range drafts {
				drafts[i] = drafts[i].WithKey(0x5a17c3e9 + MaskingKey(i)*0x01010101)
			}
			// Every click takes one diagnostic away until none is left.
			for turn := 0; ; turn++ {
				r := Inspect(encode(drafts, 0), p.Options())
				if len(r.Diagnostics) == 0 {
					return
				}
				if turn == 5 {
					t.Fatalf("still broken after %d turns: %s", turn, broken(r))
				}
				d := r.Diagnostics[0]
				title := MendTitle(drafts, p.Options(), d)
				if drafts[0].Raw {
					if title != "" {
						t.Fatalf("raw bytes have the action %q", title)
					}
					return
				}
				mended, ok := Mend(drafts, p.Options(), d)
				if !ok || title == "" {
					t.Fatalf("no action for %s (%q)", d.Rule, title)
				}
				for i := range mended {
					mended[i] = mended[i].WithKey(0x1badb002 + MaskingKey(i+turn)*0x01020304)
				}
				drafts = mended
			}
		})
	}
}

// Where the bytes are masked otherwise than they say, no other change would take
// the diagnostic away: the draft says what is right already.
func TestMendMasksAsWritten(t *testing.T) {
	for _, test := range []struct {
		rule      RuleID
		from, to  string
		mendTitle string
	}{
		{RuleCloseCodeAbove4999, "close mask=18c9aec4 xor=e6223344 1000", "close mask=18c9aec4 1000", "Send code 1000"},
		{RuleCloseReasonInvalidUTF8, "close mask=18c9aec4 xor=18c92ec4 1000 \"bye\"", "close mask=18c9aec4 1000", "Drop the reason"},
		{RuleCloseCode1010ReasonMissing, "close mask=18c9aec4 xor=18d3aec4 1000", "close mask=18c9aec4 1010 \"permessage-deflate\"", "Name an extension"},
		{RuleFrameTruncated, "text nokey \"Hello\"", "text mask=01020304 \"Hello\"", "Send it whole"},
		{RuleTextInvalidUTF8, "text nokey hex:6162636461e1e1e1e1", "text mask=01020304 hex:6162636461e1e1e1e1", "Write a masking key"},
		{RuleTextInvalidUTF8, "text mask=18c9aec4 xor=98c9aec4 \"ab\"", "text mask=18c9aec4 \"ab\"", "Mask with the key written"},
	} {
		drafts, err := ParseNotation(test.from)
		if err != nil {
			t.Fatal(err)
		}
		options := Options{Sender: RoleClient, Ended: true}
		for _, d := range Inspect(encode(drafts, 0), options).Diagnostics {
			if d.Rule != test.rule {
				continue
			}
			if got := MendTitle(drafts, options, d); got != test.mendTitle {
				t.Errorf("%s: the action is %q, expected %q", test.from, got, test.mendTitle)
			}
			mended, ok := Mend(drafts, options, d)
			for i := range mended {
				mended[i] = mended[i].WithKey(0x01020304)
			}
			if got := string(AppendNotation(nil, mended)); !ok || got != test.to {
				t.Errorf("%s: mended %v: %s, expected %s", test.from, ok, got, test.to)
			}
			drafts = nil
			break
		}
		if drafts != nil {
			t.Errorf("%s does not break %s", test.from, test.rule)
		}
	}
}

// A text is mended from the first frame of its own message on, and none of the
// drafts before that is even looked at: they may be long, and there may be a bad
// message behind them 250 times.
func TestMendTextKeepsToItsMessage(t *testing.T) {
	read := func(text string) ([]Draft, Diagnostic) {
		drafts, err := ParseNotation(text)
		if err != nil {
			t.Fatal(err)
		}
		r := Inspect(encode(drafts, 0), Options{Sender: RoleServer})
		return drafts, r.Diagnostics[len(r.Diagnostics)-1]
	}
	// The raw bytes begin a text of their own, which the first has nothing to do
	// with: taken together, ce and ba would be a character.
	drafts, d := read("text nomask nofin hex:ce\nbytes 0100\ncontinuation nomask hex:ba")
	mended, ok := Mend(drafts, Options{Sender: RoleServer}, d)
	if got := string(AppendNotation(nil, mended)); !ok || got != "text nofin nomask hex:ce\nbytes 01 00\ncontinuation nomask \"\ufffd\"" {
		t.Errorf("mended %v: %s", ok, got)
	}
	drafts, d = read("text nomask repeat(61,1000000)\nbytes 0100\ncontinuation nomask hex:ff")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	title := MendTitle(drafts, Options{Sender: RoleServer}, d)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; title == "" || grown > 100_000 {
		t.Errorf("the title %q took %d bytes of memory, expected less than the text before it", title, grown)
	}
}

func TestSymptomsNameRules(t *testing.T) {
	for _, s := range Symptoms() {
		if s.Who == "" || s.Says == "" || len(s.Rules) == 0 {
			t.Errorf("%+v says too little", s)
		}
	}
}

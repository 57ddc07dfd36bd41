package main

import (
	"bytes"
	"strings"
	"testing"

	"framecraft/protocol"
)

func TestReadTellsWhereDraftsStand(t *testing.T) {
	var w workbench
	w.read("text mask=37fa213d \"Hello\" # greeting\nping nomask # é\nbytes 81 00\nclose nomask 1000 \"bye\"", 1, protocol.Options{})
	v := viewOf(t, &w)
	want := []struct{ start, end, payloadAt int }{
		{0, 11, len("text mask=37fa213d ")},
		{11, 13, len("ping nomask # e")},
		{13, 15, len("bytes ")},
		{15, 22, len("close nomask 1000 ")},
	}
	if len(v.Drafts) != len(want) {
		t.Fatalf("found %d drafts, expected %d", len(v.Drafts), len(want))
	}
	for i, d := range v.Drafts {
		if d.Start != want[i].start || d.End != want[i].end || d.PayloadAt != want[i].payloadAt {
			t.Errorf("draft %d: found %+v, expected %+v", i, d, want[i])
		}
	}
}

// Every preset: the answer's own notation gives the same bytes and the same
// report again, and the unmasked bytes have their length.
func TestReadAnswersPresets(t *testing.T) {
	var w workbench
	for _, preset := range protocol.Presets() {
		options := preset.Options()
		w.read(preset.Notation, 1, options)
		if v := viewOf(t, &w); v.Error != nil {
			t.Errorf("%s: %s", preset.ID, v.Error.Message)
			continue
		}
		if len(w.unmasked) != len(w.wire) {
			t.Errorf("%s: %d unmasked bytes for %d", preset.ID, len(w.unmasked), len(w.wire))
		}
		doc, wire, report := string(w.doc), bytes.Clone(w.wire), string(w.report)
		w.read(doc, 99, options)
		if string(w.doc) != doc || !bytes.Equal(w.wire, wire) || string(w.report) != report {
			t.Errorf("%s: %q answers something else when it is read again", preset.ID, doc)
		}
	}
}

func TestReadRefusesAndForgets(t *testing.T) {
	var w workbench
	w.read(hello, 1, protocol.Options{})
	w.read("text \"Hello", 1, protocol.Options{})
	v := viewOf(t, &w)
	if v.Error == nil || v.Error.Line != 1 || v.Error.Column == 0 || v.Error.Width < 1 {
		t.Errorf("found %+v, expected an error with its place in line 1", v.Error)
	}
	if len(w.report)+len(w.doc)+len(w.wire)+len(w.unmasked) != 0 {
		t.Error("the answer before shows through")
	}
}

// Every diagnostic that has an action: carrying it out takes the diagnostic
// away or leaves fewer of its kind.
func TestMendEveryPreset(t *testing.T) {
	for _, preset := range protocol.Presets() {
		options := preset.Options()
		var w workbench
		w.read(preset.Notation, 1, options)
		doc := string(w.doc)
		before := protocol.Inspect(w.wire, options)
		for k, title := range viewOf(t, &w).Mends {
			if title == nil {
				continue
			}
			rule := before.Diagnostics[k].Rule
			w.edit(doc, "mend "+decimal(k), 1, options)
			if v := viewOf(t, &w); v.Error != nil {
				t.Errorf("%s: %s: %s", preset.ID, *title, v.Error.Message)
				continue
			}
			after := protocol.Inspect(w.wire, options)
			if count(after, rule) >= count(before, rule) {
				t.Errorf("%s: %q leaves %s broken:\n%s", preset.ID, *title, rule, w.doc)
			}
		}
	}
}

func count(r *protocol.Report, rule protocol.RuleID) (n int) {
	for _, d := range r.Diagnostics {
		if d.Rule == rule {
			n++
		}
	}
	return n
}

func TestRecover(t *testing.T) {
	var w workbench
	for _, src := range []string{"", "\x81", "\x81\x05Hello", "\x81\x05Hello\x89\x00", "\x82\x7e\x00\x02ab\xff", strings.Repeat("\x89\x00", 600)} {
		w.recover([]byte(src), 1, protocol.Options{})
		if v := viewOf(t, &w); v.Error != nil {
			t.Errorf("%q: %s", src, v.Error.Message)
		}
		if string(w.wire) != src {
			t.Errorf("found %x, expected %x", w.wire, src)
		}
	}
}

func TestLiteral(t *testing.T) {
	var w workbench
	for _, language := range protocol.Literals() {
		if !w.literal(language.ID, []byte("\x00\xffA")) || len(w.doc) == 0 {
			t.Errorf("%s: found nothing", language.ID)
		}
		if len(w.view)+len(w.report)+len(w.wire) != 0 {
			t.Errorf("%s: another section is not empty", language.ID)
		}
	}
	if w.literal("cobol-85", nil) {
		t.Error("a language that is not in the list has a literal")
	}
}

func TestKeys(t *testing.T) {
	for _, seed := range []uint32{0, 1, 0x61c88647, 1<<32 - 1} {
		seen := map[protocol.MaskingKey]int{}
		for i := range protocol.MaxDrafts {
			key := maskingKey(seed, i)
			if key == 0 {
				t.Errorf("seed %d gives frame %d the key 0, which masks nothing", seed, i)
			}
			if other, ok := seen[key]; ok {
				t.Errorf("seed %d gives frames %d and %d the key %s", seed, other, i, key)
			}
			seen[key] = i
		}
	}
	if maskingKey(0, 0) == maskingKey(1, 0) {
		t.Error("two seeds give the same key")
	}
}

// A key that is derived never repeats one that stands in the text, and a copy
// of a frame does not have the original's.
func TestKeysDoNotMeet(t *testing.T) {
	first := maskingKey(1, 0).String()
	for _, test := range []struct{ name, doc, op string }{
		{"a new frame", "text mask=" + first, "add 0\nping"},
		{"many new frames", "text", "add 0\nping\nping\nping"},
		{"a copy", "text", "duplicate 0"},
		{"a copy of a copy", "text\ntext", "duplicate 0"},
	} {
		var w workbench
		w.edit(test.doc, test.op, 1, protocol.Options{})
		seen := map[string]bool{}
		for _, d := range viewOf(t, &w).Drafts {
			if d.Key == nil || seen[*d.Key] {
				t.Errorf("%s: a key is missing or there twice:\n%s", test.name, w.doc)
				continue
			}
			seen[*d.Key] = true
		}
	}
}

// Buffers are reused: a small answer after a large one has nothing of it.
func TestWorkbenchIsReused(t *testing.T) {
	var used, fresh workbench
	used.read("binary repeat(ab,100000)\nping\npong", 1, protocol.Options{Sender: protocol.RoleServer, Ended: true})
	used.read(hello, 1, protocol.Options{})
	fresh.read(hello, 1, protocol.Options{})
	if used.asText() != fresh.asText() {
		t.Errorf("found\n%s\nexpected\n%s", used.asText(), fresh.asText())
	}
}

// How bytes are to be read comes as flags and as an agreement, which may be one
// that nobody can read.
func TestOptions(t *testing.T) {
	small := protocol.DeflateParams{ServerMaxWindowBits: 9}
	for _, test := range []struct {
		flags     int32
		agreement string
		want      protocol.Options
	}{
		{0, "", protocol.Options{}},
		{flagServer, "", protocol.Options{Sender: protocol.RoleServer}},
		{flagEnded, "permessage-deflate", protocol.Options{Ended: true, DeflateAgreed: true}},
		{flagServer | flagEnded, "permessage-deflate; server_max_window_bits=9",
			protocol.Options{Sender: protocol.RoleServer, Ended: true, DeflateAgreed: true, Deflate: small}},
	} {
		var w workbench
		if got, ok := w.options(test.flags, test.agreement); !ok || got != test.want {
			t.Errorf("%d %q: found %+v, %v, expected %+v", test.flags, test.agreement, got, ok, test.want)
		}
	}
	for agreement, found := range map[string]string{"gzip": `"gzip"`, "permessage-deflate; x": `"x"`, "permessage-deflate;": "the end"} {
		var w workbench
		if _, ok := w.options(0, agreement); ok {
			t.Fatalf("%q is an agreement", agreement)
		}
		if v := viewOf(t, &w); v.Error == nil || v.Error.Found != found || v.Error.Line != 0 || v.Error.Expected == "" {
			t.Errorf("%q: the error is %+v, expected %s found", agreement, v.Error, found)
		}
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"framecraft/protocol"
)

// answered is the part of a View that these tests look at.
type answered struct {
	Error *struct {
		Line, Column, Width      int
		Found, Expected, Message string
	}
	Drafts []struct {
		Start, End, PayloadAt int
		Key                   *string
	}
	Mends      []*string
	Selected   int
	Recognised string
}

func viewOf(t *testing.T, w *workbench) (v answered) {
	t.Helper()
	if err := json.Unmarshal(w.view, &v); err != nil {
		t.Fatalf("the view is no JSON: %v\n%s", err, w.view)
	}
	return v
}

const (
	hello = `text mask=37fa213d "Hello"`
	three = "ping mask=00000001 \"a\"\nping mask=00000002 \"b\"\nping mask=00000003 \"c\""
)

func TestEdit(t *testing.T) {
	for _, test := range []struct {
		name, doc, op, want string
		selected            int
	}{
		{"fin", hello, "set 0 fin\n0", `text nofin mask=37fa213d "Hello"`, -1},
		{"rsv1", hello, "set 0 rsv1\n1", `text rsv1 mask=37fa213d "Hello"`, -1},
		{"rsv2", hello, "set 0 rsv2\n1", `text rsv2 mask=37fa213d "Hello"`, -1},
		{"rsv3", hello, "set 0 rsv3\n1", `text rsv3 mask=37fa213d "Hello"`, -1},
		{"rsv3 back", "text rsv3 nomask", "set 0 rsv3\n0", `text nomask`, -1},
		{"mask leaves the key", hello, "set 0 mask\n0", `text nomask key=37fa213d "Hello"`, -1},
		{"mask on with the key that stands there", `text nomask key=37fa213d`, "set 0 mask\n1", `text mask=37fa213d`, -1},
		{"opcode", hello, "set 0 opcode\n15", `opcode=0xf mask=37fa213d "Hello"`, -1},
		{"opcode in hex", hello, "set 0 opcode\n0xA", `pong mask=37fa213d "Hello"`, -1},
		{"key", hello, "set 0 key\n01020304", `text mask=01020304 "Hello"`, -1},
		{"no key", hello, "set 0 key\n", `text nokey "Hello"`, -1},
		{"key without a value", hello, "set 0 key", `text nokey "Hello"`, -1},
		{"xor", hello, "set 0 xor\n00000000", `text mask=37fa213d xor=00000000 "Hello"`, -1},
		{"xor off", `text mask=37fa213d xor=00000000`, "set 0 xor\n", `text mask=37fa213d`, -1},
		{"form 7", hello, "set 0 form\n7", `text mask=37fa213d len7 "Hello"`, -1},
		{"form 64", hello, "set 0 form\n64", `text mask=37fa213d len64 "Hello"`, -1},
		{"form shortest", `text mask=37fa213d len16`, "set 0 form\n", `text mask=37fa213d`, -1},
		{"length", hello, "set 0 length\n18446744073709551615", `text mask=37fa213d len=18446744073709551615 "Hello"`, -1},
		{"length in hex", hello, "set 0 length\n 0x10 ", `text mask=37fa213d len=16 "Hello"`, -1},
		{"length of the payload", `text mask=37fa213d len=9`, "set 0 length\n", `text mask=37fa213d`, -1},
		{"cut", hello, "set 0 cut\n2", `text mask=37fa213d cut=2 "Hello"`, -1},
		{"code", hello, "set 0 code\n1002", `text mask=37fa213d 1002 "Hello"`, -1},
		{"no code", `close mask=37fa213d 1002 "bye"`, "set 0 code\n", `close mask=37fa213d "bye"`, -1},
		{"text", hello, "set 0 text\nGröße\n \"q\" ", `text mask=37fa213d "Größe\n \"q\" "`, -1},
		{"text keeps the code", `close nomask 1000 hex:ff`, "set 0 text\nbye", `close nomask 1000 "bye"`, -1},
		{"hex", hello, "set 0 hex\n0 0 F\tf\n1 2", `text mask=37fa213d hex:00ff12`, -1},
		{"repeat", hello, "set 0 repeat\nab cd, 300", `text mask=37fa213d repeat(abcd,300)`, -1},
		{"deflate", hello, "set 0 deflate\n", `text mask=37fa213d deflate("Hello")`, -1},
		{"deflate in blocks", hello, "set 0 deflate\nfixed,final,window=9", `text mask=37fa213d deflate("Hello",fixed,final,window=9)`, -1},
		{"deflate off", `text mask=37fa213d deflate("Hello",fixed)`, "set 0 deflate\noff", hello, -1},
		{"text stays compressed", `text mask=37fa213d deflate("Hello",fixed,tail)`, "set 0 text\nhi", `text mask=37fa213d deflate("hi",fixed,tail)`, -1},
		{"hex stays compressed", `close nomask 1000 deflate("Hello")`, "set 0 hex\n00ff", `close nomask 1000 deflate(hex:00ff)`, -1},
		{"repeat stays compressed", `binary nomask deflate("Hello")`, "set 0 repeat\n00,9", `binary nomask deflate(repeat(00,9))`, -1},
		{"flip a compressed bit", `text nomask deflate("Hello",fixed)`, "flip 0 16", `text nomask hex:7248cdc9c90700`, -1},
		{"unmasked compressed", `text nomask deflate("Hello",fixed)`, "unmasked 0 0 1\n41", `text nomask hex:4148cdc9c90700`, -1},
		{"unmasked compressed, still a text", `text nomask deflate("",fixed)`, "unmasked 0 0 1\n41", `text nomask hex:4100`, -1},
		{"raw text", "bytes 81 00", "set 0 text\nhi", `bytes "hi"`, -1},
		{"raw hex", "bytes 81 00", "set 0 hex\n01", `bytes 01`, -1},
		{"line", three, "set 1 line\npong nomask\n\nclose nomask # two", "ping mask=00000001 \"a\"\npong nomask\nclose nomask # two\nping mask=00000003 \"c\"", -1},
		{"line of nothing", hello, "set 0 line\n", "", -1},
		{"comment stays", hello + " # why", "set 0 fin\n0", `text nofin mask=37fa213d "Hello" # why`, -1},

		{"flip FIN", hello, "flip 0 0", `text nofin mask=37fa213d "Hello"`, -1},
		{"flip a bit of the opcode", hello, "flip 0 4", `ping mask=37fa213d "Hello"`, -1},
		{"flip MASK", hello, "flip 0 8", `text nomask key=37fa213d "Hello"`, -1},
		{"flip the payload", hello, "flip 0 55", `text mask=37fa213d "Iello"`, -1},
		{"flip raw bytes", "bytes 81 00", "flip 0 15", `bytes 81 01`, -1},
		{"flip the second draft", three, "flip 1 0", "ping mask=00000001 \"a\"\nping nofin mask=00000002 \"b\"\nping mask=00000003 \"c\"", -1},

		{"unmasked replaces", hello, "unmasked 0 1 1\n61", `text mask=37fa213d "Hallo"`, -1},
		{"unmasked inserts", hello, "unmasked 0 5 0\n21", `text mask=37fa213d "Hello!"`, -1},
		{"unmasked deletes", hello, "unmasked 0 0 5\n", `text mask=37fa213d`, -1},
		{"unmasked no longer UTF-8", hello, "unmasked 0 0 1\nff", `text mask=37fa213d hex:ff656c6c6f`, -1},
		{"unmasked of a declared length", `text mask=37fa213d len=5 "Hello"`, "unmasked 0 5 0\n21", `text mask=37fa213d len=5 "Hello!"`, -1},
		{"unmasked code", `close nomask 1000 "bye"`, "unmasked 0 1 1\nea", `close nomask 1002 "bye"`, -1},
		{"unmasked code cut short", `close nomask 1000`, "unmasked 0 1 1\n", `close nomask hex:03`, -1},
		{"unmasked repeat", `binary nomask repeat(ab,3)`, "unmasked 0 1 1\n00", `binary nomask hex:ab00ab`, -1},

		{"add in front", hello, "add 0\nping nomask", "ping nomask\n" + hello, 0},
		{"add behind", hello, "add 1\nping nomask\npong nomask", hello + "\nping nomask\npong nomask", 1},
		{"add to nothing", "", "add 0\n" + hello, hello, 0},
		{"remove", three, "remove 1", "ping mask=00000001 \"a\"\nping mask=00000003 \"c\"", 1},
		{"remove the last", three, "remove 2", "ping mask=00000001 \"a\"\nping mask=00000002 \"b\"", 1},
		{"remove the only one", hello, "remove 0", "", -1},
		{"duplicate raw bytes", "bytes 81", "duplicate 0", "bytes 81\nbytes 81", 1},
		{"duplicate without MASK", "ping nomask\npong nomask", "duplicate 0", "ping nomask\nping nomask\npong nomask", 1},
		{"duplicate with another key on purpose", `text mask=37fa213d xor=00000000`, "duplicate 0", "text mask=37fa213d xor=00000000\ntext mask=37fa213d xor=00000000", 1},
		{"move down", three, "move 0 2", "ping mask=00000002 \"b\"\nping mask=00000003 \"c\"\nping mask=00000001 \"a\"", 2},
		{"move up", three, "move 2 0", "ping mask=00000003 \"c\"\nping mask=00000001 \"a\"\nping mask=00000002 \"b\"", 0},
		{"move nowhere", three, "move 1 1", three, 1},
		{"mend", `text rsv1 mask=37fa213d "Hello"`, "mend 0", hello, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var w workbench
			w.edit(test.doc, test.op, 1, protocol.Options{})
			v := viewOf(t, &w)
			if v.Error != nil {
				t.Fatalf("found the error %q", v.Error.Message)
			}
			if got := string(w.doc); got != test.want {
				t.Errorf("found\n%s\nexpected\n%s", got, test.want)
			}
			if v.Selected != test.selected {
				t.Errorf("selected is %d, expected %d", v.Selected, test.selected)
			}
		})
	}
}

// A splice changes the bytes that it names and no others.
func TestSplice(t *testing.T) {
	for _, test := range []struct {
		name, doc, op, want string
	}{
		{"nothing", hello, "splice 0 0 0\n", "818537fa213d7f9f4d5158"},
		{"the opcode", hello, "splice 0 0 1\n82", "828537fa213d7f9f4d5158"},
		{"MASK", hello, "splice 0 1 1\n05", "810537fa213d7f9f4d5158"},
		{"the key", hello, "splice 0 2 4\n00000000", "8185000000007f9f4d5158"},
		{"a byte more", hello, "splice 0 11 0\n00", "818537fa213d7f9f4d515800"},
		{"a byte less", hello, "splice 0 10 1\n", "818537fa213d7f9f4d51"},
		{"the header away", hello, "splice 0 0 6\n", "7f9f4d5158"},
		{"everything away", hello, "splice 0 0 11\n", ""},
		{"the second draft", "bytes 00\n" + hello, "splice 1 1 1\n84", "00818437fa213d7f9f4d5158"},
		{"a longer form", hello, "splice 0 1 1\nfe0005", "81fe000537fa213d7f9f4d5158"},
		{"raw bytes", "bytes 01 02", "splice 0 1 0\nff ff", "01ffff02"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var w workbench
			w.edit(test.doc, test.op, 1, protocol.Options{})
			if v := viewOf(t, &w); v.Error != nil {
				t.Fatalf("found the error %q", v.Error.Message)
			}
			if got := string(protocol.AppendHex(nil, w.wire)); got != test.want {
				t.Errorf("found %s, expected %s; the draft is %s", got, test.want, w.doc)
			}
			again := string(w.doc)
			wire := bytes.Clone(w.wire)
			w.read(again, 2, protocol.Options{})
			if !bytes.Equal(w.wire, wire) {
				t.Errorf("%s reads as %x, expected %x", again, w.wire, wire)
			}
		})
	}
}

func TestEditRefuses(t *testing.T) {
	for _, test := range []struct {
		op, found, expected string
	}{
		{"", `""`, "set, flip"},
		{"paint 0", `"paint"`, "set, flip"},
		{"set", "0 words", "2 words"},
		{"remove 0 0", "2 words", "1 word"},
		{"set 1 fin\n1", `"1"`, "0"},
		{"set -1 fin\n1", `"-1"`, "0"},
		{"set x fin\n1", `"x"`, "0"},
		{"set 0 colour\nred", `"colour"`, "fin, rsv1"},
		{"set 0 fin\n2", `"2"`, "0 or 1"},
		{"set 0 fin\n", `""`, "0 or 1"},
		{"set 0 opcode\n16", `"16"`, "from 0 to 15"},
		{"set 0 key\n37fa", `"37fa"`, "eight hex digits"},
		{"set 0 xor\nxxxxxxxx", `"xxxxxxxx"`, "eight hex digits"},
		{"set 0 form\n8", `"8"`, "7, 16, 64"},
		{"set 0 length\n18446744073709551616", `"18446744073709551616"`, "from 0 to 18446744073709551615"},
		{"set 0 cut\n-1", `"-1"`, "from 0 to"},
		{"set 0 code\n65536", `"65536"`, "from 0 to 65535"},
		{"set 0 hex\n0", "half a byte", "two hex digits"},
		{"set 0 hex\n0g", `"g"`, "hex digits"},
		{"set 0 repeat\nab", `"ab"`, "a comma"},
		{"set 0 repeat\nab,x", `"x"`, "a number"},
		{"set 0 repeat\nabab,16777216", "33554432", "at most 16777216"},
		{"set 0 deflate\nbest", `"best"`, "stored, fixed"},
		{"set 0 line\ntext nofim", `"nofim"`, "nofin"},
		{"flip 0 88", `"88"`, "from 0 to 87"},
		{"splice 0 12 0\n", `"12"`, "from 0 to 11"},
		{"splice 0 11 1\n", `"1"`, "0"},
		{"splice 0 0 0\nzz", `"z"`, "hex digits"},
		{"unmasked 0 6 0\n00", `"6"`, "from 0 to 5"},
		{"add 2\nping", `"2"`, "from 0 to 1"},
		{"add 0\n# nothing", "no frame", "at least one line"},
		{"add 0\npling", `"pling"`, "ping"},
		{"move 0 1", `"1"`, "0"},
		{"mend 0", `"0"`, "nothing"},
	} {
		t.Run(strings.ReplaceAll(test.op, "\n", "|"), func(t *testing.T) {
			var w workbench
			w.edit(hello, test.op, 1, protocol.Options{})
			v := viewOf(t, &w)
			if v.Error == nil {
				t.Fatalf("found no error but\n%s", w.doc)
			}
			if v.Error.Line != 0 {
				t.Errorf("line is %d, expected 0: the operation stands in no line of the text", v.Error.Line)
			}
			if !strings.Contains(v.Error.Found, test.found) || !strings.Contains(v.Error.Expected, test.expected) {
				t.Errorf("found %q and %q, expected %q and %q among them", v.Error.Found, v.Error.Expected, test.found, test.expected)
			}
			if !strings.Contains(v.Error.Message, v.Error.Expected) {
				t.Errorf("the message %q does not say what is expected", v.Error.Message)
			}
			if len(w.report)+len(w.doc)+len(w.wire)+len(w.unmasked) != 0 {
				t.Error("something is answered besides the error")
			}
		})
	}
}

func TestSetOnRawBytesNamesWhatIsWrong(t *testing.T) {
	for _, field := range []string{"fin", "opcode", "key", "length", "cut", "code"} {
		var w workbench
		w.edit("bytes 81", "set 0 "+field+"\n1", 1, protocol.Options{})
		if v := viewOf(t, &w); v.Error == nil || v.Error.Found != "raw bytes" {
			t.Errorf("%s: found %+v, expected an error about raw bytes", field, v.Error)
		}
	}
}

func TestEditOfAnUnreadableNotation(t *testing.T) {
	var w workbench
	w.edit("ping\nplong", "remove 0", 1, protocol.Options{})
	if v := viewOf(t, &w); v.Error == nil || v.Error.Line != 2 || v.Error.Column != 1 || v.Error.Width != 5 {
		t.Errorf("found %+v, expected the error at line 2, columns 1 to 5", v.Error)
	}
}

func TestTooManyDrafts(t *testing.T) {
	full := strings.Repeat("ping nomask\n", protocol.MaxDrafts)
	var w workbench
	for _, op := range []string{"duplicate 0", "add 0\nping", "set 0 line\nping\nping"} {
		w.edit(full, op, 1, protocol.Options{})
		if v := viewOf(t, &w); v.Error == nil || v.Error.Found != "501" {
			t.Errorf("%s: found %+v, expected an error about 501 drafts", op, v.Error)
		}
	}
	w.edit(full, "remove 0", 1, protocol.Options{})
	if v := viewOf(t, &w); v.Error != nil || len(v.Drafts) != protocol.MaxDrafts-1 {
		t.Errorf("found %+v and %d drafts, expected %d drafts", v.Error, len(v.Drafts), protocol.MaxDrafts-1)
	}
}

// Flipping a bit twice gives the text back, for every bit of many frames.
func TestFlipTwice(t *testing.T) {
	var w workbench
	for _, preset := range protocol.Presets() {
		if len(preset.Notation) > 200 || strings.Contains(preset.Notation, "repeat") {
			continue
		}
		options := protocol.Options{Sender: preset.Sender, Ended: preset.Ended}
		w.read(preset.Notation, 1, options)
		doc, wire := string(w.doc), bytes.Clone(w.wire)
		for i, draft := range viewOf(t, &w).Drafts {
			for bit := range 8 * min(draft.End-draft.Start, 20) {
				op := "flip " + decimal(i) + " " + decimal(bit)
				w.edit(doc, op, 1, options)
				if bytes.Equal(w.wire, wire) {
					t.Fatalf("%s: %s changes nothing", preset.ID, op)
				}
				w.edit(string(w.doc), op, 1, options)
				if !bytes.Equal(w.wire, wire) {
					t.Fatalf("%s: %s twice: found %x, expected %x", preset.ID, op, w.wire, wire)
				}
			}
		}
	}
}

func decimal(n int) string {
	text, _ := json.Marshal(n)
	return string(text)
}

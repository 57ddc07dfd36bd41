package protocol

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAppendJSONString(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", `""`},
		{"plain", `"plain"`},
		{"\"\\", `"\"\\"`},
		{"a\nb\tc\x00\x1f\x7f", `"a\nb\u0009c\u0000\u001f\u007f"`},
		{"</script>", `"\u003c/script>"`},
		{"κόσμε 👋", `"κόσμε 👋"`},
		{"\u2028\u2029", `"\u2028\u2029"`},
		{"a\xffb\xc3", "\"a\ufffdb\ufffd\""},
		{"\xed\xa0\x80", "\"\ufffd\ufffd\ufffd\""},
	}
	for _, test := range tests {
		if got := string(AppendJSONString(nil, test.in)); got != test.want {
			t.Errorf("%q became %s, expected %s", test.in, got, test.want)
		}
	}
}

// What encoding/json reads out of it is what went in.
func TestAppendJSONStringReadsBack(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		var got string
		if err := json.Unmarshal(AppendJSONString(nil, string(r)), &got); err != nil || got != string(r) {
			t.Fatalf("%U came back as %q, %v", r, got, err)
		}
	}
}

func TestCatalogIsJSON(t *testing.T) {
	var catalog struct {
		Rules, Opcodes, StatusCodes, Fields, Presets, Symptoms, Literals []map[string]any
		MessageLimit                                                     int
	}
	text := AppendCatalogJSON(nil)
	if err := json.Unmarshal(text, &catalog); err != nil {
		t.Fatal(err)
	}
	for name, n := range map[string][2]int{
		"rules":       {len(catalog.Rules), int(ruleCount)},
		"opcodes":     {len(catalog.Opcodes), 16},
		"statusCodes": {len(catalog.StatusCodes), len(statusRanges)},
		"fields":      {len(catalog.Fields), int(fieldCount)},
		"presets":     {len(catalog.Presets), len(presets)},
		"symptoms":    {len(catalog.Symptoms), len(symptoms)},
		"literals":    {len(catalog.Literals), len(Literals())},
	} {
		if n[0] != n[1] {
			t.Errorf("%d %s, expected %d", n[0], name, n[1])
		}
	}
	if catalog.MessageLimit != CarrierLimit || !strings.HasPrefix(string(text), "{") {
		t.Errorf("the limit is %d", catalog.MessageLimit)
	}
	for i, want := range []string{"5.4", "5.6", "5.6", "11.8"} {
		if got := catalog.Opcodes[i]["section"]; got != want {
			t.Errorf("opcode %d is in section %v, expected %s", i, got, want)
		}
	}
	for i, want := range []string{"5.5.1", "5.5.2", "5.5.3"} {
		if got := catalog.Opcodes[8+i]["section"]; got != want {
			t.Errorf("opcode %d is in section %v, expected %s", 8+i, got, want)
		}
	}
}

func TestAppendReadingJSON(t *testing.T) {
	src := unhex(t, "818537fa213d7f9f4d5158")
	r := Inspect(src, Options{})
	carrier := Header{Flags: FIN | MASK | 0x200, Form: Length7, MaskingKey: 0x01020304, PayloadLength: 11}
	got := string(AppendReadingJSON(nil, carrier, 1, r))
	want := `{"carrier":{"fin":1,"rsv1":0,"rsv2":0,"rsv3":0,"opcode":2,"opcodeName":"binary","mask":1,"maskingKey":"01020304",` +
		`"payloadLength":"11","lengthForm":7,"headerLength":6,"frameCount":1},"report":` + string(r.AppendJSON(nil)) + `}`
	if got != want {
		t.Errorf("got      %s\nexpected %s", got, want)
	}
}

// What is appended does not depend on what stands in front of it.
func TestAppendJSONBehindAnything(t *testing.T) {
	r := Inspect(unhex(t, "8100"), Options{})
	for name, appendTo := range map[string]func([]byte) []byte{
		"report":  r.AppendJSON,
		"reading": func(dst []byte) []byte { return AppendReadingJSON(dst, Header{}, 1, r) },
		"catalog": AppendCatalogJSON,
	} {
		if got, want := string(appendTo([]byte("data: "))), "data: "+string(appendTo(nil)); got != want {
			t.Errorf("%s: found %.20q, expected %.20q", name, got, want)
		}
	}
}

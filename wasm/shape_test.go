package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"framecraft/protocol"
)

// The declarations of static/protocol.d.ts against the JSON that is written:
// the same members in both, values of the declared types, and every
// alternative that is declared turns up somewhere.

// neverSeen lists declared alternatives that no answer has, with the reason.
var neverSeen = map[string]string{
	`Rule.level: "SHOULD NOT"`:                   "a level of RFC 2119 that no rule of the table has so far",
	`Diagnostic.level: "SHOULD NOT"`:             "as above",
	`ConversationDiagnostic.level: "SHOULD NOT"`: "as above",
}

type checker struct {
	shapes map[string]*shape
	// seen has "Frame.mask: null" and the like for every alternative met.
	seen   map[string]bool
	faults map[string]bool
}

func TestDeclaredShapes(t *testing.T) {
	text, err := os.ReadFile("../static/protocol.d.ts")
	if err != nil {
		t.Fatal(err)
	}
	shapes, err := parseShapes(string(text))
	if err != nil {
		t.Fatalf("protocol.d.ts: %v", err)
	}
	c := &checker{shapes, map[string]bool{}, map[string]bool{}}
	var w workbench
	w.catalog()
	c.document(t, "Catalog", w.view)
	check := func() {
		c.document(t, "View", w.view)
		if len(w.report) > 0 {
			c.document(t, "Report", w.report)
		}
	}
	for _, answer := range variedAnswers() {
		answer(&w)
		check()
	}
	for _, text := range variedCompressed {
		src, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		w.deflate(src, 0, protocol.Options{Sender: protocol.RoleServer, DeflateAgreed: true})
		c.document(t, "Microscope", w.view)
	}
	for _, text := range variedScenarios() {
		w.scenario(text)
		c.document(t, "ScenarioView", w.view)
		if len(w.report) > 0 {
			c.document(t, "Report", w.report)
		}
	}
	for _, text := range variedTranscripts() {
		w.transcript(text)
		c.document(t, "TranscriptView", w.view)
	}
	for _, carrier := range variedCarriers() {
		report := protocol.Inspect(nil, protocol.Options{})
		c.document(t, "ServerReading", protocol.AppendReadingJSON(nil, carrier, 1, report))
	}
	for _, head := range variedHeads() {
		c.document(t, "Head", head)
	}
	for fault := range c.faults {
		t.Error(fault)
	}
	for name, s := range shapes {
		for _, m := range s.members {
			for _, alternative := range alternatives(name+"."+m.name, m.of) {
				if !c.seen[alternative] && neverSeen[alternative] == "" {
					t.Errorf("declared, and in no answer: %s", alternative)
				}
			}
		}
	}
	for alternative := range neverSeen {
		if c.seen[alternative] {
			t.Errorf("listed as never seen, and seen: %s", alternative)
		}
	}
}

// variedAnswers fills a workbench in every way that makes a difference to the
// shape of an answer.
func variedAnswers() (answers []func(*workbench)) {
	client, server := protocol.Options{}, protocol.Options{Sender: protocol.RoleServer}
	ended := protocol.Options{Ended: true}
	read := func(doc string, options protocol.Options) {
		answers = append(answers, func(w *workbench) { w.read(doc, 1, options) })
	}
	for _, preset := range protocol.Presets() {
		read(preset.Notation, preset.Options())
	}
	deflate := protocol.Options{DeflateAgreed: true}
	read("text rsv1 hex:f248cdc9c90700\nbinary rsv1 hex:06", deflate)
	read("binary rsv1 hex:"+strings.Repeat(zerosDeflated, 129), deflate)
	read("", client)
	read("what is this", client)
	read("text \"a\" # seen\nbinary len16 hex:00\nping len64 hex:00\npong len7 len=5 xor=00000000 hex:00", client)
	read("text nomask rsv2 rsv3 \"\u00e9\"\nclose nomask 1000 \"bye\"", server)
	read("binary repeat(ab,70000)\nbinary hex:"+strings.Repeat("00", maxShown+1), client)
	for _, b := range []string{"\x81", "\x81\xfe", "\x81\xfe\x00", "\x81\x85\x01", "\x01\x83\x00\x00\x00\x00a\xffc", "\xf1\x00"} {
		for _, options := range []protocol.Options{client, server, ended} {
			answers = append(answers, func(w *workbench) { w.recover([]byte(b), 1, options) })
		}
	}
	answers = append(answers,
		func(w *workbench) { w.edit("text \"a\"", "add 1\nping", 1, client) },
		func(w *workbench) { w.edit("text \"a\"", "add 7\nping", 1, client) },
		func(w *workbench) { w.paste("81 00", 1, client) },
	)
	return answers
}

// zerosDeflated is 128 KiB of zeros, compressed; any number of them may follow each
// other in one message.
var zerosDeflated = hex.EncodeToString(protocol.AppendDeflate(nil, make([]byte, 128<<10), protocol.DeflateOptions{KeepTail: true}))

// variedCompressed has a compressed message each, in every type of block and with
// every end.
var variedCompressed = []string{
	"c108f348cdc9c9070000", "c10b000500faff48656c6c6f00", "c10106", "4203f248cd", "c100", "c105000000ffff",
	"c10d0dc0010900000040c0204000", "c2" + hex.EncodeToString([]byte{byte(len(dynamicDeflated))}) + hex.EncodeToString(dynamicDeflated),
}

var dynamicDeflated = protocol.AppendDeflate(nil, []byte("dynamic"), protocol.DeflateOptions{Block: protocol.ChooseDynamic})

func variedScenarios() []string {
	return []string{
		"", "what", "role server\nhandshake\ntext nomask \"a\"\n",
		"role client\nhandshake\n  with Host: a\n# c\ntext\nbytes 81\nwait 1ms\nchop 1\nend\nreset\npong off\nexpect close\n",
	}
}

func variedTranscripts() []string {
	quote := func(d protocol.HeadDraft) string { return strconv.Quote(string(d.AppendTo(nil))) }
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	request, response := protocol.DefaultRequest("localhost", "/", key), protocol.DefaultResponse(key)
	handshake := "0ms client open a b\n0.1ms client bytes " + quote(request) + "\n"
	plain := handshake + "0.2ms server bytes " + quote(response) + "\n"
	offer := protocol.DeflateParams{}.AppendTo(nil)
	for _, d := range []*protocol.HeadDraft{&request, &response} {
		d.Add("Sec-WebSocket-Extensions", string(offer))
		d.Add("Sec-WebSocket-Protocol", "chat")
	}
	agreed := "0.1ms client bytes " + quote(request) + "\n0.2ms server bytes " + quote(response) + "\n"
	return []string{
		"", "what", handshake + "1ms server bytes \"HTTP/1.1 403 No\\r\\n\\r\\nno\"\n1ms server reset\n",
		plain + "1ms server bytes 01 01 61 89 00 88 00\n1ms client bytes 88 80 01 02 03 04\n2ms client end\n3ms expect 3 met\n3ms expect 4 unmet \"x\"\n",
		plain + "1ms server bytes 88 02 03 f2 81\n2ms stop \"x\"\n", "0ms client failed \"x\"\n",
		plain + "1ms client bytes 88 82 37 fa 21 3d 34 08\n1ms server bytes c1 83 00\n2ms server bytes 8a 00 82 01 ff\n",
		agreed + "1ms server bytes c1 07 f2 48 cd c9 c9 07 00\n",
	}
}

// variedHeads has the heads of a handshake, and heads without much in them.
func variedHeads() [][]byte {
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	request, _, _ := protocol.ParseRequestHead(protocol.DefaultRequest("localhost", "/", key).AppendTo(nil))
	accepting, _, _ := protocol.ParseResponseHead(protocol.DefaultResponse(key).AppendTo(nil))
	refusing, _, _ := protocol.ParseResponseHead([]byte("HTTP/1.1 400"))
	return [][]byte{request.AppendJSON(nil, request), accepting.AppendJSON(nil, request), refusing.AppendJSON(nil, request), accepting.AppendJSON(nil, nil)}
}

// variedCarriers has carrier frames as the server may meet them: the browser
// makes legal ones only, so that some of these never come from a browser.
func variedCarriers() []protocol.Header {
	every := protocol.FIN | protocol.RSV1 | protocol.RSV2 | protocol.RSV3 | protocol.MASK
	return []protocol.Header{
		{Flags: every.WithOpcode(protocol.OpcodeBinary), Form: protocol.Length7, MaskingKey: 1},
		{Form: protocol.Length16, PayloadLength: 126},
		{Form: protocol.Length64, PayloadLength: 1 << 16},
	}
}

func (c *checker) document(t *testing.T, name string, text []byte) {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%s is no JSON: %v\n%.300s", name, err, text)
	}
	if !c.check(name, &shape{name: name}, value) {
		t.Fatalf("%s does not have its shape: %.300s", name, text)
	}
}

// check reports whether the value has the shape; where is "Frame.mask".
func (c *checker) check(where string, s *shape, value any) bool {
	switch {
	case s.union != nil:
		return slices.ContainsFunc(s.union, func(part *shape) bool { return c.check(where, part, value) })
	case s.array != nil:
		list, ok := value.([]any)
		if ok {
			for _, element := range list {
				if !c.check(where, s.array, element) {
					c.faults[fmt.Sprintf("%s: found the element %v", where, element)] = true
				}
			}
		}
		return ok
	case s.members != nil:
		return c.object(where, s, value)
	case s.literal != nil:
		if value != s.literal {
			return false
		}
	default:
		if of := c.shapes[s.name]; of != nil {
			return c.object(s.name, of, value)
		}
		if kind(value) != s.name {
			return false
		}
	}
	c.seen[alternative(where, s)] = true
	return true
}

func (c *checker) object(name string, s *shape, value any) bool {
	object, ok := value.(map[string]any)
	if !ok {
		return false
	}
	for _, m := range s.members {
		inside := name + "." + m.name
		got, present := object[m.name]
		if !present && m.optional {
			continue
		} else if !present {
			c.faults[inside+" is declared and missing"] = true
		} else if !c.check(inside, m.of, got) {
			c.faults[fmt.Sprintf("%s: found %v, which is not as declared", inside, got)] = true
		}
	}
	for key := range object {
		if !slices.ContainsFunc(s.members, func(m member) bool { return m.name == key }) {
			c.faults[name+"."+key+" is written and not declared"] = true
		}
	}
	return true
}

func kind(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case nil:
		return "null"
	}
	return "object"
}

// alternatives lists the leaves of a type: its literals and primitive types.
func alternatives(where string, s *shape) (list []string) {
	switch {
	case s.union != nil:
		for _, part := range s.union {
			list = append(list, alternatives(where, part)...)
		}
	case s.array != nil:
		return alternatives(where, s.array)
	case s.members != nil:
		for _, m := range s.members {
			list = append(list, alternatives(where+"."+m.name, m.of)...)
		}
	case s.literal != nil || strings.ToLower(s.name) == s.name:
		return []string{alternative(where, s)}
	}
	return list
}

func alternative(where string, s *shape) string {
	if text, ok := s.literal.(string); ok {
		return fmt.Sprintf("%s: %q", where, text)
	}
	if s.literal != nil {
		return fmt.Sprintf("%s: %v", where, s.literal)
	}
	return where + ": " + s.name
}

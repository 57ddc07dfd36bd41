package protocol_test

import (
	"errors"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	. "framecraft/protocol"
)

// Reading and printing scenarios.

// scenario reads a text that must be a scenario.
func scenario(t testing.TB, text string) *Scenario {
	t.Helper()
	s, err := ParseScenario(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

func TestParseScenario(t *testing.T) {
	const ms = 1e6
	quoted := func(data string) Payload { return Payload{Data: data} }
	expect := func(e Expect) Step { return Step{Kind: StepExpect, Expect: &e} }
	handshake := func(h HandshakeStep) Step { return Step{Kind: StepHandshake, Handshake: &h} }
	line := func(parts ...string) Step { return handshake(HandshakeStep{Line: [3]string(parts)}) }
	hello := Draft{Flags: legal | 0x100, Payload: quoted("Hello"), Comment: "hi"}
	for _, test := range []struct {
		line string
		want Step
		// printed is the canonical line where it is another one.
		printed string
	}{
		{``, Step{}, ""},
		{"  \t\r", Step{}, "\n"},
		{`# a comment`, Step{Comment: "a comment"}, ""},
		{` ## two`, Step{Comment: "# two"}, "# # two\n"},
		{`text "Hello" # hi`, Step{Kind: StepFrame, Draft: hello}, ""},
		{`pong "x"`, Step{Kind: StepFrame, Draft: Draft{Flags: legal | 0xa00, Payload: quoted("x")}}, ""},
		{`bytes 81 85`, Step{Kind: StepFrame, Draft: Draft{Raw: true, Payload: Payload{Form: PayloadHex, Data: "\x81\x85"}}}, ""},
		{`role client`, Step{Kind: StepRole}, ""},
		{` role  server#c`, Step{Kind: StepRole, Comment: "c"}, "role server # c\n"},
		{`wait 50ms`, Step{Kind: StepWait, Duration: 50 * ms}, ""},
		{`wait 1500ms # long`, Step{Kind: StepWait, Duration: 1500 * ms, Comment: "long"}, "wait 1.5s # long\n"},
		{`wait 0.5us`, Step{Kind: StepWait, Duration: 500}, "wait 0.0005ms\n"},
		{`wait 1ns`, Step{Kind: StepWait, Duration: 1}, "wait 0.000001ms\n"},
		{`wait 2.000000001s`, Step{Kind: StepWait, Duration: 2*1e9 + 1}, ""},
		{`wait 1.9ns`, Step{Kind: StepWait, Duration: 1}, "wait 0.000001ms\n"},
		{`wait 0s`, Step{Kind: StepWait}, "wait 0ms\n"},
		{`wait 86400s`, Step{Kind: StepWait, Duration: 24 * 3600 * 1e9}, ""},
		{`chop 1`, Step{Kind: StepChop, Chop: 1}, ""},
		{`chop 0x10000`, Step{Kind: StepChop, Chop: 65536}, "chop 65536\n"},
		{`chop off`, Step{Kind: StepChop}, ""},
		{`end`, Step{Kind: StepEnd}, ""},
		{`reset#now`, Step{Kind: StepReset, Comment: "now"}, "reset # now\n"},
		{`pong on`, Step{Kind: StepPong, On: true}, ""},
		{`pong off # silence`, Step{Kind: StepPong, Comment: "silence"}, ""},

		{`expect message`, expect(Expect{}), ""},
		{`expect text`, expect(Expect{Kind: ExpectText}), ""},
		{`expect text "" within 2s`, expect(Expect{Kind: ExpectText, PayloadGiven: true, Within: 2e9}), ""},
		{`expect text "Hello"within 2000ms#c`, Step{Kind: StepExpect, Comment: "c",
			Expect: &Expect{Kind: ExpectText, PayloadGiven: true, Payload: quoted("Hello"), Within: 2e9}}, "expect text \"Hello\" within 2s # c\n"},
		{`expect binary hex:00FF`, expect(Expect{Kind: ExpectBinary, PayloadGiven: true, Payload: Payload{Form: PayloadHex, Data: "\x00\xff"}}), "expect binary hex:00ff\n"},
		{`expect binary repeat(00,70000)`, expect(Expect{Kind: ExpectBinary, PayloadGiven: true, Payload: Payload{Form: PayloadRepeat, Data: "\x00", Count: 70000}}), ""},
		{`expect ping`, expect(Expect{Kind: ExpectPing}), ""},
		{`expect pong hex:`, expect(Expect{Kind: ExpectPong, PayloadGiven: true, Payload: Payload{Form: PayloadHex}}), ""},
		{`expect close`, expect(Expect{Kind: ExpectClose}), ""},
		{`expect close # any`, Step{Kind: StepExpect, Comment: "any", Expect: &Expect{Kind: ExpectClose}}, ""},
		{`expect close within 1s`, expect(Expect{Kind: ExpectClose, Within: 1e9}), ""},
		{`expect close 1000 or 0x3ea within 1s`, expect(Expect{Kind: ExpectClose, Codes: []uint16{1000, 1002}, Within: 1e9}), "expect close 1000 or 1002 within 1s\n"},
		{`expect silence 100ms`, expect(Expect{Kind: ExpectSilence, Within: 100 * ms}), ""},
		{`expect end`, expect(Expect{Kind: ExpectEnd}), ""},
		{`expect reset within 5s`, expect(Expect{Kind: ExpectReset, Within: 5e9}), ""},
		{`expect status 101`, expect(Expect{Kind: ExpectStatus, Codes: []uint16{101}}), ""},
		{`expect status 400 or 426`, expect(Expect{Kind: ExpectStatus, Codes: []uint16{400, 426}}), ""},
		{`expect rule frame-opcode-reserved`, expect(Expect{Kind: ExpectRule, Rule: RuleFrameOpcodeReserved}), ""},
		{`expect no  rule`, expect(Expect{Kind: ExpectNoRule}), "expect no rule\n"},

		{`handshake`, line("", "", ""), ""},
		{`handshake /chat`, line("", "/chat", ""), ""},
		{`handshake /chat#x # y`, Step{Kind: StepHandshake, Comment: "y", Handshake: &HandshakeStep{Line: [3]string{"", "/chat#x", ""}}}, ""},
		{`handshake POST`, line("POST", "", ""), ""},
		{`handshake HTTP/1.0`, line("", "", "HTTP/1.0"), ""},
		{`handshake POST HTTP/1.0`, line("POST", "", "HTTP/1.0"), ""},
		{`handshake GET chat HTTP/1.1`, line("GET", "chat", "HTTP/1.1"), ""},
		{`handshake /chat SPDY/1`, line("", "/chat", "SPDY/1"), ""},
		{`handshake GET "/a b\xff" HTTP/1.1`, line("GET", "/a b\xff", "HTTP/1.1"), ""},
		{`handshake "/\xff"`, line("", "/\xff", ""), ""},
		{`handshake /ä`, line("", "/ä", ""), ""},
		{`handshake bytes "GET /\r\n" # c`, Step{Kind: StepHandshake, Comment: "c",
			Handshake: &HandshakeStep{Verbatim: true, Data: quoted("GET /\r\n")}}, ""},
		{`handshake bytes 47 45`, handshake(HandshakeStep{Verbatim: true, Data: Payload{Form: PayloadHex, Data: "GE"}}), ""},
		{`handshake bytes`, handshake(HandshakeStep{Verbatim: true, Data: Payload{Form: PayloadHex}}), ""},
	} {
		s := scenario(t, test.line+"\n")
		if len(s.Steps) != 1 {
			t.Errorf("%s: %d steps, want 1", test.line, len(s.Steps))
			continue
		}
		test.want.Line, test.want.LastLine = 1, 1
		if !reflect.DeepEqual(s.Steps[0], test.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", test.line, s.Steps[0], test.want)
		}
		want := test.printed
		if want == "" {
			want = test.line + "\n"
		}
		if printed := string(s.AppendTo(nil)); printed != want {
			t.Errorf("%s: printed %q, want %q", test.line, printed, want)
		}
	}
}

func TestParseHandshakeLines(t *testing.T) {
	text := `role server
handshake HTTP/1.0 426 Upgrade Required # too old

  # the versions that we know
  also Sec-WebSocket-Version: 13, 8
	with Server:"a#b "#c
  with Origin: http://a/#x # y
  with Empty:
  without Upgrade # gone
  also "no field"

text nomask "a"
`
	s := scenario(t, text)
	want := &Scenario{Role: RoleServer, Steps: []Step{
		{Kind: StepRole, Line: 1, LastLine: 1},
		{Kind: StepHandshake, Line: 2, LastLine: 10, Comment: "too old", Handshake: &HandshakeStep{
			Line: [3]string{"HTTP/1.0", "426", "Upgrade Required"},
			Edits: []FieldEdit{
				{},
				{Comment: "the versions that we know"},
				{Kind: EditAlso, Name: "Sec-WebSocket-Version", Value: "13, 8"},
				{Kind: EditWith, Name: "Server", Value: "a#b ", Comment: "c"},
				{Kind: EditWith, Name: "Origin", Value: "http://a/#x", Comment: "y"},
				{Kind: EditWith, Name: "Empty"},
				{Kind: EditWithout, Name: "Upgrade", Comment: "gone"},
				{Kind: EditAlso, Value: "no field"},
			},
		}},
		{Line: 11, LastLine: 11},
		{Kind: StepFrame, Line: 12, LastLine: 12, Draft: Draft{Flags: FIN | 0x100, Payload: Payload{Data: "a"}}},
	}}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got %+v, want %+v", s, want)
	}
	printed := string(s.AppendTo(nil))
	if wanted := strings.Replace(text, "\twith Server:\"a#b \"#c", "  with Server: \"a#b \" # c", 1); printed != wanted {
		t.Errorf("printed %s, want %s", printed, wanted)
	}
	for _, line := range []string{"handshake 200 OK", "handshake 404", "handshake HTTP/1.1", `handshake 101 "a  # b"`, "handshake 101 HTTP/1.1"} {
		text := "role server\n" + line + "\n"
		if got := string(scenario(t, text).AppendTo(nil)); got != text {
			t.Errorf("%q is printed as %q", text, got)
		}
	}
	// Parts that could not be read back alone are printed with the others.
	for _, h := range []struct {
		role Role
		line [3]string
		want string
	}{
		{RoleClient, [3]string{"", "chat", ""}, "handshake GET chat HTTP/1.1\n"},
		{RoleClient, [3]string{"GET", "", "SPDY/1"}, "handshake GET / SPDY/1\n"},
		{RoleServer, [3]string{"", "", "OK"}, "role server\nhandshake HTTP/1.1 101 OK\n"},
	} {
		s := Scenario{Role: h.role, Steps: []Step{{Kind: StepHandshake, Handshake: &HandshakeStep{Line: h.line}}}}
		if got := string(s.AppendTo(nil)); got != h.want {
			t.Errorf("%q is printed as %q, want %q", h.line, got, h.want)
		}
	}
}

func TestScenarioErrors(t *testing.T) {
	const (
		step    = `a step: a frame such as text "Hello", or handshake, wait, chop, end, reset, pong on, pong off or expect`
		nearest = ", which is the nearest word there is; or "
		what    = "what to expect: message, text, binary, close, ping, pong, silence, end, reset, status, rule or no rule"
		time    = "a time such as 50ms, 1.5s or 2s, at most 24 hours"
		end     = "the end of the line or a # comment"
		chop    = "how many bytes a segment has, 1 to 65536, or off"
	)
	for _, test := range []struct {
		text                string
		line, column, width int
		found, expected     string
	}{
		{"foo", 1, 1, 3, `"foo"`, step},
		{"\n  hanshake", 2, 3, 8, `"hanshake"`, "handshake" + nearest + step},
		{"txt \"x\"", 1, 1, 3, `"txt"`, "text" + nearest + step},
		{"text nofn", 1, 6, 4, `"nofn"`, `nofin` + nearest + `a word such as nofin, nomask or len=5, or the payload as "text", hex:00ff or repeat(00,5)`},
		{"text\nrole client", 2, 1, 4, `"role"`, "the role in front of every step"},
		{"role", 1, 5, 1, "the end of the line", "client or server"},
		{"handshake\n  with Sec-WebSocket-Protocol: a\rX: y", 2, 32, 6, `"a\rX: y"`, `a value in quotes, with \r where it has CR`},
		{"role server\nhandshake 400 a\rb", 2, 15, 3, `"a\rb"`, `a value in quotes, with \r where it has CR`},
		{"role both", 1, 6, 4, `"both"`, "client or server"},
		{"role client x", 1, 13, 1, `"x"`, end},
		{"wait", 1, 5, 1, "the end of the line", time},
		{"wait 5", 1, 6, 1, `"5"`, time},
		{"wait ms", 1, 6, 2, `"ms"`, time},
		{"wait 1.s", 1, 6, 3, `"1.s"`, time},
		{"wait .5s", 1, 6, 3, `".5s"`, time},
		{"wait 1.2.3s", 1, 6, 6, `"1.2.3s"`, time},
		{"wait 1.0000000000s", 1, 6, 13, `"1.0000000000s"`, time},
		{"wait -1s", 1, 6, 3, `"-1s"`, time},
		{"wait 86401s", 1, 6, 6, `"86401s"`, time},
		{"wait 86400.1s", 1, 6, 8, `"86400.1s"`, time},
		{"wait 99999999999999999999s", 1, 6, 21, `"99999999999999999999s"`, time},
		{"wait 18446744074s", 1, 6, 12, `"18446744074s"`, time},
		{"wait 1s 2s", 1, 9, 2, `"2s"`, end},
		{"chop 0", 1, 6, 1, `"0"`, chop},
		{"chop 65537", 1, 6, 5, `"65537"`, chop},
		{"chop", 1, 5, 1, "the end of the line", chop},
		{"end now", 1, 5, 3, `"now"`, end},
		{"pong offf", 1, 6, 4, `"offf"`, `a word such as nofin, nomask or len=5, or the payload as "text", hex:00ff or repeat(00,5)`},
		{"with A: b", 1, 1, 4, `"with"`, step + "; with stands below a handshake"},
		{"handshake\ntext\nalso A: b", 3, 1, 4, `"also"`, step + "; also stands below a handshake"},
		{"handshake bytes\nwithout A", 2, 1, 7, `"without"`, step + "; without stands below a handshake"},
		{"handshake a b c d", 1, 17, 1, `"d"`, end},
		{"handshake HTTP/1.1 x", 1, 20, 1, `"x"`, end},
		{"handshake \"\"", 1, 11, 2, "`\"\"`", "a word; what is left out is as in a legal handshake"},
		{"handshake \"a", 1, 13, 1, "the end of the line", `the closing " of the text`},
		{"handshake bytes zz", 1, 17, 1, `"z"`, "a hex digit"},
		{"role server\nhandshake 101 HTTP/1.1 x # y\nhandshake \"x\" \"y\" z", 3, 19, 1, `"z"`, end},
		{"handshake\nwith", 2, 5, 1, "the end of the line", "a field as Name: value"},
		{"handshake\nwith Name", 2, 6, 4, `"Name"`, "a field as Name: value"},
		{"handshake\nwith : x", 2, 6, 1, `":"`, "the name of a field"},
		{"handshake\nwith A B: x", 2, 6, 3, `"A B"`, `a field's name without blanks; also "..." adds a line of any kind`},
		{"handshake\nwith A: \"b\" c", 2, 13, 1, `"c"`, end},
		{"handshake\nwithout", 2, 8, 1, "the end of the line", "the name of a field"},
		{"handshake\nwithout A: b", 2, 12, 1, `"b"`, end},
		{"expect", 1, 7, 1, "the end of the line", what},
		{"expect mesage", 1, 8, 6, `"mesage"`, "message" + nearest + what},
		{"expect no", 1, 10, 1, "the end of the line", "rule, as in expect no rule"},
		{"expect no message", 1, 11, 7, `"message"`, "rule, as in expect no rule"},
		{"expect text Hello", 1, 13, 5, `"Hello"`, end},
		{"expect message within", 1, 22, 1, "the end of the line", time},
		{"expect message within 0s", 1, 23, 2, `"0s"`, "a time longer than none"},
		{"expect silence", 1, 15, 1, "the end of the line", time},
		{"expect silence 1s within 2s", 1, 19, 6, `"within"`, end},
		{"expect status", 1, 14, 1, "the end of the line", "a status code from 100 to 999"},
		{"expect status 99", 1, 15, 2, `"99"`, "a status code from 100 to 999"},
		{"expect status 101 or", 1, 21, 1, "the end of the line", "a status code from 100 to 999"},
		{"expect close 65536", 1, 14, 5, `"65536"`, "a status code from 0 to 65535"},
		{"expect close 1000 or within 1s", 1, 22, 6, `"within"`, "a status code from 0 to 65535"},
		{"expect close" + strings.Repeat(" 1000 or", 17), 1, 142, 4, `"1000"`, "at most 16 codes"},
		{"expect rule frame", 1, 13, 5, `"frame"`, "the name of a rule, such as frame-opcode-reserved"},
		{strings.Repeat("\n", MaxScenarioLines) + "end", MaxScenarioLines + 1, 1, 3, `"end"`, "at most 10000 lines in one scenario"},
		{"binary repeat(00,16777216)\nping\nexpect text \"a\"", 3, 13, 3, "`\"a\"`", "at most 16777216 bytes of payload in all frames together"},
		{"binary repeat(00,16777216)\nhandshake bytes 00", 2, 17, 2, `"00"`, "at most 16777216 bytes of payload in all frames together"},
	} {
		_, err := ParseScenario(test.text)
		var e *NotationError
		if !errors.As(err, &e) {
			t.Errorf("%.60q: %v, want an error", test.text, err)
			continue
		}
		want := NotationError{test.line, test.column, test.width, test.found, test.expected}
		if *e != want {
			t.Errorf("%.60q:\n got %+v\nwant %+v", test.text, *e, want)
		}
	}
}

// Every line of the documentation prints as it is, and so does the scenario as a
// whole, so that lines keep their numbers.
func TestDocumentedScenario(t *testing.T) {
	text := `handshake /chat
  with Origin: null
expect status 101
text "Hello" # a frame, as the notation has it
expect text "Hello" within 2s
chop 1 # one byte a TCP segment from here on
ping "still there?"
wait 50ms
bytes 81 85 37 fa # and a frame that stops in the middle
expect silence 100ms
end
expect end
`
	s := scenario(t, text)
	if got := string(s.AppendTo(nil)); got != text {
		t.Errorf("printed %s", got)
	}
	if len(s.Steps) != 11 || s.Steps[1].Line != 3 {
		t.Errorf("%d steps, the second in line %d", len(s.Steps), s.Steps[1].Line)
	}
}

func TestScenarioPrefixes(t *testing.T) {
	text := "# é\nrole client # c\nhandshake GET /a \"HTTP/\\x31.1\"\n  with A: b\n\n  also \"x\"\n  without C\nhandshake bytes \"x\"\n" +
		"text rsv1 \"é\\n\" mask=37fa213d\nwait 1.5ms\nchop 2\nchop off\npong off\nexpect close 1000 or 1001 within 2s\n" +
		"expect text repeat(00,4)\nexpect no rule\nexpect rule text-invalid-utf8\nend\nreset\n"
	for i := range len(text) + 1 {
		s, err := ParseScenario(text[:i])
		if err != nil {
			var e *NotationError
			if !errors.As(err, &e) || e.Line < 1 || e.Column < 1 || e.Width < 1 {
				t.Errorf("%q: %#v", text[:i], err)
			}
			continue
		}
		requireSameScenario(t, s)
	}
}

// requireSameScenario fails unless reading what is printed gives the same again.
func requireSameScenario(t testing.TB, s *Scenario) {
	t.Helper()
	printed := string(s.AppendTo(nil))
	again, err := ParseScenario(printed)
	if err != nil {
		t.Fatalf("%q: %v", printed, err)
	}
	if !reflect.DeepEqual(again, s) {
		t.Fatalf("%q is read as %+v, was %+v", printed, again, s)
	}
	if twice := string(again.AppendTo(nil)); twice != printed {
		t.Fatalf("printed as %q and then as %q", printed, twice)
	}
}

func TestRandomScenarios(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	for range 3000 {
		requireSameScenario(t, randomScenario(r))
	}
}

var (
	edgeTimes  = []int64{0, 1, 999, 1000, 500000, 1e6, 1500000, 999999999, 1e9, 1500000001, 60e9, 86400e9}
	edgeValues = []string{"", "a", "a b", " a", "a ", "#", "a #b", "a#b", `"`, `a"b`, `\`, "é", "\t", "\xff", "\u00a0", "\r\n", "\ufffd"}
)

func randomScenario(r *rand.Rand) *Scenario {
	s := &Scenario{Role: Role(r.Intn(2))}
	line := 0
	add := func(step Step) {
		line++
		step.Line, step.LastLine = line, line
		s.Steps = append(s.Steps, step)
	}
	if s.Role == RoleServer || r.Intn(2) == 0 {
		add(Step{Kind: StepRole, Comment: pick(r, edgeComments)})
	}
	for range r.Intn(6) {
		comment := pick(r, edgeComments)
		switch kind := StepKind(r.Intn(int(StepExpect) + 1)); kind {
		case StepRole:
		case StepFrame:
			add(Step{Kind: kind, Draft: randomDraft(r)})
		case StepHandshake:
			add(Step{Kind: kind, Handshake: randomHandshake(r, s.Role), Comment: comment})
			last := &s.Steps[len(s.Steps)-1]
			line += len(last.Handshake.Edits)
			last.LastLine = line
		case StepExpect:
			add(Step{Kind: kind, Expect: randomExpect(r), Comment: comment})
		case StepWait:
			add(Step{Kind: kind, Duration: pick(r, edgeTimes), Comment: comment})
		case StepChop:
			add(Step{Kind: kind, Chop: r.Intn(65537), Comment: comment})
		case StepPong:
			add(Step{Kind: kind, On: r.Intn(2) == 0, Comment: comment})
		default:
			add(Step{Kind: kind, Comment: comment})
		}
	}
	return s
}

func randomHandshake(r *rand.Rand, role Role) *HandshakeStep {
	if r.Intn(3) == 0 {
		return &HandshakeStep{Verbatim: true, Data: randomPayload(r)}
	}
	h := &HandshakeStep{}
	if role == RoleServer {
		h.Line = pick(r, [][3]string{{}, {"HTTP/1.0"}, {"", "200"}, {"", "200", "a b # c"}, {"HTTP/9", "x", "HTTP/1"}})
	} else {
		h.Line = pick(r, [][3]string{{}, {"POST"}, {"", "/a#b"}, {"", "", "HTTP/1.0"}, {"a \xff", "#", "x"}, {"", "/\"", "y"}})
	}
	for range r.Intn(4) {
		e := FieldEdit{Kind: EditKind(r.Intn(4)), Comment: pick(r, edgeComments)}
		switch e.Kind {
		case EditWithout:
			e.Name = "A"
		case EditWith, EditAlso:
			e.Name, e.Value = pick(r, []string{"Host", "é", "#"}), pick(r, edgeValues)
			if e.Kind == EditAlso && r.Intn(2) == 0 {
				e.Name = ""
			}
		}
		h.Edits = append(h.Edits, e)
	}
	// Comments behind the last edit are steps of their own.
	for n := len(h.Edits); n > 0 && h.Edits[n-1].Kind == EditComment; n-- {
		h.Edits = h.Edits[:n-1]
	}
	if len(h.Edits) == 0 {
		h.Edits = nil
	}
	return h
}

func randomExpect(r *rand.Rand) *Expect {
	e := &Expect{Kind: ExpectKind(r.Intn(int(ExpectNoRule) + 1)), Within: pick(r, edgeTimes)}
	switch e.Kind {
	case ExpectText, ExpectBinary, ExpectPing, ExpectPong:
		if e.PayloadGiven = r.Intn(2) == 0; e.PayloadGiven {
			e.Payload = randomPayload(r)
		}
	case ExpectRule:
		e.Rule = RuleID(r.Intn(len(Rules())))
	case ExpectStatus:
		e.Codes = []uint16{100, 999}[:1+r.Intn(2)]
	case ExpectClose:
		e.Codes = [][]uint16{nil, {0}, {1000, 65535}}[r.Intn(3)]
	}
	return e
}

func FuzzScenario(f *testing.F) {
	for _, seed := range []string{"", "handshake /chat\n  with A: b\nexpect status 101\ntext \"a\"\n", "role server\nhandshake 404 Not Found\n\n# x\nreset",
		"wait 1.5s\nchop 1\nchop off\npong off\nend", "expect close 1000 or 1001 within 2s\nexpect text hex:00\nexpect silence 1us"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > FuzzLength {
			return
		}
		if s, err := ParseScenario(text); err == nil {
			requireSameScenario(t, s)
		}
	})
}

func TestHandshakeBytes(t *testing.T) {
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	request := "Host: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key + "\r\nSec-WebSocket-Version: 13\r\n"
	response := "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
	for _, test := range []struct{ text, want string }{
		{"handshake", "GET /chat HTTP/1.1\r\n" + request + "\r\n"},
		{"handshake POST /x HTTP/1.0", "POST /x HTTP/1.0\r\n" + request + "\r\n"},
		{"handshake HTTP/1.0", "GET /chat HTTP/1.0\r\n" + request + "\r\n"},
		{"handshake\nwith host: a\nwith Origin: null\nalso Origin: b\nalso \"Bad Header\"\nwithout upgrade\n\n# c\nwithout connection",
			"GET /chat HTTP/1.1\r\nhost: a\r\nSec-WebSocket-Key: " + key + "\r\nSec-WebSocket-Version: 13\r\nOrigin: null\r\nOrigin: b\r\nBad Header\r\n\r\n"},
		{"handshake bytes \"GET /\" # nothing else", "GET /"},
		{"role server\nhandshake", "HTTP/1.1 101 Switching Protocols\r\n" + response + "\r\n"},
		{"role server\nhandshake HTTP/1.0", "HTTP/1.0 101 Switching Protocols\r\n" + response + "\r\n"},
		{"role server\nhandshake 404\nwithout Upgrade\nwithout Connection\nwithout Sec-WebSocket-Accept", "HTTP/1.1 404 Refused\r\n\r\n"},
		{"role server\nhandshake 404 Not Found", "HTTP/1.1 404 Not Found\r\n" + response + "\r\n"},
		{"role server\nhandshake 200", "HTTP/1.1 200 OK\r\n" + response + "\r\n"},
		{"role server\nhandshake 302", "HTTP/1.1 302 Elsewhere\r\n" + response + "\r\n"},
		{"role server\nhandshake 500", "HTTP/1.1 500 Failed\r\n" + response + "\r\n"},
		{"role server\nhandshake x", "HTTP/1.1 x Other\r\n" + response + "\r\n"},
		{"role server\nhandshake 101", "HTTP/1.1 101 Switching Protocols\r\n" + response + "\r\n"},
		{"role server\nhandshake 101 \"\\xff\"", "HTTP/1.1 101 \xff\r\n" + response + "\r\n"},
	} {
		s := scenario(t, test.text)
		var got string
		for _, step := range s.Steps {
			switch {
			case step.Kind != StepHandshake:
			case s.Role == RoleClient:
				got = string(step.Handshake.AppendRequest(nil, "example.org", "/chat", key))
			default:
				got = string(step.Handshake.AppendResponse(nil, key))
			}
		}
		if got != test.want {
			t.Errorf("%s:\n got %q\nwant %q", test.text, got, test.want)
		}
	}
}

// A head of thousands of lines is not copied for each of them.
func TestHandshakeOfManyFields(t *testing.T) {
	s := scenario(t, "handshake\n"+strings.Repeat("also X: y\n", 5000))
	allocations := testing.AllocsPerRun(1, func() { s.Steps[0].Handshake.AppendRequest(nil, "example.org", "/", "") })
	if allocations > 100 {
		t.Errorf("found %v allocations for 5000 fields, expected at most 100", allocations)
	}
}

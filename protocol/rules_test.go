package protocol

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// vector is a stream that breaks some rules and no others.
type vector struct {
	name    string
	sender  Role
	ended   bool
	hex     string
	breaks  string // ids, separated by spaces, in the order of the bytes
	outcome Outcome
	code    StatusCode
}

// vectors has the smallest stream for every rule, in both roles where both can
// break it. The masked forms use the RFC's sample key.
var vectors = []vector{
	{"unmasked", RoleClient, false, "8100", "frame-unmasked-from-client", OutcomeFails, 1002},
	{"masked", RoleServer, false, "818037fa213d", "frame-masked-from-server", OutcomeFails, 1002},
	{"rsv1", RoleServer, false, "c100", "frame-rsv1-unnegotiated", OutcomeFails, 1002},
	{"rsv1 client", RoleClient, false, "c18037fa213d", "frame-rsv1-unnegotiated", OutcomeFails, 1002},
	{"rsv2", RoleServer, false, "a100", "frame-rsv2-unnegotiated", OutcomeFails, 1002},
	{"rsv2 client", RoleClient, false, "a18037fa213d", "frame-rsv2-unnegotiated", OutcomeFails, 1002},
	{"rsv3", RoleServer, false, "9100", "frame-rsv3-unnegotiated", OutcomeFails, 1002},
	{"rsv3 client", RoleClient, false, "918037fa213d", "frame-rsv3-unnegotiated", OutcomeFails, 1002},
	{"opcode", RoleServer, false, "8300", "frame-opcode-reserved", OutcomeFails, 1002},
	{"opcode client", RoleClient, false, "8b8037fa213d", "frame-opcode-reserved", OutcomeFails, 1002},
	{"length msb", RoleServer, false, "827f8000000000000000", "frame-length-msb-set", OutcomeFails, 1002},
	{"length msb client", RoleClient, false, "82ff800000000000000037fa213d", "frame-length-msb-set", OutcomeFails, 1002},
	{"length not minimal", RoleServer, false, "827e0000", "frame-length-not-minimal", OutcomeFails, 1002},
	{"length 125 in 16", RoleServer, false, "827e007d", "frame-length-not-minimal", OutcomeFails, 1002},
	{"length 65535 in 64", RoleServer, false, "827f000000000000ffff", "frame-length-not-minimal", OutcomeFails, 1002},
	{"key reused", RoleClient, false, "818037fa213d818037fa213d", "frame-mask-key-reused", OutcomeNoted, 0},
	{"control fragmented", RoleServer, false, "0900", "frame-control-fragmented", OutcomeFails, 1002},
	{"control fragmented client", RoleClient, false, "098037fa213d", "frame-control-fragmented", OutcomeFails, 1002},
	{"interleaved", RoleServer, false, "01008100", "sequence-data-interleaved", OutcomeFails, 1002},
	{"interleaved client", RoleClient, false, "018037fa213d81800a0b0c0d", "sequence-data-interleaved", OutcomeFails, 1002},
	{"continuation", RoleServer, false, "8000", "sequence-continuation-unexpected", OutcomeFails, 1002},
	{"continuation client", RoleClient, false, "808037fa213d", "sequence-continuation-unexpected", OutcomeFails, 1002},
	{"control too long", RoleServer, false, "897e007e", "frame-control-too-long", OutcomeFails, 1002},
	{"control too long client", RoleClient, false, "89fe007e37fa213d", "frame-control-too-long", OutcomeFails, 1002},
	{"close one byte", RoleServer, false, "880100", "close-payload-one-byte", OutcomeFails, 1002},
	{"close one byte client", RoleClient, false, "888137fa213d37", "close-payload-one-byte", OutcomeFails, 1002},
	{"close reason", RoleServer, false, "880303e8ff", "close-reason-invalid-utf8", OutcomeFails, 1007},
	{"close reason client", RoleClient, false, "888337fa213d3412de", "close-reason-invalid-utf8", OutcomeFails, 1007},
	{"close reason ends early", RoleServer, false, "880303e8c3", "close-reason-invalid-utf8", OutcomeFails, 1007},
	{"data after close", RoleServer, false, "88008100", "close-data-after-close", OutcomeNoted, 0},
	{"data after close client", RoleClient, false, "888037fa213d81800a0b0c0d", "close-data-after-close", OutcomeNoted, 0},
	{"text", RoleServer, false, "8101ff", "text-invalid-utf8", OutcomeFails, 1007},
	{"text client", RoleClient, false, "818137fa213dc8", "text-invalid-utf8", OutcomeFails, 1007},
	{"text ends early", RoleServer, false, "8101c3", "text-invalid-utf8", OutcomeFails, 1007},
	{"text ends early in an empty fragment", RoleServer, false, "0101c38000", "text-invalid-utf8", OutcomeFails, 1007},
	{"text bad in a fragment", RoleServer, false, "0101c3800141", "text-invalid-utf8", OutcomeFails, 1007},
	{"truncated", RoleServer, true, "81", "frame-truncated", OutcomeFails, 1006},
	{"truncated client", RoleClient, true, "818537fa213d7f", "frame-truncated", OutcomeFails, 1006},
	{"truncated after close", RoleServer, true, "880089", "frame-truncated", OutcomeNoted, 0},
	{"no close", RoleServer, true, "", "close-frame-missing", OutcomeFails, 1006},
	{"no close after a text", RoleServer, true, "8100", "close-frame-missing", OutcomeFails, 1006},
	{"code 1005", RoleServer, false, "880203ed", "close-code-reserved-on-wire", OutcomeFails, 1002},
	{"code 1006", RoleServer, false, "880203ee", "close-code-reserved-on-wire", OutcomeFails, 1002},
	{"code 1015", RoleServer, false, "880203f7", "close-code-reserved-on-wire", OutcomeFails, 1002},
	{"code 1010 without a reason", RoleClient, false, "888237fa213d3408", "close-code-1010-reason-missing", OutcomeNoted, 0},
	{"code 1010 from a server", RoleServer, false, "880203f2", "close-code-1010-from-server", OutcomeNoted, 0},
	{"code 0", RoleServer, false, "88020000", "close-code-below-1000", OutcomeFails, 1002},
	{"code 999", RoleServer, false, "880203e7", "close-code-below-1000", OutcomeFails, 1002},
	{"code 1004", RoleServer, false, "880203ec", "close-code-unassigned", OutcomeFails, 1002},
	{"code 1016", RoleServer, false, "880203f8", "close-code-unassigned", OutcomeFails, 1002},
	{"code 2999", RoleServer, false, "88020bb7", "close-code-unassigned", OutcomeFails, 1002},
	{"code 5000", RoleServer, false, "88021388", "close-code-above-4999", OutcomeFails, 1002},
	{"code 65535", RoleServer, false, "8802ffff", "close-code-above-4999", OutcomeFails, 1002},

	{"the longest length without its top bit", RoleServer, false, "827f7fffffffffffffff", "", OutcomeWaits, 0},
	{"nothing", RoleClient, false, "", "", OutcomeLegal, 0},
	{"hello", RoleClient, false, "818537fa213d7f9f4d5158", "", OutcomeLegal, 0},
	{"hello from a server", RoleServer, false, "810548656c6c6f", "", OutcomeLegal, 0},
	{"part of a header", RoleServer, false, "81", "", OutcomeWaits, 0},
	{"part of a payload", RoleServer, false, "810548", "", OutcomeWaits, 0},
	{"close and end", RoleServer, true, "880203e8", "", OutcomeLegal, 0},
	{"every rule of a first byte", RoleClient, false, "7b",
		"frame-rsv1-unnegotiated frame-rsv2-unnegotiated frame-rsv3-unnegotiated frame-opcode-reserved frame-control-fragmented", OutcomeFails, 1002},
	{"what follows a Close does not matter", RoleServer, false, "88008300", "close-data-after-close frame-opcode-reserved", OutcomeNoted, 0},
}

func (v vector) bytes(t testing.TB) []byte { return unhex(t, v.hex) }

// unhex reads hex digits.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	s = strings.ReplaceAll(s, " ", "")
	b := make([]byte, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		high, ok1 := hexDigit(s[i])
		low, ok2 := hexDigit(s[i+1])
		if !ok1 || !ok2 {
			t.Fatalf("not hex: %q", s)
		}
		b = append(b, high<<4|low)
	}
	return b
}

// broken lists the rules of a report's diagnostics.
func broken(r *Report) string {
	var ids []string
	for _, d := range r.Diagnostics {
		ids = append(ids, d.Rule.String())
	}
	return strings.Join(ids, " ")
}

func TestVectors(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range allVectors() {
		t.Run(v.name, func(t *testing.T) {
			r := Inspect(v.bytes(t), v.options())
			got := strings.Fields(broken(r))
			want := strings.Fields(v.breaks)
			if !sameSet(got, want) {
				t.Errorf("broke %q, expected %q", got, want)
			}
			if len(want) == 1 {
				seen[want[0]] = true
			}
			if r.Verdict.Outcome != v.outcome || r.Verdict.StatusCode != v.code {
				t.Errorf("verdict %v %d, expected %v %d", r.Verdict.Outcome, r.Verdict.StatusCode, v.outcome, v.code)
			}
			if d := r.Verdict.Diagnostic; (d >= 0) != (v.outcome == OutcomeFails) {
				t.Errorf("verdict points at diagnostic %d", d)
			}
		})
	}
	for id := range oneDirection {
		if !seen[id.String()] {
			t.Errorf("no vector breaks %s alone", id)
		}
	}
}

func sameSet(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	count := map[string]int{}
	for i := range a {
		count[a[i]]++
		count[b[i]]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// oneDirection yields the rules that Inspect can find: the groups 1 and 3.
func oneDirection(yield func(RuleID) bool) {
	for id := RuleID(0); id < firstHandshakeRule; id++ {
		if (id < firstPairRule || id >= firstDeflateRule) && !yield(id) {
			return
		}
	}
}

// A table's rows are told apart by their place alone, which is that of the name
// in rule.go.
func TestRuleNames(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "rule.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Rule") {
			names = append(names, strings.ToLower(spec.Names[0].Name[len("Rule"):]))
		}
		return true
	})
	for i, rule := range Rules() {
		if got := strings.ReplaceAll(rule.ID, "-", ""); i >= len(names) || got != names[i] {
			t.Errorf("row %d is of %q, expected the rules in the order of rule.go", i, rule.ID)
		}
	}
	if firstHandshakeRule > 64 {
		t.Errorf("a RuleSet has no room for %d rules", firstHandshakeRule)
	}
}

func TestRulesSayEverything(t *testing.T) {
	ids := map[string]bool{}
	for _, r := range Rules() {
		if ids[r.ID] {
			t.Errorf("two rules are called %s", r.ID)
		}
		ids[r.ID] = true
		for _, sentence := range []string{r.Asks, r.Answer, r.found} {
			if !strings.HasSuffix(sentence, ".") {
				t.Errorf("%s: %q is no sentence", r.ID, sentence)
			}
		}
		if r.Section == "" {
			t.Errorf("%s names no section", r.ID)
		}
	}
	if n := len(ids); n != int(ruleCount) {
		t.Errorf("%d ids for %d rules", n, ruleCount)
	}
}

func TestFound(t *testing.T) {
	tests := []struct {
		sender Role
		ended  bool
		hex    string
		want   string
	}{
		{RoleClient, false, "8100", "MASK is 0 in a frame from a client."},
		{RoleServer, false, "818037fa213d", "MASK is 1 in a frame from a server."},
		{RoleServer, false, "c100", "RSV1 is 1, and no extension was agreed on that gives it a meaning."},
		{RoleServer, false, "a100", "RSV2 is 1, and no extension was agreed on that gives it a meaning."},
		{RoleServer, false, "9100", "RSV3 is 1, and no extension was agreed on that gives it a meaning."},
		{RoleServer, false, "8300", "The opcode is 3, which is reserved."},
		{RoleServer, false, "827f8000000000000001", "The extended payload length is 9223372036854775809: its most significant bit is 1."},
		{RoleServer, false, "827e0005", "The payload length 5 stands in 16 bits. It fits in 7."},
		{RoleServer, false, "827f0000000000000100", "The payload length 256 stands in 64 bits. It fits in 16."},
		{RoleServer, true, "810261", "The stream ends 1 byte before the frame does."},
		{RoleServer, true, "8103", "The stream ends 3 bytes before the frame does."},
		{RoleServer, true, "81", "The stream ends inside the frame header, after 1 byte."},
		{RoleServer, true, "817e00", "The stream ends inside the frame header, after 3 bytes."},
		{RoleClient, false, "818037fa213d818037fa213d", "The masking key 37fa213d was in frame 1 already."},
		{RoleServer, false, "0900", "FIN is 0 in a ping frame."},
		{RoleServer, false, "8900 0100 8200", "A binary frame begins while the message of frame 2 still waits for its FIN."},
		{RoleServer, false, "8000", "A continuation frame, and no message is under way."},
		{RoleServer, false, "8a7e007e", "The pong frame has a payload length of 126; 125 is the most."},
		{RoleServer, false, "880103", "The Close frame carries one byte; a status code takes two."},
		{RoleServer, false, "880503e86162ff", "Byte 2 of the reason is 0xff, which no UTF-8 text can have there."},
		{RoleServer, false, "880303e8c3", "The last character of the reason is not complete."},
		{RoleServer, false, "8900 8800 8100", "A text frame follows the Close frame, frame 2."},
		{RoleServer, false, "0102c3a9 8002 61fe", "Byte 3 of the message is 0xfe, which no UTF-8 text can have there."},
		{RoleServer, false, "8101c3", "The last character of the message is not complete."},
		{RoleServer, true, "8100", "TCP ends, and no Close frame was sent."},
		{RoleServer, false, "880203ed", "The status code is 1005 (No Status Rcvd), which is for reports inside a program."},
		{RoleClient, false, "888237fa213d3408", "The status code is 1010, and no reason lists the extensions."},
		{RoleServer, false, "880203f2", "The status code is 1010 in a Close frame from a server."},
		{RoleServer, false, "880203e7", "The status code is 999; the first is 1000."},
		{RoleServer, false, "880203ec", "The status code is 1004, which has no definition."},
		{RoleServer, false, "88021388", "The status code is 5000; the last is 4999."},
	}
	said := RuleSet(0)
	for _, test := range tests {
		r := Inspect(unhex(t, test.hex), Options{Sender: test.sender, Ended: test.ended})
		if len(r.Diagnostics) != 1 || r.Diagnostics[0].Found() != test.want {
			t.Errorf("%s: found %+v, expected %q", test.hex, r.Diagnostics, test.want)
			continue
		}
		said = said.With(r.Diagnostics[0].Rule)
	}
	for id := range firstPairRule {
		if !said.Has(id) {
			t.Errorf("what %s found is not tested", id)
		}
	}
}

func TestFoundText(t *testing.T) {
	long := strings.Repeat("x", shownText)
	tests := []struct{ text, want string }{
		{"", `""`},
		{"a\"b\\\r\n\x00\x1b[31m", `"a\"b\\\r\n\x00\x1b[31m"`},
		{"\xff\u202eevil\u00e4", `"\xff\u202eevilä"`},
		{long, `"` + long + `"`},
		{long + "y", `"` + long + `"…`},
		{long[1:] + "\u00e4", `"` + long[1:] + `"…`},
		{long[1:] + "\xff\xff", `"` + long[1:] + `\xff"…`},
	}
	for _, test := range tests {
		if got := string(appendShown(nil, test.text)); got != test.want {
			t.Errorf("%q is shown as %s, expected %s", test.text, got, test.want)
		}
	}
}

func TestStrict(t *testing.T) {
	strict := Strict()
	for id := RuleID(0); id < firstHandshakeRule; id++ {
		code := id.Rule().StatusCode
		if want := code != StatusNone && code != StatusAbnormalClosure; strict.Has(id) != want {
			t.Errorf("Strict has %s: %v, expected %v", id, strict.Has(id), want)
		}
	}
	if some := strict.Without(RuleFrameLengthNotMinimal); some.Has(RuleFrameLengthNotMinimal) || some.With(RuleFrameLengthNotMinimal) != strict {
		t.Error("With and Without are no opposites")
	}
}

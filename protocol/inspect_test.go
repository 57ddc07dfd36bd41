package protocol

import (
	"bytes"
	"encoding/json"
	"math/rand"
	"strings"
	"testing"
)

// checkTiling holds that the fields tile the bytes and that everything the
// report points at lies in them.
func checkTiling(t *testing.T, src []byte, r *Report) {
	t.Helper()
	at := uint64(0)
	for i := range r.Frames {
		f := &r.Frames[i]
		if uint64(f.Start)*8 != at {
			t.Fatalf("%x: frame %d begins at byte %d, expected %d", src, i, f.Start, at/8)
		}
		for _, field := range f.Fields {
			if field.Span.Bit != at || field.Span.Bits == 0 {
				t.Fatalf("%x: %s is at bit %d with %d bits, expected bit %d", src, field.Name, field.Span.Bit, field.Span.Bits, at)
			}
			at = field.Span.End()
		}
		if uint64(f.End)*8 != at {
			t.Fatalf("%x: frame %d ends at byte %d, its fields at bit %d", src, i, f.End, at)
		}
		if !f.Complete() && i != r.FrameCount-1 {
			t.Fatalf("%x: frame %d of %d is not complete", src, i, r.FrameCount)
		}
	}
	if r.FrameCount <= ReportLimit && at != uint64(len(src))*8 {
		t.Fatalf("%x: the fields end at bit %d of %d", src, at, len(src)*8)
	}
	for _, d := range r.Diagnostics {
		if d.Span.End() > uint64(len(src))*8 || d.Frame >= max(1, r.FrameCount) {
			t.Fatalf("%x: %s points at bits %d to %d in frame %d", src, d.Rule, d.Span.Bit, d.Span.End(), d.Frame)
		}
	}
	if d := r.Verdict.Diagnostic; d >= len(r.Diagnostics) {
		t.Fatalf("%x: the verdict points at diagnostic %d of %d", src, d, len(r.Diagnostics))
	}
	// A hundred frames have every shape of JSON; more of them only slow fuzzing down.
	if len(r.Frames) <= 100 {
		if text := r.AppendJSON(nil); !json.Valid(text) {
			t.Fatalf("%x: the report is no JSON: %s", src, text)
		}
	}
	unmasked := AppendUnmasked(nil, src)
	if len(unmasked) != len(src) {
		t.Fatalf("%x: unmasking gave %d bytes", src, len(unmasked))
	}
}

func TestInspectEveryCut(t *testing.T) {
	for _, v := range allVectors() {
		src := v.bytes(t)
		for cut := range len(src) + 1 {
			for _, ended := range []bool{false, true} {
				for _, sender := range []Role{RoleClient, RoleServer} {
					checkTiling(t, src[:cut], Inspect(src[:cut], Options{Sender: sender, Ended: ended}))
				}
			}
		}
	}
}

func TestInspectEveryFirstTwoBytes(t *testing.T) {
	src := make([]byte, 20)
	for first := range 1 << 16 {
		src[0], src[1] = byte(first>>8), byte(first)
		r := Inspect(src, Options{Sender: RoleClient})
		checkTiling(t, src, r)
	}
}

func TestInspectFields(t *testing.T) {
	tests := []struct {
		name, hex, want string
	}{
		{"masked hello", "818537fa213d7f9f4d5158",
			"FIN=1 RSV1=0 RSV2=0 RSV3=0 opcode=1 MASK=1 payload length=5 masking key=37fa213d payload data="},
		{"one byte", "c9", "FIN=1 RSV1=1 RSV2=0 RSV3=0 opcode=9"},
		{"half a length", "82fe01", "FIN=1 RSV1=0 RSV2=0 RSV3=0 opcode=2 MASK=1 payload length=126 extended payload length=1!"},
		{"half a key", "828537fa", "FIN=1 RSV1=0 RSV2=0 RSV3=0 opcode=2 MASK=1 payload length=5 masking key=37fa!"},
		{"64 bits", "827f0000000000010000",
			"FIN=1 RSV1=0 RSV2=0 RSV3=0 opcode=2 MASK=0 payload length=127 extended payload length=65536"},
		{"close", "888737fa213d3412435852",
			"FIN=1 RSV1=0 RSV2=0 RSV3=0 opcode=8 MASK=1 payload length=7 masking key=37fa213d status code=1000 reason=!"},
		{"close with a code alone", "880203e8",
			"FIN=1 RSV1=0 RSV2=0 RSV3=0 opcode=8 MASK=0 payload length=2 status code=1000"},
		{"close with one byte", "880103",
			"FIN=1 RSV1=0 RSV2=0 RSV3=0 opcode=8 MASK=0 payload length=1 payload data="},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := Inspect(unhex(t, test.hex), Options{})
			var report struct {
				Frames []struct {
					Fields []struct {
						Name, Value string
						Short       bool
					}
				}
			}
			if err := json.Unmarshal(r.AppendJSON(nil), &report); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range report.Frames[0].Fields {
				mark := ""
				if f.Short {
					mark = "!"
				}
				got = append(got, f.Name+"="+f.Value+mark)
			}
			if text := strings.Join(got, " "); text != test.want {
				t.Errorf("got      %s\nexpected %s", text, test.want)
			}
		})
	}
}

func TestInspectDiagnosticsPointAtTheirBits(t *testing.T) {
	tests := []struct {
		hex  string
		role Role
		want string
	}{
		{"f100", RoleServer, "frame-rsv1-unnegotiated@1+1 frame-rsv2-unnegotiated@2+1 frame-rsv3-unnegotiated@3+1"},
		{"8100", RoleClient, "frame-unmasked-from-client@8+1"},
		{"8100 827e0005", RoleServer, "frame-length-not-minimal@32+16"},
		{"827f8000000000000000", RoleServer, "frame-length-msb-set@16+1"},
		{"8103 6162ff", RoleServer, "text-invalid-utf8@32+8"},
		{"8103 61e282", RoleServer, "text-invalid-utf8@32+8"},
		{"8803 03e8ff", RoleServer, "close-reason-invalid-utf8@32+8"},
		{"8802 03ed", RoleServer, "close-code-reserved-on-wire@16+16"},
		{"8100 0900", RoleServer, "frame-control-fragmented@16+1"},
	}
	for _, test := range tests {
		r := Inspect(unhex(t, test.hex), Options{Sender: test.role})
		var got []string
		for _, d := range r.Diagnostics {
			got = append(got, d.Rule.String()+"@"+decimal(d.Span.Bit)+"+"+decimal(d.Span.Bits))
		}
		if text := strings.Join(got, " "); text != test.want {
			t.Errorf("%s: %s, expected %s", test.hex, text, test.want)
		}
	}
}

func decimal(n uint64) string {
	text, _ := json.Marshal(n)
	return string(text)
}

func TestInspectMessages(t *testing.T) {
	// Text in three frames with a ping between, then a binary message that has
	// only begun.
	src := unhex(t, "010348656c 8900 00016c 80016f 020400ff")
	r := Inspect(src, Options{Sender: RoleServer})
	if r.MessageCount != 2 || len(r.Messages) != 2 {
		t.Fatalf("%d messages: %+v", r.MessageCount, r.Messages)
	}
	text, binary := r.Messages[0], r.Messages[1]
	if text.Opcode != OpcodeText || text.FirstFrame != 0 || text.LastFrame != 3 || text.FrameCount != 3 ||
		text.Length != 5 || !text.Complete || text.BadUTF8 || string(text.Preview) != "Hello" {
		t.Errorf("text: %+v", text)
	}
	if binary.Opcode != OpcodeBinary || binary.FirstFrame != 4 || binary.Complete || binary.Length != 2 ||
		!bytes.Equal(binary.Preview, []byte{0, 255}) {
		t.Errorf("binary: %+v", binary)
	}
	if r.Verdict.Outcome != OutcomeWaits || r.Verdict.Missing != 2 {
		t.Errorf("verdict: %+v", r.Verdict)
	}
}

func TestInspectListsOnlySoMuch(t *testing.T) {
	src := bytes.Repeat([]byte{0x83, 0x00}, 1<<15)
	r := Inspect(src, Options{})
	if r.FrameCount != 1<<15 || len(r.Frames) != ReportLimit {
		t.Errorf("%d frames, %d listed", r.FrameCount, len(r.Frames))
	}
	if r.DiagnosticCount != 2<<15 || len(r.Diagnostics) != ReportLimit {
		t.Errorf("%d diagnostics, %d listed", r.DiagnosticCount, len(r.Diagnostics))
	}
	if n := len(r.AppendJSON(nil)); n > 1<<20 {
		t.Errorf("the report takes %d bytes", n)
	}
}

// Whatever stands in front of it: what the verdict falls on can be read.
func TestInspectListsWhatDecides(t *testing.T) {
	const legal = ReportLimit + 100
	src := bytes.Repeat(unhex(t, "818137fa213d56"), legal) // the key of each but the first is noted
	src = append(src, unhex(t, "838037fa213d")...)
	src = append(src, src...)
	r := Inspect(src, Options{Sender: RoleClient})
	if len(r.Diagnostics) != ReportLimit+1 || r.Verdict.Diagnostic != ReportLimit {
		t.Fatalf("%d diagnostics are listed, the verdict falls on %d, expected %d and the last", len(r.Diagnostics), r.Verdict.Diagnostic, ReportLimit+1)
	}
	if d := r.Diagnostics[ReportLimit]; d.Rule != RuleFrameOpcodeReserved || d.Frame != legal {
		t.Errorf("the verdict falls on %v in frame %d, expected the reserved opcode of frame %d", d.Rule, d.Frame, legal)
	}
}

func TestPreviewEndsWithACharacter(t *testing.T) {
	for lead := range 4 {
		text := strings.Repeat("x", lead) + strings.Repeat("κ€👋", 40)
		r := Inspect(Header{Flags: FIN | 0x100, PayloadLength: uint64(len(text))}.AppendTo(nil), Options{Sender: RoleServer})
		if len(r.Messages) != 1 {
			t.Fatal("no message")
		}
		src := append(Header{Flags: FIN | 0x100, PayloadLength: uint64(len(text))}.AppendTo(nil), text...)
		preview := string(Inspect(src, Options{Sender: RoleServer}).Messages[0].Preview)
		if !strings.HasPrefix(text, preview) || len(preview) < previewLength-3 || strings.ContainsRune(preview, '\ufffd') {
			t.Errorf("preview %q", preview)
		}
	}
}

func TestAppendUnmasked(t *testing.T) {
	src := unhex(t, "818537fa213d7f9f4d5158 8a00 818337fa213d7f9f")
	want := unhex(t, "818537fa213d48656c6c6f 8a00 818337fa213d4865")
	if got := AppendUnmasked([]byte("x"), src); !bytes.Equal(got, append([]byte("x"), want...)) {
		t.Errorf("got %x", got)
	}
}

func FuzzInspect(f *testing.F) {
	for _, v := range allVectors() {
		f.Add(v.bytes(f), v.sender == RoleServer, v.ended)
	}
	f.Fuzz(func(t *testing.T, src []byte, server, ended bool) {
		options := Options{Ended: ended}
		if server {
			options.Sender = RoleServer
		}
		before := append([]byte(nil), src...)
		r := Inspect(src, options)
		if !bytes.Equal(before, src) {
			t.Fatal("Inspect changed its input")
		}
		checkTiling(t, src, r)
	})
}

func TestInspectRandomBytes(t *testing.T) {
	random := rand.New(rand.NewSource(2))
	for range 5000 {
		src := make([]byte, random.Intn(60))
		random.Read(src)
		checkTiling(t, src, Inspect(src, Options{Sender: Role(random.Intn(2)), Ended: random.Intn(2) == 0}))
	}
}

func BenchmarkInspect(b *testing.B) {
	small := unhex(b, "818537fa213d7f9f4d5158")
	large := Draft{Flags: FIN | MASK | 0x100, Payload: Payload{Form: PayloadRepeat, Data: "κόσμε ", Count: 6000}}.AppendTo(nil, 0x37fa213d)
	for _, c := range []struct {
		name string
		src  []byte
	}{{"hello", small}, {"64K", large}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.src)))
			for b.Loop() {
				keep.bytes = Inspect(c.src, Options{}).AppendJSON(keep.bytes[:0])
			}
		})
	}
}

package protocol

import (
	"bytes"
	"compress/flate"
	"io"
	"math/rand"
	"runtime"
	"strings"
	"testing"
)

// underDeflate returns options with an agreement.
func underDeflate(sender Role, element string) Options {
	options := Options{Sender: sender}
	options.Deflate, options.DeflateAgreed = agreed(element)
	return options
}

func TestInspectCompressedMessages(t *testing.T) {
	tests := []struct {
		agreed, hex string
		want        []Message
	}{
		{pmd, "c107f248cdc9c90700", []Message{{Opcode: OpcodeText, FrameCount: 1, Length: 7, Complete: true,
			Compressed: true, Inflated: true, InflatedLength: 5, Preview: []byte("Hello")}}},
		{pmd, "4103f248cd 8900 8004c9c90700 c205f200110000 8101aa", []Message{
			{Opcode: OpcodeText, LastFrame: 2, FrameCount: 2, Length: 7, Complete: true,
				Compressed: true, Inflated: true, InflatedLength: 5, Preview: []byte("Hello")},
			{Opcode: OpcodeBinary, FirstFrame: 3, LastFrame: 3, FrameCount: 1, Length: 5, Complete: true,
				Compressed: true, Inflated: true, InflatedLength: 5, Preview: []byte("Hello")},
			{Opcode: OpcodeText, FirstFrame: 4, LastFrame: 4, FrameCount: 1, Length: 1, Complete: true,
				BadUTF8: true, Preview: []byte("\xaa")},
		}},
		{pmd, "4103f248cd", []Message{{Opcode: OpcodeText, FrameCount: 1, Length: 3,
			Compressed: true, Inflated: true, InflatedLength: 2, Preview: []byte("He")}}},
		{pmd, "c10c f248cdc9c907000000ffff06", []Message{{Opcode: OpcodeText, FrameCount: 1, Length: 12, Complete: true,
			Compressed: true, InflatedLength: 5, Preview: []byte("Hello")}}},
		{pmd, "4103f248cd c107f248cdc9c90700", []Message{
			{Opcode: OpcodeText, FrameCount: 1, Length: 3, Compressed: true, Inflated: true, InflatedLength: 2, Preview: []byte("He")},
			{Opcode: OpcodeText, FirstFrame: 1, LastFrame: 1, FrameCount: 1, Length: 7, Complete: true,
				Compressed: true, Inflated: true, InflatedLength: 5, Preview: []byte("Hello")},
		}},
		{"", "c107f248cdc9c90700", []Message{{Opcode: OpcodeText, FrameCount: 1, Length: 7, Complete: true,
			BadUTF8: true, Preview: unhex(t, "f248cdc9c90700")}}},
	}
	for _, test := range tests {
		r := Inspect(unhex(t, test.hex), underDeflate(RoleServer, test.agreed))
		if len(r.Messages) != len(test.want) || r.MessageCount != len(test.want) {
			t.Errorf("%s: found %+v", test.hex, r.Messages)
			continue
		}
		for i, want := range test.want {
			got := r.Messages[i]
			if !bytes.Equal(got.Preview, want.Preview) {
				t.Errorf("%s: message %d begins %q, expected %q", test.hex, i, got.Preview, want.Preview)
			}
			got.Preview, want.Preview = nil, nil
			if got.FirstFrame != want.FirstFrame || got.LastFrame != want.LastFrame || got.FrameCount != want.FrameCount ||
				got.Length != want.Length || got.Complete != want.Complete || got.Compressed != want.Compressed ||
				got.Inflated != want.Inflated || got.InflatedLength != want.InflatedLength || got.BadUTF8 != want.BadUTF8 {
				t.Errorf("%s: message %d is\n%+v, expected\n%+v", test.hex, i, got, want)
			}
		}
	}
}

func TestInspectEveryCutUnderDeflate(t *testing.T) {
	for _, v := range allVectors() {
		src := v.bytes(t)
		for cut := range len(src) + 1 {
			for _, ended := range []bool{false, true} {
				options := v.options()
				options.Ended = ended
				options.DeflateAgreed = true
				checkTiling(t, src[:cut], Inspect(src[:cut], options))
			}
		}
	}
}

// A person's messages, compressed in every way, cut into any frames and masked,
// break nothing and come out as they were.
func TestInspectCompressedHoweverCut(t *testing.T) {
	random := rand.New(rand.NewSource(7))
	words := []string{"compression ", "κόσμε ", "👋", "the window ", "the message ", "\n", "aaaaaaaa"}
	for range 400 {
		options := Options{DeflateAgreed: true}
		options.Deflate.ClientNoContextTakeover = random.Intn(2) == 0
		options.Deflate.ClientMaxWindowBits = 8 + random.Intn(8)
		var src, history []byte
		var want []string
		for range 1 + random.Intn(4) {
			var text string
			for range random.Intn(200) {
				text += words[random.Intn(len(words))]
			}
			want = append(want, text)
			how := DeflateOptions{WindowBits: options.Deflate.ClientMaxWindowBits, Block: BlockChoice(random.Intn(4)), Final: random.Intn(4) == 0}
			if !options.Deflate.ClientNoContextTakeover {
				how.History = history
			}
			history = append(history, text...)
			data := AppendDeflate(nil, []byte(text), how)
			for first := true; first || len(data) > 0; first = false {
				n := random.Intn(len(data) + 1)
				if random.Intn(3) == 0 {
					n = len(data)
				}
				d := Draft{Flags: MASK, Payload: Payload{Form: PayloadHex, Data: string(data[:n])}}
				if first {
					d.Flags = d.Flags.WithOpcode(OpcodeText) | RSV1
				}
				data = data[n:]
				if len(data) == 0 {
					d.Flags |= FIN
				}
				src = d.AppendTo(src, MaskingKey(random.Uint32()))
			}
		}
		r := Inspect(src, options)
		checkTiling(t, src, r)
		if len(r.Diagnostics) != 0 || len(r.Messages) != len(want) {
			t.Fatalf("%x under %s: found %s, %d messages of %d", src, options.Deflate.AppendTo(nil), broken(r), len(r.Messages), len(want))
		}
		for i, m := range r.Messages {
			if !m.Complete || !m.Inflated || m.InflatedLength != len(want[i]) || !strings.HasPrefix(want[i], string(m.Preview)) {
				t.Fatalf("message %d is %+v, expected %q", i, m, want[i])
			}
		}
	}
}

// A preview is cut between two characters by what came out, not by what came in.
func TestInspectCompressedPreview(t *testing.T) {
	data := AppendDeflate(nil, []byte("a"+strings.Repeat("é", 100)), DeflateOptions{})
	src := append(Header{Flags: FIN | RSV1.WithOpcode(OpcodeText), PayloadLength: uint64(len(data))}.AppendTo(nil), data...)
	if got := string(Inspect(src, underDeflate(RoleServer, pmd)).Messages[0].Preview); got != "a"+strings.Repeat("é", 31) {
		t.Errorf("the preview is %q", got)
	}
}

// A message that breaks a rule about windows often breaks it with every match; that
// is said once, and of the next message again.
func TestInspectSaysWindowsOnce(t *testing.T) {
	history := []byte("abcdefgh12345678")
	src := AppendDeflate([]byte{0xc2, 0}, history, DeflateOptions{})
	src[1] = byte(len(src) - 2)
	for range 2 {
		start := len(src)
		src = AppendDeflate(append(src, 0xc2, 0), []byte("abcdefgh-12345678"), DeflateOptions{History: history, Block: ChooseFixed})
		src[start+1] = byte(len(src) - start - 2)
		history = append(history, "abcdefgh-12345678"...)
	}
	options := underDeflate(RoleServer, pmd+"; server_no_context_takeover")
	if got := broken(Inspect(src, options)); got != "deflate-server-context-kept deflate-server-context-kept" {
		t.Errorf("found %s", got)
	}
	m := InspectDeflate(src, 2+int(src[1]), options)
	if m.Matches != 2 || !m.Symbols[1].Forgotten || !m.Symbols[3].Forgotten {
		t.Errorf("the message has %s", m.shown())
	}
}

// Where a text goes wrong is said by the bits that it came from.
func TestInspectBadTextInMatch(t *testing.T) {
	// "x\xc3" and "\xa9" is é; the match copies "\xc3" in front of another x.
	text := "x\xc3\xa9yx\xc3"
	data := AppendDeflate(nil, []byte(text+"zzz"), DeflateOptions{Block: ChooseFixed})
	src := append([]byte{0xc1, byte(len(data))}, data...)
	r := Inspect(src, underDeflate(RoleServer, pmd))
	if len(r.Diagnostics) != 1 || r.Diagnostics[0].Found() != "Byte 6 of the message is 0x7a, which no UTF-8 text can have there." {
		t.Fatalf("found %+v", r.Diagnostics)
	}
}

// What inflates beyond all bounds is read to the bound and no further, and costs
// little more than a report.
func TestInspectBomb(t *testing.T) {
	zeros := AppendDeflate(nil, make([]byte, 1<<20), DeflateOptions{KeepTail: true})
	bomb := append(bytes.Repeat(zeros, 1000), 0)
	frame := Header{Flags: FIN | RSV1.WithOpcode(OpcodeBinary), PayloadLength: uint64(len(bomb))}.AppendTo(nil)
	src := append(frame, bomb...)
	src = append(src, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\x88\x00"...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := Inspect(src, underDeflate(RoleServer, pmd))
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
		t.Errorf("it took %d bytes of memory to look at %d", grown, len(src))
	}
	if !r.InflateCut || len(r.Diagnostics) != 0 || r.FrameCount != 3 || len(r.Messages) != 2 {
		t.Fatalf("found cut %v, %d frames, %d messages, %s", r.InflateCut, r.FrameCount, len(r.Messages), broken(r))
	}
	if m := r.Messages[0]; m.Inflated || m.InflatedLength > InflateTotal || m.InflatedLength < InflateTotal-maxMatch {
		t.Errorf("the bomb is %+v", m)
	}
	if m := r.Messages[1]; m.Inflated || m.InflatedLength != 0 || m.Length != 7 {
		t.Errorf("the message behind it is %+v", m)
	}
	if text := string(r.AppendJSON(nil)); !strings.Contains(text, `"inflateLimit":16777216}`) {
		t.Errorf("the report does not say that it was cut: %s", text)
	}
}

// Many messages that fill the bound exactly are all inflated.
func TestInspectFillsTheBound(t *testing.T) {
	var src []byte
	for range 16 {
		data := AppendDeflate(nil, make([]byte, 1<<20), DeflateOptions{})
		src = append(Header{Flags: FIN | RSV1.WithOpcode(OpcodeBinary), PayloadLength: uint64(len(data))}.AppendTo(src), data...)
	}
	if r := Inspect(src, underDeflate(RoleServer, pmd)); r.InflateCut || !r.Messages[15].Inflated {
		t.Errorf("16 MiB exactly are cut: %v, %+v", r.InflateCut, r.Messages[15])
	}
	src = append(src, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"...)
	if r := Inspect(src, underDeflate(RoleServer, pmd)); !r.InflateCut || r.Messages[16].InflatedLength != 0 {
		t.Errorf("one message more is not cut: %+v", r.Messages[16])
	}
}

func FuzzInspectDeflate(f *testing.F) {
	for _, v := range allVectors() {
		f.Add(v.bytes(f), v.sender == RoleServer, uint8(v.options().Deflate.WindowBits(v.sender)), false)
		f.Add(v.bytes(f), v.sender == RoleServer, uint8(0), true)
	}
	f.Fuzz(func(t *testing.T, src []byte, server bool, window uint8, forget bool) {
		if len(src) > FuzzLength {
			return
		}
		options := Options{DeflateAgreed: true}
		options.Deflate = DeflateParams{
			ServerMaxWindowBits: MinWindowBits + int(window%8), ClientMaxWindowBits: MinWindowBits + int(window%8),
			ServerNoContextTakeover: forget, ClientNoContextTakeover: forget,
		}
		if server {
			options.Sender = RoleServer
		}
		r := Inspect(src, options)
		checkTiling(t, src, r)
		if m := InspectDeflate(src, 0, options); (m != nil) != (len(r.Messages) > 0 && r.Messages[0].Compressed && r.Messages[0].FirstFrame == 0) {
			t.Fatalf("%x: under the microscope is %+v, the messages are %+v", src, m, r.Messages)
		} else if m != nil && (m.Message.InflatedLength != r.Messages[0].InflatedLength || len(m.Data) != m.Message.Length || len(m.Output) != min(m.Message.InflatedLength, MicroscopeOutput)) {
			t.Fatalf("%x: the microscope has %d bytes of data, %d out, and says %+v", src, len(m.Data), len(m.Output), m.Message)
		}
		for _, d := range r.Diagnostics {
			if d.Frame >= ReportLimit {
				continue // the frame is not listed
			}
			if frame := r.Frames[min(d.Frame, len(r.Frames)-1)]; d.Span.Bit < uint64(frame.Start)*8 || d.Span.Bit+d.Span.Bits > uint64(frame.End)*8 {
				t.Fatalf("%x: %s at %v, its frame has the bytes %d to %d", src, d.Rule, d.Span, frame.Start, frame.End)
			}
			if d.Found() == "" {
				t.Fatalf("%x: %s says nothing", src, d.Rule)
			}
		}
		// A library agrees about a first message that breaks nothing.
		h, n, err := ParseHeader(src)
		if err != nil || !h.Has(FIN|RSV1) || len(r.Messages) == 0 || !r.Messages[0].Complete || r.Messages[0].FirstFrame != 0 || r.Messages[0].LastFrame != 0 {
			return
		}
		for _, d := range r.Diagnostics {
			if d.Frame == 0 && d.Rule >= RuleDeflateDataInvalid {
				return
			}
		}
		data := bytes.Clone(src[n:][:h.PayloadLength])
		if h.Has(MASK) {
			Mask(data, h.MaskingKey, 0)
		}
		out, _ := io.ReadAll(flate.NewReader(io.MultiReader(bytes.NewReader(data), bytes.NewReader(messageTail))))
		if m := r.Messages[0]; m.Compressed && m.Inflated && (!strings.HasPrefix(string(out), string(m.Preview)) && m.InflatedLength <= len(out)) {
			t.Fatalf("%x: inflated %d bytes, %q, and the library %d", src, m.InflatedLength, m.Preview, len(out))
		}
	})
}

func BenchmarkInspectCompressed(b *testing.B) {
	text := []byte(strings.Repeat(`{"id":4711,"name":"Grüße aus Köln","tags":["a","b"],"value":3.25}`+"\n", 1000))
	for i := range text {
		if text[i] == '1' {
			text[i] = byte('0' + i%7)
		}
	}
	data := AppendDeflate(nil, text, DeflateOptions{})
	src := append(Header{Flags: FIN | RSV1.WithOpcode(OpcodeText), PayloadLength: uint64(len(data))}.AppendTo(nil), data...)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Inspect(src, underDeflate(RoleServer, pmd))
	}
}

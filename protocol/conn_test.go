package protocol

import (
	"bytes"
	"fmt"
	"math/rand"
	"runtime"
	"strings"
	"testing"
)

// run feeds a Conn with pieces of the given size (0: everything at once) and
// writes down what happened and what it sent.
func run(c *Conn, src []byte, size int) (log []string, sent []byte) {
	src = append([]byte(nil), src...)
	if size == 0 {
		size = max(1, len(src))
	}
	for len(src) > 0 {
		piece := src[:min(size, len(src))]
		src = src[len(piece):]
		for len(piece) > 0 {
			event, n := c.Receive(piece, 0x01020304)
			if n == 0 && event.Kind == EventNone {
				panic("Receive takes nothing and says nothing")
			}
			piece = piece[n:]
			switch event.Kind {
			case EventMessage:
				log = append(log, fmt.Sprintf("%v/%d %x", event.Opcode, event.Frames, event.Payload))
			case EventPing, EventPong:
				log = append(log, fmt.Sprintf("%v %x", event.Opcode, event.Payload))
			case EventClose:
				log = append(log, fmt.Sprintf("close %d %q", event.Code, event.Payload))
			case EventFailed:
				log = append(log, fmt.Sprintf("failed %d", event.Code))
			}
		}
		sent = append(sent, c.TakeOutput(nil)...)
	}
	return log, sent
}

func strictServer() Config {
	return Config{Role: RoleServer, Fatal: Strict(), MaxMessage: 1 << 20}
}

func notation(t testing.TB, text string) []byte {
	t.Helper()
	drafts, err := ParseNotation(text)
	if err != nil {
		t.Fatal(err)
	}
	return encode(drafts, 0x5a17c3e9)
}

func TestConn(t *testing.T) {
	tests := []struct {
		name   string
		config Config
		in     string
		log    string // separated by "; "
		sent   string // notation of unmasked frames
		state  State
	}{
		{"text", strictServer(), `text "Hello"`, "text/1 48656c6c6f", "", StateOpen},
		{"empty text", strictServer(), `text`, "text/1 ", "", StateOpen},
		{"fragments and a ping", strictServer(), "text nofin \"Hel\"\nping \"x\"\ncontinuation \"lo\"",
			"ping 78; text/2 48656c6c6f", `pong nomask "x"`, StateOpen},
		{"three empty fragments", strictServer(), "text nofin\ncontinuation nofin\ncontinuation", "text/3 ", "", StateOpen},
		{"empty, filled, empty", strictServer(), "text nofin\ncontinuation nofin \"mid\"\ncontinuation", "text/3 6d6964", "", StateOpen},
		{"two messages", strictServer(), "text \"a\"\nbinary hex:00ff", "text/1 61; binary/1 00ff", "", StateOpen},
		{"pong", strictServer(), `pong "x"`, "pong 78", "", StateOpen},
		{"pings in order", strictServer(), "ping \"1\"\nping \"2\"\nping \"3\"", "ping 31; ping 32; ping 33",
			"pong nomask \"1\"\npong nomask \"2\"\npong nomask \"3\"", StateOpen},
		{"no pong", Config{Role: RoleServer, NoPong: true}, `ping "x"`, "ping 78", "", StateOpen},
		{"close", strictServer(), `close 1000 "bye"`, `close 1000 "bye"`, "close nomask 1000", StateClosed},
		{"close without a code", strictServer(), `close`, `close 0 ""`, "close nomask", StateClosed},
		{"nothing after close", strictServer(), "close 1001\nping\ntext \"x\"\nclose", `close 1001 ""`, "close nomask 1001", StateClosed},
		{"close inside a message", strictServer(), "text nofin \"a\"\nclose 1000\ncontinuation \"b\"", `close 1000 ""`, "close nomask 1000", StateClosed},
		{"nothing after a failure", strictServer(), "text rsv1 \"x\"\nping", "failed 1002", `close nomask 1002 "frame-rsv1-unnegotiated"`, StateClosed},
		{"unmasked", strictServer(), `text nomask "x"`, "failed 1002", `close nomask 1002 "frame-unmasked-from-client"`, StateClosed},
		{"interleaved", strictServer(), "text nofin \"a\"\ntext \"b\"", "failed 1002", `close nomask 1002 "sequence-data-interleaved"`, StateClosed},
		{"continuation", strictServer(), "continuation", "failed 1002", `close nomask 1002 "sequence-continuation-unexpected"`, StateClosed},
		{"length without its bytes", strictServer(), "binary len=18446744073709551615", "failed 1002", `close nomask 1002 "frame-length-msb-set"`, StateClosed},
		{"too long", strictServer(), "binary len=1048577", "failed 1009", `close nomask 1009 "the message is longer than this endpoint takes"`, StateClosed},
		{"too long in two", strictServer(), "binary nofin repeat(00,1048576)\ncontinuation hex:00", "failed 1009",
			`close nomask 1009 "the message is longer than this endpoint takes"`, StateClosed},
		{"bad byte before the end", strictServer(), `text len=100 hex:41ff`, "failed 1007", `close nomask 1007 "text-invalid-utf8"`, StateClosed},
		{"bad byte in a fragment", strictServer(), "text nofin hex:ce\ncontinuation nofin hex:41", "failed 1007", `close nomask 1007 "text-invalid-utf8"`, StateClosed},
		{"text ends inside a character", strictServer(), "text nofin hex:ce\ncontinuation", "failed 1007", `close nomask 1007 "text-invalid-utf8"`, StateClosed},
		{"close code", strictServer(), "close 1005", "failed 1002", `close nomask 1002 "close-code-reserved-on-wire"`, StateClosed},
		{"close reason", strictServer(), "close 1000 hex:ff", "failed 1007", `close nomask 1007 "close-reason-invalid-utf8"`, StateClosed},
		{"close with one byte", strictServer(), "close hex:03", "failed 1002", `close nomask 1002 "close-payload-one-byte"`, StateClosed},
		{"lenient", Config{Role: RoleServer}, "text rsv1 nomask hex:ff\ncontinuation \"x\"\nopcode=3 \"y\"\nping nofin len16 repeat(61,3)\nopcode=0xc hex:00",
			"text/1 ff; continuation/1 78; ping 616161", `pong nomask "aaa"`, StateOpen},
		{"lenient about long control frames", Config{Role: RoleServer}, "ping repeat(61,300)\ntext \"x\"",
			"ping " + strings.Repeat("61", 125) + "; text/1 78", "pong nomask repeat(61,125)", StateOpen},
		{"client", Config{Role: RoleClient, Fatal: Strict()}, "text nomask \"Hi\"\nping nomask \"x\"\nclose nomask 1000", `text/1 4869; ping 78; close 1000 ""`,
			"pong mask=01020304 \"x\"\nclose mask=01020304 1000", StateClosed},
		{"client refuses a mask", Config{Role: RoleClient, Fatal: Strict()}, "text \"Hi\"", "failed 1002",
			`close mask=01020304 1002 "frame-masked-from-server"`, StateClosed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src, want := notation(t, test.in), notation(t, test.sent)
			sizes := []int{0, 1, 2, 3, 5, 7, 13}
			if len(src) > 1<<16 {
				sizes = []int{0, 997, 4096}
			}
			for _, size := range sizes {
				c := NewConn(test.config)
				log, sent := run(c, src, size)
				if got := strings.Join(log, "; "); got != test.log {
					t.Errorf("in pieces of %d: %.200s, expected %s", size, got, test.log)
				}
				if !bytes.Equal(sent, want) {
					t.Errorf("in pieces of %d: sent %x, expected %x", size, sent, want)
				}
				if c.State() != test.state {
					t.Errorf("in pieces of %d: state %d, expected %d", size, c.State(), test.state)
				}
			}
		})
	}
}

// Every way to cut a short stream into three pieces.
func TestConnEveryCut(t *testing.T) {
	for _, v := range allVectors() {
		src := v.bytes(t)
		config := Config{Role: v.sender.Peer(), Fatal: Strict(), MaxMessage: 1 << 16}
		wantLog, wantSent := run(NewConn(config), src, 0)
		for first := range len(src) + 1 {
			for second := first; second <= len(src); second++ {
				c := NewConn(config)
				var log []string
				var sent []byte
				for _, piece := range [][]byte{src[:first], src[first:second], src[second:]} {
					l, s := run(c, piece, 0)
					log, sent = append(log, l...), append(sent, s...)
				}
				if strings.Join(log, ";") != strings.Join(wantLog, ";") || !bytes.Equal(sent, wantSent) {
					t.Fatalf("%s cut at %d and %d: %q %x, expected %q %x", v.name, first, second, log, sent, wantLog, wantSent)
				}
			}
		}
	}
}

// The endpoint and the inspector are one judge: what the one fails on, the other
// says it would.
func TestConnAgreesWithInspect(t *testing.T) {
	random := rand.New(rand.NewSource(3))
	for range 20000 {
		drafts := make([]Draft, 1+random.Intn(4))
		for i := range drafts {
			drafts[i] = randomLikelyDraft(random)
		}
		src := encode(drafts, MaskingKey(random.Uint32()))
		checkAgreement(t, src)
	}
}

// checkAgreement compares a strict server with the verdict on a client's bytes.
func checkAgreement(t *testing.T, src []byte) {
	t.Helper()
	c := NewConn(Config{Role: RoleServer, Fatal: Strict()})
	log, _ := run(c, src, 0)
	failed := ""
	if n := len(log); n > 0 && strings.HasPrefix(log[n-1], "failed") {
		failed = log[n-1]
	}
	r := Inspect(src, Options{Sender: RoleClient})
	want := ""
	if r.Verdict.Outcome == OutcomeFails {
		want = fmt.Sprintf("failed %d", r.Verdict.StatusCode)
	}
	// A frame that has not arrived whole may be condemned already.
	if failed == "" && want != "" && endsInAFrame(src) && r.Diagnostics[r.Verdict.Diagnostic].Frame == r.FrameCount-1 {
		return
	}
	if failed != want {
		t.Fatalf("%x: the endpoint says %q, Inspect %q for %s", src, failed, want, broken(r))
	}
}

// endsInAFrame reports whether the last frame of a stream has not arrived whole.
func endsInAFrame(src []byte) bool {
	for len(src) > 0 {
		h, n, err := ParseHeader(src)
		if err != nil || h.PayloadLength > uint64(len(src)-n) {
			return true
		}
		src = src[n+int(h.PayloadLength):]
	}
	return false
}

// randomLikelyDraft returns a frame that is legal as often as not.
func randomLikelyDraft(random *rand.Rand) Draft {
	d := Draft{Flags: MASK}
	d.Flags = d.Flags.With(FIN, random.Intn(3) > 0).WithOpcode(Opcode(random.Intn(3)))
	switch random.Intn(8) {
	case 0:
		d.Flags = d.Flags.WithOpcode(OpcodeClose+Opcode(random.Intn(3))).With(FIN, true)
	case 1:
		d.Flags ^= Flags(1) << (7 + random.Intn(9))
	}
	payloads := []string{"", "a", "κ", "\xce", "\xba", "\x03\xe8", "\x03\xe8bye", "\x03\xed", "\x03\xed\xff", "\x03\xe8\xff", "\xff"}
	d.Payload = Payload{Form: PayloadHex, Data: payloads[random.Intn(len(payloads))]}
	return d
}

func TestConnCloses(t *testing.T) {
	c := NewConn(strictServer())
	c.Close(StatusGoingAway, "", 0)
	c.Close(StatusNormalClosure, "twice", 0)
	if got, want := c.Output(), unhex(t, "880203e9"); !bytes.Equal(got, want) || c.State() != StateClosing {
		t.Fatalf("sent %x in state %d", got, c.State())
	}
	log, sent := run(c, notation(t, "text \"late\"\nping\nclose 1001"), 0)
	if got := strings.Join(log, "; "); got != `text/1 6c617465; ping ; close 1001 ""` {
		t.Errorf("events: %s", got)
	}
	if !bytes.Equal(sent, unhex(t, "880203e9")) || c.State() != StateClosed {
		t.Errorf("sent %x in state %d", sent, c.State())
	}
}

func TestConnFails(t *testing.T) {
	c := NewConn(strictServer())
	c.Fail(StatusInvalidPayloadData, "why", 0)
	c.Fail(StatusProtocolError, "twice", 0)
	log, sent := run(c, notation(t, "text \"late\"\nclose 1001"), 0)
	if want := notation(t, `close 1007 nomask "why"`); !bytes.Equal(sent, want) || len(log) != 0 || c.State() != StateClosed {
		t.Errorf("sent %x, then %v in state %d", sent, log, c.State())
	}
}

func TestConnSendsCompressed(t *testing.T) {
	c := NewConn(Config{Role: RoleClient, Fatal: Strict(), Deflate: true})
	c.SendCompressed(OpcodeText, unhex(t, "f248cdc9c90700"), 0x37fa213d)
	if got, want := c.Output(), notation(t, "text rsv1 mask=37fa213d hex:f248cdc9c90700"); !bytes.Equal(got, want) {
		t.Errorf("sent %x, expected %x", got, want)
	}
	c.SendCompressedHeader(OpcodeBinary, 70_000, 0x37fa213d)
	if got, want := c.Output()[13:], notation(t, "binary rsv1 mask=37fa213d len=70000"); !bytes.Equal(got, want) {
		t.Errorf("sent %x, expected %x", got, want)
	}
}

func TestConnMovesItsOutput(t *testing.T) {
	c := NewConn(strictServer())
	c.Send(OpcodeText, []byte("one"), 0)
	before, room := c.Output(), make([]byte, 7, 100)
	if old := c.MoveOutput(room); &old[0] != &before[0] {
		t.Error("the old memory did not come back")
	}
	c.Send(OpcodeText, []byte("two"), 0)
	if got, want := c.Output(), notation(t, "text nomask \"one\"\ntext nomask \"two\""); !bytes.Equal(got, want) || &got[0] != &room[0] {
		t.Errorf("found %x, expected %x in the new memory", got, want)
	}
}

func TestConnCutsAReasonAtACharacter(t *testing.T) {
	c := NewConn(strictServer())
	c.Close(StatusPolicyViolation, strings.Repeat("a", 122)+"€", 0)
	h, n, err := ParseHeader(c.Output())
	if err != nil || h.PayloadLength != 124 || len(c.Output()) != n+124 {
		t.Errorf("header %+v, %d bytes", h, len(c.Output()))
	}
}

func TestConnKeepsFewPongs(t *testing.T) {
	c := NewConn(strictServer())
	ping := notation(t, "ping repeat(61,125)")
	last := notation(t, "ping \"last\"")
	for range 10000 {
		c.Receive(append([]byte(nil), ping...), 0)
	}
	c.Receive(append([]byte(nil), last...), 0)
	if n := len(c.Output()); n > pongBacklog+2*127 {
		t.Errorf("%d bytes of pongs wait", n)
	}
	if !bytes.HasSuffix(c.Output(), notation(t, `pong nomask "last"`)) {
		t.Error("the latest ping got no pong")
	}
}

func TestConnDoesNotBelieveALength(t *testing.T) {
	c := NewConn(Config{Role: RoleServer, Fatal: Strict()})
	c.Receive(notation(t, "binary len=1099511627776 hex:0001"), 0)
	if n := cap(c.message); n > 64 {
		t.Errorf("%d bytes are kept for two that came", n)
	}
}

// A message in many fragments leaves less than twice its size behind as garbage,
// and its room is never more than twice what has come nor more than the limit.
func TestConnRoomDoubles(t *testing.T) {
	const size, piece = 4 << 20, 4096
	in := make([]byte, 0, MaxHeaderLength+piece)
	for _, limit := range []int{0, size} {
		c := NewConn(Config{Role: RoleClient, Fatal: Strict(), MaxMessage: limit})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for come := 0; come < size; come += piece {
			h := Header{PayloadLength: piece}
			if come == 0 {
				h.Flags = h.Flags.WithOpcode(OpcodeBinary)
			}
			in = h.AppendTo(in[:0])
			if event, _ := c.Receive(in[:len(in)+piece], 0); event.Kind != EventNone {
				t.Fatalf("limit %d: event %d behind %d bytes", limit, event.Kind, come)
			}
			most := 2 * (come + piece)
			if limit > 0 {
				most = min(most, limit+piece)
			}
			if room := cap(c.message); room > most {
				t.Fatalf("limit %d: room for %d bytes when %d have come", limit, room, come+piece)
			}
		}
		runtime.ReadMemStats(&after)
		if left := after.TotalAlloc - before.TotalAlloc - uint64(cap(c.message)); left > 2*size+size/4 {
			t.Errorf("limit %d: %d bytes are left behind for a message of %d", limit, left, size)
		}
	}
}

func TestConnDoesNotAllocate(t *testing.T) {
	c := NewConn(strictServer())
	stream := notation(t, "text \"Hello\"\nping \"x\"\ntext nofin \"Hel\"\ncontinuation \"lo\"\nbinary repeat(00,300)\nopcode=2")
	src := make([]byte, len(stream))
	spare := make([]byte, 0, 4096)
	allocations := testing.AllocsPerRun(200, func() {
		copy(src, stream)
		// Once whole and once cut inside a header and a payload.
		for _, piece := range [][]byte{src[:1], src[1:9], src[9:20], src[20:]} {
			for len(piece) > 0 {
				event, n := c.Receive(piece, 0)
				if event.Kind == EventMessage {
					c.Send(event.Opcode, event.Payload, 0)
				}
				piece = piece[n:]
			}
		}
		spare = c.TakeOutput(spare)
	})
	if allocations != 0 {
		t.Errorf("%v allocations for six frames", allocations)
	}
}

func TestConnGivesItsBuffersBack(t *testing.T) {
	c := NewConn(strictServer())
	c.LendMessageBuffer(make([]byte, 0, 512))
	run(c, notation(t, `text nofin "a"`), 0)
	if b := c.TakeMessageBuffer(); b != nil {
		t.Errorf("took the buffer of a message under way: %q", b)
	}
	run(c, notation(t, `continuation "b"`), 0)
	if b := c.TakeMessageBuffer(); cap(b) != 512 {
		t.Errorf("took %d bytes", cap(b))
	}
}

func TestConnCountsFrames(t *testing.T) {
	c := NewConn(strictServer())
	expect := func(what string, wantIn, wantOut uint64) {
		t.Helper()
		if in, out := c.TakeFrames(); in != wantIn || out != wantOut {
			t.Errorf("%s: found %d in and %d out, expected %d and %d", what, in, out, wantIn, wantOut)
		}
	}
	expect("nothing", 0, 0)
	// Byte by byte, and with a frame that is not whole at the end.
	whole := notation(t, "text nofin \"a\"\nping\ncontinuation \"b\"\nbinary repeat(00,200)")
	run(c, whole[:len(whole)-200], 1)
	expect("4 headers and a pong", 4, 1)
	run(c, whole[len(whole)-200:], 0)
	expect("the rest of the last", 0, 0)
	c.Send(OpcodeText, nil, 0)
	c.SendHeader(OpcodeText, 5, 0)
	c.Ping(nil, 0)
	expect("3 sent", 0, 3)
	// A pong that takes the place of the one in front of it adds none.
	for range 100 {
		c.Receive(notation(t, "ping repeat(61,125)"), 0)
	}
	c.TakeFrames()
	waiting := len(c.Output())
	c.Receive(notation(t, "ping repeat(61,125)"), 0)
	if len(c.Output()) != waiting {
		t.Errorf("%d bytes wait, expected %d still", len(c.Output()), waiting)
	}
	expect("a ping in place of another", 1, 0)
	run(c, notation(t, "opcode=3"), 0)
	expect("a frame that fails the connection, and its Close frame", 1, 1)
}

func TestConnSaysWhatItHolds(t *testing.T) {
	c := NewConn(strictServer())
	if n := c.Holds(); n != 0 {
		t.Errorf("a new one holds %d bytes", n)
	}
	c.LendMessageBuffer(make([]byte, 0, 512))
	c.TakeOutput(make([]byte, 0, 64))
	if n := c.Holds(); n != 512+64 {
		t.Errorf("found %d bytes, expected %d", n, 512+64)
	}
}

func FuzzConn(f *testing.F) {
	for _, v := range allVectors() {
		f.Add(v.bytes(f), 1)
	}
	f.Fuzz(func(t *testing.T, src []byte, size int) {
		if len(src) == 0 || len(src) > 1<<16 {
			return
		}
		size = 1 + (size&0x7fffffff)%20
		config := Config{Role: RoleServer, Fatal: Strict(), MaxMessage: 1 << 16, Deflate: size%2 == 1}
		wantLog, wantSent := run(NewConn(config), src, 0)
		log, sent := run(NewConn(config), src, size)
		if strings.Join(log, ";") != strings.Join(wantLog, ";") {
			t.Fatalf("pieces of %d: %q, expected %q", size, log, wantLog)
		}
		// Only the number of pongs may differ: those of one turn share a limit.
		if len(wantSent) < pongBacklog && !bytes.Equal(sent, wantSent) {
			t.Fatalf("pieces of %d: sent %x, expected %x", size, sent, wantSent)
		}
		checkAgreement(t, src)
	})
}

func BenchmarkConn(b *testing.B) {
	for _, c := range []struct{ name, in string }{
		{"125", `text repeat(61,125)`}, {"64K", `text repeat(61,65536)`},
	} {
		stream := notation(b, c.in)
		b.Run(c.name, func(b *testing.B) {
			conn := NewConn(strictServer())
			src := make([]byte, len(stream))
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			for b.Loop() {
				copy(src, stream)
				for rest := src; len(rest) > 0; {
					_, n := conn.Receive(rest, 0)
					rest = rest[n:]
				}
			}
		})
	}
}

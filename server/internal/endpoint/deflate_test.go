package endpoint

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

const anyDeflate = "permessage-deflate; client_max_window_bits"

// Every answer is legal for its offer, which dialDeflate checks, and is the one
// that leaves an idle connection nothing to keep.
//
// Bad input: 15
func TestDeflateAnswers(t *testing.T) {
	s := conformanceServer(t)
	const declined = ""
	for _, c := range []struct{ offer, element string }{
		{"permessage-deflate", noContext},
		{"permessage-deflate; client_max_window_bits", noContext},
		{"permessage-deflate; client_max_window_bits=10", noContext + "; client_max_window_bits=10"},
		{`permessage-deflate; client_max_window_bits="10"`, noContext + "; client_max_window_bits=10"},
		{"permessage-deflate; server_max_window_bits=8", noContext + "; server_max_window_bits=8"},
		{"permessage-deflate; server_max_window_bits=15", noContext + "; server_max_window_bits=15"},
		{"permessage-deflate; server_no_context_takeover; client_no_context_takeover", noContext},
		{"x-unknown, permessage-deflate; x, permessage-deflate", noContext},
		{"x-webkit-deflate-frame", declined},
		// Row 15 of the bad inputs: a bad offer is declined, and the next one looked at.
		{"permessage-deflate; server_max_window_bits=16", declined},
		{"permessage-deflate; server_max_window_bits=x", declined},
		{"permessage-deflate; server_max_window_bits=08", declined},
		{"permessage-deflate; server_max_window_bits=7", declined},
		{"permessage-deflate; server_max_window_bits", declined},
		{"permessage-deflate; client_max_window_bits=16", declined},
		{"permessage-deflate; client_no_context_takeover=1", declined},
		{"permessage-deflate; server_no_context_takeover; server_no_context_takeover", declined},
		{"permessage-deflate; server_max_window_bits=16, permessage-deflate; server_max_window_bits=9", noContext + "; server_max_window_bits=9"},
	} {
		p := dialDeflate(t, s.address, "/", c.offer)
		if p.element != c.element {
			t.Errorf("%q is answered with %q, expected %q", c.offer, p.element, c.element)
		}
		// Declined or not, the connection works, and RSV1 means what was agreed on.
		p.Send(`text "plain"`)
		p.expect(protocol.OpcodeText, []byte("plain"))
		if p.accepted {
			p.Write(p.fragments(protocol.OpcodeText, unhex(t, "f248cdc9c90700"), 0))
			p.expect(protocol.OpcodeText, []byte("Hello"))
			p.CloseClean()
		} else {
			p.Write(p.fragments(protocol.OpcodeText, unhex(t, "f248cdc9c90700"), 0))
			p.ExpectClose(protocol.StatusProtocolError)
		}
	}
	// Two fields are one list.
	p := testpeer.Connect(t, s.address)
	p.Write([]byte(testpeer.Request(s.address, "/", "Sec-WebSocket-Extensions: x", "Sec-WebSocket-Extensions: permessage-deflate")))
	if answer := p.ReadAnswer(); !strings.Contains(answer, "\r\nSec-WebSocket-Extensions: "+noContext+"\r\n") {
		t.Errorf("found %q", answer)
	}
}

// What a client may send, and how it comes back.
func TestDeflateMessages(t *testing.T) {
	s := conformanceServer(t)
	p := dialDeflate(t, s.address, "/", anyDeflate)
	long := strings.Repeat("so it goes, ", 100)
	for _, c := range []struct {
		sent       string // notation
		opcode     protocol.Opcode
		message    string
		compressed bool
	}{
		{`text rsv1 hex:f248cdc9c90700`, protocol.OpcodeText, "Hello", false}, // RFC 7692, section 7.2.3.1
		{"text rsv1 nofin hex:f248cd\ncontinuation hex:c9c90700", protocol.OpcodeText, "Hello", false},
		{"text rsv1 nofin hex:f248cd\nping\ncontinuation hex:c9c90700", protocol.OpcodeText, "Hello", false},
		{`text rsv1 hex:f248050000 00ffffcac9c90700`, protocol.OpcodeText, "Hello", false}, // two blocks
		{`binary rsv1 hex:f348cdc9c9070000`, protocol.OpcodeBinary, "Hello", false},        // BFINAL
		{`text rsv1 hex:000500faff48656c6c6f00`, protocol.OpcodeText, "Hello", false},      // stored
		{`text rsv1 hex:f248cdc9c907000000ffff`, protocol.OpcodeText, "Hello", false},      // its tail kept
		{`text rsv1 hex:00`, protocol.OpcodeText, "", false},
		{`text rsv1 hex:`, protocol.OpcodeText, "", false},
		{`text rsv1 hex:0200`, protocol.OpcodeText, "", false},
		// Not compressed, and worth it; and a short one that is.
		{fmt.Sprintf("text %q", long), protocol.OpcodeText, long, true},
		{`binary repeat(61,40)`, protocol.OpcodeBinary, strings.Repeat("a", 40), true},
		{`text "too short to gain"`, protocol.OpcodeText, "too short to gain", false},
	} {
		c.sent = strings.ReplaceAll(c.sent, "050000 00ff", "05000000ff")
		p.Send(c.sent)
		if strings.Contains(c.sent, "ping") {
			p.Expect("pong")
		}
		if compressed := p.expect(c.opcode, []byte(c.message)); compressed != c.compressed {
			t.Errorf("%.60s: compressed is %v", c.sent, compressed)
		}
	}
	p.CloseClean()
}

// Many messages in one write: each is inflated before the next takes its place.
func TestDeflateManyAtOnce(t *testing.T) { eachLink(t, testDeflateManyAtOnce) }

func testDeflateManyAtOnce(t *testing.T) {
	for _, query := range []string{"", "deflate=takeover"} {
		kind, refusal := EchoFor(Echo(1<<20), query)
		if refusal != nil {
			t.Fatal(refusal)
		}
		s := startServer(t, DefaultLimits(), kind, nil)
		p := dialDeflate(t, s.address, "/", anyDeflate)
		json := jsonRing()
		var wire []byte
		for n := range 300 {
			wire = append(wire, p.fragments(protocol.OpcodeText, p.pack(json.piece(n, 200+n)), n%3*50)...)
		}
		done := make(chan struct{})
		go func() { p.Write(wire); close(done) }()
		for n := range 300 {
			p.expect(protocol.OpcodeText, json.piece(n, 200+n))
		}
		<-done
		p.CloseClean()
	}
}

// However many connections have messages in hand, no more codecs are out than
// can run, and none stays out.
//
// Defence: memory-codec
func TestCodecsAreFew(t *testing.T) {
	most, out := 0, 0
	var mu sync.Mutex
	kind := Echo(1 << 20)
	echo := kind.Message
	kind.Message = func(c *Conn, m protocol.Event) {
		mu.Lock()
		out++
		most = max(most, out)
		mu.Unlock()
		time.Sleep(time.Millisecond)
		echo(c, m)
		mu.Lock()
		out--
		mu.Unlock()
	}
	s := startServer(t, DefaultLimits(), kind, nil)
	var running sync.WaitGroup
	for range 8 {
		p := dialDeflate(t, s.address, "/", anyDeflate)
		running.Go(func() {
			for range 20 {
				p.Write(p.fragments(protocol.OpcodeText, p.pack([]byte("Hello")), 0))
				if f, err := p.Next(testpeer.Patience); err != nil || string(f.Payload) != "Hello" {
					t.Errorf("found %v, %v", f, err)
					return
				}
			}
		})
	}
	running.Wait()
	mu.Lock()
	defer mu.Unlock()
	if most > runtime.GOMAXPROCS(0) || out != 0 || len(codecs) != 0 {
		t.Errorf("%d messages were in hand at once, %d places are taken, of %d", most, len(codecs), cap(codecs))
	}
}

// Room for a message grows by doubling, and not beyond the limit: all that was too
// small on the way, and lies there until it is collected, is less than twice the
// message.
//
// Defence: memory-codec
func TestCodecRoomDoubles(t *testing.T) {
	size := 16<<20 - 1
	if raceDetector {
		size = 4<<20 - 1
	}
	bomb := protocol.AppendDeflate(nil, make([]byte, size), protocol.DeflateOptions{})
	piece := make([]byte, 40_000)
	z := &codec{inflater: protocol.NewInflater(protocol.InflateConfig{})}
	for name, fill := range map[string]func() []byte{
		"inflated": func() []byte {
			message, err := z.inflate(bomb, &shared[protocol.MaxWindowBits][protocol.MaxWindowBits], size)
			if err != nil || len(message) != size {
				t.Fatalf("found %d bytes, %v", len(message), err)
			}
			return message
		},
		"compressed": func() []byte {
			z.compressed.useful = size
			for len(z.compressed.b) < size-len(piece) {
				z.compressed.Write(piece)
			}
			return z.compressed.b
		},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		room := cap(fill())
		runtime.ReadMemStats(&after)
		most := uint64(2*size + room)
		if raceDetector { // slices.Grow makes what it appends
			most *= 2
		}
		if all := after.TotalAlloc - before.TotalAlloc; all > most || room > size*5/4 {
			t.Errorf("%s: room for %d bytes at the end, %d altogether, for a message of %d", name, room, all, size)
		}
	}
}

// A panic while a message is in hand gives the codec back.
func TestCodecSurvivesAPanic(t *testing.T) {
	s := startServer(t, shortLimits(), trickyKind(1<<20), nil)
	for range 2 * cap(codecs) {
		p := dialDeflate(t, s.address, "/", anyDeflate)
		p.Write(p.fragments(protocol.OpcodeText, p.pack([]byte("panic")), 0))
		if f, err := p.Next(testpeer.Patience); !errors.Is(err, io.EOF) {
			t.Fatalf("found %v, %v, expected the end of TCP", f, err)
		}
	}
	p := dialDeflate(t, s.address, "/", anyDeflate)
	p.echo(protocol.OpcodeText, []byte("still here"), 0)
	p.CloseClean()
}

// Push compresses as well.
func TestPushCompresses(t *testing.T) {
	conns := make(chan *Conn, 1)
	s := startServer(t, DefaultLimits(), pushKind(conns), nil)
	p := dialDeflate(t, s.address, "/", anyDeflate)
	p.echo(protocol.OpcodeText, []byte("first"), 0)
	c := <-conns
	pushed := bytes.Repeat([]byte("pushed "), 100)
	c.Push(protocol.OpcodeText, pushed)
	if !p.expect(protocol.OpcodeText, pushed) {
		t.Error("it came as it was")
	}
	p.CloseClean()
}

// What is kept of earlier messages is the window and no more.
func TestHistory(t *testing.T) {
	h := &history{bits: 8}
	var all []byte
	for n := range 100 {
		message := loadPayload(n * 5)
		h.add(message)
		all = append(all, message...)
		if want := all[max(0, len(all)-256):]; !bytes.Equal(h.bytes(), want) || cap(h.last) > 256 {
			t.Fatalf("after %d messages %d bytes of %d are kept, expected %d", n+1, len(h.bytes()), cap(h.last), len(want))
		}
	}
	var none *history
	if none.add(all); none.bytes() != nil {
		t.Error("without context takeover something is kept")
	}
}

// Long answers that did not shrink are written from where they lie, also while
// others of the same connection wait.
func TestDeflateLongAndShort(t *testing.T) {
	s := conformanceServer(t)
	p := dialDeflate(t, s.address, "/", anyDeflate)
	random, json := pdfRing(), jsonRing()
	var wire []byte
	for n := range 40 {
		wire = append(wire, p.fragments(protocol.OpcodeText, p.pack(json.piece(n, 300)), 0)...)
		wire = append(wire, p.fragments(protocol.OpcodeBinary, p.pack(random.piece(n, copyBelow+n*1000)), 0)...)
		wire = p.AppendFrame(wire, protocol.FIN.WithOpcode(protocol.OpcodeBinary), random.piece(n, copyBelow+1))
	}
	done := make(chan struct{})
	go func() { p.Write(wire); close(done) }()
	for n := range 40 {
		p.expect(protocol.OpcodeText, json.piece(n, 300))
		p.expect(protocol.OpcodeBinary, random.piece(n, copyBelow+n*1000))
		p.expect(protocol.OpcodeBinary, random.piece(n, copyBelow+1))
	}
	<-done
	p.CloseClean()
}

// A long message that its sender could not shrink is not tried again; a shorter
// one, one that was not compressed, and one that was worth it are.
func TestDeflateTriedAlready(t *testing.T) {
	s := conformanceServer(t)
	p := dialDeflate(t, s.address, "/", anyDeflate)
	json := jsonRing()
	for _, c := range []struct {
		size               int
		block              protocol.BlockChoice
		packed, compressed bool
	}{
		{copyBelow, protocol.ChooseStored, true, false},
		{copyBelow - 1, protocol.ChooseStored, true, true},
		{copyBelow, protocol.ChooseDynamic, true, true},
		{copyBelow, protocol.ChooseStored, false, true},
	} {
		message := json.piece(0, c.size)
		if c.packed {
			p.Write(p.fragments(protocol.OpcodeText, protocol.AppendDeflate(nil, message, protocol.DeflateOptions{Block: c.block}), 0))
		} else {
			p.Write(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), message))
		}
		if compressed := p.expect(protocol.OpcodeText, message); compressed != c.compressed {
			t.Errorf("%+v: compressed is %v", c, compressed)
		}
	}
	p.CloseClean()
}

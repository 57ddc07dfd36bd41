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
func TestDeflateManyAtOnce(t *testing.T) {
	s := conformanceServer(t)
	for _, query := range []string{"", "deflate=takeover"} {
		kind, refusal := EchoFor(Echo(1<<20), query)
		if refusal != nil {
			t.Fatal(refusal)
		}
		s = startServer(t, DefaultLimits(), kind, nil)
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

// Inputs that broke other implementations, by the row of the project's list, and
// more like them.
func TestBadInputsDeflate(t *testing.T) {
	check := expectNoLeak(t)
	s := startServer(t, shortLimits(), Echo(1<<20), nil)
	bomb := func(n int) string {
		return fmt.Sprintf("%x", protocol.AppendDeflate(nil, make([]byte, n), protocol.DeflateOptions{}))
	}
	far := fmt.Sprintf("%x", protocol.AppendDeflate(nil, bytes.Repeat([]byte(loadPayload(300)), 2), protocol.DeflateOptions{}))
	for _, row := range []struct {
		name, offer, sent string
		code              protocol.StatusCode
		reason            string
	}{
		{"14 inflates to a byte too many", anyDeflate, "binary rsv1 hex:" + bomb(1<<20+1), 1009, "the message inflates"},
		{"14 inflates to 64 MiB", anyDeflate, "binary rsv1 hex:" + bomb(64<<20), 1009, "the message inflates"},
		{"18 RSV1 on a ping", anyDeflate, "ping rsv1", 1002, "deflate-rsv1-on-control"},
		{"18 RSV1 on a Close frame", anyDeflate, "close rsv1 1000", 1002, "deflate-rsv1-on-control"},
		{"18 RSV1 inside a message", anyDeflate, "text nofin \"a\"\ncontinuation rsv1", 1002, "deflate-rsv1-on-continuation"},
		{"17 RSV2", anyDeflate, "text rsv2 \"a\"", 1002, "frame-rsv2-unnegotiated"},
		{"29 inflates to what is not UTF-8", anyDeflate, "text rsv1 hex:" + fmt.Sprintf("%x", protocol.AppendDeflate(nil, []byte("a\xff"), protocol.DeflateOptions{})), 1007, "text-invalid-utf8"},
		{"29 ends inside a character", anyDeflate, "text rsv1 hex:" + fmt.Sprintf("%x", protocol.AppendDeflate(nil, []byte("\xce"), protocol.DeflateOptions{})), 1007, "text-invalid-utf8"},
		{"29 not compressed", anyDeflate, "text hex:ff", 1007, "text-invalid-utf8"},
		{"no DEFLATE", anyDeflate, "text rsv1 hex:06", 1007, "deflate-data-invalid: bit 1"},
		{"a length and another", anyDeflate, "text rsv1 hex:0005000000", 1007, "deflate-data-invalid"},
		{"ends inside a block", anyDeflate, "text rsv1 hex:002000dfff4865", 1007, "deflate-data-invalid"},
		{"22 a match into old memory", anyDeflate, "text rsv1 hex:f200110000", 1007, "deflate-data-invalid: bit 11"},
		{"a match into the message before", anyDeflate, "text rsv1 hex:f248cdc9c90700\n< text \"Hello\"\ntext rsv1 hex:f200110000", 1007, "deflate-data-invalid"},
		{"a match beyond the window", "permessage-deflate; client_max_window_bits=8", "binary rsv1 hex:" + far, 1007, "deflate-client-window-exceeded"},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := heap()
			p := dialDeflate(t, s.address, "/", row.offer)
			for line := range strings.Lines(row.sent) {
				if answer, ok := strings.CutPrefix(line, "< "); ok {
					p.Expect(answer)
				} else {
					p.Send(line)
				}
			}
			if reason := p.ExpectCloseFrame(row.code); !strings.HasPrefix(reason, row.reason) {
				t.Errorf("the reason is %q, expected %q", reason, row.reason)
			}
			p.ExpectEnd(time.Second)
			p.TCP.Close()
			if grown := heap() - before; grown > 4<<20 {
				t.Errorf("the heap has grown by %d bytes", grown)
			}
			s.expectServed(t)
		})
	}
	s.stop()
	check()
}

// Row 16: a payload that ends where its buffer does, or where the next frame
// begins. Whoever puts 00 00 ff ff behind it in place overwrites that.
func TestBadInputsDeflateAtTheEdge(t *testing.T) {
	s := conformanceServer(t)
	p := dialDeflate(t, s.address, "/", anyDeflate)
	random := pdfRing()
	packed := p.pack(random.piece(0, readBufferSize-1000))
	frame := p.fragments(protocol.OpcodeBinary, packed, 0)
	for room := readBufferSize; room > readBufferSize-6; room-- {
		// A text fills what is left up to the edge, or almost.
		filler := room - len(frame) - 8
		wire := p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), random.piece(1, filler))
		wire = append(wire, frame...)
		wire = append(wire, p.Encode(`text "next"`)[0]...)
		go p.Write(wire)
		p.expect(protocol.OpcodeBinary, random.piece(1, filler))
		p.expect(protocol.OpcodeBinary, random.piece(0, readBufferSize-1000))
		p.expect(protocol.OpcodeText, []byte("next"))
	}
	p.CloseClean()
}

// Row 14 again: as many bombs as allowed in size, from many at once, who do not
// read what comes back. What they cost together is what few cost.
func TestBadInputsDeflateBombsUnread(t *testing.T) {
	const peers, size = 24, 16 << 20
	check := expectNoLeak(t)
	limits := shortLimits()
	limits.Write = 5 * time.Second
	s := startServer(t, limits, Echo(size), nil)
	bomb := protocol.AppendDeflate(nil, make([]byte, size), protocol.DeflateOptions{})
	before := heap()
	var all []*deflatePeer
	for range peers {
		p := dialDeflate(t, s.address, "/", anyDeflate)
		p.Write(p.fragments(protocol.OpcodeBinary, bomb, 0))
		all = append(all, p)
	}
	most := 0
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		most = max(most, int(stats.HeapAlloc)-before)
		done := 0
		for _, c := range s.connections() {
			c.mu.Lock()
			done += int(c.messagesOut)
			c.mu.Unlock()
		}
		if done == peers {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d bombs were answered", done, peers)
		}
	}
	// A message in hand and one that has just been, for each that may be in hand,
	// and as much again until the collector comes.
	if limit := 3 * size * runtime.GOMAXPROCS(0); most > limit {
		t.Errorf("the heap has grown by %d bytes, expected at most %d", most, limit)
	}
	if grown := heap() - before; grown > 4<<20 {
		t.Errorf("with all answers unread the heap has grown by %d bytes", grown)
	}
	for _, p := range all {
		p.TCP.Close()
	}
	s.stop()
	check()
}

// connections returns those that are registered.
func (s *testServer) connections() []*Conn {
	s.endpoint.mu.Lock()
	defer s.endpoint.mu.Unlock()
	return append([]*Conn(nil), s.endpoint.conns...)
}

// However many connections have messages in hand, no more codecs are out than
// can run, and none stays out.
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
	if most > runtime.GOMAXPROCS(0) || out != 0 || len(codecs) != 0 {
		t.Errorf("%d messages were in hand at once, %d places are taken, of %d", most, len(codecs), cap(codecs))
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

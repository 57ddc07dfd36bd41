package endpoint

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// serveMost is how long a message of FuzzServe may be.
const serveMost = 1 << 16

// The bits of what FuzzServe is told besides the bytes. From serveTakes on they are
// how many bytes the peer takes before a write to it fails, one more than that; 0 is
// a peer that takes everything.
const (
	servePiece   = 0x3f // so many bytes at a time arrive; 0 is all at once
	serveDeflate = 0x40 // permessage-deflate was agreed on
	serveWhole   = 0x80 // the transport cannot end one direction alone
	serveTakes   = 8
)

// servePieces is how many pieces there are before the rest comes all at once: each
// costs as much as many bytes do.
const servePieces = 32

// serveTransport is a connection whose peer has said everything and ended, without
// anything that could wait.
type serveTransport struct {
	net.Conn // none: nothing else is asked of it
	piece    int
	takes    int // bytes; below 0 all

	mu      sync.Mutex
	sent    []byte
	pieces  int
	answers []byte
	closed  bool
}

func newServeTransport(sent []byte, how uint16) *serveTransport {
	return &serveTransport{piece: int(how & servePiece), takes: int(how>>serveTakes) - 1, sent: sent}
}

func (s *serveTransport) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return 0, net.ErrClosed
	case len(s.sent) == 0:
		return 0, io.EOF
	case s.piece > 0 && s.pieces < servePieces:
		b = b[:min(len(b), s.piece)]
	}
	n := copy(b, s.sent)
	s.sent = s.sent[n:]
	s.pieces++
	return n, nil
}

func (s *serveTransport) Write(b []byte) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, net.ErrClosed
	}
	n = len(b)
	if s.takes >= 0 && n > s.takes-len(s.answers) {
		n, err = s.takes-len(s.answers), syscall.ECONNRESET
	}
	s.answers = append(s.answers, b[:n]...)
	return n, err
}

func (s *serveTransport) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	s.closed = true
	return nil
}

func (s *serveTransport) SetWriteDeadline(time.Time) error { return nil }

// serveHalves can end one direction alone.
type serveHalves struct{ *serveTransport }

func (s serveHalves) CloseWrite() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.takes = len(s.answers)
	return nil
}

// serveBacklog is how many bytes of answers may wait before a pong takes the place
// of the one in front of it. How many wait depends on how the bytes come in.
const serveBacklog = 4096

// serveReference is what FuzzServe knows without an endpoint: the answers by a
// protocol.Conn alone, a pong for every ping among them. They are exact but for pongs
// where nothing is compressed. Where it was agreed on, only the messages are known:
// how they are compressed is the endpoint's own choice.
type serveReference struct {
	answers  []byte
	messages []serveMessage
}

type serveMessage struct {
	opcode  protocol.Opcode
	payload []byte
}

func newServeReference(sent []byte, deflate bool, inflater serveInflater) (want serveReference) {
	kind := Echo(serveMost)
	config := kind.Protocol
	config.Deflate, config.NoPong = deflate, true
	c := protocol.NewConn(config)
	for rest := sent; len(rest) > 0 && c.State() == protocol.StateOpen; {
		event, n := c.Receive(rest, 0)
		rest = rest[n:]
		switch event.Kind {
		case protocol.EventPing:
			c.Send(protocol.OpcodePong, event.Payload, 0)
			continue
		case protocol.EventMessage:
		default:
			continue
		}
		m := serveMessage{event.Opcode, bytes.Clone(event.Payload)}
		if event.Header.Has(protocol.RSV1) {
			var ok bool
			if m.payload, ok = inflater.inflate(event.Payload); !ok || m.opcode == protocol.OpcodeText && !validText(m.payload) {
				break
			}
		}
		want.messages = append(want.messages, m)
		if !deflate {
			c.Send(m.opcode, m.payload, 0)
		}
	}
	want.answers = c.Output()
	return want
}

// allows reports whether got are the answers, but for pongs in front of another pong
// and behind more than serveBacklog bytes.
func (r serveReference) allows(got []byte) bool {
	want, left := frames(r.answers), frames(got)
	end := len(r.answers)
	for i, frame := range slices.Backward(want) {
		switch last := len(left) - 1; {
		case last >= 0 && bytes.Equal(left[last], frame):
			left = left[:last]
		case end <= serveBacklog || i+1 == len(want) || !isPong(frame) || !isPong(want[i+1]):
			return false
		}
		end -= len(frame)
	}
	return len(left) == 0
}

func isPong(frame []byte) bool { return frame[0]&0x0f == byte(protocol.OpcodePong) }

// frames cuts b where its frames end. What is no whole frame is the last of them.
func frames(b []byte) (cut [][]byte) {
	for len(b) > 0 {
		n := len(b)
		if h, length, err := protocol.ParseHeader(b); err == nil && h.PayloadLength <= uint64(n-length) {
			n = length + int(h.PayloadLength)
		}
		cut, b = append(cut, b[:n]), b[n:]
	}
	return cut
}

// serveInflater inflates messages that stand for themselves.
type serveInflater struct{ inflater *protocol.Inflater }

func newServeInflater() serveInflater {
	return serveInflater{protocol.NewInflater(protocol.InflateConfig{NoContextTakeover: true, Limit: serveMost})}
}

func (z serveInflater) inflate(packed []byte) (message []byte, ok bool) {
	z.inflater.Reset()
	message, err := z.inflater.Inflate(nil, packed)
	if err == nil {
		message, _, err = z.inflater.Finish(message)
	}
	return message, err == nil
}

// Whatever bytes come, in whatever pieces, and whenever the peer stops to take
// answers: the connection ends when the peer does and without a panic, and what the
// endpoint has sent is legal and what the same bytes are answered with by the codec
// alone, up to where the peer stopped.
func FuzzServe(f *testing.F) {
	e := New(DefaultLimits(), slog.New(slog.DiscardHandler))
	f.Cleanup(e.Shutdown)
	p := testpeer.Peer{}
	for _, payload := range []string{"Hello", strings.Repeat("a", 300), "\xff\xfe", ""} {
		f.Add(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), []byte(payload)), uint16(1))
		f.Add(p.AppendFrame(nil, protocol.RSV1|protocol.FIN.WithOpcode(protocol.OpcodeText), []byte(payload)), uint16(3|serveDeflate))
		packed := protocol.AppendDeflate(nil, []byte(payload), protocol.DeflateOptions{})
		f.Add(p.AppendFrame(nil, protocol.RSV1|protocol.FIN.WithOpcode(protocol.OpcodeText), packed), uint16(serveDeflate))
		f.Add(p.Fragments(protocol.OpcodeBinary, []byte(payload), 2), uint16(serveDeflate))
		f.Add(p.Fragments(protocol.OpcodeBinary, []byte(payload), 2), uint16(2<<serveTakes|serveWhole))
	}
	f.Add([]byte("\x88\x82\x00\x00\x00\x00\x03\xe8\x89\x80\x00\x00\x00\x00"), uint16(2))
	f.Add([]byte("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00"), uint16(serveWhole))
	f.Add(bytes.Repeat(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodePing), []byte("Hello")), 900), uint16(0))
	f.Add([]byte("\xc1\x87\x00\x00\x00\x00\x4a\x4c\x1c\x05\xc4\x02\x00"), uint16(5|serveDeflate))
	kind := Echo(serveMost)
	inflater := newServeInflater() // it weighs more than all the rest of a run
	offer := &http.Request{Header: http.Header{"Sec-Websocket-Extensions": {"permessage-deflate"}}}
	f.Fuzz(func(t *testing.T, sent []byte, how uint16) {
		var agreed *deflating
		if how&serveDeflate != 0 {
			agreed, _ = kind.answerDeflate(offer)
		}
		transport := newServeTransport(sent, how)
		var tcp net.Conn = transport
		if how&serveWhole == 0 {
			tcp = serveHalves{transport}
		}
		if !e.begin() {
			t.Fatal("the endpoint is closing")
		}
		left := make(chan *Ending, 1)
		e.serve(tcp, nil, &kind, agreed, Owner{}, func(ending *Ending) { left <- ending })
		patience := time.NewTimer(testpeer.Patience)
		defer patience.Stop()
		select {
		case ending := <-left:
			if ending.Panicked || ending.Err != nil {
				t.Fatalf("the connection ended with %+v", ending)
			}
		case <-patience.C:
			t.Fatal("the peer has ended, and the connection has not")
		}
		expectServed(t, inflater, sent, transport.answers, agreed != nil, how>>serveTakes > 0)
	})
}

// expectServed judges the answers to what a peer has sent. Cut says that it has not
// taken all of them.
func expectServed(t *testing.T, inflater serveInflater, sent, answers []byte, deflate, cut bool) {
	t.Helper()
	want := newServeReference(sent, deflate, inflater)
	if allowed := cut && bytes.HasPrefix(want.answers, answers) || want.allows(answers); !deflate && !allowed {
		t.Errorf("%x is answered with %x, expected %x", sent, answers, want.answers)
	}
	client := protocol.NewConn(protocol.Config{Role: protocol.RoleClient, Fatal: protocol.Strict(), Deflate: deflate})
	got := 0
	for rest := answers; len(rest) > 0; {
		event, n := client.Receive(rest, 1)
		rest = rest[n:]
		switch event.Kind {
		case protocol.EventFailed:
			t.Fatalf("the endpoint broke %v in %x", event.Rule, answers)
		case protocol.EventMessage:
			message, ok := event.Payload, true
			if event.Header.Has(protocol.RSV1) {
				message, ok = inflater.inflate(event.Payload)
			}
			if !ok || got == len(want.messages) || event.Opcode != want.messages[got].opcode || !bytes.Equal(message, want.messages[got].payload) {
				t.Fatalf("answer %d to %x is %v %x, expected of %d", got, sent, event.Opcode, message, len(want.messages))
			}
			got++
		}
	}
	if !cut && got != len(want.messages) {
		t.Errorf("%x has %d messages and %d answers", sent, len(want.messages), got)
	}
}

package endpoint

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
)

// The other side of the tests: a client made of a TCP connection and the codec
// of package protocol. It checks nothing by itself and can send anything.

// patience is how long a peer waits for what must come.
const patience = 10 * time.Second

// testServer is an http.Server with the endpoint behind /.
type testServer struct {
	address  string
	endpoint *Endpoint
	http     *http.Server
}

// startServer serves one kind of connection. Wrap, if any, stands between the
// endpoint and its connections.
func startServer(t testing.TB, limits Limits, kind Kind, wrap func(net.Conn) net.Conn) *testServer {
	t.Helper()
	return startServerLog(t, limits, kind, wrap, slog.New(slog.DiscardHandler))
}

func startServerLog(t testing.TB, limits Limits, kind Kind, wrap func(net.Conn) net.Conn, log *slog.Logger) *testServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := New(limits, log)
	s := &testServer{address: listener.Addr().String(), endpoint: e}
	s.http = &http.Server{
		ReadHeaderTimeout: time.Second,
		MaxHeaderBytes:    8192,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if refusal := Check(r); refusal != nil {
				refusal.Write(w)
				return
			}
			tcp, early, err := Hijack(w, r, e.Limits())
			if err != nil {
				return // the peer went away
			}
			if wrap != nil {
				tcp = wrap(tcp)
			}
			e.Serve(tcp, early, &kind, func() {})
		}),
	}
	go s.http.Serve(listener)
	t.Cleanup(s.stop)
	return s
}

func (s *testServer) stop() {
	s.endpoint.Shutdown()
	s.http.Close()
}

// peer is a client.
type peer struct {
	t   testing.TB
	tcp net.Conn
	in  []byte // received and not looked at yet
	key protocol.MaskingKey
	// write sends bytes in the manner of the test: whole, or chopped.
	write func([]byte)
}

func handshakeRequest(address string) string {
	return "GET / HTTP/1.1\r\nHost: " + address + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
}

// dialTCP connects and says nothing yet.
func (s *testServer) dialTCP(t testing.TB) *peer {
	t.Helper()
	tcp, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tcp.Close() })
	p := &peer{t: t, tcp: tcp, key: 0x37fa213d}
	p.write = p.writeWhole
	return p
}

// dial connects and shakes hands.
func (s *testServer) dial(t testing.TB) *peer {
	t.Helper()
	p := s.dialTCP(t)
	p.writeWhole([]byte(handshakeRequest(s.address)))
	answer := p.readAnswer()
	if !strings.HasPrefix(answer, "HTTP/1.1 101 ") || !strings.Contains(answer, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") {
		t.Fatalf("handshake answered with %q", answer)
	}
	return p
}

// readAnswer reads the header of an HTTP answer.
func (p *peer) readAnswer() string {
	p.t.Helper()
	for {
		if at := bytes.Index(p.in, []byte("\r\n\r\n")); at >= 0 {
			answer := string(p.in[:at+4])
			p.in = p.in[at+4:]
			return answer
		}
		if err := p.more(patience); err != nil {
			p.t.Fatalf("reading the answer to the handshake: %v; so far %q", err, p.in)
		}
	}
}

func (p *peer) writeWhole(b []byte) {
	// A write fails when the server has failed the connection already, which is
	// for the reading side to judge.
	_, _ = p.tcp.Write(b)
}

// chop makes every write one of at most n bytes.
func (p *peer) chop(n int) {
	p.write = func(b []byte) {
		for len(b) > 0 {
			size := min(n, len(b))
			p.writeWhole(b[:size])
			b = b[size:]
		}
	}
}

// more reads whatever comes next.
func (p *peer) more(within time.Duration) error {
	p.tcp.SetReadDeadline(time.Now().Add(within))
	room := make([]byte, 64<<10)
	n, err := p.tcp.Read(room)
	p.in = append(p.in, room[:n]...)
	if n > 0 {
		return nil
	}
	return err
}

// encode turns lines of notation into bytes, each frame with a key of its own.
func (p *peer) encode(lines string) (frames [][]byte) {
	p.t.Helper()
	drafts, err := protocol.ParseNotation(lines)
	if err != nil {
		p.t.Fatalf("%v in %q", err, lines)
	}
	for _, draft := range drafts {
		p.key = p.key*1664525 + 1013904223
		frames = append(frames, draft.AppendTo(nil, p.key))
	}
	return frames
}

// send writes frames, all together.
func (p *peer) send(lines string) {
	p.t.Helper()
	p.write(bytes.Join(p.encode(lines), nil))
}

// frame is what a server sends.
type frame struct {
	header  protocol.Header
	payload []byte
}

func (f frame) String() string {
	if len(f.payload) > 200 {
		return fmt.Sprintf("%v of %d bytes", f.header.Opcode(), len(f.payload))
	}
	return fmt.Sprintf("%v %q", f.header.Opcode(), f.payload)
}

// code is the status code of a Close frame.
func (f frame) code() protocol.StatusCode { return protocol.ParseClose(f.payload).Code }

var errNothing = errors.New("nothing came")

// next returns the server's next frame; the error is io.EOF when TCP has ended,
// errNothing when the time is over.
func (p *peer) next(within time.Duration) (frame, error) {
	for {
		h, n, err := protocol.ParseHeader(p.in)
		if err == nil && h.PayloadLength <= uint64(len(p.in)-n) {
			end := n + int(h.PayloadLength)
			f := frame{h, p.in[n:end:end]}
			p.in = p.in[end:]
			return f, nil
		}
		if err := p.more(within); err != nil {
			if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
				return frame{}, errNothing
			}
			if len(p.in) > 0 {
				err = fmt.Errorf("%w inside a frame", io.ErrUnexpectedEOF)
			}
			return frame{}, err
		}
	}
}

// expect reads frames and compares them with lines of notation. A server does
// not mask.
func (p *peer) expect(lines string) {
	p.t.Helper()
	drafts, err := protocol.ParseNotation(lines)
	if err != nil {
		p.t.Fatalf("%v in %q", err, lines)
	}
	for _, draft := range drafts {
		p.expectFrame(draft.Flags.Opcode(), draft.Payload.AppendTo(nil))
	}
}

func (p *peer) expectFrame(opcode protocol.Opcode, payload []byte) {
	p.t.Helper()
	f, err := p.next(patience)
	if err != nil {
		p.t.Fatalf("%v, expected %v", err, frame{protocol.Header{Flags: protocol.FIN.WithOpcode(opcode)}, payload})
	}
	if want := protocol.FIN.WithOpcode(opcode); f.header.Flags != want || !bytes.Equal(f.payload, payload) {
		p.t.Fatalf("found %v with flags %04x, expected %v", f, f.header.Flags, frame{protocol.Header{Flags: want}, payload})
	}
}

// expectClose reads the server's Close frame, whose code must be one of those
// given, and the end of TCP right behind it.
func (p *peer) expectClose(codes ...protocol.StatusCode) {
	p.t.Helper()
	f, err := p.next(patience)
	if err != nil {
		p.t.Fatalf("%v, expected Close %v", err, codes)
	}
	if f.header.Flags != protocol.FIN.WithOpcode(protocol.OpcodeClose) {
		p.t.Fatalf("found %v, expected Close %v", f, codes)
	}
	found := false
	for _, code := range codes {
		found = found || f.code() == code
	}
	if !found {
		p.t.Fatalf("found Close %d %q, expected %v", f.code(), f.payload, codes)
	}
	p.expectEnd(time.Second)
}

// expectEnd waits for the end of TCP, with nothing in front of it.
func (p *peer) expectEnd(within time.Duration) {
	p.t.Helper()
	if f, err := p.next(within); !errors.Is(err, io.EOF) {
		p.t.Fatalf("found %v, %v, expected the end of TCP", f, err)
	}
}

// expectNothing waits a moment, in which nothing may come.
func (p *peer) expectNothing(moment time.Duration) {
	p.t.Helper()
	if f, err := p.next(moment); err != errNothing {
		p.t.Fatalf("found %v, %v, expected nothing yet", f, err)
	}
}

// closeClean shakes hands on closing.
func (p *peer) closeClean() {
	p.t.Helper()
	p.writeWhole(bytes.Join(p.encode("close 1000"), nil))
	p.expectClose(protocol.StatusNormalClosure)
}

// expectServed checks that the server serves the next connection.
func (s *testServer) expectServed(t testing.TB) {
	t.Helper()
	p := s.dial(t)
	p.send(`text "next"`)
	p.expect(`text "next"`)
	p.closeClean()
	p.tcp.Close()
}

// Package testpeer is the other side of the server's tests: a WebSocket client
// made of a TCP connection and the codec of package protocol. It checks nothing
// by itself, can send anything, and is never part of the server.
package testpeer

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
)

// Patience is how long a peer waits for what must come.
const Patience = 10 * time.Second

// Peer is a client.
type Peer struct {
	TCP net.Conn
	// In is what was received and not looked at yet.
	In []byte

	t    testing.TB
	key  protocol.MaskingKey
	size int // of a write at most; 0: as it comes
}

// Connect connects to an address and says nothing yet.
func Connect(t testing.TB, address string) *Peer {
	t.Helper()
	tcp, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return On(t, tcp)
}

// On is a client on a connection that is there already, such as one of TLS.
func On(t testing.TB, tcp net.Conn) *Peer {
	t.Cleanup(func() { tcp.Close() })
	return &Peer{TCP: tcp, t: t, key: 0x37fa213d}
}

// Request is a handshake that every server takes, with further header lines.
func Request(address, target string, lines ...string) string {
	return "GET " + target + " HTTP/1.1\r\nHost: " + address + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		strings.Join(append(lines, ""), "\r\n") + "\r\n"
}

// Dial connects and shakes hands.
func Dial(t testing.TB, address, target string, lines ...string) *Peer {
	t.Helper()
	p := Connect(t, address)
	p.Write([]byte(Request(address, target, lines...)))
	p.ExpectUpgraded()
	return p
}

// ExpectUpgraded reads the answer to Request.
func (p *Peer) ExpectUpgraded() {
	p.t.Helper()
	answer := p.ReadAnswer()
	if !strings.HasPrefix(answer, "HTTP/1.1 101 ") ||
		!strings.Contains(answer, "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") {
		p.t.Fatalf("handshake answered with %q", answer)
	}
}

// ReadAnswer reads the header of an HTTP answer.
func (p *Peer) ReadAnswer() string {
	p.t.Helper()
	for {
		if at := bytes.Index(p.In, []byte("\r\n\r\n")); at >= 0 {
			answer := string(p.In[:at+4])
			p.In = p.In[at+4:]
			return answer
		}
		if err := p.More(Patience); err != nil {
			p.t.Fatalf("reading the answer to the handshake: %v; so far %q", err, p.In)
		}
	}
}

// More reads whatever comes next.
func (p *Peer) More(within time.Duration) error {
	p.TCP.SetReadDeadline(time.Now().Add(within))
	p.In = slices.Grow(p.In, 64<<10)
	n, err := p.TCP.Read(p.In[len(p.In):cap(p.In)])
	p.In = p.In[:len(p.In)+n]
	if n > 0 {
		return nil
	}
	return err
}

// Frame is what a server sends.
type Frame struct {
	Header  protocol.Header
	Payload []byte
}

func (f Frame) String() string {
	if len(f.Payload) > 200 {
		return fmt.Sprintf("%v of %d bytes", f.Header.Opcode(), len(f.Payload))
	}
	return fmt.Sprintf("%v %q", f.Header.Opcode(), f.Payload)
}

// Code is the status code of a Close frame.
func (f Frame) Code() protocol.StatusCode { return protocol.ParseClose(f.Payload).Code }

// ErrNothing says that nothing came in time.
var ErrNothing = errors.New("nothing came")

// Next returns the server's next frame; the error is io.EOF when TCP has ended
// behind a whole frame.
func (p *Peer) Next(within time.Duration) (Frame, error) {
	for {
		h, n, err := protocol.ParseHeader(p.In)
		if err == nil && h.PayloadLength <= uint64(len(p.In)-n) {
			end := n + int(h.PayloadLength)
			f := Frame{h, p.In[n:end:end]}
			p.In = p.In[end:]
			return f, nil
		}
		if err := p.More(within); err != nil {
			if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
				return Frame{}, ErrNothing
			}
			if len(p.In) > 0 {
				err = fmt.Errorf("%w inside a frame", io.ErrUnexpectedEOF)
			}
			return Frame{}, err
		}
	}
}

// Expect reads frames and compares them with lines of notation. A server does
// not mask.
func (p *Peer) Expect(lines string) {
	p.t.Helper()
	for _, draft := range p.parse(lines) {
		p.ExpectFrame(draft.Flags.Opcode(), draft.Payload.AppendTo(nil))
	}
}

// ExpectFrame reads a frame and compares it.
func (p *Peer) ExpectFrame(opcode protocol.Opcode, payload []byte) {
	p.t.Helper()
	want := Frame{protocol.Header{Flags: protocol.FIN.WithOpcode(opcode)}, payload}
	f, err := p.Next(Patience)
	if err != nil {
		p.t.Fatalf("%v, expected %v", err, want)
	}
	if f.Header.Flags != want.Header.Flags || !bytes.Equal(f.Payload, payload) {
		p.t.Fatalf("found %v with flags %04x, expected %v", f, f.Header.Flags, want)
	}
}

// ExpectClose reads the server's Close frame, whose code must be one of those
// given, and the end of TCP right behind it.
func (p *Peer) ExpectClose(codes ...protocol.StatusCode) {
	p.t.Helper()
	p.ExpectCloseFrame(codes...)
	p.ExpectEnd(time.Second)
}

// ExpectCloseFrame reads the server's Close frame and returns its reason.
func (p *Peer) ExpectCloseFrame(codes ...protocol.StatusCode) string {
	p.t.Helper()
	f, err := p.Next(Patience)
	if err != nil {
		p.t.Fatalf("%v, expected Close %v", err, codes)
	}
	if f.Header.Flags != protocol.FIN.WithOpcode(protocol.OpcodeClose) || !slices.Contains(codes, f.Code()) {
		p.t.Fatalf("found %v, expected Close %v", f, codes)
	}
	return string(protocol.ParseClose(f.Payload).Reason)
}

// ExpectHex reads as many bytes as the hex digits stand for, whatever frames they
// may be, and holds them against what arrived.
func (p *Peer) ExpectHex(want string) {
	p.t.Helper()
	for len(p.In) < len(want)/2 {
		if err := p.More(Patience); err != nil {
			p.t.Fatal(err)
		}
	}
	if got := hex.EncodeToString(p.In); got != want {
		p.t.Errorf("found %s, expected %s", got, want)
	}
	p.In = nil
}

// ExpectEnd waits for the end of TCP, with nothing in front of it.
func (p *Peer) ExpectEnd(within time.Duration) {
	p.t.Helper()
	if f, err := p.Next(within); !errors.Is(err, io.EOF) {
		p.t.Fatalf("found %v, %v, expected the end of TCP", f, err)
	}
}

// ExpectNothing waits a moment, in which nothing may come.
func (p *Peer) ExpectNothing(moment time.Duration) {
	p.t.Helper()
	if f, err := p.Next(moment); err != ErrNothing {
		p.t.Fatalf("found %v, %v, expected nothing yet", f, err)
	}
}

// CloseClean shakes hands on closing.
func (p *Peer) CloseClean() {
	p.t.Helper()
	p.Send("close 1000")
	p.ExpectClose(protocol.StatusNormalClosure)
}

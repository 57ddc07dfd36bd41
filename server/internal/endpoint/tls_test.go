package endpoint

import (
	"bytes"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// startTLS serves one kind behind TLS.
func startTLS(t *testing.T, limits Limits, kind Kind) (e *Endpoint, dial func() *testpeer.Peer) {
	t.Helper()
	e = New(limits, slog.New(slog.DiscardHandler))
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// An error means that the peer went away.
		_ = e.Upgrade(w, r, &kind, Owner{}, func(*Ending) {})
	}))
	server.TLS = &tls.Config{NextProtos: []string{"http/1.1"}}
	server.StartTLS()
	address := server.Listener.Addr().String()
	t.Cleanup(func() {
		e.Shutdown()
		server.Close()
	})
	return e, func() *testpeer.Peer {
		t.Helper()
		tcp, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		// A window that fills soon.
		tcp.(*net.TCPConn).SetReadBuffer(64 << 10)
		p := testpeer.On(t, tls.Client(tcp, &tls.Config{InsecureSkipVerify: true}))
		p.Write([]byte(testpeer.Request(address, "/")))
		p.ExpectUpgraded()
		return p
	}
}

// deafen has a peer send until the server waits for it to read.
func deafen(p *testpeer.Peer) {
	frame := p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), make([]byte, 1<<18))
	p.TCP.SetWriteDeadline(time.Now().Add(time.Second))
	for {
		if _, err := p.TCP.Write(frame); err != nil {
			return
		}
	}
}

func TestOverTLS(t *testing.T) {
	_, dial := startTLS(t, DefaultLimits(), Echo(1<<24))
	p := dial()
	p.Send("ping \"a\"\ntext nofin \"Hel\"\ncontinuation \"lo\"")
	p.Expect("pong \"a\"\ntext \"Hello\"")
	large := bytes.Repeat([]byte("framecraft"), 1<<18)
	p.RoundTrip(protocol.OpcodeBinary, p.AppendFrame(nil, 0x8200, large), large)
	p.Chop(1)
	p.Send(`text "slowly"`)
	p.Expect(`text "slowly"`)
	p.Chop(0)
	// The end is that of TLS, and then that of TCP.
	p.CloseClean()
	p = dial()
	p.Send("text nomask \"a\"")
	p.ExpectClose(protocol.StatusProtocolError)
}

// cork is a connection whose writes wait until they leave together.
type cork struct {
	net.Conn
	held   []byte
	corked bool
}

func (c *cork) Write(b []byte) (int, error) {
	c.held = append(c.held, b...)
	if c.corked {
		return len(b), nil
	}
	_, err := c.Conn.Write(c.held)
	c.held = nil
	return len(b), err
}

// The last frames of a peer count, even if the goodbye of TLS 1.2 comes in the same
// segment.
func TestCloseWithGoodbyeOfTLS(t *testing.T) {
	e, dial := startTLS(t, DefaultLimits(), Echo(1<<20))
	first := dial()
	address := first.TCP.RemoteAddr().String()
	first.CloseClean()
	tcp, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	corked := &cork{Conn: tcp}
	secure := tls.Client(corked, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
	p := testpeer.On(t, secure)
	p.Write([]byte(testpeer.Request(address, "/")))
	p.ExpectUpgraded()
	corked.corked = true
	p.Send("close 4001")
	corked.corked = false
	if err := secure.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	e.live.Wait()
	if codes := e.Totals().ClosedBy; codes[4000] != 1 {
		t.Errorf("found %v, expected one 4001", codes)
	}
}

// Peers that do not read are cut when their time is over, all at once.
//
// Defence: shutdown-cut
func TestDeafPeersOverTLS(t *testing.T) {
	limits := DefaultLimits()
	limits.Shutdown = time.Second
	e, dial := startTLS(t, limits, Echo(1<<20))
	reader := dial()
	const deaf = 4
	for range deaf {
		deafen(dial())
	}
	begin := time.Now()
	ended := make(chan struct{})
	go func() {
		e.Shutdown()
		close(ended)
	}()
	reader.ExpectCloseFrame(protocol.StatusGoingAway)
	reader.Send("close 1001")
	reader.ExpectEnd(testpeer.Patience)
	<-ended
	if took := time.Since(begin); took > limits.Shutdown+1500*time.Millisecond {
		t.Errorf("the shutdown took %v, expected %v", took, limits.Shutdown)
	}
}

// A peer over TLS that does not read is found out as soon as one without.
//
// Defence: time-write, slow-reader
func TestWriteTimeOverTLS(t *testing.T) {
	limits := DefaultLimits()
	limits.Write = 200 * time.Millisecond
	e, dial := startTLS(t, limits, Echo(1<<20))
	deafen(dial())
	deadline := time.Now().Add(testpeer.Patience)
	for e.Live() > 0 {
		if time.Now().After(deadline) {
			t.Fatal("the connection lives on")
		}
		time.Sleep(time.Millisecond)
	}
}

// pipeSocket is one end of a net.Pipe, which has no buffer: who writes waits for
// who reads.
type pipeSocket struct {
	net.Conn
	buffer int // what SetWriteBuffer was told
	half   bool
}

func (p *pipeSocket) SetWriteBuffer(n int) error { p.buffer = n; return nil }
func (p *pipeSocket) CloseWrite() error          { p.half = true; return nil }

// What is asked of a connection with TLS reaches the socket, and closing it waits
// for nobody: crypto/tls would wait 5 s for a peer that does not read.
//
// Defence: slow-buffer
func TestSecuredIsTheSocket(t *testing.T) {
	certificate := httptest.NewUnstartedServer(nil)
	certificate.StartTLS()
	defer certificate.Close()
	dial := func() (*pipeSocket, net.Conn, *tls.Conn) {
		near, far := net.Pipe()
		t.Cleanup(func() { far.Close() })
		socket := &pipeSocket{Conn: near}
		server := tls.Server(socket, certificate.TLS)
		client := tls.Client(far, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
		done := make(chan error, 1)
		go func() { done <- client.Handshake() }()
		if err := server.Handshake(); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		return socket, overTLS(server), client
	}
	socket, c, _ := dial()
	if err := c.(interface{ SetWriteBuffer(int) error }).SetWriteBuffer(1234); err != nil || socket.buffer != 1234 {
		t.Errorf("found a buffer of %d, %v, expected 1234", socket.buffer, err)
	}
	begin := time.Now()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("closing took %v, expected no time", took)
	}
	// The goodbye of TLS comes first, and then the end of the sending side.
	socket, c, client := dial()
	read := make(chan error, 1)
	go func() {
		_, err := client.Read(make([]byte, 1))
		read <- err
	}()
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil || !socket.half {
		t.Errorf("CloseWrite: %v, the sending side of the socket ended: %v", err, socket.half)
	}
	if err := <-read; err != io.EOF {
		t.Errorf("the peer found %v, expected the end", err)
	}
	if plain, _ := net.Pipe(); overTLS(plain) != plain {
		t.Error("a connection without TLS is not what it was")
	}
}

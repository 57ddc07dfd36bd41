package opener

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"framecraft/protocol"
)

// client is one connection, the client's end of it. It belongs to the goroutine
// of its group.
type client struct {
	tcp      net.Conn
	raw      syscall.RawConn
	protocol protocol.Conn
}

// behaviour is that of a client which sends nothing on its own and cares for
// nothing that it is sent, as long as it is legal.
var behaviour = protocol.Config{Role: protocol.RoleClient, Fatal: protocol.Strict(), MaxMessage: 4096}

// key returns a masking key (RFC 6455, section 5.3), from a generator that is
// seeded from the system's entropy.
func key() protocol.MaskingKey { return protocol.MaskingKey(mathrand.Uint32()) }

// connect opens a connection from a source and shakes hands. Nothing cuts that off
// but its own time: the server would see a client that vanishes.
func (o *Opener) connect(source netip.Addr, owner Owner) (*client, error) {
	end := time.Now().Add(o.times.dial)
	dialer := net.Dialer{
		LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(source, 0)),
		Deadline:  end,
		KeepAlive: -1, // pings do that
	}
	tcp, err := dialer.Dial("tcp4", o.target.String())
	if err != nil {
		return nil, err
	}
	local := tcp.LocalAddr().String()
	o.expect(local, owner)
	defer o.forget(local)
	c := &client{tcp: tcp}
	if err = tcp.SetDeadline(end); err == nil {
		err = c.shakeHands(o.target.String(), o.path)
	}
	if err == nil {
		err = tcp.SetDeadline(time.Time{})
	}
	if err == nil {
		err = c.begin()
	}
	if err != nil {
		return nil, errors.Join(err, tcp.Close())
	}
	return c, nil
}

// answerLimit is how long the answer to a handshake may be, with its body.
const answerLimit = 4096

// shakeHands sends the request and reads the answer to it.
func (c *client) shakeHands(host, path string) error {
	var nonce [16]byte
	// crypto/rand.Read never fails; it ends the program instead.
	_, _ = rand.Read(nonce[:])
	asked := base64.StdEncoding.EncodeToString(nonce[:])
	if _, err := c.tcp.Write(protocol.DefaultRequest(host, path, asked).AppendTo(nil)); err != nil {
		return fmt.Errorf("sending the handshake: %w", err)
	}
	var room [answerLimit]byte
	n := 0
	head, length, err := protocol.ParseResponseHead(nil)
	for err != nil {
		more, readError := c.tcp.Read(room[n:])
		n += more
		if head, length, err = protocol.ParseResponseHead(room[:n]); err == nil {
			break
		}
		if n == len(room) {
			return fmt.Errorf("the head of the answer to the handshake has more than %d bytes", answerLimit)
		}
		if readError != nil {
			return fmt.Errorf("reading the answer to the handshake: %w", readError)
		}
	}
	if status := head.StatusNumber(); status != http.StatusSwitchingProtocols {
		body, _ := io.ReadAll(io.LimitReader(c.tcp, answerLimit))
		reason, _, _ := strings.Cut(string(room[length:n])+string(body), "\n")
		return &refusedError{status, reason}
	}
	if accept, _ := head.Value("Sec-WebSocket-Accept"); accept != protocol.ComputeAccept(asked).Accept {
		return errors.New("the answer to the handshake has another Sec-WebSocket-Accept than expected")
	}
	c.protocol.Init(behaviour)
	c.feed(room[length:n])
	return nil
}

// refusedError is an answer other than 101.
type refusedError struct {
	status int
	reason string
}

func (e *refusedError) Error() string {
	return fmt.Sprintf("the server answered %d, %s", e.status, e.reason)
}

// begin says that the client is there, by a pong that nobody asked for (RFC 6455,
// section 5.5.3): a server may want a first frame before its first ping comes.
func (c *client) begin() error {
	socket, ok := c.tcp.(syscall.Conn)
	if !ok {
		return errors.New("the socket cannot be reached")
	}
	var err error
	if c.raw, err = socket.SyscallConn(); err != nil {
		return err
	}
	pong := protocol.Header{Flags: protocol.FIN.WithOpcode(protocol.OpcodePong) | protocol.MASK, MaskingKey: key()}
	if !c.send(pong.AppendTo(nil)) || !c.flush() {
		return errors.New("the server reads nothing")
	}
	return nil
}

// feed hands over what has arrived; the answers gather in the output.
func (c *client) feed(src []byte) {
	for len(src) > 0 {
		_, n := c.protocol.Receive(src, key())
		src = src[n:]
	}
	// What a message was gathered in is of no use here.
	c.protocol.TakeMessageBuffer()
}

// visit reads and answers what has arrived, without waiting for anything, and
// reports whether the connection lives. The room is to work in.
func (c *client) visit(room []byte) bool {
	for {
		n, err := c.read(room)
		switch {
		case err != nil:
			return false
		case n == 0:
			return true
		}
		c.feed(room[:n])
		if !c.flush() {
			return false
		}
	}
}

// flush writes the output. A peer that makes no room for so little has stopped
// reading.
func (c *client) flush() bool { return c.send(c.protocol.TakeOutput(nil)) }

// leave begins the closing handshake, unless it has begun.
func (c *client) leave(code protocol.StatusCode) bool {
	c.protocol.Close(code, "", key())
	return c.flush()
}

package wire

import (
	"bytes"
	"context"
	"errors"
	"net"
	"time"

	"framecraft/protocol"
)

// The other side of a scenario that is a server's: somebody who connects to the
// listener of the command line, or the built-in client. That one is as strict as
// the endpoint: it checks the response, sends a few messages, answers pings and
// the Close frame, and fails the connection for every broken rule that has a
// status code.

// accept waits for the first connection.
func accept(ctx context.Context, listener *net.TCPListener) (*conn, error) {
	release := context.AfterFunc(ctx, func() { _ = listener.SetDeadline(time.Unix(1, 0)) })
	defer release()
	tcp, err := listener.AcceptTCP()
	if err != nil {
		return nil, errors.Join(context.Cause(ctx), err)
	}
	return newConn(tcp), nil
}

// openClient starts the built-in client and returns the server's end.
func (p *player) openClient(ctx context.Context) (*conn, error) {
	near, far, err := pair(ctx)
	if err != nil {
		return nil, err
	}
	p.task(func() {
		defer near.Close()
		c := builtInClient{tcp: near, key: randomHandshakeKey()}
		c.run()
	})
	return newConn(far), nil
}

// builtInClient is one connection of the built-in client. It ends with TCP: the
// player closes that.
type builtInClient struct {
	tcp  *net.TCPConn
	key  string
	in   []byte
	conn protocol.Conn
}

// clientMessages are what the client sends after the handshake.
const clientMessages = `text "Hello from the built-in client"
ping "still there?"
binary hex:00017fff`

func (c *builtInClient) run() {
	if !c.handshake() {
		return
	}
	c.conn.Init(protocol.Config{Role: protocol.RoleClient, Fatal: protocol.Strict(), MaxMessage: DefaultLimits().Bytes})
	drafts, err := protocol.ParseNotation(clientMessages)
	if err != nil {
		return // a test holds that it is none
	}
	for _, draft := range drafts {
		if _, err := c.tcp.Write(draft.AppendTo(nil, randomKey())); err != nil {
			return
		}
	}
	buffer := make([]byte, readSize)
	for c.conn.State() != protocol.StateClosed {
		for rest := c.in; len(rest) > 0; {
			_, n := c.conn.Receive(rest, randomKey())
			rest = rest[n:]
		}
		if _, err := c.tcp.Write(c.conn.TakeOutput(nil)); err != nil {
			return
		}
		if c.conn.State() == protocol.StateClosed {
			break
		}
		n, err := c.tcp.Read(buffer)
		if err != nil {
			return
		}
		c.in = buffer[:n]
	}
	// The server ends TCP first (RFC 6455, section 7.1.1).
	_ = c.tcp.SetReadDeadline(time.Now().Add(clientPatience))
	for {
		if _, err := c.tcp.Read(buffer); err != nil {
			return
		}
	}
}

// clientPatience is how long the client waits for the end of TCP.
const clientPatience = 2 * time.Second

// handshake asks and reads the response; what stands behind it is in c.in. It
// reports whether a client may go on (RFC 6455, section 4.1).
func (c *builtInClient) handshake() bool {
	sent := protocol.DefaultRequest(builtInAuthority, "/", c.key).AppendTo(nil)
	if _, err := c.tcp.Write(sent); err != nil {
		return false
	}
	request, _, err := protocol.ParseRequestHead(sent)
	if err != nil {
		return false
	}
	buffer := make([]byte, readSize)
	for !bytes.Contains(c.in, []byte("\n\r\n")) && len(c.in) < readSize {
		n, err := c.tcp.Read(buffer)
		if err != nil {
			return false
		}
		c.in = append(c.in, buffer[:n]...)
	}
	head, n, err := protocol.ParseResponseHead(c.in)
	if err != nil {
		return false
	}
	c.in = c.in[n:]
	for _, d := range protocol.CheckHandshake(nil, request, head) {
		if d.Rule.Rule().StatusCode == protocol.StatusAbnormalClosure {
			return false
		}
	}
	return head.StatusNumber() == 101
}

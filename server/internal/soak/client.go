package main

import (
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"framecraft/protocol"
)

// client is one WebSocket connection: package protocol on a socket.
type client struct {
	tcp      *net.TCPConn
	protocol *protocol.Conn
	room     []byte
	rest     []byte // of room, not looked at yet
	key      protocol.MaskingKey
	deflate  bool
}

// patience is how long an answer may take.
const patience = 30 * time.Second

// dial connects and shakes hands. With deflate it offers permessage-deflate, each
// message for itself.
func dial(address, target string, deflate bool, lines ...string) (*client, error) {
	tcp, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		return nil, err
	}
	c := &client{tcp: tcp.(*net.TCPConn), room: make([]byte, 32<<10), key: 0x37fa213d, deflate: deflate}
	if deflate {
		lines = append(lines, "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover")
	}
	c.protocol = protocol.NewConn(protocol.Config{Role: protocol.RoleClient, Fatal: protocol.Strict(), Deflate: deflate})
	request := "GET " + target + " HTTP/1.1\r\nHost: " + address + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + strings.Join(append(lines, ""), "\r\n") + "\r\n"
	if err := c.shake(request); err != nil {
		tcp.Close()
		return nil, fmt.Errorf("handshake on %s: %w", target, err)
	}
	return c, nil
}

func (c *client) shake(request string) error {
	if err := c.write([]byte(request)); err != nil {
		return err
	}
	c.tcp.SetReadDeadline(time.Now().Add(patience))
	reader := bufio.NewReader(c.tcp)
	answer, err := http.ReadResponse(reader, nil)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusSwitchingProtocols {
		return fmt.Errorf("found %s, expected 101", answer.Status)
	}
	if agreed := answer.Header.Get("Sec-WebSocket-Extensions") != ""; agreed != c.deflate {
		return fmt.Errorf("permessage-deflate agreed on: %v, expected %v", agreed, c.deflate)
	}
	c.rest, _ = reader.Peek(reader.Buffered())
	return nil
}

func (c *client) write(b []byte) error {
	c.tcp.SetWriteDeadline(time.Now().Add(patience))
	_, err := c.tcp.Write(b)
	return err
}

// nextKey is a step of a linear congruential generator.
func (c *client) nextKey() protocol.MaskingKey {
	c.key = c.key*1664525 + 1013904223
	return c.key
}

// frames returns a message, cut into fragments of a size; 0 is one frame.
func (c *client) frames(opcode protocol.Opcode, message []byte, size int) (wire []byte) {
	flags := protocol.Flags(0).WithOpcode(opcode)
	if c.deflate {
		message = protocol.AppendDeflate(nil, message, protocol.DeflateOptions{WindowBits: 15})
		flags |= protocol.RSV1
	}
	for {
		piece := message
		if size > 0 && len(piece) > size {
			piece = piece[:size]
		}
		if message = message[len(piece):]; len(message) == 0 {
			flags |= protocol.FIN
		}
		h := protocol.Header{Flags: flags | protocol.MASK, MaskingKey: c.nextKey(), PayloadLength: uint64(len(piece))}
		wire = h.AppendTo(wire)
		start := len(wire)
		wire = append(wire, piece...)
		protocol.Mask(wire[start:], h.MaskingKey, 0)
		if len(message) == 0 {
			return wire
		}
		flags = 0
	}
}

// errClosed says that the server has closed the connection by a Close frame.
var errClosed = errors.New("the server closed the connection")

// next returns the next message, inflated. Pings are answered on the way.
func (c *client) next() ([]byte, error) {
	for {
		for len(c.rest) > 0 {
			event, n := c.protocol.Receive(c.rest, c.nextKey())
			c.rest = c.rest[n:]
			if output := c.protocol.TakeOutput(nil); len(output) > 0 {
				if err := c.write(output); err != nil {
					return nil, err
				}
			}
			switch event.Kind {
			case protocol.EventMessage:
				if event.Header.Has(protocol.RSV1) {
					return inflate(event.Payload)
				}
				return bytes.Clone(event.Payload), nil
			case protocol.EventClose:
				return nil, fmt.Errorf("%w with %d", errClosed, event.Code)
			case protocol.EventFailed:
				return nil, fmt.Errorf("the server broke %v", event.Rule)
			}
		}
		c.tcp.SetReadDeadline(time.Now().Add(patience))
		n, err := c.tcp.Read(c.room)
		if err != nil {
			return nil, err
		}
		c.rest = c.room[:n]
	}
}

// inflate is done by the standard library, so that compression is held against
// another hand's work.
func inflate(message []byte) ([]byte, error) {
	const tail = "\x00\x00\xff\xff\x01\x00\x00\xff\xff"
	return io.ReadAll(flate.NewReader(io.MultiReader(bytes.NewReader(message), strings.NewReader(tail))))
}

// close shakes hands on closing.
func (c *client) close() error {
	defer c.tcp.Close()
	c.protocol.Close(protocol.StatusNormalClosure, "", c.nextKey())
	if err := c.write(c.protocol.TakeOutput(nil)); err != nil {
		return err
	}
	for {
		if _, err := c.next(); errors.Is(err, errClosed) {
			return nil
		} else if err != nil {
			return fmt.Errorf("closing: %w", err)
		}
	}
}

// reset ends the connection in the rudest way.
func (c *client) reset() {
	c.tcp.SetLinger(0)
	c.tcp.Close()
}

// Command gws is github.com/lxzan/gws as a contender.
package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	_ "unsafe" // for go:linkname

	"github.com/lxzan/gws"

	"framecraft/protocol/internal/peers/peer"
)

//go:linkname maskXOR github.com/lxzan/gws/internal.MaskXOR
func maskXOR(b []byte, key []byte)

//go:linkname checkEncoding github.com/lxzan/gws/internal.CheckEncoding
func checkEncoding(enabled bool, opcode uint8, payload []byte) bool

// header is laid out like its type frameHeader.
type header [14]byte

//go:linkname parseHeader github.com/lxzan/gws.(*frameHeader).Parse
func parseHeader(h *header, r io.Reader) (int, error)

//go:linkname generateHeader github.com/lxzan/gws.(*frameHeader).GenerateHeader
func generateHeader(h *header, isServer, fin, compress bool, opcode gws.Opcode, length int) (int, []byte)

func main() {
	peer.Main(peer.Peer{
		Functions: map[string]peer.Function{
			"mask": peer.Mask("internal.MaskXOR (go:linkname)", func(slots [][]byte) {
				for _, slot := range slots {
					maskXOR(slot, peer.Key[:])
				}
			}),
			"parse":   {How: "frameHeader.Parse (go:linkname), on a bytes.Reader", Make: parse},
			"append":  {How: "frameHeader.GenerateHeader (go:linkname); with a masking key it draws a random one", Make: write},
			"utf8":    {How: "internal.CheckEncoding (go:linkname), which is utf8.Valid", Make: utf8},
			"message": peer.Messages(handler),
		},
		Handler: handler,
		Client:  client,
	})
}

func parse(argument string) (func(), int) {
	stream := peer.Headers(argument, false)
	if stream == nil {
		return nil, 0
	}
	r, h := bytes.NewReader(nil), new(header)
	return func() {
		r.Reset(stream)
		for range peer.HeaderCount {
			if _, err := parseHeader(h, r); err != nil {
				panic(err)
			}
		}
	}, peer.HeaderCount
}

func write(argument string) (func(), int) {
	stream := peer.Headers(argument, false)
	if stream == nil {
		return nil, 0
	}
	h := new(header)
	length, err := parseHeader(h, bytes.NewReader(stream))
	if err != nil {
		panic(err)
	}
	masked := stream[1]&0x80 != 0
	room := make([]byte, 0, len(stream))
	return func() {
		dst := room
		for range peer.HeaderCount {
			n, _ := generateHeader(h, !masked, true, false, gws.OpcodeBinary, length)
			dst = append(dst, h[:n]...)
		}
	}, peer.HeaderCount
}

func utf8(kind string) (func(), int) {
	text := peer.Text(kind)
	if text == nil {
		return nil, 0
	}
	return func() {
		if !checkEncoding(true, 1, text) {
			panic("not UTF-8")
		}
	}, 1
}

// events gives take what arrives.
type events struct {
	gws.BuiltinEventHandler
	take peer.Take
}

// OnMessage answers; an error ends the connection, which the client notices.
func (e events) OnMessage(c *gws.Conn, m *gws.Message) {
	defer m.Close()
	if answer := e.take(byte(m.Opcode), m.Bytes()); answer != nil {
		_ = c.WriteMessage(m.Opcode, answer)
	}
}

// OnPing answers with the same payload data, which its default does not.
func (e events) OnPing(c *gws.Conn, payload []byte) { _ = c.WritePong(payload) }

func handler(take peer.Take) http.Handler {
	upgrader := gws.NewUpgrader(events{take: take}, &gws.ServerOption{CheckUtf8Enabled: true, ReadMaxPayloadSize: 16 << 20})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := upgrader.Upgrade(w, r); err == nil {
			go c.ReadLoop()
		}
	})
}

func client(conn net.Conn, take peer.Take) error {
	c, _, err := gws.NewClientFromConn(events{take: take},
		&gws.ClientOption{Addr: "ws://127.0.0.1/echo", CheckUtf8Enabled: true, ReadMaxPayloadSize: 16 << 20}, conn)
	if err != nil {
		return err
	}
	c.ReadLoop()
	return nil
}

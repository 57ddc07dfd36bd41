// Command xnet is golang.org/x/net/websocket as a contender.
package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	_ "unsafe" // for go:linkname

	"golang.org/x/net/websocket"

	"framecraft/protocol/internal/peers/peer"
)

// reader is laid out like its type hybiFrameReader.
type reader struct {
	reader io.Reader
	header struct {
		fin        bool
		rsv        [3]bool
		opcode     byte
		length     int64
		maskingKey []byte
		data       *bytes.Buffer
	}
	pos    int64
	length int
}

//go:linkname readMasked golang.org/x/net/websocket.(*hybiFrameReader).Read
func readMasked(r *reader, p []byte) (int, error)

// frameReader has the methods of its type of the same name.
type frameReader interface {
	io.Reader
	PayloadType() byte
	HeaderReader() io.Reader
	TrailerReader() io.Reader
	Len() int
}

//go:linkname newFrameReader golang.org/x/net/websocket.hybiFrameReaderFactory.NewFrameReader
func newFrameReader(r struct{ *bufio.Reader }) (frameReader, error)

func main() {
	peer.Main(peer.Peer{
		Functions: map[string]peer.Function{
			"mask":    peer.Mask("hybiFrameReader.Read (go:linkname), over a reader that leaves the bytes alone", mask),
			"parse":   {How: "NewFrameReader (go:linkname), on a bufio.Reader", Make: parse},
			"append":  {Missing: "no function for it: its writer does it in place"},
			"utf8":    {Missing: "leaves UTF-8 to its caller"},
			"message": peer.Messages(handler),
		},
		Handler: handler,
		Client:  client,
	})
}

// already stands for a reader that has filled the room before.
type already struct{}

func (already) Read(p []byte) (int, error) { return len(p), nil }

func mask(slots [][]byte) {
	r := reader{reader: already{}}
	r.header.maskingKey = peer.Key[:]
	for _, slot := range slots {
		r.pos = 0
		_, _ = readMasked(&r, slot) // never fails
	}
}

func parse(argument string) (func(), int) {
	stream := peer.Headers(argument, false)
	if stream == nil {
		return nil, 0
	}
	source := bytes.NewReader(nil)
	r := struct{ *bufio.Reader }{bufio.NewReaderSize(source, len(stream))}
	return func() {
		source.Reset(stream)
		r.Reset(source)
		for range peer.HeaderCount {
			if _, err := newFrameReader(r); err != nil {
				panic(err)
			}
		}
	}, peer.HeaderCount
}

// message is what its codec receives.
type message struct {
	opcode byte
	data   []byte
}

var codec = websocket.Codec{
	Marshal: func(v any) ([]byte, byte, error) {
		m := v.(*message)
		return m.data, m.opcode, nil
	},
	Unmarshal: func(data []byte, opcode byte, v any) error {
		*v.(*message) = message{opcode, data}
		return nil
	},
}

// handler waits in the handler, as the package wants it: the connection ends with it.
func handler(take peer.Take) http.Handler {
	return websocket.Server{Handler: func(c *websocket.Conn) { loop(c, take) }}
}

func client(conn net.Conn, take peer.Take) error {
	config, err := websocket.NewConfig("ws://127.0.0.1/echo", "http://127.0.0.1/")
	if err != nil {
		return err
	}
	c, err := websocket.NewClient(config, conn)
	if err != nil {
		return err
	}
	defer conn.Close()
	loop(c, take)
	return nil
}

func loop(c *websocket.Conn, take peer.Take) {
	c.MaxPayloadBytes = 16 << 20
	var m message
	for codec.Receive(c, &m) == nil {
		if answer := take(m.opcode, m.data); answer != nil && codec.Send(c, &message{m.opcode, answer}) != nil {
			return
		}
	}
}

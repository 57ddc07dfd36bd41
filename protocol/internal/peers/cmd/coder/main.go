// Command coder is github.com/coder/websocket as a contender.
package main

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"net/http"
	_ "unsafe" // for go:linkname

	"github.com/coder/websocket"

	"framecraft/protocol/internal/peers/peer"
)

//go:linkname mask github.com/coder/websocket.mask
func mask(b []byte, key uint32) uint32

// header is laid out like its type of the same name.
type header struct {
	fin, rsv1, rsv2, rsv3 bool
	opcode                int
	payloadLength         int64
	masked                bool
	maskKey               uint32
}

//go:linkname readFrameHeader github.com/coder/websocket.readFrameHeader
func readFrameHeader(r *bufio.Reader, readBuf []byte) (header, error)

//go:linkname writeFrameHeader github.com/coder/websocket.writeFrameHeader
func writeFrameHeader(h header, w *bufio.Writer, buf []byte) error

func main() {
	const littleEndianKey = 0x3d21fa37
	peer.Main(peer.Peer{
		Functions: map[string]peer.Function{
			"mask": peer.Mask("mask (go:linkname)", func(slots [][]byte) {
				for _, slot := range slots {
					mask(slot, littleEndianKey)
				}
			}),
			"parse":   {How: "readFrameHeader (go:linkname), on a bufio.Reader", Make: parse},
			"append":  {How: "writeFrameHeader (go:linkname), into a bufio.Writer", Make: write},
			"utf8":    {Missing: "leaves UTF-8 to its caller"},
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
	source := bytes.NewReader(nil)
	r, buffer := bufio.NewReaderSize(source, len(stream)), make([]byte, 8)
	return func() {
		source.Reset(stream)
		r.Reset(source)
		for range peer.HeaderCount {
			if _, err := readFrameHeader(r, buffer); err != nil {
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
	h, err := readFrameHeader(bufio.NewReader(bytes.NewReader(stream)), make([]byte, 8))
	if err != nil {
		panic(err)
	}
	sink := peer.NewSink(len(stream))
	w, buffer := bufio.NewWriterSize(sink, len(stream)), make([]byte, 8)
	return func() {
		for range peer.HeaderCount {
			if err := writeFrameHeader(h, w, buffer); err != nil {
				panic(err)
			}
		}
	}, peer.HeaderCount
}

func handler(take peer.Take) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
		if err != nil {
			return
		}
		go loop(c, take)
	})
}

func client(conn net.Conn, take peer.Take) error {
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return conn, nil }}
	c, _, err := websocket.Dial(context.Background(), "ws://127.0.0.1/echo", &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		return err
	}
	loop(c, take)
	return nil
}

func loop(c *websocket.Conn, take peer.Take) {
	defer c.CloseNow()
	c.SetReadLimit(16 << 20)
	ctx := context.Background()
	for {
		opcode, message, err := c.Read(ctx)
		if err != nil {
			return
		}
		if answer := take(byte(opcode), message); answer != nil && c.Write(ctx, opcode, answer) != nil {
			return
		}
	}
}

// Command gorilla is github.com/gorilla/websocket as a contender.
package main

import (
	"bufio"
	"net"
	"net/http"
	"net/url"
	"sync"
	_ "unsafe" // for go:linkname

	"github.com/gorilla/websocket"

	"framecraft/protocol/internal/peers/peer"
)

//go:linkname maskBytes github.com/gorilla/websocket.maskBytes
func maskBytes(key [4]byte, pos int, b []byte) int

//go:linkname advanceFrame github.com/gorilla/websocket.(*Conn).advanceFrame
func advanceFrame(c *websocket.Conn) (int, error)

//go:linkname newConn github.com/gorilla/websocket.newConn
func newConn(conn net.Conn, isServer bool, readBufferSize, writeBufferSize int, writeBufferPool websocket.BufferPool, br *bufio.Reader, writeBuf []byte) *websocket.Conn

func main() {
	peer.Main(peer.Peer{
		Functions: map[string]peer.Function{
			"mask": peer.Mask("maskBytes (go:linkname)", func(slots [][]byte) {
				for _, slot := range slots {
					maskBytes(peer.Key, 0, slot)
				}
			}),
			"parse":   {How: "advanceFrame (go:linkname), on empty frames: it judges as well", Make: parse, Missing: "its server refuses what has no masking key"},
			"append":  {Missing: "no function for it: its writer does it in place"},
			"utf8":    {Missing: "leaves UTF-8 to its caller"},
			"message": peer.Messages(handler),
		},
		Handler: handler,
		Client:  client,
	})
}

func parse(argument string) (func(), int) {
	stream := peer.Headers(argument, true)
	if stream == nil || argument[len(argument)-1] != 'd' {
		return nil, 0 // its server refuses frames without a masking key
	}
	m := &peer.Memory{Repeat: stream, Times: 1 << 60}
	c := newConn(m, true, 0, 0, nil, nil, nil)
	return func() {
		for range peer.HeaderCount {
			if _, err := advanceFrame(c); err != nil {
				panic(err)
			}
		}
	}, peer.HeaderCount
}

// Idle connections share the buffers for writing.
var upgrader = websocket.Upgrader{WriteBufferPool: new(sync.Pool), CheckOrigin: func(*http.Request) bool { return true }}

func handler(take peer.Take) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		go loop(c, take)
	})
}

func client(conn net.Conn, take peer.Take) error {
	c, _, err := websocket.NewClient(conn, &url.URL{Scheme: "ws", Host: "127.0.0.1", Path: "/echo"}, nil, 4096, 4096)
	if err != nil {
		return err
	}
	loop(c, take)
	return nil
}

func loop(c *websocket.Conn, take peer.Take) {
	defer c.Close()
	for {
		opcode, message, err := c.ReadMessage()
		if err != nil {
			return
		}
		if answer := take(byte(opcode), message); answer != nil && c.WriteMessage(opcode, answer) != nil {
			return
		}
	}
}

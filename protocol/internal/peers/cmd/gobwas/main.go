// Command gobwas is github.com/gobwas/ws as a contender.
package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/url"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"framecraft/protocol/internal/peers/peer"
)

func main() {
	peer.Main(peer.Peer{
		Functions: map[string]peer.Function{
			"mask": peer.Mask("Cipher; assembly", func(slots [][]byte) {
				for _, slot := range slots {
					ws.Cipher(slot, peer.Key, 0)
				}
			}),
			"parse":   {How: "ReadHeaderBuffer on a bytes.Reader", Make: parse},
			"append":  {How: "WriteHeaderBuffer into memory", Make: write},
			"utf8":    {How: "wsutil.UTF8Reader, which copies the text", Make: utf8},
			"message": peer.Messages(handler),
		},
		Handler: handler,
		Client:  client,
		Serve:   serve,
	})
}

func parse(argument string) (func(), int) {
	stream := peer.Headers(argument, false)
	if stream == nil {
		return nil, 0
	}
	r, buffer := bytes.NewReader(nil), make([]byte, ws.MaxHeaderSize)
	return func() {
		r.Reset(stream)
		for range peer.HeaderCount {
			if _, err := ws.ReadHeaderBuffer(r, buffer); err != nil {
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
	h, err := ws.ReadHeader(bytes.NewReader(stream))
	if err != nil {
		panic(err)
	}
	sink, buffer := peer.NewSink(len(stream)), make([]byte, ws.MaxHeaderSize)
	return func() {
		for range peer.HeaderCount {
			if err := ws.WriteHeaderBuffer(sink, h, buffer); err != nil {
				panic(err)
			}
		}
	}, peer.HeaderCount
}

func utf8(kind string) (func(), int) {
	text := peer.Text(kind)
	if text == nil {
		return nil, 0
	}
	source, room := bytes.NewReader(nil), make([]byte, len(text))
	r := wsutil.NewUTF8Reader(source)
	return func() {
		source.Reset(text)
		r.Reset(source)
		if _, err := io.ReadFull(r, room); err != nil || !r.Valid() {
			panic("not UTF-8")
		}
	}, 1
}

func handler(take peer.Take) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, _, err := ws.UpgradeHTTP(r, w)
		if err != nil {
			return
		}
		go loop(conn, bufio.NewReader(conn), ws.StateServerSide, take)
	})
}

func client(conn net.Conn, take peer.Take) error {
	r, _, err := ws.Dialer{}.Upgrade(conn, &url.URL{Scheme: "ws", Host: "127.0.0.1", Path: "/echo"})
	if err != nil {
		return err
	}
	if r == nil {
		r = bufio.NewReader(conn)
	}
	loop(conn, r, ws.StateClientSide, take)
	return nil
}

// loop reads by wsutil's helper. A buffered writer puts the header and the payload
// data into one system call, which wsutil does not do by itself.
func loop(conn net.Conn, r io.Reader, state ws.State, take peer.Take) {
	defer conn.Close()
	w := bufio.NewWriter(conn)
	both := struct {
		io.Reader
		io.Writer
	}{r, conn}
	for {
		message, opcode, err := wsutil.ReadData(both, state)
		if err != nil {
			return
		}
		if answer := take(byte(opcode), message); answer != nil {
			if wsutil.WriteMessage(w, state, opcode, answer) != nil || w.Flush() != nil {
				return
			}
		}
	}
}

// serve upgrades without net/http. Idle connections have no buffer; those that echo
// have one for reading and one for writing, which spares them system calls.
func serve(listener net.Listener, variant string) error {
	return peer.Accept(listener, func(conn net.Conn) {
		if _, err := (ws.Upgrader{}).Upgrade(conn); err != nil {
			conn.Close()
			return
		}
		if variant == "idle" {
			idle(conn)
			return
		}
		loop(conn, bufio.NewReader(conn), ws.StateServerSide, peer.Echo)
	})
}

func idle(conn net.Conn) {
	defer conn.Close()
	for {
		message, opcode, err := wsutil.ReadClientData(conn)
		if err != nil {
			return
		}
		if wsutil.WriteServerMessage(conn, opcode, message) != nil {
			return
		}
	}
}

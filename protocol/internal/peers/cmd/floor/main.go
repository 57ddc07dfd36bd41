// Command floor is what the machine itself allows: copying memory, and sending
// back bytes over TCP without looking at them.
package main

import (
	"bytes"
	"io"
	"net"
	"sync"
	"syscall"

	"framecraft/protocol/internal/peers/peer"
)

func main() {
	peer.Main(peer.Peer{
		Functions: map[string]peer.Function{
			"mask":    peer.OverSlots("copy", copies()),
			"parse":   {Missing: "nothing to compare with"},
			"append":  {How: "append of the bytes of a header", Make: write},
			"utf8":    {How: "copy", Make: utf8},
			"message": {Missing: "nothing to compare with"},
		},
		Serve: serve,
	})
}

// copies copies slots to slots of the same shape.
func copies() func([][]byte) {
	rooms := map[int][][]byte{}
	return func(slots [][]byte) {
		to := rooms[len(slots[0])]
		if to == nil {
			to = peer.Slots(len(slots[0]))
			rooms[len(slots[0])] = to
		}
		for i, slot := range slots {
			copy(to[i], slot)
		}
	}
}

func write(argument string) (func(), int) {
	stream := peer.Headers(argument, false)
	if stream == nil {
		return nil, 0
	}
	header, room := stream[:len(stream)/peer.HeaderCount], make([]byte, 0, len(stream))
	return func() {
		dst := room
		for range peer.HeaderCount {
			dst = append(dst, header...)
		}
	}, peer.HeaderCount
}

func utf8(kind string) (func(), int) {
	text := peer.Text(kind)
	if text == nil {
		return nil, 0
	}
	room := make([]byte, len(text))
	return func() { copy(room, text) }, 1
}

const answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

// serve answers every request alike. Then it sends all bytes back as they are, or
// parks a goroutine with no buffer.
func serve(listener net.Listener, variant string) error {
	return peer.Accept(listener, func(conn net.Conn) {
		if !shake(conn) {
			conn.Close()
			return
		}
		if variant == "idle" {
			park(conn)
			return
		}
		defer conn.Close()
		room := make([]byte, 256<<10)
		for {
			n, err := conn.Read(room)
			if err != nil {
				return
			}
			if _, err := conn.Write(room[:n]); err != nil {
				return
			}
		}
	})
}

// shake reads a request to its end and answers.
func shake(conn net.Conn) bool {
	var room [1024]byte
	for n := 0; n < len(room); {
		more, err := conn.Read(room[n:])
		if err != nil {
			return false
		}
		n += more
		if bytes.HasSuffix(room[:n], []byte("\r\n\r\n")) {
			_, err := io.WriteString(conn, answer)
			return err == nil
		}
	}
	return false
}

var rooms = sync.Pool{New: func() any { return new([4096]byte) }}

// park sends back what comes, and holds no buffer while nothing does. The runtime
// says only once that something has come, so it is asked for before waiting.
func park(conn net.Conn) {
	defer conn.Close()
	raw, err := conn.(syscall.Conn).SyscallConn()
	if err != nil {
		return
	}
	ended := false
	for err == nil && !ended {
		err = raw.Read(func(fd uintptr) bool {
			room := rooms.Get().(*[4096]byte)
			defer rooms.Put(room)
			n, err := syscall.Read(int(fd), room[:])
			if err == syscall.EAGAIN {
				return false
			}
			if ended = n <= 0 || err != nil; !ended {
				_, err = syscall.Write(int(fd), room[:n])
				ended = err != nil
			}
			return true
		})
	}
}

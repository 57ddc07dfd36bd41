// Command ours measures package protocol. The table's server is the real one.
package main

import (
	"framecraft/protocol"
	"framecraft/protocol/internal/peers/peer"
	"strconv"
)

var key = protocol.MaskingKey(uint32(peer.Key[0])<<24 | uint32(peer.Key[1])<<16 | uint32(peer.Key[2])<<8 | uint32(peer.Key[3]))

func main() {
	peer.Main(peer.Peer{Functions: map[string]peer.Function{
		"mask": peer.Mask("", func(slots [][]byte) {
			for _, slot := range slots {
				protocol.Mask(slot, key, 0)
			}
		}),
		"parse":   {Make: parse},
		"append":  {Make: write},
		"utf8":    {Make: utf8},
		"message": {How: "Conn.Receive and Send on a buffer that the frame is copied into first", Make: message},
	}})
}

func parse(argument string) (func(), int) {
	stream := peer.Headers(argument, false)
	if stream == nil {
		return nil, 0
	}
	return func() {
		var sum uint64
		for rest := stream; len(rest) > 0; {
			h, n, err := protocol.ParseHeader(rest)
			if err != nil {
				panic(err)
			}
			sum += h.PayloadLength
			rest = rest[n:]
		}
		if sum == 0 {
			panic("no payload")
		}
	}, peer.HeaderCount
}

func write(argument string) (func(), int) {
	stream := peer.Headers(argument, false)
	if stream == nil {
		return nil, 0
	}
	h, _, _ := protocol.ParseHeader(stream)
	h.Form = protocol.LengthShortest
	room := make([]byte, 0, len(stream))
	return func() {
		dst := room
		for range peer.HeaderCount {
			dst = h.AppendTo(dst)
		}
		if len(dst) != len(stream) {
			panic("not the stream")
		}
	}, peer.HeaderCount
}

func utf8(kind string) (func(), int) {
	text := peer.Text(kind)
	if text == nil {
		return nil, 0
	}
	return func() {
		var u protocol.UTF8
		if u.Feed(text) >= 0 || !u.Complete() {
			panic("not UTF-8")
		}
	}, 1
}

func message(argument string) (func(), int) {
	size, err := strconv.Atoi(argument)
	if err != nil {
		return nil, 0
	}
	frame, count := peer.Frame(size), peer.MessageCount(size)
	buffer := make([]byte, len(frame))
	var out []byte
	return func() {
		c := protocol.NewConn(protocol.Config{Role: protocol.RoleServer, Fatal: protocol.Strict(), MaxMessage: 16 << 20})
		for range count {
			copy(buffer, frame)
			event, n := c.Receive(buffer, 0)
			if event.Kind != protocol.EventMessage || n != len(buffer) {
				panic("no message")
			}
			c.Send(event.Opcode, event.Payload, 0)
			out = c.TakeOutput(out)
		}
	}, count
}

package peers

import (
	"encoding/binary"
	"math/rand/v2"

	"framecraft/protocol"
)

// Random traffic of one side of a connection: legal, or legal with one thing broken.
// To break something else: a function in breaks. Frames are drawn before they are
// written, so that a break can be where a frame means something.

type frame struct {
	header  protocol.Header
	payload []byte
}

// sizes are payload lengths around everything that depends on them.
var sizes = []int{0, 0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 124, 125, 126, 127, 128, 129, 255, 256, 1000, 4095, 4096, 4097}

var words = []string{"Hello", " ", "Größe", "€", "日本語", "🙂", "\x00", "naïve", "\u07ff\u0800", "\uffff\U00010000"}

// text is valid UTF-8 of about so many bytes.
func text(random *rand.Rand, size int) []byte {
	var out []byte
	for len(out) < size {
		if word := words[random.IntN(len(words))]; len(out)+len(word) <= size {
			out = append(out, word...)
		} else {
			out = append(out, 'x')
		}
	}
	return out
}

func binaryData(random *rand.Rand, size int) []byte {
	out := make([]byte, size)
	for i := range out {
		out[i] = byte(random.Uint32())
	}
	return out
}

func (g *generator) size() int {
	if g.random.IntN(200) == 0 {
		return []int{65535, 65536, 70000}[g.random.IntN(3)]
	}
	return sizes[g.random.IntN(len(sizes))]
}

type generator struct {
	random *rand.Rand
	role   protocol.Role // who sends
}

func (g *generator) frame(flags protocol.Flags, opcode protocol.Opcode, payload []byte) frame {
	h := protocol.Header{Flags: flags.WithOpcode(opcode), PayloadLength: uint64(len(payload))}
	if g.role == protocol.RoleClient {
		h.Flags |= protocol.MASK
		h.MaskingKey = protocol.MaskingKey(g.random.Uint32())
	}
	return frame{header: h, payload: payload}
}

func (g *generator) control() frame {
	opcode := []protocol.Opcode{protocol.OpcodePing, protocol.OpcodePong}[g.random.IntN(2)]
	return g.frame(protocol.FIN, opcode, binaryData(g.random, g.random.IntN(126)))
}

// legal draws some messages with control frames between and within them, and mostly
// a Close frame at the end.
func (g *generator) legal() []frame {
	var frames []frame
	for range 1 + g.random.IntN(4) {
		opcode, message := protocol.OpcodeBinary, binaryData(g.random, g.size())
		if g.random.IntN(2) == 0 {
			opcode, message = protocol.OpcodeText, text(g.random, g.size())
		}
		for pieces := 1 + max(0, g.random.IntN(6)-2); pieces > 0; pieces-- {
			n := len(message)
			flags := protocol.FIN
			if pieces > 1 {
				n, flags = g.random.IntN(n+1), 0
			}
			frames = append(frames, g.frame(flags, opcode, message[:n:n]))
			message, opcode = message[n:], protocol.OpcodeContinuation
			if g.random.IntN(4) == 0 {
				frames = append(frames, g.control())
			}
		}
	}
	if g.random.IntN(4) > 0 {
		frames = append(frames, g.close())
	}
	return frames
}

// codes are those that a Close frame may have.
var codes = []uint16{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999}

func (g *generator) close() frame {
	var payload []byte
	if g.random.IntN(4) > 0 {
		payload = binary.BigEndian.AppendUint16(nil, codes[g.random.IntN(len(codes))])
		payload = append(payload, text(g.random, g.random.IntN(60))...)
	}
	return g.frame(protocol.FIN, protocol.OpcodeClose, payload)
}

// breaks are what can be done to a list of frames. Each is given the index of one.
var breaks = []func(g *generator, list []frame, at int) []frame{
	func(g *generator, list []frame, at int) []frame { // reserved bits
		list[at].header.Flags ^= []protocol.Flags{protocol.RSV1, protocol.RSV2, protocol.RSV3}[g.random.IntN(3)]
		return list
	},
	func(g *generator, list []frame, at int) []frame { // a reserved opcode
		list[at].header.Flags = list[at].header.Flags.WithOpcode(protocol.Opcode([]int{3, 4, 5, 6, 7, 11, 12, 13, 14, 15}[g.random.IntN(10)]))
		return list
	},
	func(g *generator, list []frame, _ int) []frame { // one that is not whole
		f := g.frame(protocol.FIN, protocol.Opcode(11+g.random.IntN(5)), []byte("some"))
		f.header.PayloadLength += 5
		return append(list, f)
	},
	func(_ *generator, list []frame, at int) []frame { // masked or not, the wrong way
		list[at].header.Flags ^= protocol.MASK
		return list
	},
	func(g *generator, list []frame, at int) []frame { // a longer form of the length
		list[at].header.Form = []protocol.LengthForm{protocol.Length16, protocol.Length64}[g.random.IntN(2)]
		if list[at].header.PayloadLength > 65535 {
			list[at].header.Form = protocol.Length64
		}
		return list
	},
	func(_ *generator, list []frame, at int) []frame { // the top bit of the length
		list[at].header.PayloadLength |= 1 << 63
		return list
	},
	func(g *generator, list []frame, at int) []frame { // that and a reserved bit
		list[at].header.PayloadLength |= 1 << 63
		list[at].header.Flags |= []protocol.Flags{protocol.RSV1, protocol.RSV2, protocol.RSV3}[g.random.IntN(3)]
		return list
	},
	func(_ *generator, list []frame, at int) []frame { // a length beyond every limit
		list[at].header.PayloadLength |= 1 << 40
		return list
	},
	func(g *generator, list []frame, _ int) []frame { // a control frame that is too long
		return g.insert(list, g.frame(protocol.FIN, protocol.OpcodePing, binaryData(g.random, 126+g.random.IntN(100))))
	},
	func(g *generator, list []frame, _ int) []frame { // a control frame in pieces
		return g.insert(list, g.frame(0, protocol.OpcodePong, nil))
	},
	func(g *generator, list []frame, _ int) []frame { // a continuation of nothing, or in place of a last one
		return g.insert(list, g.frame(protocol.FIN, protocol.OpcodeContinuation, text(g.random, 5)))
	},
	func(g *generator, list []frame, _ int) []frame { // a message within a message, perhaps
		return g.insert(list, g.frame(protocol.FIN, protocol.OpcodeBinary, nil))
	},
	func(_ *generator, list []frame, at int) []frame { // a message that does not end where it did
		list[at].header.Flags ^= protocol.FIN
		return list
	},
	func(g *generator, list []frame, at int) []frame { // a byte that UTF-8 never has, in a text
		for i := range list {
			if f := &list[(at+i)%len(list)]; f.header.Opcode() == protocol.OpcodeText && len(f.payload) > 0 {
				f.payload[g.random.IntN(len(f.payload))] = 0xff
				break
			}
		}
		return list
	},
	func(g *generator, list []frame, _ int) []frame { // a text that ends within a character
		return g.insert(list, g.frame(protocol.FIN, protocol.OpcodeText, []byte("gr\xc3")))
	},
	func(g *generator, list []frame, _ int) []frame { // a status code that must not be sent
		bad := []uint16{0, 999, 1004, 1005, 1006, 1012, 1013, 1014, 1015, 1016, 1100, 2000, 2999, 5000, 65535}
		return append(list, g.frame(protocol.FIN, protocol.OpcodeClose, binary.BigEndian.AppendUint16(nil, bad[g.random.IntN(len(bad))])))
	},
	func(g *generator, list []frame, _ int) []frame { // half a status code
		return append(list, g.frame(protocol.FIN, protocol.OpcodeClose, []byte{3}))
	},
	func(g *generator, list []frame, _ int) []frame { // a reason that is not UTF-8
		return append(list, g.frame(protocol.FIN, protocol.OpcodeClose, []byte("\x03\xe8\xc3\x28")))
	},
	func(g *generator, list []frame, _ int) []frame { // something after the Close frame
		return append(append(list, g.close()), g.legal()...)
	},
}

// insert puts a frame anywhere.
func (g *generator) insert(list []frame, f frame) []frame {
	at := g.random.IntN(len(list) + 1)
	return append(list[:at:at], append([]frame{f}, list[at:]...)...)
}

// stream draws what one side sends: a third of it legal, a third with something
// broken on purpose, a third with any bits turned over or bytes cut off.
func (g *generator) stream() []byte {
	list := g.legal()
	kind := g.random.IntN(3)
	if kind == 1 {
		if last := len(list) - 1; list[last].header.Opcode() == protocol.OpcodeClose {
			list = list[:last]
		}
		list = breaks[g.random.IntN(len(breaks))](g, list, g.random.IntN(len(list)))
	}
	var out []byte
	for _, f := range list {
		out = f.header.AppendTo(out)
		start := len(out)
		out = append(out, f.payload...)
		if f.header.Has(protocol.MASK) {
			protocol.Mask(out[start:], f.header.MaskingKey, 0)
		}
	}
	if kind == 2 {
		if g.random.IntN(3) == 0 {
			return out[:g.random.IntN(len(out))]
		}
		for range 1 + g.random.IntN(3) {
			out[g.random.IntN(len(out))] ^= 1 << g.random.IntN(8)
		}
	}
	return out
}

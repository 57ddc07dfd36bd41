package peer

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
)

// What the measured functions work on.

// Key is the masking key of all samples.
var Key = [4]byte{0x37, 0xfa, 0x21, 0x3d}

const arena = 128 << 10

// Slots are pieces of memory of this size, one behind the other, 256 of them or as
// many as fit into 128 KiB. Whoever masks one piece again and again waits for its
// own stores, which nobody does who masks what has just arrived.
func Slots(size int) [][]byte {
	room := make([]byte, max(arena, 2*size))
	slots := make([][]byte, 0, 256)
	// Not all on the same place within a cache line.
	stride := size + 1
	if size >= 1024 {
		stride = size
	}
	for at := 0; at+size <= len(room) && len(slots) < cap(slots); at += stride {
		slots = append(slots, room[at:at+size:at+size])
	}
	for i := range room {
		room[i] = byte(i * 7)
	}
	return slots
}

// OverSlots is a Function over Slots.
func OverSlots(how string, work func(slots [][]byte)) Function {
	return Function{How: how, Make: func(argument string) (func(), int) {
		size, err := strconv.Atoi(argument)
		if err != nil {
			return nil, 0
		}
		slots := Slots(size)
		return func() { work(slots) }, len(slots)
	}}
}

// Mask is OverSlots for what masks with Key, which is seen to.
func Mask(how string, mask func(slots [][]byte)) Function {
	f := OverSlots(how, mask)
	without := f.Make
	f.Make = func(argument string) (func(), int) {
		run, calls := without(argument)
		if run == nil {
			return nil, 0
		}
		slots := Slots(len(argument) + 13)
		before := bytes.Clone(slots[1])
		mask(slots)
		for i, b := range slots[1] {
			if b != before[i]^Key[i&3] {
				panic("it does not mask")
			}
		}
		return run, calls
	}
	return f
}

// HeaderCount is how many headers a stream has.
const HeaderCount = 128

// Lengths are the payload lengths of the header samples.
var Lengths = map[string]uint64{"7": 125, "16": 4096, "64": 1 << 20}

// Headers are headers of binary frames one behind the other: 7, 16 or 64 bits of
// payload length, with a masking key if the argument ends with "masked".
// Empty claims a length of zero in the same form, for whoever reads the payload too.
func Headers(argument string, empty bool) []byte {
	form, masked := strings.CutSuffix(argument, "masked")
	length, ok := Lengths[form]
	if !ok {
		return nil
	}
	if empty {
		length = 0
	}
	var bit byte
	if masked {
		bit = 0x80
	}
	var out []byte
	for range HeaderCount {
		switch form {
		case "7":
			out = append(out, 0x82, bit|byte(length))
		case "16":
			out = append(out, 0x82, bit|126)
			out = binary.BigEndian.AppendUint16(out, uint16(length))
		case "64":
			out = append(out, 0x82, bit|127)
			out = binary.BigEndian.AppendUint64(out, length)
		}
		if masked {
			out = append(out, Key[:]...)
		}
	}
	return out
}

var texts = map[string]string{
	"ascii": "The quick brown fox jumps over the lazy dog, and the dog does not mind. ",
	"two":   "Съешь же ещё этих мягких французских булок, да выпей чаю. ",
	"three": "いろはにほへとちりぬるをわかよたれそつねならむ、うゐのおくやまけふこえて。",
	"mixed": "Grüße aus Köln: 5 € für “naïve” cafés, 日本 too. ",
}

// Text is 64 KiB of valid UTF-8 of a kind, or nil.
func Text(kind string) []byte {
	unit := texts[kind]
	if unit == "" {
		return nil
	}
	text := bytes.Repeat([]byte(unit), 64<<10/len(unit)+1)
	// Cut between two units, so that it is as valid as they are.
	return text[:64<<10/len(unit)*len(unit)]
}

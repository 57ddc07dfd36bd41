package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
)

// wasm makes a module of a type section, the data segments, and a custom section.
func wasm(segments ...segment) []byte {
	body := binary.AppendUvarint(nil, uint64(len(segments)))
	for _, s := range segments {
		body = append(body, 0, 0x41)
		body = appendSigned(body, int64(s.address))
		body = append(body, 0x0b)
		body = binary.AppendUvarint(body, uint64(len(s.data)))
		body = append(body, s.data...)
	}
	b := []byte("\x00asm\x01\x00\x00\x00\x01\x01\x00")
	b = append(b, dataSection)
	b = binary.AppendUvarint(b, uint64(len(body)))
	b = append(b, body...)
	return append(b, custom...)
}

// custom is a section that slim leaves out.
const custom = "\x00\x03\x01xy"

func TestSegmentsAreJoined(t *testing.T) {
	src := wasm(segment{300, []byte("three")}, segment{64, []byte("one")}, segment{100, []byte("two")})
	m, err := parseModule(src)
	if err != nil {
		t.Fatal(err)
	}
	memory := make([]byte, 241)
	copy(memory, "one")
	copy(memory[36:], "two")
	copy(memory[236:], "three")
	if want := bytes.TrimSuffix(wasm(segment{64, memory}), []byte(custom)); !bytes.Equal(m.append(nil), want) {
		t.Errorf("got %q, expected %q", m.append(nil), want)
	}
}

func TestBrokenModules(t *testing.T) {
	whole := wasm(segment{64, []byte("one")})
	for cut := range len(whole) - len(custom) {
		if _, err := parseModule(whole[:cut]); err == nil {
			t.Errorf("a module cut at byte %d was read", cut)
		}
	}
	for name, src := range map[string][]byte{
		"overlap":      wasm(segment{64, []byte("one")}, segment{65, []byte("two")}),
		"far away":     wasm(segment{64, []byte("one")}, segment{math.MaxInt32, []byte("two")}),
		"negative":     bytes.Replace(whole, []byte{0x41, 0xc0, 0x00}, []byte{0x41, 0xc0, 0x40}, 1),
		"passive":      bytes.Replace(whole, []byte{0x00, 0x41}, []byte{0x01, 0x41}, 1),
		"no segments":  wasm(),
		"another kind": []byte("\x00asm\x02\x00\x00\x00"),
	} {
		if _, err := parseModule(src); err == nil {
			t.Errorf("%s: a broken module was read", name)
		}
	}
}

func TestSigned(t *testing.T) {
	for _, value := range []int64{0, 1, 63, 64, 127, 128, 8191, 8192, 1 << 31, -1, -64, -65, math.MaxInt64, math.MinInt64} {
		b := appendSigned(nil, value)
		if got, n := signed(b); got != value || n != len(b) {
			t.Errorf("%d was written as %x and read as %d in %d bytes", value, b, got, n)
		}
		for cut := range b {
			if _, n := signed(b[:cut]); n != 0 {
				t.Errorf("%d, cut at byte %d, was read", value, cut)
			}
		}
	}
}

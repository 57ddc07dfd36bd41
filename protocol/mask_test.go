package protocol

import (
	"bytes"
	"strconv"
	"testing"
)

// maskBytes is masking as the RFC writes it down.
func maskBytes(payload []byte, key MaskingKey, position uint64) {
	octets := [4]byte{byte(key >> 24), byte(key >> 16), byte(key >> 8), byte(key)}
	for i := range payload {
		payload[i] ^= octets[(position+uint64(i))%4]
	}
}

func TestMaskLikeTheRFC(t *testing.T) {
	plain := make([]byte, 600)
	for i := range plain {
		plain[i] = byte(i*7 + i>>3)
	}
	for _, key := range []MaskingKey{0x37fa213d, 0xff000000, 0x000000ff, 0x01020304, 0} {
		for length := 0; length <= 300; length++ {
			for start := range 9 {
				for _, position := range []uint64{0, 1, 2, 3, 1<<32 + 1, 1<<64 - 2} {
					got := append([]byte(nil), plain...)
					want := append([]byte(nil), plain...)
					Mask(got[start:start+length], key, position)
					maskBytes(want[start:start+length], key, position)
					if !bytes.Equal(got, want) {
						t.Fatalf("key %s, %d bytes from %d at position %d:\n%x\n%x", key, length, start, position, got, want)
					}
				}
			}
		}
	}
}

func TestMaskInPieces(t *testing.T) {
	whole := make([]byte, 257)
	Mask(whole, 0x37fa213d, 0)
	for cut := range whole {
		pieces := make([]byte, len(whole))
		Mask(pieces[:cut], 0x37fa213d, 0)
		Mask(pieces[cut:], 0x37fa213d, uint64(cut))
		if !bytes.Equal(pieces, whole) {
			t.Fatalf("cut at %d: %x", cut, pieces)
		}
	}
}

func TestMaskingKey(t *testing.T) {
	key, err := ParseMaskingKey("37fA213d")
	if err != nil || key != 0x37fa213d || key.String() != "37fa213d" {
		t.Errorf("got %s, %v", key, err)
	}
	for _, bad := range []string{"", "37fa213", "37fa213d0", "37fa213g", "0x37fa21"} {
		if _, err := ParseMaskingKey(bad); err == nil {
			t.Errorf("%q was read as a masking key", bad)
		}
	}
}

func BenchmarkMask(b *testing.B) {
	for _, size := range []int{16, 125, 1 << 10, 64 << 10, 1 << 20} {
		payload, copied := make([]byte, size), make([]byte, size)
		for _, way := range []struct {
			name string
			run  func()
		}{
			{"words", func() { Mask(payload, 0x37fa213d, 0) }},
			{"memcpy", func() { copy(copied, payload) }},
			{"bytes", func() { maskBytes(payload, 0x37fa213d, 0) }},
		} {
			b.Run(strconv.Itoa(size)+"/"+way.name, func(b *testing.B) {
				b.SetBytes(int64(size))
				for b.Loop() {
					way.run()
				}
			})
		}
	}
}

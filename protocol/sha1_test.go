package protocol

import (
	"crypto/sha1"
	"encoding/base64"
	"strings"
	"testing"
)

func TestSHA1(t *testing.T) {
	// A block is 64 bytes, of which the last eight of the last one are the length.
	for _, n := range []int{0, 1, 55, 56, 57, 60, 63, 64, 65, 119, 120, 121, 127, 128, 129, 1000} {
		for _, text := range []string{strings.Repeat("a", n), strings.Repeat("\xff\x00\x80", n)[:n]} {
			if got, want := sha1Sum(text), sha1.Sum([]byte(text)); got != want {
				t.Errorf("%d bytes: %x, expected %x", n, got, want)
			}
		}
	}
}

func FuzzSHA1(f *testing.F) {
	for _, n := range []int{0, 55, 56, 64, 120} {
		f.Add(strings.Repeat("x", n))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := sha1Sum(text), sha1.Sum([]byte(text)); got != want {
			t.Errorf("%q: %x, expected %x", text, got, want)
		}
		steps := ComputeAccept(text)
		sum := sha1.Sum([]byte(text + AcceptGUID))
		if steps.Accept != base64.StdEncoding.EncodeToString(sum[:]) || steps.Key+AcceptGUID != steps.Joined || steps.SHA1 != sum {
			t.Errorf("%q: %+v", text, steps)
		}
		length, canonical, ok := readKey(text)
		decoded, err := base64.StdEncoding.DecodeString(text)
		// The standard library passes over line ends, and takes nothing for base64.
		if strings.ContainsAny(text, "\r\n") || text == "" {
			if ok {
				t.Errorf("%q is taken for a key", text)
			}
			return
		}
		_, strict := base64.StdEncoding.Strict().DecodeString(text)
		if ok != (err == nil) || ok && (length != len(decoded) || canonical != (strict == nil)) {
			t.Errorf("%q: %d bytes, %v, %v; expected %d, %v, %v", text, length, canonical, ok, len(decoded), strict, err)
		}
	})
}

func TestReadKey(t *testing.T) {
	tests := []struct {
		key       string
		length    int
		canonical bool
		ok        bool
	}{
		{"AA==", 1, true, true}, {"AQ==", 1, true, true}, {"AB==", 1, false, true}, {"AE==", 1, false, true}, {"AI==", 1, false, true},
		{"AAA=", 2, true, true}, {"AAB=", 2, false, true}, {"AAC=", 2, false, true}, {"AAE=", 2, true, true},
		{"azAZ", 3, true, true}, {"09+/", 3, true, true}, {"AAA@", 0, false, false}, {"AAA[", 0, false, false}, {"AAA{", 0, false, false},
		{"", 0, false, false}, {"A===", 0, false, false}, {"A=A=", 0, false, false}, {"AAA", 0, false, false}, {"AAAAA", 0, false, false},
	}
	for _, test := range tests {
		if length, canonical, ok := readKey(test.key); length != test.length || canonical != test.canonical || ok != test.ok {
			t.Errorf("%q: %d bytes, canonical %v, %v", test.key, length, canonical, ok)
		}
	}
}

func TestComputeAccept(t *testing.T) {
	// RFC 6455, section 1.3.
	got := ComputeAccept("dGhlIHNhbXBsZSBub25jZQ==")
	want := AcceptSteps{
		Key:    "dGhlIHNhbXBsZSBub25jZQ==",
		Joined: "dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
		SHA1: [20]byte{0xb3, 0x7a, 0x4f, 0x2c, 0xc0, 0x62, 0x4f, 0x16, 0x90, 0xf6, 0x46, 0x06, 0xcf, 0x38, 0x59, 0x45,
			0xb2, 0xbe, 0xc4, 0xea},
		Accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
	}
	if got != want {
		t.Errorf("got %+v\nexpected %+v", got, want)
	}
}

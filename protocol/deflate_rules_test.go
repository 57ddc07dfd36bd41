package protocol

import (
	"bytes"
	"errors"
	"testing"
)

// TestDeflateRules: for every rule about compressed payload data the messages
// that break it, and what shows that they do.
func TestDeflateRules(t *testing.T) {
	hello, again, far := "f248cdc9c90700", "f200110000", "4a1c05a360148c0260010000"
	kept := DeflateParams{ServerNoContextTakeover: true, ClientNoContextTakeover: true}
	small := DeflateParams{ServerMaxWindowBits: 10, ClientMaxWindowBits: 10, ClientMaxWindowBitsOffered: true}
	tests := []struct {
		rule     string
		sender   Role
		params   DeflateParams
		messages []string
		// Either the last message fails, or it ends in a way, or something is shown.
		fails  bool
		reason InflateReason
		end    InflateEnd
		shown  string
	}{
		{"deflate-data-invalid", RoleServer, DeflateParams{}, []string{"06"}, true, InflateBlockReserved, 0, ""},
		{"deflate-tail-kept", RoleServer, DeflateParams{}, []string{"000000ffff"}, false, 0, InflateTailKept, ""},
		{"deflate-tail-missing", RoleServer, DeflateParams{}, []string{""}, false, 0, InflateTailMissing, ""},
		{"deflate-bfinal-padding-nonzero", RoleServer, DeflateParams{}, []string{"030400"}, false, 0, InflateComplete, "{10 6} padding 1"},
		{"deflate-fragment-tail-removed", RoleServer, DeflateParams{}, []string{"f2480500cac9c90700"}, true, InflateStoredLength, 0, ""},
		{"deflate-client-context-kept", RoleClient, kept, []string{hello, again}, true, InflateForgotten, 0, ""},
		{"deflate-server-context-kept", RoleServer, kept, []string{hello, again}, true, InflateForgotten, 0, ""},
		{"deflate-client-window-exceeded", RoleClient, small, []string{far}, true, InflateWindow, 0, ""},
		{"deflate-server-window-exceeded", RoleServer, small, []string{far}, true, InflateWindow, 0, ""},
	}
	for _, test := range tests {
		seen := &trace{}
		z := NewInflater(InflateConfig{
			WindowBits:        test.params.WindowBits(test.sender),
			NoContextTakeover: test.params.NoContextTakeover(test.sender),
			Visitor:           seen,
		})
		var end InflateEnd
		var err error
		for _, message := range test.messages {
			if err != nil {
				t.Fatalf("%s: the first message fails: %v", test.rule, err)
			}
			_, end, err = inflateAll(z, unhex(t, message), 2)
		}
		var typed *InflateError
		switch {
		case errors.As(err, &typed) != test.fails:
			t.Errorf("%s: %v", test.rule, err)
		case test.fails && typed.Reason != test.reason:
			t.Errorf("%s: reason %d: %v", test.rule, typed.Reason, err)
		case !test.fails && end != test.end:
			t.Errorf("%s: end %d", test.rule, end)
		case !seen.has(test.shown):
			t.Errorf("%s: shown is\n%s", test.rule, seen)
		}
		// The other side has agreed to nothing of the kind.
		if test.params != (DeflateParams{}) {
			z := NewInflater(InflateConfig{})
			for _, message := range test.messages {
				if _, _, err := inflateAll(z, unhex(t, message), 2); err != nil {
					t.Errorf("%s: without parameters: %v", test.rule, err)
				}
			}
		}
	}
}

// TestInflateBufferEdge: the bytes 00 00 ff ff are never written behind a payload,
// where the next frame stands.
func TestInflateBufferEdge(t *testing.T) {
	buffer := append(unhex(t, "f248cdc9c90700"), "the next frame"...)
	before := bytes.Clone(buffer)
	out, _, err := inflateAll(NewInflater(InflateConfig{}), buffer[:7], 7)
	if string(out) != "Hello" || err != nil || !bytes.Equal(buffer, before) {
		t.Errorf("%q, %v, and the buffer is %x", out, err, buffer)
	}
}

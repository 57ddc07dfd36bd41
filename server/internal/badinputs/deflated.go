package badinputs

import (
	"bytes"
	"compress/flate"
	"fmt"
	"strings"
	"testing"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// Deflated is a row with permessage-deflate agreed on. What is sent is notation;
// a line that begins with "< " is what comes back in between. LIMIT+1 and LIMIT*4
// stand for zeros that inflate to so much, in hex; FAR for a match at a distance
// of 300 bytes, TEXT for compressed bytes that are no text.
type Deflated struct {
	Row, Offer, Sent string
	Code             protocol.StatusCode
	Reason           string // begins with this
}

const anyDeflate = "permessage-deflate; client_max_window_bits"

// DeflatedRows are those rows, and more like them.
var DeflatedRows = []Deflated{
	{"14 inflates to a byte too many", anyDeflate, "binary rsv1 hex:LIMIT+1", 1009, "the message inflates"},
	{"14 inflates to four times the limit", anyDeflate, "binary rsv1 hex:LIMIT*4", 1009, "the message inflates"},
	{"14 the same after a good message", anyDeflate, "binary rsv1 hex:LIMIT+0\n< binary repeat(00,LIMIT)\nbinary rsv1 hex:LIMIT+1", 1009, "the message inflates"},
	{"18 RSV1 on a ping", anyDeflate, "ping rsv1", 1002, "deflate-rsv1-on-control"},
	{"18 RSV1 on a Close frame", anyDeflate, "close rsv1 1000", 1002, "deflate-rsv1-on-control"},
	{"18 RSV1 inside a message", anyDeflate, "text nofin \"a\"\ncontinuation rsv1", 1002, "deflate-rsv1-on-continuation"},
	{"17 RSV2", anyDeflate, "text rsv2 \"a\"", 1002, "frame-rsv2-unnegotiated"},
	{"29 inflates to what is not UTF-8", anyDeflate, "text rsv1 hex:TEXT", 1007, "text-invalid-utf8"},
	{"29 ends inside a character", anyDeflate, "text rsv1 hex:CHARACTER", 1007, "text-invalid-utf8"},
	{"29 not compressed", anyDeflate, "text hex:ff", 1007, "text-invalid-utf8"},
	{"no DEFLATE", anyDeflate, "text rsv1 hex:06", 1007, "deflate-data-invalid: bit 1"},
	{"a length and another", anyDeflate, "text rsv1 hex:0005000000", 1007, "deflate-data-invalid"},
	{"ends inside a block", anyDeflate, "text rsv1 hex:002000dfff4865", 1007, "deflate-data-invalid"},
	{"22 a match into old memory", anyDeflate, "text rsv1 hex:f200110000", 1007, "deflate-data-invalid: bit 11"},
	{"a match into the message before", anyDeflate, "text rsv1 hex:f248cdc9c90700\n< text \"Hello\"\ntext rsv1 hex:f200110000", 1007, "deflate-data-invalid"},
	{"a match beyond the window", "permessage-deflate; client_max_window_bits=8", "binary rsv1 hex:FAR", 1007, "deflate-client-window-exceeded"},
}

// RunDeflated runs each row.
func RunDeflated(t *testing.T, s *Server, rows []Deflated) {
	noise := make([]byte, 300)
	for i, x := 0, uint32(1); i < len(noise); i++ {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	packed := strings.NewReplacer(
		"LIMIT+0", deflate(t, make([]byte, s.MaxMessage)),
		"LIMIT+1", deflate(t, make([]byte, s.MaxMessage+1)),
		"LIMIT*4", deflate(t, make([]byte, 4*s.MaxMessage)),
		"LIMIT", fmt.Sprint(s.MaxMessage),
		"FAR", fmt.Sprintf("%x", protocol.AppendDeflate(nil, bytes.Repeat(noise, 2), protocol.DeflateOptions{})),
		"TEXT", deflate(t, []byte("a\xff")),
		"CHARACTER", deflate(t, []byte("\xce")),
	)
	for _, row := range rows {
		s.row(t, row.Row, func(t *testing.T) {
			p := s.dial(t, "Sec-WebSocket-Extensions: "+row.Offer)
			for line := range strings.Lines(packed.Replace(row.Sent)) {
				if answer, ok := strings.CutPrefix(line, "< "); ok {
					expectInflated(t, p, answer)
				} else {
					p.Send(line)
				}
			}
			if reason := p.ExpectCloseFrame(row.Code); !strings.HasPrefix(reason, row.Reason) {
				t.Errorf("the reason is %q, expected %q", reason, row.Reason)
			}
			p.ExpectEnd(testpeer.Patience)
			p.TCP.Close()
		})
	}
}

// expectInflated reads a message, which the server may have compressed.
func expectInflated(t *testing.T, p *testpeer.Peer, notation string) {
	t.Helper()
	drafts, err := protocol.ParseNotation(notation)
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.Next(testpeer.Patience)
	if err != nil {
		t.Fatal(err)
	}
	payload := f.Payload
	if f.Header.Has(protocol.RSV1) {
		inflater := protocol.NewInflater(protocol.InflateConfig{})
		if payload, err = inflater.Inflate(nil, payload); err == nil {
			payload, _, err = inflater.Finish(payload)
		}
	}
	if want := drafts[0].Payload.AppendTo(nil); err != nil || !bytes.Equal(payload, want) {
		t.Fatalf("found %v of %d bytes, %v, expected %d", f, len(payload), err, len(want))
	}
}

// deflate is how permessage-deflate sends the bytes, in hex. It is the standard
// library's, so that nothing here is judged by what made it.
func deflate(t testing.TB, src []byte) string {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err == nil {
		_, err = w.Write(src)
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", bytes.TrimSuffix(out.Bytes(), []byte("\x00\x00\xff\xff")))
}

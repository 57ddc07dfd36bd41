package protocol

import (
	"encoding/hex"
	"strings"
	"testing"
)

// agreedVector is a vector that is read under an agreement on
// permessage-deflate; "" is none.
type agreedVector struct {
	agreed string
	vector
}

const pmdParams = pmd + "; server_no_context_takeover; server_max_window_bits=10"

// compressedVectors has the smallest stream for every rule of RFC 7692 about frames
// and payload data, and streams that break none of them, as a server sends them.
// allVectors adds the client's forms.
var compressedVectors = []agreedVector{
	{pmd, vector{"rsv1 on a ping", RoleServer, false, "c900", "deflate-rsv1-on-control", OutcomeFails, 1002}},
	{pmd, vector{"rsv1 on a reserved control frame", RoleServer, false, "cb00", "frame-opcode-reserved deflate-rsv1-on-control", OutcomeFails, 1002}},
	{pmd, vector{"rsv1 on a reserved data frame", RoleServer, false, "c300", "frame-opcode-reserved", OutcomeFails, 1002}},
	{pmd, vector{"rsv1 on a continuation", RoleServer, false, "0100 c000", "deflate-rsv1-on-continuation", OutcomeFails, 1002}},
	{pmd, vector{"rsv1 in half a header", RoleServer, false, "c9", "deflate-rsv1-on-control", OutcomeFails, 1002}},
	{pmd, vector{"rsv2", RoleServer, false, "a100", "frame-rsv2-unnegotiated", OutcomeFails, 1002}},
	{pmd, vector{"an uncompressed text that is bad", RoleServer, false, "8101ff", "text-invalid-utf8", OutcomeFails, 1007}},

	{pmd, vector{"data", RoleServer, false, "c10106", "deflate-data-invalid", OutcomeFails, 1007}},
	{pmd, vector{"data that was never compressed", RoleServer, false, "c10548656c6c6f", "deflate-data-invalid", OutcomeFails, 1007}},
	{pmd, vector{"data that ends inside a block", RoleServer, false, "c106000900f6ff48", "deflate-data-invalid", OutcomeFails, 1007}},
	{pmd, vector{"a match before all data", RoleServer, false, "c105f200110000", "deflate-data-invalid", OutcomeFails, 1007}},
	{pmd, vector{"messages that build on bad data", RoleServer, false, "c10106 c105f200110000 c107f248cdc9c90700", "deflate-data-invalid", OutcomeFails, 1007}},
	{pmd, vector{"bad data twice", RoleServer, false, "c10106 c10106", "deflate-data-invalid deflate-data-invalid", OutcomeFails, 1007}},
	{pmd, vector{"tail kept", RoleServer, false, "c105000000ffff", "deflate-tail-kept", OutcomeNoted, 0}},
	{pmd, vector{"tail kept behind data, and the message after it", RoleServer, false, "c10bf248cdc9c907000000ffff c105f200110000", "deflate-tail-kept", OutcomeNoted, 0}},
	{pmd, vector{"tail kept in a fragment of its own", RoleServer, false, "4107f248cdc9c90700 80040000ffff", "deflate-tail-kept", OutcomeNoted, 0}},
	{pmd, vector{"no data", RoleServer, false, "c100", "deflate-tail-missing", OutcomeNoted, 0}},
	{pmd, vector{"no data in two fragments", RoleServer, false, "4100 8000", "deflate-tail-missing", OutcomeNoted, 0}},
	{pmd, vector{"BFINAL without 00", RoleServer, false, "c107f348cdc9c90700", "deflate-tail-missing", OutcomeNoted, 0}},
	{pmd, vector{"padding", RoleServer, false, "c103030400", "deflate-bfinal-padding-nonzero", OutcomeNoted, 0}},
	{pmd, vector{"padding, in two fragments", RoleServer, false, "410103 80020400", "deflate-bfinal-padding-nonzero", OutcomeNoted, 0}},
	{pmd, vector{"fragment", RoleServer, false, "4104f2480500 8005cac9c90700", "deflate-fragment-tail-removed", OutcomeFails, 1007}},
	{pmd, vector{"fragment, and a ping between", RoleServer, false, "4104f2480500 8900 8005cac9c90700", "deflate-fragment-tail-removed", OutcomeFails, 1007}},
	{pmd, vector{"fragment, the next one short", RoleServer, false, "4104f2480500 0001ca 8004c9c90700", "deflate-fragment-tail-removed", OutcomeFails, 1007}},
	{pmd, vector{"fragment, the last one shorter than a length", RoleServer, false, "4107f248cdc9c90700 80020200", "deflate-fragment-tail-removed", OutcomeFails, 1007}},
	{pmd + "; server_no_context_takeover", vector{"context", RoleServer, false, "c107f248cdc9c90700 c105f200110000", "deflate-server-context-kept", OutcomeFails, 1007}},
	{pmd + "; server_max_window_bits=10", vector{"window", RoleServer, false, "c10c4a1c05a360148c0260010000", "deflate-server-window-exceeded", OutcomeFails, 1007}},
	{pmdParams, vector{"window and context", RoleServer, false, "c10c4a1c05a360148c0260010000 c105f200110000", "deflate-server-window-exceeded deflate-server-context-kept", OutcomeFails, 1007}},
	{pmd, vector{"a compressed text that is bad", RoleServer, false, "c103fa0f00", "text-invalid-utf8", OutcomeFails, 1007}},
	{pmd, vector{"a compressed text that ends early", RoleServer, false, "c1033a0c00", "text-invalid-utf8", OutcomeFails, 1007}},
	{pmd, vector{"a stored text that is bad", RoleServer, false, "c107000100feffff00", "text-invalid-utf8", OutcomeFails, 1007}},
	{pmd, vector{"bad bytes in a binary message", RoleServer, false, "c203fa0f00", "", OutcomeLegal, 0}},

	{pmd, vector{"section 7.2.3.1", RoleServer, false, "c107f248cdc9c90700", "", OutcomeLegal, 0}},
	{pmd, vector{"section 7.2.3.1, fragments", RoleServer, false, "4103f248cd 8004c9c90700", "", OutcomeLegal, 0}},
	{pmd, vector{"section 7.2.3.2", RoleServer, false, "c107f248cdc9c90700 c105f200110000", "", OutcomeLegal, 0}},
	{pmd, vector{"section 7.2.3.3", RoleServer, false, "c10b000500faff48656c6c6f00", "", OutcomeLegal, 0}},
	{pmd, vector{"section 7.2.3.4", RoleServer, false, "c108f348cdc9c9070000", "", OutcomeLegal, 0}},
	{pmd, vector{"section 7.2.3.5", RoleServer, false, "c10df2480500 0000ffffcac9c90700", "", OutcomeLegal, 0}},
	{pmd, vector{"padding in front of a stored block's length", RoleServer, false, "c10b080500faff48656c6c6f00", "", OutcomeLegal, 0}},
	{pmd, vector{"a message empty", RoleServer, false, "c10100", "", OutcomeLegal, 0}},
	{pmd, vector{"messages compressed and not", RoleServer, false, "c107f248cdc9c90700 810548656c6c6f c105f200110000", "", OutcomeLegal, 0}},
	{pmd, vector{"a message that waits", RoleServer, false, "4103f248cd", "", OutcomeLegal, 0}},
	{pmd, vector{"half a payload", RoleServer, false, "c107f248cd", "", OutcomeWaits, 0}},
	{pmd, vector{"a message given up for another", RoleServer, false, "4103f248cd c107f248cdc9c90700", "sequence-data-interleaved", OutcomeFails, 1002}},
}

// allVectors returns the vectors with and without an agreement.
func allVectors() []agreedVector {
	all := make([]agreedVector, 0, len(vectors)+2*len(compressedVectors))
	for _, v := range vectors {
		all = append(all, agreedVector{"", v})
	}
	for _, v := range compressedVectors {
		all = append(all, v)
		other := v.ofClient()
		all = append(all, other)
	}
	return all
}

// ofClient returns the vector as a client sends it, each frame with a key of its
// own.
func (v agreedVector) ofClient() agreedVector {
	src, err := hex.DecodeString(strings.ReplaceAll(v.hex, " ", ""))
	if err != nil {
		panic(err)
	}
	var dst []byte
	for key := MaskingKey(0x37fa213d); len(src) > 0; key += 0x01010101 {
		h, n, err := ParseHeader(src)
		if err != nil {
			dst = append(dst, src[0])
			break
		}
		h.Flags, h.MaskingKey = h.Flags|MASK, key
		payload := src[n:][:min(int(h.PayloadLength), len(src)-n)]
		dst = h.AppendTo(dst)
		dst = append(dst, payload...)
		Mask(dst[len(dst)-len(payload):], key, 0)
		src = src[n+len(payload):]
	}
	v.name += ", client"
	v.sender, v.hex = RoleClient, hex.EncodeToString(dst)
	v.breaks = strings.ReplaceAll(v.breaks, "-server-", "-client-")
	v.agreed = strings.ReplaceAll(v.agreed, "server_", "client_")
	return v
}

// options are those under which the vector is read.
func (v agreedVector) options() Options {
	options := Options{Sender: v.sender, Ended: v.ended}
	options.Deflate, options.DeflateAgreed = agreed(v.agreed)
	return options
}

// agreed reads an agreement that can be read.
func agreed(text string) (DeflateParams, bool) {
	params, agreed, err := ParseDeflateAgreement(text)
	if err != nil {
		panic(err)
	}
	return params, agreed
}

func TestFoundUnderDeflate(t *testing.T) {
	tests := []struct {
		agreed string
		sender Role
		hex    string
		bit    uint64
		bits   uint64
		want   string
	}{
		{pmd, RoleServer, "c900", 1, 1, "RSV1 is 1 in a ping frame, which cannot be compressed."},
		{pmd, RoleServer, "0100 c000", 17, 1, "RSV1 is 1 in a continuation frame; only the first frame of a message may have it."},
		{pmd, RoleServer, "c101 06", 21, 2, "In byte 0 of the compressed data: found block type 11, expected 00, 01 or 10."},
		{pmd, RoleServer, "4102 0009 8902 0000 8004 00f6ff48", 104, 8, "In byte 10 of the compressed data: found the end of the message, expected the rest of a stored block."},
		{pmd, RoleServer, "c105 000000ffff", 24, 32, "The data ends with 00 00 ff ff, which should have been removed."},
		{pmd, RoleServer, "4105 000000ffff 8000", 24, 32, "The data ends with 00 00 ff ff, which should have been removed."},
		{pmd, RoleServer, "4103 000000 8002 ffff", 24, 16, "The data ends with 00 00 ff ff, which should have been removed."},
		{pmd, RoleServer, "c100", 0, 1, "The message has no payload data; even nothing compresses to one byte, 00."},
		{pmd, RoleServer, "c107 f348cdc9c90700", 64, 8, "With 00 00 ff ff put back, the data does not end with an empty stored block."},
		{pmd, RoleServer, "c103 030400", 24, 6, "The 6 bits behind the block with BFINAL have the value 1."},
		{pmd, RoleServer, "4104 f2480500 8005 cac9c90700", 40, 8, "The fragment ends where 00 00 ff ff has to follow, and the next one goes on without it."},
		{pmd + "; client_no_context_takeover", RoleClient, "c187 37fa213d c5b2ecf4fefd21 c185 0a0b0c0d f80b1d0d0a", 160, 16,
			"A match reaches 5 bytes back, and the message has only 1 so far: it begins in one before."},
		{pmd + "; server_no_context_takeover", RoleServer, "c107 f248cdc9c90700 c105 f200110000", 96, 16,
			"A match reaches 5 bytes back, and the message has only 1 so far: it begins in one before."},
		{pmd + "; client_max_window_bits=10", RoleClient, "c18c 37fa213d 7de6249e57eead3f57fb213d", 104, 32,
			"A match reaches 1025 bytes back; the window agreed on has 1024."},
		{pmd + "; server_max_window_bits=10", RoleServer, "c10c 4a1c05a360148c0260010000", 72, 32,
			"A match reaches 1025 bytes back; the window agreed on has 1024."},
		{pmd, RoleServer, "c103 fa0f00", 16, 16, "Byte 0 of the message is 0xff, which no UTF-8 text can have there."},
		{pmd, RoleServer, "c103 3a0c00", 32, 8, "The last character of the message is not complete."},
	}
	said := RuleSet(0)
	for _, test := range tests {
		options := Options{Sender: test.sender}
		options.Deflate, options.DeflateAgreed = agreed(test.agreed)
		r := Inspect(unhex(t, test.hex), options)
		if len(r.Diagnostics) != 1 || r.Diagnostics[0].Found() != test.want {
			t.Errorf("%s: found %+v, expected %q", test.hex, r.Diagnostics, test.want)
			continue
		}
		if got, want := r.Diagnostics[0].Span, (Span{test.bit, test.bits}); got != want {
			t.Errorf("%s: found at %v, expected %v", test.hex, got, want)
		}
		said = said.With(r.Diagnostics[0].Rule)
	}
	for id := firstDeflateRule; id < firstHandshakeRule; id++ {
		if !said.Has(id) {
			t.Errorf("what %s found is not tested", id)
		}
	}
}

// A Conn under the agreement delivers compressed messages as they came.
func TestConnUnderDeflate(t *testing.T) {
	strict := strictServer()
	strict.Deflate = true
	lenient := Config{Role: RoleServer, Deflate: true}
	tests := []struct {
		name   string
		config Config
		in     string
		want   string
	}{
		{"a compressed text", strict, `text rsv1 hex:f248cdc9c90700`, "text/1 f248cdc9c90700"},
		{"which is not judged as UTF-8, even in the end", strict, `text rsv1 hex:ffc3`, "text/1 ffc3"},
		{"in fragments", strict, "text rsv1 nofin hex:f248cd\nping\ncontinuation hex:c9c90700", "ping ;text/2 f248cdc9c90700"},
		{"an uncompressed text between", strict, "text \"a\"\ntext rsv1 hex:ff\ntext \"b\"", "text/1 61;text/1 ff;text/1 62"},
		{"an uncompressed text that is bad", strict, "text rsv1 hex:ff\ntext hex:ff", "text/1 ff;failed 1007"},
		{"RSV1 on a control frame", strict, `ping rsv1`, "failed 1002"},
		{"RSV1 on a Close frame", strict, `close rsv1 1000`, "failed 1002"},
		{"RSV1 on a continuation", strict, "text nofin\ncontinuation rsv1", "failed 1002"},
		{"RSV1 twice in a message", strict, "text rsv1 nofin\ncontinuation rsv1", "failed 1002"},
		{"RSV2", strict, `text rsv1 rsv2`, "failed 1002"},
		{"a reason", strict, `close 1000 hex:ff`, "failed 1007"},
		{"lenient", lenient, "ping rsv1\ntext nofin\ncontinuation rsv1 hex:ff", "ping ;text/2 ff"},
		{"without the agreement", strictServer(), `text rsv1`, "failed 1002"},
		{"lenient without the agreement, still a text", Config{Role: RoleServer, Fatal: 1 << RuleTextInvalidUTF8}, `text rsv1 hex:ff`, "failed 1007"},
	}
	for _, test := range tests {
		for _, size := range []int{0, 1} {
			log, _ := run(NewConn(test.config), notation(t, test.in), size)
			if got := strings.Join(log, ";"); got != test.want {
				t.Errorf("%s, in pieces of %d: %s, expected %s", test.name, size, got, test.want)
			}
		}
	}
	c := NewConn(strict)
	event, _ := c.Receive(notation(t, `binary rsv1 hex:00`), 0)
	if !event.Header.Has(RSV1) {
		t.Errorf("the event's header is %+v, without RSV1", event.Header)
	}
	event, _ = c.Receive(notation(t, `ping rsv1`), 0)
	if event.Rule != RuleDeflateRSV1OnControl {
		t.Errorf("failed for %v", event.Rule)
	}
}

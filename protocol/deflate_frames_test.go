package protocol

import (
	"strings"
	"testing"
)

// agreedVector is a vector that is read under an agreement on
// permessage-deflate; "" is none.
type agreedVector struct {
	agreed string
	vector
}

const pmd = "permessage-deflate"

// compressedVectors has the smallest stream for every rule of RFC 7692 about frames
// and payload data, and streams that break none of them.
var compressedVectors = []agreedVector{
	{pmd, vector{"rsv1 on a ping", RoleServer, false, "c900", "deflate-rsv1-on-control", OutcomeFails, 1002}},
	{pmd, vector{"rsv1 on a ping, client", RoleClient, false, "c98037fa213d", "deflate-rsv1-on-control", OutcomeFails, 1002}},
	{pmd, vector{"rsv1 on a reserved control frame", RoleServer, false, "cb00", "frame-opcode-reserved deflate-rsv1-on-control", OutcomeFails, 1002}},
	{pmd, vector{"rsv1 on a reserved data frame", RoleServer, false, "c300", "frame-opcode-reserved", OutcomeFails, 1002}},
	{pmd, vector{"rsv1 on a continuation", RoleServer, false, "0100c000", "deflate-rsv1-on-continuation", OutcomeFails, 1002}},
	{pmd, vector{"rsv1 on a continuation, client", RoleClient, false, "018037fa213dc0800a0b0c0d", "deflate-rsv1-on-continuation", OutcomeFails, 1002}},
	{pmd, vector{"rsv1 in half a header", RoleServer, false, "c9", "deflate-rsv1-on-control", OutcomeFails, 1002}},
	{pmd, vector{"rsv2", RoleServer, false, "a100", "frame-rsv2-unnegotiated", OutcomeFails, 1002}},
	{pmd, vector{"an uncompressed text that is bad", RoleServer, false, "8101ff", "text-invalid-utf8", OutcomeFails, 1007}},
}

// allVectors returns the vectors with and without an agreement.
func allVectors() []agreedVector {
	all := make([]agreedVector, 0, len(vectors)+len(compressedVectors))
	for _, v := range vectors {
		all = append(all, agreedVector{"", v})
	}
	return append(all, compressedVectors...)
}

// options are those under which the vector is read.
func (v agreedVector) options() Options {
	options := Options{Sender: v.sender, Ended: v.ended}
	options.Deflate, options.DeflateAgreed = agreed(v.agreed)
	return options
}

// agreed reads the element of a response; "" is no agreement.
func agreed(element string) (DeflateParams, bool) {
	if element == "" {
		return DeflateParams{}, false
	}
	list, err := ParseExtensions(element)
	if err != nil {
		panic(err)
	}
	params, wrong := readDeflateParams(list[0], true)
	if len(wrong) > 0 {
		panic(wrong[0])
	}
	return params, true
}

func TestFoundUnderDeflate(t *testing.T) {
	tests := []struct {
		agreed string
		sender Role
		hex    string
		want   string
	}{
		{pmd, RoleServer, "c900", "RSV1 is 1 in a ping frame, which cannot be compressed."},
		{pmd, RoleServer, "0100c000", "RSV1 is 1 in a continuation frame; only the first frame of a message may have it."},
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

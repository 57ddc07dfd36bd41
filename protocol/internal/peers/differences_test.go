package peers

import (
	"slices"
	"strings"
)

// differences are all that the differential test may find: what some peers do
// otherwise where ours has found one of these rules broken first. "none" is for
// streams in which ours finds nothing wrong, "limit" for a message that is longer
// than what both take. Kinds are in kinds. A row that never occurs fails the test,
// as does a difference without a row.
var differences = []struct{ peers, rules, kind, why string }{
	{"gobwas", "frame-rsv1-unnegotiated frame-rsv2-unnegotiated frame-rsv3-unnegotiated frame-opcode-reserved frame-length-msb-set frame-control-fragmented frame-control-too-long frame-masked-from-server frame-unmasked-from-client sequence-continuation-unexpected sequence-data-interleaved text-invalid-utf8",
		"silent", "Its reader returns an error; to send a Close frame is left to its caller."},
	{"coder", "frame-unmasked-from-client frame-length-msb-set",
		"silent", "It drops the connection without a Close frame."},
	{"coder", "frame-rsv1-unnegotiated frame-rsv2-unnegotiated frame-rsv3-unnegotiated",
		"silent", "Where the top bit of the length is set as well, it sees that first, and drops the connection for it."},
	{"gorilla", "frame-length-msb-set",
		"silent", "It takes such a length for one beyond its limit, and says so to its caller only."},
	{"gws", "frame-length-msb-set",
		"crashes", "The length becomes negative and passes its limit; the slice that is cut by it panics in the goroutine that reads, which ends the whole process."},
	{"gobwas gorilla", "limit",
		"silent", "It has no such limit unless it is given one, and the stream ends first."},
	{"coder", "limit",
		"goes on", "It counts the bytes that arrive, not those that a header claims, and the stream ends first."},
	{"xnet", "limit",
		"goes on", "It has such a limit and ends without a Close frame, after each frame before was delivered for itself."},
	{"gobwas gorilla coder gws", "frame-length-not-minimal",
		"goes on", "It takes a length in any form that holds it. RFC 6455, section 5.2 asks the sender for the shortest and the receiver for nothing."},
	{"coder", "frame-masked-from-server",
		"goes on", "As a client it unmasks what the server has masked."},
	{"coder gorilla", "text-invalid-utf8",
		"goes on", "It leaves UTF-8 to its caller and delivers the text."},
	{"gws", "text-invalid-utf8",
		"later", "It judges a text once it is whole, so control frames between its fragments are still answered, and a stream that ends before is answered with 1000."},
	{"gws", "frame-opcode-reserved sequence-continuation-unexpected sequence-data-interleaved",
		"code", "It reads a frame's payload data before it judges the opcode; where the stream ends in it, the code is 1000, and 1009 where its length is beyond the limit."},
	{"gws", "frame-control-too-long frame-control-fragmented frame-masked-from-server frame-unmasked-from-client frame-rsv1-unnegotiated frame-rsv2-unnegotiated frame-rsv3-unnegotiated",
		"code", "It judges a length by the limit first, and says 1009 of any frame that is beyond it."},
	{"gorilla", "frame-truncated",
		"closes", "It judges the first two bytes of a header before the rest has come."},
	{"gws", "close-code-below-1000 close-code-above-4999 close-code-reserved-on-wire close-code-unassigned",
		"code", "It judges a reason after the code, and the code that it sends is for what it found last."},
	{"gws", "none frame-truncated close-frame-missing",
		"closes", "It sends Close 1000 when the stream ends without a Close frame, or within a frame."},
	{"gws", "none",
		"code", "It answers a code below 1016 with 1000, where ours repeats what it was sent (section 5.5.1: typically)."},
	{"gobwas gorilla", "none",
		"code", "It does not know 1014, which was registered after the RFC, and fails the connection with 1002."},
	{"gobwas", "close-code-below-1000 close-code-reserved-on-wire close-code-unassigned close-payload-one-byte",
		"code", "As a client it masks the payload data of its Close frame with 1002, but loses the header with MASK and the key, so that the code is a random one."},
	{"gobwas", "close-code-above-4999",
		"code", "It knows codes below 1000 as unused, not those above 4999, and repeats them."},
	{"gobwas gorilla coder", "close-reason-invalid-utf8",
		"code", "It fails the connection with 1002 where ours says 1007; coder does not look at the reason and repeats the code."},
	{"gorilla", "close-payload-one-byte",
		"code", "It takes one byte for no code, and answers with none."},
	{"gobwas", "frame-truncated",
		"goes on", "It answers a ping whose payload data is cut off with what there is of it."},
	{"coder", "frame-truncated close-frame-missing",
		"goes on", "Where the stream ends between the fragments of a message, it delivers what has come as if it were whole."},
	{"xnet", "none frame-truncated close-frame-missing frame-masked-from-server frame-unmasked-from-client sequence-continuation-unexpected sequence-data-interleaved",
		"goes on", "It knows no messages: every frame is delivered for itself, also an empty or a truncated one, and a Close frame is not answered."},
	{"xnet", "frame-rsv1-unnegotiated frame-rsv2-unnegotiated frame-rsv3-unnegotiated frame-opcode-reserved frame-length-msb-set frame-length-not-minimal frame-control-fragmented frame-control-too-long",
		"goes on", "Of a header it judges MASK alone; the top bit of a length is cleared, and control frames of any length are answered with 125 bytes."},
	{"xnet", "text-invalid-utf8",
		"goes on", "It leaves UTF-8 to its caller and delivers the text."},
	{"xnet", "close-code-below-1000 close-code-above-4999 close-code-reserved-on-wire close-code-unassigned close-payload-one-byte close-reason-invalid-utf8",
		"goes on", "It ends at a Close frame, whatever stands in it, and answers none."},
}

// kinds are what a row allows.
var kinds = map[string][]string{
	// The same was delivered and answered, and the connection ended without a Close
	// frame, with another code, or with one where ours had no reason for any.
	"silent": {"silent"},
	"code":   {"code"},
	"closes": {"closes"},
	// The same was delivered, but it took longer to end.
	"later": {"answers more", "code", "silent"},
	// The rule is not one to it. What comes then is read, and may end it or not.
	"goes on": {"delivers more", "delivers otherwise", "answers more", "answers otherwise", "code", "closes", "silent"},
	// The process has died.
	"crashes": {"crashes"},
}

// key is who did what otherwise for which rule.
type key struct{ peer, rule, what string }

func (k key) compare(other key) int {
	return strings.Compare(k.rule+" "+k.what+" "+k.peer, other.rule+" "+other.what+" "+other.peer)
}

// explained returns the first row for a difference, or -1.
func (k key) explained() int {
	for i, d := range differences {
		if slices.Contains(strings.Fields(d.peers), k.peer) && slices.Contains(strings.Fields(d.rules), k.rule) && slices.Contains(kinds[d.kind], k.what) {
			return i
		}
	}
	return -1
}

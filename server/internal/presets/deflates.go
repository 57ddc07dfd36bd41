package presets

import p "framecraft/protocol"

// deflates break rules about compressed messages. The endpoint fails some of
// them with 1002 or 1007 and reads on at others, as the rules have it.
var deflates = []Preset{
	{"deflate-rsv1-on-control", "RSV1 on a ping", groupDeflate, rules{p.RuleDeflateRSV1OnControl}, targetEcho,
		offersDeflate + "ping rsv1 \"x\"\nexpect close 1002\nclose 1002\nexpect end\n", "", "Control frames are never compressed."},
	{"deflate-rsv1-on-continuation", "RSV1 on a continuation", groupDeflate, rules{p.RuleDeflateRSV1OnContinuation}, targetEcho,
		offersDeflate + "text nofin \"Hel\"\ncontinuation rsv1 \"lo\"\nexpect close 1002\nclose 1002\nexpect end\n", "", "RSV1 belongs to a message and stands on its first frame alone."},
	{"deflate-data-invalid", "Data that is no DEFLATE", groupDeflate, rules{p.RuleDeflateDataInvalid}, targetEcho,
		offersDeflate + "binary rsv1 hex:06\nexpect close 1007 or 1002\nclose 1007\nexpect end\n", "", "Block type 3 does not exist."},
	{"deflate-tail-kept", "The tail kept", groupDeflate, rules{p.RuleDeflateTailKept}, targetEcho,
		offersDeflate + "text rsv1 deflate(\"Hello\",tail)\nexpect text \"Hello\"\n", "", "A sender takes 00 00 ff ff off the end. Receivers cannot tell and go on."},
	{"deflate-tail-missing", "A message of no block at all", groupDeflate, rules{p.RuleDeflateTailMissing}, targetEcho,
		offersDeflate + "text rsv1 hex:\n", "", "Even an empty message has an empty block: one byte, 00."},
	{"deflate-bfinal-padding-nonzero", "Bits set behind the final block", groupDeflate, rules{p.RuleDeflateBFINALPaddingNonzero}, targetEcho,
		offersDeflate + "binary rsv1 hex:030400\n", "", "Behind a block with BFINAL the rest of its byte is zero."},
	{"deflate-fragment-tail-removed", "The tail of a fragment removed", groupDeflate, rules{p.RuleDeflateFragmentTailRemoved}, targetEcho,
		offersDeflate + "text nofin rsv1 hex:f2480500\ncontinuation hex:cac9c90700\nexpect close 1007 or 1002\nclose 1007\nexpect end\n", "", "Only the end of a message loses its tail; inside of it the bytes are needed."},
	{"deflate-client-context-kept", "A context that was given up", groupDeflate, rules{p.RuleDeflateClientContextKept}, "echo?deflate=client_no_context_takeover",
		"handshake\n  with Sec-WebSocket-Extensions: permessage-deflate\nexpect status 101\n\ntext rsv1 mask=37fa213d hex:f248cdc9c90700\nexpect text \"Hello\"\ntext rsv1 mask=0a0b0c0d hex:f200110000\nexpect close 1007 or 1002\nclose 1007\nexpect end\n", "",
		"The second message refers to the first one, which the client had promised to forget."},
	{"deflate-client-window-exceeded", "A match beyond the window", groupDeflate, rules{p.RuleDeflateClientWindowExceeded}, "echo?deflate=client_max_window_bits=10",
		"handshake\n  with Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\nexpect status 101\n\nbinary rsv1 hex:4a1c05a360148c0260010000\nexpect close 1007 or 1002\nclose 1007\nexpect end\n", "",
		"The last match reaches further back than the 1,024 bytes that were agreed on."},
	{"deflate-not-agreed", "RSV1 without an agreement", groupDeflate, rules{p.RuleFrameRSV1Unnegotiated}, "echo?deflate=off",
		"handshake\n  with Sec-WebSocket-Extensions: permessage-deflate\nexpect status 101\n\nbinary rsv1 deflate(\"Hello\")\nexpect close 1002\nclose 1002\nexpect end\n", "",
		"Offered and not answered: a client that compresses all the same is failed."},
}

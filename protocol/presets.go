package protocol

// Presets are drafts with a name: a legal one for each thing that the protocol
// can do, and at least one for every rule that breaks it. A test holds that each
// breaks exactly the rules it says and no other, so they are test vectors too.
//
// To add a preset, add a row: an ID for links, a title for people, the rule, the
// notation, and a sentence that says what to look at. Keys are written out where
// it matters that they repeat, or where the payload must stay readable.

// Preset is a named draft.
type Preset struct {
	ID    string
	Title string
	// Breaks has the rule that the preset is about, and behind it those that
	// cannot but be broken along with it. A legal preset breaks none.
	Breaks []RuleID
	Sender Role
	Ended  bool
	// Agreed is the agreement on permessage-deflate, as ParseDeflateAgreement
	// reads it; "" is none.
	Agreed   string
	Notation string
	Text     string
}

// Options are those under which the preset is read.
func (p Preset) Options() Options {
	options := Options{Sender: p.Sender, Ended: p.Ended}
	options.Deflate, options.DeflateAgreed, _ = ParseDeflateAgreement(p.Agreed)
	return options
}

// Presets returns all presets, the legal ones first, and behind them those of
// permessage-deflate in the same order.
func Presets() []Preset { return presets }

// Agreements.
const (
	pmd             = DeflateExtension
	pmdForgetful    = pmd + "; " + paramClientNoTakeover
	pmdForgetfulToo = pmd + "; " + paramServerNoTakeover
	pmdSmall        = pmd + "; " + paramClientWindow + "=10"
	pmdSmallServer  = pmd + "; " + paramServerWindow + "=10"
)

// A literal without calls is laid out by the compiler and costs no code, which
// the WASM module is glad of.
var presets = []Preset{
	{"text", "Text", nil, RoleClient, false, "", `text mask=37fa213d "Hello"`,
		"The RFC's own example: five letters, masked."},
	{"server-text", "Text from a server", nil, RoleServer, false, "", `text nomask "Hello"`,
		"The same message the other way: a server's frames are not masked."},
	{"text-utf8", "Text beyond ASCII", nil, RoleClient, false, "", `text "Grüße, κόσμε 👋"`,
		"Characters of one to four bytes; the payload length counts bytes."},
	{"text-empty", "Empty text", nil, RoleClient, false, "", `text`,
		"A frame of six bytes with nothing in it is a whole message."},
	{"binary", "Binary", nil, RoleClient, false, "", `binary hex:00017f80feff`,
		"Bytes that only the application can read."},
	{"fragments", "Fragments", nil, RoleClient, false, "", "text nofin \"Hel\"\ncontinuation nofin \"lo, \"\ncontinuation \"world\"",
		"One message in three frames: the opcode stands in the first, FIN in the last."},
	{"fragments-ping", "Fragments with a ping between", nil, RoleClient, false, "", "text nofin \"Hel\"\nping \"still there?\"\ncontinuation \"lo\"",
		"A control frame may come between two fragments and is answered at once."},
	{"fragment-inside-character", "A character cut in two", nil, RoleClient, false, "", "text nofin hex:e282\ncontinuation hex:ac",
		"The euro sign is divided between two fragments, which is legal: only the whole message has to be UTF-8."},
	{"ping", "Ping", nil, RoleClient, false, "", `ping "are you there?"`,
		"The answer is a pong with the same payload data."},
	{"pong", "Pong nobody asked for", nil, RoleClient, false, "", `pong "here I am"`,
		"Legal, and answered by nothing."},
	{"close", "Close with code and reason", nil, RoleClient, false, "", `close 1000 "bye"`,
		"Two bytes of status code, then a reason in UTF-8."},
	{"close-empty", "Close without a code", nil, RoleClient, false, "", `close`,
		"An empty payload is legal; programs then report 1005."},
	{"close-private", "Close with a private code", nil, RoleClient, false, "", `close 4000 "see the docs"`,
		"3000 to 4999 are for libraries and applications."},
	{"close-longest", "The longest reason", nil, RoleClient, false, "", `close 1000 "123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123"`,
		"123 bytes of reason and two of status code fill a control frame."},
	{"close-then-end", "Close, then the end of TCP", nil, RoleClient, true, "", `close 1000 "bye"`,
		"A Close frame comes first, then TCP may end."},
	{"length-125", "Length 125, in 7 bits", nil, RoleClient, false, "", `binary repeat(61,125)`,
		"The longest payload whose length stands in the second byte."},
	{"length-126", "Length 126, in 16 bits", nil, RoleClient, false, "", `binary repeat(61,126)`,
		"The shortest payload with an extended payload length."},
	{"length-65535", "Length 65,535, in 16 bits", nil, RoleClient, false, "", `binary repeat(61,65535)`,
		"The longest payload whose length fits into 16 bits."},
	{"length-65536", "64 KiB, in 64 bits", nil, RoleClient, false, "", `binary repeat(61,65536)`,
		"The shortest payload that needs all eight bytes of length."},
	{"text-64k", "A text of 64 KiB", nil, RoleClient, false, "", `text repeat("All work and no play. 0123456789",2048)`,
		"65,536 bytes in one frame."},

	{"unmasked", "Unmasked from a client", []RuleID{RuleFrameUnmaskedFromClient}, RoleClient, false, "", `text nomask "Hello"`,
		"MASK is 0 and no key follows: the first thing that home-made clients forget."},
	{"key-without-mask", "A masking key, but MASK is 0", []RuleID{RuleFrameUnmaskedFromClient, RuleTextInvalidUTF8}, RoleClient, false, "", `text nomask len=9 key=37fa213d "Hello"`,
		"The key is there, the bit that announces it is not: a receiver takes the key for payload data."},
	{"masked-server", "Masked from a server", []RuleID{RuleFrameMaskedFromServer}, RoleServer, false, "", `text mask=37fa213d "Hello"`,
		"What comes of sharing one frame writer between client and server."},
	{"rsv1", "RSV1 without compression", []RuleID{RuleFrameRSV1Unnegotiated}, RoleClient, false, "", `text rsv1 "Hello"`,
		"RSV1 means a compressed message, once permessage-deflate is agreed on. Here it is not."},
	{"rsv2", "RSV2 set", []RuleID{RuleFrameRSV2Unnegotiated}, RoleClient, false, "", `text rsv2 "Hello"`,
		"No registered extension uses RSV2."},
	{"rsv3", "RSV3 set", []RuleID{RuleFrameRSV3Unnegotiated}, RoleClient, false, "", `text rsv3 "Hello"`,
		"No registered extension uses RSV3."},
	{"http-on-the-socket", "HTTP on an upgraded socket", []RuleID{RuleFrameRSV1Unnegotiated, RuleFrameOpcodeReserved, RuleFrameUnmaskedFromClient}, RoleClient, false, "", `bytes "GE"`,
		"The first two bytes of a GET read as RSV1, opcode 7 and no MASK: many an odd error is ASCII read as a frame."},
	{"opcode-3", "Reserved opcode 3", []RuleID{RuleFrameOpcodeReserved}, RoleClient, false, "", `opcode=3 "Hello"`,
		"3 to 7 are kept for data frames to come."},
	{"opcode-11", "Reserved opcode 11", []RuleID{RuleFrameOpcodeReserved}, RoleClient, false, "", `opcode=0xb`,
		"11 to 15 are kept for control frames to come."},
	{"length-top-bit", "Top bit of the length", []RuleID{RuleFrameLengthMSBSet}, RoleClient, false, "", `binary len=9223372036854775809 hex:41`,
		"A signed 64-bit length turns negative here; several servers have crashed on it."},
	{"length-all-ones", "The longest length there is", []RuleID{RuleFrameLengthMSBSet}, RoleClient, false, "", `binary len=18446744073709551615`,
		"2^64-1 bytes are announced and none follow."},
	{"length-16-for-5", "Length 5 in 16 bits", []RuleID{RuleFrameLengthNotMinimal}, RoleClient, false, "", `text len16 "Hello"`,
		"Most libraries accept it; browsers do not."},
	{"length-64-for-5", "Length 5 in 64 bits", []RuleID{RuleFrameLengthNotMinimal}, RoleClient, false, "", `text len64 "Hello"`,
		"Eight bytes for a length that fits into seven bits."},
	{"length-64-for-65535", "Length 65,535 in 64 bits", []RuleID{RuleFrameLengthNotMinimal}, RoleClient, false, "", `binary len64 repeat(61,65535)`,
		"One less than the first length that needs the long form."},
	{"key-reused", "The same masking key twice", []RuleID{RuleFrameMaskKeyReused}, RoleClient, false, "", "text mask=37fa213d \"Hello\"\ntext mask=37fa213d \"world\"",
		"Accepted by all, and a sign that keys are not random."},
	{"ping-fragment", "A ping without FIN", []RuleID{RuleFrameControlFragmented}, RoleClient, false, "", `ping nofin "hi"`,
		"Control frames are never fragmented, so a receiver need not keep any."},
	{"ping-126", "A ping of 126 bytes", []RuleID{RuleFrameControlTooLong}, RoleClient, false, "", `ping repeat(61,126)`,
		"One byte more than a control frame may carry."},
	{"close-too-long", "A reason of 124 bytes", []RuleID{RuleFrameControlTooLong}, RoleClient, false, "", `close 1000 repeat(61,124)`,
		"With the two bytes of status code that makes 126."},
	{"truncated", "TCP ends inside the payload", []RuleID{RuleFrameTruncated}, RoleClient, true, "", `text cut=2 "Hello"`,
		"The header promises five bytes, three come, then TCP ends."},
	{"truncated-header", "TCP ends inside the header", []RuleID{RuleFrameTruncated}, RoleClient, true, "", `bytes 81`,
		"One byte of a header, then nothing more."},
	{"interleaved", "A text inside a text", []RuleID{RuleSequenceDataInterleaved}, RoleClient, false, "", "text nofin \"Hel\"\ntext \"lo\"",
		"The second fragment has the opcode of a new message; it has to be a continuation."},
	{"continuation-first", "A continuation of nothing", []RuleID{RuleSequenceContinuationUnexpected}, RoleClient, false, "", `continuation "lo"`,
		"No message is under way that it could continue."},
	{"continuation-after-fin", "A continuation after FIN", []RuleID{RuleSequenceContinuationUnexpected}, RoleClient, false, "", "text \"Hello\"\ncontinuation \", world\"",
		"FIN ended the message one frame too early."},
	{"utf8-bad-byte", "Text that is not UTF-8", []RuleID{RuleTextInvalidUTF8}, RoleClient, false, "", `text "caf\xe9"`,
		"Latin-1 on the wire: 0xe9 begins a character of three bytes that never come."},
	{"utf8-surrogate", "Half a surrogate pair", []RuleID{RuleTextInvalidUTF8}, RoleClient, false, "", `text hex:eda080`,
		"U+D800 is not a character; UTF-8 cannot hold it."},
	{"utf8-overlong", "An overlong slash", []RuleID{RuleTextInvalidUTF8}, RoleClient, false, "", `text hex:c0af`,
		"The slash in two bytes instead of one, once used to slip past path checks."},
	{"utf8-across-fragments", "UTF-8 cut across fragments", []RuleID{RuleTextInvalidUTF8}, RoleClient, false, "", "text nofin hex:ce\ncontinuation hex:41",
		"The first fragment is fine so far; the first byte of the second makes the text invalid."},
	{"wrong-key", "Masked with another key", []RuleID{RuleTextInvalidUTF8}, RoleClient, false, "", `text mask=37fa213d xor=a1b2c3d4 "Hello"`,
		"The key on the wire is not the one that was used, so the payload comes out as noise."},
	{"close-one-byte", "Close with one byte", []RuleID{RuleClosePayloadOneByte}, RoleClient, false, "", `close hex:03`,
		"Half a status code."},
	{"close-reason-utf8", "A reason that is not UTF-8", []RuleID{RuleCloseReasonInvalidUTF8}, RoleClient, false, "", `close 1000 hex:ff`,
		"The reason is text and judged like one."},
	{"data-after-close", "Text after Close", []RuleID{RuleCloseDataAfterClose}, RoleClient, false, "", "close 1000\ntext \"one more thing\"",
		"The receiver throws it away."},
	{"close-missing", "TCP ends without Close", []RuleID{RuleCloseFrameMissing}, RoleClient, true, "", `text "Hello"`,
		"The message is fine; the goodbye is missing, and programs report 1006."},
	{"close-1005", "Close code 1005", []RuleID{RuleCloseCodeReservedOnWire}, RoleClient, false, "", `close 1005`,
		"1005 says that there was no code, so no code can say it."},
	{"close-1006", "Close code 1006", []RuleID{RuleCloseCodeReservedOnWire}, RoleClient, false, "", `close 1006`,
		"1006 says that there was no Close frame, so none can say it."},
	{"close-1015", "Close code 1015", []RuleID{RuleCloseCodeReservedOnWire}, RoleClient, false, "", `close 1015`,
		"1015 reports a failed TLS handshake, before any frame."},
	{"close-1010", "Close code 1010 without a reason", []RuleID{RuleCloseCode1010ReasonMissing}, RoleClient, false, "", `close 1010`,
		"The reason should list the extensions that were missed."},
	{"close-1010-server", "Close code 1010 from a server", []RuleID{RuleCloseCode1010FromServer}, RoleServer, false, "", `close nomask 1010 "permessage-deflate"`,
		"Only a client is meant to send 1010."},
	{"close-999", "Close code 999", []RuleID{RuleCloseCodeBelow1000}, RoleClient, false, "", `close 999`,
		"One below the first status code."},
	{"close-0", "Close code 0", []RuleID{RuleCloseCodeBelow1000}, RoleClient, false, "", `close 0`,
		"A variable that nobody set."},
	{"close-1004", "Close code 1004", []RuleID{RuleCloseCodeUnassigned}, RoleClient, false, "", `close 1004`,
		"Reserved since 2011 and still without a meaning."},
	{"close-2999", "Close code 2999", []RuleID{RuleCloseCodeUnassigned}, RoleClient, false, "", `close 2999`,
		"The last of those kept for the protocol itself."},
	{"close-5000", "Close code 5000", []RuleID{RuleCloseCodeAbove4999}, RoleClient, false, "", `close 5000`,
		"One past the last range. Two bytes can hold it, the registry does not."},

	// permessage-deflate. Most compressed data is written as what it is compressed
	// from; where the bytes themselves are wrong, they stand in hex.
	{"deflate", "Compressed text", nil, RoleClient, false, pmd, `text rsv1 deflate("Hello",fixed)`,
		"RSV1 says that the payload data is compressed: f2 48 cd c9 c9 07 00, as in RFC 7692."},
	{"deflate-not", "Text that stays as it is", nil, RoleClient, false, pmd, "text \"Hello\"\ntext rsv1 deflate(\"Hello\")",
		"The agreement forces nobody: RSV1 says of each message whether it is compressed."},
	{"deflate-fragments", "Compressed, then cut into fragments", nil, RoleClient, false, pmd, "text rsv1 nofin hex:f248cd\ncontinuation hex:c9c90700",
		"The message is compressed first, and its bytes are cut anywhere. Only the first frame has RSV1."},
	{"deflate-context", "The same text again", nil, RoleClient, false, pmd, "text rsv1 deflate(\"Hello\",fixed)\ntext rsv1 hex:f200110000",
		"The window goes on from message to message: the second Hello is a match into the first."},
	{"deflate-stored", "A block stored as it is", nil, RoleClient, false, pmd, `text rsv1 deflate("Hello",stored)`,
		"DEFLATE may leave data uncompressed: five bytes in front and one behind."},
	{"deflate-final", "A block with BFINAL", nil, RoleClient, false, pmd, `text rsv1 deflate("Hello",fixed,final)`,
		"A block may say that it is the last; the byte 00 behind it begins the one that the message ends with."},
	{"deflate-two-blocks", "Two blocks in one message", nil, RoleClient, false, pmd, "text rsv1 nofin deflate(\"He\",tail)\ncontinuation deflate(\"llo\")",
		"Each fragment is compressed by itself; the first keeps its 00 00 ff ff, because the data goes on."},
	{"deflate-empty", "An empty text, compressed", nil, RoleClient, false, pmd, `text rsv1 deflate("")`,
		"Nothing compresses to one byte, 00."},
	{"deflate-window", "A window of 512 bytes", nil, RoleClient, false, pmd + "; client_max_window_bits=9", `text rsv1 deflate(repeat("All work and no play. ",100),window=9)`,
		"Matches reach 512 bytes back at most, as client_max_window_bits=9 asks."},
	{"deflate-bomb", "A megabyte in a kilobyte", nil, RoleClient, false, pmd, `binary rsv1 deflate(repeat(00,1048576))`,
		"Legal, and a thousand times as large when inflated: a receiver has to bound what comes out and answers 1009 beyond."},

	{"deflate-rsv1-ping", "RSV1 on a ping", []RuleID{RuleDeflateRSV1OnControl}, RoleClient, false, pmd, `ping rsv1 "still there?"`,
		"Control frames are never compressed."},
	{"deflate-rsv1-continuation", "RSV1 on a continuation", []RuleID{RuleDeflateRSV1OnContinuation}, RoleClient, false, pmd, "text rsv1 nofin hex:f248cd\ncontinuation rsv1 hex:c9c90700",
		"The first frame has said it already."},
	{"deflate-invalid", "A block of type 11", []RuleID{RuleDeflateDataInvalid}, RoleClient, false, pmd, `text rsv1 hex:06`,
		"Blocks are of type 00, 01 or 10."},
	{"deflate-uncompressed", "RSV1 and nothing compressed", []RuleID{RuleDeflateDataInvalid}, RoleClient, false, pmd, `text rsv1 "Hello"`,
		"Somebody set the bit and forgot to compress."},
	{"deflate-unfinished", "Half a block", []RuleID{RuleDeflateDataInvalid}, RoleClient, false, pmd, `text rsv1 hex:000500faff4865`,
		"A stored block announces five bytes, and two come."},
	{"deflate-bad-text", "Bad UTF-8, compressed", []RuleID{RuleTextInvalidUTF8}, RoleClient, false, pmd, `text rsv1 deflate("caf\xe9")`,
		"A text is judged when it is inflated: this one is Latin-1."},
	{"deflate-tail", "00 00 ff ff kept", []RuleID{RuleDeflateTailKept}, RoleClient, false, pmd, `text rsv1 deflate("Hello",tail)`,
		"What zlib writes at a flush, sent as it is. Many receivers take this message and fail on the next one."},
	{"deflate-no-data", "RSV1 and no payload", []RuleID{RuleDeflateTailMissing}, RoleClient, false, pmd, `text rsv1`,
		"Even nothing compresses to one byte."},
	{"deflate-final-alone", "BFINAL and nothing behind", []RuleID{RuleDeflateTailMissing}, RoleClient, false, pmd, `text rsv1 hex:f348cdc9c90700`,
		"A byte 00 has to follow a block with BFINAL, so that 00 00 ff ff fits behind it."},
	{"deflate-padding", "Padding that is not zero", []RuleID{RuleDeflateBFINALPaddingNonzero}, RoleClient, false, pmd, `text rsv1 hex:030400`,
		"The six bits between an empty block with BFINAL and the next byte are 000001."},
	{"deflate-fragment-tail", "00 00 ff ff missing between fragments", []RuleID{RuleDeflateFragmentTailRemoved}, RoleClient, false, pmd, "text rsv1 nofin deflate(\"He\")\ncontinuation deflate(\"llo\")",
		"Each fragment was compressed as if it were a message. Only the last one loses its 00 00 ff ff."},
	{"deflate-context-kept", "A match into a forgotten message", []RuleID{RuleDeflateClientContextKept}, RoleClient, false, pmdForgetful, "text rsv1 deflate(\"Hello\",fixed)\ntext rsv1 hex:f200110000",
		"The client has agreed to client_no_context_takeover, and its second message builds on the first."},
	{"deflate-context-kept-server", "The same from a server", []RuleID{RuleDeflateServerContextKept}, RoleServer, false, pmdForgetfulToo, "text rsv1 nomask deflate(\"Hello\",fixed)\ntext rsv1 nomask hex:f200110000",
		"The server has agreed to server_no_context_takeover, and its second message builds on the first."},
	{"deflate-window-exceeded", "A match beyond the window", []RuleID{RuleDeflateClientWindowExceeded}, RoleClient, false, pmdSmall, `text rsv1 hex:4a1c05a360148c0260010000`,
		"The window has 1,024 bytes, the match reaches 1,025 back. Receivers that keep 32 KiB notice nothing."},
	{"deflate-window-exceeded-server", "The same from a server", []RuleID{RuleDeflateServerWindowExceeded}, RoleServer, false, pmdSmallServer, `text rsv1 nomask hex:4a1c05a360148c0260010000`,
		"The window has 1,024 bytes, the match reaches 1,025 back. Receivers that keep 32 KiB notice nothing."},
}

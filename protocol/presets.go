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
	// Breaks says that Rule is the rule which it breaks; otherwise it is legal.
	Breaks bool
	Rule   RuleID
	// Besides are rules that cannot but be broken along with it.
	Besides []RuleID
	Options
	Notation string
	Text     string
}

// Presets returns all presets, the legal ones first.
func Presets() []Preset { return presets }

var presets = append(legalPresets(), brokenPresets()...)

func legalPresets() []Preset {
	legal := func(id, title, notation, text string) Preset {
		return Preset{ID: id, Title: title, Notation: notation, Text: text}
	}
	ended := legal("close-then-end", "Close, then the end of TCP", `close 1000 "bye"`,
		"A Close frame comes first, then TCP may end.")
	ended.Ended = true
	server := legal("server-text", "Text from a server", `text nomask "Hello"`,
		"The same message the other way: a server's frames are not masked.")
	server.Sender = RoleServer
	return []Preset{
		legal("text", "Text", `text mask=37fa213d "Hello"`,
			"The RFC's own example: five letters, masked."),
		server,
		legal("text-utf8", "Text beyond ASCII", `text "Grüße, κόσμε 👋"`,
			"Characters of one to four bytes; the payload length counts bytes."),
		legal("text-empty", "Empty text", `text`,
			"A frame of six bytes with nothing in it is a whole message."),
		legal("binary", "Binary", `binary hex:00017f80feff`,
			"Bytes that only the application can read."),
		legal("fragments", "Fragments", "text nofin \"Hel\"\ncontinuation nofin \"lo, \"\ncontinuation \"world\"",
			"One message in three frames: the opcode stands in the first, FIN in the last."),
		legal("fragments-ping", "Fragments with a ping between", "text nofin \"Hel\"\nping \"still there?\"\ncontinuation \"lo\"",
			"A control frame may come between two fragments and is answered at once."),
		legal("fragment-inside-character", "A character cut in two", "text nofin hex:e282\ncontinuation hex:ac",
			"The euro sign is divided between two fragments, which is legal: only the whole message has to be UTF-8."),
		legal("ping", "Ping", `ping "are you there?"`,
			"The answer is a pong with the same payload data."),
		legal("pong", "Pong nobody asked for", `pong "here I am"`,
			"Legal, and answered by nothing."),
		legal("close", "Close with code and reason", `close 1000 "bye"`,
			"Two bytes of status code, then a reason in UTF-8."),
		legal("close-empty", "Close without a code", `close`,
			"An empty payload is legal; programs then report 1005."),
		legal("close-private", "Close with a private code", `close 4000 "see the docs"`,
			"3000 to 4999 are for libraries and applications."),
		legal("close-longest", "The longest reason", `close 1000 "123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123"`,
			"123 bytes of reason and two of status code fill a control frame."),
		ended,
		legal("length-125", "Length 125, in 7 bits", `binary repeat(61,125)`,
			"The longest payload whose length stands in the second byte."),
		legal("length-126", "Length 126, in 16 bits", `binary repeat(61,126)`,
			"The shortest payload with an extended payload length."),
		legal("length-65535", "Length 65,535, in 16 bits", `binary repeat(61,65535)`,
			"The longest payload whose length fits into 16 bits."),
		legal("length-65536", "64 KiB, in 64 bits", `binary repeat(61,65536)`,
			"The shortest payload that needs all eight bytes of length."),
		legal("text-64k", "A text of 64 KiB", `text repeat("All work and no play. 0123456789",2048)`,
			"65,536 bytes in one frame."),
	}
}

func brokenPresets() []Preset {
	client := func(rule RuleID, id, title, notation, text string, besides ...RuleID) Preset {
		return Preset{ID: id, Title: title, Breaks: true, Rule: rule, Besides: besides, Notation: notation, Text: text}
	}
	server := func(rule RuleID, id, title, notation, text string) Preset {
		p := client(rule, id, title, notation, text)
		p.Sender = RoleServer
		return p
	}
	ended := func(rule RuleID, id, title, notation, text string) Preset {
		p := client(rule, id, title, notation, text)
		p.Ended = true
		return p
	}
	return []Preset{
		client(RuleFrameUnmaskedFromClient, "unmasked", "Unmasked from a client", `text nomask "Hello"`,
			"MASK is 0 and no key follows: the first thing that home-made clients forget."),
		client(RuleFrameUnmaskedFromClient, "key-without-mask", "A masking key, but MASK is 0", `text nomask len=9 key=37fa213d "Hello"`,
			"The key is there, the bit that announces it is not: a receiver takes the key for payload data.", RuleTextInvalidUTF8),
		server(RuleFrameMaskedFromServer, "masked-server", "Masked from a server", `text mask=37fa213d "Hello"`,
			"What comes of sharing one frame writer between client and server."),
		client(RuleFrameRSV1Unnegotiated, "rsv1", "RSV1 without compression", `text rsv1 "Hello"`,
			"RSV1 means a compressed message, once permessage-deflate is agreed on. Here it is not."),
		client(RuleFrameRSV2Unnegotiated, "rsv2", "RSV2 set", `text rsv2 "Hello"`,
			"No registered extension uses RSV2."),
		client(RuleFrameRSV3Unnegotiated, "rsv3", "RSV3 set", `text rsv3 "Hello"`,
			"No registered extension uses RSV3."),
		client(RuleFrameRSV1Unnegotiated, "http-on-the-socket", "HTTP on an upgraded socket", `bytes "GE"`,
			"The first two bytes of a GET read as RSV1, opcode 7 and no MASK: many an odd error is ASCII read as a frame.",
			RuleFrameOpcodeReserved, RuleFrameUnmaskedFromClient),
		client(RuleFrameOpcodeReserved, "opcode-3", "Reserved opcode 3", `opcode=3 "Hello"`,
			"3 to 7 are kept for data frames to come."),
		client(RuleFrameOpcodeReserved, "opcode-11", "Reserved opcode 11", `opcode=0xb`,
			"11 to 15 are kept for control frames to come."),
		client(RuleFrameLengthMSBSet, "length-top-bit", "Top bit of the length", `binary len=9223372036854775809 hex:41`,
			"A signed 64-bit length turns negative here; several servers have crashed on it."),
		client(RuleFrameLengthMSBSet, "length-all-ones", "The longest length there is", `binary len=18446744073709551615`,
			"2^64-1 bytes are announced and none follow."),
		client(RuleFrameLengthNotMinimal, "length-16-for-5", "Length 5 in 16 bits", `text len16 "Hello"`,
			"Most libraries accept it; browsers do not."),
		client(RuleFrameLengthNotMinimal, "length-64-for-5", "Length 5 in 64 bits", `text len64 "Hello"`,
			"Eight bytes for a length that fits into seven bits."),
		client(RuleFrameLengthNotMinimal, "length-64-for-65535", "Length 65,535 in 64 bits", `binary len64 repeat(61,65535)`,
			"One less than the first length that needs the long form."),
		client(RuleFrameMaskKeyReused, "key-reused", "The same masking key twice", "text mask=37fa213d \"Hello\"\ntext mask=37fa213d \"world\"",
			"Accepted by all, and a sign that keys are not random."),
		client(RuleFrameControlFragmented, "ping-fragment", "A ping without FIN", `ping nofin "hi"`,
			"Control frames are never fragmented, so a receiver need not keep any."),
		client(RuleFrameControlTooLong, "ping-126", "A ping of 126 bytes", `ping repeat(61,126)`,
			"One byte more than a control frame may carry."),
		client(RuleFrameControlTooLong, "close-too-long", "A reason of 124 bytes", `close 1000 repeat(61,124)`,
			"With the two bytes of status code that makes 126."),
		ended(RuleFrameTruncated, "truncated", "TCP ends inside the payload", `text cut=2 "Hello"`,
			"The header promises five bytes, three come, then TCP ends."),
		ended(RuleFrameTruncated, "truncated-header", "TCP ends inside the header", `bytes 81`,
			"One byte of a header, then nothing more."),
		client(RuleSequenceDataInterleaved, "interleaved", "A text inside a text", "text nofin \"Hel\"\ntext \"lo\"",
			"The second fragment has the opcode of a new message; it has to be a continuation."),
		client(RuleSequenceContinuationUnexpected, "continuation-first", "A continuation of nothing", `continuation "lo"`,
			"No message is under way that it could continue."),
		client(RuleSequenceContinuationUnexpected, "continuation-after-fin", "A continuation after FIN", "text \"Hello\"\ncontinuation \", world\"",
			"FIN ended the message one frame too early."),
		client(RuleTextInvalidUTF8, "utf8-bad-byte", "Text that is not UTF-8", `text "caf\xe9"`,
			"Latin-1 on the wire: 0xe9 begins a character of three bytes that never come."),
		client(RuleTextInvalidUTF8, "utf8-surrogate", "Half a surrogate pair", `text hex:eda080`,
			"U+D800 is not a character; UTF-8 cannot hold it."),
		client(RuleTextInvalidUTF8, "utf8-overlong", "An overlong slash", `text hex:c0af`,
			"The slash in two bytes instead of one, once used to slip past path checks."),
		client(RuleTextInvalidUTF8, "utf8-across-fragments", "UTF-8 cut across fragments", "text nofin hex:ce\ncontinuation hex:41",
			"The first fragment is fine so far; the first byte of the second makes the text invalid."),
		client(RuleTextInvalidUTF8, "wrong-key", "Masked with another key", `text mask=37fa213d xor=a1b2c3d4 "Hello"`,
			"The key on the wire is not the one that was used, so the payload comes out as noise."),
		client(RuleClosePayloadOneByte, "close-one-byte", "Close with one byte", `close hex:03`,
			"Half a status code."),
		client(RuleCloseReasonInvalidUTF8, "close-reason-utf8", "A reason that is not UTF-8", `close 1000 hex:ff`,
			"The reason is text and judged like one."),
		client(RuleCloseDataAfterClose, "data-after-close", "Text after Close", "close 1000\ntext \"one more thing\"",
			"The receiver throws it away."),
		ended(RuleCloseFrameMissing, "close-missing", "TCP ends without Close", `text "Hello"`,
			"The message is fine; the goodbye is missing, and programs report 1006."),
		client(RuleCloseCodeReservedOnWire, "close-1005", "Close code 1005", `close 1005`,
			"1005 says that there was no code, so no code can say it."),
		client(RuleCloseCodeReservedOnWire, "close-1006", "Close code 1006", `close 1006`,
			"1006 says that there was no Close frame, so none can say it."),
		client(RuleCloseCodeReservedOnWire, "close-1015", "Close code 1015", `close 1015`,
			"1015 reports a failed TLS handshake, before any frame."),
		client(RuleCloseCode1010ReasonMissing, "close-1010", "Close code 1010 without a reason", `close 1010`,
			"The reason should list the extensions that were missed."),
		server(RuleCloseCode1010FromServer, "close-1010-server", "Close code 1010 from a server", `close nomask 1010 "permessage-deflate"`,
			"Only a client is meant to send 1010."),
		client(RuleCloseCodeBelow1000, "close-999", "Close code 999", `close 999`,
			"One below the first status code."),
		client(RuleCloseCodeBelow1000, "close-0", "Close code 0", `close 0`,
			"A variable that nobody set."),
		client(RuleCloseCodeUnassigned, "close-1004", "Close code 1004", `close 1004`,
			"Reserved since 2011 and still without a meaning."),
		client(RuleCloseCodeUnassigned, "close-2999", "Close code 2999", `close 2999`,
			"The last of those kept for the protocol itself."),
		client(RuleCloseCodeAbove4999, "close-5000", "Close code 5000", `close 5000`,
			"One past the last range. Two bytes can hold it, the registry does not."),
	}
}

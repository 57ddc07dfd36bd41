package protocol

// rules is the table of what this package can find in the bytes of one
// direction. The sections are those of RFC 6455; the wording is ours.
var rules = [ruleCount]Rule{
	RuleFrameUnmaskedFromClient: {
		"frame-unmasked-from-client", "5.1; 5.2; 5.3; 5.5.1; 6.1", LevelMust, PartyClient, StatusProtocolError,
		"A client masks every frame that it sends, control frames included, and says so with MASK.",
		"The server closes the connection; 1002 is the code for it.",
	},
	RuleFrameMaskedFromServer: {
		"frame-masked-from-server", "5.1", LevelMustNot, PartyServer, StatusProtocolError,
		"A server sends its frames unmasked.",
		"The client closes the connection; 1002 is the code for it.",
	},
	RuleFrameRSV1Unnegotiated: {
		"frame-rsv1-unnegotiated", "5.2; 5.8; 11.9", LevelMust, PartyBoth, StatusProtocolError,
		"RSV1 stays 0 until an extension that both sides agreed on gives it a meaning.",
		"The receiver fails the connection with 1002.",
	},
	RuleFrameRSV2Unnegotiated: {
		"frame-rsv2-unnegotiated", "5.2; 5.8; 11.9", LevelMust, PartyBoth, StatusProtocolError,
		"RSV2 stays 0 until an extension that both sides agreed on gives it a meaning.",
		"The receiver fails the connection with 1002.",
	},
	RuleFrameRSV3Unnegotiated: {
		"frame-rsv3-unnegotiated", "5.2; 5.8; 11.9", LevelMust, PartyBoth, StatusProtocolError,
		"RSV3 stays 0 until an extension that both sides agreed on gives it a meaning.",
		"The receiver fails the connection with 1002.",
	},
	RuleFrameOpcodeReserved: {
		"frame-opcode-reserved", "5.2; 5.5; 5.6; 11.8", LevelMust, PartyBoth, StatusProtocolError,
		"Opcodes 3 to 7 and 11 to 15 wait for an extension that defines them.",
		"The receiver fails the connection with 1002.",
	},
	RuleFrameLengthMSBSet: {
		"frame-length-msb-set", "5.2", LevelMust, PartyBoth, StatusProtocolError,
		"The most significant bit of a 64-bit extended payload length is 0.",
		"The RFC names no action; strict receivers fail with 1002, others with 1009.",
	},
	RuleFrameLengthNotMinimal: {
		"frame-length-not-minimal", "5.2", LevelMust, PartyBoth, StatusProtocolError,
		"A payload length stands in the shortest form that holds it: 7 bits, then 16, then 64.",
		"The RFC names no action; strict receivers fail with 1002, most libraries accept it.",
	},
	RuleFrameTruncated: {
		"frame-truncated", "5.2; 6.2; 7.2.1", LevelStated, PartyBoth, StatusAbnormalClosure,
		"The stream ends between two frames, never inside one.",
		"Nobody is left to answer; the receiver reports 1006.",
	},
	RuleFrameMaskKeyReused: {
		"frame-mask-key-reused", "5.3; 10.3", LevelMust, PartyClient, StatusNone,
		"Every frame gets a masking key of its own; two alike happen by chance once in 2^32.",
		"Receivers accept it; it is a sign of a weak source of keys.",
	},
	RuleFrameControlFragmented: {
		"frame-control-fragmented", "5.4; 5.5", LevelMustNot, PartyBoth, StatusProtocolError,
		"A control frame is whole: its FIN is 1.",
		"The receiver fails the connection with 1002.",
	},
	RuleSequenceDataInterleaved: {
		"sequence-data-interleaved", "5.4; 6.2", LevelMustNot, PartyBoth, StatusProtocolError,
		"A new text or binary message waits until the one under way has had its FIN.",
		"The receiver fails the connection with 1002.",
	},
	RuleSequenceContinuationUnexpected: {
		"sequence-continuation-unexpected", "5.4", LevelStated, PartyBoth, StatusProtocolError,
		"A continuation frame goes on with a message; without one under way it has nothing to continue.",
		"The receiver fails the connection with 1002.",
	},
	RuleFrameControlTooLong: {
		"frame-control-too-long", "5.5", LevelMust, PartyBoth, StatusProtocolError,
		"A control frame carries at most 125 bytes of payload data.",
		"The receiver fails the connection with 1002.",
	},
	RuleClosePayloadOneByte: {
		"close-payload-one-byte", "5.5.1; 7.4", LevelMust, PartyBoth, StatusProtocolError,
		"The payload of a Close frame is empty or begins with a status code of two bytes.",
		"The RFC names no action; receivers fail with 1002.",
	},
	RuleCloseReasonInvalidUTF8: {
		"close-reason-invalid-utf8", "5.5.1; 7.1.6; 8.1", LevelMust, PartyBoth, StatusInvalidPayloadData,
		"The reason behind a status code is valid UTF-8.",
		"The receiver fails the connection with 1007; some say 1002.",
	},
	RuleCloseDataAfterClose: {
		"close-data-after-close", "1.4; 5.1; 5.5.1", LevelMustNot, PartyBoth, StatusNone,
		"Nobody sends a data frame after its own Close frame.",
		"The receiver throws away what comes after the Close frame.",
	},
	RuleTextInvalidUTF8: {
		"text-invalid-utf8", "5.6; 8.1; 7692/6.1", LevelMust, PartyBoth, StatusInvalidPayloadData,
		"The payload data of a whole text message is valid UTF-8.",
		"The receiver fails the connection with 1007, best at the first bad byte.",
	},
	RuleCloseFrameMissing: {
		"close-frame-missing", "7.1.2; 7.3", LevelMust, PartyBoth, StatusAbnormalClosure,
		"A connection is closed by a Close frame first, not by the end of TCP alone.",
		"Nobody is left to answer; the receiver reports 1006.",
	},
	RuleCloseCodeReservedOnWire: {
		"close-code-reserved-on-wire", "7.4.1", LevelMustNot, PartyBoth, StatusProtocolError,
		"1005, 1006 and 1015 are for reports inside a program; no Close frame carries them.",
		"The RFC names no action; receivers fail with 1002.",
	},
	RuleCloseCode1010ReasonMissing: {
		"close-code-1010-reason-missing", "7.4.1", LevelShould, PartyClient, StatusNone,
		"A client that closes with 1010 lists the extensions it missed in the reason.",
		"Receivers take no notice.",
	},
	RuleCloseCode1010FromServer: {
		"close-code-1010-from-server", "7.4.1", LevelStated, PartyServer, StatusNone,
		"1010 is a client's code: a server can refuse in the handshake instead.",
		"The RFC names no action; receivers accept it.",
	},
	RuleCloseCodeBelow1000: {
		"close-code-below-1000", "7.4.2", LevelStated, PartyBoth, StatusProtocolError,
		"Status codes begin at 1000.",
		"The RFC names no action; receivers fail with 1002.",
	},
	RuleCloseCodeUnassigned: {
		"close-code-unassigned", "7.4.1; 7.4.2; 11.7", LevelStated, PartyBoth, StatusProtocolError,
		"1004 and 1016 to 2999 are kept for definitions that do not exist yet.",
		"The RFC names no action; receivers fail with 1002.",
	},
	RuleCloseCodeAbove4999: {
		"close-code-above-4999", "7.4.2; 11.7", LevelStated, PartyBoth, StatusProtocolError,
		"Status codes end at 4999.",
		"The RFC names no action; most receivers fail with 1002.",
	},
}

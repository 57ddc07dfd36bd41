package protocol

// The rules about frames and their sequence in one direction, and behind them
// those that take both directions to see. The sections are those of RFC 6455; the
// wording is ours.

var frameRules = [firstDeflateRule]Rule{
	RuleFrameUnmaskedFromClient: {
		"frame-unmasked-from-client", "5.1; 5.2; 5.3; 5.5.1; 6.1", LevelMust, PartyClient, StatusProtocolError, 0,
		"A client masks every frame that it sends, control frames included, and says so with MASK.",
		"The server closes the connection; 1002 is the code for it.",
		"MASK is 0 in a frame from a client.",
	},
	RuleFrameMaskedFromServer: {
		"frame-masked-from-server", "5.1", LevelMustNot, PartyServer, StatusProtocolError, 0,
		"A server sends its frames unmasked.",
		"The client closes the connection; 1002 is the code for it.",
		"MASK is 1 in a frame from a server.",
	},
	RuleFrameRSV1Unnegotiated: {
		"frame-rsv1-unnegotiated", "5.2; 5.8; 11.9", LevelMust, PartyBoth, StatusProtocolError, 0,
		"RSV1 stays 0 until an extension that both sides agreed on gives it a meaning.",
		"The receiver fails the connection with 1002.",
		"RSV1 is 1, and no extension was agreed on that gives it a meaning.",
	},
	RuleFrameRSV2Unnegotiated: {
		"frame-rsv2-unnegotiated", "5.2; 5.8; 11.9", LevelMust, PartyBoth, StatusProtocolError, 0,
		"RSV2 stays 0 until an extension that both sides agreed on gives it a meaning.",
		"The receiver fails the connection with 1002.",
		"RSV2 is 1, and no extension was agreed on that gives it a meaning.",
	},
	RuleFrameRSV3Unnegotiated: {
		"frame-rsv3-unnegotiated", "5.2; 5.8; 11.9", LevelMust, PartyBoth, StatusProtocolError, 0,
		"RSV3 stays 0 until an extension that both sides agreed on gives it a meaning.",
		"The receiver fails the connection with 1002.",
		"RSV3 is 1, and no extension was agreed on that gives it a meaning.",
	},
	RuleFrameOpcodeReserved: {
		"frame-opcode-reserved", "5.2; 5.5; 5.6; 11.8", LevelMust, PartyBoth, StatusProtocolError, 0,
		"Opcodes 3 to 7 and 11 to 15 wait for an extension that defines them.",
		"The receiver fails the connection with 1002.",
		"The opcode is %v, which is reserved.",
	},
	RuleFrameLengthMSBSet: {
		"frame-length-msb-set", "5.2", LevelMust, PartyBoth, StatusProtocolError, 0,
		"The most significant bit of a 64-bit extended payload length is 0.",
		"The RFC names no action; strict receivers fail with 1002, others with 1009.",
		"The extended payload length is %v: its most significant bit is 1.",
	},
	RuleFrameLengthNotMinimal: {
		"frame-length-not-minimal", "5.2", LevelMust, PartyBoth, StatusProtocolError, 0,
		"A payload length stands in the shortest form that holds it: 7 bits, then 16, then 64.",
		"The RFC names no action; strict receivers fail with 1002, most libraries accept it.",
		"The payload length %v stands in %w bits. It fits in %m.",
	},
	RuleFrameTruncated: {
		"frame-truncated", "5.2; 6.2; 7.2.1", LevelStated, PartyBoth, StatusAbnormalClosure, 0,
		"The stream ends between two frames, never inside one.",
		"Nobody is left to answer; the receiver reports 1006.",
		"The stream ends %v %p before the frame does.",
	},
	RuleFrameMaskKeyReused: {
		"frame-mask-key-reused", "5.3; 10.3", LevelMust, PartyClient, StatusNone, 0,
		"Every frame gets a masking key of its own; two alike happen by chance once in 2^32.",
		"Receivers accept it; it is a sign of a weak source of keys.",
		"The masking key %k was in frame %f already.",
	},
	RuleFrameControlFragmented: {
		"frame-control-fragmented", "5.4; 5.5", LevelMustNot, PartyBoth, StatusProtocolError, 0,
		"A control frame is whole: its FIN is 1.",
		"The receiver fails the connection with 1002.",
		"FIN is 0 in a %o frame.",
	},
	RuleSequenceDataInterleaved: {
		"sequence-data-interleaved", "5.4; 6.2", LevelMustNot, PartyBoth, StatusProtocolError, 0,
		"A new text or binary message waits until the one under way has had its FIN.",
		"The receiver fails the connection with 1002.",
		"A %o frame begins while the message of frame %f still waits for its FIN.",
	},
	RuleSequenceContinuationUnexpected: {
		"sequence-continuation-unexpected", "5.4", LevelStated, PartyBoth, StatusProtocolError, 0,
		"A continuation frame goes on with a message; without one under way it has nothing to continue.",
		"The receiver fails the connection with 1002.",
		"A continuation frame, and no message is under way.",
	},
	RuleFrameControlTooLong: {
		"frame-control-too-long", "5.5", LevelMust, PartyBoth, StatusProtocolError, 0,
		"A control frame carries at most 125 bytes of payload data.",
		"The receiver fails the connection with 1002.",
		"The %o frame has a payload length of %v; 125 is the most.",
	},
	RuleClosePayloadOneByte: {
		"close-payload-one-byte", "5.5.1; 7.4", LevelMust, PartyBoth, StatusProtocolError, 0,
		"The payload of a Close frame is empty or begins with a status code of two bytes.",
		"The RFC names no action; receivers fail with 1002.",
		"The Close frame carries one byte; a status code takes two.",
	},
	RuleCloseReasonInvalidUTF8: {
		"close-reason-invalid-utf8", "5.5.1; 7.1.6; 8.1", LevelMust, PartyBoth, StatusInvalidPayloadData, 0,
		"The reason behind a status code is valid UTF-8.",
		"The receiver fails the connection with 1007; some say 1002.",
		"Byte %w of the reason is %x, which no UTF-8 text can have there.",
	},
	RuleCloseDataAfterClose: {
		"close-data-after-close", "1.4; 5.1; 5.5.1", LevelMustNot, PartyBoth, StatusNone, 0,
		"Nobody sends a data frame after its own Close frame.",
		"The receiver throws away what comes after the Close frame.",
		"A %o frame follows the Close frame, frame %f.",
	},
	RuleTextInvalidUTF8: {
		"text-invalid-utf8", "5.6; 8.1; 7692/6.1", LevelMust, PartyBoth, StatusInvalidPayloadData, 0,
		"The payload data of a whole text message is valid UTF-8.",
		"The receiver fails the connection with 1007, best at the first bad byte.",
		"Byte %w of the message is %x, which no UTF-8 text can have there.",
	},
	RuleCloseFrameMissing: {
		"close-frame-missing", "7.1.2; 7.3", LevelMust, PartyBoth, StatusAbnormalClosure, 0,
		"A connection is closed by a Close frame first, not by the end of TCP alone.",
		"Nobody is left to answer; the receiver reports 1006.",
		"TCP ends, and no Close frame was sent.",
	},
	RuleCloseCodeReservedOnWire: {
		"close-code-reserved-on-wire", "7.4.1", LevelMustNot, PartyBoth, StatusProtocolError, 0,
		"1005, 1006 and 1015 are for reports inside a program; no Close frame carries them.",
		"The RFC names no action; receivers fail with 1002.",
		"The status code is %v (%s), which is for reports inside a program.",
	},
	RuleCloseCode1010ReasonMissing: {
		"close-code-1010-reason-missing", "7.4.1", LevelShould, PartyClient, StatusNone, 0,
		"A client that closes with 1010 lists the extensions it missed in the reason.",
		"Receivers take no notice.",
		"The status code is 1010, and no reason lists the extensions.",
	},
	RuleCloseCode1010FromServer: {
		"close-code-1010-from-server", "7.4.1", LevelStated, PartyServer, StatusNone, 0,
		"1010 is a client's code: a server can refuse in the handshake instead.",
		"The RFC names no action; receivers accept it.",
		"The status code is 1010 in a Close frame from a server.",
	},
	RuleCloseCodeBelow1000: {
		"close-code-below-1000", "7.4.2", LevelStated, PartyBoth, StatusProtocolError, 0,
		"Status codes begin at 1000.",
		"The RFC names no action; receivers fail with 1002.",
		"The status code is %v; the first is 1000.",
	},
	RuleCloseCodeUnassigned: {
		"close-code-unassigned", "7.4.1; 7.4.2; 11.7", LevelStated, PartyBoth, StatusProtocolError, 0,
		"1004 and 1016 to 2999 are kept for definitions that do not exist yet.",
		"The RFC names no action; receivers fail with 1002.",
		"The status code is %v, which has no definition.",
	},
	RuleCloseCodeAbove4999: {
		"close-code-above-4999", "7.4.2; 11.7", LevelStated, PartyBoth, StatusProtocolError, 0,
		"Status codes end at 4999.",
		"The RFC names no action; most receivers fail with 1002.",
		"The status code is %v; the last is 4999.",
	},

	// What takes both directions to see: conversation_rules.go finds it.
	RuleCloseNotAnswered: {
		"close-not-answered", "1.4; 5.5.1", LevelMust, PartyBoth, StatusAbnormalClosure, 0,
		"Who receives a Close frame and has sent none answers with one before TCP ends.",
		"Nobody is left to answer; the close counts as unclean.",
		"TCP ends, and the Close frame of the other side, frame %f, has no answer.",
	},
	RuleCloseClientTCPFirst: {
		"close-client-tcp-first", "5.5.1; 7.1.1", LevelShould, PartyClient, StatusNone, 0,
		"After the two Close frames a client waits for the server to end TCP first.",
		"Nobody notices, but for the socket that the client keeps in TIME_WAIT.",
		"The client ends TCP behind the two Close frames, and the server has not yet.",
	},
	RuleSequencePongMissing: {
		"sequence-pong-missing", "5.5.2", LevelMust, PartyBoth, StatusNone, 0,
		"A ping is answered with a pong unless a Close frame came before it; of several, the latest will do.",
		"Who sent the ping has its own time-out for that.",
		"TCP ends, and the ping of the other side, frame %f, has no pong.",
	},
	RuleSequencePongPayloadMismatch: {
		"sequence-pong-payload-mismatch", "5.5.3", LevelStated, PartyBoth, StatusNone, 0,
		"A pong that answers a ping has the same payload data.",
		"Receivers take it for a pong that nobody asked for.",
		"The pong has other payload data than the ping of the other side, frame %f, which still waits.",
	},
	RuleCloseFailWithoutFrame: {
		"close-fail-without-frame", "7.1.7; 10.7", LevelShould, PartyBoth, StatusAbnormalClosure, 0,
		"Who fails a connection sends a Close frame with a fitting status code before it ends TCP.",
		"Nobody is left to answer; the receiver reports 1006 and never learns why.",
		"TCP ends without a Close frame, after frame %f of the other side broke %t.",
	},
	RuleCloseFailKeepsReading: {
		"close-fail-keeps-reading", "7.1.7", LevelMustNot, PartyBoth, StatusNone, 0,
		"Nothing that comes behind the frame for which a connection fails is processed.",
		"Receivers do not notice.",
		"The pong answers the ping in frame %f, which came after the other side broke %t.",
	},
}

package protocol

// What other programs say when a rule is broken, so that somebody who has only
// an error text finds the rule. The texts are quoted as those programs print
// them; where a number varies it is left out. Who prints what was found out by
// sending the bytes of the presets to each.
//
// To add one, add a row: the program, the words to search for, the rules.

// Symptom is an error text and the rules that provoke it.
type Symptom struct {
	Who   string
	Says  string
	Rules []RuleID
}

// Symptoms returns all error texts.
func Symptoms() []Symptom { return symptoms }

const (
	chromium    = "Chromium"
	nodeWS      = "ws (Node)"
	gorilla     = "gorilla (Go)"
	websockets  = "websockets (Python)"
	tungstenite = "tungstenite (Rust)"
	netty       = "Netty (Java)"
)

var symptoms = func() []Symptom {
	var (
		rsv = []RuleID{RuleFrameRSV1Unnegotiated, RuleFrameRSV2Unnegotiated, RuleFrameRSV3Unnegotiated}
		// What one program says of all defects in a header that it names no further.
		header = []RuleID{RuleFrameControlFragmented, RuleFrameControlTooLong, RuleFrameLengthNotMinimal, RuleFrameLengthMSBSet}
		mask   = []RuleID{RuleFrameUnmaskedFromClient, RuleFrameMaskedFromServer}
		one    = func(id RuleID) []RuleID { return []RuleID{id} }
	)
	return []Symptom{
		{chromium, "One or more reserved bits are on: reserved1 = 1, reserved2 = 0, reserved3 = 0", rsv},
		{nodeWS, "Invalid WebSocket frame: RSV1 must be clear", one(RuleFrameRSV1Unnegotiated)},
		{nodeWS, "Invalid WebSocket frame: RSV2 and RSV3 must be clear", rsv[1:]},
		{gorilla, "RSV1 set", one(RuleFrameRSV1Unnegotiated)},
		{gorilla, "unexpected reserved bits 0x40", one(RuleFrameRSV1Unnegotiated)},
		{websockets, "reserved bits must be 0", rsv},
		{tungstenite, "Reserved bits are non-zero", rsv},
		{netty, "RSV != 0 and no extension negotiated", rsv},

		{chromium, "A server must not mask any frames that it sends to the client.", one(RuleFrameMaskedFromServer)},
		{nodeWS, "Invalid WebSocket frame: MASK must be clear", one(RuleFrameMaskedFromServer)},
		{nodeWS, "Invalid WebSocket frame: MASK must be set", one(RuleFrameUnmaskedFromClient)},
		{gorilla, "bad MASK", mask},
		{websockets, "incorrect masking", mask},
		{tungstenite, "Received a masked frame from server", one(RuleFrameMaskedFromServer)},
		{tungstenite, "Received an unmasked frame from client", one(RuleFrameUnmaskedFromClient)},
		{netty, "received a frame that is not masked as expected", mask},

		{chromium, "Unrecognized frame opcode: 3", one(RuleFrameOpcodeReserved)},
		{nodeWS, "Invalid WebSocket frame: invalid opcode 3", one(RuleFrameOpcodeReserved)},
		{gorilla, "bad opcode 3", one(RuleFrameOpcodeReserved)},
		{websockets, "invalid opcode", one(RuleFrameOpcodeReserved)},
		{tungstenite, "Unknown data frame type: 3", one(RuleFrameOpcodeReserved)},
		{netty, "data frame using reserved opcode 3", one(RuleFrameOpcodeReserved)},
		{gorilla, "RSV1 set, bad opcode 7, bad MASK", []RuleID{RuleFrameRSV1Unnegotiated, RuleFrameOpcodeReserved, RuleFrameUnmaskedFromClient}},

		{chromium, "Invalid frame header", header},
		{nodeWS, "Invalid WebSocket frame: FIN must be set", one(RuleFrameControlFragmented)},
		{gorilla, "FIN not set on control", one(RuleFrameControlFragmented)},
		{websockets, "fragmented control frame", one(RuleFrameControlFragmented)},
		{tungstenite, "Fragmented control frame", one(RuleFrameControlFragmented)},
		{netty, "fragmented control frame", one(RuleFrameControlFragmented)},

		{nodeWS, "Invalid WebSocket frame: invalid payload length 126", one(RuleFrameControlTooLong)},
		{gorilla, "len > 125 for control", one(RuleFrameControlTooLong)},
		{websockets, "control frame too long", one(RuleFrameControlTooLong)},
		{tungstenite, "Control frame too big", one(RuleFrameControlTooLong)},
		{netty, "control frame with payload length > 125 octets", one(RuleFrameControlTooLong)},

		{netty, "not using minimal length encoding", one(RuleFrameLengthNotMinimal)},
		{nodeWS, "Unsupported WebSocket frame: payload length > 2^53 - 1", one(RuleFrameLengthMSBSet)},
		{gorilla, "read limit exceeded", one(RuleFrameLengthMSBSet)},

		{chromium, "Received unexpected continuation frame.", one(RuleSequenceContinuationUnexpected)},
		{nodeWS, "Invalid WebSocket frame: invalid opcode 0", one(RuleSequenceContinuationUnexpected)},
		{gorilla, "continuation after FIN", one(RuleSequenceContinuationUnexpected)},
		{websockets, "unexpected continuation frame", one(RuleSequenceContinuationUnexpected)},
		{tungstenite, "Continue frame but nothing to continue", one(RuleSequenceContinuationUnexpected)},
		{netty, "received continuation data frame outside fragmented message", one(RuleSequenceContinuationUnexpected)},

		{chromium, "Received start of new message but previous message is unfinished.", one(RuleSequenceDataInterleaved)},
		{nodeWS, "Invalid WebSocket frame: invalid opcode 1", one(RuleSequenceDataInterleaved)},
		{gorilla, "data before FIN", one(RuleSequenceDataInterleaved)},
		{websockets, "expected a continuation frame", one(RuleSequenceDataInterleaved)},
		{tungstenite, "While waiting for more fragments received", one(RuleSequenceDataInterleaved)},
		{netty, "received non-continuation data frame while inside fragmented message", one(RuleSequenceDataInterleaved)},

		{chromium, "Could not decode a text frame as UTF-8.", one(RuleTextInvalidUTF8)},
		{nodeWS, "Invalid WebSocket frame: invalid UTF-8 sequence", []RuleID{RuleTextInvalidUTF8, RuleCloseReasonInvalidUTF8}},
		{websockets, "invalid start byte at position", []RuleID{RuleTextInvalidUTF8, RuleCloseReasonInvalidUTF8}},
		{tungstenite, "UTF-8 encoding error", one(RuleTextInvalidUTF8)},

		{chromium, "Received a broken close frame containing an invalid size of 1 byte.", one(RuleClosePayloadOneByte)},
		{nodeWS, "Invalid WebSocket frame: invalid payload length 1", one(RuleClosePayloadOneByte)},
		{websockets, "close frame too short", one(RuleClosePayloadOneByte)},
		{tungstenite, "Invalid close sequence", one(RuleClosePayloadOneByte)},
		{netty, "received close control frame with payload len 1", one(RuleClosePayloadOneByte)},

		{chromium, "Received a broken close frame containing a reserved status code.", one(RuleCloseCodeReservedOnWire)},
		{nodeWS, "Invalid WebSocket frame: invalid status code", []RuleID{RuleCloseCodeReservedOnWire, RuleCloseCodeBelow1000, RuleCloseCodeUnassigned, RuleCloseCodeAbove4999}},
		{gorilla, "bad close code", []RuleID{RuleCloseCodeReservedOnWire, RuleCloseCodeBelow1000, RuleCloseCodeUnassigned, RuleCloseCodeAbove4999}},
		{websockets, "invalid status code", []RuleID{RuleCloseCodeReservedOnWire, RuleCloseCodeBelow1000, RuleCloseCodeUnassigned, RuleCloseCodeAbove4999}},
		{netty, "Invalid close frame getStatus code", one(RuleCloseCodeReservedOnWire)},

		{"browsers", "WebSocket connection closed before the handshake or message was complete, code 1006", []RuleID{RuleFrameTruncated, RuleCloseFrameMissing}},
	}
}()

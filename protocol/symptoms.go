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

var symptoms = []Symptom{
	{chromium, "One or more reserved bits are on: reserved1 = 1, reserved2 = 0, reserved3 = 0", []RuleID{RuleFrameRSV1Unnegotiated, RuleFrameRSV2Unnegotiated, RuleFrameRSV3Unnegotiated}},
	{nodeWS, "Invalid WebSocket frame: RSV1 must be clear", []RuleID{RuleFrameRSV1Unnegotiated}},
	{nodeWS, "Invalid WebSocket frame: RSV2 and RSV3 must be clear", []RuleID{RuleFrameRSV2Unnegotiated, RuleFrameRSV3Unnegotiated}},
	{gorilla, "RSV1 set", []RuleID{RuleFrameRSV1Unnegotiated}},
	{gorilla, "unexpected reserved bits 0x40", []RuleID{RuleFrameRSV1Unnegotiated}},
	{websockets, "reserved bits must be 0", []RuleID{RuleFrameRSV1Unnegotiated, RuleFrameRSV2Unnegotiated, RuleFrameRSV3Unnegotiated}},
	{tungstenite, "Reserved bits are non-zero", []RuleID{RuleFrameRSV1Unnegotiated, RuleFrameRSV2Unnegotiated, RuleFrameRSV3Unnegotiated}},
	{netty, "RSV != 0 and no extension negotiated", []RuleID{RuleFrameRSV1Unnegotiated, RuleFrameRSV2Unnegotiated, RuleFrameRSV3Unnegotiated}},

	{chromium, "A server must not mask any frames that it sends to the client.", []RuleID{RuleFrameMaskedFromServer}},
	{nodeWS, "Invalid WebSocket frame: MASK must be clear", []RuleID{RuleFrameMaskedFromServer}},
	{nodeWS, "Invalid WebSocket frame: MASK must be set", []RuleID{RuleFrameUnmaskedFromClient}},
	{gorilla, "bad MASK", []RuleID{RuleFrameUnmaskedFromClient, RuleFrameMaskedFromServer}},
	{websockets, "incorrect masking", []RuleID{RuleFrameUnmaskedFromClient, RuleFrameMaskedFromServer}},
	{tungstenite, "Received a masked frame from server", []RuleID{RuleFrameMaskedFromServer}},
	{tungstenite, "Received an unmasked frame from client", []RuleID{RuleFrameUnmaskedFromClient}},
	{netty, "received a frame that is not masked as expected", []RuleID{RuleFrameUnmaskedFromClient, RuleFrameMaskedFromServer}},

	{chromium, "Unrecognized frame opcode: 3", []RuleID{RuleFrameOpcodeReserved}},
	{nodeWS, "Invalid WebSocket frame: invalid opcode 3", []RuleID{RuleFrameOpcodeReserved}},
	{gorilla, "bad opcode 3", []RuleID{RuleFrameOpcodeReserved}},
	{websockets, "invalid opcode", []RuleID{RuleFrameOpcodeReserved}},
	{tungstenite, "Unknown data frame type: 3", []RuleID{RuleFrameOpcodeReserved}},
	{netty, "data frame using reserved opcode 3", []RuleID{RuleFrameOpcodeReserved}},
	{gorilla, "RSV1 set, bad opcode 7, bad MASK", []RuleID{RuleFrameRSV1Unnegotiated, RuleFrameOpcodeReserved, RuleFrameUnmaskedFromClient}},

	{chromium, "Invalid frame header", []RuleID{RuleFrameControlFragmented, RuleFrameControlTooLong, RuleFrameLengthNotMinimal, RuleFrameLengthMSBSet}},
	{nodeWS, "Invalid WebSocket frame: FIN must be set", []RuleID{RuleFrameControlFragmented}},
	{gorilla, "FIN not set on control", []RuleID{RuleFrameControlFragmented}},
	{websockets, "fragmented control frame", []RuleID{RuleFrameControlFragmented}},
	{tungstenite, "Fragmented control frame", []RuleID{RuleFrameControlFragmented}},
	{netty, "fragmented control frame", []RuleID{RuleFrameControlFragmented}},

	{nodeWS, "Invalid WebSocket frame: invalid payload length 126", []RuleID{RuleFrameControlTooLong}},
	{gorilla, "len > 125 for control", []RuleID{RuleFrameControlTooLong}},
	{websockets, "control frame too long", []RuleID{RuleFrameControlTooLong}},
	{tungstenite, "Control frame too big", []RuleID{RuleFrameControlTooLong}},
	{netty, "control frame with payload length > 125 octets", []RuleID{RuleFrameControlTooLong}},

	{netty, "not using minimal length encoding", []RuleID{RuleFrameLengthNotMinimal}},
	{nodeWS, "Unsupported WebSocket frame: payload length > 2^53 - 1", []RuleID{RuleFrameLengthMSBSet}},
	{gorilla, "read limit exceeded", []RuleID{RuleFrameLengthMSBSet}},

	{chromium, "Received unexpected continuation frame.", []RuleID{RuleSequenceContinuationUnexpected}},
	{nodeWS, "Invalid WebSocket frame: invalid opcode 0", []RuleID{RuleSequenceContinuationUnexpected}},
	{gorilla, "continuation after FIN", []RuleID{RuleSequenceContinuationUnexpected}},
	{websockets, "unexpected continuation frame", []RuleID{RuleSequenceContinuationUnexpected}},
	{tungstenite, "Continue frame but nothing to continue", []RuleID{RuleSequenceContinuationUnexpected}},
	{netty, "received continuation data frame outside fragmented message", []RuleID{RuleSequenceContinuationUnexpected}},

	{chromium, "Received start of new message but previous message is unfinished.", []RuleID{RuleSequenceDataInterleaved}},
	{nodeWS, "Invalid WebSocket frame: invalid opcode 1", []RuleID{RuleSequenceDataInterleaved}},
	{gorilla, "data before FIN", []RuleID{RuleSequenceDataInterleaved}},
	{websockets, "expected a continuation frame", []RuleID{RuleSequenceDataInterleaved}},
	{tungstenite, "While waiting for more fragments received", []RuleID{RuleSequenceDataInterleaved}},
	{netty, "received non-continuation data frame while inside fragmented message", []RuleID{RuleSequenceDataInterleaved}},

	{chromium, "Could not decode a text frame as UTF-8.", []RuleID{RuleTextInvalidUTF8}},
	{nodeWS, "Invalid WebSocket frame: invalid UTF-8 sequence", []RuleID{RuleTextInvalidUTF8, RuleCloseReasonInvalidUTF8}},
	{websockets, "invalid start byte at position", []RuleID{RuleTextInvalidUTF8, RuleCloseReasonInvalidUTF8}},
	{tungstenite, "UTF-8 encoding error", []RuleID{RuleTextInvalidUTF8}},

	{chromium, "Received a broken close frame containing an invalid size of 1 byte.", []RuleID{RuleClosePayloadOneByte}},
	{nodeWS, "Invalid WebSocket frame: invalid payload length 1", []RuleID{RuleClosePayloadOneByte}},
	{websockets, "close frame too short", []RuleID{RuleClosePayloadOneByte}},
	{tungstenite, "Invalid close sequence", []RuleID{RuleClosePayloadOneByte}},
	{netty, "received close control frame with payload len 1", []RuleID{RuleClosePayloadOneByte}},

	{chromium, "Received a broken close frame containing a reserved status code.", []RuleID{RuleCloseCodeReservedOnWire}},
	{nodeWS, "Invalid WebSocket frame: invalid status code", []RuleID{RuleCloseCodeReservedOnWire, RuleCloseCodeBelow1000, RuleCloseCodeUnassigned, RuleCloseCodeAbove4999}},
	{gorilla, "bad close code", []RuleID{RuleCloseCodeReservedOnWire, RuleCloseCodeBelow1000, RuleCloseCodeUnassigned, RuleCloseCodeAbove4999}},
	{websockets, "invalid status code", []RuleID{RuleCloseCodeReservedOnWire, RuleCloseCodeBelow1000, RuleCloseCodeUnassigned, RuleCloseCodeAbove4999}},
	{netty, "Invalid close frame getStatus code", []RuleID{RuleCloseCodeReservedOnWire}},

	{"browsers", "WebSocket connection closed before the handshake or message was complete, code 1006", []RuleID{RuleFrameTruncated, RuleCloseFrameMissing}},
}

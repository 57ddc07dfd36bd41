package protocol

import "strconv"

// Opcode is the four-bit field that says how the payload data is to be read
// (RFC 6455, section 5.2). Bit 3 tells control frames from data frames, so a
// receiver can judge a frame's kind even when its meaning is unknown.
//
// To give a reserved opcode a name, add it to the constants and to opcodeNames.
type Opcode uint8

// The opcodes of RFC 6455, section 11.8. All others are reserved.
const (
	OpcodeContinuation Opcode = 0x0
	OpcodeText         Opcode = 0x1
	OpcodeBinary       Opcode = 0x2
	OpcodeClose        Opcode = 0x8
	OpcodePing         Opcode = 0x9
	OpcodePong         Opcode = 0xa
)

var opcodeNames = [16]string{
	OpcodeContinuation: "continuation",
	OpcodeText:         "text",
	OpcodeBinary:       "binary",
	OpcodeClose:        "close",
	OpcodePing:         "ping",
	OpcodePong:         "pong",
}

// IsControl reports whether the opcode has the control bit: 8 to 15.
func (o Opcode) IsControl() bool { return o&0x8 != 0 }

// IsReserved reports whether the RFC leaves the opcode to extensions: 3 to 7
// and 11 to 15.
func (o Opcode) IsReserved() bool { return opcodeNames[o&0xf] == "" }

// String returns the registered name in lower case, or "opcode 3" and the like
// for a reserved one.
func (o Opcode) String() string {
	if name := opcodeNames[o&0xf]; name != "" {
		return name
	}
	return "opcode " + strconv.Itoa(int(o&0xf))
}

// text says in one sentence what the opcode is for.
func (o Opcode) text() string {
	switch o {
	case OpcodeContinuation:
		return "Carries the next fragment of the message that a text or binary frame with FIN 0 began."
	case OpcodeText:
		return "Begins a text message. All its payload data together is UTF-8."
	case OpcodeBinary:
		return "Begins a binary message. The application alone knows what the bytes mean."
	case OpcodeClose:
		return "Starts or answers the closing handshake. Its payload is empty, or a status code and a reason."
	case OpcodePing:
		return "Asks for a pong with the same payload data."
	case OpcodePong:
		return "Answers a ping with the ping's payload data, or says unasked that the sender is alive."
	}
	if o.IsControl() {
		return "Reserved for control frames that no specification has defined yet."
	}
	return "Reserved for data frames that no specification has defined yet."
}

package protocol

import (
	"encoding/binary"
	"unicode/utf8"
)

// The payload of a Close frame (RFC 6455, section 5.5.1) is empty, or a status
// code of two bytes in network byte order and a reason in UTF-8. A payload of
// one byte is neither; reading it gives no code and leaves the byte as reason.

// maxControlPayload is the most payload data that a control frame may carry
// (RFC 6455, section 5.5).
const maxControlPayload = 125

// ClosePayload is what a Close frame says.
type ClosePayload struct {
	// HasCode reports whether a status code is there at all.
	HasCode bool
	Code    StatusCode
	// Reason shares the memory that was parsed.
	Reason []byte
}

// ParseClose reads the unmasked payload of a Close frame. It refuses nothing.
func ParseClose(payload []byte) ClosePayload {
	if len(payload) < 2 {
		return ClosePayload{Reason: payload}
	}
	return ClosePayload{
		HasCode: true,
		Code:    StatusCode(binary.BigEndian.Uint16(payload)),
		Reason:  payload[2:],
	}
}

// AppendTo appends the payload as a legal Close frame has it: without a code
// nothing, otherwise the code and the reason, cut at the end of a character so
// that both fit into 125 bytes.
func (c ClosePayload) AppendTo(dst []byte) []byte {
	if !c.HasCode {
		return dst
	}
	dst = binary.BigEndian.AppendUint16(dst, uint16(c.Code))
	reason := c.Reason
	if room := maxControlPayload - 2; len(reason) > room {
		for room > 0 && !utf8.RuneStart(reason[room]) {
			room--
		}
		reason = reason[:room]
	}
	return append(dst, reason...)
}

// broken judges the status code and whether a reason had to be there. Whether
// the reason is UTF-8 is judged as it arrives.
func (c ClosePayload) broken(sender Role) (set RuleSet) {
	if !c.HasCode {
		if len(c.Reason) == 1 {
			set = set.With(RuleClosePayloadOneByte)
		}
		return set
	}
	switch code := c.Code; {
	case code == StatusNoStatusReceived || code == StatusAbnormalClosure || code == StatusTLSHandshake:
		set = set.With(RuleCloseCodeReservedOnWire)
	case code == StatusMandatoryExtension && sender == RoleServer:
		set = set.With(RuleCloseCode1010FromServer)
	case code == StatusMandatoryExtension && len(c.Reason) == 0:
		set = set.With(RuleCloseCode1010ReasonMissing)
	case code.OnWire():
	case code < 1000:
		set = set.With(RuleCloseCodeBelow1000)
	case code > 4999:
		set = set.With(RuleCloseCodeAbove4999)
	default:
		set = set.With(RuleCloseCodeUnassigned)
	}
	return set
}

package protocol

// Judging works in two steps. A judgement is a RuleSet, a bit a rule, which
// costs nothing to make and to compare: an endpoint asks whether any rule in it
// is fatal and goes on. Only where somebody wants to see them do the sets become
// Diagnostics, with the place and the value found.
//
// Nothing here stops at the first rule that is broken.

// broken judges the first byte of a frame: FIN, RSV1 to RSV3 and the opcode.
func (f Flags) broken() (set RuleSet) {
	if f&RSV1 != 0 {
		set = set.With(RuleFrameRSV1Unnegotiated)
	}
	if f&RSV2 != 0 {
		set = set.With(RuleFrameRSV2Unnegotiated)
	}
	if f&RSV3 != 0 {
		set = set.With(RuleFrameRSV3Unnegotiated)
	}
	opcode := f.Opcode()
	if opcode.IsReserved() {
		set = set.With(RuleFrameOpcodeReserved)
	}
	if opcode.IsControl() && f&FIN == 0 {
		set = set.With(RuleFrameControlFragmented)
	}
	return set
}

// underDeflate is the judgement of a frame with RSV1 where permessage-deflate was
// agreed on: the bit belongs on the first frame of a data message and on no other
// (RFC 7692, section 6.1).
func (s RuleSet) underDeflate(f Flags) RuleSet {
	s = s.Without(RuleFrameRSV1Unnegotiated)
	switch opcode := f.Opcode(); {
	case opcode.IsControl():
		s |= 1 << RuleDeflateRSV1OnControl
	case opcode == OpcodeContinuation:
		s |= 1 << RuleDeflateRSV1OnContinuation
	}
	return s
}

// brokenMask judges the MASK bit.
func (f Flags) brokenMask(sender Role) RuleSet {
	masked := f&MASK != 0
	switch {
	case sender == RoleClient && !masked:
		return 1 << RuleFrameUnmaskedFromClient
	case sender == RoleServer && masked:
		return 1 << RuleFrameMaskedFromServer
	}
	return 0
}

// broken judges a whole header by itself.
func (h Header) broken(sender Role) RuleSet {
	set := h.Flags.broken() | h.Flags.brokenMask(sender)
	if h.PayloadLength>>63 != 0 {
		set = set.With(RuleFrameLengthMSBSet)
	}
	if h.Form != LengthShortest && h.Form != ShortestForm(h.PayloadLength) {
		set = set.With(RuleFrameLengthNotMinimal)
	}
	if h.PayloadLength > maxControlPayload && h.Opcode().IsControl() {
		set = set.With(RuleFrameControlTooLong)
	}
	return set
}

// Check appends a diagnostic for every rule that the header breaks by itself,
// in the order of the RFC. The header is taken to be the first bytes of a
// stream; what the frames before it make of it is for Inspect to say.
func (h Header) Check(dst []Diagnostic, sender Role) []Diagnostic {
	frame := Frame{Header: h, HeaderLength: h.Len(), HeaderComplete: true}
	return frame.appendDiagnostics(dst, h.broken(sender))
}

// sequence remembers of the frames so far what the next one is judged by
// (RFC 6455, sections 5.4 and 5.5.1). The zero value begins a connection.
type sequence struct {
	// open: a message waits for its last fragment; message is its opcode.
	open    bool
	message Opcode
	// closed: the sender has sent a Close frame.
	closed bool
}

// next judges the first byte of the next frame by those before it and takes
// note of it. Frames with a reserved opcode belong to no message.
func (s *sequence) next(f Flags) (set RuleSet) {
	opcode := f.Opcode()
	if s.closed && !opcode.IsControl() {
		set = set.With(RuleCloseDataAfterClose)
	}
	switch opcode {
	case OpcodeText, OpcodeBinary:
		if s.open {
			set = set.With(RuleSequenceDataInterleaved)
		}
		s.open, s.message = f&FIN == 0, opcode
	case OpcodeContinuation:
		if !s.open {
			set = set.With(RuleSequenceContinuationUnexpected)
			break
		}
		s.open = f&FIN == 0
	case OpcodeClose:
		s.closed = true
	}
	return set
}

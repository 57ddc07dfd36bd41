package protocol

import "strings"

// Values of a request, judged one at a time. CheckRequest does it for a whole
// head; a server whose requests are read by something else, such as an HTTP
// library, asks here, so that both say the same. The rule's row has the status to
// answer with. What may stand in the two fields that are lists is
// ParseSubprotocols' and ParseExtensions' to say.

// CheckTarget returns the first rule that the target of a request line breaks, and
// whether there is one (RFC 6455, sections 3, 4.2.1 and 11.1).
func CheckTarget(target string) (broken RuleID, found bool) {
	switch {
	case strings.IndexByte(target, '#') >= 0:
		return RuleHandshakeURIHashUnescaped, true
	case target == "" || !targetOK(target):
		return RuleHandshakeTargetInvalid, true
	case notURI(target) >= 0:
		return RuleHandshakeURINotPercentEncoded, true
	}
	return 0, false
}

// CheckHost returns the rule that the value of Host breaks, and whether there is
// one (RFC 6455, sections 4.2.1 and 11.1). Of a name with letters beyond ASCII only
// that is said, since its ASCII form may be a good one.
func CheckHost(value string) (broken RuleID, found bool) {
	for i := range len(value) {
		if value[i] >= 0x80 {
			return RuleHandshakeURIHostNotASCII, true
		}
	}
	return RuleHandshakeHostInvalid, !hostOK(value)
}

// CheckVersion returns the rule that the value of Sec-WebSocket-Version breaks, and
// whether there is one (RFC 6455, sections 4.2.1 and 4.3).
func CheckVersion(value string) (broken RuleID, found bool) {
	n, ok := versionNumber(value)
	if !ok {
		return RuleHandshakeVersionMalformed, true
	}
	return RuleHandshakeVersionNot13, n != 13
}

// CheckOrigin returns the rule that the value of Origin breaks, and whether there
// is one (RFC 6455, section 4.1; RFC 6454, section 6.2).
func CheckOrigin(value string) (broken RuleID, found bool) {
	return RuleHandshakeOriginMalformed, !originOK(value)
}

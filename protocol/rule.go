package protocol

// A Rule is one requirement of an RFC that bytes on the wire can break. They
// come in groups, each in the order of its RFC, with a table of its own:
//
//  1. frames and their sequence, seen in one direction    rules.go
//  2. the same, where it takes both directions to see     rules.go
//  3. permessage-deflate: frames and payload data         rules_deflate.go
//  4. the opening handshake                               rules_handshake.go
//  5. permessage-deflate: its negotiation                 rules_negotiation.go
//
// To add a rule: add a RuleID below, at its place in the group, and its row in
// the group's table; find breaks of it (check.go and inspect.go for frames,
// conversation_rules.go for both directions, handshake_check.go for heads); give
// it an action in mend.go if one exists; add a vector and at least one preset
// (presets.go for the groups 1 and 3). Tests name whatever is still missing.

// RuleID names a rule within this program. Its text form, which is stable and
// for the world, is Rule.ID.
type RuleID uint8

// The rules, in the order of the tables.
const (
	// Frames and their sequence, in one direction.
	RuleFrameUnmaskedFromClient RuleID = iota
	RuleFrameMaskedFromServer
	RuleFrameRSV1Unnegotiated
	RuleFrameRSV2Unnegotiated
	RuleFrameRSV3Unnegotiated
	RuleFrameOpcodeReserved
	RuleFrameLengthMSBSet
	RuleFrameLengthNotMinimal
	RuleFrameTruncated
	RuleFrameMaskKeyReused
	RuleFrameControlFragmented
	RuleSequenceDataInterleaved
	RuleSequenceContinuationUnexpected
	RuleFrameControlTooLong
	RuleClosePayloadOneByte
	RuleCloseReasonInvalidUTF8
	RuleCloseDataAfterClose
	RuleTextInvalidUTF8
	RuleCloseFrameMissing
	RuleCloseCodeReservedOnWire
	RuleCloseCode1010ReasonMissing
	RuleCloseCode1010FromServer
	RuleCloseCodeBelow1000
	RuleCloseCodeUnassigned
	RuleCloseCodeAbove4999

	// What takes both directions to see.
	RuleCloseNotAnswered
	RuleCloseClientTCPFirst
	RuleSequencePongMissing
	RuleSequencePongPayloadMismatch
	RuleCloseFailWithoutFrame
	RuleCloseFailKeepsReading

	// permessage-deflate: frames and payload data.
	RuleDeflateRSV1OnControl
	RuleDeflateRSV1OnContinuation
	RuleDeflateDataInvalid
	RuleDeflateTailKept
	RuleDeflateTailMissing
	RuleDeflateBFINALPaddingNonzero
	RuleDeflateFragmentTailRemoved
	RuleDeflateClientContextKept
	RuleDeflateServerContextKept
	RuleDeflateClientWindowExceeded
	RuleDeflateServerWindowExceeded

	// The opening handshake.
	RuleHandshakeURIHashUnescaped
	RuleHandshakeRequestMissing
	RuleHandshakeRequestMalformed
	RuleHandshakeMethodNotGet
	RuleHandshakeHTTPVersionTooLow
	RuleHandshakeTargetInvalid
	RuleHandshakeHostMissing
	RuleHandshakeHostInvalid
	RuleHandshakeUpgradeMissing
	RuleHandshakeUpgradeNotWebsocket
	RuleHandshakeConnectionMissing
	RuleHandshakeConnectionNotUpgrade
	RuleHandshakeKeyMissing
	RuleHandshakeKeyNotBase64
	RuleHandshakeKeyNot16Bytes
	RuleHandshakeKeyNoncanonical
	RuleHandshakeOriginMalformed
	RuleHandshakeVersionMissing
	RuleHandshakeVersionMalformed
	RuleHandshakeVersionNot13
	RuleHandshakeProtocolInvalid
	RuleHandshakeProtocolDuplicate
	RuleHandshakeClientEarlyData
	RuleHandshakeStatusNot101
	RuleHandshakeResponseMalformed
	RuleHandshakeResponseUpgradeMissing
	RuleHandshakeResponseUpgradeNotWebsocket
	RuleHandshakeResponseConnectionMissing
	RuleHandshakeResponseConnectionNotUpgrade
	RuleHandshakeAcceptMissing
	RuleHandshakeAcceptMismatch
	RuleHandshakeExtensionNotOffered
	RuleHandshakeProtocolNotOffered
	RuleHandshakeResponseProtocolInvalid
	RuleHandshakeBadRequestAccepted
	RuleHandshakeVersionMismatchAccepted
	RuleHandshakeVersionListMissing
	RuleHandshakeResponseVersionMalformed
	RuleHandshakeExtensionParamNotToken
	RuleHandshakeExtensionsMalformed
	RuleHandshakeExtensionUnregistered
	RuleHandshakeErrorWithoutStatus
	RuleHandshakeURIHostNotASCII
	RuleHandshakeURINotPercentEncoded
	RuleHandshakeKeyRepeated
	RuleHandshakeAcceptRepeated
	RuleHandshakeResponseProtocolRepeated
	RuleHandshakeVersionRepeated

	// permessage-deflate: its negotiation.
	RuleDeflateRSV1Conflict
	RuleDeflateOfferParamUnknown
	RuleDeflateOfferParamValueInvalid
	RuleDeflateOfferParamDuplicate
	RuleDeflateBadOfferAccepted
	RuleDeflateResponseParamUnknown
	RuleDeflateResponseParamValueInvalid
	RuleDeflateResponseParamDuplicate
	RuleDeflateResponseTakeoverMissing
	RuleDeflateResponseServerWindowLarger
	RuleDeflateResponseClientWindowUnoffered
	RuleDeflateWindowBelow1024

	ruleCount
)

// Where the groups begin, the first of which begins at 0.
const (
	firstPairRule        = RuleCloseCodeAbove4999 + 1
	firstDeflateRule     = RuleCloseFailKeepsReading + 1
	firstHandshakeRule   = RuleHandshakeURIHashUnescaped
	firstNegotiationRule = RuleDeflateRSV1Conflict
)

// Level is how strongly the RFC asks.
type Level uint8

// The key words of RFC 2119, and LevelStated for binding text without one.
const (
	LevelMust Level = iota
	LevelMustNot
	LevelShould
	LevelShouldNot
	LevelStated
)

// String returns the key word as the RFC writes it, or "stated".
func (l Level) String() string {
	return [...]string{"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "stated"}[l]
}

// Party says who can break a rule.
type Party uint8

// Who breaks a rule: either side, or only one of them.
const (
	PartyBoth Party = iota
	PartyClient
	PartyServer
)

// String returns "both", "client" or "server".
func (p Party) String() string { return [...]string{"both", "client", "server"}[p] }

// Rule is one row of a table.
type Rule struct {
	// ID is the stable name, such as "frame-rsv1-unnegotiated".
	ID string
	// Section lists the sections that say it, the rule's home first: "5.2; 5.8" of
	// RFC 6455, "7692/6.1" of another RFC.
	Section string
	Level   Level
	Party   Party
	// StatusCode is what a strict receiver answers with. StatusNone: it goes on.
	// StatusAbnormalClosure: it can only drop the connection, as a client does with
	// a response that breaks a rule.
	StatusCode StatusCode
	// HTTPStatus is what a strict server answers a request with that breaks the
	// rule, such as 400. 0: no status answers it, and StatusCode says what does.
	HTTPStatus int
	// Asks is what the RFC asks, in one sentence of our own.
	Asks string
	// Answer is what receivers do about it, in one sentence.
	Answer string
	// found is what was found, with the signs of Diagnostic.AppendFound in it.
	found string
}

// ruleGroups has the tables in the order of RuleID.
var ruleGroups = [...][]Rule{frameRules[:], deflateRules[:], handshakeRules[:], negotiationRules[:]}

// Rule returns the row of the table. Inlined, its loop would stand in the WASM
// module ten times.
//
//go:noinline
func (id RuleID) Rule() *Rule {
	i := int(id)
	for _, group := range ruleGroups[:len(ruleGroups)-1] {
		if i < len(group) {
			return &group[i]
		}
		i -= len(group)
	}
	return &ruleGroups[len(ruleGroups)-1][i]
}

// String returns the stable name.
func (id RuleID) String() string { return id.Rule().ID }

// Rules returns all rows in the order of RuleID.
func Rules() (all []Rule) {
	for _, group := range ruleGroups {
		all = append(all, group...)
	}
	return all
}

// RuleSet is a set of rules, such as those that end a connection. It has rules
// about frames and their sequence, the groups 1 to 3: a connection in which frames
// travel is past its handshake, and never failed for a rule of that. Other rules
// cannot be put in.
type RuleSet uint64

// With returns the set with the rules added.
func (s RuleSet) With(ids ...RuleID) RuleSet {
	for _, id := range ids {
		s |= 1 << id
	}
	return s
}

// Without returns the set with the rules removed.
func (s RuleSet) Without(ids ...RuleID) RuleSet {
	for _, id := range ids {
		s &^= 1 << id
	}
	return s
}

// Has reports whether the set holds the rule.
func (s RuleSet) Has(id RuleID) bool { return s>>id&1 != 0 }

// Strict returns every rule that a receiver may answer with a status code.
func Strict() RuleSet { return strictRules }

var strictRules = func() (set RuleSet) {
	for id := RuleID(0); id < firstHandshakeRule; id++ {
		if code := id.Rule().StatusCode; code != StatusNone && code != StatusAbnormalClosure {
			set = set.With(id)
		}
	}
	return set
}()

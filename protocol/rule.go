package protocol

// A Rule is one requirement of an RFC that bytes on the wire can break. The
// table in rules.go has them all, in the order of the RFC.
//
// To add a rule: add a RuleID below and its row in rules.go; find breaks of it
// in check.go; say what was found in diagnostic.go; give it an action in
// mend.go if one exists; add at least one preset in presets.go, which is its
// test vector as well. Tests name whatever is still missing.

// RuleID names a rule within this program. Its text form, which is stable and
// for the world, is Rule.ID.
type RuleID uint8

// The rules, in the order of the table.
const (
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

	ruleCount
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

// Rule is one row of the table.
type Rule struct {
	// ID is the stable name, such as "frame-rsv1-unnegotiated".
	ID string
	// Section lists the sections of RFC 6455 that say it, the rule's home first.
	Section string
	Level   Level
	Party   Party
	// StatusCode is what a strict receiver answers with. StatusNone: it goes on.
	// StatusAbnormalClosure: it can only drop the connection.
	StatusCode StatusCode
	// Asks is what the RFC asks, in one sentence of our own.
	Asks string
	// Answer is what receivers do about it, in one sentence.
	Answer string
}

// Rule returns the row of the table.
func (id RuleID) Rule() *Rule { return &rules[id] }

// String returns the stable name.
func (id RuleID) String() string { return rules[id].ID }

// Rules returns the table in the order of the RFC.
func Rules() []Rule { return rules[:] }

// RuleSet is a set of rules, such as those that end a connection.
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
	for id := RuleID(0); id < ruleCount; id++ {
		if code := rules[id].StatusCode; code != StatusNone && code != StatusAbnormalClosure {
			set = set.With(id)
		}
	}
	return set
}()

package protocol

// A scenario is a conversation as one side is to hold it: what that side sends,
// when, and what it expects of the other. It is data. Somebody with a socket, a
// clock and randomness plays it from the first step to the last; the package
// documentation has the grammar and says what each step does.
//
// A scenario keeps every line of its text, the comments and the blank ones too,
// so that line N of what is printed is line N of what was read.
//
// To add a step: a StepKind, its word in stepWords, its branch in step and in
// Step.AppendTo, a row in the tests and in the documentation.

// MaxScenarioLines is the most lines that one scenario may have. Its frames have
// at most MaxDraftPayload bytes of payload in all.
const MaxScenarioLines = 10000

// Scenario is what Role is to do.
type Scenario struct {
	Role  Role
	Steps []Step
}

// StepKind says what a step does, and which members of it count.
type StepKind uint8

const (
	// StepComment does nothing: a line that is blank or only Comment.
	StepComment StepKind = iota
	// StepRole is the line that says Scenario.Role.
	StepRole
	// StepHandshake sends the head in Handshake.
	StepHandshake
	// StepFrame sends Draft, a frame or raw bytes.
	StepFrame
	// StepWait lets Duration pass.
	StepWait
	// StepChop cuts what is sent from here on into Chop bytes a TCP segment; 0
	// leaves it whole.
	StepChop
	// StepEnd ends this side's half of TCP.
	StepEnd
	// StepReset ends TCP both ways with RST.
	StepReset
	// StepPong turns the answers to pings On or off.
	StepPong
	// StepExpect goes on when Expect is met.
	StepExpect
)

// stepWords are the words of the kinds. A frame has none of its own.
var stepWords = [...]string{
	StepComment: "comment", StepRole: "role", StepHandshake: "handshake", StepFrame: "frame", StepWait: "wait",
	StepChop: "chop", StepEnd: "end", StepReset: "reset", StepPong: "pong", StepExpect: "expect",
}

// String returns the word that the step begins with; "frame" and "comment" for
// the two that begin with none.
func (k StepKind) String() string { return stepWords[k] }

// Step is one line of a scenario, a handshake with the lines that change it.
type Step struct {
	Kind StepKind
	// Line is the line of the text, from 1; LastLine is a handshake's last one and
	// otherwise Line.
	Line, LastLine int
	// Draft has its comment with it; Comment is that of every other step.
	Draft     Draft
	Handshake *HandshakeStep
	Expect    *Expect
	// Duration is in nanoseconds.
	Duration int64
	Chop     int
	On       bool
	Comment  string
}

// HandshakeStep is the head of a request or, of a server, of a response: a
// default one, departed from part by part, or bytes of one's own.
type HandshakeStep struct {
	// Verbatim makes Data all that is sent; Line and Edits do not count.
	Verbatim bool
	Data     Payload
	// Line has the parts of the first line, "" for the default: method, target and
	// version of a request; version, status code and reason of a response.
	Line  [3]string
	Edits []FieldEdit
}

// EditKind says how a field departs from the default head.
type EditKind uint8

const (
	// EditComment changes nothing: a line that is blank or only Comment.
	EditComment EditKind = iota
	// EditWith gives the field its value, and adds it where there is none.
	EditWith
	// EditAlso adds a field behind all others, whether or not there is one of this
	// name. Without Name, Value is the whole line.
	EditAlso
	// EditWithout takes all fields of the name away.
	EditWithout
)

var editWords = [...]string{EditWith: "with", EditAlso: "also", EditWithout: "without"}

// FieldEdit is one line that changes a handshake's fields.
type FieldEdit struct {
	Kind        EditKind
	Name, Value string
	Comment     string
}

// ExpectKind says what is expected.
type ExpectKind uint8

const (
	// ExpectMessage: a message, text or binary.
	ExpectMessage ExpectKind = iota
	// ExpectText and ExpectBinary: a message of this kind, inflated if compressed,
	// with Payload if PayloadGiven.
	ExpectText
	ExpectBinary
	// ExpectClose: a Close frame, with one of Codes if there are any. 1005 is a
	// Close frame without a status code.
	ExpectClose
	// ExpectPing and ExpectPong: a ping or pong, with Payload if PayloadGiven.
	ExpectPing
	ExpectPong
	// ExpectSilence: nothing at all for Within.
	ExpectSilence
	// ExpectEnd and ExpectReset: TCP ends.
	ExpectEnd
	ExpectReset
	// ExpectStatus: the head of a response with one of Codes.
	ExpectStatus
	// ExpectRule: the peer breaks Rule.
	ExpectRule
	// ExpectNoRule: the peer has broken none so far.
	ExpectNoRule
)

var expectWords = [...]string{
	ExpectMessage: "message", ExpectText: "text", ExpectBinary: "binary", ExpectClose: "close",
	ExpectPing: "ping", ExpectPong: "pong", ExpectSilence: "silence", ExpectEnd: "end", ExpectReset: "reset",
	ExpectStatus: "status", ExpectRule: "rule", ExpectNoRule: "no rule",
}

// Expect is what the other side is expected to do.
type Expect struct {
	Kind         ExpectKind
	PayloadGiven bool
	Payload      Payload
	// Codes are status codes, of HTTP for ExpectStatus.
	Codes []uint16
	Rule  RuleID
	// Within is how long it may take, in nanoseconds; 0 leaves that to the player.
	Within int64
}

package protocol

// StatusCode is the two-byte code at the front of a Close frame's payload
// (RFC 6455, section 7.4). StatusNone stands for a Close frame without one.
//
// To register a code, add a row to statusRanges; names, the rules about the
// wire and the page's list all come from there.
type StatusCode uint16

// Status codes of RFC 6455, section 7.4.1, and of the IANA registry after it.
const (
	StatusNone               StatusCode = 0
	StatusNormalClosure      StatusCode = 1000
	StatusGoingAway          StatusCode = 1001
	StatusProtocolError      StatusCode = 1002
	StatusUnsupportedData    StatusCode = 1003
	StatusNoStatusReceived   StatusCode = 1005
	StatusAbnormalClosure    StatusCode = 1006
	StatusInvalidPayloadData StatusCode = 1007
	StatusPolicyViolation    StatusCode = 1008
	StatusMessageTooBig      StatusCode = 1009
	StatusMandatoryExtension StatusCode = 1010
	StatusInternalError      StatusCode = 1011
	StatusServiceRestart     StatusCode = 1012
	StatusTryAgainLater      StatusCode = 1013
	StatusBadGateway         StatusCode = 1014
	StatusTLSHandshake       StatusCode = 1015
)

// StatusRange is a run of status codes that share a name and a standing.
type StatusRange struct {
	First, Last StatusCode
	// Name as registered with IANA, or what the range is for.
	Name string
	// Text says in one sentence when the code is used.
	Text string
	// OnWire reports whether a Close frame may carry the code.
	OnWire bool
}

// statusRanges tiles 0 to 65535 in ascending order.
var statusRanges = [...]StatusRange{
	{0, 999, "never used", "No meaning was ever given to codes under 1000.", false},
	{1000, 1000, "Normal Closure", "The purpose of the connection has been met.", true},
	{1001, 1001, "Going Away", "A server shuts down, or a browser leaves the page.", true},
	{1002, 1002, "Protocol error", "The peer broke a rule of the protocol.", true},
	{1003, 1003, "Unsupported Data", "A kind of data arrived that this endpoint does not take.", true},
	{1004, 1004, "Reserved", "Held back; it may get a meaning some day.", false},
	{1005, 1005, "No Status Rcvd", "Says locally that a Close frame had no status code.", false},
	{1006, 1006, "Abnormal Closure", "Says locally that the connection ended without a Close frame.", false},
	{1007, 1007, "Invalid frame payload data", "The content does not fit its type, such as text that is not UTF-8.", true},
	{1008, 1008, "Policy Violation", "A message broke a rule of the house; also the answer of last resort.", true},
	{1009, 1009, "Message Too Big", "A message is longer than the receiver takes.", true},
	{1010, 1010, "Mandatory Ext.", "A client needed an extension that the server did not agree to.", true},
	{1011, 1011, "Internal Error", "Something unexpected kept the endpoint from going on.", true},
	{1012, 1012, "Service Restart", "The server restarts; come back after a random wait.", true},
	{1013, 1013, "Try Again Later", "The server is overloaded; come back later.", true},
	{1014, 1014, "Bad Gateway", "A gateway got a bad answer from the server behind it.", true},
	{1015, 1015, "TLS handshake", "Says locally that the TLS handshake failed.", false},
	{1016, 2999, "unassigned", "Held for later versions of the protocol and for published extensions.", false},
	{3000, 3999, "registered use", "For libraries, frameworks and applications that register with IANA.", true},
	{4000, 4999, "private use", "For agreements between the two applications.", true},
	{5000, 65535, "outside all ranges", "The field can hold it; no range has it.", false},
}

// Range returns the row of the registry that the code belongs to.
func (c StatusCode) Range() StatusRange {
	low, high := 0, len(statusRanges)-1
	for low < high {
		middle := (low + high) / 2
		if c > statusRanges[middle].Last {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return statusRanges[low]
}

// Name returns the registered name, or the name of the range.
func (c StatusCode) Name() string { return c.Range().Name }

// OnWire reports whether a Close frame may carry the code
// (RFC 6455, sections 7.4.1 and 7.4.2).
func (c StatusCode) OnWire() bool { return c.Range().OnWire }

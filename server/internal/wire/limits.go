package wire

import (
	"fmt"
	"time"

	"framecraft/protocol"
)

// Limits keep one play from costing others anything. Each that cuts is named in
// the transcript.
type Limits struct {
	// Time is how long a play may take, from dialling on.
	Time time.Duration
	// Connect is how long it may take until TCP, and TLS if there is any, is open.
	Connect time.Duration
	// Bytes is how much both sides together may send.
	Bytes int
	// Inflated is how much the compressed messages of the other side may inflate to
	// in all, give or take the last one.
	Inflated int
	// Entries is how many pieces a transcript may have (chopped frames have many),
	// and how many messages may wait for an expectation.
	Entries int
	// Expect is how long an expectation waits that does not say so itself.
	Expect time.Duration
	// Quiet is how long nothing has to come after the last step before the play
	// is over; Linger is how long it goes on in any case.
	Quiet, Linger time.Duration
}

// DefaultLimits are those of a server that nobody configured.
func DefaultLimits() Limits {
	return Limits{
		Time:     60 * time.Second,
		Connect:  10 * time.Second,
		Bytes:    1 << 20,
		Inflated: protocol.InflateTotal,
		Entries:  20_000,
		Expect:   2 * time.Second,
		Quiet:    200 * time.Millisecond,
		Linger:   2 * time.Second,
	}
}

// limitError is why a play was ended before its last step.
type limitError string

func (e limitError) Error() string { return string(e) }

func (l *Limits) timeOver() error {
	return limitError(fmt.Sprintf("the limit of %v for one play is reached", l.Time))
}

func (l *Limits) bytesOver() error {
	return limitError(fmt.Sprintf("the limit of %d bytes for one play is reached", l.Bytes))
}

func (l *Limits) entriesOver() error {
	return limitError(fmt.Sprintf("the limit of %d entries for one play is reached", l.Entries))
}

func (l *Limits) inflatedOver() error {
	return limitError(fmt.Sprintf("the limit of %d bytes of inflated messages for one play is reached", l.Inflated))
}

func (l *Limits) waitingOver() error {
	return limitError(fmt.Sprintf("the limit of %d messages that wait for an expectation is reached", l.Entries))
}

// Package wire puts scenarios on the network: it connects to a target, sends
// the bytes of every step exactly as they are written, reads whatever comes
// back, and records all of it as a transcript with times. What the bytes mean is
// package protocol's; what may be connected to is decided here.
//
// In reading order:
//
//	target.go   what a scenario can be played against
//	guard.go    which of these a server may dial for its visitors
//	special.go  the ranges of addresses that no name of the outside may lead to
//	dial.go     from a target to a connection
//	builtin.go  the target in this very process
//	tcp.go      a connection that sends segments, half-closes and resets
//	limits.go   the numbers
//	play.go     the steps of a scenario, one after the other
//	handshake.go, send.go, receive.go  what a step does, and what comes back
//	record.go   the transcript
//	follow.go   what has arrived
//	expect.go   whether that was expected
//	judge.go    whether it was allowed
//	client.go   the other side of a server's scenario
package wire

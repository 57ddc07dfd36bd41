// Package faults breaks TCP on purpose, for tests. It is never part of the
// server.
//
//	flow.go      what becomes of bytes that go one way: the script of all faults
//	conn.go      a net.Conn whose calls follow two flows
//	listener.go  a net.Listener whose Accept fails where it is told to
//	proxy.go     a TCP proxy that stands between two real peers, with the same flows
//	cases.go     the faults that tests go through
//
// Conn hides the descriptor, so whoever waits by descriptor has to wait in
// another way; Proxy leaves both ends real sockets. A test of a fault is worth
// most through both.
//
// Everything is scripted: a flow counts bytes and not time, and what is random in
// it comes from its seed, so the same bytes meet the same fault again.
//
// To add a fault: a value of End with what it does in Conn.end and in half.end,
// its name in the table of TestEnds, and a row in Cases, which the tests of the
// endpoint and of the whole site go through.
package faults

// Package endpoint serves WebSocket connections: it joins a TCP connection that
// was taken over from net/http with a protocol.Conn, and adds what that leaves
// to its caller: sockets, clocks, limits.
//
// In reading order:
//
//	handshake.go     is this request a handshake; the answer to it
//	heads.go         requests as they came, before net/http smooths them out
//	tls.go           what a connection with TLS does differently
//	endpoint.go      all live connections: the registry, the shutdown
//	conn.go          one connection: what it has, who has it, how it ends
//	link.go          the way to the peer, of which there are two kinds
//	poll*_linux.go   a socket in the kernel's poller, without a goroutine
//	wait*.go         anything else, with a goroutine that waits
//	receive.go       what becomes of bytes that arrived
//	send.go          how answers are written
//	sweep.go         who looks for what is due
//	tick.go          deadlines and pings
//	pause.go         why a process that was stopped blames nobody
//	deflate.go       what is agreed on about permessage-deflate
//	compress.go      the code that inflates and compresses
//	send_deflate.go  how compressed answers are written
//	echo.go          the simplest use of it all
//	options.go       what the echo endpoint's address can ask for
//	hold.go          answers that wait, if that is asked for
//	workers.go       the goroutines that do the work
//	buffers.go       memory that is shared by whoever has something to do
//	limits.go        the numbers
//	rate.go          how fast a peer may send
//	info.go          what can be said of a connection, and to whom
//	totals.go        what is counted
//	ending.go        how a connection has ended, for who logs and counts
//
// # One connection
//
// A connection with nothing to do costs a Conn of a few hundred bytes. Its socket
// waits in the kernel, and one goroutine waits for all of them; it serves what is
// quickly done by itself, and hands over the rest. Workers are few, are shared by
// all connections and may have grown stacks. Where a connection is no plain socket,
// or the system has no such poller, the connection has a goroutine of its own with
// the smallest stack and no buffer. What is needed while something is under way
// (work, buffers, codecs) is taken at that moment and given back. Deadlines need no
// timers: one goroutine looks over all connections, and a worker looks after those
// that are due.
//
// A mutex in the connection makes every writer wait for the one before, so
// frames never mix. Nothing is read while answers wait to be written: a peer
// that does not read feels it by TCP, and the write deadline ends it. That is
// why there is no queue that could overflow. Whoever sends without being asked
// (Push) waits like everybody else.
package endpoint

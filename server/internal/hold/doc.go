// Package hold opens very many WebSocket connections to one address and holds
// them: the proof that a server is not limited to 65,535 of them.
//
// A connection is the tuple of source address, source port, destination address
// and destination port. With the destination fixed, each source address has as
// many tuples as it has ports, and 127.0.0.0/8 has sixteen million addresses. What
// runs out is descriptors, of which a process may have only so many, and memory.
// So the connections are divided among processes, each with source addresses of
// its own.
//
// In reading order:
//
//	plan.go          the arithmetic: processes, source addresses, ports
//	sources.go       which source addresses, when several runs share the machine
//	target.go        what is dialled, and why anything but loopback is refused
//	share.go         what one process has to do, and what it says meanwhile
//	durations.go     a histogram, small enough to be said twice a second
//	stop.go          the limits that end the opening, and how to raise them
//	handshake.go     the request, the judgement of the response
//	talk.go          the frames of one connection
//	fleet_linux.go   all connections of a process in one loop on epoll(7);
//	                 opening_linux.go until they are open, times_linux.go by the clock
//	fleet_plain.go   the same with a goroutine a connection, for other systems
//	worker.go        a share in a process of its own, behind a pipe of JSON lines
//	crew.go          all shares together
//	observe.go       what the servers and the kernel have, before and while
//	probe.go         whether a new connection is still served
//	run.go           open, hold, close; the report
//
// To add a limit that can stop it: a row in stop.go, with how to raise it.
package hold

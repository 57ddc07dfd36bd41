// Package opener lets the server dial itself: it opens further WebSocket
// connections to the server's own listener, by real TCP and real handshakes, and
// holds them, so that a visitor sees with own eyes that a port takes more than
// one's browser would ever open.
//
// In reading order:
//
//	opener.go   what there is in all: the limit, the sources, the claims
//	reach.go    which address to dial and from which ones
//	group.go    the connections of one page, and the goroutine that keeps them
//	ramp.go     opening them, step by step, and why that stops early
//	client.go   one connection: handshake, pongs, the closing handshake
//	raw_*.go    reading and writing without waiting
//
// # What a connection costs
//
// A descriptor at each end, and no goroutine at this one: nobody waits for it.
// The group's one goroutine visits every connection every few seconds with one
// read that does not wait, which is soon enough to answer a ping.
//
// # How the server knows them
//
// The server counts the connections of an address and of a session, and these
// are not to count: they are bounded by the opener's own limit. The server tells
// them by their TCP peer. The opener notes the address and port of its own socket
// before it sends the request, and the server asks for that note once (Claim).
// While the socket is open no other has that address and port to this listener,
// so there is no secret that could leak and no header that could be forged.
package opener

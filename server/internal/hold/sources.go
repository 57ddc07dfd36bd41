package hold

import (
	"net"
	"net/netip"
)

// Several runs at once on one machine. Had they the same source addresses, the
// ports of these would be looked for among all that the others use, which is slow,
// and then used up, with sixteen million addresses unused. So each run has a block
// of 127.0.0.0/8, and a socket of UDP says to the others which one: it needs no file,
// and goes with its process whatever happens to that.

const (
	// sourcesOfBlock are the addresses of a block: 127.0.0.1 to 127.1.0.0 and so on.
	sourcesOfBlock = 1 << 16
	// blockPort is where the first address of a block is taken.
	blockPort = 6455
)

// takeBlock returns the number of the first source address of a block that no other
// run has, and what gives it back. When none can be had, it is the first block.
func takeBlock() (first int, release func()) {
	for first := 0; first < maxSources; first += sourcesOfBlock {
		at := netip.AddrPortFrom(sourceAddress(first), blockPort)
		if socket, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(at)); err == nil {
			return first, func() { _ = socket.Close() } // nothing was sent or received
		}
	}
	return 0, func() {}
}

// from moves a plan to the source addresses from a number on.
func (p *Plan) from(first int) {
	p.FirstSource = first
	for i := range p.Portions {
		p.Portions[i].FirstSource += first
	}
}

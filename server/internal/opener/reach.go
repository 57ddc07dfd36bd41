package opener

import (
	"fmt"
	"net"
	"net/netip"
)

// Which address reaches the listener, and from where. Addresses of 127.0.0.0/8
// reach what listens on one of them or on every address; Linux has all sixteen
// million of them, other systems only those that somebody has set up.

// maxSources is from how many addresses connections come at most.
const maxSources = 4

var firstSource = netip.AddrFrom4([4]byte{127, 0, 0, 2})

// reach returns the address to dial for a listener, or why there is none.
func reach(listener net.Addr) (target netip.AddrPort, why string) {
	tcp, ok := listener.(*net.TCPAddr)
	if !ok || tcp == nil {
		return target, "the server does not know on which port it listens"
	}
	address, _ := netip.AddrFromSlice(tcp.IP) // invalid where there is none: every address
	address = address.Unmap()
	switch {
	case !address.IsValid() || address.IsUnspecified():
		address = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	case !address.IsLoopback() || !address.Is4():
		return target, fmt.Sprintf("the server listens on %v alone, which connections from %v and its neighbours do not reach; "+
			"it takes a server on 127.0.0.1 or on every address", address, firstSource)
	}
	return netip.AddrPortFrom(address, uint16(tcp.Port)), ""
}

// findSources returns the addresses that sockets here can have, apart from
// 127.0.0.1, which is where the pages come from.
func findSources() (sources []netip.Addr) {
	for address := firstSource; len(sources) < maxSources; address = address.Next() {
		socket, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(address, 0)))
		if err != nil {
			break
		}
		_ = socket.Close()
		sources = append(sources, address)
	}
	return sources
}

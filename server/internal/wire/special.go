package wire

import (
	"net/netip"

	"code.dny.dev/ssrf"
)

// Addresses of a special purpose lead to this machine, to its neighbours, or to
// nowhere: loopback, private use, link-local with the metadata services of the
// clouds, and more. IANA registers them; the lists are those of ssrf, with one
// address that no registry has.
//
// What carries an IPv4 address inside IPv6 is among them (mapped, 6to4, Teredo,
// NAT64), so none of these leads around the list.

// azureHost is an address of the outside by its number that Azure answers from
// the host of the virtual machine.
var azureHost = netip.MustParsePrefix("168.63.129.16/32")

// specialRange returns the special-purpose range that holds the address. In IPv6
// all is special that is no global unicast.
func specialRange(address netip.Addr) (netip.Prefix, bool) {
	if address.Is4() {
		if azureHost.Contains(address) {
			return azureHost, true
		}
		return rangeOf(ssrf.IPv4DeniedPrefixes, address)
	}
	if !ssrf.IPv6GlobalUnicast.Contains(address) {
		return netip.PrefixFrom(netip.IPv6Unspecified(), 0), true
	}
	return rangeOf(ssrf.IPv6DeniedPrefixes, address)
}

func rangeOf(ranges []netip.Prefix, address netip.Addr) (netip.Prefix, bool) {
	for _, r := range ranges {
		if r.Contains(address) {
			return r, true
		}
	}
	return netip.Prefix{}, false
}

// reaches reports whether a network that somebody allowed opens an address that
// lies in it. It opens a special one only if it is itself a part of that special
// range: 0.0.0.0/0 means the whole outside, and not 127.0.0.1; 10.1.0.0/16 was
// certainly meant.
func reaches(network netip.Prefix, address netip.Addr) bool {
	if !network.Contains(address) {
		return false
	}
	special, isSpecial := specialRange(address)
	switch {
	case !isSpecial:
		return true
	case address.Is4() || ssrf.IPv6GlobalUnicast.Contains(address):
		return network.Bits() >= special.Bits()
	}
	return !network.Overlaps(ssrf.IPv6GlobalUnicast)
}

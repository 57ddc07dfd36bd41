package wire

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
)

// The guard stands between a visitor and the network that the server is in. It
// is asked twice. Admit judges what was written, before anything is sent: a name
// or an address that nobody allowed is not even looked up. control judges the
// address that the dialer is about to connect to, after every lookup and for
// every attempt, so it does not matter what a name led to a moment ago or in
// which spelling an address came.
//
// An operator allows
//
//	example.org:443            a name with its port, as far as it leads outside
//	127.0.0.1:9000  [::1]:9000 an address with its port
//	10.1.0.0/16                a network, all ports; names that lead there too
//	10.1.0.0/16:9000           the same with one port; [fd00::/8]:9000
//	localhost:9000             the loopback addresses with this port
//
// A name that leads to a special-purpose address (special.go) needs that address
// to be allowed as well: whoever runs the name's zone could point it anywhere.

// Guard holds what an operator allowed. The zero Guard, and a nil one, allow
// nothing but the built-in targets.
type Guard struct {
	names    map[string]bool // host:port
	networks []allowedNetwork
}

// allowedNetwork is a network with a port, or with all of them for 0.
type allowedNetwork struct {
	prefix netip.Prefix
	port   uint16
}

func (n allowedNetwork) suits(port uint16) bool { return n.port == 0 || n.port == port }

// ForbiddenError says that a target is not allowed, and what would allow it. Its
// text is for the visitor and tells nothing about the network.
type ForbiddenError struct {
	// Target is the host and port that were asked for.
	Target string
	// Address is what they led to, if it came to that. It is for the operator.
	Address netip.AddrPort
}

func (e *ForbiddenError) Error() string {
	if e.Address.IsValid() {
		return e.Target + " leads to an address of a special purpose or of a network that is not allowed; " +
			"nothing was sent there. The operator of this server, whose log names the address, can allow it with -allow ADDRESS"
	}
	return e.Target + " is not an allowed target, and nothing was sent. The operator of this server can allow it with -allow " + e.Target
}

// ParseAllow reads what an operator allows, in the forms above.
func ParseAllow(items []string) (*Guard, error) {
	g := &Guard{names: map[string]bool{}}
	for _, item := range items {
		if err := g.allow(item); err != nil {
			return nil, fmt.Errorf("-allow %q: %w", item, err)
		}
	}
	return g, nil
}

func (g *Guard) allow(item string) error {
	host, port, err := splitAllowed(item)
	if err != nil {
		return err
	}
	if strings.Contains(host, "/") {
		prefix, err := netip.ParsePrefix(host)
		if err != nil {
			return fmt.Errorf("found the network %q, expected an address and its number of bits, as in 10.1.0.0/16", host)
		}
		if prefix.Addr().Is4In6() {
			return fmt.Errorf("found IPv4 inside IPv6, expected the network as IPv4")
		}
		g.networks = append(g.networks, allowedNetwork{prefix.Masked(), port})
		return nil
	}
	if host, err = parseHost(host); err != nil {
		return err
	}
	if address, err := netip.ParseAddr(host); err == nil {
		g.allowAddress(address, port)
		return nil
	}
	if port == 0 {
		return fmt.Errorf("found a name without a port, expected host:port")
	}
	g.names[joinHostPort(host, port)] = true
	if host == "localhost" {
		// The name is loopback by definition (RFC 6761, section 6.3).
		g.allowAddress(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
		g.allowAddress(netip.IPv6Loopback(), port)
	}
	return nil
}

func (g *Guard) allowAddress(address netip.Addr, port uint16) {
	g.networks = append(g.networks, allowedNetwork{netip.PrefixFrom(address, address.BitLen()), port})
}

// splitAllowed takes the port off, 0 without one. Square brackets may stand
// around an address or a network, and must where a port follows IPv6.
func splitAllowed(item string) (host string, port uint16, err error) {
	rest, bracketed := strings.CutPrefix(item, "[")
	var tail string
	switch colon := strings.LastIndexByte(item, ':'); {
	case bracketed:
		var closed bool
		if host, tail, closed = strings.Cut(rest, "]"); !closed || tail != "" && tail[0] != ':' {
			return "", 0, fmt.Errorf("found [ without its ], expected [address]:port")
		}
	case strings.Count(item, ":") == 1:
		host, tail = item[:colon], item[colon:]
	default:
		host = item
	}
	if tail == "" {
		return host, 0, nil
	}
	port, err = parsePort(tail[1:])
	return host, port, err
}

// Admit reports whether a target may be tried at all. The error is a
// *ForbiddenError. Nothing is looked up.
func (g *Guard) Admit(t Target) error {
	if t.BuiltIn() {
		return nil
	}
	forbidden := &ForbiddenError{Target: t.Address()}
	if g == nil {
		return forbidden
	}
	if address, err := netip.ParseAddr(t.Host); err == nil {
		if g.reaches(address, t.Port) {
			return nil
		}
		return forbidden
	}
	if g.names[t.Address()] {
		return nil
	}
	// Where a whole network is allowed, so are the names that lead there, and only
	// a lookup tells. One address is no reason to look up any name.
	for _, n := range g.networks {
		if n.suits(t.Port) && !n.prefix.IsSingleIP() {
			return nil
		}
	}
	return forbidden
}

// reaches reports whether one of the networks opens the address.
func (g *Guard) reaches(address netip.Addr, port uint16) bool {
	for _, n := range g.networks {
		if n.suits(port) && reaches(n.prefix, address) {
			return true
		}
	}
	return false
}

// control is for net.Dialer.ControlContext in a dial to the target: it judges
// the address of a socket that is about to connect.
func (g *Guard) control(t Target) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, network, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || network != "tcp4" && network != "tcp6" {
			return fmt.Errorf("wire: connecting to %s by %s, expected an address by TCP", address, network)
		}
		return g.AdmitAddress(t, at)
	}
}

// AdmitAddress reports whether the target may be reached at an address that its
// host led to. The error is a *ForbiddenError. Whoever asks connects to this very
// address, and looks nothing up any more.
func (g *Guard) AdmitAddress(t Target, at netip.AddrPort) error {
	at = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	if g != nil {
		_, special := specialRange(at.Addr())
		if !special && g.names[t.Address()] || g.reaches(at.Addr().WithZone(""), at.Port()) {
			return nil
		}
	}
	return &ForbiddenError{Target: t.Address(), Address: at}
}

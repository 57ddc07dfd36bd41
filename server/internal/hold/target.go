package hold

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"framecraft/server/internal/wire"
)

// What is dialled. So many connections are an attack on whoever did not ask for
// them, so only loopback addresses are reached unless somebody allows others by
// name. The name is looked up once; what was judged is what is dialled.

// Destination is an address that may be reached, and what requests say of it.
type Destination struct {
	Address             netip.AddrPort
	Authority, Resource string
	// Others are the further addresses that a name leads to.
	Others []netip.Addr
}

// Resolver looks up addresses; net.DefaultResolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Resolve finds the address of a target and judges it. Of several addresses the
// first one of IPv4 is taken, since that has many addresses of loopback.
func Resolve(ctx context.Context, text string, allow *wire.Guard, resolver Resolver) (Destination, error) {
	target, err := wire.ParseTarget(text)
	if err != nil {
		if !strings.HasPrefix(strings.ToLower(text), "ws://") {
			err = fmt.Errorf("target %q: expected ws://host:port/path", text) // and none of the others that wire knows
		}
		return Destination{}, err
	}
	if target.Kind != wire.TargetTCP {
		return Destination{}, fmt.Errorf("target %q: expected ws://host:port/path; hold makes no TLS, and needs a server in a process of its own", text)
	}
	var others []netip.Addr
	address, err := netip.ParseAddr(target.Host)
	if err != nil {
		found, err := resolver.LookupNetIP(ctx, "ip", target.Host)
		if err == nil && len(found) == 0 {
			err = errors.New("the name leads to no address")
		}
		if err != nil {
			return Destination{}, fmt.Errorf("target %q: %w", text, err)
		}
		address = preferred(found)
		for _, other := range found {
			if other != address {
				others = append(others, other)
			}
		}
	}
	d := Destination{netip.AddrPortFrom(address.Unmap(), target.Port), target.Authority, target.Resource, others}
	if d.Address.Addr().IsLoopback() || allow.AdmitAddress(target, d.Address) == nil {
		return d, nil
	}
	return Destination{}, &NotAllowedError{Target: net.JoinHostPort(target.Host, fmt.Sprint(target.Port)), Address: d.Address.Addr()}
}

// reachedBy says that somebody who listens at a further address of the name has to
// be asked for by that.
func (d *Destination) reachedBy(stop *Stop) *Stop {
	if stop == nil || stop.Limit != limitUnreachable || len(d.Others) == 0 {
		return stop
	}
	elsewhere := *stop
	for _, other := range d.Others {
		elsewhere.Raise += fmt.Sprintf("; the name leads to %v as well: ws://%v%s", other, netip.AddrPortFrom(other, d.Address.Port()), d.Resource)
	}
	return &elsewhere
}

// preferred returns the first address of IPv4, or the first one.
func preferred(found []netip.Addr) netip.Addr {
	for _, address := range found {
		if address.Unmap().Is4() {
			return address
		}
	}
	return found[0]
}

// NotAllowedError says that a target is not on this machine and that nobody
// allowed it. Nothing was sent there.
type NotAllowedError struct {
	Target  string
	Address netip.Addr
}

func (e *NotAllowedError) Error() string {
	text := e.Target
	if host, _, _ := net.SplitHostPort(e.Target); host != e.Address.String() {
		text += " leads to " + e.Address.String() + ", which"
	}
	return text + " is no loopback address, and nothing was sent there: so many connections are for machines of your own. If it is one, --allow " +
		net.JoinHostPort(e.Address.String(), e.port()) + " lets hold connect to it"
}

func (e *NotAllowedError) port() string {
	_, port, _ := net.SplitHostPort(e.Target)
	return port
}

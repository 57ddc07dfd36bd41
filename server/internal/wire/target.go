package wire

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// A target is what a scenario is played against, in one word:
//
//	echo, echo?deflate=off    the built-in endpoint, with its query
//	client                    the built-in client, for a scenario of a server
//	ws://host:port/path       anything that listens; wss:// with TLS
//
// Reading a target judges only its form. Whether it may be reached is the
// guard's to say.

// TargetKind says what is reached, and how.
type TargetKind uint8

const (
	// TargetEcho is the endpoint of this very process.
	TargetEcho TargetKind = iota
	// TargetClient is the client of this very process.
	TargetClient
	// TargetTCP is a host and a port.
	TargetTCP
	// TargetTLS is the same behind TLS.
	TargetTLS
)

// String returns the word or the scheme that stands for the kind.
func (k TargetKind) String() string { return [...]string{"echo", "client", "ws", "wss"}[k] }

// Target is where a scenario goes.
type Target struct {
	Kind TargetKind
	// Host is a name in lower case or an address without brackets; Port its
	// port. The built-in targets have none.
	Host string
	Port uint16
	// Authority is the value of Host in a handshake, Resource the target of its
	// request line, as they follow from the URL.
	Authority string
	Resource  string
}

// builtInAuthority is what the built-in endpoint is called in a handshake.
const builtInAuthority = "framecraft.invalid"

// String returns the target as ParseTarget reads it.
func (t Target) String() string {
	switch t.Kind {
	case TargetEcho:
		return strings.TrimPrefix(t.Resource, "/")
	case TargetClient:
		return "client"
	case TargetTLS:
		return "wss://" + t.Authority + t.Resource
	}
	return "ws://" + t.Authority + t.Resource
}

// BuiltIn reports whether both ends live in this process.
func (t Target) BuiltIn() bool { return t.Kind == TargetEcho || t.Kind == TargetClient }

// Address is the host and port that are dialled.
func (t Target) Address() string { return joinHostPort(t.Host, t.Port) }

func joinHostPort(host string, port uint16) string {
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// ParseTarget reads a target.
func ParseTarget(text string) (Target, error) {
	if i := strings.IndexFunc(text, unprintable); i >= 0 {
		return Target{}, fmt.Errorf("target %q: found %q, expected printable ASCII; a URL has all else percent-encoded", text, []rune(text[i:])[0])
	}
	if name, query, hasQuery := strings.Cut(text, "?"); name == "echo" {
		t := Target{Kind: TargetEcho, Authority: builtInAuthority, Resource: "/echo"}
		if hasQuery {
			t.Resource += "?" + query
		}
		return t, nil
	}
	if text == "client" {
		return Target{Kind: TargetClient}, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "ws" && u.Scheme != "wss" || u.Opaque != "" {
		return Target{}, fmt.Errorf("target %q: expected echo, client, ws://host:port/path or wss://host:port/path", text)
	}
	if u.User != nil || u.Fragment != "" || strings.HasSuffix(text, "#") {
		return Target{}, fmt.Errorf("target %q: found a user or a fragment, which no WebSocket URL has (RFC 6455, section 3)", text)
	}
	t := Target{Kind: TargetTCP, Port: 80, Authority: u.Host, Resource: u.RequestURI()}
	if u.Scheme == "wss" {
		t.Kind, t.Port = TargetTLS, 443
	}
	if !strings.HasPrefix(t.Resource, "/") {
		t.Resource = "/" + t.Resource // a query without a path
	}
	if text := u.Port(); text != "" || strings.HasSuffix(u.Host, ":") {
		if t.Port, err = parsePort(text); err != nil {
			return Target{}, fmt.Errorf("target %q: %w", u.Host, err)
		}
	}
	if t.Host, err = parseHost(u.Hostname()); err != nil {
		return Target{}, fmt.Errorf("target %q: %w", u.Host, err)
	}
	return t, nil
}

// unprintable reports whether a character cannot stand in a request line.
func unprintable(r rune) bool { return r <= ' ' || r >= 0x7f }

func parsePort(text string) (uint16, error) {
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return 0, fmt.Errorf("found the port %q, expected 1 to 65535", text)
	}
	return uint16(port), nil
}

// parseHost returns a host in the one form that it is compared in: an address as
// netip prints it, IPv4 in IPv6 as IPv4, or a name in lower case without the dot
// at its end.
//
// Some resolvers take 127.1, 0x7f.1 or 2130706433 for an address. Whatever ends
// in a number is one of these spellings, or a mistake, and never a name
// (RFC 3696, section 2).
func parseHost(text string) (string, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		if address.Zone() != "" {
			return "", fmt.Errorf("found the zone %q, expected an address without one", address.Zone())
		}
		return address.Unmap().String(), nil
	}
	name := strings.TrimSuffix(strings.ToLower(text), ".")
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || len(name) > 253 {
			return "", fmt.Errorf("found the host %q, expected a name or an address", text)
		}
		for _, r := range label {
			if r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') {
				return "", fmt.Errorf("found %q in the host, expected letters, digits, hyphens and dots, other scripts as xn--", r)
			}
		}
	}
	if last := labels[len(labels)-1]; isNumber(last) {
		return "", fmt.Errorf("found the host %q, which ends in a number, expected four numbers as in 192.0.2.1, or a name", text)
	}
	return name, nil
}

// isNumber reports whether a label is a decimal, octal or hexadecimal number.
func isNumber(label string) bool {
	if hex, found := strings.CutPrefix(label, "0x"); found {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(label, "0123456789") == ""
}

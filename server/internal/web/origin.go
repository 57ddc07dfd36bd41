package web

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// The Origin check is the defence against other people's pages: a browser sends
// cookies along with a WebSocket handshake from anywhere, and SameSite does not
// stop a page on another port of the same host. Only the exact origins of the
// list are let in, compared as strings; no Origin at all is not one of them.

// ParseOrigins reads a list separated by commas, such as
// "https://framecraft.example".
func ParseOrigins(text string) ([]string, error) {
	var origins []string
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		u, err := url.Parse(item)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" ||
			strings.ContainsFunc(item, func(r rune) bool { return r == '*' || r >= 0x7f }) || item != u.Scheme+"://"+strings.ToLower(u.Host) {
			return nil, fmt.Errorf("origin %q, expected http:// or https:// and a host in lower case, no pattern, other scripts as xn--, as a browser sends it", item)
		}
		if strings.HasSuffix(u.Host, ":") || u.Scheme == "http" && u.Port() == "80" || u.Scheme == "https" && u.Port() == "443" {
			return nil, fmt.Errorf("origin %q, expected no port where it is the scheme's own: browsers leave that out", item)
		}
		origins = append(origins, item)
	}
	return origins, nil
}

// DefaultOrigins are the origins of the page when a browser on this machine
// loads it from the address: the loopback names, that of IPv6 where it is listened on,
// and the address itself where it names one host.
func DefaultOrigins(listening net.Addr) []string {
	host, port, err := net.SplitHostPort(listening.String())
	if err != nil {
		return nil
	}
	suffix := ":" + port
	if port == "80" {
		suffix = "" // browsers leave the default port out
	}
	origins := []string{"http://127.0.0.1" + suffix, "http://localhost" + suffix}
	if address, err := netip.ParseAddr(host); err == nil && address != netip.IPv4Unspecified() {
		if address.IsUnspecified() {
			address = netip.IPv6Loopback()
		}
		own := address.WithZone("").String()
		if address.Is6() {
			own = "[" + own + "]"
		}
		if own = "http://" + own + suffix; !slices.Contains(origins, own) {
			origins = append(origins, own)
		}
	}
	return origins
}

// SecureOrigins reports whether browsers reach the page over TLS, which some
// proxy in front of the server then ends. A list of both kinds is an error: the
// cookie can have only one of its two shapes.
func SecureOrigins(origins []string) (bool, error) {
	secure := 0
	for _, origin := range origins {
		if strings.HasPrefix(origin, "https://") {
			secure++
		}
	}
	if secure != 0 && secure != len(origins) {
		return false, fmt.Errorf("origins with http and https beside each other (%s), expected one kind", strings.Join(origins, ", "))
	}
	return secure > 0, nil
}

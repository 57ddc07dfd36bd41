package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5/middleware"
)

// Whose request it is. Directly on the network it is the TCP peer's. Behind a
// proxy all requests come from there, and the proxy says in X-Forwarded-For whom
// it speaks for; that is believed only of the networks that the operator named.

// ParseNetworks reads addresses and networks, separated by commas or blanks, such
// as "127.0.0.1, 10.0.0.0/8".
func ParseNetworks(text string) (networks []netip.Prefix, err error) {
	for item := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		network, err := netip.ParsePrefix(item)
		if err != nil {
			var address netip.Addr
			if address, err = netip.ParseAddr(item); err == nil && address.Zone() == "" {
				network = netip.PrefixFrom(address, address.BitLen())
			}
		}
		if !network.IsValid() || network.Addr().Is4In6() {
			return nil, fmt.Errorf("found %q, expected an address or a network, such as 10.1.0.0/16", item)
		}
		networks = append(networks, network.Masked())
	}
	return networks, nil
}

// clientAddressFrom returns the middleware that finds out who a request is from.
// Where the proxy does not say, all its visitors are one; the log says that once.
func (s *Site) clientAddressFrom(proxies []netip.Prefix) func(http.Handler) http.Handler {
	if len(proxies) == 0 {
		return middleware.ClientIPFromRemoteAddr
	}
	var networks []string
	for _, proxy := range proxies {
		networks = append(networks, proxy.String())
	}
	var said sync.Once
	find := middleware.ClientIPFromXFF(networks...)
	return func(next http.Handler) http.Handler {
		return find(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// The proxy asks for its own sake how the server is.
			if !middleware.GetClientIPAddr(r.Context()).IsValid() && r.URL.Path != "/healthz" {
				said.Do(func() {
					s.log.Warn("the proxy does not say for whom it speaks; all its visitors share the limits of one address",
						"expected", "X-Forwarded-For with an address that --trust-proxy does not have")
				})
			}
			next.ServeHTTP(w, r)
		}))
	}
}

// onlyFrom refuses what does not come from one of the networks.
func (s *Site) onlyFrom(networks []netip.Prefix) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if peer, ok := peerOf(r); !ok || !contains(networks, peer) {
				s.turnAway(w, r, http.StatusForbidden, causeProxy, "this server answers its proxy only", "")
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// peerOf returns the address at the other end of TCP.
func peerOf(r *http.Request) (netip.Addr, bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return peer.Addr().Unmap().WithZone(""), err == nil
}

func contains(networks []netip.Prefix, address netip.Addr) bool {
	for _, network := range networks {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

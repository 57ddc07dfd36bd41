package cli

import (
	"errors"
	"fmt"
	"strings"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/system"
	"framecraft/server/internal/web"
)

// A server on the open network. --public adds no defence of its own: all of them
// are there without it, and most are on. What it does is to refuse a start in
// which one of them is off or left to a default that suits one person on
// loopback, and to say everything that is amiss at once, so that nobody finds out
// one thing a restart.
//
// To make it ask for more: a line in amiss, a row in its test, a sentence in the
// README.

// publicFlags are part of serve's.
type publicFlags struct {
	MaxHTTP         int `name:"max-http" default:"${max_http}" placeholder:"N" help:"With --public: TCP connections of one address that are no WebSocket, or not yet."`
	MaxEchoMessages int `default:"${max_echo_messages}" placeholder:"N" help:"With --public: messages a second of one connection of /echo; more end it with 1008. Pings may be a tenth of that."`
	MaxEchoSize     int `default:"${max_echo_size}" placeholder:"N" help:"With --public: bytes of one message of /echo; a longer one ends the connection with 1009. Each connection can make the server hold as much."`
	MaxEchoBytes    int `default:"${max_echo_bytes}" placeholder:"N" help:"With --public: bytes a second of one connection of /echo; more have to wait."`

	Public bool `help:"Stand on the open network: refuse to start unless TLS or a trusted proxy, origins with https, cookie keys and all limits are given; dial nothing; answer nobody but the proxy where that speaks TLS."`
}

// The limits of publicFlags unless the operator says otherwise.
const (
	defaultHTTP         = 64
	defaultEchoMessages = 1000
	defaultEchoSize     = 1 << 20
	defaultEchoBytes    = 4 << 20
)

// check refuses limits that nobody would be held to.
func (f *publicFlags) check() error {
	if f.MaxEchoSize > web.EchoMessageLimit {
		return fmt.Errorf("--max-echo-size is %d, expected %d at most", f.MaxEchoSize, web.EchoMessageLimit)
	}
	if f.Public {
		return nil
	}
	for i, limit := range f.publicCounts() {
		if limit.n != [...]int{defaultHTTP, defaultEchoMessages, defaultEchoSize, defaultEchoBytes}[i] {
			return fmt.Errorf("found --%s without --public, expected both or neither: it is a limit of the open network only", limit.name)
		}
	}
	return nil
}

// amiss lists what a public server was not given, or was given and must not have,
// each with how to mend it. Descriptors is how many files the process may open.
func (c *serveCommand) amiss(lookup func(string) (string, bool), descriptors system.Fact) (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	proxies, _ := web.ParseNetworks(c.TrustProxy) // check has read it
	if !c.tls() && len(proxies) == 0 {
		add("TLS: give --tls-cert FILE and --tls-key FILE, or, where a proxy in front speaks TLS, --trust-proxy NETWORKS with its addresses")
	}
	for _, network := range proxies {
		if network.Bits() == 0 {
			add("the proxy: --trust-proxy %v believes everybody; name the proxy's own addresses", network)
		}
	}
	if c.Origin == "" {
		add("origins: give --origin https://HOST, as the address bar of a browser has it")
	} else if origins, err := web.ParseOrigins(c.Origin); err == nil {
		for _, origin := range origins {
			if !strings.HasPrefix(origin, "https://") {
				add("origins: --origin has %s, expected https://", origin)
			}
		}
	}
	if c.Keys == "" && !web.KeysInEnvironment(lookup) {
		add("cookie keys: give --keys FILE, which is made if it is not there, or set %s", web.KeyVariables)
	}
	if len(c.Allow) > 0 {
		add("no dialling out: leave --allow away; it would let strangers reach what only this host can")
	}
	for _, limit := range append(c.counts(), c.publicCounts()...) {
		if limit.n == 0 {
			add("limits: --%s is 0, which is none; expected 1 or more", limit.name)
		}
	}
	if needed := uint64(c.MaxConnections) + descriptorsBesides; descriptors.Known && uint64(descriptors.Value) < needed {
		add("descriptors: the process may open %d files, and --max-connections %d takes %d; raise that (ulimit -n, LimitNOFILE= of systemd) or lower this",
			descriptors.Value, c.MaxConnections, needed)
	}
	return list
}

// descriptorsBesides are for everything that is no WebSocket connection.
const descriptorsBesides = 512

// publicCounts are the flags of limits that hold on the open network only: on
// loopback they would be in the way of whoever measures.
func (f *publicFlags) publicCounts() []countFlag {
	return []countFlag{{"max-http", f.MaxHTTP}, {"max-echo-messages", f.MaxEchoMessages}, {"max-echo-size", f.MaxEchoSize}, {"max-echo-bytes", f.MaxEchoBytes}}
}

// callers is how many TCP connections of one address there may be besides.
func (c *serveCommand) callers() int {
	if !c.Public {
		return 0
	}
	return c.MaxHTTP
}

// echoRate is how fast a client of /echo may send. A burst of bytes holds the
// largest message.
func (c *serveCommand) echoRate() endpoint.Rate {
	if !c.Public {
		return endpoint.Rate{}
	}
	pings := max(1, c.MaxEchoMessages/10)
	return endpoint.Rate{
		MessagesASecond: c.MaxEchoMessages, MessageBurst: 2 * c.MaxEchoMessages,
		PingsASecond: pings, PingBurst: 2 * pings,
		BytesASecond: c.MaxEchoBytes, ByteBurst: max(c.MaxEchoBytes, c.MaxEchoSize),
	}
}

// echoMessage is how long a message of /echo may be, 0 as long as anywhere.
func (c *serveCommand) echoMessage() int {
	if !c.Public {
		return 0
	}
	return c.MaxEchoSize
}

// checkPublic refuses a public server that lacks something.
func (c *serveCommand) checkPublic(lookup func(string) (string, bool)) error {
	if !c.Public {
		return nil
	}
	soft, _ := system.DescriptorLimits()
	list := c.amiss(lookup, soft)
	if len(list) == 0 {
		return nil
	}
	return errors.New("--public does not start like this:\n- " + strings.Join(list, "\n- "))
}

// publicFacts are what the log says of a public server at its start.
func (c *serveCommand) publicFacts() []any {
	speaks, refuses := "the server", "nobody"
	if !c.tls() {
		speaks, refuses = "the proxy", "whoever is not the proxy"
	}
	return []any{
		"tls_by", speaks, "refuses", refuses, "proxies", c.TrustProxy, "hsts", true, "dials", "nothing",
		"max_session", c.MaxSession, "max_address", c.MaxAddress, "max_connections", c.MaxConnections,
		"max_handshakes", c.MaxHandshakes, "max_http", c.MaxHTTP, "max_held", c.MaxHeld,
		"max_echo_messages", c.MaxEchoMessages, "max_echo_size", c.MaxEchoSize, "max_echo_bytes", c.MaxEchoBytes,
	}
}

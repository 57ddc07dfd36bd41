package wire

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"framecraft/server/internal/testpeer"
)

func mustAllow(t testing.TB, items ...string) *Guard {
	t.Helper()
	g, err := ParseAllow(items)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func mustTarget(t testing.TB, text string) Target {
	t.Helper()
	target, err := ParseTarget(text)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// Which addresses a list opens: the check that counts, on the address of the
// socket.
//
// Defence: dial-control, dial-allow, dial-spellings, dial-special, dial-azure
func TestControl(t *testing.T) {
	const yes, no = true, false
	for _, c := range []struct {
		allow   string // separated by blanks
		target  string
		address string // that the target led to
		want    bool
	}{
		{"", "ws://127.0.0.1:9000", "127.0.0.1:9000", no},
		{"", "ws://example.org", "93.184.216.34:80", no},
		{"127.0.0.1:9000", "ws://127.0.0.1:9000", "127.0.0.1:9000", yes},
		{"127.0.0.1:9000", "ws://127.0.0.1:9000", "127.0.0.1:9001", no},
		{"127.0.0.1:9000", "ws://127.0.0.1:9000", "127.0.0.2:9000", no},
		{"127.0.0.1:9000", "ws://127.0.0.1:9000", "[::ffff:127.0.0.1]:9000", yes},
		{"127.0.0.1:9000", "ws://127.0.0.1:9000", "[::1]:9000", no},
		{"127.0.0.1", "ws://127.0.0.1:9000", "127.0.0.1:1", yes},
		{"[::ffff:127.0.0.1]:9000", "ws://127.0.0.1:9000", "127.0.0.1:9000", yes},
		{"[::1]:9000", "ws://[::1]:9000", "[::1]:9000", yes},
		{"::1", "ws://[::1]:9000", "[::1]:9000", yes},
		{"localhost:9000", "ws://localhost:9000", "127.0.0.1:9000", yes},
		{"localhost:9000", "ws://localhost:9000", "[::1]:9000", yes},
		{"localhost:9000", "ws://localhost:9000", "192.168.0.1:9000", no},
		{"10.1.0.0/16", "ws://10.1.2.3:1", "10.1.2.3:1", yes},
		{"10.1.0.0/16", "ws://10.1.2.3:1", "10.2.2.3:1", no},
		{"10.1.2.3/16:80", "ws://10.1.255.255", "10.1.255.255:80", yes},
		{"10.1.0.0/16:80", "ws://10.1.2.3:81", "10.1.2.3:81", no},
		{"[fd00::/8]:80", "ws://[fd00::1]", "[fd00::1]:80", yes},
		{"[fd00::/8]:80", "ws://[fd00::1]:81", "[fd00::1]:81", no},
		{"fe80::/10", "ws://[fe80::1]", "[fe80::1%lo]:80", yes},
		// A name leads outside, or to what is allowed besides.
		{"example.org:80", "ws://example.org", "93.184.216.34:80", yes},
		{"Example.Org.:80", "ws://example.org", "[2606:2800:220:1::1]:80", yes},
		{"example.org:80", "ws://example.org:81", "93.184.216.34:81", no},
		{"example.org:80", "ws://other.example", "93.184.216.34:80", no},
		{"example.org:80", "ws://example.org", "127.0.0.1:80", no},
		{"example.org:80", "ws://example.org", "[::ffff:127.0.0.1]:80", no},
		{"example.org:80", "ws://example.org", "[::ffff:10.0.0.1]:80", no},
		{"example.org:80", "ws://example.org", "0.0.0.0:80", no},
		{"example.org:80", "ws://example.org", "[::]:80", no},
		{"example.org:80", "ws://example.org", "[::1]:80", no},
		{"example.org:80", "ws://example.org", "[::127.0.0.1]:80", no},
		{"example.org:80", "ws://example.org", "10.0.0.1:80", no},
		{"example.org:80", "ws://example.org", "172.16.0.1:80", no},
		{"example.org:80", "ws://example.org", "172.32.0.1:80", yes},
		{"example.org:80", "ws://example.org", "192.168.0.1:80", no},
		{"example.org:80", "ws://example.org", "100.64.0.1:80", no},
		{"example.org:80", "ws://example.org", "169.254.169.254:80", no},
		{"example.org:80", "ws://example.org", "168.63.129.16:80", no},
		{"example.org:80", "ws://example.org", "168.63.129.17:80", yes},
		{"example.org:80", "ws://example.org", "224.0.0.1:80", no},
		{"example.org:80", "ws://example.org", "255.255.255.255:80", no},
		{"example.org:80", "ws://example.org", "198.18.0.1:80", no},
		{"example.org:80", "ws://example.org", "[fd00:ec2::254]:80", no},
		{"example.org:80", "ws://example.org", "[fe80::1]:80", no},
		{"example.org:80", "ws://example.org", "[fec0::1]:80", no},
		{"example.org:80", "ws://example.org", "[ff02::1]:80", no},
		{"example.org:80", "ws://example.org", "[2002:7f00:1::]:80", no},
		{"example.org:80", "ws://example.org", "[2001:0:7f00:1::]:80", no},
		{"example.org:80", "ws://example.org", "[2001:db8::1]:80", no},
		{"example.org:80", "ws://example.org", "[64:ff9b::7f00:1]:80", no},
		{"example.org:80 10.0.0.5:80", "ws://example.org", "10.0.0.5:80", yes},
		{"example.org:80 10.0.0.5:80", "ws://example.org", "10.0.0.6:80", no},
		// The whole outside is only that.
		{"0.0.0.0/0 ::/0", "ws://example.org", "93.184.216.34:80", yes},
		{"0.0.0.0/0 ::/0", "ws://example.org", "[2606:2800:220:1::1]:80", yes},
		{"0.0.0.0/0 ::/0", "ws://example.org", "127.0.0.1:80", no},
		{"0.0.0.0/0 ::/0", "ws://example.org", "169.254.169.254:80", no},
		{"0.0.0.0/0 ::/0", "ws://example.org", "168.63.129.16:80", no},
		{"168.0.0.0/8", "ws://example.org", "168.63.129.16:80", no},
		{"168.63.129.16:80", "ws://168.63.129.16", "168.63.129.16:80", yes},
		{"0.0.0.0/0 ::/0", "ws://example.org", "[::1]:80", no},
		{"0.0.0.0/0 ::/0", "ws://example.org", "[fd00::1]:80", no},
		{"0.0.0.0/0 ::/0", "ws://example.org", "[2001:db8::1]:80", no},
		{"2001:db8::/32", "ws://[2001:db8::1]", "[2001:db8::1]:80", yes},
		{"0.0.0.0/1", "ws://example.org", "10.0.0.1:80", no},
	} {
		g := mustAllow(t, strings.Fields(c.allow)...)
		network := "tcp4"
		if strings.HasPrefix(c.address, "[") {
			network = "tcp6"
		}
		err := g.control(mustTarget(t, c.target))(context.Background(), network, c.address, nil)
		if got := err == nil; got != c.want {
			t.Errorf("-allow %q, %s at %s: found %v, expected %v", c.allow, c.target, c.address, err, c.want)
		}
		if forbidden := (*ForbiddenError)(nil); err != nil && (!errors.As(err, &forbidden) || !strings.Contains(err.Error(), "-allow")) {
			t.Errorf("%s at %s: found %v, expected an error that names the flag", c.target, c.address, err)
		}
	}
}

// What is not even looked up.
//
// Defence: dial-nothing, dial-builtin, dial-allow
func TestAdmit(t *testing.T) {
	for _, c := range []struct {
		allow, target string
		want          bool
	}{
		{"", "echo", true},
		{"", "client", true},
		{"", "ws://127.0.0.1:9000", false},
		{"", "ws://localhost:9000", false},
		{"", "ws://example.org", false},
		{"127.0.0.1:9000", "ws://127.0.0.1:9000", true},
		{"127.0.0.1:9000", "ws://[::ffff:127.0.0.1]:9000", true},
		{"127.0.0.1:9000", "wss://127.0.0.1:9000", true},
		{"127.0.0.1:9000", "ws://127.0.0.1:9001", false},
		// One address is no reason to look up a name.
		{"127.0.0.1:9000", "ws://localhost:9000", false},
		{"127.0.0.1:9000", "ws://any.example:9000", false},
		{"localhost:9000", "ws://localhost:9000", true},
		{"localhost:9000", "ws://127.0.0.1:9000", true},
		{"10.0.0.0/8", "ws://any.example:9000", true},
		{"10.0.0.0/8:80", "ws://any.example:9000", false},
		{"10.0.0.0/8", "ws://11.0.0.1", false},
		{"0.0.0.0/0", "ws://127.0.0.1", false},
		{"example.org:443", "wss://example.org", true},
		{"example.org:443", "ws://example.org", false},
		{"example.org:443", "wss://sub.example.org", false},
	} {
		g := mustAllow(t, strings.Fields(c.allow)...)
		target := mustTarget(t, c.target)
		err := g.Admit(target)
		if got := err == nil; got != c.want {
			t.Errorf("-allow %q, %s: found %v, expected %v", c.allow, c.target, err, c.want)
		}
		if err != nil && !strings.Contains(err.Error(), "-allow "+target.Address()) {
			t.Errorf("%s: found %q, expected the flag that would allow it", c.target, err)
		}
		if c.allow == "" {
			if nilErr := (*Guard)(nil).Admit(target); (nilErr == nil) != c.want {
				t.Errorf("%s without a guard: found %v, expected %v", c.target, nilErr, c.want)
			}
		}
	}
}

// Defence: dial-spellings
func TestParseAllowRefuses(t *testing.T) {
	for item, want := range map[string]string{
		"":                    "expected a name or an address",
		"example.org":         "expected host:port",
		"example.org:":        "expected 1 to 65535",
		"example.org:0":       "expected 1 to 65535",
		"example.org:70000":   "expected 1 to 65535",
		"*:80":                "expected letters",
		"127.1:80":            "ends in a number",
		"0x7f.1:80":           "ends in a number",
		"10.0.0.0/33":         "expected an address and its number of bits",
		"10.0.0/8":            "expected an address and its number of bits",
		"example.org/8:80":    "expected an address and its number of bits",
		"::ffff:10.0.0.0/104": "expected the network as IPv4",
		"[::1":                "expected [address]:port",
		"[::1]80":             "expected [address]:port",
		"ws://example.org":    "expected 1 to 65535",
	} {
		if _, err := ParseAllow([]string{item}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: found %v, expected an error about %q", item, err, want)
		}
	}
}

// dnsServer answers lookups of A with addresses that may change.
type dnsServer struct {
	t       testing.TB
	mu      sync.Mutex
	answers []netip.Addr
	asked   atomic.Int32
}

func (s *dnsServer) answer(addresses ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = nil
	for _, text := range addresses {
		s.answers = append(s.answers, netip.MustParseAddr(text))
	}
}

func (s *dnsServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		s.asked.Add(1)
		near, far := net.Pipe()
		go s.serve(far)
		return near, nil
	}}
}

// serve speaks DNS as on TCP: each message behind its length (RFC 1035, section
// 4.2.2).
func (s *dnsServer) serve(c net.Conn) {
	defer c.Close()
	for {
		var length [2]byte
		if _, err := io.ReadFull(c, length[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(c, query); err != nil {
			return
		}
		end := 12
		for query[end] != 0 {
			end += 1 + int(query[end])
		}
		question := query[12 : end+5]
		isA := binary.BigEndian.Uint16(query[end+1:]) == 1
		s.mu.Lock()
		var records []byte
		count := uint16(0)
		for _, address := range s.answers {
			if isA {
				count++
				records = append(records, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
				records = append(records, address.AsSlice()...)
			}
		}
		s.mu.Unlock()
		reply := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1}, byte(count>>8), byte(count), 0, 0, 0, 0)
		reply = append(append(reply, question...), records...)
		c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
	}
}

// listen returns a listener on an address of loopback, with the number of
// connections that it got. An empty port is any.
func listen(t testing.TB, address string) (port string, accepted *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	accepted = new(atomic.Int32)
	testpeer.Accept(t, listener, func(net.Conn) { accepted.Add(1) })
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return port, accepted
}

// A name that was good at the first lookup is judged again at every other one,
// and at each of its addresses.
//
// Defence: dial-control, dial-rebinding
func TestRebinding(t *testing.T) {
	port, good := listen(t, "127.0.0.2:0")
	_, bad := listen(t, "127.0.0.1:"+port)
	dns := &dnsServer{t: t}
	dialer := &Dialer{Guard: mustAllow(t, "rebind.example:"+port, "127.0.0.2:"+port), resolver: dns.resolver()}
	target := mustTarget(t, "ws://rebind.example:"+port)
	dial := func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		c, err := dialer.dial(ctx, target)
		if err == nil {
			io.Copy(io.Discard, c.tcp) // it has been accepted when it ends
			c.close()
		}
		return err
	}
	dns.answer("127.0.0.2")
	if err := dial(); err != nil || good.Load() != 1 {
		t.Fatalf("found %v, expected a connection", err)
	}
	dns.answer("127.0.0.1")
	err := dial()
	if forbidden := (*ForbiddenError)(nil); !errors.As(err, &forbidden) || forbidden.Address.String() != "127.0.0.1:"+port {
		t.Errorf("found %v, expected that the address is forbidden", err)
	} else if strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("the visitor is told where the name leads: %v", err)
	}
	// The dialer goes on to the address that may be reached.
	dns.answer("127.0.0.1", "127.0.0.2")
	if err := dial(); err != nil || good.Load() != 2 {
		t.Errorf("found %v, expected a connection to the second address", err)
	}
	if bad.Load() != 0 {
		t.Error("the forbidden address got a connection")
	}
}

// Neither a lookup nor a connection happens for what is not allowed.
//
// Defence: dial-nothing
func TestRefusedBeforeAnyPacket(t *testing.T) {
	port, accepted := listen(t, "127.0.0.1:0")
	dns := &dnsServer{t: t}
	dns.answer("127.0.0.1")
	for _, dialer := range []*Dialer{
		{resolver: dns.resolver()},
		{Guard: &Guard{}, resolver: dns.resolver()},
		{Guard: mustAllow(t, "127.0.0.1:1", "other.example:"+port, "10.0.0.0/8:1"), resolver: dns.resolver()},
	} {
		for _, text := range []string{"ws://127.0.0.1:", "wss://127.0.0.1:", "ws://localhost:", "ws://any.example:", "ws://[::ffff:127.0.0.1]:", "ws://[::1]:"} {
			c, err := dialer.dial(context.Background(), mustTarget(t, text+port))
			if err == nil {
				c.close()
			}
			if !errors.As(err, new(*ForbiddenError)) {
				t.Errorf("%s: found %v, expected a *ForbiddenError", text, err)
			}
		}
	}
	if n := dns.asked.Load(); n != 0 {
		t.Errorf("%d names were looked up", n)
	}
	if n := accepted.Load(); n != 0 {
		t.Errorf("found %d connections", n)
	}
}

// A proxy of the environment is no way around the guard, and nobody is told
// through one what is played.
//
// Defence: dial-proxy
func TestNoProxy(t *testing.T) {
	proxy, proxied := listen(t, "127.0.0.1:0")
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
		t.Setenv(name, "http://127.0.0.1:"+proxy)
	}
	port, accepted := listen(t, "127.0.0.1:0")
	dialer := &Dialer{Anywhere: true}
	c, err := dialer.dial(context.Background(), mustTarget(t, "ws://127.0.0.1:"+port))
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, c.tcp)
	c.close()
	if accepted.Load() != 1 || proxied.Load() != 0 {
		t.Errorf("found %d connections to the target and %d to the proxy, expected 1 and 0", accepted.Load(), proxied.Load())
	}
}

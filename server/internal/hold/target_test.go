package hold

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"framecraft/server/internal/wire"
)

// names is a resolver with a table.
type names map[string][]netip.Addr

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if found, ok := n[host]; ok {
		return found, nil
	}
	return nil, errors.New("no such host")
}

func TestResolve(t *testing.T) {
	resolver := names{
		"localhost":       {netip.IPv6Loopback(), netip.MustParseAddr("127.0.0.1")},
		"six.test":        {netip.IPv6Loopback()},
		"mapped.test":     {netip.MustParseAddr("::ffff:127.0.0.9")},
		"outside.test":    {netip.MustParseAddr("8.8.8.8")},
		"private.test":    {netip.MustParseAddr("10.1.2.3")},
		"nothing.test":    {},
		"outwardly6.test": {netip.MustParseAddr("2606:4700::1111")},
	}
	for _, c := range []struct {
		target, allow string
		want          string // an address, or ""
		forbidden     bool
	}{
		{"ws://127.0.0.1:8080/echo", "", "127.0.0.1:8080", false},
		{"ws://127.200.3.4:8080/echo", "", "127.200.3.4:8080", false},
		{"ws://[::1]:8080/echo", "", "[::1]:8080", false},
		{"ws://[::ffff:127.0.0.1]:80/", "", "127.0.0.1:80", false},
		{"ws://localhost/echo", "", "127.0.0.1:80", false},
		{"ws://six.test:81/", "", "[::1]:81", false},
		{"ws://mapped.test:81/", "", "127.0.0.9:81", false},
		{"ws://8.8.8.8:80/", "", "", true},
		{"ws://10.1.2.3:80/", "", "", true},
		{"ws://0.0.0.0:80/", "", "", true},
		{"ws://[::]:80/", "", "", true},
		{"ws://[fe80::1]:80/", "", "", true},
		{"ws://169.254.169.254/", "", "", true},
		{"ws://outside.test/", "", "", true},
		{"ws://nothing.test/", "", "", false},
		{"ws://outside.test/", "outside.test:80", "8.8.8.8:80", false},
		{"ws://outside.test:81/", "outside.test:80", "", true},
		{"ws://outwardly6.test/", "outwardly6.test:80", "[2606:4700::1111]:80", false},
		// A name that leads inside needs the address to be allowed as well.
		{"ws://private.test/", "private.test:80", "", true},
		{"ws://private.test/", "10.1.0.0/16", "10.1.2.3:80", false},
		{"ws://10.1.2.3/", "10.1.2.3:80", "10.1.2.3:80", false},
		{"ws://10.1.2.3:81/", "10.1.2.3:80", "", true},
		{"ws://10.1.2.3/", "0.0.0.0/0", "", true},
		{"ws://unknown.test/", "unknown.test:80", "", false},
		{"wss://127.0.0.1/", "", "", false},
		{"echo", "", "", false},
		{"client", "", "", false},
		{"http://127.0.0.1/", "", "", false},
		{"", "", "", false},
	} {
		allow, err := wire.ParseAllow(splitWord(c.allow))
		if err != nil {
			t.Fatal(err)
		}
		d, err := Resolve(t.Context(), c.target, allow, resolver)
		forbidden := errors.As(err, new(*NotAllowedError))
		if c.want == "" && err == nil || c.want != "" && (err != nil || d.Address.String() != c.want) || forbidden != c.forbidden {
			t.Errorf("%s, allowed %q: found %v, %v, expected %q, forbidden %v", c.target, c.allow, d.Address, err, c.want, c.forbidden)
		}
	}
	// A guard that nobody made allows nothing.
	if _, err := Resolve(t.Context(), "ws://10.1.2.3/", nil, resolver); !errors.As(err, new(*NotAllowedError)) {
		t.Errorf("found %v, expected a refusal", err)
	}
	d, err := Resolve(t.Context(), "ws://LocalHost:8080/echo?pong=off", nil, resolver)
	if err != nil || d.Authority != "LocalHost:8080" || d.Resource != "/echo?pong=off" {
		t.Errorf("found %+v, %v", d, err)
	}
}

// A name may lead to several addresses. When nobody listens at the one that is
// taken, the others are named.
func TestOtherAddresses(t *testing.T) {
	resolver := names{"both.test": {netip.MustParseAddr("::1"), netip.MustParseAddr("127.0.0.1")}}
	d, err := Resolve(t.Context(), "ws://both.test:8080/echo", nil, resolver)
	if err != nil || d.Address.String() != "127.0.0.1:8080" {
		t.Fatalf("found %v, %v", d.Address, err)
	}
	const want = "the name leads to ::1 as well: ws://[::1]:8080/echo"
	if stop := d.reachedBy(&Stop{Limit: limitUnreachable, Raise: raiseUnreachable}); !strings.HasSuffix(stop.Raise, want) {
		t.Errorf("found %q, expected %q at its end", stop.Raise, want)
	}
	if stop := d.reachedBy(&Stop{Limit: limitAnswer}); stop.Raise != "" {
		t.Errorf("found %q for a server that is there", stop.Raise)
	}
	// The report of a run says so.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	o := testOptions(listener.Addr().(*net.TCPAddr).AddrPort(), 5)
	o.Destination.Others = d.Others
	report, err := Run(t.Context(), o, func(Status) {})
	if err != nil || report.Stop == nil || !strings.Contains(report.Stop.Raise, "the name leads to ::1 as well") {
		t.Errorf("found %v, %+v", err, report.Stop)
	}
}

func splitWord(word string) []string {
	if word == "" {
		return nil
	}
	return []string{word}
}

func TestNotAllowedError(t *testing.T) {
	for _, c := range []struct {
		err  NotAllowedError
		want string
	}{
		{NotAllowedError{"10.1.2.3:80", netip.MustParseAddr("10.1.2.3")},
			"10.1.2.3:80 is no loopback address, and nothing was sent there: so many connections are for machines of your own. If it is one, --allow 10.1.2.3:80 lets hold connect to it"},
		{NotAllowedError{"a.test:80", netip.MustParseAddr("fd00::1")},
			"a.test:80 leads to fd00::1, which is no loopback address, and nothing was sent there: so many connections are for machines of your own. If it is one, --allow [fd00::1]:80 lets hold connect to it"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("found    %s\nexpected %s", got, c.want)
		}
	}
}

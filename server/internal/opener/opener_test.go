package opener

import (
	"net"
	"strings"
	"testing"
)

func TestReach(t *testing.T) {
	tcp := func(host string, port int) net.Addr { return &net.TCPAddr{IP: net.ParseIP(host), Port: port} }
	for _, c := range []struct {
		listener net.Addr
		want     string
	}{
		{tcp("127.0.0.1", 80), "127.0.0.1:80"},
		{tcp("127.9.9.9", 80), "127.9.9.9:80"},
		{tcp("0.0.0.0", 80), "127.0.0.1:80"},
		{tcp("::", 65535), "127.0.0.1:65535"},
		{tcp("", 80), "127.0.0.1:80"},
		{tcp("::ffff:127.0.0.1", 80), "127.0.0.1:80"},
		{tcp("192.0.2.1", 80), "the server listens on 192.0.2.1 alone"},
		{tcp("::1", 80), "the server listens on ::1 alone"},
		{tcp("2001:db8::1", 80), "the server listens on 2001:db8::1 alone"},
		{&net.UnixAddr{Name: "x"}, "the server does not know"},
		{(*net.TCPAddr)(nil), "the server does not know"},
		{nil, "the server does not know"},
	} {
		target, why := reach(c.listener)
		if found := target.String(); why == "" && found != c.want || why != "" && !strings.HasPrefix(why, c.want) {
			t.Errorf("%v: found %s, %q, expected %s", c.listener, found, why, c.want)
		}
	}
}

// Whether there are further addresses is the system's affair; what is said of it
// has to fit.
func TestWhyAndSources(t *testing.T) {
	listener := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}
	o := New(Config{Limit: 1, Listener: listener})
	if (o.Sources() == 0) != strings.Contains(o.Why(), "127.0.0.2") || o.Sources() > maxSources || o.Limit() != 1 {
		t.Errorf("%d sources, and %q", o.Sources(), o.Why())
	}
	for want, config := range map[string]Config{
		"turned this off": {Listener: listener},
		"because":         {Limit: 1, Listener: listener, Off: "because"},
		"several":         {Limit: 1, Listener: listener, Shared: true},
		"does not know":   {Limit: 1},
	} {
		o := New(config)
		if err := o.Group(Owner{1}, func() {}).Open(1); !strings.Contains(o.Why(), want) || err == nil || err.Error() != o.Why() {
			t.Errorf("found %q and %v, expected %q", o.Why(), err, want)
		}
	}
}

package cli

import (
	"strings"
	"testing"
)

func TestOpenLimit(t *testing.T) {
	const tls = "--tls-cert chain.pem --tls-key key.pem "
	for _, c := range []struct {
		args  string
		limit int
		want  string // of the complaint
	}{
		{"", 1000, ""},
		{"--open-limit 0", 0, ""},
		{"--open-limit 1", 1, ""},
		{"--open-limit 1073741824", 1 << 30, ""},
		{"--open-limit -1", -1, "--open-limit is -1, expected 0 or more"},
		// What is asked for and cannot be is refused; the default is only a wish.
		{"--public", 1000, ""},
		{"--public --open-limit 0", 0, ""},
		{"--public --open-limit 1000", 1000, "--open-limit is 1000, expected 0 or no such flag: a server on the open network"},
		{tls, 1000, ""},
		{tls + "--open-limit 5", 5, "speaks TLS"},
		{"--reuseport", 1000, ""},
		{"--reuseport --open-limit 0", 0, ""},
		{"--reuseport --open-limit 5", 5, "share the port"},
		{"--processes 2 --open-limit 5", 5, "share the port"},
	} {
		command := serveCall(t, c.args)
		if got := command.openLimit(); got != c.limit {
			t.Errorf("%s: found %d, expected %d", c.args, got, c.limit)
		}
		err := command.checkLive()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: found %v, expected %q", c.args, err, c.want)
		}
	}
}

func TestNotOpening(t *testing.T) {
	for want, change := range map[string]func(*serveCommand){
		"":         func(*serveCommand) {},
		"--public": func(c *serveCommand) { c.Public = true },
		"TLS":      func(c *serveCommand) { c.TLSCert, c.TLSKey = "chain.pem", "key.pem" },
	} {
		c := &serveCommand{}
		change(c)
		if why := c.notOpening(); !strings.Contains(why, want) || (why == "") != (want == "") {
			t.Errorf("found %q, expected a reason about %q", why, want)
		}
	}
}

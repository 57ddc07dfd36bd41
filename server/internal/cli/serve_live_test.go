package cli

import (
	"strings"
	"testing"
)

func TestOpenLimit(t *testing.T) {
	for limit, good := range map[int]bool{-1: false, 0: true, 1: true, 1 << 30: true} {
		if err := (&liveFlags{OpenLimit: limit}).check(); (err == nil) != good {
			t.Errorf("--open-limit %d: found %v", limit, err)
		}
	}
}

func TestNotOpening(t *testing.T) {
	for want, change := range map[string]func(*serveCommand){
		"":         func(*serveCommand) {},
		"--public": func(c *serveCommand) { c.Public = true },
		"TLS":      func(c *serveCommand) { c.TLSCert, c.TLSKey = "chain.pem", "key.pem" },
	} {
		c := &serveCommand{liveFlags: liveFlags{OpenLimit: 1000}}
		change(c)
		if why := c.notOpening(); !strings.Contains(why, want) || (why == "") != (want == "") {
			t.Errorf("found %q, expected a reason about %q", why, want)
		}
	}
}

package cli

import (
	"fmt"
	"testing"
)

// The limits that depend on the place are flags, and what they are by default is
// said here in numbers, because the help takes them from the code.
//
// Defence: flags-limits
func TestLimitFlags(t *testing.T) {
	var g grammar
	parser, err := newParser(&g)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"serve"}); err != nil {
		t.Fatal(err)
	}
	c := &g.Serve
	for _, limit := range []struct {
		name string
		got  any
		want string
	}{
		{"max-session", c.MaxSession, "8"}, {"max-address", c.MaxAddress, "32"}, {"max-connections", c.MaxConnections, "16384"},
		{"max-handshakes", c.MaxHandshakes, "30"}, {"max-plays", c.MaxPlays, "2"}, {"max-dials", c.MaxDials, "5"},
		{"max-held", c.MaxHeld, "1073741824"},
		{"ping", c.Ping, "25s"}, {"message-time", c.MessageTime, "1m0s"}, {"shutdown-time", c.ShutdownTime, "10s"},
		{"allow", c.Allow, "[]"}, {"trust-proxy", c.TrustProxy, ""},
	} {
		if got := fmt.Sprint(limit.got); got != limit.want {
			t.Errorf("--%s is %s by default, expected %s", limit.name, got, limit.want)
		}
	}
	if _, err := parser.Parse([]string{"serve", "--max-session=1", "--max-address=2", "--max-connections=3", "--max-handshakes=4", "--max-plays=5", "--max-dials=6", "--max-held=10", "--ping=7s", "--message-time=8s", "--shutdown-time=9s"}); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(c.counts(), c.Ping, c.MessageTime, c.ShutdownTime), "[{max-session 1} {max-address 2} {max-connections 3} {max-handshakes 4} {max-plays 5} {max-dials 6} {max-held 10}] 7s 8s 9s"; got != want {
		t.Errorf("found %s, expected %s", got, want)
	}
}

package cli

import (
	"math"
	"strings"
	"testing"

	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/system"
)

// publicCall reads the arguments of a public server.
func publicCall(t *testing.T, args string) *serveCommand {
	t.Helper()
	return serveCall(t, "--public "+args)
}

// serveCall reads the arguments of a server.
func serveCall(t *testing.T, args string) *serveCommand {
	t.Helper()
	var g grammar
	parser, err := newParser(&g)
	if err != nil {
		t.Fatal(err)
	}
	call, err := readArguments(parser.Model, strings.Fields("serve "+args))
	if err == nil {
		_, err = parser.Parse(call.args())
	}
	if err != nil {
		t.Fatalf("%s: %v", args, err)
	}
	return &g.Serve
}

func TestPublicAsksForWhatIsAmiss(t *testing.T) {
	const (
		tls     = "--tls-cert c --tls-key k "
		proxy   = "--trust-proxy 127.0.0.1,10.0.0.0/8 "
		origin  = "--origin https://a,https://b:8443 "
		keys    = "--keys f "
		enough  = proxy + origin + keys
		enough2 = tls + origin + keys
	)
	for _, c := range []struct {
		args        string
		environment string
		want        string // the first word of each complaint
	}{
		{enough, "", ""},
		{enough2, "", ""},
		{tls + enough, "", ""},
		{tls + origin, "FRAMECRAFT_HASH_KEY FRAMECRAFT_BLOCK_KEY", ""},
		// One of them alone is for LoadKeys to complain about.
		{tls + origin, "FRAMECRAFT_HASH_KEY", ""},
		{"", "", "TLS origins cookie"},
		{origin + keys, "", "TLS"},
		// Nothing but separators is no proxy.
		{origin + keys + "--trust-proxy ,", "", "TLS"},
		{"--tls-cert c " + origin + keys, "", "TLS"},
		{tls + keys, "", "origins"},
		{tls + origin, "FRAMECRAFT_HASH_KEY_OLD", "cookie"},
		{tls + keys + "--origin http://a", "", "origins"},
		{tls + keys + "--origin https://a,http://a,http://b", "", "origins origins"},
		{origin + keys + "--trust-proxy 0.0.0.0/0", "", "the"},
		{origin + keys + "--trust-proxy 10.0.0.1,::/0", "", "the"},
		{origin + keys + "--trust-proxy 0.0.0.0/1", "", ""},
		{enough + "--allow localhost:80", "", "no"},
		{enough + "--max-session 0", "", "limits"},
		{enough + "--max-address 0", "", "limits"},
		{enough + "--max-connections 0", "", "limits"},
		{enough + "--max-handshakes 0", "", "limits"},
		{enough + "--max-plays 0", "", "limits"},
		{enough + "--max-dials 0", "", "limits"},
		{enough + "--max-held 0", "", "limits"},
		{enough + "--max-http 0 --max-echo-messages 0 --max-echo-size 0 --max-echo-bytes 0", "", "limits limits limits limits"},
		{"--allow localhost:80 --max-session 0 --max-address 0", "", "TLS origins cookie no limits limits"},
	} {
		lookup := func(name string) (string, bool) {
			for set := range strings.FieldsSeq(c.environment) {
				if set == name {
					return "x", true
				}
			}
			return "", false
		}
		var found []string
		command := publicCall(t, "--max-connections 100 "+c.args)
		for _, complaint := range command.amiss(lookup, system.Known(1<<20)) {
			word, _, _ := strings.Cut(complaint, " ")
			found = append(found, strings.TrimSuffix(word, ":"))
		}
		if got := strings.Join(found, " "); got != c.want {
			t.Errorf("%s with %s: found %q, expected %q", c.args, c.environment, got, c.want)
		}
		if err := command.checkPublic(lookup); (err == nil) != (c.want == "") {
			t.Errorf("%s: %v", c.args, err)
		}
		command.Public = false
		if err := command.checkPublic(lookup); err != nil {
			t.Errorf("%s: %v without --public", c.args, err)
		}
	}
}

func TestPublicDescriptors(t *testing.T) {
	c := publicCall(t, "--tls-cert c --tls-key k --origin https://a --keys f --max-connections 1000")
	for _, row := range []struct {
		may  system.Fact
		want int
	}{{system.Known(1511), 1}, {system.Known(1512), 0}, {system.Fact{}, 0}} {
		if list := c.amiss(func(string) (string, bool) { return "", false }, row.may); len(list) != row.want {
			t.Errorf("with %v descriptors: found %q, expected %d complaints", row.may, list, row.want)
		}
	}
	c.MaxConnections = math.MaxInt
	if list := c.amiss(func(string) (string, bool) { return "", false }, system.Known(1<<20)); len(list) != 1 {
		t.Errorf("for as many connections as an int holds: found %q, expected a complaint", list)
	}
}

// The limits of the open network are none on loopback.
func TestPublicLimits(t *testing.T) {
	c := publicCall(t, "--max-echo-bytes 1000 --max-echo-messages 5")
	if got := c.callers(); got != 64 {
		t.Errorf("found %d callers, expected 64", got)
	}
	want := endpoint.Rate{MessagesASecond: 5, MessageBurst: 10, PingsASecond: 1, PingBurst: 2, BytesASecond: 1000, ByteBurst: 1 << 20}
	if got := c.echoRate(); got != want {
		t.Errorf("found %+v, expected %+v", got, want)
	}
	if got := c.siteConfig(nil, nil, nil, nil).Limits.Held; got != 1<<30 {
		t.Errorf("all connections may hold %d bytes, expected 1 GiB", got)
	}
	if got := c.siteConfig(nil, nil, nil, nil).EchoMessage; got != 1<<20 {
		t.Errorf("found messages of %d bytes, expected 1 MiB", got)
	}
	c.Public = false
	if c.callers() != 0 || c.echoRate() != (endpoint.Rate{}) || c.echoMessage() != 0 {
		t.Errorf("found %d callers, %+v and messages of %d bytes without --public, expected no limits", c.callers(), c.echoRate(), c.echoMessage())
	}
}

// Buffers are made for messages up to that length.
func TestEchoSizeHasALimit(t *testing.T) {
	for size, good := range map[string]bool{"16777216": true, "16777217": false} {
		if err := serveCall(t, "--public --max-echo-size "+size).check(); (err == nil) != good {
			t.Errorf("--max-echo-size %s: found %v, expected it to be taken: %v", size, err, good)
		}
	}
}

// Without --public nobody is held to them, so whoever sets one is told.
func TestLimitsOfTheOpenNetworkOnly(t *testing.T) {
	for args, good := range map[string]bool{
		"": true, "--max-http 64": true, "--public --max-http 5 --max-echo-messages 5 --max-echo-size 5 --max-echo-bytes 5": true,
		"--max-echo-size 5": false,
		"--max-http 5":      false, "--max-echo-messages 5": false, "--max-echo-bytes 5": false, "--max-http 0": false,
	} {
		name, _, _ := strings.Cut(args, " ")
		if err := serveCall(t, args).check(); (err == nil) != good || err != nil && !strings.Contains(err.Error(), "found "+name+" without --public") {
			t.Errorf("%s: found %v, expected it to be taken: %v", args, err, good)
		}
	}
}

package wire

import (
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	for _, c := range []struct {
		text string
		want Target
	}{
		{"echo", Target{Kind: TargetEcho, Authority: builtInAuthority, Resource: "/echo"}},
		{"echo?deflate=off&delay=1s", Target{Kind: TargetEcho, Authority: builtInAuthority, Resource: "/echo?deflate=off&delay=1s"}},
		{"client", Target{Kind: TargetClient}},
		{"ws://example.org", Target{TargetTCP, "example.org", 80, "example.org", "/"}},
		{"ws://Example.ORG.:8080/a/b?c=d", Target{TargetTCP, "example.org", 8080, "Example.ORG.:8080", "/a/b?c=d"}},
		{"wss://example.org", Target{TargetTLS, "example.org", 443, "example.org", "/"}},
		{"wss://example.org?x", Target{TargetTLS, "example.org", 443, "example.org", "/?x"}},
		{"ws://127.0.0.1:65535/", Target{TargetTCP, "127.0.0.1", 65535, "127.0.0.1:65535", "/"}},
		{"ws://[::1]:1", Target{TargetTCP, "::1", 1, "[::1]:1", "/"}},
		{"ws://[0:0:0:0:0:0:0:1]/", Target{TargetTCP, "::1", 80, "[0:0:0:0:0:0:0:1]", "/"}},
		// IPv4 in IPv6 is the IPv4 address.
		{"ws://[::ffff:127.0.0.1]:9000", Target{TargetTCP, "127.0.0.1", 9000, "[::ffff:127.0.0.1]:9000", "/"}},
		{"ws://[::ffff:7f00:1]:9000", Target{TargetTCP, "127.0.0.1", 9000, "[::ffff:7f00:1]:9000", "/"}},
	} {
		got, err := ParseTarget(c.text)
		if err != nil || got != c.want {
			t.Errorf("%s: found %+v, %v, expected %+v", c.text, got, err, c.want)
			continue
		}
		if again, err := ParseTarget(got.String()); err != nil || again != got {
			t.Errorf("%s: printed as %s and read as %+v, %v", c.text, got, again, err)
		}
	}
}

func TestParseTargetRefuses(t *testing.T) {
	long := strings.Repeat("a", 64)
	for text, want := range map[string]string{
		"":                              "expected echo, client, ws://",
		"Echo":                          "expected echo, client, ws://",
		"echo?a b":                      "found ' ', expected printable ASCII",
		"http://example.org":            "expected echo, client, ws://",
		"ws:example.org":                "expected echo, client, ws://",
		"//example.org":                 "expected echo, client, ws://",
		"ws://":                         "expected a name or an address",
		"ws:///path":                    "expected a name or an address",
		"ws://a..b":                     "expected a name or an address",
		"ws://" + long + ".org":         "expected a name or an address",
		"ws://user@example.org":         "a user or a fragment",
		"ws://example.org/#x":           "a user or a fragment",
		"ws://example.org/#":            "a user or a fragment",
		"ws://example.org:0":            "expected 1 to 65535",
		"ws://example.org:65536":        "expected 1 to 65535",
		"ws://example.org:":             "expected 1 to 65535",
		"ws://example.org:x":            "expected echo, client, ws://",
		"ws://example.org/a b":          "found ' ', expected printable ASCII",
		"ws://example.org/\r\nX: y":     "found '\\r', expected printable ASCII",
		"ws://b\u00fccher.example":      "found '\u00fc', expected printable ASCII",
		"ws://b%C3%BCcher.example":      "other scripts as xn--",
		"ws://[fe80::1%25eth0]:80":      "expected an address without one",
		"ws://127.1":                    "ends in a number",
		"ws://0x7f.1:9000":              "ends in a number",
		"ws://0x7f000001":               "ends in a number",
		"ws://0X7F.0.0.0x1":             "ends in a number",
		"ws://2130706433":               "ends in a number",
		"ws://0177.0.0.1":               "ends in a number",
		"ws://127.0.0.01":               "ends in a number",
		"ws://127.0.0.1.":               "ends in a number",
		"ws://127.0.0.256":              "ends in a number",
		"ws://1.127.0.0.1":              "ends in a number",
		"ws://example.0x":               "ends in a number",
		"ws://\uff11\uff12\uff17.0.0.1": "found '\uff11', expected printable ASCII",
	} {
		if got, err := ParseTarget(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: found %+v, %v, expected an error about %q", text, got, err, want)
		}
	}
}

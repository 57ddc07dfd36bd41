package logs

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestForms(t *testing.T) {
	for _, c := range []struct {
		options Options
		want    string
	}{
		{Options{}, "level=INFO msg=said n=1 lasted=1.5s\n"},
		{Options{JSON: true}, `,"level":"INFO","msg":"said","n":1,"lasted":1.5}` + "\n"},
		{Options{Debug: true}, "level=DEBUG msg=whispered\n"},
	} {
		var b bytes.Buffer
		log := New(&b, c.options)
		log.Info("said", "n", 1, "lasted", 1500*time.Millisecond)
		log.Debug("whispered")
		if text := b.String(); !strings.Contains(text, c.want) || strings.Contains(text, "whispered") != c.options.Debug {
			t.Errorf("%+v: found %q, expected %q in it", c.options, text, c.want)
		}
		if line, _, _ := strings.Cut(b.String(), "\n"); c.options.JSON && !json.Valid([]byte(line)) {
			t.Errorf("found %q, expected JSON", line)
		}
	}
}

// However often something happens, the log has a bound, and says what it left out.
func TestLimit(t *testing.T) {
	var b bytes.Buffer
	log := New(&b, Options{Debug: true})
	var now time.Duration
	messages := log.Handler().(*limiter).messages
	messages.clock = func() time.Duration { return now }
	child := log.With("of", "child").WithGroup("g")
	for range 10_000 {
		log.Warn("refused")
		child.Warn("refused")
	}
	count := func(text string) int { return strings.Count(b.String(), text) }
	if got := count("msg=refused"); got != lines.Burst {
		t.Errorf("found %d lines, expected %d", got, lines.Burst)
	}
	log.Info("another")
	log.Debug("refused")
	if count("msg=another") != 1 || count("level=DEBUG") != 1 {
		t.Errorf("other lines are missing: %s", b.String()[b.Len()-300:])
	}
	now += time.Second
	for range 10_000 {
		log.Warn("refused")
	}
	if got, want := count("msg=refused"), lines.Burst+lines.Tokens+1; got != want {
		t.Errorf("found %d lines after a second, expected %d", got, want)
	}
	if want := "suppressed=19800\n"; count(want) != 1 || count("suppressed") != 1 {
		t.Errorf("expected %q once", want)
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ form, address, want string }{
		{"network", "192.0.2.77", "192.0.2.0/24"},
		{"network", "::ffff:192.0.2.77", "192.0.2.0/24"},
		{"network", "2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"},
		{"network", "fe80::1%eth0", "fe80::/48"},
		{"full", "192.0.2.77", "192.0.2.77"},
		{"full", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6"},
		{"none", "192.0.2.77", ""},
	} {
		form, err := ParseAddresses(c.form)
		if err != nil {
			t.Fatal(err)
		}
		if got := form.Of(netip.MustParseAddr(c.address)); got != c.want {
			t.Errorf("%s of %s: found %q, expected %q", c.form, c.address, got, c.want)
		}
	}
	if got := AddressFull.Of(netip.Addr{}); got != "" {
		t.Errorf("found %q of no address", got)
	}
	if _, err := ParseAddresses("half"); err == nil {
		t.Error("half is taken")
	}
}

func TestForHTTP(t *testing.T) {
	var b bytes.Buffer
	refused, insecure := 0, 0
	log := ForHTTP(slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug})), func() { refused++ }, func() { insecure++ })
	for range 1000 {
		log.Printf("http: Accept error: %v; retrying in %v", "accept tcp 127.0.0.1:1: accept4: too many open files", time.Second)
	}
	if text := b.String(); refused != 1000 || strings.Count(text, "\n") != 1 || !strings.Contains(text, "LimitNOFILE") {
		t.Errorf("found %d refused and %q, expected 1000 and one line that says how to mend it", refused, text)
	}
	b.Reset()
	log.Printf("http: TLS handshake error from %s: %v", "192.0.2.77:50000", io.EOF)
	if text := b.String(); !strings.Contains(text, "level=DEBUG") || strings.Contains(text, "192.0.2") {
		t.Errorf("found %q, expected a line for debugging without an address", text)
	}
	// ALPN and the list of ciphers are the visitor's words.
	for _, offered := range []string{
		"tls: client requested unsupported application protocols ([\"s3cret\"])",
		"tls: client offered only unsupported versions: [s3cret]",
	} {
		b.Reset()
		log.Printf("http: TLS handshake error from [2001:db8::1]:5: %s", offered)
		if text := b.String(); !strings.Contains(text, "unsupported") || strings.Contains(text, "s3cret") {
			t.Errorf("found %q, expected a line without what was offered", text)
		}
	}
	if insecure != 3 {
		t.Errorf("found %d failed handshakes, expected 3", insecure)
	}
	b.Reset()
	log.Printf("http: something else")
	if text := b.String(); !strings.Contains(text, `level=WARN msg="net/http complains" error="http: something else"`) {
		t.Errorf("found %q", text)
	}
}

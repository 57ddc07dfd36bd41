package wire

import (
	"context"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
)

// Scenarios played over TCP against the built-in ends and against odd peers.

const upgraded = "server bytes \"HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n\\r\\n\"\n"

func TestPlayEcho(t *testing.T) {
	check := expectNoLeak(t)
	b, stop := startEcho()
	defer func() {
		stop()
		check()
	}()
	result := play(t, `
handshake /chat
  with Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
expect status 101
text mask=37fa213d "Hello"
expect text "Hello"
ping mask=00000000 "x"
expect pong "x" within 5s
close mask=00000000 1000
expect close 1000
expect end
`, mustTarget(t, "echo"), func(o *Options) { o.Dialer = &Dialer{BuiltIn: b} })
	want := `client open
client bytes "GET /chat HTTP/1.1\r\nHost: framecraft.invalid\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
` + upgraded + `expect 4 met
client bytes 81 85 37 fa 21 3d 7f 9f 4d 51 58
server bytes 81 05 48 65 6c 6c 6f
expect 6 met
client bytes 89 81 00 00 00 00 78
server bytes 8a 01 78
expect 8 met
client bytes 88 82 00 00 00 00 03 e8
server bytes 88 02 03 e8
expect 10 met
server end
expect 11 met
client end
`
	if got := shape(result.Transcript.Entries); !matches(got, want) {
		t.Errorf("found\n%s\nexpected\n%s", got, want)
	}
	if result.Met != 5 || result.Unmet != 0 || !result.Connected || result.Stopped != nil {
		t.Errorf("found %+v", result)
	}
}

// What comes compressed is expected as what it inflates to, with the context of
// the messages before.
func TestPlayInflates(t *testing.T) {
	b := echoTarget(t)
	result := play(t, `
handshake
  with Sec-WebSocket-Extensions: permessage-deflate
expect status 101
text rsv1 hex:f248cdc9c90700
expect text "Hello"
text rsv1 hex:f248cdc9c90700
expect text "Hello"
close 1000
expect end`, mustTarget(t, "echo"), func(o *Options) { o.Dialer = &Dialer{BuiltIn: b} })
	if result.Met != 4 || result.Unmet != 0 {
		t.Errorf("found\n%s", shape(result.Transcript.Entries))
	}
	// The query chooses how the endpoint behaves.
	result = play(t, "handshake\n  with Sec-WebSocket-Extensions: permessage-deflate\nexpect status 101\ntext rsv1 hex:f248cdc9c90700\nexpect close 1002",
		mustTarget(t, "echo?deflate=off"), func(o *Options) { o.Dialer = &Dialer{BuiltIn: b} })
	if result.Met != 2 || result.Unmet != 0 {
		t.Errorf("found\n%s", shape(result.Transcript.Entries))
	}
}

// Each scenario plays against a peer that says its lines and then reads on; one
// that answers waits for the first byte.
//
// Defence: dial-time, dial-bytes
func TestPlayAgainst(t *testing.T) {
	say := func(lines ...string) func(*net.TCPConn) {
		return func(c *net.TCPConn) {
			for _, line := range lines {
				drafts, err := protocol.ParseNotation(line)
				if err != nil {
					t.Error(err)
				}
				for _, d := range drafts {
					c.Write(d.AppendTo(nil, 0))
				}
			}
			io.Copy(io.Discard, c)
		}
	}
	answer := func(lines ...string) func(*net.TCPConn) {
		return func(c *net.TCPConn) {
			c.Read(make([]byte, 1))
			say(lines...)(c)
		}
	}
	for name, c := range map[string]struct {
		scenario string
		serve    func(*net.TCPConn)
		change   func(*Options)
		want     string // without the open
	}{
		"ping is answered": {"wait 50ms\nexpect ping \"a\"", say(`ping nomask "a"`), nil,
			"server bytes 89 01 61\nclient bytes PONG 61\nexpect 2 met\nstop \"the scenario is over\"\n"},
		"pong off": {"pong off\nexpect ping", say(`ping nomask "a"`), nil,
			"server bytes 89 01 61\nexpect 2 met\nstop \"the scenario is over\"\n"},
		"no pong inside a frame": {"text cut=1 mask=00000000 \"ab\"\nexpect ping\nwait 20ms\nbytes \"b\"\nwait 20ms", answer(`ping nomask ""`), nil,
			"client bytes 81 82 00 00 00 00 61\nserver bytes 89 00\nexpect 2 met\nclient bytes 62 PONG\nstop \"the scenario is over\"\n"},
		"no pong behind a Close frame": {"close mask=00000000\nexpect ping\nwait 20ms", answer(`ping nomask ""`), nil,
			"client bytes 88 80 00 00 00 00\nserver bytes 89 00\nexpect 2 met\nstop \"the scenario is over\"\n"},
		"in order": {"expect text \"b\"\nexpect text \"a\" within 20ms", say("text nomask \"a\"\ntext nomask \"b\""), nil,
			"server bytes 81 01 61 81 01 62\nexpect 1 met\nexpect 2 unmet \"found nothing within 20ms\"\nstop \"the scenario is over\"\n"},
		"something else": {"expect text \"b\" within 20ms", say("text nomask \"a\"\nping nomask \"\"\nclose nomask 1001 \"bye\"\nbytes 81"), func(o *Options) { o.Limits.Expect = 0 },
			"server bytes 81 01 61 89 00 88 05 03 e9 62 79 65 81\nclient bytes PONG\nexpect 1 unmet \"found text \\\"a\\\", ping \\\"\\\", close 1001 \\\"bye\\\", 1 byte of something that is not whole\"\nstop \"the scenario is over\"\n"},
		"silence": {"expect silence 30ms", say(), nil,
			"expect 1 met\nstop \"the scenario is over\"\n"},
		"no silence": {"expect silence 5s", say(`bytes 01`), nil,
			"server bytes 01\nexpect 1 unmet \"found 1 byte of something that is not whole\"\nstop \"the scenario is over\"\n"},
		"the end is no silence": {"expect silence 5s", func(c *net.TCPConn) { c.CloseWrite(); io.Copy(io.Discard, c) }, nil,
			"server end\nexpect 1 unmet \"found the end of TCP\"\nclient end\n"},
		"reset": {"bytes 00\nexpect reset", func(c *net.TCPConn) { c.Read(make([]byte, 1)); c.SetLinger(0) }, nil,
			"client bytes 00\nserver reset\nexpect 2 met\n"},
		"end": {"end\nexpect end", func(c *net.TCPConn) { io.Copy(io.Discard, c) }, nil,
			"client end\nserver end\nexpect 2 met\n"},
		"nothing behind the end": {"end\nexpect end\ntext \"a\"\ntext \"b\"", func(c *net.TCPConn) { io.Copy(io.Discard, c) }, nil,
			"client end\nserver end\nexpect 2 met\nclient failed \"line 3, and what follows it, could not be sent: this side of TCP is over\"\n"},
		"a reset of our own": {"text mask=00000000 \"a\"\nreset\nexpect end", say(), nil,
			"client bytes 81 81 00 00 00 00 61\nclient reset\nexpect 3 unmet \"found nothing, and TCP is over\"\n"},
		"a response that is no upgrade": {"bytes \"GET / HTTP/1.0\\r\\n\\r\\n\"\nexpect status 101 or 403\nexpect text within 20ms", answer(`bytes "HTTP/1.1 403 Forbidden\r\n\r\n\x81\x01a"`), nil,
			"client bytes \"GET / HTTP/1.0\\r\\n\\r\\n\"\nserver bytes 48 54 54 50 2f 31 2e 31 20 34 30 33 20 46 6f 72 62 69 64 64 65 6e 0d 0a 0d 0a 81 01 61\nexpect 2 met\nexpect 3 unmet \"found 3 bytes of a body\"\nstop \"the scenario is over\"\n"},
		"interim": {"expect status 100\nexpect status 101\nexpect binary hex:00", say(`bytes "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Yes\r\n\r\n"`, "binary nomask hex:00"), nil,
			"server bytes 48 54 54 50 2f 31 2e 31 20 31 30 30 20 43 6f 6e 74 69 6e 75 65 0d 0a 0d 0a 48 54 54 50 2f 31 2e 31 20 31 30 31 20 59 65 73 0d 0a 0d 0a 82 01 00\nexpect 1 met\nexpect 2 met\nexpect 3 met\nstop \"the scenario is over\"\n"},
		"a close without a code": {"expect close 1000 or 1005", say("close nomask"), nil,
			"server bytes 88 00\nexpect 1 met\nstop \"the scenario is over\"\n"},
		"for ever": {"expect close", func(c *net.TCPConn) {
			for {
				if _, err := c.Write(make([]byte, 1000)); err != nil {
					return
				}
			}
		}, func(o *Options) { o.Limits.Bytes = 4 },
			"server bytes 00 00 00 00\nstop \"the limit of 4 bytes for one play is reached\"\nexpect 1 unmet \"not reached\"\n"},
		"never": {"expect close within 10s", say(), func(o *Options) { o.Limits.Time = 50 * time.Millisecond },
			"stop \"the limit of 50ms for one play is reached\"\nexpect 1 unmet \"not reached\"\n"},
		"does not read": {"bytes repeat(8100,400000)\nexpect close", func(c *net.TCPConn) { time.Sleep(1500 * time.Millisecond) }, func(o *Options) {
			o.Limits.Time = time.Second
		},
			"client bytes HEAD\nstop \"the limit of 1s for one play is reached\"\nexpect 2 unmet \"not reached\"\n"},
		"a broken rule": {"expect rule frame-opcode-reserved\nexpect rule frame-control-too-long within 50ms\nexpect no rule", say("opcode=3 nomask"), nil,
			"server bytes 83 00\nexpect 1 met\nexpect 2 unmet \"the server has broken frame-opcode-reserved\"\nexpect 3 unmet \"the server has broken frame-opcode-reserved\"\nstop \"the scenario is over\"\n"},
		"no broken rule": {"opcode=3 nomask\nexpect text\nexpect no rule within 20ms\nexpect rule frame-opcode-reserved within 10ms", answer("text nomask \"a\""), nil,
			"client bytes 83 00\nserver bytes 81 01 61\nexpect 2 met\nexpect 3 met\nexpect 4 unmet \"the server has broken no rule\"\nstop \"the scenario is over\"\n"},
		"too many pieces": {"chop 1\nbytes repeat(00,100)", say(), func(o *Options) { o.Limits.Entries = 4 },
			"client bytes 00 00 00\nstop \"the limit of 4 entries for one play is reached\"\n"},
	} {
		t.Run(name, func(t *testing.T) {
			result := play(t, c.scenario, peer(t, c.serve), c.change)
			got := strings.TrimPrefix(shape(result.Transcript.Entries), "client open\n")
			if want := c.want; !matches(got, want) {
				t.Errorf("found\n%s\nexpected\n%s", got, want)
			}
		})
	}
}

// matches compares transcripts but for where their expectations stand among the
// other lines: what is not expected may come sooner or later. PONG stands for the header of a masked pong and
// one further byte, if any; HEAD for any bytes.
func matches(got, want string) bool {
	got, want = expectationsLast(got), expectationsLast(want)
	pattern := regexp.QuoteMeta(want)
	pattern = strings.ReplaceAll(pattern, "PONG 61", "8a 81( ..){5}")
	pattern = strings.ReplaceAll(pattern, "PONG", "8a 80( ..){4}")
	pattern = strings.ReplaceAll(pattern, "HEAD", "81 00( 81| 00)+")
	return regexp.MustCompile("^" + pattern + "$").MatchString(got)
}

func expectationsLast(text string) string {
	var others, expectations strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "expect ") {
			expectations.WriteString(line)
		} else {
			others.WriteString(line)
		}
	}
	return others.String() + expectations.String()
}

func TestPlayRefused(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	result := play(t, "handshake\nexpect status 101", mustTarget(t, "ws://"+address), nil)
	want := "client failed \"connection refused\"\nexpect 2 unmet \"not reached\"\n"
	if got := shape(result.Transcript.Entries); got != want || result.Connected || result.Unmet != 1 {
		t.Errorf("found\n%s%+v\nexpected\n%s", got, result, want)
	}
}

func TestPlayTLS(t *testing.T) {
	target := mustTarget(t, "wss://"+tlsServer(t))
	result := play(t, "bytes 81 01 61\nexpect text \"a\"\nend\nexpect end", target, func(o *Options) { o.Dialer.Insecure = true })
	want := "client open\nclient bytes 81 01 61\nserver bytes 81 01 61\nexpect 2 met\nclient end\nserver end\nexpect 4 met\n"
	if got := shape(result.Transcript.Entries); !matches(got, want) {
		t.Errorf("found\n%s\nexpected\n%s", got, want)
	}
	result = play(t, "bytes 81 01 61\nexpect text \"a\"", target, nil)
	want = "client open\nclient failed \"TLS: the certificate is not trusted: x509: "
	if got := shape(result.Transcript.Entries); !strings.HasPrefix(got, want) || result.Connected {
		t.Errorf("found\n%s\nexpected\n%s", got, want)
	}
	// Who never answers ends by the time to connect.
	silent := peer(t, func(c *net.TCPConn) { io.Copy(io.Discard, c) })
	silent.Kind = TargetTLS
	result = play(t, "text \"a\"", silent, func(o *Options) { o.Limits.Connect = time.Second })
	if got, want := shape(result.Transcript.Entries), "client open\nclient failed \"TLS: no connection within 1s\"\n"; got != want {
		t.Errorf("found\n%s\nexpected\n%s", got, want)
	}
}

func TestPlayNeedsAFittingTarget(t *testing.T) {
	for _, c := range []struct{ scenario, target, want string }{
		{"role server", "echo", "expected the target client"},
		{"role server", "ws://127.0.0.1:1", "expected the target client"},
		{"text", "client", "has the role client"},
		{"text", "echo", "no built-in endpoint"},
		{"text", "ws://127.0.0.1:1", "-allow 127.0.0.1:1"},
		{"text\nbinary repeat(00,1048576)", "ws://127.0.0.1:1", "line 2: found 1048590 bytes, expected at most 1048576"},
	} {
		_, err := Play(context.Background(), mustScenario(t, c.scenario), mustTarget(t, c.target), Options{Dialer: &Dialer{}, Limits: DefaultLimits()}, func(e protocol.Entry) {
			t.Errorf("%q against %s: found the entry %v", c.scenario, c.target, e)
		})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q against %s: found %v, expected an error about %q", c.scenario, c.target, err, c.want)
		}
	}
}

// A panic in the reader is one of Play's caller, and nothing stays behind.
func TestPlayPanics(t *testing.T) {
	target := peer(t, func(c *net.TCPConn) { c.Write([]byte{0x81, 0}); io.Copy(io.Discard, c) })
	check := expectNoLeak(t)
	defer func() {
		if err, ok := recover().(*PanicError); !ok || !strings.Contains(err.Error(), "TestPlayPanics") {
			t.Errorf("found %v, expected the panic with its stack", err)
		}
		check()
	}()
	_, _ = Play(context.Background(), mustScenario(t, "wait 1s"), target, Options{Dialer: &Dialer{Anywhere: true}, Limits: DefaultLimits()}, func(e protocol.Entry) {
		if e.Kind == protocol.EntryBytes {
			panic("a payload")
		}
	})
	t.Error("expected a panic")
}

// A thousand small frames and their echoes, with nothing to wait for in between.
func BenchmarkPlay1000(b *testing.B) {
	var text strings.Builder
	text.WriteString("handshake\nexpect status 101\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "text \"message %d\"\n", i)
	}
	text.WriteString("expect text \"message 999\"\nclose\nexpect close\nexpect end\n")
	s := mustScenario(b, text.String())
	target := mustTarget(b, "echo")
	options := Options{Dialer: &Dialer{BuiltIn: echoTarget(b)}, Limits: DefaultLimits()}
	entries := 0
	for b.Loop() {
		result, err := Play(context.Background(), s, target, options, func(protocol.Entry) {})
		if err != nil || result.Met != 4 {
			b.Fatalf("found %+v, %v", result, err)
		}
		entries = len(result.Transcript.Entries)
	}
	b.ReportMetric(float64(entries), "entries")
}

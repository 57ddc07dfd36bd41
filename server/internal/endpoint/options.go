package endpoint

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"framecraft/protocol"
)

// The parameters of the echo endpoint's address. With them a person builds the
// peer that a client is to be tested against: one that is slow, that closes in
// the middle, that never answers a ping, that compresses in this way or that.
//
//	/echo?delay=200ms&close=1001&after=3
//
// To add one: a row in the table below, its name, what it takes and what it does,
// and a function that reads the value into settings; then let EchoFor act on it.
// The page and README.md list what the table says.

// Option describes a parameter.
type Option struct {
	Name string `json:"name"`
	// Values says what it takes, in words and examples.
	Values string `json:"values"`
	// Meaning is what it does, in a sentence or two.
	Meaning string `json:"meaning"`
	// Example is the parameter with a value, as it stands in an address.
	Example string `json:"example"`
}

// settings are what the parameters of one address say.
type settings struct {
	deflate      *protocol.DeflateAccept
	subprotocols []string
	delay        time.Duration
	code         protocol.StatusCode // StatusNone: never closes
	after        int
	silent       bool // no pongs
}

const (
	maxDelay = 30 * time.Second
	maxAfter = 1_000_000
)

// optionRow is a row of the table. Its function returns false for a value that it
// cannot use.
type optionRow struct {
	Option
	read func(*settings, string) bool
}

var echoOptions = [...]optionRow{
	{Option{
		"deflate", "off, takeover, or parameters of permessage-deflate with semicolons between them",
		"What the server agrees to. Without it, it answers server_no_context_takeover and client_no_context_takeover; takeover answers neither; a list answers what it names, and client_max_window_bits only to a client that offers it.",
		"deflate=server_no_context_takeover;client_max_window_bits=10",
	}, readDeflate},
	{Option{
		"subprotocol", "names with commas between them",
		"The subprotocols that the server speaks. It chooses the first one offered that is among them, and none if there is none.",
		"subprotocol=chat,superchat",
	}, readSubprotocols},
	{Option{
		"delay", "a time from 0s to 30s, such as 200ms",
		"How long every message waits before it comes back. Pongs and the answer to a Close frame do not wait.",
		"delay=200ms",
	}, func(s *settings, value string) (ok bool) {
		var err error
		s.delay, err = time.ParseDuration(value)
		return err == nil && s.delay >= 0 && s.delay <= maxDelay
	}},
	{Option{
		"close", "a status code that a server can send: 1000 to 1003, 1007 to 1009, 1011 to 1014, 3000 to 4999",
		"Begin the closing handshake with this code once a message has come back, or as many as after says.",
		"close=1001",
	}, readClose},
	{Option{
		"after", "a number from 0 to 1000000, beside close",
		"How many messages come back before close; 0 closes at once.",
		"after=3",
	}, func(s *settings, value string) (ok bool) {
		s.after, ok = readNumber(value, maxAfter)
		return ok
	}},
	{Option{
		"pong", "off",
		"Answer no ping.",
		"pong=off",
	}, func(s *settings, value string) bool {
		s.silent = true
		return value == "off"
	}},
}

// EchoOptions returns the table.
func EchoOptions() []Option {
	list := make([]Option, len(echoOptions))
	for i := range echoOptions {
		list[i] = echoOptions[i].Option
	}
	return list
}

// readDeflate reads what stands in an answer, in the answer's own grammar.
func readDeflate(s *settings, value string) bool {
	switch value {
	case "off":
		s.deflate = nil
		return true
	case "takeover":
		s.deflate = new(protocol.DeflateAccept)
		return true
	}
	list, err := protocol.ParseExtensions(protocol.DeflateExtension + ";" + value)
	if err != nil || len(list) != 1 {
		return false
	}
	p, err := protocol.ParseDeflateOffer(list[0])
	if err != nil || p.ClientMaxWindowBitsOffered && p.ClientMaxWindowBits == 0 {
		return false
	}
	s.deflate = &protocol.DeflateAccept{
		ServerNoContextTakeover: p.ServerNoContextTakeover,
		ClientNoContextTakeover: p.ClientNoContextTakeover,
		ServerMaxWindowBits:     p.ServerMaxWindowBits,
		ClientMaxWindowBits:     p.ClientMaxWindowBits,
	}
	return true
}

// readSubprotocols takes tokens only: they get into a header.
func readSubprotocols(s *settings, value string) bool {
	list, err := protocol.ParseSubprotocols(value)
	for _, name := range list {
		s.subprotocols = append(s.subprotocols, name.Value)
	}
	return err == nil
}

func readClose(s *settings, value string) bool {
	n, ok := readNumber(value, 4999)
	s.code = protocol.StatusCode(n)
	return ok && s.code.OnWire() && s.code != protocol.StatusMandatoryExtension
}

// readNumber reads digits, nothing else, up to a largest number.
func readNumber(value string, largest int) (int, bool) {
	n, err := strconv.ParseUint(value, 10, 32)
	return int(n), err == nil && n <= uint64(largest)
}

// EchoFor returns the kind that an address asks for; base is the kind without
// any. The query is taken apart here, since net/url drops what has a semicolon.
func EchoFor(base Kind, query string) (Kind, *Refusal) {
	s := settings{deflate: base.Deflate, after: -1}
	var seen [len(echoOptions)]bool
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		i := slices.IndexFunc(echoOptions[:], func(o optionRow) bool { return o.Name == name })
		if i < 0 {
			return Kind{}, badRequest("found the parameter %s, expected one of %s", excerpt(name), optionNames())
		}
		if seen[i] {
			return Kind{}, badRequest("found %s twice, expected it once", name)
		}
		seen[i] = true
		text, err := url.QueryUnescape(value)
		if err != nil || !echoOptions[i].read(&s, text) {
			return Kind{}, badRequest("%s: found %s, expected %s", name, excerpt(value), echoOptions[i].Values)
		}
	}
	if s.after >= 0 && s.code == protocol.StatusNone {
		return Kind{}, badRequest("found after without close, expected both")
	}
	return s.kind(base), nil
}

// kind is the kind of connection that the settings ask for.
func (s settings) kind(base Kind) Kind {
	kind := base
	kind.Deflate, kind.Subprotocols, kind.Delay = s.deflate, s.subprotocols, s.delay
	kind.Protocol.NoPong = s.silent
	if s.code == protocol.StatusNone {
		return kind
	}
	switch s.after {
	case 0:
		kind.Opened = func(c *Conn) { c.Close(s.code, "") }
	case -1:
		s.after = 1
	}
	kind.Message = func(c *Conn, m protocol.Event) {
		base.Message(c, m)
		if c.messagesIn() >= uint64(max(s.after, 0)) {
			c.closeAfterAnswers(s.code)
		}
	}
	return kind
}

// excerpt quotes what a client wrote, in ASCII and not at length.
func excerpt(s string) string {
	const most = 40
	if len(s) > most {
		return strconv.QuoteToASCII(s[:most]) + fmt.Sprintf(" and %d bytes more", len(s)-most)
	}
	return strconv.QuoteToASCII(s)
}

func optionNames() string {
	var names []string
	for _, o := range EchoOptions() {
		names = append(names, o.Name)
	}
	return strings.Join(names, ", ")
}

package hold

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"framecraft/protocol"
)

// The opening handshake of a connection: the request, and what becomes of it when
// the bytes of a response have come (RFC 6455, section 4.1).

const (
	// maxResponse is how long a response's head may be.
	maxResponse = 16 << 10
	// maxRefusal is how much of a refusal's body is read, for its reason.
	maxRefusal = 200
)

// newRequest returns the request of one connection, with a key of its own.
func newRequest(authority, resource string) []byte {
	var nonce [16]byte
	_, _ = rand.Read(nonce[:]) // it never fails
	return protocol.DefaultRequest(authority, resource, base64.StdEncoding.EncodeToString(nonce[:])).AppendTo(nil)
}

// readResponse judges what has come of a response. While more has to come, done
// is false. Otherwise n is its length, and a Stop says that it is none that a
// client may go on after. Ended says that nothing more will come.
func readResponse(request, in []byte, ended bool) (n int, done bool, stop *Stop) {
	head, n, err := protocol.ParseResponseHead(in)
	for err == nil && head.Interim() {
		var more int
		head, more, err = protocol.ParseResponseHead(in[n:])
		n += more
	}
	if err != nil {
		if !ended && len(in) < maxResponse {
			return 0, false, nil
		}
		return 0, true, noResponse(in)
	}
	status := head.StatusNumber()
	if status == 0 {
		return 0, true, noResponse(in)
	}
	if status != 101 {
		body := in[n:]
		length := maxRefusal
		if text, ok := head.Value("Content-Length"); ok {
			if given, err := strconv.Atoi(text); err == nil && given >= 0 {
				length = min(length, given)
			}
		}
		if len(body) < length && !ended {
			return 0, false, nil
		}
		return 0, true, refusal(status, head.Reason.Value, string(body[:min(len(body), length)]))
	}
	asked, _, err := protocol.ParseRequestHead(request)
	if err != nil {
		return 0, true, &Stop{limitAnswer, "the request cannot be read: " + err.Error(), ""}
	}
	for _, d := range protocol.CheckHandshake(nil, asked, head) {
		if d.Rule.Rule().StatusCode == protocol.StatusAbnormalClosure {
			return 0, true, &Stop{limitAnswer, fmt.Sprintf("the response breaks %v: %s", d.Rule, strings.TrimSuffix(d.Found(), ".")), ""}
		}
	}
	return n, true, nil
}

// noResponse is for bytes that are no head of a response.
func noResponse(in []byte) *Stop {
	return &Stop{limitAnswer, fmt.Sprintf("the answer is no response to a handshake: found %q", in[:min(len(in), 40)]), ""}
}

// refusal explains a response that is no 101.
func refusal(status int, reason, body string) *Stop {
	s := &Stop{Limit: limitRefused, Found: fmt.Sprintf("the server refused a connection with %d %s", status, reason)}
	if status < 400 {
		s.Found = fmt.Sprintf("the server answered %d %s, expected 101 Switching Protocols", status, reason)
	}
	if said := reasonIn(body); said != "" {
		s.Found += fmt.Sprintf(" and the reason %q", said)
	}
	switch {
	case status == 429 || status == 503:
		s.Raise = raiseServerCount
	case status == 404 || status < 400:
		s.Raise = "a path that takes WebSocket connections; that of framecraft serve for any client is /echo"
	}
	return s
}

// reasonIn returns the sentence that a body begins with, if it is none of markup or
// of other things that are not for people.
func reasonIn(body string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(body), "\n")
	line = strings.TrimSpace(line)
	if strings.ContainsAny(line[:min(len(line), 1)], "<{[") || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return line
}

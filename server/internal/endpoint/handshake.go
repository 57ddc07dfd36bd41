package endpoint

import (
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// The opening handshake, the server's side of it (RFC 6455, section 4.2). The
// request has been read by net/http, which refuses a missing or second Host and
// broken header lines; everything else that a handshake needs is judged here,
// the whole token each time, in one pass and without regular expressions.

// acceptGUID is the constant of RFC 6455, section 1.3.
const acceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// A Refusal is why a request is no handshake that this server takes.
type Refusal struct {
	Status int
	Reason string
	// Header is what the answer has to say besides, as name and value.
	Header [2]string
}

func (r *Refusal) Error() string { return r.Reason }

// Write answers the request. The connection ends with it, so that nothing behind
// a refused upgrade is ever taken for a second request, and no body is read.
func (r *Refusal) Write(w http.ResponseWriter) {
	header := w.Header()
	if r.Header[0] != "" {
		header.Set(r.Header[0], r.Header[1])
	}
	header.Set("Connection", "close")
	if r.Status == http.StatusUpgradeRequired {
		// 426 names the protocol that it asks for (RFC 9110, section 15.5.22). The
		// option goes on a line of its own: net/http ends the connection only when
		// the first line says close and nothing else.
		header.Set("Upgrade", "websocket")
		header.Add("Connection", "Upgrade")
	}
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(r.Status)
	// An error means that the client has gone; there is nobody to tell.
	_, _ = w.Write([]byte(r.Reason + "\n"))
}

func badRequest(format string, args ...any) *Refusal {
	return &Refusal{Status: http.StatusBadRequest, Reason: fmt.Sprintf(format, args...)}
}

// Check judges the request; nil means that it is a handshake. No message repeats
// what the client wrote: lengths and counts are enough to find the mistake.
func Check(r *http.Request) *Refusal {
	if r.Method != http.MethodGet {
		return &Refusal{http.StatusMethodNotAllowed, "expected the method GET", [2]string{"Allow", "GET"}}
	}
	if r.ProtoMajor != 1 || r.ProtoMinor < 1 {
		return badRequest("found HTTP/%d.%d, expected HTTP/1.1", r.ProtoMajor, r.ProtoMinor)
	}
	if r.Host == "" {
		return badRequest("Host is empty")
	}
	// net/http hands what stands behind the header to whoever hijacks, so a body
	// would be taken for frames.
	if r.ContentLength != 0 || len(r.TransferEncoding) != 0 {
		return badRequest("a handshake has no body")
	}
	if !hasToken(r.Header["Upgrade"], "websocket") {
		return &Refusal{Status: http.StatusUpgradeRequired, Reason: "Upgrade does not name websocket"}
	}
	if !hasToken(r.Header["Connection"], "upgrade") {
		return badRequest("Connection does not name upgrade")
	}
	switch versions := r.Header["Sec-Websocket-Version"]; {
	case len(versions) > 1:
		return badRequest("found %d Sec-WebSocket-Version fields, expected one", len(versions))
	case len(versions) == 0 || versions[0] != "13":
		return &Refusal{http.StatusUpgradeRequired, "expected Sec-WebSocket-Version: 13", [2]string{"Sec-WebSocket-Version", "13"}}
	}
	keys := r.Header["Sec-Websocket-Key"]
	if len(keys) != 1 {
		return badRequest("found %d Sec-WebSocket-Key fields, expected one", len(keys))
	}
	// The four bits that the last character has too many are not looked at; the
	// RFC's own example has them set.
	if key, err := base64.StdEncoding.DecodeString(keys[0]); err != nil || len(key) != 16 {
		return badRequest("Sec-WebSocket-Key is not 16 bytes in base64")
	}
	// Every extension is declined, but what is no list of extensions at all is a
	// broken handshake. Sec-WebSocket-Protocol is left alone: no subprotocol is
	// chosen, which is a legal answer to any offer.
	for _, line := range r.Header["Sec-Websocket-Extensions"] {
		if err := checkExtensions(line); err != nil {
			return badRequest("Sec-WebSocket-Extensions: %v", err)
		}
	}
	return nil
}

// hasToken reports whether a token stands in a list of them, in either case.
// Only the whole element counts: "websocket/1" names another protocol.
func hasToken(lines []string, token string) bool {
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.Trim(element, " \t"), token) {
				return true
			}
		}
	}
	return false
}

// checkExtensions reads a list of extensions (RFC 6455, section 9.1):
//
//	list      = extension *( "," extension )
//	extension = token *( ";" parameter )
//	parameter = token [ "=" ( token | quoted-string ) ]
//
// A quoted value must be a token once its backslashes are gone.
func checkExtensions(line string) error {
	s := tokenizer{rest: line}
	for {
		if !s.token() {
			return s.expected("the name of an extension")
		}
		for s.take(';') {
			if !s.token() {
				return s.expected("the name of a parameter")
			}
			if s.take('=') && !s.value() {
				return s.expected("a token or a quoted token")
			}
		}
		if s.space(); s.rest == "" {
			return nil
		}
		if !s.take(',') {
			return s.expected("a comma or a semicolon")
		}
	}
}

// tokenizer walks over a header value once, from the left.
type tokenizer struct {
	rest string
	at   int
}

func (s *tokenizer) expected(what string) error {
	return fmt.Errorf("expected %s at character %d", what, s.at+1)
}

func (s *tokenizer) skip(n int) { s.rest, s.at = s.rest[n:], s.at+n }

func (s *tokenizer) space() {
	for s.rest != "" && (s.rest[0] == ' ' || s.rest[0] == '\t') {
		s.skip(1)
	}
}

// take skips spaces and then the character, if it is there.
func (s *tokenizer) take(c byte) bool {
	s.space()
	if s.rest == "" || s.rest[0] != c {
		return false
	}
	s.skip(1)
	return true
}

func (s *tokenizer) token() bool {
	s.space()
	n := 0
	for n < len(s.rest) && isTokenChar(s.rest[n]) {
		n++
	}
	s.skip(n)
	return n > 0
}

func (s *tokenizer) value() bool {
	if !s.take('"') {
		return s.token()
	}
	for n := 0; s.rest != ""; n++ {
		if s.rest[0] == '"' {
			s.skip(1)
			return n > 0
		}
		if s.rest[0] == '\\' {
			s.skip(1)
		}
		if s.rest == "" || !isTokenChar(s.rest[0]) {
			return false
		}
		s.skip(1)
	}
	return false
}

// isTokenChar is tchar of RFC 9110, section 5.6.2.
func isTokenChar(c byte) bool {
	switch {
	case '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z':
		return true
	}
	return c > ' ' && c < 0x7f && strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// Accept returns the value of Sec-WebSocket-Accept that proves the server has
// read the key.
func Accept(key string) string {
	sum := sha1.Sum([]byte(key + acceptGUID))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// hijack takes the connection over from net/http and answers the handshake that
// Check has passed. Early holds the bytes that the client sent right behind its
// request. Nothing of net/http is kept: its two buffers of 4 KiB live as long as
// anybody holds what Hijack gives, so the bytes in them are copied out here.
func hijack(w http.ResponseWriter, r *http.Request, limits *Limits) (tcp net.Conn, early []byte, err error) {
	tcp, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("endpoint: hijacking the connection: %w", err)
	}
	if n := buffered.Reader.Buffered(); n > 0 {
		peeked, err := buffered.Reader.Peek(n)
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("endpoint: bytes behind the handshake: %w", err), tcp.Close())
		}
		early = append([]byte(nil), peeked...)
	}
	answer := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		Accept(r.Header.Get("Sec-WebSocket-Key")) + "\r\n\r\n"
	// The deadlines that net/http had set go with this.
	err = tcp.SetDeadline(time.Time{})
	if err == nil {
		err = tcp.SetWriteDeadline(time.Now().Add(limits.Write))
	}
	if err == nil {
		_, err = tcp.Write([]byte(answer))
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("endpoint: answering the handshake: %w", err), tcp.Close())
	}
	return tcp, early, nil
}

package endpoint

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"framecraft/protocol"
)

// The opening handshake, the server's side of it (RFC 6455, section 4.2). The
// request has been read by net/http, which refuses a missing or second Host and
// broken header lines; everything else that a handshake needs is judged here,
// the whole token each time, in one pass and without regular expressions.
//
// What package protocol calls a broken request gets no connection, and the status
// is the one in the rule's row. What net/http smooths out before is found in the
// bytes, if they are recorded; see heads.go.

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

// breaks refuses for a rule: its name says what was found, its row what was
// expected.
func breaks(what string, broken protocol.RuleID) *Refusal {
	rule := broken.Rule()
	return &Refusal{Status: rule.HTTPStatus, Reason: what + " breaks " + rule.ID + ": " + rule.Asks}
}

// Check judges the request; nil means that it is a handshake. No message repeats
// what the client wrote: lengths, counts and the one byte in the way are enough to
// find the mistake.
func Check(r *http.Request) *Refusal {
	if r.Method != http.MethodGet {
		return &Refusal{http.StatusMethodNotAllowed, "expected the method GET", [2]string{"Allow", "GET"}}
	}
	if r.ProtoMajor != 1 || r.ProtoMinor < 1 {
		return &Refusal{Status: protocol.RuleHandshakeHTTPVersionTooLow.Rule().HTTPStatus,
			Reason: fmt.Sprintf("found HTTP/%d.%d, expected HTTP/1.1", r.ProtoMajor, r.ProtoMinor)}
	}
	if broken, found := protocol.CheckTarget(r.RequestURI); found {
		return breaks("the target", broken)
	}
	if broken, found := protocol.CheckHost(r.Host); found {
		return breaks("Host", broken)
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
	versions := r.Header["Sec-Websocket-Version"]
	if len(versions) > 1 {
		return badRequest("found %d Sec-WebSocket-Version fields, expected one", len(versions))
	}
	broken, found := protocol.RuleHandshakeVersionMissing, true
	if len(versions) == 1 {
		broken, found = protocol.CheckVersion(versions[0])
	}
	if found {
		return &Refusal{broken.Rule().HTTPStatus, "expected Sec-WebSocket-Version: 13", [2]string{"Sec-WebSocket-Version", "13"}}
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
	for _, origin := range r.Header["Origin"] {
		if broken, found := protocol.CheckOrigin(origin); found {
			return breaks("Origin", broken)
		}
	}
	// A subprotocol or an extension that nobody knows is passed over, but what is no
	// list of them at all is a broken handshake.
	if refusal := checkSubprotocols(r.Header["Sec-Websocket-Protocol"]); refusal != nil {
		return refusal
	}
	for _, line := range r.Header["Sec-Websocket-Extensions"] {
		if _, err := protocol.ParseExtensions(line); err != nil {
			return badRequest("Sec-WebSocket-Extensions: %v", err)
		}
	}
	return checkAsItCame(r)
}

// checkSubprotocols judges what all lines together offer.
func checkSubprotocols(lines []string) *Refusal {
	if len(lines) == 0 {
		return nil
	}
	offered := map[string]bool{}
	for _, line := range lines {
		list, err := protocol.ParseSubprotocols(line)
		if err != nil {
			return badRequest("Sec-WebSocket-Protocol: %v", err)
		}
		for _, p := range list {
			if offered[p.Value] {
				return breaks("Sec-WebSocket-Protocol", protocol.RuleHandshakeProtocolDuplicate)
			}
			offered[p.Value] = true
		}
	}
	return nil
}

// hasToken reports whether a token stands in a list of them, in either case.
// Only the whole element counts: "websocket/1" names another protocol. So does
// only ASCII, of which Unicode folds more letters to k and s; those are longer.
func hasToken(lines []string, token string) bool {
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			if element = strings.Trim(element, " \t"); len(element) == len(token) && strings.EqualFold(element, token) {
				return true
			}
		}
	}
	return false
}

// chooseSubprotocol returns the first of the client's that this kind speaks, or
// nothing.
func (k *Kind) chooseSubprotocol(r *http.Request) string {
	if len(k.Subprotocols) == 0 {
		return ""
	}
	for _, line := range r.Header["Sec-Websocket-Protocol"] {
		// Check has refused what is no list.
		list, _ := protocol.ParseSubprotocols(line)
		for _, offered := range list {
			if slices.Contains(k.Subprotocols, offered.Value) {
				return offered.Value
			}
		}
	}
	return ""
}

// headerLines are what was set in front of the endpoint for every answer, such as
// security headers: a line each with CR and LF in front, always in the same order.
func headerLines(header http.Header) string {
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			lines.WriteString("\r\n" + name + ": " + value)
		}
	}
	return lines.String()
}

// answerTime is how long an answer to a handshake may wait for room. A socket that has
// none has answers to earlier requests that nobody reads, and a shutdown, which knows
// the connection only behind it, waits for it.
const answerTime = time.Second

// hijack takes the connection over from net/http and answers the handshake that
// Check has passed; extra are further lines of the answer, each with CR and LF in
// front. Early holds the bytes that the client sent right behind its request.
// Nothing of net/http is kept: its two buffers of 4 KiB live as long as anybody
// holds what Hijack gives, so the bytes in them are copied out here.
func hijack(w http.ResponseWriter, r *http.Request, extra string, limits *Limits) (tcp net.Conn, early []byte, err error) {
	tcp, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("endpoint: hijacking the connection: %w", err)
	}
	if recorded, ok := tcp.(*headConn); ok {
		tcp = recorded.giveBack()
	}
	tcp = overTLS(tcp)
	if n := buffered.Reader.Buffered(); n > 0 {
		peeked, err := buffered.Reader.Peek(n)
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("endpoint: bytes behind the handshake: %w", err), tcp.Close())
		}
		early = append([]byte(nil), peeked...)
	}
	answer := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		protocol.ComputeAccept(r.Header.Get("Sec-WebSocket-Key")).Accept + extra + headerLines(w.Header()) + "\r\n\r\n"
	// The deadlines that net/http had set go with this.
	err = tcp.SetDeadline(time.Time{})
	if err == nil {
		err = tcp.SetWriteDeadline(time.Now().Add(min(limits.Write, answerTime)))
	}
	if err == nil {
		_, err = tcp.Write([]byte(answer))
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("endpoint: answering the handshake: %w", err), tcp.Close())
	}
	return tcp, early, nil
}

package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"sync"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/logs"

	"github.com/go-chi/chi/v5/middleware"
)

// Four routes become WebSocket connections; /play and /live have files of their own.
//
// /socket is the page's own. It asks for an Origin of the list and for the
// session cookie. One binary message is the crafted bytes, the answer is one text
// message: the carrier frame and the report. How the bytes are to be read stands
// in the address: ?sender=client|server&end=0|1, and &deflate= with an agreement on
// permessage-deflate such as "permessage-deflate; server_max_window_bits=10".
//
// /echo is open to any client and sends every message back. It is strict: every
// broken rule that has a status code ends the connection. The limits per address
// hold for it too; how fast a client may send does not unless Config.EchoRate says
// so, because whoever measures an endpoint sends as fast as it can. What holds there
// instead is that nothing is read while an answer waits to be written. Parameters in the address change
// how it behaves; /echo/options lists them.

// EchoMessageLimit is the most bytes that come back as one message unless
// Config.EchoMessage says less.
const EchoMessageLimit = 16 << 20

// socketKinds returns one kind for each way to read crafted bytes without an
// agreement, so that a connection needs no memory for its own.
func socketKinds(rate endpoint.Rate) (kinds [4]endpoint.Kind) {
	for i, options := range readings {
		kinds[i] = socketKind(rate, options)
	}
	return kinds
}

func socketKind(rate endpoint.Rate, options protocol.Options) endpoint.Kind {
	return endpoint.Kind{
		Name:     "/socket",
		Protocol: protocol.Config{Role: protocol.RoleServer, Fatal: protocol.Strict(), MaxMessage: protocol.CarrierLimit},
		Rate:     rate,
		Message:  func(c *endpoint.Conn, m protocol.Event) { answer(c, m, options) },
	}
}

// readingKind returns the kind that reads crafted bytes as a query asks for, or
// nil for one that cannot be understood.
func (s *Site) readingKind(r *http.Request) *endpoint.Kind {
	reading, ok := readingOf(r)
	if !ok {
		return nil
	}
	deflate, agreed, err := protocol.ParseDeflateAgreement(r.URL.Query().Get("deflate"))
	switch {
	case err != nil:
		return nil
	case !agreed:
		return &s.sockets[reading]
	}
	options := readings[reading]
	options.Deflate, options.DeflateAgreed = deflate, true
	kind := socketKind(s.sockets[reading].Rate, options)
	return &kind
}

// readings are the ways to read crafted bytes.
var readings = [4]protocol.Options{
	{Sender: protocol.RoleClient},
	{Sender: protocol.RoleClient, Ended: true},
	{Sender: protocol.RoleServer},
	{Sender: protocol.RoleServer, Ended: true},
}

var reports = sync.Pool{New: func() any { return new([]byte) }}

// answer inspects crafted bytes.
func answer(c *endpoint.Conn, m protocol.Event, options protocol.Options) {
	if m.Opcode != protocol.OpcodeBinary {
		c.Close(protocol.StatusUnsupportedData, "expected a binary message, found "+m.Opcode.String())
		return
	}
	room := reports.Get().(*[]byte)
	*room = protocol.AppendReadingJSON((*room)[:0], m.Header, m.Frames, protocol.Inspect(m.Payload, options))
	c.Send(protocol.OpcodeText, *room)
	reports.Put(room)
}

// readingOf returns the index into readings that a query asks for.
func readingOf(r *http.Request) (int, bool) {
	query := r.URL.Query()
	sender := slices.Index([]string{"client", "server"}, query.Get("sender"))
	end := slices.Index([]string{"0", "1"}, query.Get("end"))
	if !query.Has("sender") {
		sender = 0
	}
	if !query.Has("end") {
		end = 0
	}
	return 2*sender + end, sender >= 0 && end >= 0
}

// socket is the door to the page's socket.
func (s *Site) socket(w http.ResponseWriter, r *http.Request) {
	address, session, ok := s.visitor(w, r)
	if !ok {
		return
	}
	kind := s.readingKind(r)
	if kind == nil {
		s.turnAway(w, r, http.StatusBadRequest, causeParameters, "expected sender=client or server, end=0 or 1, and as deflate an agreement on permessage-deflate or nothing", "")
		return
	}
	s.admit(w, r, address, &session, endpoint.Owner(session), kind, nil)
}

// visitor is the door to the page's own sockets: it lets in whoever has loaded
// the page and comes from it.
func (s *Site) visitor(w http.ResponseWriter, r *http.Request) (address netip.Prefix, session sessionID, ok bool) {
	address, ok = s.knock(w, r)
	if !ok {
		return address, session, false
	}
	if !s.ownOrigin(r) {
		s.turnAway(w, r, http.StatusForbidden, causeOrigin, "the Origin is not this page's", "")
		return address, session, false
	}
	session, err := s.sessions.read(r)
	if err != nil {
		s.turnAway(w, r, http.StatusForbidden, causeSession, "no valid session; load the page first", err.Error())
		return address, session, false
	}
	return address, session, true
}

// echoSocket is the door to the echo endpoint.
func (s *Site) echoSocket(w http.ResponseWriter, r *http.Request) {
	if s.openedSocket(w, r) {
		return
	}
	address, ok := s.knock(w, r)
	if !ok {
		return
	}
	kind := &s.echo
	if r.URL.RawQuery != "" {
		own, refusal := endpoint.EchoFor(s.echo, r.URL.RawQuery)
		if refusal != nil {
			s.turnAwayFor(w, r, causeParameters, refusal)
			return
		}
		kind = &own
	}
	s.admit(w, r, address, nil, s.pageOf(r), kind, nil)
}

// pageOf returns the session of a request to /echo that comes from its page, or
// nobody. It is the page's only by the same two signs as at the page's own doors:
// other people's pages can send the cookie along, other programs any Origin.
func (s *Site) pageOf(r *http.Request) endpoint.Owner {
	if !s.ownOrigin(r) {
		return endpoint.Owner{}
	}
	session, err := s.sessions.read(r)
	if err != nil {
		return endpoint.Owner{}
	}
	return endpoint.Owner(session)
}

// ownOrigin reports whether the request comes from a page of the list.
func (s *Site) ownOrigin(r *http.Request) bool {
	origins := r.Header["Origin"]
	return len(origins) == 1 && slices.Contains(s.origins, origins[0])
}

// echoOptions answers with the parameters of /echo's address, in JSON: a list of
// objects with name, values, meaning and example.
func (s *Site) echoOptions(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	// An error means that the client has gone; there is nobody to tell.
	_ = json.NewEncoder(w).Encode(endpoint.EchoOptions())
}

// knock refuses what no handshake may be: too many, too late, or malformed.
func (s *Site) knock(w http.ResponseWriter, r *http.Request) (netip.Prefix, bool) {
	address := addressKey(middleware.GetClientIPAddr(r.Context()))
	if s.endpoint.Closing() {
		s.turnAway(w, r, http.StatusServiceUnavailable, causeDraining, "shutting down", "")
		return address, false
	}
	if !s.admission.handshake(address) {
		w.Header().Set("Retry-After", "60")
		s.turnAway(w, r, http.StatusTooManyRequests, causeOften, "too many handshakes from this address", "")
		return address, false
	}
	if refusal := endpoint.Check(r); refusal != nil {
		s.turnAwayFor(w, r, causeHandshake, refusal)
		return address, false
	}
	return address, true
}

// admit takes a place for the connection and lets it in. It counts against the
// session, if any, and the owner sees it on /live. Ended, if any, is called when a
// connection that was let in has ended.
func (s *Site) admit(w http.ResponseWriter, r *http.Request, address netip.Prefix, session *sessionID, owner endpoint.Owner, kind *endpoint.Kind, ended func()) {
	leave, reason := s.admission.enter(address, session)
	if leave == nil {
		s.refuseEntry(w, r, reason)
		return
	}
	if place := leave; ended != nil {
		leave = func() {
			ended()
			place()
		}
	}
	s.upgrade(w, r, kind, owner, leave)
}

// refuseEntry answers whoever gets no place.
func (s *Site) refuseEntry(w http.ResponseWriter, r *http.Request, reason string) {
	status := http.StatusTooManyRequests
	if reason == tooManyInAll {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Retry-After", "10")
	s.turnAway(w, r, status, causeOf(reason), reason, "")
}

// upgrade hands a connection that has a place to the endpoint.
func (s *Site) upgrade(w http.ResponseWriter, r *http.Request, kind *endpoint.Kind, owner endpoint.Owner, leave func()) {
	client := clientOf(r)
	s.metrics.Enters(kind.Name)
	err := s.endpoint.Upgrade(w, r, kind, owner, func(ending *endpoint.Ending) {
		leave()
		if ending == nil {
			s.metrics.Unfinished(kind.Name)
			return
		}
		s.metrics.Ended(ending)
		ending.Log(s.log, s.addressAttr(client))
	})
	switch {
	case errors.Is(err, endpoint.ErrClosing):
		s.turnAway(w, r, http.StatusServiceUnavailable, causeDraining, "shutting down", "")
	case err != nil:
		s.note(r, 0, causeUnfinished, logs.Unplaced(err))
	default:
		s.metrics.Accepted(kind.Name)
	}
}

package web

import (
	"log/slog"
	"net/http"
	"net/netip"

	"framecraft/server/internal/endpoint"

	"github.com/go-chi/chi/v5/middleware"
)

// Whoever is refused gets one line of text, counts in the metrics, and leaves one
// line in the log. Both know the reason by one word, which is of this list.

// A cause is why somebody was refused.
type cause string

const (
	causeRequest    cause = "request"   // it is none for any route
	causeHandshake  cause = "handshake" // it is none that the endpoint takes
	causeParameters cause = "parameters"
	causeOrigin     cause = "origin"
	causeSession    cause = "session"
	causeProxy      cause = "proxy" // it did not come from there
	causeDraining   cause = "draining"
	causeOften      cause = "handshakes" // a minute
	causeAddress    cause = "connections-of-address"
	causeOfSession  cause = "connections-of-session"
	causeInAll      cause = "connections-in-all"
	causeCallers    cause = "callers-of-address" // TCP connections
	causeUnfinished cause = "unfinished"         // the client went away in the middle
)

// causeOf is the cause of a reason that admission gives.
func causeOf(reason string) cause {
	switch reason {
	case tooManyOfAddress:
		return causeAddress
	case tooManyOfSession:
		return causeOfSession
	}
	return causeInAll
}

// routeOf is how metrics and log call the path of a request. A path that a visitor
// made up has no name of its own.
func (s *Site) routeOf(r *http.Request) string {
	switch path := r.URL.Path; path {
	case "/healthz", "/socket", "/echo", "/echo/options", "/play", "/live", "/presets":
		return path
	}
	if s.files[r.URL.Path] != nil {
		return "file"
	}
	return "other"
}

// turnAway refuses a request. Detail is for the operator alone; nothing of it may
// be what the client wrote.
func (s *Site) turnAway(w http.ResponseWriter, r *http.Request, status int, why cause, text, detail string) {
	s.note(r, status, why, detail)
	refuse(w, status, text)
}

// note counts a refusal and writes its line.
func (s *Site) note(r *http.Request, status int, why cause, detail string) {
	route := s.routeOf(r)
	s.metrics.Refused(route, string(why))
	level := slog.LevelInfo
	if why == causeDraining {
		level = slog.LevelDebug
	}
	attributes := []slog.Attr{slog.String("route", route), slog.Int("status", status), slog.String("cause", string(why))}
	if detail != "" {
		attributes = append(attributes, slog.String("detail", detail))
	}
	s.log.LogAttrs(r.Context(), level, "refused", append(attributes, s.addressAttr(clientOf(r)))...)
}

// addressAttr is what the log has of a visitor's address.
func (s *Site) addressAttr(client netip.Addr) slog.Attr {
	return slog.String("address", s.logAddress.Of(client))
}

// clientOf returns whose request it is, or the TCP peer where nobody has found out.
func clientOf(r *http.Request) netip.Addr {
	if client := middleware.GetClientIPAddr(r.Context()); client.IsValid() {
		return client
	}
	peer, _ := peerOf(r)
	return peer
}

// turnAwayFor refuses what the endpoint does not take. What it says about a
// handshake repeats nothing of it; about parameters it quotes the address.
func (s *Site) turnAwayFor(w http.ResponseWriter, r *http.Request, why cause, refusal *endpoint.Refusal) {
	detail := refusal.Reason
	if why == causeParameters {
		detail = ""
	}
	s.note(r, refusal.Status, why, detail)
	refusal.Write(w)
}

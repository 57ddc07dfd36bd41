package web

import (
	"net/http"
	"strings"

	"framecraft/server/internal/endpoint"
)

// Every answer carries the same security headers. The policy allows the page
// what it uses and nothing else: its own files, its own socket, and compiling
// WASM. Trusted types are required and none may be made, so no script can turn a
// string into markup.

var contentSecurityPolicy = strings.Join([]string{
	"default-src 'none'",
	"script-src 'self' 'wasm-unsafe-eval'",
	"style-src 'self'",
	"img-src 'self'",
	"font-src 'self'",
	"connect-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
	"require-trusted-types-for 'script'",
	"trusted-types 'none'",
}, "; ")

// securityHeaders sets them without wrapping the ResponseWriter, which an
// upgrade has to hijack.
func securityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", contentSecurityPolicy)
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Embedder-Policy", "require-corp")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// strictTransport tells browsers to speak TLS with this host and nothing else
// from now on (RFC 6797). Other names under it are not ours to speak for.
func strictTransport(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		next.ServeHTTP(w, r)
	})
}

// maxHeaderLines is how many header lines a request may have. net/http limits
// their bytes alone, and 12 KiB hold two thousand short lines.
const maxHeaderLines = 64

// refuseOddRequests keeps out what net/http lets through: HTTP/2 prefaces
// ("PRI * HTTP/2.0" reaches the handler), floods of header lines, lines that a
// proxy may have read differently, and bodies, which no route here has a use for.
// Package endpoint relies on the last: see its heads.go.
func refuseOddRequests(turnAway func(http.ResponseWriter, *http.Request, *endpoint.Refusal)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if refusal := checkRequest(r); refusal != nil {
				turnAway(w, r, refusal)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// checkRequest judges a request for any route.
func checkRequest(r *http.Request) *endpoint.Refusal {
	lines := 1 // Host, which net/http takes out of the header
	for _, values := range r.Header {
		lines += len(values)
	}
	switch {
	case r.ProtoMajor != 1:
		return &endpoint.Refusal{Status: http.StatusHTTPVersionNotSupported, Reason: "expected HTTP/1.1"}
	case lines > maxHeaderLines:
		return &endpoint.Refusal{Status: http.StatusRequestHeaderFieldsTooLarge, Reason: "expected at most 64 header lines"}
	case r.ContentLength != 0 || len(r.TransferEncoding) != 0:
		return &endpoint.Refusal{Status: http.StatusBadRequest, Reason: "expected no body"}
	}
	return endpoint.CheckHead(r)
}

// refuse answers with one line of text and ends the connection: what stands
// behind a request that was refused is never read as another one.
func refuse(w http.ResponseWriter, status int, reason string) {
	w.Header().Set("Connection", "close")
	plain(w, status, reason)
}

// plain answers with one line of text.
func plain(w http.ResponseWriter, status int, text string) {
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// An error means that the client has gone; there is nobody to tell.
	_, _ = w.Write([]byte(text + "\n"))
}

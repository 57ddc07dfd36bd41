package web

import (
	"cmp"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/go-chi/chi/v5/middleware"
)

// observe measures how long a request takes. It wraps the ResponseWriter, so it is
// not for routes that become WebSocket connections.
func (s *Site) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		watched := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		next.ServeHTTP(watched, r)
		// Who writes neither a status nor a byte, as in an answer to HEAD, says 200.
		status := cmp.Or(watched.Status(), http.StatusOK)
		s.metrics.Answered(s.routeOf(r), status, time.Since(begin))
	})
}

// recoverPanics keeps net/http from writing down what a handler panicked with, which
// may be anything, and ends the connection as net/http would.
func (s *Site) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p != http.ErrAbortHandler {
				text := fmt.Sprintf("a %T", p)
				if err, ok := p.(runtime.Error); ok {
					text = err.Error()
				}
				s.metrics.Panicked()
				s.log.Error("panic while answering", "route", s.routeOf(r), "panic", text, "stack", string(debug.Stack()))
			}
			panic(http.ErrAbortHandler)
		}()
		next.ServeHTTP(w, r)
	})
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"framecraft/server/internal/web"
)

// The end of a server. For as long as connections take to close, it still listens:
// whoever knocks is told 503, which a proxy understands better than a connection
// refused. One deadline holds for everything together, sockets and requests. What
// is not over by then is cut, and that is no failure: nobody is made to wait.

// drainSlack is what may be on top of the deadline, for cutting and counting.
const drainSlack = time.Second

// within gives up waiting. crypto/tls says goodbye to one connection after the other
// and waits for whoever does not read.
func within(limit time.Duration, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-time.After(limit):
		return nil
	}
}

// drain ends the connections in good order and returns when none is left.
func drain(site *web.Site, server *http.Server, limit time.Duration, log *slog.Logger) error {
	begin := time.Now()
	log.Info("shutting down", "within", limit)
	// Connections that wait for another request end now, the others behind theirs.
	server.SetKeepAlivesEnabled(false)
	ended := make(chan struct{})
	go func() {
		site.Shutdown()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(limit + drainSlack):
		return fmt.Errorf("connections did not end within %v; they end with the process", limit)
	}
	// Requests have had as long as the sockets.
	left, cancel := context.WithTimeout(context.Background(), max(limit-time.Since(begin), drainSlack/4))
	defer cancel()
	err := server.Shutdown(left)
	if errors.Is(err, context.DeadlineExceeded) {
		log.Warn("requests were cut")
		err = within(drainSlack, server.Close)
	}
	if err != nil {
		return fmt.Errorf("shutting down: %w", err)
	}
	log.Info("shut down", "took", time.Since(begin).Round(time.Millisecond))
	return nil
}

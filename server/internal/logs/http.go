package logs

import (
	"log"
	"log/slog"
	"strings"
	"time"
)

// ForHTTP returns the log for http.Server.ErrorLog. net/http writes sentences with
// addresses in them; what becomes of them here is lines with messages that do not
// change, so that they can be counted and limited. Refused is called for every
// connection that could not be accepted, insecure for every failed handshake of TLS.
func ForHTTP(to *slog.Logger, refused, insecure func()) *log.Logger {
	return log.New(&httpLog{log: to, refused: refused, insecure: insecure}, "", 0)
}

// httpLog is called with one line at a time: log.Logger has a mutex.
type httpLog struct {
	log               *slog.Logger
	refused, insecure func()
	// Accepting fails again and again while descriptors are short, as fast as
	// net/http tries.
	acceptFailed time.Time
	unsaid       int
}

// acceptEvery is how often the log says that connections cannot be accepted.
const acceptEvery = 10 * time.Second

func (h *httpLog) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	if rest, ok := strings.CutPrefix(text, "http: Accept error: "); ok {
		h.refused()
		what, _, _ := strings.Cut(rest, "; retrying")
		h.accept(what)
		return len(line), nil
	}
	if rest, ok := strings.CutPrefix(text, "http: TLS handshake error from "); ok {
		// Anybody can cause these by the thousand. What stands in brackets is what the
		// visitor has offered.
		_, why, _ := strings.Cut(rest, ": ")
		why, _, _ = strings.Cut(why, " (")
		why, _, _ = strings.Cut(why, ": [")
		h.log.Debug("TLS handshake failed", "error", why)
		h.insecure()
		return len(line), nil
	}
	h.log.Warn("net/http complains", "error", text)
	return len(line), nil
}

func (h *httpLog) accept(what string) {
	if time.Since(h.acceptFailed) < acceptEvery {
		h.unsaid++
		return
	}
	attributes := []any{"error", what}
	if strings.HasSuffix(what, "too many open files") {
		attributes = append(attributes, "mend", "raise the limit of open files (ulimit -n, LimitNOFILE=), or lower --max-connections")
	}
	if h.unsaid > 0 {
		attributes = append(attributes, "suppressed", h.unsaid)
	}
	h.acceptFailed, h.unsaid = time.Now(), 0
	h.log.Error("connections cannot be accepted", attributes...)
}

package metrics

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// read returns what Prometheus would.
func read(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Fatalf("found %d %s", w.Code, w.Header())
	}
	return w.Body.String()
}

func TestMetrics(t *testing.T) {
	closing := false
	totals := endpoint.Totals{Open: 5, Closing: 1, Draining: 2,
		Counts: endpoint.Counts{BytesIn: 10, BytesOut: 20, FramesIn: 30, FramesOut: 40, MessagesIn: 50, MessagesOut: 60}}
	m := New(func() endpoint.Totals { return totals }, func() bool { return closing })
	for _, route := range []string{"/echo", "/echo", "/socket", "/play"} {
		m.Enters(route)
		m.Accepted(route)
	}
	m.Enters("/echo")
	m.Unfinished("/echo")
	m.Enters("/play")
	m.Ended(&endpoint.Ending{Route: "/echo", Code: 1002, Rule: "frame-mask-missing"})
	m.Ended(&endpoint.Ending{Route: "/echo", Code: 0, Limit: endpoint.LimitPongTime})
	m.Ended(&endpoint.Ending{Route: "/socket", Code: 4321, Panicked: true})
	m.Ended(&endpoint.Ending{Route: "/socket", Code: 4999})
	m.Refused("/socket", "origin")
	m.Answered("file", 200, 3*time.Millisecond)
	ends := m.PlayBegins("outside")
	m.PlayBegins("echo")
	ends("met")
	m.DialRefused()
	m.AcceptFailed()
	m.HandshakeOfTLSFailed()
	m.CertificateExpires(func() time.Time { return time.Unix(2_000_000_000, 0) })
	closing = true
	text := read(t, m)
	for _, want := range []string{
		`framecraft_connections{route="/echo"} 0`,
		`framecraft_connections{route="/play"} 2`,
		`framecraft_connections_accepted_total{route="/echo"} 2`,
		`framecraft_connections_accepted_total{route="/play"} 1`,
		`framecraft_connections_ended_total{code="1002",route="/echo"} 1`,
		`framecraft_connections_ended_total{code="1005",route="/echo"} 1`,
		`framecraft_connections_ended_total{code="4000",route="/socket"} 2`,
		`framecraft_rules_broken_total{route="/echo",rule="frame-mask-missing"} 1`,
		`framecraft_limits_hit_total{limit="pong-time",route="/echo"} 1`,
		`framecraft_panics_total 1`,
		`framecraft_refused_total{reason="origin",route="/socket"} 1`,
		`framecraft_http_request_duration_seconds_bucket{code="200",route="file",le="0.005"} 1`,
		`framecraft_http_request_duration_seconds_bucket{code="200",route="file",le="0.001"} 0`,
		`framecraft_plays 1`,
		`framecraft_plays_total{outcome="met",target="outside"} 1`,
		`framecraft_dials_refused_total 1`,
		`framecraft_accept_errors_total 1`,
		`framecraft_tls_handshake_errors_total 1`,
		`framecraft_certificate_expires_timestamp_seconds 2e+09`,
		`framecraft_draining 1`,
		`framecraft_connection_states{state="open"} 5`,
		`framecraft_connection_states{state="closing"} 1`,
		`framecraft_connection_states{state="draining"} 2`,
		`framecraft_bytes_total{direction="in"} 10`, `framecraft_bytes_total{direction="out"} 20`,
		`framecraft_frames_total{direction="in"} 30`, `framecraft_frames_total{direction="out"} 40`,
		`framecraft_messages_total{direction="in"} 50`, `framecraft_messages_total{direction="out"} 60`,
		"\nframecraft_build_info{", "\ngo_goroutines ", "\nprocess_start_time_seconds ",
	} {
		if strings.HasPrefix(want, "framecraft") {
			want = "\n" + want + "\n"
		}
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	if t.Failed() {
		t.Log(text)
	}
}

// Codes are the peer's choice, and the number of series must have a bound.
func TestCodesAreSorted(t *testing.T) {
	for code, want := range map[protocol.StatusCode]string{0: "1005", 1000: "1000", 1015: "1015", 3000: "3000", 3999: "3000", 4000: "4000", 4999: "4000"} {
		if got := codeClass(code); got != want {
			t.Errorf("%d counts as %s, expected %s", code, got, want)
		}
	}
}

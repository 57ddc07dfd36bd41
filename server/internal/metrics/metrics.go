// Package metrics says what the server does, in the text format of Prometheus. It
// holds numbers only: no address, no session, nothing that a peer has written. What
// a peer can choose (a status code, a path) is sorted into few classes first, so the
// number of series has a bound.
//
// The connections count for themselves (endpoint.Totals) and are asked when somebody
// reads the metrics; what happens at the doors is counted here as it happens.
//
// To add a metric: a field, its line in New with a sentence that says what is
// counted, and the place that counts. The test of the names lints it; the README has
// the list of those that are worth an alert.
package metrics

import (
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const namespace = "framecraft"

// Metrics are the counters of one server.
type Metrics struct {
	registry *prometheus.Registry

	live      *prometheus.GaugeVec
	accepted  *prometheus.CounterVec
	ended     *prometheus.CounterVec
	broken    *prometheus.CounterVec
	limits    *prometheus.CounterVec
	refused   *prometheus.CounterVec
	requests  *prometheus.HistogramVec
	played    *prometheus.CounterVec
	playing   prometheus.Gauge
	forbidden prometheus.Counter
	panics    prometheus.Counter
	accepts   prometheus.Counter
	insecure  prometheus.Counter
}

// New returns metrics that ask the connections for their totals, and whether they
// are being closed for the end of the server.
func New(totals func() endpoint.Totals, closing func() bool) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),

		live: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: namespace, Name: "connections", Help: "WebSocket connections that live, by the route that they came by.",
		}, []string{"route"}),
		accepted: vector("connections_accepted_total", "WebSocket connections that have begun.", "route"),
		ended: vector("connections_ended_total", "WebSocket connections that have ended, by status code: 1005 is a Close frame without one, "+
			"1006 an end without a Close frame; 3000 and 4000 stand for all from there on.", "route", "code"),
		broken:  vector("rules_broken_total", "WebSocket connections that have ended because the peer had broken a rule.", "route", "rule"),
		limits:  vector("limits_hit_total", "WebSocket connections that have ended because the peer ran into a limit.", "route", "limit"),
		refused: vector("refused_total", "Handshakes and requests that were refused, by the reason.", "route", "reason"),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Name: "http_request_duration_seconds",
			Help:    "How long requests took that are no upgrade, from their header to the last byte written.",
			Buckets: []float64{.0005, .001, .005, .01, .05, .1, .5, 1, 5, 30, 60},
		}, []string{"route", "code"}),
		played:    vector("plays_total", "Scenarios that were played, by where to and how it ended.", "target", "outcome"),
		playing:   gauge("plays", "Scenarios that are being played."),
		forbidden: counter("dials_refused_total", "Targets that --allow does not admit."),
		panics:    counter("panics_total", "Panics that were caught. Each is a bug; the log has its stack."),
		accepts:   counter("accept_errors_total", "Connections that the system did not hand over, for want of descriptors for example."),
		insecure:  counter("tls_handshake_errors_total", "Handshakes of TLS that have failed, whoever's fault it was."),
	}
	m.registry.MustRegister(m.live, m.accepted, m.ended, m.broken, m.limits, m.refused, m.requests, m.played, m.playing, m.forbidden, m.panics, m.accepts, m.insecure,
		&connections{totals},
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Namespace: namespace, Name: "draining", Help: "1 while the server ends.",
		}, func() float64 {
			if closing() {
				return 1
			}
			return 0
		}),
		buildInfo(),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

func vector(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help})
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help})
}

// buildInfo is a constant 1 whose labels say what runs.
func buildInfo() prometheus.Collector {
	labels := prometheus.Labels{"go": "", "revision": "", "modified": ""}
	if info, ok := debug.ReadBuildInfo(); ok {
		labels["go"] = info.GoVersion
		for _, setting := range info.Settings {
			switch setting.Key {
			case "vcs.revision":
				labels["revision"] = setting.Value
			case "vcs.modified":
				labels["modified"] = setting.Value
			}
		}
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: namespace, Name: "build_info", Help: "What runs here.", ConstLabels: labels,
	})
	info.Set(1)
	return info
}

// Handler answers with all metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Enters counts a connection as living before its handshake is answered: whoever
// has the answer finds it counted, and it cannot end before it is. Accepted or
// Unfinished follows.
func (m *Metrics) Enters(route string) { m.live.WithLabelValues(route).Inc() }

// Accepted counts a connection that has begun.
func (m *Metrics) Accepted(route string) { m.accepted.WithLabelValues(route).Inc() }

// Unfinished takes back a connection that has not begun.
func (m *Metrics) Unfinished(route string) { m.live.WithLabelValues(route).Dec() }

// Ended counts the end of a connection that had begun.
func (m *Metrics) Ended(e *endpoint.Ending) {
	m.live.WithLabelValues(e.Route).Dec()
	m.ended.WithLabelValues(e.Route, codeClass(e.Code)).Inc()
	if e.Rule != "" {
		m.broken.WithLabelValues(e.Route, e.Rule).Inc()
	}
	if e.Limit != endpoint.LimitNone {
		m.limits.WithLabelValues(e.Route, e.Limit.String()).Inc()
	}
	if e.Panicked {
		m.panics.Inc()
	}
}

// codeClass sorts status codes, since a peer chooses them.
func codeClass(code protocol.StatusCode) string {
	switch {
	case code == protocol.StatusNone:
		code = protocol.StatusNoStatusReceived
	case code >= 3000:
		code -= code % 1000
	}
	return strconv.Itoa(int(code))
}

// Refused counts a handshake or a request that was refused. Route and reason are
// constants of the program.
func (m *Metrics) Refused(route, reason string) { m.refused.WithLabelValues(route, reason).Inc() }

// Answered counts a request that was answered. Route is a constant of the program.
func (m *Metrics) Answered(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// PlayBegins counts a play; what it returns counts its end. Target and outcome are
// constants of the program.
func (m *Metrics) PlayBegins(target string) (ends func(outcome string)) {
	m.playing.Inc()
	return func(outcome string) {
		m.playing.Dec()
		m.played.WithLabelValues(target, outcome).Inc()
	}
}

// DialRefused counts a target that is not allowed.
func (m *Metrics) DialRefused() { m.forbidden.Inc() }

// Panicked counts a panic.
func (m *Metrics) Panicked() { m.panics.Inc() }

// AcceptFailed counts a connection that could not be accepted.
func (m *Metrics) AcceptFailed() { m.accepts.Inc() }

// HandshakeOfTLSFailed counts a connection that has come to nothing.
func (m *Metrics) HandshakeOfTLSFailed() { m.insecure.Inc() }

// CertificateExpires adds when the certificate of the server is no longer valid.
func (m *Metrics) CertificateExpires(at func() time.Time) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: namespace, Name: "certificate_expires_timestamp_seconds", Help: "When the certificate that is shown expires.",
	}, func() float64 { return float64(at().Unix()) }))
}

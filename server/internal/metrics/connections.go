package metrics

import (
	"framecraft/server/internal/endpoint"

	"github.com/prometheus/client_golang/prometheus"
)

// connections collects what the connections have counted for themselves, those of
// plays against the built-in endpoint included. All of one answer is of one moment.
type connections struct {
	totals func() endpoint.Totals
}

func description(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(namespace+"_"+name, help, labels, nil)
}

var (
	stateDesc    = description("connection_states", "WebSocket connections that live, by where they stand.", "state")
	bytesDesc    = description("bytes_total", "Bytes on WebSocket connections, behind the handshake and inside TLS.", "direction")
	framesDesc   = description("frames_total", "Frames on WebSocket connections.", "direction")
	messagesDesc = description("messages_total", "Messages on WebSocket connections.", "direction")
	heldDesc     = description("held_bytes", "Buffers of WebSocket connections: what has come of messages, answers that wait, windows of compression. --max-held bounds them.")
)

func (c *connections) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{stateDesc, bytesDesc, framesDesc, messagesDesc, heldDesc} {
		to <- d
	}
}

func (c *connections) Collect(to chan<- prometheus.Metric) {
	t := c.totals()
	for state, n := range map[string]int{"open": t.Open, "closing": t.Closing, "draining": t.Draining} {
		to <- prometheus.MustNewConstMetric(stateDesc, prometheus.GaugeValue, float64(n), state)
	}
	to <- prometheus.MustNewConstMetric(heldDesc, prometheus.GaugeValue, float64(t.Held))
	for _, d := range []struct {
		desc    *prometheus.Desc
		in, out uint64
	}{
		{bytesDesc, t.BytesIn, t.BytesOut}, {framesDesc, t.FramesIn, t.FramesOut}, {messagesDesc, t.MessagesIn, t.MessagesOut},
	} {
		to <- prometheus.MustNewConstMetric(d.desc, prometheus.CounterValue, float64(d.in), "in")
		to <- prometheus.MustNewConstMetric(d.desc, prometheus.CounterValue, float64(d.out), "out")
	}
}

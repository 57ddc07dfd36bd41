package hold

import (
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestDivide(t *testing.T) {
	linux := Resources{Descriptors: 20_000, Ports: 28_232, Sources: maxSources}
	const each = 20_000 - descriptorReserve
	// usable is an even number of ports that is a little less than half of them.
	const usable = 28_232/2 - 28_232/32
	type portions = []Portion
	for _, c := range []struct {
		name        string
		n           int
		r           Resources
		connections int
		sources     int
		limit       string
		// want are the portions, or the number of them.
		want portions
		many int
	}{
		{name: "one", n: 1, r: linux, connections: 1, sources: 1, want: portions{{1, 0, 1, 1}}},
		{name: "a process full", n: each, r: linux, connections: each, sources: 2, want: portions{{each, 0, 2, each / 2}}},
		{name: "one more", n: each + 1, r: linux, connections: each + 1, sources: 2,
			want: portions{{each/2 + 1, 0, 1, each/2 + 1}, {each / 2, 1, 1, each / 2}}},
		{name: "the issue's number", n: 200_000, r: linux, connections: 200_000, sources: 22, many: 11},
		{name: "many descriptors", n: 200_000, r: Resources{1 << 20, 28_232, maxSources, 0, 0}, connections: 200_000, sources: 16,
			want: portions{{200_000, 0, 16, 12_500}}},
		{name: "an address full", n: usable, r: Resources{1 << 20, 28_232, maxSources, 0, 0}, connections: usable, sources: 1,
			want: portions{{usable, 0, 1, usable}}},
		{name: "an address more than full", n: usable + 1, r: Resources{1 << 20, 28_232, maxSources, 0, 0}, connections: usable + 1, sources: 2,
			want: portions{{usable + 1, 0, 2, usable/2 + 1}}},
		{name: "several addresses each", n: 10, r: Resources{descriptorReserve + 5, 4, maxSources, 0, 0}, connections: 10, sources: 6,
			want: portions{{5, 0, 3, 2}, {5, 3, 3, 2}}},
		{name: "one port", n: 3, r: Resources{20_000, 1, maxSources, 0, 0}, connections: 3, sources: 3, want: portions{{3, 0, 3, 1}}},
		{name: "processes as asked", n: 10, r: Resources{20_000, 28_232, maxSources, 3, 0}, connections: 10, sources: 3,
			want: portions{{4, 0, 1, 4}, {3, 1, 1, 3}, {3, 2, 1, 3}}},
		{name: "more processes than connections", n: 2, r: Resources{20_000, 28_232, maxSources, 5, 0}, connections: 2, sources: 2,
			want: portions{{1, 0, 1, 1}, {1, 1, 1, 1}}},
		{name: "too few descriptors", n: 200_000, r: Resources{100, 28_232, maxSources, 0, 0}, connections: 64 * 36, sources: 64, limit: limitDescriptors, many: 64},
		{name: "too few for the processes asked for", n: 200, r: Resources{100, 28_232, maxSources, 2, 0}, connections: 72, sources: 2, limit: limitDescriptors, many: 2},
		{name: "none to spare", n: 5, r: Resources{descriptorReserve, 28_232, maxSources, 0, 0}, connections: 0, limit: limitDescriptors},
		{name: "too few for the pipes to them", n: 1000, r: Resources{66, 28_232, maxSources, 0, 11}, connections: 22, sources: 11, limit: limitDescriptors, many: 11},
		{name: "more processes than anybody starts", n: math.MaxInt, r: Resources{66, 28_232, maxSources, math.MaxInt, 0}, connections: 512, sources: 256, limit: limitDescriptors, many: MaxProcesses},
		{name: "one source address", n: 28_232, r: Resources{1 << 20, 28_232, 1, 0, 0}, connections: 28_232, sources: 1, want: portions{{28_232, 0, 1, 28_232}}},
		{name: "one source address, one more", n: 28_233, r: Resources{1 << 20, 28_232, 1, 0, 0}, connections: 28_232, sources: 1, limit: limitPorts,
			want: portions{{28_232, 0, 1, 28_232}}},
		{name: "one source address for two", n: 28_232, r: Resources{20_000, 28_232, 1, 0, 0}, connections: 28_232, sources: 1,
			want: portions{{14_116, 0, 1, 14_116}, {14_116, 0, 1, 14_116}}},
		{name: "the largest number", n: math.MaxInt, r: linux, connections: 64 * each, sources: 128, limit: limitDescriptors, many: 64},
		{name: "no port", n: 1, r: Resources{20_000, 0, 1, 0, 0}, connections: 0, limit: limitPorts},
	} {
		p := Divide(c.n, c.r)
		var limit string
		if p.Limit != nil {
			limit = p.Limit.Limit
		}
		if p.Connections != c.connections || p.Sources != c.sources || limit != c.limit ||
			c.want != nil && !slices.Equal(p.Portions, c.want) || c.many != 0 && len(p.Portions) != c.many {
			t.Errorf("%s: found %+v, limit %q, expected %d from %d sources, limit %q, %v", c.name, p, limit, c.connections, c.sources, c.limit, c.want)
		}
		total := 0
		for i, portion := range p.Portions {
			total += portion.Connections
			if portion.Connections > portion.Sources*portion.PerSource {
				t.Errorf("%s: portion %d has %d connections and tuples for %d", c.name, i, portion.Connections, portion.Sources*portion.PerSource)
			}
			if portion.Connections+descriptorReserve > c.r.Descriptors {
				t.Errorf("%s: portion %d has %d connections, the limit is %d", c.name, i, portion.Connections, c.r.Descriptors)
			}
		}
		if total != p.Connections {
			t.Errorf("%s: the portions have %d connections, expected %d", c.name, total, p.Connections)
		}
	}
}

// More processes are an advice only where they help.
func TestDivideAdvice(t *testing.T) {
	for _, c := range []struct {
		name string
		r    Resources
		more bool
	}{
		{"fewer than there could be", Resources{100, 28_232, maxSources, 2, 0}, true},
		{"as few as it takes, up to a bound", Resources{100, 28_232, maxSources, 0, 0}, true},
		{"each holds none", Resources{descriptorReserve, 28_232, maxSources, 0, 0}, false},
		{"all that this process can start", Resources{100, 28_232, maxSources, 0, 11}, false},
		{"all that may be asked for", Resources{100, 28_232, maxSources, MaxProcesses, 0}, false},
	} {
		stop := Divide(1_000_000, c.r).Limit
		if more := strings.Contains(stop.Raise, "--processes"); more != c.more || !strings.HasPrefix(stop.Raise, RaiseDescriptors) {
			t.Errorf("%s: found %q", c.name, stop.Raise)
		}
	}
	if stop := Divide(1000, Resources{100, 28_232, maxSources, 1, 0}).Limit; !strings.HasPrefix(stop.Found, "one process with 100 descriptors, ") {
		t.Errorf("found %q", stop.Found)
	}
}

func TestSourceAddress(t *testing.T) {
	for i, want := range map[int]string{0: "127.0.0.1", 1: "127.0.0.2", 254: "127.0.0.255", 255: "127.0.1.0", 65_535: "127.1.0.0", maxSources - 1: "127.255.255.254", maxSources: "127.0.0.1", 3 * sourcesOfBlock: "127.3.0.1"} {
		if got := sourceAddress(i); got != netip.MustParseAddr(want) {
			t.Errorf("source %d: found %v, expected %s", i, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", -100: "-100", 200_000: "200,000", 1_234_567: "1,234,567"} {
		if got := Number(n); got != want {
			t.Errorf("found %s, expected %s", got, want)
		}
	}
}

func TestServerProcesses(t *testing.T) {
	for _, c := range []struct{ n, descriptors, want int }{
		{1, 20_000, 1},
		{20_000 - descriptorReserve, 20_000, 1},
		{20_000 - descriptorReserve + 1, 20_000, 2},
		{100_000, 20_000, 6},
		{200_000, 20_000, 11},
		{200_000, 1 << 20, 1},
		{200_000, 1000, processesUnasked},
		{200_000, 100, 17},
		{1, 10, 1},
	} {
		if got := ServerProcesses(c.n, c.descriptors); got != c.want {
			t.Errorf("%d connections, %d descriptors: found %d, expected %d", c.n, c.descriptors, got, c.want)
		}
	}
}

package web

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// needSources ends a test on a system that has no further loopback addresses,
// once it is sure that the server says so.
func needSources(t *testing.T, s *testSite) bool {
	t.Helper()
	if s.opener.Sources() > 0 {
		return true
	}
	w := s.watchLive(t, s.cookie(t))
	if m, _ := w.next(); m.Opener.Allowed || m.Opener.Why == "" {
		t.Errorf("found %+v, expected a reason why nothing is opened", m.Opener)
	}
	return false
}

// settled says that so many are open and no more are coming. The server has them
// all only a moment after the opener does, so that the session then has as many
// and at least its page.
func settled(n int) func(said) bool {
	return func(m said) bool {
		return m.Opener.Open == n && !m.Opener.Opening && m.Refused == "" && m.At > 0 && m.Totals.Own > n
	}
}

// However many are opened, the list has the pages' own.
func TestLiveListsThePagesFirst(t *testing.T) {
	s := startSite(t, func(c *Config) { c.OpenLimit = liveConnections + 10 })
	if !needSources(t, s) {
		return
	}
	w := s.watchLive(t, s.cookie(t))
	w.command(fmt.Sprintf(`{"open": %d}`, liveConnections+5))
	m := w.until("all of them", settled(liveConnections+5))
	if m.Connections[0].Own != "page" || len(m.Connections) != liveConnections || m.More != 6 {
		t.Errorf("found %+v first of %d, and %d more", m.Connections[0], len(m.Connections), m.More)
	}
	if newest := m.Connections[1]; newest.Own != "opened" || newest.ID != liveConnections+6 {
		t.Errorf("found %+v behind it, expected the newest", newest)
	}
}

// Behind a proxy the source is the proxy's, and the page is told so. What the server
// dials itself comes from nobody's proxy.
func TestLiveMarksTheProxy(t *testing.T) {
	for networks, proxy := range map[string]bool{"127.0.0.0/8": true, "10.0.0.0/8": false} {
		s := startSite(t, func(c *Config) { c.TrustedProxies, _ = ParseNetworks(networks) })
		if !needSources(t, s) {
			return
		}
		w := s.watchLive(t, s.cookie(t))
		w.command(`{"open": 3}`)
		for _, c := range w.until("three", settled(3)).Connections {
			if c.Proxy != (proxy && c.Own == ownPage) {
				t.Errorf("with proxies in %s: found %+v", networks, c)
			}
		}
	}
}

func TestLiveOpens(t *testing.T) {
	// Limits that a single one of these connections would break.
	s := startSite(t, func(c *Config) {
		c.Counts = Counts{PerSession: 1, PerAddress: 1, HandshakesAMinute: 1}
	})
	if !needSources(t, s) {
		return
	}
	cookie := s.cookie(t)
	w := s.watchLive(t, cookie)
	m, _ := w.next()
	if !m.Opener.Allowed || m.Opener.Limit != 100 || m.Opener.Sources != 4 || m.Opener.Why != "" {
		t.Fatalf("found %+v", m.Opener)
	}
	w.command(`{"open": 40}`)
	m = w.until("40 of them", settled(40))
	if m.Opener.Left != 60 {
		t.Errorf("%d are left, expected 60 of 100", m.Opener.Left)
	}
	if m.Totals.Live != 41 || m.Totals.Own != 41 || m.Connections[0].Own != "page" {
		t.Errorf("found %+v", m.Totals)
	}
	sources := map[netip.Addr]int{}
	for _, c := range m.Connections[1:41] {
		remote, err := netip.ParseAddrPort(c.Remote)
		if err != nil || c.Own != "opened" || c.Route != "/echo" || c.State != "open" || c.Local != s.address {
			t.Errorf("found %+v, %v", c, err)
		}
		sources[remote.Addr()]++
	}
	for last := range byte(4) {
		if n := sources[netip.AddrFrom4([4]byte{127, 0, 0, 2 + last})]; n != 10 {
			t.Errorf("found %v, expected 10 from each of four", sources)
		}
	}
	// Each has said that it is there.
	w.until("their first frames", func(m said) bool { return m.Connections[1].FramesIn == 1 && m.Connections[40].FramesIn == 1 })
	// More, and beyond the limit.
	w.command(`{"open": 10}`)
	w.until("50 of them", settled(50))
	w.command(`{"open": 60}`)
	m = w.until("a refusal", func(m said) bool { return m.Refused != "" })
	if want := "Opened 50 of 60: there may be 100 such connections in all (serve --open-limit), and this page has 100 of them."; m.Refused != want {
		t.Errorf("found %q, expected %q", m.Refused, want)
	}
	w.until("100 of them", settled(100))
	w.command(`{"open": 1}`)
	m = w.until("a refusal", func(m said) bool { return m.Refused != "" })
	if want := "There may be 100 such connections in all (serve --open-limit), and this page has 100 of them."; m.Refused != want {
		t.Errorf("found %q, expected %q", m.Refused, want)
	}
	w.command(`{"close": true}`)
	m = w.until("none of them", func(m said) bool { return m.Opener.Open == 0 && m.Totals.Live == 1 })
	if m.Totals.Own != 1 || m.Totals.Accepted != 101 {
		t.Errorf("found %+v", m.Totals)
	}
	if closed := s.endpoint.Totals().ClosedBy; closed[protocol.StatusNormalClosure] != 100 {
		t.Errorf("found the ends %v, expected 100 with Close 1000", closed)
	}
	waitEmpty(t, s, 1)
	// And from the beginning.
	w.command(`{"open": 5}`)
	w.until("5 of them", settled(5))
}

// The sum of all sessions stays within the limit, and what one gives back the
// other may have.
func TestLiveOpenLimitIsOfAllTogether(t *testing.T) {
	s := startSite(t, nil)
	if !needSources(t, s) {
		return
	}
	one, two := s.watchLive(t, s.cookie(t)), s.watchLive(t, s.cookie(t))
	one.command(`{"open": 70}`)
	two.command(`{"open": 70}`)
	for _, w := range []watcher{one, two} {
		m := w.until("its share", func(m said) bool {
			if m.Totals.Live > 102 {
				t.Fatalf("%d live connections, expected 102 at most", m.Totals.Live)
			}
			return m.Totals.Live == 102 && !m.Opener.Opening
		})
		if m.Opener.Left != 0 || m.Opener.Limit != 100 {
			t.Errorf("found %+v, expected that none of 100 are left", m.Opener)
		}
	}
	one.TCP.Close()
	two.until("the other one's end", func(m said) bool { return m.Totals.Live == 1+m.Opener.Open })
	two.command(`{"open": 100}`)
	two.until("all of them", settled(100))
}

// A page that goes takes with it what it has opened, also in the middle of it.
func TestLivePageLeavesWhileOpening(t *testing.T) {
	s := startSite(t, func(c *Config) { c.OpenLimit = 1000 })
	if !needSources(t, s) {
		return
	}
	cookie := s.cookie(t)
	w := s.watchLive(t, cookie)
	w.command(`{"open": 1000}`)
	w.until("some of them", func(m said) bool { return m.Opener.Open > 20 && m.Opener.Opening })
	w.TCP.Close()
	other := s.watchLive(t, cookie)
	other.until("their end", func(m said) bool { return m.Totals.Live == 1 })
	waitEmpty(t, s, 1)
	other.command(`{"open": 1000}`)
	other.command(`{"close": true}`)
	other.until("their end", func(m said) bool { return m.Totals.Live == 1 && settled(0)(m) })
	waitEmpty(t, s, 1)
}

// A server that ends waits for none of them.
func TestShutdownClosesWhatWasOpened(t *testing.T) {
	s := startSite(t, func(c *Config) { c.OpenLimit = 500 })
	if !needSources(t, s) {
		return
	}
	w := s.watchLive(t, s.cookie(t))
	w.command(`{"open": 300}`)
	w.until("300 of them", settled(300))
	w.command(`{"open": 200}`)
	go func() { // the page answers
		defer w.TCP.Close()
		for {
			f, err := w.Next(testpeer.Patience)
			if err != nil {
				return
			}
			if f.Header.Opcode() == protocol.OpcodeClose {
				w.TCP.Write(w.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeClose), f.Payload))
			}
		}
	}()
	begin := time.Now()
	s.Shutdown()
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("the shutdown took %v, which is more than answering takes", took)
	}
	totals := s.endpoint.Totals()
	if totals.Live != 0 || totals.ClosedBy[protocol.StatusGoingAway] != totals.Ended {
		t.Errorf("found %+v, expected all to end with Close 1001", totals)
	}
}

// Where nothing may be opened, the page is told why.
func TestLiveOpensNothing(t *testing.T) {
	for why, change := range map[string]func(*Config){
		"The operator has turned this off (serve --open-limit).": func(c *Config) { c.OpenLimit = 0 },
		"Not here.": func(c *Config) { c.NotOpening = "not here" },
		"Several processes share this port, and the system would hand the connections to any of them.": func(c *Config) { c.ReusePort = true },
		"The server does not know on which port it listens.":                                           func(c *Config) { c.Listener = fakeAddress("elsewhere") },
	} {
		s := startSite(t, change)
		w := s.watchLive(t, s.cookie(t))
		if m, _ := w.next(); m.Opener.Allowed || m.Opener.Why != why {
			t.Errorf("found %+v, expected %q", m.Opener, why)
		}
		w.command(`{"open": 1}`)
		if m := w.until("a refusal", func(m said) bool { return m.Refused != "" }); m.Refused != why {
			t.Errorf("found %q, expected %q", m.Refused, why)
		}
	}
}

// The server's own limit of all connections holds for these too.
func TestLiveOpensWithinTheTotal(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Counts = Counts{Total: 31} })
	if !needSources(t, s) {
		return
	}
	w := s.watchLive(t, s.cookie(t))
	w.command(`{"open": 40}`)
	m := w.until("a refusal", func(m said) bool { return m.Refused != "" })
	if want := "Opened 30 of 40: the server answered 503, too many connections (serve --max-connections)."; m.Refused != want {
		t.Errorf("found %q, expected %q", m.Refused, want)
	}
	w.until("30 of them", settled(30))
	w.command(`{"open": 0}`)
	m = w.until("a refusal", func(m said) bool { return m.Refused != "" })
	if !strings.Contains(m.Refused, "above 0") {
		t.Errorf("found %q", m.Refused)
	}
}

package web

import (
	"encoding/json"
	"maps"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/system"
	"framecraft/server/internal/testpeer"
)

// watcher is a page on /live.
type watcher struct {
	*testpeer.Peer
	t testing.TB
	// known are the connections that messages have shown, as they were last.
	known map[uint64]liveConnection
}

func (s *testSite) watchLive(t testing.TB, cookie string) watcher {
	t.Helper()
	return watcher{testpeer.Dial(t, s.address, "/live", "Origin: "+s.origin, "Cookie: "+cookie), t, map[uint64]liveConnection{}}
}

// said is a message of /live as a page reads it: with all connections that it lists.
type said struct {
	liveMessage
	History [][6]float64 `json:"history"`
	Refused string       `json:"refused"`
}

// next reads a message.
func (w watcher) next() (said, string) {
	w.t.Helper()
	for {
		f, err := w.Next(testpeer.Patience)
		if err != nil {
			w.t.Fatal(err)
		}
		if f.Header.Opcode() == protocol.OpcodePing {
			w.Write(w.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodePong), f.Payload))
			continue
		}
		if f.Header.Flags != protocol.FIN.WithOpcode(protocol.OpcodeText) {
			w.t.Fatalf("found %v, expected a text message", f)
		}
		var m said
		if err := json.Unmarshal(f.Payload, &m); err != nil {
			w.t.Fatalf("%v in %.500s", err, f.Payload)
		}
		if m.Refused == "" {
			m.Connections = w.list(m)
		}
		return m, string(f.Payload)
	}
}

// list returns all connections that a message lists.
func (w watcher) list(m said) (all []liveConnection) {
	for _, c := range m.Connections {
		if c == w.known[c.ID] {
			w.t.Errorf("found %+v again, which has not changed", c)
		}
		w.known[c.ID] = c
	}
	for _, id := range m.Listed {
		c, ok := w.known[id]
		if !ok {
			w.t.Fatalf("found connection %d listed, which no message has shown", id)
		}
		all = append(all, c)
	}
	maps.DeleteFunc(w.known, func(id uint64, _ liveConnection) bool { return !slices.Contains(m.Listed, id) })
	return all
}

// until reads until a message is as it should be.
func (w watcher) until(what string, good func(said) bool) said {
	w.t.Helper()
	for deadline := time.Now().Add(testpeer.Patience); ; {
		m, text := w.next()
		if good(m) {
			return m
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("waiting for %s, the last message was %.2000s", what, text)
		}
	}
}

// command sends one.
func (w watcher) command(text string) {
	w.Write(w.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), []byte(text)))
}

// The shape that the page relies on, to the last name.
func TestLiveMessage(t *testing.T) {
	s := startSite(t, nil)
	cookie := s.cookie(t)
	own := s.dial(t, "", cookie)
	own.Send("binary hex:8180")
	if _, err := own.Next(testpeer.Patience); err != nil {
		t.Fatal(err)
	}
	w := s.watchLive(t, cookie)
	first, text := w.next()
	var all map[string]any
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	names := func(v any) string {
		return strings.Join(slices.Sorted(maps.Keys(v.(map[string]any))), " ")
	}
	for part, want := range map[string]string{
		"":         "at connections history kernel listed listener memoryEach more opener process totals",
		"listener": "address pid port reuseport",
		"totals":   "accepted bytesIn bytesOut closing draining ended framesIn framesOut live open own",
		"process":  "descriptors goroutines hardLimit heap resident softLimit stacks threads",
		"kernel":   "fileMax filesOpen ports socketMemory sockets",
		"opener":   "allowed left limit open opening sources why",
	} {
		var v any = all
		if part != "" {
			v = all[part]
		}
		if got := names(v); got != want {
			t.Errorf("%q has %s, expected %s", part, got, want)
		}
	}
	if got, want := names(all["connections"].([]any)[0]), "began bytesIn bytesOut fd framesIn framesOut id local memory own proxy remote route state"; got != want {
		t.Errorf("a connection has %s, expected %s", got, want)
	}
	if ports, ok := all["kernel"].(map[string]any)["ports"]; ok && ports != nil && names(ports) != "high low" {
		t.Errorf("ports has %s", names(ports))
	}
	if address := net.JoinHostPort(first.Listener.Address, "") + strings.TrimPrefix(s.address, "127.0.0.1:"); address != s.address || !first.Listener.PID.Known {
		t.Errorf("found the listener %+v, expected %s", first.Listener, s.address)
	}
	if len(first.History) == 0 {
		t.Errorf("the first message has no history: %s", text)
	}
	if first.MemoryEach.Known {
		t.Errorf("two connections weigh %v each, expected null", first.MemoryEach)
	}
	// The socket and this one.
	m := w.until("both connections", func(m said) bool { return len(m.Connections) == 2 && m.Totals.Live == 2 })
	if m.History != nil {
		t.Error("a later message has a history")
	}
	if m.Totals.Own != 2 || m.Totals.Open != 2 || m.Totals.Accepted != 2 || m.Totals.Ended != 0 || m.More != 0 {
		t.Errorf("found %+v and %d more", m.Totals, m.More)
	}
	live, socket := m.Connections[0], m.Connections[1]
	if live.Route != "/live" || live.Own != "page" || live.State != "open" || live.Remote != w.TCP.LocalAddr().String() || live.Local != s.address || live.ID != 2 {
		t.Errorf("found %+v for this connection", live)
	}
	if socket.Route != "/socket" || socket.FramesIn != 1 || socket.FramesOut != 1 || socket.BytesIn != 8 || socket.BytesOut < 100 || socket.Began <= 0 || socket.Began > first.At || socket.Memory <= 0 {
		t.Errorf("found %+v for the socket", socket)
	}
	if !live.FD.Known || !socket.FD.Known || live.FD == socket.FD {
		t.Errorf("found the descriptors %v and %v", live.FD, socket.FD)
	}
	own.CloseClean()
	own.TCP.Close()
	w.until("its end", func(m said) bool { return m.Totals.Ended == 1 && m.Totals.Own == 1 && m.At > first.At })
	w.CloseClean()
}

// Where anybody may come, nobody is told of the machine beyond this server.
func TestLiveTellsStrangersLess(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Strangers = true })
	m, text := s.watchLive(t, s.cookie(t)).next()
	if m.Listener.PID.Known || m.Kernel.Sockets.Known || m.Kernel.FilesOpen.Known || m.Kernel.FileMax.Known {
		t.Errorf("a stranger is told %s", text)
	}
	if !m.Process.Goroutines.Known || m.Listener.Port == 0 || m.Totals.Live != 1 {
		t.Errorf("nothing is left of the server itself: %s", text)
	}
}

// Nobody sees more of another session than the totals.
func TestLiveShowsNobodyElses(t *testing.T) {
	s := startSite(t, nil)
	one, two := s.cookie(t), s.cookie(t)
	page := []string{"Origin: " + s.origin, "Cookie: " + two}
	others := []*testpeer.Peer{
		s.dial(t, "", two),
		testpeer.Dial(t, s.address, "/play", page...),
		testpeer.Dial(t, s.address, "/echo", page...),
		testpeer.Dial(t, s.address, "/live", page...),
		// Nobody's.
		testpeer.Dial(t, s.address, "/echo"),
		testpeer.Dial(t, s.address, "/echo", "Cookie: "+two),
		testpeer.Dial(t, s.address, "/echo", "Origin: "+s.origin),
		testpeer.Dial(t, s.address, "/echo", "Origin: http://elsewhere.example", "Cookie: "+two),
		testpeer.Dial(t, s.address, "/echo", "Origin: "+s.origin, "Origin: "+s.origin, "Cookie: "+two),
		testpeer.Dial(t, s.address, "/echo", "Origin: "+s.origin, "Cookie: "+two+"x"),
	}
	w := s.watchLive(t, one)
	w.until("all eleven", func(m said) bool {
		if m.Totals.Own != 1 || len(m.Connections) != 1 || m.Connections[0].Route != "/live" || m.More != 0 {
			t.Fatalf("found %+v, expected this connection alone", m.Connections)
		}
		return m.Totals.Live == 11
	})
	_, text := w.next()
	for _, other := range others {
		if strings.Contains(text, other.TCP.LocalAddr().String()) {
			t.Errorf("found %v in %s", other.TCP.LocalAddr(), text)
		}
	}
	// The other one sees four of them, and this one's own.
	theirs := s.watchLive(t, two)
	m := theirs.until("five", func(m said) bool { return m.Totals.Live == 12 })
	var routes []string
	for _, c := range m.Connections {
		routes = append(routes, c.Route)
	}
	slices.Sort(routes)
	if got := strings.Join(routes, " "); got != "/echo /live /live /play /socket" || m.Totals.Own != 5 {
		t.Errorf("found %s and %d, expected five", got, m.Totals.Own)
	}
}

// What has not changed is listed and not said again; a new viewer is told all.
func TestLiveTellsWhatChanged(t *testing.T) {
	s := startSite(t, nil)
	cookie := s.cookie(t)
	idle, busy := s.dial(t, "", cookie), s.dial(t, "", cookie)
	w := s.watchLive(t, cookie)
	w.until("all three", func(m said) bool { return len(m.Listed) == 3 })
	// in says which connections a message has in full, other than the viewer's own.
	in := func(text string) (ids []uint64) {
		var raw liveMessage
		if err := json.Unmarshal([]byte(text), &raw); err != nil {
			t.Fatal(err)
		}
		if len(raw.Listed) != 3 {
			t.Errorf("found %d listed, expected 3", len(raw.Listed))
		}
		for _, c := range raw.Connections {
			if c.Route != "/live" {
				ids = append(ids, c.ID)
			}
		}
		return ids
	}
	for deadline := time.Now().Add(testpeer.Patience); ; {
		if _, text := w.next(); len(in(text)) == 0 {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("nothing has changed, and found %s", text)
		}
	}
	busy.Send("binary hex:8180")
	if _, err := busy.Next(testpeer.Patience); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(testpeer.Patience); ; {
		if _, text := w.next(); len(in(text)) == 1 && in(text)[0] == 2 {
			break
		} else if len(in(text)) > 0 || time.Now().After(deadline) {
			t.Fatalf("connection 2 has changed alone, and found %s", text)
		}
	}
	second := s.watchLive(t, cookie)
	if m, _ := second.next(); len(m.Connections) < 3 {
		t.Errorf("a new viewer is told of %d connections, expected 3 at least", len(m.Connections))
	}
	idle.CloseClean()
	w.until("the end of the idle one", func(m said) bool { return len(m.Listed) == 3 && !slices.Contains(m.Listed, 1) })
}

func TestLiveListsTheNewest(t *testing.T) {
	s := startSite(t, nil)
	cookie := s.cookie(t)
	for range liveConnections + 4 {
		s.dial(t, "", cookie)
	}
	w := s.watchLive(t, cookie)
	m := w.until("all", func(m said) bool { return m.Totals.Own == liveConnections+5 })
	if m.More != 5 || len(m.Connections) != liveConnections || m.Connections[0].ID != liveConnections+5 || m.Connections[liveConnections-1].ID != 6 {
		t.Errorf("found %d connections from %d to %d and %d more", len(m.Connections), m.Connections[0].ID, m.Connections[len(m.Connections)-1].ID, m.More)
	}
}

func TestGrowth(t *testing.T) {
	unknown, known := system.Fact{}, func(n int) system.Fact { return system.Known(n) }
	type moment struct {
		resident system.Fact
		live     int
		want     system.Fact
	}
	for name, moments := range map[string][]moment{
		"grows":         {{known(1000), 0, unknown}, {known(1500), 99, unknown}, {known(2500), 100, unknown}, {known(5400), 198, unknown}, {known(5500), 199, known(40)}},
		"many at once":  {{known(1000), 0, unknown}, {known(101_000), 100, known(1000)}},
		"again":         {{known(1000), 0, unknown}, {known(101_000), 100, known(1000)}, {known(90_000), 0, unknown}, {known(101_000), 200, known(500)}},
		"fewer again":   {{known(1000), 0, unknown}, {known(101_000), 400, known(250)}, {known(101_000), 100, known(250)}},
		"shrinks":       {{known(1000), 0, unknown}, {known(999), 100, unknown}, {known(1000), 100, known(0)}},
		"not told":      {{unknown, 0, unknown}, {unknown, 100, unknown}},
		"told too late": {{unknown, 0, unknown}, {known(101_000), 100, unknown}},
		"many at first": {{known(1000), 100, unknown}},
	} {
		var g growth
		for i, m := range moments {
			if got := g.each(m.resident, m.live); got != m.want {
				t.Errorf("%s, moment %d: %v, expected %v", name, i, got, m.want)
			}
		}
	}
}

func TestLiveNeedsASessionAndItsOrigin(t *testing.T) {
	s := startSite(t, nil)
	cookie := "Cookie: " + s.cookie(t)
	for _, lines := range [][]string{{cookie}, {"Origin: " + s.origin}, {cookie, "Origin: http://elsewhere.example"}} {
		if status := s.status(t, testpeer.Request(s.address, "/live", lines...)); status != "403 Forbidden" {
			t.Errorf("%q: %s, expected 403", lines, status)
		}
	}
}

func TestLiveRefusesOtherCommands(t *testing.T) {
	s := startSite(t, nil)
	w := s.watchLive(t, s.cookie(t))
	for _, text := range []string{
		``, `null`, `[]`, `1`, `{}`, `{"open": "5"}`, `{"open": 1.5}`, `{"open": 1, "close": true}`, `{"close": false}`, `{"close": 1}`,
		`{"open": 5} {}`, `{"more": 5}`, `{"open": 5, "more": 5}`, `{"open": 99999999999999999999}`, `{"open": 5`, "{\"open\": 5}\x00",
	} {
		w.command(text)
		m := w.until("a refusal", func(m said) bool { return m.Refused != "" })
		if want := `Expected {"open": 500}, with any number above 0, or {"close": true}.`; m.Refused != want {
			t.Errorf("%q: found %q, expected %q", text, m.Refused, want)
		}
	}
	w.Write(w.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), []byte(`{"open": 1}`)))
	w.expectClose(protocol.StatusUnsupportedData)
	w = s.watchLive(t, s.cookie(t))
	w.command(strings.Repeat(" ", liveCommand+1))
	w.expectClose(protocol.StatusMessageTooBig)
}

// expectClose reads past other messages to the Close frame.
func (w watcher) expectClose(code protocol.StatusCode) {
	w.t.Helper()
	for {
		f, err := w.Next(testpeer.Patience)
		if err != nil {
			w.t.Fatalf("%v, expected Close %d", err, code)
		}
		if f.Header.Opcode() == protocol.OpcodeClose {
			if f.Code() != code {
				w.t.Errorf("found %v, expected Close %d", f, code)
			}
			return
		}
	}
}

func TestLiveRate(t *testing.T) {
	s := startSite(t, func(c *Config) { c.SocketRate = DefaultSocketRate() })
	w := s.watchLive(t, s.cookie(t))
	for range 130 {
		w.command("{}")
	}
	w.expectClose(protocol.StatusPolicyViolation)
}

func TestLiveCountsAgainstTheSession(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Counts = Counts{PerSession: 1} })
	cookie := s.cookie(t)
	s.watchLive(t, cookie)
	if status := s.status(t, testpeer.Request(s.address, "/live", "Origin: "+s.origin, "Cookie: "+cookie)); status != "429 Too Many Requests" {
		t.Errorf("one too many: %s, expected 429", status)
	}
}

// Beyond the most viewers there may be, one is told to come back, and one that
// has left makes room.
func TestLiveViewersAreBounded(t *testing.T) {
	s := startSite(t, nil)
	const most = 5
	s.watch.mu.Lock()
	s.watch.most = most
	s.watch.mu.Unlock()
	cookie := s.cookie(t)
	var all []watcher
	for range most {
		all = append(all, s.watchLive(t, cookie))
	}
	waitViewers(t, s, most)
	s.watchLive(t, cookie).expectClose(protocol.StatusTryAgainLater)
	all[3].TCP.Close()
	waitViewers(t, s, most-1)
	w := s.watchLive(t, cookie)
	w.next()
}

func waitViewers(t *testing.T, s *testSite, want int) {
	t.Helper()
	viewers := func() int {
		s.watch.mu.Lock()
		defer s.watch.mu.Unlock()
		return len(s.watch.viewers)
	}
	for deadline := time.Now().Add(testpeer.Patience); viewers() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d viewers, expected %d", viewers(), want)
		}
	}
}

// Who does not read holds up nobody else, and is in the end cut off.
func TestLiveSlowReader(t *testing.T) {
	s := startSite(t, func(c *Config) { c.Limits.Write = 300 * time.Millisecond; c.Limits.SocketBuffer = 4096 })
	cookie := s.cookie(t)
	for range 100 { // so that messages are long
		s.dial(t, "", cookie)
	}
	slow := s.watchLive(t, cookie)
	if err := slow.TCP.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	w := s.watchLive(t, cookie)
	for range 200 {
		slow.command(`{"close": true}`) // asks for a message
		time.Sleep(5 * time.Millisecond)
	}
	w.until("the slow one's end", func(m said) bool { return m.Totals.Ended == 1 })
}

func TestHistory(t *testing.T) {
	var h history
	if len(h.all()) != 0 {
		t.Error("found points in an empty history")
	}
	point := func(at time.Duration) { h.add(&shared{at: at, totals: endpoint.Totals{Live: int(at / time.Second)}}) }
	// A look a second, a little early or late, is a point every two.
	for i := range 3 * historyLength {
		point(time.Duration(i)*time.Second + time.Duration(i%3-1)*100*time.Millisecond)
		all := h.all()
		if want := min(i/2+1, historyLength); len(all) != want {
			t.Fatalf("after look %d: %d points, expected %d", i, len(all), want)
		}
		for j := 1; j < len(all); j++ {
			if gap := all[j].at - all[j-1].at; gap < 1500*time.Millisecond || gap > 2500*time.Millisecond {
				t.Fatalf("after look %d: point %d comes %v after the one before", i, j, gap)
			}
		}
	}
	text, err := json.Marshal(historyPoint{at: 1234567 * time.Microsecond, live: 7, bytes: 9})
	if want := "[1.235,7,null,null,null,9]"; err != nil || string(text) != want {
		t.Errorf("found %s, %v, expected %s", text, err, want)
	}
}

package web

import (
	"encoding/json"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/testpeer"
)

// askedGroup is a group that opens nothing and remembers what it was asked for.
type askedGroup struct {
	mu     sync.Mutex
	opened []int
	closed int
}

func (g *askedGroup) Open(n int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opened = append(g.opened, n)
	if n <= 0 {
		return errors.New("expected a number above 0")
	}
	return nil
}

func (g *askedGroup) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed++
}

func (g *askedGroup) State() (int, bool) { return 0, false }
func (g *askedGroup) Said() error        { return nil }
func (g *askedGroup) End()               {}

// take returns what was asked for since the last time.
func (g *askedGroup) take() (opened []int, closed int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	opened, closed = g.opened, g.closed
	g.opened, g.closed = nil, 0
	return opened, closed
}

// liveAsks reads a command in another way than the viewer does: member by member.
// Of several by the same name the last one counts, names are taken in either case,
// null is as if the member was not there, and anything else than these two, even
// if something counts behind it, is no command.
func liveAsks(text string) (open *int, closes, ok bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if first, err := decoder.Token(); err != nil || first != json.Delim('{') || !json.Valid([]byte(text)) {
		return nil, false, false
	}
	var closing any
	for decoder.More() {
		var value any
		name, err := decoder.Token()
		if err == nil {
			err = decoder.Decode(&value)
		}
		if err != nil {
			return nil, false, false
		}
		number, isNumber := value.(json.Number)
		n, err := strconv.Atoi(string(number))
		_, isBool := value.(bool)
		switch isOpen, isClose := strings.EqualFold(name.(string), "open"), strings.EqualFold(name.(string), "close"); {
		case isOpen && value == nil:
			open = nil
		case isOpen && isNumber && err == nil:
			open = &n
		case isClose && (value == nil || isBool):
			closing = value
		default:
			return nil, false, false
		}
	}
	return open, closing == true, (open != nil) != (closing != nil) && closing != false
}

// Any text on /live: it opens as many connections as it says, closes them, or is
// refused in one message and does nothing, and the socket goes on. What opening
// them does is package opener's.
func FuzzLiveCommand(f *testing.F) {
	for _, text := range []string{`{"open": 5}`, `{"close": true}`, `{"open": -1, "close": false}`, `{"open": 1e99}`, `[]`, `{"open": 1} {}`, `{"OPEN": 2, "close": null}`, `{"open": 1, "more": 2}`, "\u2028"} {
		f.Add(text)
	}
	s := startSite(f, func(c *Config) { c.Log = slog.New(slog.DiscardHandler) })
	asked := &askedGroup{}
	s.newGroup = func(endpoint.Owner, func()) group { return asked }
	d := newDoor(f, s, "/live")
	var p *testpeer.Peer // it stays as long as it lives, since a new one is told all that was
	f.Cleanup(func() {
		if p != nil {
			p.TCP.Close()
		}
	})
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?")
		if len(text) > liveCommand {
			return // that has an end of its own
		}
		if p == nil {
			p = d.enter(t)
		}
		alive := false
		defer func() {
			if !alive {
				p.TCP.Close()
				p = nil
			}
		}()
		sent := p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), []byte(text))
		p.Write(p.AppendFrame(sent, protocol.FIN.WithOpcode(protocol.OpcodePing), []byte("alive?")))
		refused := 0
		for !alive {
			f, err := p.NextMessage(testpeer.Patience)
			switch {
			case err != nil:
				t.Fatalf("%q: the socket does not go on: %v", text, err)
			case f.Header.Opcode() == protocol.OpcodePong:
				alive = true
			case f.Header.Opcode() != protocol.OpcodeText:
				t.Fatalf("%q: found %v", text, f)
			case strings.HasPrefix(string(f.Payload), `{"refused":"`):
				refused++
			case !strings.HasPrefix(string(f.Payload), `{"at":`):
				t.Fatalf("%q: found %v", text, f)
			}
		}
		opened, closed := asked.take()
		open, closes, ok := liveAsks(text)
		switch {
		case ok && closes:
			ok = len(opened) == 0 && closed == 1 && refused == 0
		case ok:
			ok = len(opened) == 1 && opened[0] == *open && closed == 0 && (refused == 1) == (*open <= 0)
		default:
			ok = len(opened) == 0 && closed == 0 && refused == 1
		}
		if !ok {
			t.Errorf("%q opens %v, closes %d times, is refused %d times", text, opened, closed, refused)
		}
	})
}

package endpoint

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// startEndings serves one kind and hands out how each of its connections ends.
func startEndings(t *testing.T, limits Limits, kind Kind) (address string, endings chan *Ending) {
	t.Helper()
	endings = make(chan *Ending, 1)
	e := New(limits, slog.New(slog.DiscardHandler))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// An error means that the peer went away.
		_ = e.Upgrade(w, r, &kind, Owner{}, func(ending *Ending) { endings <- ending })
	}))
	t.Cleanup(func() {
		e.Shutdown()
		server.Close()
	})
	return server.Listener.Addr().String(), endings
}

// What is said of an end is the way in which it came about.
//
// Defence: log-facts
func TestEndings(t *testing.T) {
	moment := 100 * time.Millisecond
	for _, c := range []struct {
		name   string
		limits func(*Limits)
		kind   func(*Kind)
		do     func(p *testpeer.Peer)
		want   Ending // its Code, Rule, Limit and Panicked
	}{
		{name: "in good order", do: func(p *testpeer.Peer) { p.Send(`close 1000`) }, want: Ending{Code: 1000}},
		{name: "a code of its own", do: func(p *testpeer.Peer) { p.Send(`close 4321`) }, want: Ending{Code: 4321}},
		{name: "without Close", do: func(p *testpeer.Peer) { p.TCP.Close() }, want: Ending{Code: 1006}},
		{name: "a broken rule", do: func(p *testpeer.Peer) { p.Send(`opcode=3`) },
			want: Ending{Code: 1002, Rule: "frame-opcode-reserved"}},
		{name: "message size", do: func(p *testpeer.Peer) { p.Send(`binary repeat(ab,2000)`) },
			want: Ending{Code: 1009, Limit: LimitMessageSize}},
		{name: "message rate", kind: func(k *Kind) { k.Rate = Rate{MessagesASecond: 1, MessageBurst: 1} },
			do: func(p *testpeer.Peer) { p.Send("text \"a\"\ntext \"b\"") }, want: Ending{Code: 1008, Limit: LimitMessageRate}},
		{name: "ping rate", kind: func(k *Kind) { k.Rate = Rate{PingsASecond: 1, PingBurst: 1} },
			do: func(p *testpeer.Peer) { p.Send("ping\nping") }, want: Ending{Code: 1008, Limit: LimitPingRate}},
		{name: "first frame", limits: func(l *Limits) { l.FirstFrame = moment },
			do: func(*testpeer.Peer) {}, want: Ending{Code: 1008, Limit: LimitFirstFrame}},
		{name: "frame time", limits: func(l *Limits) { l.Frame = moment },
			do: func(p *testpeer.Peer) { p.Write([]byte{0x81}) }, want: Ending{Code: 1008, Limit: LimitFrameTime}},
		{name: "message time", limits: func(l *Limits) { l.Message = moment },
			do: func(p *testpeer.Peer) { p.Send(`text nofin "a"`) }, want: Ending{Code: 1008, Limit: LimitMessageTime}},
		{name: "pong time", limits: func(l *Limits) { l.Ping, l.Pong = moment, moment },
			do: func(p *testpeer.Peer) { p.Send(`text "a"`) }, want: Ending{Code: 1008, Limit: LimitPongTime}},
		{name: "closing time", kind: func(k *Kind) { k.Message = func(c *Conn, _ protocol.Event) { c.Close(1000, "") } },
			limits: func(l *Limits) { l.Closing = moment },
			do:     func(p *testpeer.Peer) { p.Send(`text "a"`) }, want: Ending{Code: 1000, Limit: LimitClosingTime}},
		{name: "held", limits: func(l *Limits) { l.Held = 1 }, kind: func(k *Kind) { k.Protocol.MaxMessage = 1 << 20 },
			do: func(p *testpeer.Peer) { p.Send("binary nofin repeat(ab,100000)") }, want: Ending{Code: 1013, Limit: LimitHeld}},
		{name: "write time", limits: func(l *Limits) { l.Write = moment },
			do:   func(p *testpeer.Peer) { p.Forever(p.AppendFrame(nil, 0x8200, make([]byte, 1000))) },
			want: Ending{Code: 1006, Limit: LimitWriteTime}},
		{name: "a panic", kind: func(k *Kind) { k.Message = func(*Conn, protocol.Event) { panic("secret") } },
			do: func(p *testpeer.Peer) { p.Send(`text "a"`) }, want: Ending{Code: 1006, Panicked: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			limits, kind := DefaultLimits(), Echo(1000)
			limits.Shutdown = time.Second
			if c.limits != nil {
				c.limits(&limits)
			}
			if c.kind != nil {
				c.kind(&kind)
			}
			address, endings := startEndings(t, limits, kind)
			p := testpeer.Dial(t, address, "/")
			c.do(p)
			// Who is told to close does, unless that is the point.
			if c.want.Limit != LimitClosingTime {
				for p.More(testpeer.Patience) == nil {
					if bytes.Contains(p.In, []byte{0x88}) {
						break
					}
				}
				p.TCP.Close()
			}
			select {
			case got := <-endings:
				if got.Code != c.want.Code || got.Rule != c.want.Rule || got.Limit != c.want.Limit || got.Panicked != c.want.Panicked {
					t.Errorf("found %+v, expected %+v", got, c.want)
				}
				if got.ID != 1 || got.Route != "echo" || got.Lasted <= 0 {
					t.Errorf("found %+v, expected the first connection, on echo", got)
				}
				if orderly := c.want.Rule == "" && c.want.Limit == LimitNone && !c.want.Panicked; got.Orderly() != orderly {
					t.Errorf("found orderly %v of %+v", got.Orderly(), got)
				}
			case <-time.After(testpeer.Patience):
				t.Fatal("nobody was told of the end")
			}
		})
	}
}

func TestEndingLog(t *testing.T) {
	for _, c := range []struct {
		ending Ending
		want   string
	}{
		{Ending{}, "level=DEBUG"},
		{Ending{ID: 7, Route: "/echo", Code: 1002, Rule: "frame-mask-missing", Counts: Counts{BytesIn: 1, BytesOut: 2, FramesIn: 3, FramesOut: 4, MessagesIn: 5, MessagesOut: 6},
			Lasted: 1234567 * time.Microsecond},
			"level=INFO msg=\"connection ended\" id=7 route=/echo code=1002 messages_in=5 messages_out=6 frames_in=3 frames_out=4 bytes_in=1 bytes_out=2 " +
				"lasted=1.235s rule=frame-mask-missing more=x\n"},
		{Ending{Limit: LimitPongTime, Reason: "no pong after 10s"}, "limit=pong-time reason=\"no pong after 10s\" more=x\n"},
		{Ending{Err: errors.New("reset")}, "error=reset"},
		{Ending{Panicked: true}, "level=INFO"},
	} {
		var b bytes.Buffer
		c.ending.Log(slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug})), slog.String("more", "x"))
		if !strings.Contains(b.String(), c.want) {
			t.Errorf("found %q, expected %q in it", b.String(), c.want)
		}
	}
	var b bytes.Buffer
	(&Ending{}).Log(slog.New(slog.NewTextHandler(&b, nil)))
	if b.Len() > 0 {
		t.Errorf("found %q of an end in good order, expected nothing but for debugging", b.String())
	}
}

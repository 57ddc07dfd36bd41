package endpoint

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/faults"
	"framecraft/server/internal/testpeer"
)

// sharedEndpoint serves all inputs of one process.
var sharedEndpoint = sync.OnceValue(func() *Endpoint {
	limits := DefaultLimits()
	limits.Closing = 50 * time.Millisecond // nobody answers a Close frame
	return New(limits, slog.New(slog.DiscardHandler))
})

// Whatever bytes come, in whatever pieces: the connection ends when the peer does,
// what the endpoint sends is legal, and it is no more than echoes can be.
func FuzzServe(f *testing.F) {
	e := sharedEndpoint()
	f.Cleanup(e.Shutdown)
	p := testpeer.Peer{}
	for _, payload := range []string{"Hello", strings.Repeat("a", 300), "\xff\xfe", ""} {
		f.Add(p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), []byte(payload)), uint8(1), false)
		f.Add(p.AppendFrame(nil, protocol.RSV1|protocol.FIN.WithOpcode(protocol.OpcodeText), []byte(payload)), uint8(3), true)
		f.Add(p.Fragments(protocol.OpcodeBinary, []byte(payload), 2), uint8(0), true)
	}
	f.Add([]byte("\x88\x82\x00\x00\x00\x00\x03\xe8\x89\x80\x00\x00\x00\x00"), uint8(2), false)
	f.Add([]byte("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00"), uint8(0), false)
	f.Add([]byte("\xc1\x87\x00\x00\x00\x00\x4a\x4c\x1c\x05\xc4\x02\x00"), uint8(5), true)
	const most = 1 << 16
	f.Fuzz(func(t *testing.T, sent []byte, piece uint8, deflate bool) {
		kind := Echo(most)
		var agreed *deflating
		if deflate {
			agreed, _ = kind.answerDeflate(&http.Request{Header: http.Header{"Sec-Websocket-Extensions": {"permessage-deflate"}}})
		}
		near, far := net.Pipe()
		defer far.Close()
		if !e.begin() {
			t.Fatal("the endpoint is closing")
		}
		left := make(chan struct{})
		e.serve(faults.Wrap(near, faults.Flow{Piece: int(piece), Seed: uint64(piece)}, faults.Flow{}), nil, &kind, agreed, Owner{}, func(*Ending) { close(left) })
		var answers bytes.Buffer
		var reading sync.WaitGroup
		reading.Go(func() { io.Copy(&answers, far) })
		far.SetWriteDeadline(time.Now().Add(testpeer.Patience))
		far.Write(sent) // it may have been closed before its end
		time.Sleep(time.Duration(piece) % 3 * time.Millisecond)
		far.Close()
		reading.Wait()
		select {
		case <-left:
		case <-time.After(testpeer.Patience):
			t.Fatal("the peer has ended, and the connection has not")
		}
		if got, bound := answers.Len(), 256+16*len(sent); !deflate && got > bound {
			t.Errorf("%d bytes were answered with %d, expected at most %d", len(sent), got, bound)
		}
		client := protocol.NewConn(protocol.Config{Role: protocol.RoleClient, Fatal: protocol.Strict(), Deflate: deflate})
		for rest := answers.Bytes(); len(rest) > 0; {
			event, n := client.Receive(rest, 1)
			if rest = rest[n:]; event.Kind == protocol.EventFailed {
				t.Fatalf("the endpoint broke %v in %x", event.Rule, answers.Bytes())
			}
			if event.Kind == protocol.EventMessage && len(event.Payload) > most && !deflate {
				t.Errorf("a message of %d bytes, expected at most %d", len(event.Payload), most)
			}
		}
	})
}

// Any request: what passes is a handshake, and what is refused is answered in one
// line that repeats nothing but ASCII.
func FuzzCheck(f *testing.F) {
	for _, line := range []string{"Origin: http://a", "Sec-WebSocket-Protocol: a, b", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits", "Content-Length: 1", "Host: b"} {
		f.Add(testpeer.Request("a", "/echo?x=1", line))
		f.Add(strings.Replace(testpeer.Request("a", "*", line), "GET", "OPTIONS", 1))
		f.Add(strings.Replace(testpeer.Request("a:1", "/", line), ": 13", ": 7", 1))
	}
	f.Fuzz(func(t *testing.T, request string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(request)))
		if err != nil {
			return
		}
		refusal := Check(r)
		if refusal == nil {
			if r.Method != "GET" || !r.ProtoAtLeast(1, 1) || r.ContentLength != 0 || r.Header.Get("Sec-WebSocket-Version") != "13" || len(r.Header.Get("Sec-WebSocket-Key")) < 22 {
				t.Errorf("%q was let in", request)
			}
			kind := Echo(1)
			kind.answerDeflate(r)
			kind.Subprotocols = []string{"a"}
			kind.chooseSubprotocol(r)
			return
		}
		if refusal.Status < 400 || refusal.Status > 505 || refusal.Reason == "" || len(refusal.Reason) > 500 {
			t.Errorf("%q: refused with %d %q", request, refusal.Status, refusal.Reason)
		}
		for _, c := range []byte(refusal.Reason + refusal.Header[0] + refusal.Header[1]) {
			if c < ' ' || c > '~' {
				t.Errorf("%q: the answer %q has the byte %02x", request, refusal.Reason, c)
			}
		}
	})
}

// Any query: a kind, or a refusal that says what was expected.
func FuzzEchoFor(f *testing.F) {
	for _, o := range EchoOptions() {
		f.Add(o.Example)
	}
	f.Add("deflate=off&close=1001&after=3&delay=1s")
	f.Add("close=1001&&close=1001")
	f.Add("delay=%zz")
	f.Fuzz(func(t *testing.T, query string) {
		base := Echo(1 << 20)
		kind, refusal := EchoFor(base, query)
		switch {
		case refusal != nil:
			if refusal.Status != http.StatusBadRequest || !strings.Contains(refusal.Reason, "expected") || len(refusal.Reason) > 1000 {
				t.Errorf("%q: refused with %d %q", query, refusal.Status, refusal.Reason)
			}
		case kind.Message == nil || kind.Delay < 0 || kind.Delay > maxDelay:
			t.Errorf("%q: gave %+v", query, kind)
		}
	})
}

package hold

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"framecraft/protocol"
)

// While connections are held, one more is opened every now and then, used and
// closed: a server that holds many and serves no further one has reached a limit.

// Served is what became of the further connections.
type Served struct {
	// Tried were begun, Served went through all of it; Failures says how the others
	// ended. Echoed is how many brought the message back: a server may do something
	// else with it, and then the pong counts.
	Tried    int            `json:"tried"`
	Served   int            `json:"served"`
	Echoed   int            `json:"echoed"`
	Failures map[string]int `json:"failures,omitempty"`
	// Times are from the first SYN to the end of TCP.
	Times Durations `json:"-"`
}

// prober tries further connections.
type prober struct {
	share Share
	mu    sync.Mutex
	found Served
}

// run tries one every so often until the context is done.
func (p *prober) run(ctx context.Context, every time.Duration) {
	for {
		p.try(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
	}
}

func (p *prober) try(ctx context.Context) {
	begin := time.Now()
	echoed, err := probe(ctx, p.share)
	if ctx.Err() != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found.Tried++
	if err != nil {
		count(&p.found.Failures, reasonOf(err), 1)
		return
	}
	p.found.Served++
	if echoed {
		p.found.Echoed++
	}
	p.found.Times.Add(time.Since(begin))
}

// get returns what was found so far.
func (p *prober) get() Served {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.found
	found.Failures = nil
	merge(&found.Failures, p.found.Failures)
	found.Times = Durations{}
	found.Times.Merge(p.found.Times)
	return found
}

// probe opens a connection, sends a message and a ping, waits for the pong, and
// closes. A server that echoes has sent the message back before the pong.
func probe(ctx context.Context, share Share) (echoed bool, err error) {
	tcp, rest, stop, err := shake(ctx, share, netip.Addr{})
	if err != nil {
		return false, err
	}
	if stop != nil {
		return false, errors.New(stop.Found)
	}
	defer tcp.Close()
	// The context's end has the last word about the deadline.
	if err := tcp.SetDeadline(time.Now().Add(share.Patience)); err != nil {
		return false, err
	}
	defer context.AfterFunc(ctx, func() { _ = tcp.SetDeadline(time.Unix(1, 0)) })()
	message := []byte("framecraft hold")
	frames := appendControl(nil, protocol.OpcodeText, message)
	if _, err := tcp.Write(appendPing(frames)); err != nil {
		return false, err
	}
	talk := newConversation()
	room := make([]byte, 512)
	for closing := false; ; {
		for len(rest) > 0 {
			event, n := talk.Receive(rest, newKey())
			rest = rest[n:]
			switch event.Kind {
			case protocol.EventMessage:
				echoed = echoed || bytes.Equal(event.Payload, message)
			case protocol.EventPong:
				closing = true
				talk.Close(protocol.StatusNormalClosure, "", newKey())
			case protocol.EventFailed:
				return echoed, fmt.Errorf("the server broke the rule %v", event.Rule)
			}
			if talk.State() == protocol.StateClosed {
				if !closing {
					return echoed, errors.New("the server closed the connection")
				}
				return echoed, nil
			}
		}
		if _, err := tcp.Write(talk.TakeOutput(nil)); err != nil {
			return echoed, err
		}
		n, err := tcp.Read(room)
		if err != nil {
			return echoed, err
		}
		rest = room[:n]
	}
}

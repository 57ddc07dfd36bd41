package hold

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"framecraft/protocol"
)

// The way of systems without epoll(7): a goroutine and a few kilobytes a
// connection. It behaves as the loop does, and the tests hold both to that.

// plainFleet is the fleet of any system.
func plainFleet(ctx context.Context, share Share, report func(Progress)) {
	f := &connFleet{share: share}
	f.progress.begin()
	f.ended, f.end = context.WithCancel(context.Background())
	defer f.end()
	told := make(chan struct{})
	go func() {
		defer close(told)
		for f.ended.Err() == nil {
			f.tell(report)
			select {
			case <-f.ended.Done():
			case <-time.After(reportEvery):
			}
		}
	}()
	f.run(ctx)
	f.end()
	<-told
	f.progress.Phase = PhaseEnded
	f.tell(report)
}

type connFleet struct {
	share Share
	ended context.Context
	end   context.CancelFunc

	mu       sync.Mutex
	progress Progress
	served   sync.WaitGroup
}

func (f *connFleet) tell(report func(Progress)) {
	f.mu.Lock()
	f.progress.look()
	p := f.progress.clone()
	f.mu.Unlock()
	report(p)
}

// update changes the progress.
func (f *connFleet) update(change func(p *Progress)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.progress)
}

// stopped reports whether the opening has ended.
func (f *connFleet) stopped() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.progress.Stop != nil
}

func (f *connFleet) stop(stop *Stop) {
	f.update(func(p *Progress) {
		if p.Stop == nil {
			p.Stop = stop
		}
	})
}

// run opens, holds and closes.
func (f *connFleet) run(ctx context.Context) {
	places := make(chan struct{}, f.share.Connecting)
	var tries sync.WaitGroup
	missing := make(chan struct{}, f.share.Connections)
	for range f.share.Connections {
		missing <- struct{}{}
	}
	for n := 0; ctx.Err() == nil && !f.stopped(); n++ {
		select {
		case <-missing:
		case <-time.After(tryAgainAfter):
			if f.allOpen() {
				f.update(func(p *Progress) { p.Phase = PhaseHolding })
				<-ctx.Done()
			}
			continue
		}
		places <- struct{}{}
		source := f.sourceOf(n)
		tries.Go(func() {
			defer func() { <-places }()
			if !f.open(ctx, source) {
				missing <- struct{}{}
			}
		})
	}
	<-ctx.Done()
	tries.Wait()
	f.update(func(p *Progress) { p.Phase = PhaseClosing })
	time.AfterFunc(f.share.Closing, f.end)
	f.served.Wait()
}

// tryAgainAfter is the time between two looks at whether all are open.
const tryAgainAfter = 20 * time.Millisecond

func (f *connFleet) allOpen() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.progress.Opened == f.share.Connections
}

func (f *connFleet) sourceOf(n int) netip.Addr {
	if len(f.share.Sources) == 0 {
		return netip.Addr{}
	}
	return f.share.Sources[n/max(1, f.share.PerSource)%len(f.share.Sources)]
}

// open opens one connection and has it served; otherwise somebody is to try again.
func (f *connFleet) open(ctx context.Context, source netip.Addr) bool {
	begin := time.Now()
	tcp, rest, stop, err := shake(ctx, f.share, source)
	if stop == nil && err != nil {
		stop = stopOf(err, f.share.Address)
	}
	switch {
	case ctx.Err() != nil:
		if tcp != nil {
			_ = tcp.Close()
		}
		return false
	case errors.Is(err, errNoResponse):
		f.update(func(p *Progress) { p.failFor(err.Error(), stop) })
		return false
	case stop != nil:
		f.stop(stop)
		return false
	case err != nil:
		f.update(func(p *Progress) { p.fail(reasonOf(err)) })
		return false
	}
	f.update(func(p *Progress) { p.open(time.Since(begin)) })
	f.served.Go(func() { f.serve(ctx, tcp, rest) })
	return true
}

// shake connects and shakes hands; rest are the bytes behind the response.
func shake(ctx context.Context, share Share, source netip.Addr) (tcp net.Conn, rest []byte, stop *Stop, err error) {
	deadline := time.Now().Add(share.Patience)
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	var dialer net.Dialer
	if source.IsValid() {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(source, 0))
	}
	dialed, err := dialer.DialContext(ctx, "tcp", share.Address.String())
	if err != nil {
		return nil, nil, nil, err
	}
	// What ends the waiting may still run behind the return: it has a connection of
	// its own name, and one that it may yet reach is not handed out.
	release := context.AfterFunc(ctx, func() { _ = dialed.SetDeadline(time.Unix(1, 0)) })
	defer func() {
		if !release() && stop == nil && err == nil {
			err = ctx.Err()
		}
		if stop != nil || err != nil {
			_ = dialed.Close()
			tcp = nil
		}
	}()
	tcp = dialed
	request := newRequest(share.Authority, share.Resource)
	if _, err = tcp.Write(request); err != nil {
		return tcp, nil, nil, err
	}
	var in []byte
	room := make([]byte, 2048)
	for {
		var n int
		n, err = tcp.Read(room)
		in = append(in, room[:n]...)
		if err != nil && len(in) == 0 {
			if !time.Now().Before(deadline) {
				return tcp, nil, noAnswer(share.Patience), errNoResponse
			}
			return tcp, nil, nil, err
		}
		end, done, refused := readResponse(request, in, err != nil)
		if done {
			return tcp, in[end:], refused, nil
		}
	}
}

// reasonOf says what became of a connection, without its addresses, which differ.
func reasonOf(err error) string {
	if operation := (*net.OpError)(nil); errors.As(err, &operation) {
		cause := operation.Err
		if call := (*os.SyscallError)(nil); errors.As(cause, &call) {
			cause = call.Err // whose name is that of the operation once more
		}
		return operation.Op + ": " + cause.Error()
	}
	return err.Error()
}

// serve holds a connection until the context is done, and closes it.
func (f *connFleet) serve(ctx context.Context, tcp net.Conn, rest []byte) {
	defer tcp.Close()
	defer context.AfterFunc(f.ended, func() { _ = tcp.SetDeadline(time.Unix(1, 0)) })()
	var sending sync.Mutex // of frames
	send := func(frames []byte) {
		sending.Lock()
		defer sending.Unlock()
		_, _ = tcp.Write(frames) // reading says what became of the connection
	}
	var waiting, closing bool // under f.mu
	over := make(chan struct{})
	defer close(over)
	go func() {
		var ticks <-chan time.Time
		if f.share.Ping > 0 {
			ticker := time.NewTicker(f.share.Ping)
			defer ticker.Stop()
			ticks = ticker.C
		}
		for {
			select {
			case <-over:
				return
			case <-ticks:
				f.update(func(p *Progress) {
					p.Pings++
					if waiting {
						p.Unanswered++
					}
					waiting = true
				})
				send(appendPing(nil))
			case <-ctx.Done():
				f.update(func(*Progress) { closing = true })
				send(appendClose(nil))
				return
			}
		}
	}()
	talk := newConversation()
	room := make([]byte, 512)
	for {
		h := listen(talk, rest)
		f.update(func(p *Progress) {
			p.Asked += h.pings
			p.Pongs += h.pongs
			waiting = waiting && h.pongs == 0
		})
		if out := talk.TakeOutput(nil); len(out) > 0 && !(h.inOrder && ctx.Err() != nil) {
			send(out)
		}
		var err error
		if h.end == "" {
			var n int
			if n, err = tcp.Read(room); err == nil {
				rest = room[:n]
				continue
			}
			h.end = reasonOf(err)
		}
		f.update(func(p *Progress) {
			switch {
			case closing && h.inOrder:
				p.Open--
				p.Closed++
			case closing && f.ended.Err() != nil:
				p.Open--
				p.CutOff++
			default:
				p.lose(h.end)
			}
		})
		if h.inOrder && talk.State() == protocol.StateClosed {
			_ = tcp.SetReadDeadline(time.Now().Add(f.share.Closing))
			// The end may just have set another, which this one took the place of.
			if f.ended.Err() == nil {
				_, _ = tcp.Read(room) // the server ends TCP first (RFC 6455, section 7.1.1)
			}
		}
		return
	}
}

package hold

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// How a connection of the loop comes to be open: TCP, the request, the response.

// opening is what a connection needs until it is open.
type opening struct {
	started time.Time
	request []byte
	in      []byte
}

// fill starts as many connections as may be on their way.
func (f *epollFleet) fill() {
	for f.progress.Stop == nil && f.progress.Opened+len(f.openings) < f.share.Connections && len(f.openings) < f.share.Connecting {
		if err := f.connect(); err != nil {
			f.stop(err)
		}
	}
	if f.progress.Stop == nil && f.progress.Opened == f.share.Connections {
		f.progress.Phase = PhaseHolding
	}
}

// connect starts one connection, from the next source address when one has no
// port left.
func (f *epollFleet) connect() (err error) {
	fd := -1
	for range max(1, len(f.share.Sources)) {
		fd, err = dialSocket(f.nextSource(), f.share)
		if !errors.Is(err, unix.EADDRNOTAVAIL) {
			break
		}
		f.carried = f.share.PerSource
	}
	if err != nil {
		return err
	}
	index := int32(len(f.clients))
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET, Fd: index}
	if err := unix.EpollCtl(f.epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		return errors.Join(os.NewSyscallError("epoll_ctl", err), unix.Close(fd))
	}
	f.carried++
	f.clients = append(f.clients, client{fd: int32(fd), state: stateConnecting})
	f.openings[index] = &opening{started: time.Now()}
	return nil
}

func (f *epollFleet) connectFailed(i int32) {
	code, err := unix.GetsockoptInt(int(f.clients[i].fd), unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil {
		err = syscall.Errno(code)
	}
	f.failed(i, err)
}

// failed drops a connection that was on its way. The number is tried again unless
// the error means that this is of no use.
func (f *epollFleet) failed(i int32, err error) {
	f.drop(i)
	if stopOf(err, f.share.Address) != nil {
		f.stop(err)
		return
	}
	f.progress.fail(err.Error())
}

// ask sends the request.
func (f *epollFleet) ask(i int32) {
	c, o := &f.clients[i], f.openings[i]
	o.request = newRequest(f.share.Authority, f.share.Resource)
	if n, err := unix.Write(int(c.fd), o.request); err != nil || n < len(o.request) {
		f.failed(i, fmt.Errorf("sending the request: %d of %d bytes, %w", n, len(o.request), err))
		return
	}
	c.state = stateAsking
}

// answered looks at what has come of a response.
func (f *epollFleet) answered(i int32, ended bool) {
	o := f.openings[i]
	n, done, stop := readResponse(o.request, o.in, ended)
	if !done {
		return
	}
	if stop != nil {
		f.drop(i)
		f.stopFor(stop)
		return
	}
	f.progress.open(time.Since(o.started))
	f.clients[i].state = stateOpen
	delete(f.openings, i)
	if len(o.in) > n {
		f.listen(i, o.in[n:])
	}
}

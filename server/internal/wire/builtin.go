package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"framecraft/server/internal/endpoint"
)

// The built-in target: both ends of a connection in this process, with real TCP
// between them. A listener lives only for as long as it takes to connect to it,
// so nobody else finds a way in by it; net/http serves the other end as it
// serves any visitor.

// BuiltIn serves the connections of the target echo.
type BuiltIn struct {
	server *http.Server
	far    chan net.Conn
	closed chan struct{}
	once   sync.Once
	served sync.WaitGroup
}

// NewBuiltIn serves connections with the server, which belongs to it from now
// on. Close it.
func NewBuiltIn(server *http.Server) *BuiltIn {
	b := &BuiltIn{server: server, far: make(chan net.Conn), closed: make(chan struct{})}
	// Serve returns once the listener is closed.
	b.served.Go(func() { _ = endpoint.Serve(server, builtInListener{b}) })
	return b
}

// Close ends what net/http still has. Connections that were taken over from it
// are ended by whoever took them.
func (b *BuiltIn) Close() error {
	err := errors.Join(b.server.Close(), b.closeListener())
	b.served.Wait()
	return err
}

func (b *BuiltIn) closeListener() error {
	b.once.Do(func() { close(b.closed) })
	return nil
}

// EchoHandler serves every request as a handshake with an echo endpoint, which
// behaves as the query says.
func EchoHandler(e *endpoint.Endpoint, kind endpoint.Kind) http.Handler {
	return WatchedEchoHandler(e, kind, func(*endpoint.Ending) {})
}

// WatchedEchoHandler is EchoHandler for who wants to know how connections end. What
// ended is told is what Upgrade tells, nil of a connection that never began.
func WatchedEchoHandler(e *endpoint.Endpoint, kind endpoint.Kind, ended func(*endpoint.Ending)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refusal := endpoint.Check(r); refusal != nil {
			refusal.Write(w)
			return
		}
		own, refusal := endpoint.EchoFor(kind, r.URL.RawQuery)
		if refusal != nil {
			refusal.Write(w)
			return
		}
		// Any other error means that the player has gone.
		if errors.Is(e.Upgrade(w, r, &own, endpoint.Owner{}, ended), endpoint.ErrClosing) {
			(&endpoint.Refusal{Status: http.StatusServiceUnavailable, Reason: "shutting down"}).Write(w)
		}
	})
}

// builtInListener is the side of a BuiltIn that net/http sees.
type builtInListener struct{ b *BuiltIn }

func (l builtInListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.b.far:
		return c, nil
	case <-l.b.closed:
		return nil, net.ErrClosed
	}
}

func (l builtInListener) Close() error   { return l.b.closeListener() }
func (l builtInListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// dial returns one end of a new connection and has the other one served.
func (b *BuiltIn) dial(ctx context.Context) (*conn, error) {
	near, far, err := pair(ctx)
	if err != nil {
		return nil, err
	}
	select {
	case b.far <- far:
		return newConn(near), nil
	case <-b.closed:
		err = net.ErrClosed
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	return nil, errors.Join(err, near.Close(), far.Close())
}

// pairTime is how long both ends of a connection may take to find each other.
const pairTime = 5 * time.Second

// pair connects this process to itself. Near is the end that dialled.
func pair(ctx context.Context) (near, far *net.TCPConn, err error) {
	listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		listener, err = net.ListenTCP("tcp6", &net.TCPAddr{IP: net.IPv6loopback})
	}
	if err != nil {
		return nil, nil, fmt.Errorf("wire: listening on loopback: %w", err)
	}
	defer listener.Close()
	if err := listener.SetDeadline(time.Now().Add(pairTime)); err != nil {
		return nil, nil, fmt.Errorf("wire: listening on loopback: %w", err)
	}
	dialler := net.Dialer{Timeout: pairTime}
	dialled, err := dialler.DialContext(ctx, "tcp", listener.Addr().String())
	if err != nil {
		return nil, nil, fmt.Errorf("wire: connecting to loopback: %w", err)
	}
	near = dialled.(*net.TCPConn)
	for {
		far, err = listener.AcceptTCP()
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("wire: accepting on loopback: %w", err), near.Close())
		}
		if far.RemoteAddr().String() == near.LocalAddr().String() {
			return near, far, nil
		}
		_ = far.Close() // somebody else of this machine was faster
	}
}

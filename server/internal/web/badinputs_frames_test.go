package web

import (
	"net"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/badinputs"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/testpeer"
)

// The rows about frames against /echo of the whole site, as they are run against
// the endpoint alone in its own tests.

// ways are how a site may have its connections: TCP itself, and something that
// hides the descriptor, as TLS does.
var ways = map[string]func(net.Listener) net.Listener{
	"plain":   func(l net.Listener) net.Listener { return l },
	"wrapped": func(l net.Listener) net.Listener { return opaqueListener{l} },
}

type opaqueListener struct{ net.Listener }

func (l opaqueListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return opaqueConn{c}, nil
}

// opaqueConn hides that it is TCP, and can still close one half.
type opaqueConn struct{ net.Conn }

func (c opaqueConn) CloseWrite() error { return c.Conn.(*net.TCPConn).CloseWrite() }

// shortTimes are limits that a test can wait for.
func shortTimes(c *Config) {
	l := endpoint.DefaultLimits()
	l.FirstFrame, l.Frame, l.Message = badinputs.FirstFrameTime, badinputs.FrameTime, badinputs.MessageTime
	l.Ping, l.Pong = time.Hour, time.Hour
	l.Write, l.Closing, l.Shutdown = badinputs.WriteTime, badinputs.ClosingTime, time.Second
	c.Limits = l
}

// badInputSite starts a site whose echo endpoint knows the tricks of package
// badinputs, and returns it as that sees it.
func badInputSite(t *testing.T, wrap func(net.Listener) net.Listener, change func(*Config)) (*testSite, *badinputs.Server) {
	s := startSiteOn(t, wrap, change)
	echo := s.echo.Message
	s.echo.Message = func(c *endpoint.Conn, m protocol.Event) {
		if !badinputs.Trick(c, m.Payload) {
			echo(c, m)
		}
	}
	return s, &badinputs.Server{Address: s.address, Target: "/echo", MaxMessage: s.echo.Protocol.MaxMessage, Live: s.places}
}

// The messages are shorter than those of /echo may be: 16 MiB outlast the time of a
// message on a busy machine. TestEchoMessageLimit is about that limit.
//
// Defence: time-closing, panic-goroutine
// Bad input: rows of badinputs.Frames, rows of badinputs.Behaviours
func TestBadFramesOnTheSite(t *testing.T) {
	for way, wrap := range ways {
		t.Run(way, func(t *testing.T) {
			check := testpeer.ExpectNoLeak(t)
			s, server := badInputSite(t, wrap, func(c *Config) {
				shortTimes(c)
				c.EchoMessage = 1 << 20
			})
			badinputs.RunFrames(t, server, badinputs.Frames)
			badinputs.RunBehaviours(t, server, badinputs.Behaviours)
			s.stop()
			check()
		})
	}
}

// The limit is that of /echo, 16 MiB, for what a message inflates to as well.
//
// Defence: size-echo-inflated
// Bad input: rows of badinputs.DeflatedRows
func TestBadDeflatedOnTheSite(t *testing.T) {
	for way, wrap := range ways {
		t.Run(way, func(t *testing.T) {
			check := testpeer.ExpectNoLeak(t)
			s, server := badInputSite(t, wrap, shortTimes)
			badinputs.RunDeflated(t, server, badinputs.DeflatedRows)
			s.stop()
			check()
		})
	}
}

// Bad input: 20
func TestTwoPongsOnTheSite(t *testing.T) {
	for way, wrap := range ways {
		t.Run(way, func(t *testing.T) {
			_, server := badInputSite(t, wrap, func(c *Config) { c.Limits.Ping, c.Limits.Pong = 50*time.Millisecond, 200*time.Millisecond })
			badinputs.TwoPongs(t, server)
		})
	}
}

// A message of 16 MiB comes back, and one byte more is refused by its header
// alone.
//
// Defence: size-echo-message
func TestEchoMessageLimit(t *testing.T) {
	s := startSite(t, nil)
	p := testpeer.Dial(t, s.address, "/echo")
	payload := make([]byte, 16<<20)
	p.RoundTrip(protocol.OpcodeBinary, p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), payload), payload)
	p.Write(badinputs.Unhex(t, "82ff0000000001000001 K"))
	p.ExpectClose(protocol.StatusMessageTooBig)
	// In two frames as well.
	p = testpeer.Dial(t, s.address, "/echo")
	p.Write(badinputs.Unhex(t, "0281 K 00 80ff0000000001000000 K"))
	p.ExpectClose(protocol.StatusMessageTooBig)
}

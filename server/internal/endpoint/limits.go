package endpoint

import (
	"time"

	"framecraft/protocol"
)

// Limits are the times and sizes that keep one peer from costing the others
// anything. Tests shorten them; operators may change some by flags.
type Limits struct {
	// FirstFrame is how long a peer may stay silent after the handshake. A live
	// one answers the first ping before that.
	FirstFrame time.Duration
	// Frame is how long a frame that has begun may take to arrive.
	Frame time.Duration
	// Message is the same for a message, however many frames it has. It also
	// bounds endless empty fragments.
	Message time.Duration
	// Ping is the time between two pings, Pong how long the answer may take.
	Ping time.Duration
	Pong time.Duration
	// Write is how long the peer may take to make room for WriteChunk bytes.
	Write time.Duration
	// Closing is how long a peer may take to answer a Close frame, and how long
	// TCP stays half open after the last frame was sent.
	Closing time.Duration
	// Shutdown is how long the connections have altogether when the server ends.
	Shutdown time.Duration
	// Output is how many bytes of answers are gathered before they are written
	// while there is still input at hand. Answers never queue beyond that: a peer
	// that does not read is not read from either, until Write cuts it off.
	Output int
	// WriteChunk is how much goes into one write.
	WriteChunk int
	// Held is how many bytes of unfinished messages and of answers that wait there may
	// be on all connections together; see crowd.go. 0 sets no limit.
	Held int64
	// SocketBuffer is the kernel's write buffer. Left alone it takes megabytes
	// before a write deadline is felt.
	SocketBuffer int
}

// DefaultLimits are the limits of a server that nobody configured.
func DefaultLimits() Limits {
	return Limits{
		FirstFrame:   30 * time.Second,
		Frame:        10 * time.Second,
		Message:      60 * time.Second,
		Ping:         25 * time.Second,
		Pong:         10 * time.Second,
		Write:        10 * time.Second,
		Closing:      5 * time.Second,
		Shutdown:     10 * time.Second,
		Output:       256 << 10,
		WriteChunk:   256 << 10,
		Held:         1 << 30,
		SocketBuffer: 64 << 10,
	}
}

// sweepEvery is how often deadlines are looked at: often enough for the shortest
// of them, at most once a second.
func (l *Limits) sweepEvery() time.Duration {
	shortest := min(l.FirstFrame, l.Frame, l.Message, l.Ping, l.Pong, l.Closing)
	return max(2*time.Millisecond, min(time.Second, shortest/8))
}

// A Kind is what all connections of one route have in common.
type Kind struct {
	// Name is how logs call it.
	Name string
	// Protocol is how frames are judged.
	Protocol protocol.Config
	// Rate is how fast a peer may send; the zero Rate is no limit.
	Rate Rate
	// Deflate is what the server agrees to of permessage-deflate; nil declines it.
	Deflate *protocol.DeflateAccept
	// Subprotocols are those that the server speaks. The first of the client's
	// that is among them is chosen.
	Subprotocols []string
	// Delay is how long every message that is sent waits first.
	Delay time.Duration
	// Crowd says that there may be very many of an owner's, so that a list of
	// connections has all others before them.
	Crowd bool
	// Opened, if any, is called before anything is read.
	Opened func(*Conn)
	// Quick promises that Message takes microseconds and waits for nothing, but in
	// Send. Who serves all connections then calls it without a worker in between.
	Quick bool
	// Message is called with every whole message, on one goroutine at a time for
	// a connection. The event's payload is gone when it returns.
	Message func(*Conn, protocol.Event)
}

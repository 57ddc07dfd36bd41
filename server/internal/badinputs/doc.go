// Package badinputs sends an endpoint what broke other implementations, and looks
// at the answer, at the memory, at what is left behind and at how the next
// connection is served. The rows are those of package defences, by their numbers;
// the ones about handshakes are tests of package web. It is for tests, and never
// part of the server.
//
//	frames.go      rows that are answered with a Close frame
//	behaviours.go  rows that take more than bytes
//	deflated.go    rows about compressed messages
//
// A test starts a server that echoes, with short times and Trick in front of its
// echo, and runs the tables. The same rows are run in several ways: against the
// endpoint alone and against the whole site, over plain TCP and through a
// connection that only looks like it.
package badinputs

import (
	"encoding/hex"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// Server is what the rows are sent to.
type Server struct {
	Address, Target string
	// MaxMessage is the most bytes of a message.
	MaxMessage int
	// Live returns how many connections there are.
	Live func() int
}

// The times that such a server is to have. Rows wait for the last of them, so
// they are short; but a busy machine has to make the legal ones.
const (
	FirstFrameTime = 2 * time.Second
	FrameTime      = time.Second
	MessageTime    = 2 * time.Second
	WriteTime      = 300 * time.Millisecond
	ClosingTime    = 200 * time.Millisecond
)

// Trick does what some messages ask a server for, and reports whether this was
// one of them: "close" closes with a reason that is a byte too long, "panic" is a
// mistake in a callback.
func Trick(c interface {
	Close(protocol.StatusCode, string)
}, payload []byte) bool {
	switch string(payload) {
	case "close":
		c.Close(protocol.StatusNormalClosure, strings.Repeat("é", 62))
	case "panic":
		panic(errors.New("a mistake in a callback"))
	default:
		return false
	}
	return true
}

func (s *Server) dial(t testing.TB, lines ...string) *testpeer.Peer {
	t.Helper()
	return testpeer.Dial(t, s.Address, s.Target, lines...)
}

// ExpectServed checks that the server serves the next connection.
func (s *Server) ExpectServed(t testing.TB) {
	t.Helper()
	p := s.dial(t)
	p.Send(`text "next"`)
	p.Expect(`text "next"`)
	p.CloseClean()
	p.TCP.Close()
}

// row runs one row and looks at what it leaves behind: no connection, at most 4
// MiB of memory, and a server that goes on.
func (s *Server) row(t *testing.T, name string, run func(*testing.T)) {
	t.Run(name, func(t *testing.T) {
		live, before := s.Live(), testpeer.Heap()
		run(t)
		for deadline := time.Now().Add(testpeer.Patience); s.Live() > live; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d live connections, expected %d", s.Live(), live)
			}
		}
		if grown := testpeer.Heap() - before; grown > 4<<20 {
			t.Errorf("the heap has grown by %d bytes", grown)
		}
		s.ExpectServed(t)
	})
}

// allocated returns how many bytes were ever allocated.
func allocated() int {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.TotalAlloc)
}

// Unhex reads hex digits, with K for the masking key 00000000.
func Unhex(t testing.TB, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.NewReplacer("K", "00000000", " ", "").Replace(digits))
	if err != nil {
		t.Fatalf("%q: %v", digits, err)
	}
	return b
}

package endpoint

import (
	"testing"
	"time"
)

// The other tests shorten these numbers or never reach them, so they are held
// here: whoever changes one changes what the server promises.
//
// Defence: time-first-frame, time-frame, time-message, time-ping, time-pong, time-write, time-closing
// Defence: size-output, slow-buffer, shutdown-wait
func TestDefaultLimits(t *testing.T) {
	want := Limits{
		FirstFrame: 30 * time.Second, Frame: 10 * time.Second, Message: time.Minute,
		Ping: 25 * time.Second, Pong: 10 * time.Second,
		Write: 10 * time.Second, Closing: 5 * time.Second, Shutdown: 10 * time.Second,
		Output: 262_144, WriteChunk: 262_144, Held: 1 << 30, SocketBuffer: 65_536,
	}
	if got := DefaultLimits(); got != want {
		t.Errorf("found %+v, expected %+v", got, want)
	}
}

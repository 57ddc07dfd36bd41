package hold

import (
	"testing"

	"golang.org/x/sys/unix"
)

// An edge is told once. What a server has sent by the moment when TCP is there is
// read then, or it might never be.
func TestEdgeWithData(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[1])
	const banner = "SSH-2.0-x\r\n"
	if _, err := unix.Write(pair[1], []byte(banner)); err != nil {
		t.Fatal(err)
	}
	f := &epollFleet{
		share:    Share{Authority: "127.0.0.1", Resource: "/echo"},
		clients:  []client{{fd: int32(pair[0]), state: stateConnecting}},
		openings: map[int32]*opening{0: {}},
		room:     make([]byte, 100),
	}
	defer f.drop(0)
	f.handle(0, unix.EPOLLIN|unix.EPOLLOUT)
	if in := string(f.openings[0].in); f.clients[0].state != stateAsking || in != banner {
		t.Errorf("found the state %d and %q, expected a request on its way and %q", f.clients[0].state, in, banner)
	}
}

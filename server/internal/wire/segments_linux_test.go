package wire

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

// segmentsIn returns how many segments with data a connection has received.
func segmentsIn(t testing.TB, tcp *net.TCPConn) (n int) {
	t.Helper()
	raw, err := tcp.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil {
			t.Error(err)
			return
		}
		n = int(info.Data_segs_in)
	})
	return n
}

// Pieces that follow each other at once are segments of their own, also when
// there are more of them than the congestion window lets out.
func TestPiecesAreSegments(t *testing.T) {
	c, far := bothEnds(t)
	const pieces = 300
	for i := range pieces {
		if _, err := c.stream.Write([]byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
		c.waitSent(context.Background())
	}
	c.end()
	b, err := io.ReadAll(far)
	if err != nil || len(b) != pieces || !bytes.Equal(b[:3], []byte{0, 1, 2}) {
		t.Fatalf("found %d bytes, %v, expected %d", len(b), err, pieces)
	}
	if n := segmentsIn(t, far); n != pieces {
		t.Errorf("%d writes came in %d segments", pieces, n)
	}
}

package wire

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"

	"golang.org/x/sys/unix"

	"framecraft/protocol"
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

// What a scenario chops arrives in pieces of that size, counted by the kernel of
// the other side, whatever its program reads at once.
func TestPlayChops(t *testing.T) {
	for _, c := range []struct {
		scenario        string
		bytes, segments int
	}{
		{"chop 1\ntext \"Hello\"\nend", 11, 11},
		{"chop 4\ntext \"Hello\"\ntext \"Hello\"\nend", 22, 6},
		{"chop 1\nbytes repeat(8100,100)\nchop off\ntext \"Hello\"\nend", 211, 201},
		{"text \"Hello\"\ntext \"Hello\"\nend", 22, 2},
	} {
		arrived := make(chan [2]int, 3)
		target := peer(t, func(far *net.TCPConn) {
			b, err := io.ReadAll(far)
			if err != nil {
				t.Error(err)
			}
			arrived <- [2]int{len(b), segmentsIn(t, far)}
		})
		result := play(t, c.scenario+"\nexpect end", target, nil)
		got, want := <-arrived, [2]int{c.bytes, c.segments}
		// On a busy machine TCP may send a segment a second time, which counts as well.
		for range 2 {
			if got[1] > want[1] {
				result = play(t, c.scenario+"\nexpect end", target, nil)
				got = <-arrived
			}
		}
		if got != want {
			t.Errorf("%q: found %d bytes in %d segments, expected %d in %d", c.scenario, got[0], got[1], want[0], want[1])
		}
		recorded := 0
		for _, e := range result.Transcript.Entries {
			if e.Kind == protocol.EntryBytes {
				recorded++
			}
		}
		if recorded != c.segments {
			t.Errorf("%q: found %d entries with bytes, expected one a segment", c.scenario, recorded)
		}
	}
}

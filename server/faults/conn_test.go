package faults

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tcpPair returns both ends of a connection.
func tcpPair(t *testing.T) (near, far *net.TCPConn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dialed, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		dialed.Close()
		accepted.Close()
	})
	return dialed.(*net.TCPConn), accepted.(*net.TCPConn)
}

// What each end of a flow does to the call that meets it, and to the peer.
func TestEnds(t *testing.T) {
	for _, c := range []struct {
		end         End
		read, write error // of the call
		peer        error // of the peer's next read; nil: nothing comes
	}{
		{Reset, syscall.ECONNRESET, syscall.ECONNRESET, syscall.ECONNRESET},
		{HalfClose, io.EOF, syscall.EPIPE, io.EOF},
		{BlackHole, os.ErrDeadlineExceeded, os.ErrDeadlineExceeded, nil},
		{Fail, syscall.EIO, syscall.EIO, nil},
	} {
		t.Run(c.end.String(), func(t *testing.T) {
			near, far := tcpPair(t)
			conn := Wrap(near, Flow{}, Flow{After: 3, End: c.end})
			conn.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
			if n, err := conn.Write([]byte("12345")); n != 3 || !errors.Is(err, c.write) {
				t.Errorf("the write: %d, %v, expected 3, %v", n, err, c.write)
			}
			far.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			room := make([]byte, 10)
			n, err := far.Read(room)
			if c.end != Reset && n != 3 { // a reset may take the bytes with it
				t.Errorf("the peer found %q, %v, expected 123", room[:n], err)
			}
			if n > 0 {
				_, err = far.Read(room)
			}
			want := c.peer
			if want == nil {
				want = os.ErrDeadlineExceeded
			}
			if !errors.Is(err, want) {
				t.Errorf("then the peer found %v, expected %v", err, want)
			}

			near, far = tcpPair(t)
			conn = Wrap(near, Flow{After: 3, End: c.end}, Flow{})
			far.Write([]byte("12345"))
			if n, err := conn.Read(room); n != 3 || err != nil {
				t.Errorf("the read: %d, %v, expected 3 bytes", n, err)
			}
			conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			if n, err := conn.Read(room); n != 0 || !errors.Is(err, c.read) {
				t.Errorf("the next read: %d, %v, expected %v", n, err, c.read)
			}
		})
	}
}

// The times of a flow are exact, and a deadline or Close ends each wait.
func TestTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		conn := Wrap(near, Flow{Piece: 1, Pause: time.Second, Latency: time.Minute}, Flow{Piece: 2, Pause: time.Second})
		go far.Write([]byte("12"))
		begin := time.Now()
		room := make([]byte, 10)
		for range 2 {
			if n, err := conn.Read(room); n != 1 || err != nil {
				t.Errorf("read %d, %v, expected 1 byte", n, err)
			}
		}
		if took := time.Since(begin); took != 2*61*time.Second {
			t.Errorf("two reads took %v, expected 2m2s", took)
		}
		go io.ReadFull(far, make([]byte, 5))
		begin = time.Now()
		if n, err := conn.Write([]byte("12345")); n != 5 || err != nil || time.Since(begin) != 3*time.Second {
			t.Errorf("wrote %d, %v in %v, expected 5 in three pieces, a second each", n, err, time.Since(begin))
		}
		conn.SetDeadline(time.Now().Add(time.Millisecond))
		if _, err := conn.Read(room); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("found %v behind the deadline", err)
		}
		conn.SetDeadline(time.Now().Add(-time.Millisecond))
		if _, err := conn.Write(room); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("found %v behind the deadline", err)
		}
		conn.SetDeadline(time.Time{})
		go conn.Close()
		if _, err := conn.Read(room); !errors.Is(err, net.ErrClosed) {
			t.Errorf("found %v on a closed connection", err)
		}
	})
}

// The same seed cuts the same pieces, another one others.
func TestSeed(t *testing.T) {
	cut := func(seed uint64) (pieces []int) {
		m := newMeter(Flow{Piece: 100, Seed: seed})
		for range 50 {
			pieces = append(pieces, m.room(1000))
		}
		return pieces
	}
	first, again, other := cut(1), cut(1), cut(2)
	same, different := true, false
	for i, n := range first {
		same = same && n == again[i]
		different = different || n != other[i]
		if n < 1 || n > 100 {
			t.Errorf("a piece of %d bytes, expected 1 to 100", n)
		}
	}
	if !same || !different {
		t.Errorf("seed 1 gave %v and %v, seed 2 %v", first, again, other)
	}
}

func TestListener(t *testing.T) {
	under, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer under.Close()
	listener := &Listener{
		Listener: under,
		Fail: func(n int) error {
			if n == 1 {
				return AcceptError(syscall.EMFILE)
			}
			return nil
		},
		Wrap: func(conn net.Conn) net.Conn { return Wrap(conn, Flow{}, Flow{End: Fail}) },
	}
	_, err = listener.Accept()
	if temporary, ok := err.(interface{ Temporary() bool }); !errors.Is(err, syscall.EMFILE) || !ok || !temporary.Temporary() {
		t.Errorf("the first Accept: %v, expected EMFILE, which is temporary", err)
	}
	client, err := net.Dial("tcp", under.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(bytes.Repeat([]byte("x"), 10)); !errors.Is(err, syscall.EIO) {
		t.Errorf("the connection is not wrapped: %v", err)
	}
	if listener.Calls() != 2 {
		t.Errorf("%d calls, expected 2", listener.Calls())
	}
}

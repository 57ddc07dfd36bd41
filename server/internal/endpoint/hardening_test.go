package endpoint

import (
	"bytes"
	"io"
	"math"
	"net"
	"runtime"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// A message may have any number of fragments, and they cost nothing but what is
// in them: a million of them, empty or of one byte, take no more memory than a
// thousand. (The race detector makes do with a tenth.)
//
// Defence: size-fragments, size-fragment-memory
// Bad input: 7
func TestFragmentsCostNothing(t *testing.T) {
	for way, wrap := range ways {
		t.Run(way, func(t *testing.T) {
			s := startServer(t, DefaultLimits(), Echo(16<<20), wrap)
			p := s.dial(t)
			p.Write(p.Fragments(protocol.OpcodeText, bytes.Repeat([]byte("a"), 65_536), 1)) // and an empty last one
			p.ExpectFrame(protocol.OpcodeText, bytes.Repeat([]byte("a"), 65_536))

			thousand := append(bytes.Repeat(unhex(t, "0081 K 61"), 500), bytes.Repeat(unhex(t, "0080 K"), 500)...)
			p.Write(append(unhex(t, "0180 K"), thousand...))
			waitBytes(t, s, uint64(65_537*6+65_536+6+len(thousand)))
			rounds := 1000
			if raceDetector {
				rounds = 100
			}
			before := heap()
			for range rounds {
				p.Write(thousand)
			}
			waitBytes(t, s, uint64(65_537*6+65_536+6+(rounds+1)*len(thousand)))
			// Half a million bytes were kept, in room that grows by doubling.
			if grown := heap() - before; grown > 1<<20+rounds<<10 {
				t.Errorf("%d fragments with half as many bytes in them cost %d bytes", rounds*1000, grown)
			}
			p.Write(unhex(t, "8080 K"))
			p.ExpectFrame(protocol.OpcodeText, bytes.Repeat([]byte("a"), 500*(rounds+1)))
			p.CloseClean()
		})
	}
}

// waitBytes waits until so many bytes have come in.
func waitBytes(t *testing.T, s *testServer, n uint64) {
	t.Helper()
	waitFor(t, "bytes to come in", func() bool { return s.endpoint.Totals().BytesIn >= n })
}

// An idle connection holds on to nothing: neither the buffers that Hijack returns
// nor one of its own, before its first message and after many. What is counted
// here has the client's end in it.
//
// Defence: memory-idle, memory-used, memory-hijack
func TestIdleConnectionsAreSmall(t *testing.T) {
	const connections = 1000
	for way, wrap := range ways {
		t.Run(way, func(t *testing.T) {
			most := 4096
			if runtime.GOOS == "linux" {
				most = 2048
			}
			if wrap != nil || way == waiters {
				most = 8192 // somebody has to wait, and with a buffer where there is no descriptor
			}
			if raceDetector {
				most *= 2
			}
			limits := DefaultLimits()
			limits.Ping, limits.FirstFrame = time.Hour, time.Hour
			s := startServer(t, limits, Echo(1<<20), wrap)
			request := []byte(testpeer.Request(s.address, "/"))
			room := make([]byte, 64<<10)
			var clients []net.Conn
			connect := func(n int) {
				for range n {
					c, err := net.Dial("tcp", s.address)
					if err != nil {
						t.Fatal(err)
					}
					clients = append(clients, c)
					c.Write(request)
					c.SetReadDeadline(time.Now().Add(testpeer.Patience))
					if n, err := c.Read(room); err != nil || !bytes.HasSuffix(room[:n], []byte("\r\n\r\n")) {
						t.Fatalf("found %q, %v", room[:n], err)
					}
				}
			}
			defer func() {
				for _, c := range clients {
					c.Close()
				}
			}()
			connect(50)
			before := memory()
			connect(connections)
			if each := (memory() - before) / connections; each > most {
				t.Errorf("an idle connection takes %d bytes, expected at most %d", each, most)
			}
			message := append(unhex(t, "82fe2000 K"), make([]byte, 0x2000)...)
			for _, c := range clients {
				c.SetReadDeadline(time.Now().Add(testpeer.Patience))
				for range 3 {
					c.SetReadDeadline(time.Now().Add(testpeer.Patience))
					c.Write(message)
					if _, err := io.ReadFull(c, room[:len(message)-4]); err != nil {
						t.Fatal(err)
					}
				}
			}
			if each := (memory() - before) / connections; each > most {
				t.Errorf("a connection that is idle again takes %d bytes, expected at most %d", each, most)
			}
		})
	}
}

// memory returns the bytes of heap and stacks that are in use once everything has
// settled.
func memory() int {
	least := math.MaxInt
	for range 5 {
		time.Sleep(20 * time.Millisecond)
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		least = min(least, int(stats.HeapAlloc+stats.StackInuse))
	}
	return least
}

// A peer that reads nothing is served no further than the small buffer of its
// socket goes, and nothing more is read from it: answers pile up neither in the
// kernel nor here. When the write deadline is over, the connection is gone.
//
// Defence: slow-reader, slow-buffer, size-output, time-write
// Bad input: 21
func TestSlowReader(t *testing.T) {
	const most = 1 << 20
	for way, wrap := range ways {
		t.Run(way, func(t *testing.T) {
			limits := DefaultLimits()
			limits.Write = time.Second
			var set []int
			s := startServer(t, limits, Echo(1<<20), func(tcp net.Conn) net.Conn {
				if wrap == nil {
					return tcp
				}
				return sizedConn{wrap(tcp).(halfOpaqueConn), &set}
			})
			p := s.dial(t)
			// The peer's own side takes little as well.
			if err := p.TCP.(*net.TCPConn).SetReadBuffer(16 << 10); err != nil {
				t.Fatal(err)
			}
			before := heap()
			begin := time.Now()
			p.Forever(p.Encode("binary repeat(00,16000)")[0])
			if lasted := time.Since(begin); lasted < limits.Write || lasted > testpeer.Patience {
				t.Errorf("the connection was ended after %v, expected %v", lasted, limits.Write)
			}
			if grown := heap() - before; grown > 2<<20 {
				t.Errorf("the heap has grown by %d bytes", grown)
			}
			waitLive(t, s, 0)
			if out := s.endpoint.Totals().BytesOut; out == 0 || out > most {
				t.Errorf("%d bytes went out to who does not read, expected at most %d", out, most)
			}
			if wrap != nil && (len(set) != 1 || set[0] != 65_536) {
				t.Errorf("the write buffer was set to %v, expected 65536", set)
			}
		})
	}
}

// sizedConn sees the size of the write buffer.
type sizedConn struct {
	halfOpaqueConn
	set *[]int
}

func (c sizedConn) SetWriteBuffer(n int) error {
	*c.set = append(*c.set, n)
	return c.Conn.(*net.TCPConn).SetWriteBuffer(n)
}

package peer

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// A message's round trip in memory: a masked binary frame is read from a
// connection that is memory, and sent back to it. Whatever the library does between
// the two is in the figure, system calls are not.

// Frame is a masked binary frame with so many bytes of payload data.
func Frame(size int) []byte {
	frame := []byte{0x82}
	switch {
	case size < 126:
		frame = append(frame, 0x80|byte(size))
	case size < 1<<16:
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(size))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 0x80|127), uint64(size))
	}
	frame = append(frame, Key[:]...)
	for i := range size {
		frame = append(frame, byte(i)^Key[i&3])
	}
	return frame
}

// MessageCount is how many messages a run has.
func MessageCount(size int) int { return max(200, min(20_000, 16<<20/size)) }

// Messages measures Handler.
func Messages(handler func(Take) http.Handler) Function {
	return Function{Make: func(argument string) (func(), int) {
		size, err := strconv.Atoi(argument)
		if err != nil {
			return nil, 0
		}
		frame, count := Frame(size), MessageCount(size)
		h := handler(Echo)
		return func() {
			m := &Memory{Repeat: frame, Times: count}
			m.Upgrade(h)
			if m.Written < size*count {
				panic("messages were lost")
			}
		}, count
	}}
}

// Memory is a connection that is memory: what can be read is Input, or Repeat so
// many Times, and then the end.
type Memory struct {
	Input  []byte
	Repeat []byte
	Times  int
	// Output is what was written, if Keep; Written how many bytes that is.
	Keep    bool
	Output  []byte
	Written int
	Closed  chan struct{}

	mu sync.Mutex // some clients write and read at the same time
}

func (m *Memory) Read(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for n < len(p) {
		if len(m.Input) == 0 {
			if m.Times == 0 {
				break
			}
			m.Times--
			m.Input = m.Repeat
		}
		k := copy(p[n:], m.Input)
		m.Input = m.Input[k:]
		n += k
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (m *Memory) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Written += len(p)
	if m.Keep {
		m.Output = append(m.Output, p...)
	}
	return len(p), nil
}

// Close tells whoever waits in Upgrade.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Closed != nil {
		select {
		case <-m.Closed:
		default:
			close(m.Closed)
		}
	}
	return nil
}

func (m *Memory) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }
func (m *Memory) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 50000} }
func (m *Memory) SetDeadline(time.Time) error      { return nil }
func (m *Memory) SetReadDeadline(time.Time) error  { return nil }
func (m *Memory) SetWriteDeadline(time.Time) error { return nil }

// Upgrade lets a handler upgrade a request that came on the connection, and
// returns when the handler has ended and the connection is closed.
func (m *Memory) Upgrade(h http.Handler) {
	m.Closed = make(chan struct{})
	w := &hijackable{memory: m, header: http.Header{}}
	h.ServeHTTP(w, &http.Request{
		Method: "GET", URL: &url.URL{Path: "/echo"}, RequestURI: "/echo",
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: "127.0.0.1",
		Header: http.Header{
			"Upgrade": {"websocket"}, "Connection": {"Upgrade"}, "Sec-Websocket-Version": {"13"},
			"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, "Origin": {"http://127.0.0.1"},
		},
		RemoteAddr: m.RemoteAddr().String(),
	})
	<-m.Closed
}

// hijackable is a ResponseWriter as net/http has it: buffers of 4 KiB.
type hijackable struct {
	memory *Memory
	header http.Header
}

func (h *hijackable) Header() http.Header { return h.header }
func (h *hijackable) WriteHeader(code int) {
	if code != http.StatusSwitchingProtocols {
		h.memory.Close()
	}
}
func (h *hijackable) Write(p []byte) (int, error) {
	return 0, errors.New("the connection is taken over")
}
func (h *hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.memory, bufio.NewReadWriter(bufio.NewReader(h.memory), bufio.NewWriter(h.memory)), nil
}

package peers

import (
	"bufio"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"framecraft/protocol"
)

const (
	messageSize  = 128 << 10
	connections  = 4
	rounds       = 7
	distinct     = 8 // messages, sent in a ring
	clientOffers = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
)

// payload is a kind of message.
type payload struct {
	name string
	// perTurn is how many messages a server's turn has: half a second of CPU time.
	perTurn int
	opcode  protocol.Opcode
	add     func([]byte, *rand.Rand) []byte
}

var payloads = []payload{
	{"json", 1000, protocol.OpcodeText, func(b []byte, random *rand.Rand) []byte {
		names := [...]string{"Anna", "Bernd", "Clara", "Dieter", "Emil", "Frieda", "Gustav", "Hanna"}
		return fmt.Appendf(b, "{\"id\": %d, \"name\": %q, \"balance\": \"%.2f\", \"active\": %v, \"friends\": [%q, %q], \"at\": [%.6f, %.6f]},\n",
			random.IntN(1e6), names[random.IntN(8)], random.Float64()*1e4, random.IntN(2) == 0,
			names[random.IntN(8)], names[random.IntN(8)], random.Float64()*90, random.Float64()*180)
	}},
	{"prose", 1000, protocol.OpcodeText, func(b []byte, random *rand.Rand) []byte {
		words := [...]string{"und", "der", "die", "das", "nicht", "aber", "Haus", "Wald", "ging", "kam", "sagte", "alte", "Mann",
			"Frau", "über", "Fluß", "Nacht", "als", "ob", "wollte", "ein", "eine", "Herz", "dann", "noch", "schöne", "Königin"}
		return append(append(b, words[random.IntN(len(words))]...), " \n"[random.IntN(12)/11])
	}},
	{"incompressible", 6000, protocol.OpcodeBinary, func(b []byte, random *rand.Rand) []byte {
		return append(b, byte(random.Uint32()))
	}},
}

// frames are some messages of a kind, as they are and as frames of a client.
func (p payload) frames() (messages, frames [][]byte) {
	random := rand.New(rand.NewPCG(1, 2))
	for range distinct {
		var message []byte
		for len(message) < messageSize {
			message = p.add(message, random)
		}
		message = message[:messageSize]
		if p.opcode == protocol.OpcodeText {
			message = bytes.ToValidUTF8(message, nil) // the cut may go through a character
		}
		var packed bytes.Buffer
		w, _ := flate.NewWriter(&packed, flate.DefaultCompression)
		w.Write(message)
		w.Flush()
		data := bytes.TrimSuffix(packed.Bytes(), []byte{0, 0, 0xff, 0xff})
		h := protocol.Header{
			Flags:         protocol.FIN.WithOpcode(p.opcode) | protocol.RSV1 | protocol.MASK,
			MaskingKey:    protocol.MaskingKey(random.Uint32()),
			PayloadLength: uint64(len(data)),
		}
		frame := h.AppendTo(nil)
		frame = append(frame, data...)
		protocol.Mask(frame[len(frame)-len(data):], h.MaskingKey, 0)
		messages, frames = append(messages, message), append(frames, frame)
	}
	return messages, frames
}

// client is a connection to a server.
type client struct {
	tcp    net.Conn
	reader *bufio.Reader
}

func dial(t testing.TB, address string) *client {
	t.Helper()
	tcp, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{tcp, bufio.NewReaderSize(tcp, 64<<10)}
	fmt.Fprintf(tcp, "GET /echo HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: %s\r\n\r\n", address, clientOffers)
	var head strings.Builder
	for !strings.HasSuffix(head.String(), "\r\n\r\n") {
		line, err := c.reader.ReadString('\n')
		if err != nil {
			t.Fatalf("%v behind %q", err, head.String())
		}
		head.WriteString(line)
	}
	if !strings.HasPrefix(head.String(), "HTTP/1.1 101 ") || !strings.Contains(head.String(), "\r\nSec-WebSocket-Extensions: "+clientOffers+"\r\n") {
		t.Fatalf("the handshake is answered with %q", head.String())
	}
	return c
}

// next reads a frame.
func (c *client) next(room []byte) (protocol.Header, []byte, error) {
	var h protocol.Header
	for n := 2; ; n++ {
		start, err := c.reader.Peek(n)
		if err != nil {
			return h, nil, err
		}
		if parsed, length, err := protocol.ParseHeader(start); err == nil {
			h = parsed
			_, err = c.reader.Discard(length)
			if err != nil {
				return h, nil, err
			}
			break
		}
	}
	room = slices.Grow(room[:0], int(h.PayloadLength))[:h.PayloadLength]
	_, err := io.ReadFull(c.reader, room)
	return h, room, err
}

// echo sends the frames in a ring, one at a time, and returns how many bytes of
// payload came back. The first answers are held against the messages.
func (c *client) echo(messages, frames [][]byte, times int) (answered int, err error) {
	var room []byte
	z := protocol.NewInflater(protocol.InflateConfig{NoContextTakeover: true, Limit: 1 << 20})
	for n := range times {
		if _, err := c.tcp.Write(frames[n%len(frames)]); err != nil {
			return 0, err
		}
		h, data, err := c.next(room)
		if err != nil {
			return 0, err
		}
		room = data
		answered += len(data)
		if n >= len(frames) {
			continue
		}
		if h.Has(protocol.RSV1) {
			if data, err = z.Inflate(nil, data); err == nil {
				data, _, err = z.Finish(data)
			}
		}
		if err != nil || !bytes.Equal(data, messages[n]) {
			return 0, fmt.Errorf("message %d came back as %d bytes with %v", n, len(data), err)
		}
	}
	return answered, nil
}

// turn lets a server echo so many messages and returns the seconds of CPU time, and
// the size of an answer in relation to its message.
func (c contender) turn(t testing.TB, messages, frames [][]byte, times int) (seconds, size float64) {
	t.Helper()
	server := c.start(t)
	var group sync.WaitGroup
	var mu sync.Mutex
	answered := 0
	for range connections {
		client := dial(t, server.address)
		group.Go(func() {
			defer client.tcp.Close()
			n, err := client.echo(messages, frames, times/connections)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			mu.Lock()
			answered += n
			mu.Unlock()
		})
	}
	group.Wait()
	cpu := server.stop(t)
	return cpu.Seconds(), float64(answered) / float64(times*messageSize)
}

// alone is what a server's turn costs without any message: it starts, looks over
// what it has to serve, and ends. Ours has a page to look over, and that is no part
// of an echo.
func (c contender) alone(t testing.TB) float64 {
	t.Helper()
	var seconds []float64
	for range rounds {
		server := c.start(t)
		dial(t, server.address).tcp.Close()
		seconds = append(seconds, server.stop(t).Seconds())
	}
	return median(seconds)
}

func BenchmarkEchoDeflate(b *testing.B) {
	both := contenders(b)
	alone := [2]float64{both[0].alone(b), both[1].alone(b)}
	for _, p := range payloads {
		b.Run(p.name, func(b *testing.B) {
			messages, frames := p.frames()
			for b.Loop() {
				var seconds, sizes [2][]float64
				var ratios []float64
				for round := range rounds {
					for turn := range both {
						i := (round + turn) % 2 // who begins takes turns as well
						s, size := both[i].turn(b, messages, frames, p.perTurn)
						seconds[i], sizes[i] = append(seconds[i], (s-alone[i])*1000/float64(p.perTurn)), append(sizes[i], size)
					}
					ratios = append(ratios, seconds[0][round]/seconds[1][round])
				}
				for i, c := range both {
					b.ReportMetric(median(seconds[i]), c.name+"-CPU-s/1000")
					b.ReportMetric(100*median(sizes[i]), c.name+"-size-%")
				}
				ratio := median(ratios)
				b.ReportMetric(ratio, "ours/gws")
				if ratio > 1 {
					b.Errorf("ours takes %.2f times the CPU time of gws, expected at most as much; round by round %.2f", ratio, ratios)
				}
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	return values[len(values)/2]
}

// The benchmark's parts work: both servers start, echo and end.
func TestContenders(t *testing.T) {
	messages, frames := payloads[0].frames()
	for _, c := range contenders(t) {
		server := c.start(t)
		client := dial(t, server.address)
		n, err := client.echo(messages, frames, len(frames))
		if err != nil || n == 0 || n > messageSize*len(frames)/2 {
			t.Errorf("%s: %d bytes came back, %v", c.name, n, err)
		}
		client.tcp.Close()
		if cpu := server.stop(t); cpu <= 0 || cpu > time.Minute {
			t.Errorf("%s took %v", c.name, cpu)
		}
	}
}

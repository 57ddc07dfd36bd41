package peer

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
)

// To judge is to take bytes as they come from the other end, behind the handshake,
// and then the end of the stream, and to say what was made of them.

// Judgement is what a library made of a stream.
type Judgement struct {
	Messages []string // opcode, colon, payload in hex
	Output   []byte   // what it wrote
}

// String is one word for each message and one for the output.
func (j Judgement) String() string {
	return strings.Join(append(j.Messages, hex.EncodeToString(j.Output)), " ")
}

// ParseJudgement reads what String wrote.
func ParseJudgement(s string) (j Judgement, err error) {
	words := strings.Split(s, " ")
	if len(words) > 1 {
		j.Messages = words[:len(words)-1]
	}
	j.Output, err = hex.DecodeString(words[len(words)-1])
	return j, err
}

// judge lets the contender be a server or a client.
func (s *session) judge(role, stream string) (string, error) {
	input, err := hex.DecodeString(stream)
	if err != nil {
		return "", err
	}
	var mu sync.Mutex
	var j Judgement
	take := func(opcode byte, message []byte) []byte {
		mu.Lock()
		defer mu.Unlock()
		j.Messages = append(j.Messages, fmt.Sprintf("%d:%x", opcode, message))
		return nil
	}
	m := &Memory{Keep: true}
	switch {
	case role == "server" && s.peer.Handler != nil:
		m.Input = input
		m.Upgrade(s.peer.Handler(take))
	case role == "client" && s.peer.Client != nil:
		c := &shaking{Memory: m, behind: input, ready: make(chan struct{})}
		if err := s.peer.Client(c, take); err != nil {
			return "", err
		}
	default:
		return "", fmt.Errorf("it cannot be a %s", role)
	}
	mu.Lock()
	defer mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	j.Output = m.Output
	if bytes.HasPrefix(j.Output, []byte("HTTP/")) || bytes.HasPrefix(j.Output, []byte("GET ")) {
		_, j.Output, _ = bytes.Cut(j.Output, []byte("\r\n\r\n"))
	}
	return j.String(), nil
}

// shaking is a connection to a server that answers the handshake and then sends
// what it has.
type shaking struct {
	*Memory
	behind []byte
	ready  chan struct{}
}

func (c *shaking) Write(p []byte) (int, error) {
	n, err := c.Memory.Write(p)
	select {
	case <-c.ready:
		return n, err
	default:
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	head, _, whole := bytes.Cut(c.Output, []byte("\r\n\r\n"))
	if !whole {
		return n, err
	}
	var key string
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "Sec-WebSocket-Key") {
			key = strings.TrimSpace(value)
		}
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	c.Input = append([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "+
		base64.StdEncoding.EncodeToString(sum[:])+"\r\n\r\n"), c.behind...)
	close(c.ready)
	return n, err
}

// Read waits for the request: some clients read before they have written it.
func (c *shaking) Read(p []byte) (int, error) {
	<-c.ready
	return c.Memory.Read(p)
}

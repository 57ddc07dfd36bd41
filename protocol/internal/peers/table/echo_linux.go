package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"slices"
	"syscall"
	"time"

	"framecraft/protocol/internal/peers/peer"
)

// Echo over TCP: 64 connections, one goroutine and one epoll for all of them. A
// connection always has the same number of messages under way: as many answers as
// have come, so many messages follow.

const (
	echoConnections = 64
	sectionRate     = "Echo over TCP, 64 connections, messages a second"
	sectionCPU      = "Echo over TCP, 64 connections, server's CPU time a message, µs"
)

type load struct {
	label     string
	size      int
	atOnce    int
	rate, cpu *goal
}

var loads = []load{
	{"125 bytes, one at a time", 125, 1, nil, &goal{text: "no more than the best", holds: atMost(1)}},
	{"125 bytes, 32 in flight", 125, 32, &goal{text: "10 times the best", holds: atLeast(10)}, nil},
	{"64 KiB, one at a time", 64 << 10, 1, &goal{text: "at least the best", holds: atLeast(1)}, nil},
}

// frames is a message as the client sends it and as it has to come back.
func (l load) frames(name string) (out, in []byte) {
	frame := peer.Frame(l.size)
	if name == floor {
		return frame, frame
	}
	var answer []byte
	switch {
	case l.size < 126:
		answer = []byte{0x82, byte(l.size)}
	case l.size < 1<<16:
		answer = binary.BigEndian.AppendUint16([]byte{0x82, 126}, uint16(l.size))
	default:
		answer = binary.BigEndian.AppendUint64([]byte{0x82, 127}, uint64(l.size))
	}
	for i := range l.size {
		answer = append(answer, byte(i))
	}
	return frame, answer
}

// client is 64 connections to a server.
type client struct {
	poll    int
	sockets []*socket
	file    *os.File
}

func (c *client) close() {
	for _, s := range c.sockets {
		syscall.Close(s.fd)
	}
	syscall.Close(c.poll)
	if c.file != nil {
		c.file.Close()
	}
}

// connect opens the connections and sends as many messages on each as there will
// be under way, to see that the server does what it should.
func connect(address, name string, l load) (*client, error) {
	poll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	c := &client{poll: poll}
	frame, answer := l.frames(name)
	frames := bytes.Repeat(frame, l.atOnce+1) // beginning anywhere within the first
	if len(frame) > 32<<10 {
		// Sent from a file, large frames need not be copied.
		if c.file, err = fileWith(frames); err != nil {
			return c, err
		}
	}
	for range echoConnections {
		fd, err := dial(address)
		if err != nil {
			return c, err
		}
		s := &socket{fd: fd, frames: frames, length: len(frame), answer: answer}
		c.sockets = append(c.sockets, s)
		if err := shake(fd, address); err != nil {
			return c, err
		}
		if c.file != nil {
			s.file = int(c.file.Fd())
		}
		if err := s.exchange(l.atOnce, 10*time.Second); err != nil {
			return c, err
		}
	}
	for i, s := range c.sockets {
		event := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLOUT | edge, Fd: int32(i)}
		if err := syscall.EpollCtl(poll, syscall.EPOLL_CTL_ADD, s.fd, &event); err != nil {
			return c, err
		}
	}
	return c, nil
}

const edge = 1 << 31 // EPOLLET, which package syscall has as a negative number

// shake does the handshake of one connection, and waits for it.
func shake(fd int, address string) error {
	if _, err := syscall.Write(fd, request(address)); err != nil {
		return err
	}
	head := make([]byte, 0, 4096)
	for deadline := time.Now().Add(10 * time.Second); !bytes.HasSuffix(head, []byte("\r\n\r\n")); {
		n, err := syscall.Read(fd, head[len(head):cap(head)])
		if n > 0 {
			head = head[:len(head)+n]
			continue
		}
		if err == nil || !again(err) || time.Now().After(deadline) {
			return fmt.Errorf("%w: %q, %v", errHandshake, head, err)
		}
		time.Sleep(50 * time.Microsecond)
	}
	return shaken(head)
}

// run keeps all connections busy for a time and returns how many messages came back
// until nothing was under way any more.
func (c *client) run(limit time.Duration, atOnce int) (int, error) {
	for _, s := range c.sockets {
		s.ask(atOnce)
		if err := s.put(); err != nil {
			return 0, err
		}
	}
	total, outstanding, ending := 0, len(c.sockets)*atOnce, false
	var events [echoConnections]syscall.EpollEvent
	for deadline := time.Now().Add(limit); outstanding > 0; {
		n, err := syscall.EpollWait(c.poll, events[:], 1000)
		if err != nil && !again(err) {
			return 0, err
		}
		now := time.Now()
		ending = !now.Before(deadline)
		if now.After(deadline.Add(20 * time.Second)) {
			return 0, fmt.Errorf("%d answers do not come", outstanding)
		}
		for _, event := range events[:max(n, 0)] {
			s := c.sockets[event.Fd]
			for more := true; more; {
				if err := s.put(); err != nil {
					return 0, err
				}
				var answers int
				if answers, more, err = s.drop(); err != nil {
					return 0, err
				}
				total += answers
				if ending {
					outstanding -= answers
				} else if answers > 0 {
					s.ask(answers)
					if err := s.put(); err != nil {
						return 0, err
					}
				}
			}
		}
	}
	return total, nil
}

// runEcho lets every contender's server echo.
func runEcho(o options) ([]*row, error) {
	servers := map[string]*server{}
	for _, c := range present() {
		s, err := c.serve("echo")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		servers[c.name] = s
	}
	rates, cpus := make([]*row, len(loads)), make([]*row, len(loads))
	for i, l := range loads {
		rates[i] = &row{section: sectionRate, label: l.label, more: true, goal: l.rate}
		cpus[i] = &row{section: sectionCPU, label: l.label, goal: l.cpu}
	}
	list := present()
	for round := range o.rounds {
		for i, l := range loads {
			for at := range list {
				name := list[(at+round)%len(list)].name
				rate, cpu, err := echoTurn(servers[name], name, l, o.turn)
				if err != nil {
					return nil, fmt.Errorf("%s, %s: %w", name, l.label, err)
				}
				rates[i].add(name, rate)
				cpus[i].add(name, cpu)
			}
		}
	}
	for name, s := range servers {
		if err := s.stop(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(clientBusy)) {
		if busy := clientBusy[name]; busy > .9 {
			warn("%s: the client needed %.0f %% of its core, so the rate may be the client's", name, 100*busy)
		}
	}
	return append(rates, cpus...), nil
}

// echoTurn returns messages a second and microseconds of CPU time a message.
func echoTurn(s *server, name string, l load, limit time.Duration) (rate, cpu float64, err error) {
	c, err := connect(s.address, name, l)
	if c != nil {
		defer c.close()
	}
	if err != nil {
		return 0, 0, err
	}
	if _, err := c.run(limit/8, l.atOnce); err != nil { // to get warm
		return 0, 0, err
	}
	pid := s.command.Process.Pid
	before, err := processTime(pid)
	if err != nil {
		return 0, 0, err
	}
	own, _ := processTime(os.Getpid())
	started := time.Now()
	messages, err := c.run(limit, l.atOnce)
	took := time.Since(started)
	if err != nil {
		return 0, 0, err
	}
	after, err := processTime(pid)
	if err != nil {
		return 0, 0, err
	}
	ownAfter, _ := processTime(os.Getpid())
	clientBusy[name+", "+l.label] = float64(ownAfter-own) / float64(took)
	for _, socket := range c.sockets {
		if err := socket.exchange(l.atOnce, 10*time.Second); err != nil {
			return 0, 0, err
		}
	}
	return float64(messages) / took.Seconds(), float64((after - before).Microseconds()) / float64(messages), nil
}

// clientBusy is how much of its core the client needed, in the last round. Where it
// is near one, the rate is the client's and not the server's.
var clientBusy = map[string]float64{}

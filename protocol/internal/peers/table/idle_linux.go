package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Idle connections: what each weighs in the server's process, and what it took to
// get it. The connections are opened 64 at a time, each with a handshake of its own.

const (
	sectionIdle    = "Idle connections, the server's memory for each, bytes"
	sectionConnect = "Connecting, handshakes a second and CPU time for each"
	atOnce         = 64
	warm           = 100 // connections that bring a server's own memory to where it stays
)

// idleConnections are 10,000, or as many as the descriptors allow.
func idleConnections() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return 500
	}
	limit.Cur = limit.Max
	// The limit that there is will do as well, with fewer connections.
	_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
	_ = syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit)
	return int(min(10_000, max(500, limit.Cur-1000)))
}

// runIdle lets every contender hold connections.
func runIdle(o options) ([]*row, error) {
	count := idleConnections()
	if o.short {
		count = min(count, 2000)
	}
	// Numbers of bytes go by 1000 here, as they do in the goal.
	resident := &row{section: sectionIdle, label: fmt.Sprintf("resident, %d connections", count),
		goal: &goal{text: "at most 4000, of us", absolute: true, holds: atMost(4000)}}
	heap := &row{section: sectionIdle, label: "of that, Go's heap"}
	stacks := &row{section: sectionIdle, label: "of that, Go's stacks"}
	used := &row{section: sectionIdle, label: "resident, after a message each"}
	rate := &row{section: sectionConnect, label: "handshakes a second", more: true}
	cpu := &row{section: sectionConnect, label: "server's CPU time, µs"}
	list := present()
	for round := range max(1, min(3, o.rounds)) {
		for at := range list {
			c := list[(at+round)%len(list)]
			got, err := idleTurn(c, count)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			each := func(after, before float64) float64 { return (after - before) / float64(count) }
			resident.add(c.name, each(got.fresh.resident, got.before.resident))
			heap.add(c.name, each(got.fresh.heap, got.before.heap))
			stacks.add(c.name, each(got.fresh.stacks, got.before.stacks))
			used.add(c.name, each(got.used.resident, got.before.resident))
			rate.add(c.name, float64(count)/got.took.Seconds())
			cpu.add(c.name, float64(got.cpu.Microseconds())/float64(count))
		}
	}
	return []*row{resident, heap, stacks, used, rate, cpu}, nil
}

// idle is what a turn found.
type idle struct {
	before, fresh, used weight
	took, cpu           time.Duration
}

func idleTurn(c *contender, count int) (got idle, err error) {
	s, err := c.serve("idle")
	if err != nil {
		return got, err
	}
	h := &holder{server: s}
	defer func() {
		h.close()
		err = errors.Join(err, s.stop())
	}()
	if err := h.open(warm); err != nil {
		return got, err
	}
	if got.before, err = s.weigh(); err != nil {
		return got, err
	}
	pid := s.command.Process.Pid
	cpu, err := processTime(pid)
	if err != nil {
		return got, err
	}
	started := time.Now()
	if err := h.open(count); err != nil {
		return got, err
	}
	got.took = time.Since(started)
	after, err := processTime(pid)
	if err != nil {
		return got, err
	}
	got.cpu = after - cpu
	if got.fresh, err = s.weigh(); err != nil {
		return got, err
	}
	_, answer := load{size: 6}.frames(c.name)
	frame, _ := load{size: 6}.frames(floor)
	var sockets []*socket
	for _, fd := range h.fds {
		one := &socket{fd: fd, frames: frame, length: len(frame), answer: answer}
		one.ask(1)
		if err := one.put(); err != nil {
			return got, err
		}
		sockets = append(sockets, one)
	}
	for _, one := range sockets {
		if err := one.check(1, 20*time.Second); err != nil {
			return got, err
		}
	}
	got.used, err = s.weigh()
	return got, err
}

// holder holds connections to a server.
type holder struct {
	server *server
	fds    []int
}

func (h *holder) close() {
	for _, fd := range h.fds {
		syscall.Close(fd)
	}
}

// open opens connections, some of them at a time, and returns when all handshakes
// have been answered.
func (h *holder) open(count int) error {
	poll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	defer syscall.Close(poll)
	ask := request(h.server.address)
	heads := map[int32][]byte{}
	var events [atOnce]syscall.EpollEvent
	for opened, lastAnswer := 0, time.Now(); opened < count || len(heads) > 0; {
		for ; opened < count && len(heads) < atOnce; opened++ {
			fd, err := dial(h.server.address)
			if err != nil {
				return fmt.Errorf("connection %d: %w", len(h.fds), err)
			}
			h.fds = append(h.fds, fd)
			if _, err := syscall.Write(fd, ask); err != nil {
				return err
			}
			heads[int32(fd)] = nil
			event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}
			if err := syscall.EpollCtl(poll, syscall.EPOLL_CTL_ADD, fd, &event); err != nil {
				return err
			}
		}
		n, err := syscall.EpollWait(poll, events[:], 1000)
		if err != nil && !again(err) {
			return err
		}
		if n <= 0 && time.Since(lastAnswer) > 20*time.Second {
			return fmt.Errorf("%d handshakes are not answered", len(heads))
		}
		for _, event := range events[:max(n, 0)] {
			lastAnswer = time.Now()
			m, err := syscall.Read(int(event.Fd), room[:4096])
			if err != nil && again(err) {
				continue
			}
			if m <= 0 {
				return fmt.Errorf("%w: %q, %v", errHandshake, heads[event.Fd], err)
			}
			head := append(heads[event.Fd], room[:m]...)
			heads[event.Fd] = head
			if !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
				continue
			}
			if err := shaken(head); err != nil {
				return err
			}
			delete(heads, event.Fd)
			if err := syscall.EpollCtl(poll, syscall.EPOLL_CTL_DEL, int(event.Fd), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

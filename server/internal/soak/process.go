package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// server is the process that is soaked.
type server struct {
	address string
	cookie  string
	command *exec.Cmd
	home    string
	ask     io.WriteCloser
	answers *bufio.Reader

	ended chan struct{}
	err   error // of the process, once ended is closed

	mu   sync.Mutex
	tail []string // the last lines of its log
}

var listening = regexp.MustCompile(`url=http://([^/ ]+)/`)

// startServer starts the program on a free port, without the limits that hold
// for one visitor, and loads the page.
func startServer(program string) (_ *server, err error) {
	s := &server{ended: make(chan struct{})}
	if s.home, err = os.MkdirTemp("", "soak-*"); err != nil {
		return nil, err
	}
	s.command = exec.Command(program, "serve", "-addr", "127.0.0.1:0", "-keys", filepath.Join(s.home, "keys"), "-ping", "5s",
		"-max-handshakes", "0", "-max-address", "0", "-max-session", "0", "-max-plays", "0")
	s.command.Env = append(os.Environ(), servesVariable+"=1")
	stderr, err := s.command.StderrPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.answers = bufio.NewReader(stdout)
	if s.ask, err = s.command.StdinPipe(); err != nil {
		return nil, err
	}
	if err := s.command.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.home))
	}
	found := make(chan string, 1)
	go func() {
		defer close(s.ended)
		s.read(stderr, found)
		s.err = s.command.Wait()
	}()
	if err := s.greet(found); err != nil {
		s.kill()
		return nil, err
	}
	return s, nil
}

// greet waits until the server listens, and loads the page.
func (s *server) greet(found <-chan string) error {
	select {
	case s.address = <-found:
	case <-s.ended:
		return fmt.Errorf("the server does not start: %w", s.failure())
	case <-time.After(10 * time.Second):
		return fmt.Errorf("the server does not listen: %w", s.failure())
	}
	answer, err := http.Get("http://" + s.address + "/")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	s.cookie, _, _ = strings.Cut(answer.Header.Get("Set-Cookie"), ";")
	if answer.StatusCode != http.StatusOK || s.cookie == "" {
		return fmt.Errorf("the page: found %s and the cookie %q; is it built?", answer.Status, s.cookie)
	}
	return nil
}

// read keeps the end of the log.
func (s *server) read(log io.Reader, found chan<- string) {
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if match := listening.FindStringSubmatch(lines.Text()); match != nil {
			select {
			case found <- match[1]:
			default:
			}
		}
		s.mu.Lock()
		s.tail = append(s.tail, lines.Text())
		s.tail = s.tail[max(0, len(s.tail)-10):]
		s.mu.Unlock()
	}
}

// failure says how the process ended and what it wrote last.
func (s *server) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.ended:
		return fmt.Errorf("%v; its log ends with\n%s", s.err, strings.Join(s.tail, "\n"))
	default:
		return fmt.Errorf("its log ends with\n%s", strings.Join(s.tail, "\n"))
	}
}

// stop ends the process as an operator does.
func (s *server) stop() error {
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stopping the server: %w", err)
	}
	select {
	case <-s.ended:
	case <-time.After(20 * time.Second):
		return fmt.Errorf("the server does not end: %w", s.failure())
	}
	if s.err != nil {
		return fmt.Errorf("the server ended with %w", s.failure())
	}
	return nil
}

func (s *server) kill() {
	_ = s.command.Process.Kill() // it may have ended
	<-s.ended
	_ = os.RemoveAll(s.home)
}

// sample is what can be said of the server at one moment.
type sample struct {
	at          time.Duration
	resident    int64 // bytes
	descriptors int64 // open
	goroutines  int64
	heap, free  int64         // bytes in use, and those that are not given back; at rest only
	cpu         time.Duration // that the server has used
}

func (a sample) String() string {
	text := fmt.Sprintf("%s resident, %d descriptors, %d goroutines", bytesText(a.resident), a.descriptors, a.goroutines)
	if a.heap > 0 {
		text += ", " + bytesText(a.heap) + " of heap in use, " + bytesText(a.free) + " free"
	}
	return text
}

// sample asks the server (see serve.go) and the system.
func (s *server) sample(at time.Duration, question string) (sample, error) {
	now := sample{at: at}
	if _, err := fmt.Fprintln(s.ask, question); err != nil {
		return now, fmt.Errorf("asking the server: %w; %w", err, s.failure())
	}
	if _, err := fmt.Fscanln(s.answers, &now.goroutines, &now.heap, &now.free); err != nil {
		return now, fmt.Errorf("the server's answer: %w; %w", err, s.failure())
	}
	proc := filepath.Join("/proc", strconv.Itoa(s.command.Process.Pid))
	statm, err := os.ReadFile(filepath.Join(proc, "statm"))
	if err != nil {
		return now, fmt.Errorf("soak needs a system with /proc: %w", err)
	}
	var size int64
	if _, err := fmt.Sscan(string(statm), &size, &now.resident); err != nil {
		return now, fmt.Errorf("%s/statm: %w", proc, err)
	}
	now.resident *= int64(os.Getpagesize())
	entries, err := os.ReadDir(filepath.Join(proc, "fd"))
	if err != nil {
		return now, err
	}
	now.descriptors = int64(len(entries))
	now.cpu, err = cpuOf(proc)
	return now, err
}

// cpuOf returns how long a process of the folder /proc has run.
func cpuOf(process string) (time.Duration, error) {
	stat, err := os.ReadFile(filepath.Join(process, "stat"))
	if err != nil {
		return 0, err
	}
	// Behind the name in parentheses: the state is field 3, the times in user and
	// system mode are 14 and 15, in hundredths of a second.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("%s/stat has %d fields behind the name, expected 13 or more", process, len(fields))
	}
	var user, system int64
	if _, err := fmt.Sscan(fields[14-3]+" "+fields[15-3], &user, &system); err != nil {
		return 0, fmt.Errorf("%s/stat: %w", process, err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond, nil
}

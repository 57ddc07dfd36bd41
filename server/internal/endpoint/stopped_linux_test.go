package endpoint

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// servesVariable in the environment makes a test the server that it stops.
const servesVariable = "FRAMECRAFT_TEST_SERVES"

// A process that was stopped in the middle of a write blames nobody: the peer has
// read meanwhile.
func TestStoppedWhileWriting(t *testing.T) {
	eachLink(t, func(t *testing.T) {
		if os.Getenv(servesVariable) != "" {
			limits := DefaultLimits()
			limits.Write = 500 * time.Millisecond
			s := startServer(t, limits, Echo(32<<20), nil)
			fmt.Println(s.address)
			_, _ = io.Copy(io.Discard, os.Stdin) // until the test has seen enough
			return
		}
		for range 3 {
			if err := stopWhileWriting(t); err != nil {
				t.Error(err)
			}
		}
	})
}

func stopWhileWriting(t *testing.T) error {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$")
	child.Env = append(os.Environ(), servesVariable+"=1")
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		in.Close()
		_, _ = io.Copy(io.Discard, out)
		_ = child.Wait()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	p := testpeer.Dial(t, strings.TrimSpace(line), "/")
	defer p.TCP.Close()
	frame := p.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeBinary), make([]byte, 16<<20))
	go p.TCP.Write(frame)
	room := make([]byte, 64<<10)
	came, err := io.ReadFull(p.TCP, room) // the answer has begun
	if err != nil {
		return err
	}
	time.Sleep(250 * time.Millisecond) // and waits for room
	if err := child.Process.Signal(unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(time.Second); time.Now().Before(until); {
		p.TCP.SetReadDeadline(until)
		n, _ := p.TCP.Read(room)
		came += n
	}
	if err := child.Process.Signal(unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	p.TCP.SetReadDeadline(time.Now().Add(testpeer.Patience))
	for expected := protocol.MaxHeaderLength - 4 + 16<<20; came < expected; {
		n, err := p.TCP.Read(room)
		came += n
		if err != nil {
			return fmt.Errorf("found %d bytes of %d and %w", came, expected, err)
		}
	}
	return nil
}

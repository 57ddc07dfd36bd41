package peers

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/lxzan/gws"
)

const gwsVariable = "FRAMECRAFT_PEERS_GWS"

func TestMain(m *testing.M) {
	if os.Getenv(gwsVariable) != "" {
		if err := serveGWS(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// gwsEcho echoes.
type gwsEcho struct{ gws.BuiltinEventHandler }

func (gwsEcho) OnMessage(c *gws.Conn, m *gws.Message) {
	defer m.Close()
	// An error ends the connection, which the client notices.
	_ = c.WriteMessage(m.Opcode, m.Bytes())
}

// serveGWS serves until its input ends. Its first line of output is its address.
func serveGWS() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	upgrader := gws.NewUpgrader(gwsEcho{}, &gws.ServerOption{
		CheckUtf8Enabled:   true,
		ReadMaxPayloadSize: 16 << 20,
		PermessageDeflate: gws.PermessageDeflate{
			Enabled: true, ServerMaxWindowBits: 15, ClientMaxWindowBits: 15,
		},
	})
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := upgrader.Upgrade(w, r); err == nil {
			go c.ReadLoop()
		}
	}))
	fmt.Println("http://" + listener.Addr().String() + "/")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// contender is a server that can be started.
type contender struct {
	name    string
	command func() *exec.Cmd
}

// contenders returns ours, built for this, and the other one.
func contenders(t testing.TB) [2]contender {
	dir := t.TempDir()
	ours := filepath.Join(dir, "framecraft")
	build := exec.Command("go", "build", "-o", ours, "./server")
	build.Dir = filepath.Join("..", "..", "..")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the server: %v\n%s", err, output)
	}
	keys := filepath.Join(dir, "keys")
	return [2]contender{
		{"ours", func() *exec.Cmd {
			return exec.Command(ours, "serve", "--addr", "127.0.0.1:0", "--keys", keys, "--max-address", "0", "--max-handshakes", "0")
		}},
		{"gws", func() *exec.Cmd {
			c := exec.Command(os.Args[0])
			c.Env = append(os.Environ(), gwsVariable+"=1")
			return c
		}},
	}
}

// running is a server's process.
type running struct {
	command *exec.Cmd
	input   io.Closer
	address string
}

var announced = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)/`)

// start starts a server and waits until it says where it listens.
func (c contender) start(t testing.TB) *running {
	t.Helper()
	r := &running{command: c.command()}
	// One says it on standard output, the other in its log.
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.command.Stdout, r.command.Stderr = writer, writer
	if r.input, err = r.command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := r.command.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	lines := bufio.NewScanner(reader)
	for r.address == "" && lines.Scan() {
		if match := announced.FindStringSubmatch(lines.Text()); match != nil {
			r.address = match[1]
		}
	}
	if r.address == "" {
		t.Fatalf("%s does not say where it listens", c.name)
	}
	go func() {
		for lines.Scan() { // so that nobody waits for the pipe
		}
		reader.Close()
	}()
	return r
}

// stop ends the server and returns the CPU time of its whole life.
func (r *running) stop(t testing.TB) time.Duration {
	t.Helper()
	r.input.Close()
	if r.command.Env == nil { // ours ends by a signal
		if err := r.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.command.Wait(); err != nil {
		t.Fatal(err)
	}
	return r.command.ProcessState.UserTime() + r.command.ProcessState.SystemTime()
}

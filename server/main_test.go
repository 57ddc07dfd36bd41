package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"framecraft/server/internal/testpeer"
)

// The program as its user starts it: built, run in a process of its own, and
// stopped by a signal.

var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "framecraft")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "framecraft")
	output, err := exec.Command("go", "build", "-o", name, ".").CombinedOutput()
	if err != nil {
		return "", &buildError{string(output), err}
	}
	return name, nil
})

type buildError struct {
	output string
	err    error
}

func (e *buildError) Error() string { return e.err.Error() + "\n" + e.output }

// TestMain lets the scripts call this test binary as the program.
func TestMain(m *testing.M) {
	testscript.Main(cleanRun{m}, map[string]func(){"framecraft": main})
}

// cleanRun removes what the tests built.
type cleanRun struct{ m *testing.M }

func (r cleanRun) Run() int {
	code := r.m.Run()
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if name, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(name))
	}
	return code
}

// program is a process of the server.
type program struct {
	command *exec.Cmd
	address string
	// said is the first line of the log, log the rest.
	said string
	log  *bufio.Reader
}

// command prepares a start in an empty home.
func command(t *testing.T, home string, environment []string, args ...string) *exec.Cmd {
	t.Helper()
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(name, args...)
	c.Env = append([]string{"HOME=" + home, "XDG_CONFIG_HOME=", "PATH=" + os.Getenv("PATH")}, environment...)
	return c
}

// start starts the server on a free port and waits until it listens.
func start(t *testing.T, home string, args ...string) *program {
	t.Helper()
	return startCommand(t, command(t, home, nil, append([]string{"-addr", "127.0.0.1:0"}, args...)...))
}

// startCommand starts a server and waits until it listens.
func startCommand(t *testing.T, c *exec.Cmd) *program {
	t.Helper()
	p := &program{command: c}
	stderr, err := p.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.command.Process.Kill() })
	p.log = bufio.NewReader(stderr)
	p.said, err = p.log.ReadString('\n')
	_, url, _ := strings.Cut(p.said, "url=")
	_, address, found := strings.Cut(url, "://")
	if !found {
		t.Fatalf("found %q, %v, expected a line that says where it listens", p.said, err)
	}
	p.address, _, _ = strings.Cut(address, "/")
	return p
}

// cookie loads the page and returns the cookie that comes with it.
func (p *program) cookie(t *testing.T) string {
	t.Helper()
	answer, err := http.Get("http://" + p.address + "/")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	cookie, _, _ := strings.Cut(answer.Header.Get("Set-Cookie"), ";")
	return cookie
}

// Defence: cookie-file, cookie-restart, shutdown-1001
func TestProgram(t *testing.T) {
	home := t.TempDir()
	p := start(t, home)
	answer, err := http.Get("http://" + p.address + "/")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("the page: %d %v; is it built?", answer.StatusCode, answer.Header)
	}
	cookie := p.cookie(t)
	socket := testpeer.Dial(t, p.address, "/socket", "Origin: http://"+p.address, "Cookie: "+cookie)
	socket.Send("binary hex:8180")
	if f, err := socket.Next(testpeer.Patience); err != nil || !strings.HasPrefix(string(f.Payload), `{"carrier":{"fin":1,`) {
		t.Errorf("found %v, %v, expected a reading", f, err)
	}
	echo := testpeer.Dial(t, p.address, "/echo")
	echo.Send(`text "Hello"`)
	echo.Expect(`text "Hello"`)

	if keys := filepath.Join(home, ".config", "framecraft", "keys"); runtime.GOOS == "linux" {
		if info, err := os.Stat(keys); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the key file: %v, %v, expected mode 0600", info, err)
		}
	}

	// A second one on the same port.
	output, err := command(t, home, nil, "-addr", p.address).CombinedOutput()
	if code := exitCode(err); code != 1 || bytes.Count(output, []byte("\n")) != 1 || !bytes.Contains(output, []byte(p.address+" is in use")) {
		t.Errorf("a port in use: exit %d, %q, expected 1 and one line", code, output)
	}

	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for _, peer := range []*testpeer.Peer{socket, echo} {
		for len(peer.In) < 4 {
			if err := peer.More(testpeer.Patience); err != nil {
				t.Fatal(err)
			}
		}
		if got := hex.EncodeToString(peer.In); got != "880203e9" {
			t.Errorf("found %s, expected 880203e9", got)
		}
		peer.In = nil
		peer.Send("close 1001")
		peer.ExpectEnd(time.Second)
		peer.TCP.Close()
	}
	rest, err := io.ReadAll(p.log)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Wait(); err != nil {
		t.Errorf("%v after SIGTERM, expected exit 0; the log:\n%s", err, rest)
	}

	// A restart keeps the session.
	p = start(t, home, "-origin", "http://framecraft.test")
	testpeer.Dial(t, p.address, "/socket", "Origin: http://framecraft.test", "Cookie: "+cookie).CloseClean()
}

func exitCode(err error) int {
	if exit, ok := err.(*exec.ExitError); ok {
		return exit.ExitCode()
	}
	return 0
}

// Defence: cookie-key-lengths
func TestProgramRefusesToStart(t *testing.T) {
	for _, c := range []struct {
		environment string // separated by spaces
		args        string
		code        int
		want        string
	}{
		{"FRAMECRAFT_BLOCK_KEY=" + strings.Repeat("0123456789abcdef", 4), "", 1, "FRAMECRAFT_HASH_KEY is missing"},
		{"FRAMECRAFT_HASH_KEY=00 FRAMECRAFT_BLOCK_KEY=" + strings.Repeat("0123456789abcdef", 4), "", 1, "FRAMECRAFT_HASH_KEY has 1 bytes, expected 64"},
		{"", "-addr nowhere", 1, "listening on nowhere"},
		{"", "-origin framecraft.test", 2, "origin \"framecraft.test\", expected http:// or https://"},
		{"", "-trust-proxy everybody", 2, "--trust-proxy: found \"everybody\", expected an address or a network"},
		{"", "-max-address -1", 2, "-max-address is -1, expected 0 or more"},
		{"", "-ping 0s", 2, "-ping is 0s, expected more than 0"},
		{"", "-nonsense", 2, "flag provided but not defined: -nonsense"},
		{"", "page", 2, "found \"page\", expected flags only"},
	} {
		args := append([]string{"-addr", "127.0.0.1:0"}, strings.Fields(c.args)...)
		output, err := command(t, t.TempDir(), strings.Fields(c.environment), args...).CombinedOutput()
		if code := exitCode(err); code != c.code || !strings.Contains(string(output), c.want) || strings.Count(string(output), "\n") != 1 {
			t.Errorf("%s %s: exit %d, %q, expected %d and one line with %q", c.environment, c.args, code, output, c.code, c.want)
		}
	}
	output, err := command(t, t.TempDir(), nil, "-help").CombinedOutput()
	if exitCode(err) != 0 || !strings.Contains(string(output), "-max-handshakes") {
		t.Errorf("-help: %v, %s", err, output)
	}
}

// Who may import whom: the server is built on protocol and static, and on
// nothing else of this module but its own.
func TestImports(t *testing.T) {
	output, err := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}}", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for path := range strings.FieldsSeq(string(output)) {
		root, _, _ := strings.Cut(path, "/")
		known := strings.HasPrefix(path, "framecraft/server") || path == "framecraft/protocol" || path == "framecraft/static" ||
			strings.HasPrefix(path, "github.com/go-chi/chi/v5") || path == "github.com/gorilla/securecookie" ||
			path == "github.com/alecthomas/kong" || path == "github.com/rivo/uniseg" ||
			path == "code.dny.dev/ssrf" || strings.HasPrefix(path, "github.com/klauspost/compress/") ||
			strings.HasPrefix(path, "github.com/prometheus/") || path == "github.com/beorn7/perks/quantile" ||
			path == "github.com/cespare/xxhash/v2" || path == "github.com/munnerz/goautoneg" ||
			strings.HasPrefix(path, "google.golang.org/protobuf/") ||
			path == "golang.org/x/term" || strings.HasPrefix(path, "golang.org/x/sys/")
		if !strings.Contains(root, ".") && root != "framecraft" {
			known = true // the standard library
		}
		if !known {
			t.Errorf("the server imports %s", path)
		}
		if path == "framecraft/server/internal/testpeer" || path == "testing" {
			t.Errorf("the server imports %s, which is for tests", path)
		}
	}
}

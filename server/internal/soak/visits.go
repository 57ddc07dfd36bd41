package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"framecraft/protocol"
)

// visit is something that visitors do, so often in a hundred times.
type visit struct {
	name  string
	often int
	do    func(v *visitor) error
}

// visits are what people and programs do on this server, with how often in a
// hundred. Whatever is wrong with an answer is an error, which ends the soak.
var visits = []visit{
	{"echo", 18, func(v *visitor) error { return v.echo(false, 1<<20) }},
	{"echo compressed", 14, func(v *visitor) error { return v.echo(true, 1<<18) }},
	{"echo of 16 MiB", 1, (*visitor).echoLargest},
	{"report", 16, (*visitor).reports},
	{"play", 10, (*visitor).play},
	{"page", 6, (*visitor).page},
	{"bad frames", 10, (*visitor).badFrames},
	{"bad request", 6, (*visitor).badRequest},
	{"reset", 8, (*visitor).reset},
	{"slow reader", 3, (*visitor).slowReader},
	{"idle", 4, (*visitor).idle},
	{"live", 4, (*visitor).watchLive},
}

// message returns text of 0 bytes to a limit; each power of two is as likely as
// any other.
func (v *visitor) message(limit int) []byte {
	size := v.random.IntN(1 + min(limit, 1<<v.random.IntN(22)))
	return bytes.Repeat([]byte(fmt.Sprintf("%08x and so on, ", v.random.Uint32())), 1+size/20)[:size]
}

func (v *visitor) echo(deflate bool, limit int) error {
	c, err := dial(v.server.address, "/echo", deflate)
	if err != nil {
		return err
	}
	defer c.tcp.Close()
	for range 1 + v.random.IntN(12) {
		message, size := v.message(limit), 0
		if v.random.IntN(3) == 0 {
			size = 1 + len(message)/(1+v.random.IntN(8))
		}
		if err := c.expectEcho(message, size); err != nil {
			return err
		}
	}
	return c.close()
}

// expectEcho sends while it reads: the answer may begin before the end is sent.
func (c *client) expectEcho(message []byte, size int) error {
	wire := c.frames(protocol.OpcodeText, message, size)
	sent := make(chan error, 1)
	go func() {
		c.tcp.SetWriteDeadline(time.Now().Add(patience))
		_, err := c.tcp.Write(wire)
		sent <- err
	}()
	got, err := c.next()
	if err != nil {
		c.tcp.Close()
		<-sent
		return fmt.Errorf("echo of %d bytes: %w", len(message), err)
	}
	if !bytes.Equal(got, message) {
		return fmt.Errorf("echo of %d bytes: found %d others", len(message), len(got))
	}
	return <-sent
}

func (v *visitor) echoLargest() error {
	c, err := dial(v.server.address, "/echo", false)
	if err != nil {
		return err
	}
	defer c.tcp.Close()
	if err := c.expectEcho(bytes.Repeat([]byte("0123456789abcdef"), 1<<20), 1<<18); err != nil {
		return err
	}
	return c.close()
}

// dialPage connects as the page does.
func (v *visitor) dialPage(target string) (*client, error) {
	return dial(v.server.address, target, false, "Origin: http://"+v.server.address, "Cookie: "+v.server.cookie)
}

func (v *visitor) reports() error {
	c, err := v.dialPage([]string{"/socket", "/socket?sender=server", "/socket?end=1"}[v.random.IntN(3)])
	if err != nil {
		return err
	}
	defer c.tcp.Close()
	for range 1 + v.random.IntN(8) {
		crafted := v.message(1 << 14)
		if v.random.IntN(2) == 0 {
			crafted = []byte("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\xc1\x83")
		}
		if err := c.write(c.frames(protocol.OpcodeBinary, crafted, 0)); err != nil {
			return err
		}
		report, err := c.next()
		if err != nil {
			return err
		}
		if !bytes.HasPrefix(report, []byte(`{"carrier":`)) {
			return fmt.Errorf("found %.60q, expected a reading", report)
		}
	}
	return c.close()
}

func (v *visitor) play() error {
	c, err := v.dialPage("/play")
	if err != nil {
		return err
	}
	defer c.tcp.Close()
	scenario := []string{
		"handshake\nexpect status 101\ntext \"Hello\"\nexpect text \"Hello\"\nclose 1000\nexpect close 1000\nexpect end",
		"handshake\nexpect status 101\ntext rsv1 \"Hello\"\nexpect close 1002",
		"handshake\nexpect status 101\nbinary repeat(ab,65536)\nexpect binary repeat(ab,65536)\nreset",
	}[v.random.IntN(3)]
	if err := c.write(c.frames(protocol.OpcodeText, []byte("play echo\n"+scenario), 0)); err != nil {
		return err
	}
	for {
		lines, err := c.next()
		if err != nil {
			return err
		}
		if bytes.Contains(lines, []byte("# refused")) {
			return fmt.Errorf("found %q", lines)
		}
		if bytes.Contains(lines, []byte("# done")) {
			break
		}
	}
	return c.close()
}

func (v *visitor) page() error {
	for _, path := range []string{"/", "/healthz", "/presets", "/echo/options", "/nothing"} {
		answer, err := http.Get("http://" + v.server.address + path)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if (answer.StatusCode == http.StatusOK) != (path != "/nothing") {
			return fmt.Errorf("%s: found %s", path, answer.Status)
		}
	}
	return nil
}

// badFrames sends anything and reads to the end, which must come.
func (v *visitor) badFrames() error {
	c, err := dial(v.server.address, "/echo", v.random.IntN(3) == 0)
	if err != nil {
		return err
	}
	defer c.tcp.Close()
	junk := make([]byte, 1+v.random.IntN(3000))
	for i := range junk {
		junk[i] = byte(v.random.Uint32())
	}
	if v.random.IntN(2) == 0 { // a frame that begins well
		junk = append([]byte{0x81, 0xfe, 0xff, 0xff}, junk...)
	}
	// The server may be gone before all of it is written.
	if c.write(junk) == nil {
		c.tcp.CloseWrite()
	}
	c.tcp.SetReadDeadline(time.Now().Add(patience))
	_, err = io.Copy(io.Discard, c.tcp)
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		return fmt.Errorf("junk and the end of TCP: the server goes on")
	}
	return nil
}

func (v *visitor) badRequest() error {
	tcp, err := net.DialTimeout("tcp", v.server.address, patience)
	if err != nil {
		return err
	}
	defer tcp.Close()
	tcp.SetDeadline(time.Now().Add(patience))
	request := []string{
		"GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n\r\n",
		"GET /socket HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/9.9\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("y", 20_000) + "\r\n\r\n",
	}[v.random.IntN(5)]
	io.WriteString(tcp, request) // it may be refused before its end
	answer, err := io.ReadAll(tcp)
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		return fmt.Errorf("a bad request: the server goes on after %q", answer)
	}
	return nil
}

// reset leaves in the middle of something.
func (v *visitor) reset() error {
	c, err := dial(v.server.address, "/echo", v.random.IntN(2) == 0)
	if err != nil {
		return err
	}
	wire := c.frames(protocol.OpcodeText, v.message(1<<18), 1+v.random.IntN(5000))
	err = c.write(wire[:1+v.random.IntN(len(wire))])
	c.reset()
	return err
}

// slowReader asks for more than it reads.
func (v *visitor) slowReader() error {
	c, err := dial(v.server.address, "/echo", false)
	if err != nil {
		return err
	}
	defer c.reset()
	wire := c.frames(protocol.OpcodeBinary, make([]byte, 1<<20), 0)
	c.tcp.SetReadBuffer(4 << 10)
	c.tcp.SetWriteDeadline(time.Now().Add(2 * time.Second))
	for range 8 {
		if _, err := c.tcp.Write(wire); err != nil {
			break // the server has stopped reading, as it should
		}
	}
	for range 20 {
		c.tcp.SetReadDeadline(time.Now().Add(patience))
		if _, err := c.tcp.Read(c.room); err != nil || v.resting.Load() || !v.sleep(100*time.Millisecond) {
			break // cut off, as it should be, or over
		}
	}
	return nil
}

// idle stays, answers pings, and says a word at its end.
func (v *visitor) idle() error {
	c, err := dial(v.server.address, "/echo", v.random.IntN(2) == 0)
	if err != nil {
		return err
	}
	defer c.tcp.Close()
	stay := time.Duration(1+v.random.IntN(15)) * time.Second
	words := make(chan error, 1)
	go func() {
		got, err := c.next()
		if err == nil && string(got) != "word" {
			err = fmt.Errorf("found %q, expected the word", got)
		}
		words <- err
	}()
	for begin := time.Now(); time.Since(begin) < stay && !v.resting.Load() && v.sleep(50*time.Millisecond); {
	}
	if err := c.write(c.frames(protocol.OpcodeText, []byte("word"), 0)); err != nil {
		return err
	}
	if err := <-words; err != nil {
		return err
	}
	return c.close()
}

// watchLive looks at the server's connections, lets it open a few more, and closes them.
func (v *visitor) watchLive() error {
	c, err := v.dialPage("/live")
	if err != nil {
		return err
	}
	defer c.tcp.Close()
	const some = 20
	for _, step := range []struct {
		command string
		open    int
	}{{fmt.Sprintf(`{"open": %d}`, some), some}, {`{"close": true}`, 0}} {
		if err := c.write(c.frames(protocol.OpcodeText, []byte(step.command), 0)); err != nil {
			return err
		}
		if err := c.untilOpen(step.open); err != nil {
			return fmt.Errorf("%s: %w", step.command, err)
		}
	}
	return c.close()
}

// untilOpen reads reports of /live up to the one that has so many connections of
// this page's.
func (c *client) untilOpen(n int) error {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		text, err := c.next()
		if err != nil {
			return err
		}
		var report struct {
			Refused string
			Opener  struct {
				Open    int
				Opening bool
			}
		}
		if err := json.Unmarshal(text, &report); err != nil {
			return fmt.Errorf("found %.200q, expected a report: %w", text, err)
		}
		if report.Refused != "" {
			return fmt.Errorf("refused: %s", report.Refused)
		}
		if report.Opener.Open == n && !report.Opener.Opening {
			return nil
		}
	}
	return fmt.Errorf("no report of %d connections within %v", n, patience)
}

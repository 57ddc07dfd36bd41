package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"framecraft/server/internal/testpeer"
)

// get asks the program for something under a Host of one's own, "" for the usual.
func get(t *testing.T, url, host string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	r.Close = true
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// The program with a second listener: what is there, and what is not on the first.
func TestMetricsListener(t *testing.T) {
	for _, profiles := range []bool{false, true} {
		args := []string{"--metrics", "127.0.0.1:0"}
		if profiles {
			args = append(args, "--pprof")
		}
		p := start(t, t.TempDir(), args...)
		line, err := p.log.ReadString('\n')
		_, url, found := strings.Cut(line, "url=")
		if url, _, _ = strings.Cut(url, "/metrics"); err != nil || !found {
			t.Fatalf("found %q, %v, expected a line that says where the metrics are", line, err)
		}
		rest := drainLog(p)
		echo := testpeer.Dial(t, p.address, "/echo")
		profileStatus := http.StatusNotFound
		if profiles {
			profileStatus = http.StatusOK
		}
		for _, c := range []struct {
			url, host string
			status    int
			body      string
		}{
			{url + "/metrics", "", 200, "framecraft_connections{route=\"/echo\"} 1\n"},
			{url + "/metrics", "rebound.example", 403, ""},
			{url + "/healthz", "", 200, "ok\n"},
			{url + "/", "", 404, ""},
			{url + "/debug/pprof/", "", profileStatus, ""},
			{"http://" + p.address + "/metrics", "", 404, ""},
			{"http://" + p.address + "/debug/pprof/", "", 404, ""},
			{"http://" + p.address + "/healthz", "", 200, "ok\n"},
		} {
			if status, body := get(t, c.url, c.host); status != c.status || !strings.Contains(body, c.body) {
				t.Errorf("%s as %q: found %d %.300q, expected %d with %q", c.url, c.host, status, body, c.status, c.body)
			}
		}
		// Both say when the server ends, so that nobody sends visitors any more.
		if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		echo.ExpectCloseFrame(1001)
		for _, at := range []string{url, "http://" + p.address} {
			if status, _ := get(t, at+"/healthz", ""); status != http.StatusServiceUnavailable {
				t.Errorf("%s/healthz at the end: found %d, expected 503", at, status)
			}
		}
		if _, body := get(t, url+"/metrics", ""); !strings.Contains(body, "framecraft_draining 1\n") {
			t.Error("the metrics do not say that the server ends")
		}
		echo.Send("close 1001")
		echo.TCP.Close()
		rest()
		if err := p.command.Wait(); err != nil {
			t.Error(err)
		}
	}
}

func TestLogInJSON(t *testing.T) {
	p := &program{command: command(t, t.TempDir(), nil, "--addr", "127.0.0.1:0", "--log", "json", "--log-address", "none")}
	stderr, err := p.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.command.Process.Kill() })
	lines := json.NewDecoder(stderr)
	var line struct{ Msg, URL, Cause, Address string }
	if err := lines.Decode(&line); err != nil || line.Msg != "listening" {
		t.Fatalf("found %+v, %v, expected an object that says listening", line, err)
	}
	get(t, line.URL+"socket", "")
	if err := lines.Decode(&line); err != nil || line.Msg != "refused" || line.Cause != "handshake" || line.Address != "" {
		t.Errorf("found %+v, %v, expected a refusal without an address", line, err)
	}
}

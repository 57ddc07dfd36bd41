package e2e

// Before the page works, and when it cannot: each state says what it is.
//
// A gate stands between browser and server here. It lets everything through but
// protocol.wasm, which it holds back, damages or loses.

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

const wasmPath = "/dist/protocol.wasm"

// inFront stands between browser and the shared server; what it answers itself
// never gets there.
func inFront(t *testing.T, answers func(w http.ResponseWriter, r *http.Request) bool) string {
	t.Helper()
	behind, err := url.Parse(theServer(t).url())
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		if r.Out.Header.Get("Origin") != "" {
			r.Out.Header.Set("Origin", strings.TrimSuffix(behind.String(), "/"))
		}
	}}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !answers(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
	})
	return front.URL + "/"
}

// gate serves the shared server's page with protocol.wasm as `wasm` gives it.
func gate(t *testing.T, wasm func(w http.ResponseWriter, body []byte)) string {
	t.Helper()
	behind := strings.TrimSuffix(theServer(t).url(), "/")
	return inFront(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != wasmPath {
			return false
		}
		answer, err := http.Get(behind + wasmPath)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return true
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return true
		}
		w.Header().Set("Content-Type", "application/wasm")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		wasm(w, body)
		return true
	})
}

const bootText = `document.querySelector("fc-boot").innerText`

func TestLoadingProgress(t *testing.T) {
	t.Parallel()
	half, rest := make(chan struct{}), make(chan struct{})
	address := gate(t, func(w http.ResponseWriter, body []byte) {
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-half
		_, _ = w.Write(body[:len(body)/2]) // a browser that has gone away fails the test elsewhere
		_ = http.NewResponseController(w).Flush()
		<-rest
		_, _ = w.Write(body[len(body)/2:])
	})
	p := newTab(t)
	t.Cleanup(p.close) // before the gate closes
	p.visit(address)
	p.until("the page says that it loads", bootText+`.includes("Loading the protocol code")`)
	if role := read[string](p, `document.querySelector("fc-boot [role]").getAttribute("role")`); role != "status" {
		t.Errorf("the progress is announced as %q, expected status", role)
	}
	close(half)
	p.until("half of it has come", `(({ value, max }) => value / max > 0.4 && value / max < 0.6)(document.querySelector("fc-boot progress"))`)
	if text := read[string](p, bootText); !strings.Contains(text, "KiB") || !strings.Contains(text, " of ") {
		t.Errorf("halfway the page says %q", text)
	}
	p.screenshot("loading")
	close(rest)
	p.ready()
	if v := p.agree(); v.Boot != "" {
		t.Errorf("after loading the page still says %q", v.Boot)
	}
}

func TestWASMUnavailable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		wasm  func(w http.ResponseWriter, body []byte)
		says  string
		allow string
	}{
		{"not found", func(w http.ResponseWriter, _ []byte) { http.NotFound(w, nil) }, "could not be fetched", "404"},
		{"lost on the way", func(w http.ResponseWriter, body []byte) {
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			_, _ = w.Write(body[:1000])
			panic(http.ErrAbortHandler)
		}, "could not be", "net::ERR_"},
		{"damaged", func(w http.ResponseWriter, body []byte) {
			body[2000] ^= 0xff
			body[2] ^= 0xff
			_, _ = w.Write(body)
		}, "could not be started", "nothing"},
		{"another file", func(w http.ResponseWriter, _ []byte) { _, _ = w.Write([]byte("\x00asm\x01\x00\x00\x00")) }, "could not be started", "nothing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newTab(t)
			p.allow(test.allow)
			p.visit(gate(t, test.wasm))
			p.until("the page says what is wrong", bootText+`.includes(`+quote(test.says)+`) && document.querySelector("fc-boot [role=alert]") !== null`)
			p.screenshot("no-wasm-" + strings.ReplaceAll(test.name, " ", "-"))
			if button := read[string](p, `document.querySelector("fc-boot button").innerText`); button != "Reload the page" {
				t.Errorf("the way out is %q, expected a reload", button)
			}
		})
	}
}

func TestNoWebAssembly(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	p.onEveryPage("delete globalThis.WebAssembly")
	p.allow("preload") // what the page did not fetch any more
	p.visit(theServer(t).url())
	p.until("the page says that the browser has no WebAssembly", bootText+`.includes("This browser has no WebAssembly")`)
	p.screenshot("no-webassembly")
}

func TestNoJavaScript(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	p.allow("preload")
	p.do(call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	p.visit(theServer(t).url())
	names := roles(p.tree(), "StaticText")
	if text := strings.Join(names, " "); !strings.Contains(text, "please allow JavaScript") || strings.Contains(text, "Reload the page") {
		t.Errorf("without JavaScript the page says %q", text)
	}
	p.screenshot("no-javascript")
}

// A script that does not arrive is said too.
func TestScriptMissing(t *testing.T) {
	t.Parallel()
	behind, err := url.Parse(theServer(t).url())
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	for _, path := range []string{"/app.mjs", "/early.mjs", "/theme.mjs", "/dist/wasm_exec.js"} {
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == path {
				http.NotFound(w, r)
				return
			}
			proxy.ServeHTTP(w, r)
		}))
		p := newTab(t)
		p.allow("404|preload|WebSocket connection")
		p.visit(front.URL)
		p.until("the page says that "+path+" is missing", `document.querySelector("fc-boot [role=alert]") !== null`)
		p.close()
		front.Close()
	}
}

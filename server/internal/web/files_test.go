package web

import (
	"strings"
	"testing"
	"testing/fstest"

	"framecraft/static"
)

func TestFiles(t *testing.T) {
	s := startSite(t, nil)
	for _, c := range []struct {
		path        string
		accept      string
		status      int
		contentType string
		coding      string
		body        string
	}{
		{"/", "identity", 200, "text/html; charset=utf-8", "", "<!doctype html><title>page</title>"},
		{"/app.mjs", "br, gzip", 200, "text/javascript; charset=utf-8", "", "export {}"}, // packed from something else
		{"/css/base.css", "", 200, "text/css; charset=utf-8", "", "body{}"},
		{"/dist/protocol.wasm", "identity", 200, "application/wasm", "", "\x00asm and more of it"},
		{"/dist/protocol.wasm", "gzip, deflate, br, zstd", 200, "application/wasm", "br", "the brotli form"},
		{"/dist/protocol.wasm", "gzip, deflate", 200, "application/wasm", "gzip", "the gzip form"},
		{"/dist/protocol.wasm", "br;q=0, gzip;q=0.5", 200, "application/wasm", "gzip", "the gzip form"},
		{"/dist/protocol.wasm", "*", 200, "application/wasm", "br", "the brotli form"},
		{"/dist/protocol.wasm", "*, br;q=0.0", 200, "application/wasm", "gzip", "the gzip form"},
		{"/dist/protocol.wasm", "brotli, x-gzip, ;;q=, q=1", 200, "application/wasm", "", "\x00asm and more of it"},
		{"/dist/protocol.wasm", "GZIP ; Q=1.0", 200, "application/wasm", "gzip", "the gzip form"},
		{"/dist/protocol.wasm.br", "br", 404, "text/plain; charset=utf-8", "", "nothing here\n"},
		{"/dist/packed.txt", "", 404, "text/plain; charset=utf-8", "", "nothing here\n"},
		{"/static.go", "", 404, "text/plain; charset=utf-8", "", "nothing here\n"},
		{"/protocol.d.ts", "", 404, "text/plain; charset=utf-8", "", "nothing here\n"},
		{"/../main.go", "", 404, "text/plain; charset=utf-8", "", "nothing here\n"},
		{"//app.mjs", "", 404, "text/plain; charset=utf-8", "", "nothing here\n"},
	} {
		answer, body := s.get(t, "GET", c.path, "Accept-Encoding", c.accept)
		if answer.StatusCode != c.status || body != c.body ||
			answer.Header.Get("Content-Type") != c.contentType || answer.Header.Get("Content-Encoding") != c.coding {
			t.Errorf("%s for %q: found %d %q %v, expected %d %q of %s in %q",
				c.path, c.accept, answer.StatusCode, body, answer.Header, c.status, c.body, c.contentType, c.coding)
		}
	}
}

func TestEntityTags(t *testing.T) {
	s := startSite(t, nil)
	tags := map[string]bool{}
	for _, accept := range []string{"identity", "br", "gzip"} {
		answer, _ := s.get(t, "GET", "/dist/protocol.wasm", "Accept-Encoding", accept)
		tag := answer.Header.Get("ETag")
		if len(tag) < 10 || tag[0] != '"' || tags[tag] {
			t.Errorf("the entity tag for %s is %s, expected one of its own", accept, tag)
		}
		tags[tag] = true
		if answer.Header.Get("Vary") != "Accept-Encoding" || answer.Header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("found %v", answer.Header)
		}
		for condition, status := range map[string]int{
			tag: 304, "W/" + tag: 304, `"other", ` + tag: 304, "*": 304,
			`"other"`: 200, strings.Trim(tag, `"`): 200, "": 200,
		} {
			answer, body := s.get(t, "GET", "/dist/protocol.wasm", "Accept-Encoding", accept, "If-None-Match", condition)
			if answer.StatusCode != status || (body == "") != (status == 304) {
				t.Errorf("If-None-Match %s: found %d %q, expected %d", condition, answer.StatusCode, body, status)
			}
			if answer.Header.Get("ETag") != tag {
				t.Errorf("If-None-Match %s: the answer has the tag %s, expected %s", condition, answer.Header.Get("ETag"), tag)
			}
		}
	}
}

func TestMethods(t *testing.T) {
	s := startSite(t, nil)
	answer, body := s.get(t, "HEAD", "/app.mjs")
	if answer.StatusCode != 200 || body != "" || answer.ContentLength != int64(len("export {}")) {
		t.Errorf("HEAD: found %d %q of %d bytes", answer.StatusCode, body, answer.ContentLength)
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "BREW"} {
		if answer, _ := s.get(t, method, "/app.mjs"); answer.StatusCode != 405 || answer.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: found %d, expected 405", method, answer.StatusCode)
		}
	}
}

func TestPageThatIsNotBuilt(t *testing.T) {
	s := startSite(t, func(c *Config) {
		c.Page = fstest.MapFS{"index.html": testPage["index.html"], "app.mjs": testPage["app.mjs"]}
	})
	answer, body := s.get(t, "GET", "/")
	if answer.StatusCode != 503 || !strings.Contains(body, "dist/protocol.wasm is missing") || !strings.Contains(body, "make run") {
		t.Errorf("found %d %q, expected 503 and what to do", answer.StatusCode, body)
	}
	if answer, _ := s.get(t, "GET", "/app.mjs"); answer.StatusCode != 200 {
		t.Errorf("/app.mjs: %d", answer.StatusCode)
	}
}

// The files that are really embedded: the page with what it loads.
func TestEmbeddedPage(t *testing.T) {
	files, err := readFiles(static.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/index.html", "/app.mjs", "/protocol.mjs", "/css/base.css", "/favicon.svg"} {
		if files[path] == nil {
			t.Errorf("%s is not served", path)
		}
	}
	for path := range files {
		if strings.Contains(path, "internal/") || strings.HasSuffix(path, ".go") {
			t.Errorf("%s is served", path)
		}
	}
}

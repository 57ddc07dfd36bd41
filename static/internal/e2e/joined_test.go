package e2e

// The page comes joined, so that a browser asks seldom, and works as well from
// its sources, one module at a time.

import (
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const requested = `performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => /\.(mjs|js|css|wasm)$/.test(path))`

func TestJoinedPage(t *testing.T) {
	t.Parallel()
	p := openPage(t, "")
	found := read[[]string](p, requested)
	slices.Sort(found)
	expected := []string{"/app.mjs", "/css/page.css", "/dist/protocol.wasm", "/dist/wasm_exec.js", "/early.mjs", "/elements/fc-boot.mjs", "/theme.mjs"}
	if found = slices.Compact(found); !slices.Equal(found, expected) {
		t.Errorf("the page asked for %q, expected %q", found, expected)
	}
}

func TestPageFromSources(t *testing.T) {
	t.Parallel()
	types := map[string]string{".mjs": "text/javascript", ".css": "text/css"}
	address := inFront(t, func(w http.ResponseWriter, r *http.Request) bool {
		kind := types[path.Ext(r.URL.Path)]
		if kind == "" {
			return false
		}
		body, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(path.Clean(r.URL.Path))))
		if err != nil {
			return false
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		_, _ = w.Write(body) // a browser that has gone away fails the test elsewhere
		return true
	})
	p := newTab(t)
	t.Cleanup(p.close) // before the proxy closes
	p.visit(address)
	p.ready()
	p.agree()
	found := strings.Join(read[[]string](p, requested), " ")
	for _, part := range []string{"/dom.mjs", "/elements/fc-diagram.mjs", "/css/tokens.css", "/css/dialogs.css"} {
		if !strings.Contains(found, part) {
			t.Errorf("the page asked for %s, expected %s among them", found, part)
		}
	}
	if layout := read[string](p, `getComputedStyle(document.querySelector(".notation-edit")).display`); layout != "grid" {
		t.Errorf("the editor's layout is %s, expected grid from the style sheets", layout)
	}
}

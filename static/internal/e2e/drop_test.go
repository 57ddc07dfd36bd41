package e2e

// A file that is dropped anywhere on the page is read as bytes.

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/input"
)

func TestDropFile(t *testing.T) {
	t.Parallel()
	p := openPage(t, hello)
	for _, test := range []struct{ name, content, want string }{
		{"capture.bin", "\x89\x00\x81\x05Hello", "8900" + "810548656c6c6f"},
		{"dump.txt", "81 05 48 65 6c 6c 6f", "810548656c6c6f"},
	} {
		file := filepath.Join(t.TempDir(), test.name)
		if err := os.WriteFile(file, []byte(test.content), 0o600); err != nil {
			t.Fatal(err)
		}
		at := p.spot(css("fc-diagram"), 0.5, 0.5)
		for _, kind := range []input.DispatchDragEventType{
			input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop,
		} {
			p.do(call(input.DispatchDragEvent, input.DispatchDragEventParams{
				Type: kind, X: at.X, Y: at.Y,
				Data: &input.DragData{Items: []*input.DragDataItem{}, Files: []string{file}, DragOperationsMask: 1},
			}))
			if kind == input.DispatchDragEventTypeDragOver && !read[bool](p, `document.querySelector(".drop-hint").checkVisibility()`) {
				t.Errorf("%s: over the page, nothing says that it can be dropped", test.name)
			}
		}
		p.until(test.name+" is loaded", `document.querySelector("#announcer").textContent.startsWith("Loaded")`)
		if got := p.allBytes(); hex.EncodeToString(got) != test.want {
			t.Errorf("%s: loaded is %x, expected %s", test.name, got, test.want)
		}
		p.reopen(hello)
	}
}

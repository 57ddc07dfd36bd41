package main

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"framecraft/protocol"
)

// What a keystroke costs: reading a whole notation, and one edit. Run it
// natively and under js/wasm; `make bench` does both.

func payloadDocs(size int) map[string]string {
	text := strings.Repeat("Frames, bit by bit. ", size/20+1)[:size]
	return map[string]string{
		"text":   `text mask=37fa213d "` + text + `"`,
		"hex":    "binary mask=37fa213d hex:" + hex.EncodeToString([]byte(text)),
		"repeat": fmt.Sprintf("binary mask=37fa213d repeat(ab,%d)", size),
	}
}

var benchSizes = []struct {
	name  string
	bytes int
}{{"5B", 5}, {"64KiB", 64 << 10}, {"1MiB", 1 << 20}}

func BenchmarkRead(b *testing.B) {
	for _, size := range benchSizes {
		for _, form := range []string{"text", "hex", "repeat"} {
			doc := payloadDocs(size.bytes)[form]
			b.Run(form+"/"+size.name, func(b *testing.B) {
				var w workbench
				b.SetBytes(int64(size.bytes))
				for b.Loop() {
					w.read(doc, 1, protocol.Options{})
				}
				requireAnswer(b, &w)
			})
		}
	}
}

func BenchmarkReadManyFrames(b *testing.B) {
	doc := strings.TrimSuffix(strings.Repeat("text mask=37fa213d rsv1 \"Hello\"\n", protocol.MaxDrafts), "\n")
	var w workbench
	for b.Loop() {
		w.read(doc, 1, protocol.Options{})
	}
	requireAnswer(b, &w)
}

func BenchmarkEditFlip(b *testing.B) {
	for _, size := range benchSizes {
		for _, form := range []string{"text", "hex"} {
			doc := payloadDocs(size.bytes)[form]
			b.Run(form+"/"+size.name, func(b *testing.B) {
				var w workbench
				b.SetBytes(int64(size.bytes))
				for b.Loop() {
					w.edit(doc, "flip 0 3", 1, protocol.Options{})
				}
				requireAnswer(b, &w)
			})
		}
	}
}

func requireAnswer(b *testing.B, w *workbench) {
	b.Helper()
	if len(w.wire) == 0 {
		b.Fatalf("no answer: %.300s", w.view)
	}
}

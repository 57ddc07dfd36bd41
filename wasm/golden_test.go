package main

import (
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"framecraft/protocol"
)

// Golden vectors hold what is answered to a notation, byte for byte. The same
// files are read three times: by this test natively, by this test under js/wasm,
// and by testdata/exports_test.mjs against the module that the page loads.
//
// To add one, write testdata/golden/NAME.txt with its first line (which may end with
// deflate= and an agreement on permessage-deflate) and the section notation (and operation, for an edit), then run
//
//	go test ./wasm -run Golden -update
//
// and read what it wrote before committing it.

var update = flag.Bool("update", false, "write what is answered now into testdata/golden")

// A vector is one file: a line of options, then sections under "-- name --".
type vector struct {
	seed      uint32
	options   protocol.Options
	notation  string
	operation string
	// answer has the sections view, report, doc, wire and unmasked as text.
	answer string
}

const answerBegins = "-- view --\n"

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.txt")
	if err != nil || len(files) < 20 {
		t.Fatalf("found %d golden vectors, expected 20 or more; %v", len(files), err)
	}
	var w workbench
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			v, err := parseVector(string(text))
			if err != nil {
				t.Fatal(err)
			}
			if v.operation == "" {
				w.read(v.notation, v.seed, v.options)
			} else {
				w.edit(v.notation, v.operation, v.seed, v.options)
			}
			got := w.asText()
			if *update {
				given, _, _ := strings.Cut(string(text), answerBegins)
				if err := os.WriteFile(file, []byte(given+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != v.answer {
				t.Errorf("found\n%s\nexpected\n%s", got, v.answer)
			}
		})
	}
}

func parseVector(text string) (v vector, err error) {
	given, answer, _ := strings.Cut(text, answerBegins)
	v.answer = answerBegins + answer
	first, rest, _ := strings.Cut(given, "\n")
	first, agreed, _ := strings.Cut(first, " deflate=")
	if v.options.Deflate, v.options.DeflateAgreed, err = protocol.ParseDeflateAgreement(agreed); err != nil {
		return v, err
	}
	var sender string
	if _, err := fmt.Sscanf(first, "seed=%d sender=%s ended=%t", &v.seed, &sender, &v.options.Ended); err != nil {
		return v, fmt.Errorf("first line %q: %w", first, err)
	}
	if sender == protocol.RoleServer.String() {
		v.options.Sender = protocol.RoleServer
	}
	notation, ok := strings.CutPrefix(rest, "-- notation --\n")
	if !ok {
		return v, fmt.Errorf("found %q, expected the section notation", rest)
	}
	v.notation, v.operation, _ = strings.Cut(notation, "-- operation --\n")
	v.notation = strings.TrimSuffix(v.notation, "\n")
	v.operation = strings.TrimSuffix(v.operation, "\n")
	return v, nil
}

func (w *workbench) asText() string {
	return fmt.Sprintf("-- view --\n%s\n-- report --\n%s\n-- doc --\n%s\n-- wire --\n%s\n-- unmasked --\n%s\n",
		w.view, w.report, w.doc, hex.EncodeToString(w.wire), hex.EncodeToString(w.unmasked))
}

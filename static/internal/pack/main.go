// Command pack joins and compresses the page's files, at build time, so that a
// browser asks seldom and the server never compresses anything while somebody waits.
//
//	go run . [-v] ../../dist
//
// The argument is the folder dist inside the page's folder. What index.html asks
// for and what that imports become one file, dist/<path>.joined, with the map
// dist/<path>.map to its sources; dist/joined.txt lists these files, each with all that it
// was made from (join.go, styles.go).
//
// For every file <path> that the server serves, dist gets <path>.br (brotli,
// quality 11) and <path>.gz (gzip, level 9), each only where it is smaller than
// the file; the files of dist itself have theirs beside them. dist/packed.txt
// lists the SHA-256 of every file as it was packed: the server serves joined and
// compressed forms only for the bytes that they were made from, and a second run
// compresses only what has changed.
//
// It is a module of its own so that the brotli encoder is no requirement of the
// product.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
)

// served are the endings of the names that package web serves.
var served = []string{".html", ".mjs", ".js", ".css", ".svg", ".wasm", ".map", joinedEnding}

const (
	listName       = "packed.txt"
	joinedListName = "joined.txt"
	joinedEnding   = ".joined"
)

func main() {
	verbose := flag.Bool("v", false, "print every file, not only the WASM module and the sum")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "pack: expected one argument, the folder dist of the page")
		os.Exit(2)
	}
	if err := pack(flag.Arg(0), *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

// pack joins and compresses what is served from the folder that dist stands in.
func pack(dist string, verbose bool) error {
	page := filepath.Dir(filepath.Clean(dist))
	before, err := readList(filepath.Join(dist, listName))
	if err != nil {
		return err
	}
	if err := join(page, dist); err != nil {
		return err
	}
	now := map[string]string{}
	var sum sizes
	err = filepath.WalkDir(page, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(page, name)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		if entry.IsDir() {
			if relative == "internal" {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains(served, path.Ext(relative)) {
			return nil
		}
		body, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		digest := sha256.Sum256(body)
		now[relative] = hex.EncodeToString(digest[:])
		target := filepath.Join(dist, filepath.FromSlash(strings.TrimPrefix(relative, "dist/")))
		if now[relative] != before[relative] {
			if err := write(target, body); err != nil {
				return fmt.Errorf("%s: %w", relative, err)
			}
		}
		size := measure(target, len(body))
		sum = sum.plus(size)
		if verbose || path.Ext(relative) == ".wasm" {
			fmt.Println(size.line(relative))
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Println(sum.line("all of the page"))
	return writeList(filepath.Join(dist, listName), now)
}

// join writes the joined files, their maps and their list into dist.
func join(page, dist string) error {
	files, err := joinModules(os.DirFS(page))
	if err != nil {
		return err
	}
	styles, err := joinStyles(os.DirFS(page))
	if err != nil {
		return err
	}
	var list strings.Builder
	for _, file := range append(files, styles...) {
		place := "/dist/" + file.path + ".map"
		if path.Ext(file.path) == ".css" {
			file.text.add("/*# sourceMappingURL=" + place + " */")
		} else {
			file.text.add("//# sourceMappingURL=" + place)
		}
		origins, err := file.text.sourceMap(file.path, func(name string) ([]byte, error) { return fs.ReadFile(os.DirFS(page), name) })
		if err != nil {
			return err
		}
		target := filepath.Join(dist, filepath.FromSlash(file.path))
		if err := errors.Join(
			os.MkdirAll(filepath.Dir(target), 0o755),
			os.WriteFile(target+joinedEnding, []byte(file.text.String()), 0o644),
			os.WriteFile(target+".map", origins, 0o644),
		); err != nil {
			return err
		}
		fmt.Fprintln(&list, file.path, strings.Join(file.parts, " "))
	}
	return os.WriteFile(filepath.Join(dist, joinedListName), []byte(list.String()), 0o644)
}

// write leaves the compressed forms of body beside target, or none where
// compressing does not help.
func write(target string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	var br, gz bytes.Buffer
	b := brotli.NewWriterLevel(&br, brotli.BestCompression)
	_, err := b.Write(body)
	if err := errors.Join(err, b.Close()); err != nil {
		return err
	}
	// The level is a constant in range, so NewWriterLevel has no error.
	g, _ := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	_, err = g.Write(body)
	if err := errors.Join(err, g.Close()); err != nil {
		return err
	}
	for ending, form := range map[string][]byte{".br": br.Bytes(), ".gz": gz.Bytes()} {
		if len(form) < len(body) {
			err = os.WriteFile(target+ending, form, 0o644)
		} else if err = os.Remove(target + ending); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sizes are bytes as they are, in brotli and in gzip.
type sizes struct{ plain, br, gz int }

func (s sizes) plus(t sizes) sizes { return sizes{s.plain + t.plain, s.br + t.br, s.gz + t.gz} }

func (s sizes) line(name string) string {
	return fmt.Sprintf("%-28s %9d bytes  brotli %8d  gzip %8d", name, s.plain, s.br, s.gz)
}

// measure reads the sizes of a file's forms; a form that is not there counts as
// the file itself, which is what is served then.
func measure(target string, plain int) sizes {
	size := func(ending string) int {
		info, err := os.Stat(target + ending)
		if err != nil {
			return plain
		}
		return int(info.Size())
	}
	return sizes{plain, size(".br"), size(".gz")}
}

// readList reads what the last run packed: "<sha256> <path>" a line. Without the
// file nothing was packed.
func readList(name string) (map[string]string, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if digest, file, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			list[file] = digest
		}
	}
	return list, nil
}

func writeList(name string, list map[string]string) error {
	var text strings.Builder
	for _, file := range slices.Sorted(maps.Keys(list)) {
		fmt.Fprintf(&text, "%s %s\n", list[file], file)
	}
	return os.WriteFile(name, []byte(text.String()), 0o644)
}

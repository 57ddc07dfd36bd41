package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// The page's files are read once, at the start, each with its compressed forms
// and its entity tags. Nothing is compressed while a request waits, and a name
// that is not in the table does not exist: no path of a request ever reaches a
// file system.
//
// The compressed forms come from the folder dist (static/internal/pack makes
// them). They count only for the bytes that dist/packed.txt says they were made
// from, so a file edited since then is served as it is.
//
// So do the joined files: one form of app.mjs that holds all modules that it
// imports, one of css/page.css. dist/joined.txt lists each with the files that it was made
// from. While those are what they were, it is served at its entry's address;
// otherwise the browser gets the sources and imports one by one, which works as well.

// contentTypes are the endings of the names that are served.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".mjs":  "text/javascript; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".svg":  "image/svg+xml",
	".wasm": "application/wasm",
	".map":  "application/json",
}

const (
	indexName  = "index.html"
	moduleName = "dist/protocol.wasm"
	packedName = "dist/packed.txt"
	joinedName = "dist/joined.txt"

	joinedEnding = ".joined"
)

// file is one file of the page.
type file struct {
	contentType string
	// packed tells that it is what dist/packed.txt says.
	packed bool
	// forms are the representations in the order of preference; the last one is
	// the file as it is.
	forms []form
}

// form is one representation of a file. An entity tag belongs to the bytes on
// the wire, so each has its own.
type form struct {
	coding string // the content coding; "" for none
	tag    string
	body   []byte
}

// readFiles reads every file that is served, by its path in a URL.
func readFiles(page fs.FS) (map[string]*file, error) {
	packed, err := readPacked(page)
	if err != nil {
		return nil, err
	}
	files := map[string]*file{}
	err = fs.WalkDir(page, ".", func(name string, entry fs.DirEntry, err error) error {
		contentType := contentTypes[path.Ext(strings.TrimSuffix(name, joinedEnding))]
		if err != nil || entry.IsDir() || contentType == "" {
			return err
		}
		f, err := readFile(page, name, packed)
		if err != nil {
			return err
		}
		f.contentType = contentType
		files["/"+name] = f
		return nil
	})
	if err == nil {
		err = useJoined(page, files)
	}
	if err != nil {
		return nil, fmt.Errorf("web: reading the page: %w", err)
	}
	if index := files["/"+indexName]; index != nil && files["/"+moduleName] != nil {
		files["/"] = index
	}
	return files, nil
}

// readFile reads one file and its compressed forms.
func readFile(page fs.FS, name string, packed map[string]string) (*file, error) {
	body, err := fs.ReadFile(page, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:])
	tag := digest[:20]
	f := &file{packed: packed[name] == digest}
	if f.packed {
		for _, coding := range [...]struct{ name, ending string }{{"br", ".br"}, {"gzip", ".gz"}} {
			body, err := fs.ReadFile(page, "dist/"+strings.TrimPrefix(name, "dist/")+coding.ending)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			f.forms = append(f.forms, form{coding.name, `"` + tag + "-" + coding.name + `"`, body})
		}
	}
	f.forms = append(f.forms, form{"", `"` + tag + `"`, body})
	return f, nil
}

// useJoined puts each joined file, unless something that it was made from has
// changed, in the place of its entry, and takes it away from its own.
func useJoined(page fs.FS, files map[string]*file) error {
	list, err := fs.ReadFile(page, joinedName)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	unchanged := func(name string) bool { f := files["/"+name]; return f != nil && f.packed }
	use := map[string]*file{}
	for line := range strings.Lines(string(list)) {
		names := strings.Fields(line)
		if len(names) == 0 {
			continue
		}
		own := "dist/" + names[0] + joinedEnding
		if unchanged(own) && !slices.ContainsFunc(names, func(name string) bool { return !unchanged(name) }) {
			use["/"+names[0]] = files["/"+own]
		}
	}
	maps.DeleteFunc(files, func(address string, _ *file) bool { return strings.HasSuffix(address, joinedEnding) })
	maps.Copy(files, use)
	return nil
}

// readPacked returns the SHA-256 that each file had when it was packed. A clean
// checkout has no list, and then nothing is packed.
func readPacked(page fs.FS) (map[string]string, error) {
	text, err := fs.ReadFile(page, packedName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("web: reading the page: %w", err)
	}
	packed := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if digest, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			packed[name] = digest
		}
	}
	return packed, nil
}

// serve answers with the form that the client takes.
func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	chosen := f.forms[len(f.forms)-1]
	accepted := parseAcceptEncoding(r.Header.Values("Accept-Encoding"))
	for _, candidate := range f.forms {
		if candidate.coding != "" && accepted.takes(candidate.coding) {
			chosen = candidate
			break
		}
	}
	header := w.Header()
	header.Set("ETag", chosen.tag)
	// The files keep their names from one version to the next, so a browser asks
	// every time and is told that nothing has changed. A cache that others share
	// must not keep the page: it comes with a cookie.
	header.Set("Cache-Control", "private, no-cache")
	header.Set("Vary", "Accept-Encoding")
	if matchesTag(r.Header.Values("If-None-Match"), chosen.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", f.contentType)
	header.Set("Content-Length", strconv.Itoa(len(chosen.body)))
	if chosen.coding != "" {
		header.Set("Content-Encoding", chosen.coding)
	}
	if r.Method != http.MethodHead {
		// An error means that the client has gone; there is nobody to tell.
		_, _ = w.Write(chosen.body)
	}
}

// acceptedCodings is what an Accept-Encoding header allows
// (RFC 9110, section 12.5.3).
type acceptedCodings struct {
	named map[string]bool
	any   bool
}

func (a acceptedCodings) takes(coding string) bool {
	if takes, ok := a.named[coding]; ok {
		return takes
	}
	return a.any
}

func parseAcceptEncoding(lines []string) acceptedCodings {
	accepted := acceptedCodings{named: map[string]bool{}}
	for _, line := range lines {
		for item := range strings.SplitSeq(line, ",") {
			coding, parameters, _ := strings.Cut(item, ";")
			takes := true
			name, value, ok := strings.Cut(parameters, "=")
			if ok && strings.EqualFold(strings.TrimSpace(name), "q") {
				quality, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
				takes = err == nil && quality > 0
			}
			switch coding = strings.ToLower(strings.TrimSpace(coding)); coding {
			case "":
			case "*":
				accepted.any = takes
			default:
				accepted.named[coding] = takes
			}
		}
	}
	return accepted
}

// matchesTag compares by the weak comparison, as If-None-Match asks
// (RFC 9110, section 13.1.2).
func matchesTag(lines []string, tag string) bool {
	for _, line := range lines {
		for item := range strings.SplitSeq(line, ",") {
			item = strings.TrimPrefix(strings.TrimSpace(item), "W/")
			if item == "*" || item == tag {
				return true
			}
		}
	}
	return false
}

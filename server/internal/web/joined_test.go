package web

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"testing"
	"testing/fstest"
)

// A joined file is served in the place of its entry as long as it was made from
// what is there.
func TestJoinedFiles(t *testing.T) {
	sources := fstest.MapFS{
		"index.html":             {Data: []byte("index")},
		"app.mjs":                {Data: []byte("app")},
		"a.mjs":                  {Data: []byte("a")},
		"apart.mjs":              {Data: []byte("apart")},
		"dist/app.mjs.joined":    {Data: []byte("app and a")},
		"dist/app.mjs.joined.br": {Data: []byte("app and a in brotli")},
		"dist/app.mjs.map":       {Data: []byte("{}")},
		"dist/joined.txt":        {Data: []byte("app.mjs index.html a.mjs app.mjs\n\n")},
	}
	list := ""
	for _, name := range []string{"index.html", "app.mjs", "a.mjs", "apart.mjs", "dist/app.mjs.joined"} {
		list += fmt.Sprintf("%x %s\n", sha256.Sum256(sources[name].Data), name)
	}
	sources["dist/packed.txt"] = &fstest.MapFile{Data: []byte(list)}
	for _, c := range []struct {
		name   string
		change func(page fstest.MapFS)
		joined bool
	}{
		{"nothing", func(fstest.MapFS) {}, true},
		{"a file that is no part", func(p fstest.MapFS) { p["apart.mjs"] = &fstest.MapFile{Data: []byte("new")} }, true},
		{"the entry", func(p fstest.MapFS) { p["app.mjs"] = &fstest.MapFile{Data: []byte("new")} }, false},
		{"a part", func(p fstest.MapFS) { p["a.mjs"] = &fstest.MapFile{Data: []byte("new")} }, false},
		{"the index", func(p fstest.MapFS) { p["index.html"] = &fstest.MapFile{Data: []byte("new")} }, false},
		{"a part that is gone", func(p fstest.MapFS) { delete(p, "a.mjs") }, false},
		{"the joined file itself", func(p fstest.MapFS) { p["dist/app.mjs.joined"] = &fstest.MapFile{Data: []byte("new")} }, false},
		{"the joined file that is gone", func(p fstest.MapFS) { delete(p, "dist/app.mjs.joined") }, false},
		{"the list that is gone", func(p fstest.MapFS) { delete(p, "dist/joined.txt") }, false},
		{"the digests that are gone", func(p fstest.MapFS) { delete(p, "dist/packed.txt") }, false},
	} {
		page := maps.Clone(sources)
		c.change(page)
		files, err := readFiles(page)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		app := files["/app.mjs"]
		plain, expected := app.forms[len(app.forms)-1], string(page["app.mjs"].Data)
		if c.joined {
			expected = "app and a"
			if len(app.forms) != 2 || string(app.forms[0].body) != "app and a in brotli" {
				t.Errorf("%s: found %d forms, expected brotli and plain", c.name, len(app.forms))
			}
		}
		if string(plain.body) != expected || app.contentType != contentTypes[".mjs"] {
			t.Errorf("%s changed: /app.mjs is %q as %s, expected %q", c.name, plain.body, app.contentType, expected)
		}
		if files["/dist/app.mjs.joined"] != nil {
			t.Errorf("%s changed: the joined file has an address of its own", c.name)
		}
		if origins := files["/dist/app.mjs.map"]; origins == nil || origins.contentType != "application/json" {
			t.Errorf("%s changed: the source map is %+v, expected JSON", c.name, origins)
		}
	}
}

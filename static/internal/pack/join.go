package main

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// Joining makes one file of an entry and what it imports, so that a browser
// asks once instead of some forty times. An entry is a module with a script tag
// of its own in index.html, or one that is loaded later by import(…). Every
// module stands in exactly one joined file, so there is one instance of it:
//
//   - A module with a script tag stays apart. Who imports it goes on to do so.
//   - Any other module belongs to the first entry that needs it; entries with a
//     script tag come before those that are loaded later, and among them those that are
//     imported before those that import them.
//   - A later entry that needs it too takes it from that file. So a workbench
//     that is loaded when it is opened is a file with its own elements, and shares all
//     that app.mjs has already. Two such files cannot share what app.mjs
//     does not have; that is refused, with the advice to import it there.
//
// In a joined file each module is a block with its lines as they are, behind
// those that it imports, which is the order in which a browser evaluates them
// too. Its exports become an object:
//
//	let $2; { const { h, setText } = $1;
//	…
//	$2 = { Part };
//	}
//
// A block, not a function, so that await works at its top; but nobody may wait
// there for what is loaded later, since that may wait for this file. An import becomes a
// constant, which equals a live binding because only constants, functions and
// classes are exported. What has a script tag comes first, not at its
// import's place. Circles are refused.
//
// Names of lines stay what they were through a source map (sourcemap.go).

// joined is one file that stands for several.
type joined struct {
	path  string   // of the entry, whose address it is served at
	parts []string // all files that it was made with
	text  text
}

// indexName names the entries.
const indexName = "index.html"

var scriptTag = regexp.MustCompile(`<script type="module" src="/([^"]+)"`)

// joinModules returns the files that differ from their entry's source.
func joinModules(page fs.FS) ([]joined, error) {
	index, err := fs.ReadFile(page, indexName)
	if err != nil {
		return nil, err
	}
	var tags []string
	for _, found := range scriptTag.FindAllStringSubmatch(string(index), -1) {
		tags = append(tags, found[1])
	}
	g := &graph{page: page, modules: map[string]*module{}, owner: map[*module]*entry{}}
	if err := g.read(tags); err != nil {
		return nil, err
	}
	if err := g.share(); err != nil {
		return nil, err
	}
	parts := []string{indexName}
	for _, m := range g.order {
		parts = append(parts, m.path)
	}
	var files []joined
	for _, e := range g.entries {
		if g.alone(e) {
			continue
		}
		files = append(files, joined{path: e.root.path, parts: parts, text: g.join(e)})
	}
	return files, nil
}

// graph is all modules of the page.
type graph struct {
	page    fs.FS
	modules map[string]*module
	order   []*module // each behind those that it imports
	entries []*entry
	owner   map[*module]*entry
}

// entry is a module that a browser asks for by itself, with what belongs to it.
type entry struct {
	root   *module
	later  bool      // it has no script tag
	own    []*module // in the order of evaluation, the root last
	others []*module // what it needs of other entries
	given  []*module // what others need of it
}

// read walks from the script tags to all modules and lists the entries.
func (g *graph) read(tags []string) error {
	for _, tag := range tags {
		if err := g.visit(tag, nil); err != nil {
			return err
		}
	}
	for _, m := range g.order { // imported ones first
		if slices.Contains(tags, m.path) {
			g.entries = append(g.entries, &entry{root: m})
		}
	}
	for next := 0; next < len(g.order); next++ { // it grows meanwhile
		m := g.order[next]
		for _, l := range m.lazy {
			if g.entry(g.modules[l.path]) != nil {
				continue
			}
			if g.modules[l.path] != nil {
				return fmt.Errorf("%s:%d: found %s, which is imported elsewhere without waiting, expected a module that is only loaded later", m.path, l.line, l.path)
			}
			if err := g.visit(l.path, nil); err != nil {
				return at(m, l, err)
			}
			g.entries = append(g.entries, &entry{root: g.modules[l.path], later: true})
		}
	}
	return nil
}

// visit reads a module behind all that it imports; way is how it was reached.
func (g *graph) visit(file string, way []string) error {
	if first := slices.Index(way, file); first >= 0 {
		return fmt.Errorf("%s import each other in a circle, expected modules that can be put in an order", strings.Join(way[first:], ", "))
	}
	if g.modules[file] != nil {
		return nil
	}
	m, err := readModule(g.page, file)
	if err != nil {
		return err
	}
	way = append(way, file)
	for _, i := range m.imports {
		if err := g.visit(i.path, way); err != nil {
			return at(m, i, err)
		}
		for _, b := range i.names {
			if !slices.Contains(g.modules[i.path].exports, b.name) {
				return at(m, i, fmt.Errorf("found the name %s, which %s does not export", b.name, i.path))
			}
		}
	}
	m.number = len(g.order)
	g.modules[file] = m
	g.order = append(g.order, m)
	return nil
}

var placed = regexp.MustCompile(`\.mjs:\d+: `)

// at says where an import is that cannot be followed; the innermost place counts.
func at(m *module, i imported, err error) error {
	if placed.MatchString(err.Error()) {
		return err
	}
	return fmt.Errorf("%s:%d: %w", m.path, i.line, err)
}

// entry returns the entry whose root a module is.
func (g *graph) entry(m *module) *entry {
	for _, e := range g.entries {
		if m != nil && e.root == m {
			return e
		}
	}
	return nil
}

// share gives every module to an entry.
func (g *graph) share() error {
	for _, e := range g.entries {
		g.owner[e.root] = e
	}
	for _, e := range g.entries {
		if err := g.claim(e, e.root); err != nil {
			return err
		}
	}
	return nil
}

func (g *graph) claim(e *entry, m *module) error {
	for _, i := range m.imports {
		other := g.modules[i.path]
		if o := g.owner[other]; o == nil {
			g.owner[other] = e
			if err := g.claim(e, other); err != nil {
				return err
			}
		} else if o != e {
			if o.later {
				return fmt.Errorf("%s:%d: found %s, which %s needs too, expected one of the modules with a script tag to import what both load later", m.path, i.line, other.path, o.root.path)
			}
			add(&e.others, other)
			if other != o.root && len(other.exports) > 0 {
				add(&o.given, other)
			}
		}
	}
	e.own = append(e.own, m)
	return nil
}

func add[T comparable](list *[]T, item T) {
	if !slices.Contains(*list, item) {
		*list = append(*list, item)
	}
}

// alone tells that an entry's source does as it is.
func (g *graph) alone(e *entry) bool {
	return len(e.own) == 1 && !slices.ContainsFunc(e.others, func(m *module) bool { return g.owner[m].root != m })
}

// join writes the file.
func (g *graph) join(e *entry) text {
	var t text
	t.add("// Joined by static/internal/pack from the files that the source map names.")
	taken := map[*entry][]string{}
	var silent []*entry // they have what this one wants evaluated, and nothing else
	for _, m := range e.others {
		o := g.owner[m]
		switch {
		case len(m.exports) == 0:
			add(&silent, o)
		case o.root == m:
			t.add(fmt.Sprintf("import * as %s from %q;", m.object(), addressFrom(e.root.path, m.path)))
		default:
			taken[o] = append(taken[o], m.object())
		}
	}
	for _, o := range g.entries {
		if names := taken[o]; names != nil {
			t.add(fmt.Sprintf("import { %s } from %q;", strings.Join(names, ", "), addressFrom(e.root.path, o.root.path)))
		} else if slices.Contains(silent, o) {
			t.add(fmt.Sprintf("import %q;", addressFrom(e.root.path, o.root.path)))
		}
	}
	for _, m := range e.own {
		t.add(g.head(m))
		t.addSource(m.path, m.linesFor(e.root.path))
		if len(m.exports) > 0 {
			t.add(fmt.Sprintf("%s = { %s };", m.object(), strings.Join(m.exports, ", ")))
		}
		t.add("}")
	}
	if names := e.root.exports; len(names) > 0 {
		t.add(fmt.Sprintf("export const { %s } = %s;", strings.Join(names, ", "), e.root.object()))
	}
	if len(e.given) > 0 {
		var names []string
		for _, m := range e.given {
			names = append(names, m.object())
		}
		t.add(fmt.Sprintf("export { %s };", strings.Join(names, ", ")))
	}
	return t
}

// head opens a module's block: its object, and constants for what it imports.
func (g *graph) head(m *module) string {
	line := "{"
	if len(m.exports) > 0 {
		line = "let " + m.object() + "; {"
	}
	for _, i := range m.imports {
		if len(i.names) == 0 {
			continue
		}
		var names []string
		for _, b := range i.names {
			if b.name == b.local {
				names = append(names, b.name)
			} else {
				names = append(names, b.name+": "+b.local)
			}
		}
		line += fmt.Sprintf(" const { %s } = %s;", strings.Join(names, ", "), g.modules[i.path].object())
	}
	return line
}

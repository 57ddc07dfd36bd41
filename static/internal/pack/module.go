package main

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// A module is read as far as joining needs it: line by line, without a parser
// of JavaScript. That works because the page writes imports and exports in few
// forms, each on one line that begins with it:
//
//	import "./name.mjs";
//	import { one, two as three } from "../name.mjs";
//	export const name = …   export function name(…   export async function name(…   export class Name …
//	… import("./name.mjs") …                         anywhere in a line, with the address as it is;
//	… import("/dist/name.js") …                      a whole path is left alone, and so is the file
//
// Any other line that begins with import or export is refused, and so is any
// other use of import( and import.meta outside of lines that are comments.

// module is one source file.
type module struct {
	path    string // in the page's folder, with slashes
	number  int    // its place among all modules; it makes the name of its object
	lines   []string
	imports []imported
	exports []string
	lazy    []imported // what import(…) loads later; no names
}

// imported is one import statement.
type imported struct {
	path  string
	line  int // from 1
	names []binding
}

// binding is a name of the other module and what it is called here.
type binding struct{ name, local string }

var (
	statement  = regexp.MustCompile(`^(import|export)([^\w$(.]|$)`)
	importForm = regexp.MustCompile(`^import (?:\{ ?([^{}]*?),? ?\} from )?"([^"]+)";$`)
	exportForm = regexp.MustCompile(`^export ((?:async )?function\*? |class |const )([\w$]+)`)
	lazyForm   = regexp.MustCompile(`\bimport\("([^"]+)"\)`)
	lazyOther  = regexp.MustCompile(`\bimport\s*[(.]`)
	name       = regexp.MustCompile(`^[\w$]+$`)
)

// readModule reads the module at a path of the page's folder.
func readModule(page fs.FS, file string) (*module, error) {
	text, err := fs.ReadFile(page, file)
	if err != nil {
		return nil, err
	}
	m := &module{path: file, lines: strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")}
	for at, line := range m.lines {
		if err := m.readLine(at, line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, at+1, err)
		}
	}
	return m, nil
}

// readLine notes what a line imports or exports and leaves the rest of it.
func (m *module) readLine(at int, line string) error {
	if statement.MatchString(line) {
		if strings.HasPrefix(line, "export") {
			return m.readExport(at, line)
		}
		return m.readImport(at, line)
	}
	if isComment(line) {
		return nil
	}
	for _, found := range lazyForm.FindAllStringSubmatch(line, -1) {
		if strings.HasPrefix(found[1], "/") && !strings.HasSuffix(found[1], ".mjs") {
			continue
		}
		target, err := m.resolve(found[1])
		if err != nil {
			return err
		}
		m.lazy = append(m.lazy, imported{path: target, line: at + 1})
	}
	if other := lazyOther.FindString(lazyForm.ReplaceAllString(line, "")); other != "" {
		return fmt.Errorf(`found %q, expected no import.meta, and import("./name.mjs") with the address as it is`, other)
	}
	return nil
}

func (m *module) readImport(at int, line string) error {
	found := importForm.FindStringSubmatch(line)
	if found == nil {
		return fmt.Errorf(`found %q, expected import "./name.mjs"; or import { one, two as three } from "./name.mjs"; on one line`, line)
	}
	target, err := m.resolve(found[2])
	if err != nil {
		return err
	}
	one := imported{path: target, line: at + 1}
	if found[1] != "" {
		for item := range strings.SplitSeq(found[1], ",") {
			item = strings.TrimSpace(item)
			b := binding{item, item}
			if before, after, ok := strings.Cut(item, " as "); ok {
				b = binding{strings.TrimSpace(before), strings.TrimSpace(after)}
			}
			if !name.MatchString(b.name) || !name.MatchString(b.local) {
				return fmt.Errorf("found %q among the names, expected a name or “one as two”", item)
			}
			one.names = append(one.names, b)
		}
	}
	m.imports = append(m.imports, one)
	m.lines[at] = ""
	return nil
}

func (m *module) readExport(at int, line string) error {
	found := exportForm.FindStringSubmatch(line)
	if found == nil {
		return fmt.Errorf("found %q, expected export before const, function, async function or class and one name", line)
	}
	m.exports = append(m.exports, found[2])
	m.lines[at] = strings.TrimPrefix(line, "export ")
	return nil
}

// resolve makes a path of the page's folder from an address.
func (m *module) resolve(address string) (string, error) {
	target := path.Join(path.Dir(m.path), address)
	if !strings.HasPrefix(address, "./") && !strings.HasPrefix(address, "../") ||
		!strings.HasSuffix(address, ".mjs") || !fs.ValidPath(target) {
		return "", fmt.Errorf(`found the address %q, expected one like "./name.mjs" that stays in the page's folder`, address)
	}
	return target, nil
}

// linesFor are the module's lines in a joined file, where other addresses lead
// to what it loads later.
func (m *module) linesFor(file string) []string {
	if len(m.lazy) == 0 {
		return m.lines
	}
	lines := make([]string, len(m.lines))
	for at, line := range m.lines {
		lines[at] = line
		if isComment(line) {
			continue
		}
		lines[at] = lazyForm.ReplaceAllStringFunc(line, func(call string) string {
			target, err := m.resolve(lazyForm.FindStringSubmatch(call)[1])
			if err != nil { // a whole path: all else was refused
				return call
			}
			return fmt.Sprintf("import(%q)", addressFrom(file, target))
		})
	}
	return lines
}

// object is the name of what the module exports, in joined files.
func (m *module) object() string { return fmt.Sprintf("$%d", m.number) }

// isComment knows the lines of comments by how they begin.
func isComment(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "//") || strings.HasPrefix(line, "/*") || strings.HasPrefix(line, "*")
}

// addressFrom is how one file of the page names another.
func addressFrom(from, to string) string {
	up := strings.Count(from, "/")
	if up == 0 {
		return "./" + to
	}
	return strings.Repeat("../", up) + to
}

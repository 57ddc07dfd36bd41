package main

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// A style sheet that index.html links to and that is a list of imports becomes
// one file, in which each import is replaced by the file itself:
//
//	@import "name.css";
//
// on a line of its own, before any rule. Layers are named inside the files, so
// an import says nothing else. Imports of imports and addresses in url(…) are
// refused; the page has neither.

var (
	styleTag    = regexp.MustCompile(`<link rel="stylesheet" href="/([^"]+)"`)
	styleImport = regexp.MustCompile(`^@import "([\w-]+\.css)";$`)
	styleOther  = regexp.MustCompile(`@import\b|@charset\b|\burl\(`)
)

// joinStyles returns the style sheets that import others, joined.
func joinStyles(page fs.FS) ([]joined, error) {
	index, err := fs.ReadFile(page, indexName)
	if err != nil {
		return nil, err
	}
	var files []joined
	for _, found := range styleTag.FindAllStringSubmatch(string(index), -1) {
		file, err := joinStyle(page, found[1])
		if err != nil {
			return nil, err
		}
		if len(file.parts) > 2 {
			files = append(files, file)
		}
	}
	return files, nil
}

func joinStyle(page fs.FS, file string) (joined, error) {
	j := joined{path: file, parts: []string{indexName, file}}
	lines, err := readLines(page, file)
	if err != nil {
		return j, err
	}
	rest := false // some line that was no import
	comment := false
	for at, line := range lines {
		wrong := func(format string, args ...any) (joined, error) {
			return j, fmt.Errorf("%s:%d: %s", file, at+1, fmt.Sprintf(format, args...))
		}
		found := styleImport.FindStringSubmatch(line)
		switch {
		case found != nil && rest:
			return wrong("found an import below a rule, where browsers ignore it, expected it above")
		case found != nil:
			part := path.Join(path.Dir(file), found[1])
			body, err := readLines(page, part)
			if err != nil {
				return wrong("%v", err)
			}
			for at, line := range body {
				if other := styleOther.FindString(line); other != "" {
					return j, fmt.Errorf("%s:%d: found %q, expected rules alone in a file that is imported", part, at+1, other)
				}
			}
			j.text.addSource(part, body)
			j.parts = append(j.parts, part)
			continue
		case styleOther.MatchString(line):
			return wrong(`found %q, expected imports like @import "name.css"; on a line of their own, and no url(`, line)
		}
		// The sheet's own comments and rules stay without a place in the map.
		j.text.add(line)
		var outside string
		outside, comment = outsideComments(line, comment)
		rest = rest || outside != ""
	}
	return j, nil
}

// outsideComments returns what of a line is in no comment, and whether a comment
// goes on behind it.
func outsideComments(line string, comment bool) (string, bool) {
	var outside string
	for line != "" {
		mark := "/*"
		if comment {
			mark = "*/"
		}
		before, after, found := strings.Cut(line, mark)
		if !comment {
			outside += before
		}
		if found {
			comment = !comment
		}
		line = after
	}
	return strings.TrimSpace(outside), comment
}

func readLines(page fs.FS, file string) ([]string, error) {
	body, err := fs.ReadFile(page, file)
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(body), "\n"), "\n"), nil
}

package main

import (
	"encoding/json"
	"strings"
)

// text is a joined file that remembers where its lines come from.
type text struct {
	lines   []line
	sources []string
}

// line is one line and its place: number counts from 0 in the source, and a line
// that stands in no source has the source -1.
type line struct {
	text           string
	source, number int
}

// add appends a line of the joined file's own.
func (t *text) add(s string) { t.lines = append(t.lines, line{s, -1, 0}) }

// addSource appends the lines of a file.
func (t *text) addSource(file string, lines []string) {
	for number, s := range lines {
		t.lines = append(t.lines, line{s, len(t.sources), number})
	}
	t.sources = append(t.sources, file)
}

// String is the file.
func (t *text) String() string {
	var b strings.Builder
	for _, l := range t.lines {
		b.WriteString(l.text)
		b.WriteByte('\n')
	}
	return b.String()
}

// sourceMap is the map of ECMA-426 from the file's lines to those of its
// sources, so that developer tools show the files that somebody wrote. read
// gives a source's text: it comes along, since the entry's own address leads to
// the joined file.
func (t *text) sourceMap(file string, read func(string) ([]byte, error)) ([]byte, error) {
	m := struct {
		Version  int      `json:"version"`
		File     string   `json:"file"`
		Sources  []string `json:"sources"`
		Contents []string `json:"sourcesContent"`
		Names    []string `json:"names"`
		Mappings string   `json:"mappings"`
	}{Version: 3, File: file, Names: []string{}}
	for _, source := range t.sources {
		body, err := read(source)
		if err != nil {
			return nil, err
		}
		m.Sources = append(m.Sources, "framecraft:///"+source)
		m.Contents = append(m.Contents, string(body))
	}
	m.Mappings = t.mappings()
	return json.Marshal(m)
}

// mappings has one segment for each line that stands in a source: column 0 here,
// then source, line and column there, each as the difference from the segment before.
func (t *text) mappings() string {
	var b []byte
	source, number := 0, 0
	for _, l := range t.lines {
		if l.source >= 0 {
			b = appendVLQ(b, 0)
			b = appendVLQ(b, l.source-source)
			b = appendVLQ(b, l.number-number)
			b = appendVLQ(b, 0)
			source, number = l.source, l.number
		}
		b = append(b, ';')
	}
	return string(b)
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// appendVLQ writes a number in base 64, five bits a digit with the lowest first;
// the sign is the lowest bit of all, and each digit but the last has its sixth bit set.
func appendVLQ(b []byte, n int) []byte {
	v := n << 1
	if n < 0 {
		v = -n<<1 | 1
	}
	for ; v >= 32; v >>= 5 {
		b = append(b, base64Digits[v&31|32])
	}
	return append(b, base64Digits[v])
}

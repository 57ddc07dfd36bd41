package main

import (
	"strings"
	"testing"
)

// Style sheets that are joined, and those that are refused.

const styledIndex = "index.html\n<link rel=\"stylesheet\" href=\"/css/page.css\">\n<link rel=\"stylesheet\" href=\"/css/plain.css\">"

func TestJoinStyles(t *testing.T) {
	files, err := joinStyles(pageOf(styledIndex,
		"css/plain.css\np { color: red }\n",
		"css/page.css\n/* The order\n   counts. */\n\n@import \"b.css\";\n@import \"a.css\";\n\n@layer x { p { margin: 0 } }\n",
		"css/a.css\n/* a */\na { top: 0 }\n",
		"css/b.css\n@layer x, y;\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || files[0].path != "css/page.css" || strings.Join(files[0].parts, " ") != "index.html css/page.css css/b.css css/a.css" {
		t.Fatalf("found %+v", files)
	}
	const expected = "/* The order\n   counts. */\n\n@layer x, y;\n/* a */\na { top: 0 }\n\n@layer x { p { margin: 0 } }\n"
	if got := files[0].text.String(); got != expected {
		t.Errorf("found\n%s\nexpected\n%s", got, expected)
	}
	if got := files[0].text.mappings(); got != ";;;AAAA;ACAA;AACA;;;" {
		t.Errorf("found the mappings %s", got)
	}
}

func TestJoinStylesRefuses(t *testing.T) {
	for _, c := range []struct{ page, part, says string }{
		{"p { top: 0 }\n@import \"a.css\";", "", "css/page.css:2: found an import below a rule"},
		{"/* a */ p { top: 0 }\n@import \"a.css\";", "", "css/page.css:2: found an import below a rule"},
		{"@import url(a.css);", "", "css/page.css:1: found"},
		{"@import \"a.css\" layer(x);", "", "css/page.css:1: found"},
		{"@import \"../a.css\";", "", "css/page.css:1: found"},
		{"@import \"gone.css\";", "", "css/page.css:1: open css/gone.css"},
		{"@import \"a.css\";", "\n@import \"b.css\";", "css/a.css:2: found \"@import\""},
		{"@import \"a.css\";", "p { background: url(x.svg) }", "css/a.css:1: found \"url(\""},
	} {
		_, err := joinStyles(pageOf(styledIndex, "css/plain.css\n", "css/page.css\n"+c.page, "css/a.css\n"+c.part))
		if err == nil || !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%q with %q: found the error %v, expected %q", c.page, c.part, err, c.says)
		}
	}
}

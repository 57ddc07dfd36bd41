package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// pageOf makes a page of files; each begins with a line that says its name.
func pageOf(files ...string) fstest.MapFS {
	page := fstest.MapFS{}
	for _, file := range files {
		name, text, _ := strings.Cut(file, "\n")
		page[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return page
}

// A page with everything that joining knows: modules with script tags that
// import each other, one that several need, one that is loaded later and
// shares with the others, await at the top, every form of import and export.
var wholePage = pageOf(
	`index.html
<script type="module" src="/app.mjs"></script>
<script type="module" src="/parts/boot.mjs"></script>
`,
	`app.mjs
import { log } from "./log.mjs";
import "./parts/first.mjs";
import { Second as Other, twice } from "./parts/second.mjs";
import { booted } from "./parts/boot.mjs";

const text = "app's own";
log("app", await Promise.resolve(text), new Other().name, twice(21), booted());
// import("./a comment.mjs") is none
import("./parts/later.mjs").then(({ later }) => log("app", later(), globalThis.instances));
`,
	`log.mjs
globalThis.instances = (globalThis.instances ?? 0) + 1;
export function log(...words) {
  console.log(...words);
}
`,
	`parts/boot.mjs
const text = "boot's own";
console.log(text);
export function booted() {
  return text;
}
`,
	`parts/first.mjs
import { log } from "../log.mjs";
import { twice } from "./second.mjs";

const text = "first's own";
log(text, twice(1));
`,
	`parts/second.mjs
import { log } from "../log.mjs";

const text = "second's own";
export const factor = 2;
export class Second {
  name = text;
}
export function twice(n) {
  return helped(n);
}
export async function soon() {}
function helped(n) {
  return factor * n;
}
log(text);
`,
	`parts/later.mjs
import "./first.mjs";
import { log } from "../log.mjs";
import { laterName } from "./only.mjs";
import { factor } from "./second.mjs";

log("later", factor, laterName);
export const later = () => laterName + factor;
`,
	`parts/only.mjs
export const laterName = "only";
`,
)

// write puts a page on the disk, with the joined files in the place of their
// entries when they are given.
func writePage(t *testing.T, page fstest.MapFS, files []joined) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, page); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, part := range file.parts {
			if strings.HasSuffix(part, ".mjs") && !isTag(page, part) {
				_ = os.Remove(filepath.Join(folder, part)) // twice is no harm
			}
		}
	}
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(folder, file.path), []byte(file.text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func isTag(page fstest.MapFS, name string) bool {
	return strings.Contains(string(page["index.html"].Data), `src="/`+name+`"`)
}

// node runs an entry and returns what it logged.
func node(t *testing.T, folder, entry string) string {
	t.Helper()
	out, err := exec.Command("node", filepath.Join(folder, entry)).CombinedOutput()
	if err != nil {
		t.Fatalf("node %s: %v\n%s", entry, err, out)
	}
	return string(out)
}

func TestJoinedRunsLikeItsSources(t *testing.T) {
	files, err := joinModules(wholePage)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		names = append(names, file.path)
		if len(file.parts) != 8 { // index.html and seven modules
			t.Errorf("%s: made from %q, expected all of the page", file.path, file.parts)
		}
	}
	if got := strings.Join(names, " "); got != "app.mjs parts/later.mjs" {
		t.Fatalf("joined %s, expected app.mjs parts/later.mjs", got)
	}
	sources := node(t, writePage(t, wholePage, nil), "app.mjs")
	// What has a script tag comes first, as the description says; all else keeps its place.
	const boot = "boot's own\n"
	if !strings.Contains(sources, boot) || strings.Count(sources, "\n") != 6 {
		t.Fatalf("the sources say\n%s", sources)
	}
	expected := boot + strings.Replace(sources, boot, "", 1)
	if got := node(t, writePage(t, wholePage, files), "app.mjs"); got != expected {
		t.Errorf("joined, the page says\n%sexpected\n%s", got, expected)
	}
}

// A module that a script tag's module needs belongs to the one that is imported
// by the other, whatever their order in the document.
func TestJoinSharesBetweenTags(t *testing.T) {
	page := pageOf(
		"index.html\n<script type=\"module\" src=\"/app.mjs\"></script><script type=\"module\" src=\"/boot.mjs\"></script>",
		"app.mjs\nimport \"./boot.mjs\";\nimport \"./still.mjs\";\nimport { one } from \"./one.mjs\";\none(\"app\");\n",
		"boot.mjs\nimport \"./still.mjs\";\nimport { one } from \"./one.mjs\";\none(\"boot\");\n",
		"still.mjs\nglobalThis.still = true;\n",
		"one.mjs\nlet n = 0;\nexport function one(who) {\n  console.log(who, ++n);\n}\n",
	)
	files, err := joinModules(page)
	if err != nil {
		t.Fatal(err)
	}
	if got := node(t, writePage(t, page, files), "app.mjs"); got != "boot 1\napp 2\n" {
		t.Errorf("found %q, expected one instance that boot.mjs uses first", got)
	}
}

func TestJoinLeavesAloneWhatImportsNothing(t *testing.T) {
	files, err := joinModules(pageOf(
		"index.html\n<script type=\"module\" src=\"/app.mjs\"></script><script type=\"module\" src=\"/boot.mjs\"></script>",
		"app.mjs\nimport \"./boot.mjs\";\n", "boot.mjs\n"))
	if err != nil || len(files) != 0 {
		t.Errorf("found %v, %v, expected no joined file", files, err)
	}
}

func TestJoinRefuses(t *testing.T) {
	const index = "index.html\n<script type=\"module\" src=\"/app.mjs\"></script>"
	for _, c := range []struct {
		name  string
		files []string
		says  []string
	}{
		{"a circle", []string{"app.mjs\nimport \"./a.mjs\";", "a.mjs\n\nimport \"./b.mjs\";", "b.mjs\nimport \"./a.mjs\";"},
			[]string{"b.mjs:1: a.mjs, b.mjs import each other in a circle"}},
		{"itself", []string{"app.mjs\nimport \"./app.mjs\";"}, []string{"app.mjs:1: ", "circle"}},
		{"a file that is not there", []string{"app.mjs\n\n\nimport \"./gone.mjs\";"}, []string{"app.mjs:3: ", "gone.mjs"}},
		{"a name that is not exported", []string{"app.mjs\nimport { a, b as c } from \"./a.mjs\";", "a.mjs\nexport const a = 1;\nconst b = 2;"},
			[]string{"app.mjs:1: found the name b, which a.mjs does not export"}},
		{"now and later", []string{"app.mjs\nimport \"./a.mjs\";\nimport(\"./a.mjs\");", "a.mjs\n"}, []string{"app.mjs:2: found a.mjs"}},
		{"shared by two that come later", []string{"app.mjs\n  import(\"./a.mjs\");\n  import(\"./b.mjs\");",
			"a.mjs\nimport \"./c.mjs\";", "b.mjs\n\nimport \"./c.mjs\";", "c.mjs\n"},
			[]string{"b.mjs:2: found c.mjs, which a.mjs needs too"}},
		{"a later file that is not there", []string{"app.mjs\n  import(\"./gone.mjs\");"}, []string{"app.mjs:1: ", "gone.mjs"}},
	} {
		_, err := joinModules(pageOf(append([]string{index}, c.files...)...))
		for _, says := range c.says {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: found the error %v, expected %q in it", c.name, err, says)
			}
		}
	}
}

// The page itself can be joined, and nothing that it loads at once is left out.
func TestPageJoins(t *testing.T) {
	page := os.DirFS("../..")
	files, err := joinModules(page)
	if err != nil {
		t.Fatal(err)
	}
	elements, err := fs.Glob(page, "elements/*.mjs")
	if err != nil || len(elements) < 20 {
		t.Fatalf("found %d elements, %v", len(elements), err)
	}
	all := ""
	for _, file := range files {
		all += strings.Join(file.parts, " ") + " "
	}
	for _, element := range elements {
		if !strings.Contains(all, element+" ") {
			t.Errorf("%s is part of no joined file; does anything import it?", element)
		}
	}
	styles, err := joinStyles(page)
	if err != nil || len(styles) != 1 || styles[0].path != "css/page.css" {
		t.Fatalf("found the style sheets %v, %v, expected css/page.css alone", styles, err)
	}
	sheets, err := fs.Glob(page, "css/*.css")
	if err != nil || len(sheets) < 10 {
		t.Fatalf("found %d style sheets, %v", len(sheets), err)
	}
	// A workbench that is loaded when it is opened brings sheets of its own.
	modules := ""
	for _, file := range files {
		for _, part := range file.parts {
			source, err := fs.ReadFile(page, part)
			if err != nil {
				t.Fatal(err)
			}
			modules += string(source)
		}
	}
	for _, sheet := range sheets {
		if sheet == styles[0].path {
			continue
		}
		joined, named := slices.Contains(styles[0].parts, sheet), strings.Contains(modules, `"/`+sheet+`"`)
		if joined == named {
			t.Errorf("%s: part of css/page.css is %v, named by a module is %v; expected one of them", sheet, joined, named)
		}
	}
}

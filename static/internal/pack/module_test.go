package main

import (
	"reflect"
	"strings"
	"testing"
)

func TestReadModule(t *testing.T) {
	m, err := readModule(pageOf(`parts/a.mjs
// import "./no.mjs"; is a comment
import "./b.mjs";
import { one } from "../c.mjs";
import { two as three, $four } from "./d.mjs";
export const x = 1, important = 2;
export async function f() {
  return import("./later.mjs"), import("/dist/support.js");
}
export function* g() {}
export class C extends Array {}
important();
`), "parts/a.mjs")
	if err != nil {
		t.Fatal(err)
	}
	expected := &module{
		path: "parts/a.mjs",
		imports: []imported{
			{path: "parts/b.mjs", line: 2},
			{path: "c.mjs", line: 3, names: []binding{{"one", "one"}}},
			{path: "parts/d.mjs", line: 4, names: []binding{{"two", "three"}, {"$four", "$four"}}},
		},
		exports: []string{"x", "f", "g", "C"},
		lazy:    []imported{{path: "parts/later.mjs", line: 7}},
		lines: []string{
			`// import "./no.mjs"; is a comment`, "", "", "", "const x = 1, important = 2;", "async function f() {",
			`  return import("./later.mjs"), import("/dist/support.js");`, "}", "function* g() {}", "class C extends Array {}", "important();",
		},
	}
	if !reflect.DeepEqual(m, expected) {
		t.Errorf("found\n%+v\nexpected\n%+v", m, expected)
	}
	for file, call := range map[string]string{
		"app.mjs":         `import("./parts/later.mjs"), import("/dist/support.js")`,
		"other/there.mjs": `import("../parts/later.mjs"), import("/dist/support.js")`,
	} {
		if line := m.linesFor(file)[6]; line != "  return "+call+";" {
			t.Errorf("in %s it loads %q, expected %q", file, line, call)
		}
	}
}

func TestReadModuleRefuses(t *testing.T) {
	for _, line := range []string{
		`import def from "./a.mjs";`,
		`import * as all from "./a.mjs";`,
		`import { a } from './a.mjs';`,
		`import { a } from "./a.mjs"`,
		`import { a } from "./a.mjs"; a();`,
		`import {`,
		`import { a b } from "./a.mjs";`,
		`import "a.mjs";`,
		`import "/a.mjs";`,
		`import "./a.js";`,
		`import "../../a.mjs";`,
		`import { a } from "https://example.com/a.mjs";`,
		`export default 1;`,
		`export let a = 1;`,
		`export var a = 1;`,
		`export { a };`,
		`export * from "./a.mjs";`,
		`export const { a } = b;`,
		`  const a = import(name);`,
		"  const a = import(`./a.mjs`);",
		`  const a = import("/a.mjs");`,
		`  const a = import.meta.url;`,
		`import("../../a.mjs");`,
		`a(import("./b.mjs"), import(c));`,
	} {
		_, err := readModule(pageOf("parts/a.mjs\n\n"+line+"\n"), "parts/a.mjs")
		if err == nil || !strings.HasPrefix(err.Error(), "parts/a.mjs:2: found ") || !strings.Contains(err.Error(), "expected") {
			t.Errorf("%s: found the error %v, expected one with place, found and expected", line, err)
		}
	}
}

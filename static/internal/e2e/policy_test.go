package e2e

// The Content-Security-Policy, on the real page in the real browser: the page
// needs nothing that it forbids, and what it forbids does not happen.

import (
	"slices"
	"strings"
	"testing"
)

// watchPolicy notes every violation in violations, from the first script on.
const watchPolicy = `globalThis.violations = [];
document.addEventListener("securitypolicyviolation", (e) => violations.push(e.effectiveDirective));`

// All workbenches, a send and a play run without a violation, neither of those that
// a document is told about nor of those that only the developer sees (see listen).
//
// Defence: headers-csp-page
func TestPageKeepsToThePolicy(t *testing.T) {
	p := newTab(t)
	p.onEveryPage(watchPolicy)
	p.reopen(hello)
	p.connected()
	p.click(css(".exchange-send"))
	p.agreed()
	p.click(css("#bench-wire"))
	p.opened()
	p.play()
	p.click(css("#bench-live"))
	p.until("Live has drawn something", `document.querySelector(".benches [aria-current]").id === "bench-live" && document.querySelector("live-table tbody tr")?.checkVisibility()`)
	if found := read[[]string](p, "violations"); len(found) != 0 {
		t.Errorf("found violations of %q", found)
	}
}

// Strings do not become markup or scripts, nothing is loaded from or sent to
// another host, and no frame, form or base leads away.
//
// Defence: headers-csp-blocks
func TestPolicyBlocks(t *testing.T) {
	p := newTab(t)
	p.onEveryPage(watchPolicy)
	p.allow(".") // each of them is a complaint
	p.reopen(hello)
	done := read[[]string](p, `(async () => {
		const elsewhere = "http://localhost:1/", done = [];
		const attempt = async (name, f) => { try { await f(); done.push(name); } catch {} };
		const make = (name, properties) => document.body.append(Object.assign(document.createElement(name), properties));
		await attempt("markup of a string", () => { document.createElement("p").innerHTML = "<b>x</b>"; });
		await attempt("a script of a string", () => { make("script", { text: "globalThis.ran = true" }); });
		await attempt("a policy for strings", () => { trustedTypes.createPolicy("own", {}); });
		await attempt("fetching from another host", () => fetch(elsewhere));
		make("style", { textContent: "p { color: red }" });
		make("img", { src: elsewhere + "x.png" });
		make("iframe", { src: location.href });
		make("link", { rel: "stylesheet", href: elsewhere + "x.css" });
		document.head.append(Object.assign(document.createElement("base"), { href: elsewhere }));
		const form = Object.assign(document.createElement("form"), { action: elsewhere });
		document.body.append(form);
		form.submit();
		try { new WebSocket("ws://localhost:1/"); } catch {}
		await new Promise((resolve) => setTimeout(resolve, 500));
		if (globalThis.ran) done.push("a script");
		return done;
	})()`)
	if len(done) != 0 {
		t.Errorf("found done, and expected to be forbidden: %q", done)
	}
	found := read[[]string](p, "violations")
	slices.Sort(found)
	got := strings.Join(slices.Compact(found), " ")
	const want = "base-uri connect-src form-action frame-src img-src require-trusted-types-for style-src-elem trusted-types"
	if got != want {
		t.Errorf("found violations of %s, expected %s", got, want)
	}
}

package e2e

// A page is one tab of a browser context of its own. From its first moment on
// it collects everything that a careful developer would not want to see in the
// console: errors and warnings, exceptions, rejections that nobody handled,
// violations of the Content-Security-Policy. A test that causes some of these on
// purpose says which; any other one fails it.

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a condition may take to come true. Nothing takes nearly
// as long unless it is broken.
const patience = 15 * time.Second

// longest is when a wait inside the page is given up from outside.
const longest = 5 * patience

// tab is a page under test, seen from one test.
type tab struct {
	testing.TB
	*complaints
	ctx   context.Context
	close func()
	loads *int
}

// complaints are what the page did that it should not have done.
type complaints struct {
	mu       sync.Mutex
	problems []string
	allowed  []*regexp.Regexp
}

// newTab opens an empty tab, 1440 by 900.
func newTab(tb testing.TB) *tab {
	tb.Helper()
	parent, err := chromium()
	if err != nil {
		tb.Fatal(err)
	}
	p := &tab{TB: tb, complaints: &complaints{}, loads: new(int)}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.listen))
	p.ctx = ctx
	p.close = sync.OnceFunc(func() {
		p.complain()
		cancel()
	})
	tb.Cleanup(p.close)
	p.do(
		call(audits.Enable, cdp.Empty{}),
		call(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}),
	)
	p.resize(1440, 900)
	return p
}

// as is the same tab for a part of its test, which answers for the complaints up
// to its end.
func (p *tab) as(tb testing.TB) *tab {
	part := *p
	part.TB = tb
	tb.Cleanup(part.complain)
	return &part
}

// openPage opens the page of the shared server and waits until it is ready.
// The fragment is a link without its "#", or "".
func openPage(tb testing.TB, fragment string) *tab {
	tb.Helper()
	p := newTab(tb)
	p.reopen(fragment)
	return p
}

// reopen loads the page anew. The query makes it another address, because a
// navigation that changes no more than the fragment loads nothing.
func (p *tab) reopen(fragment string) {
	p.Helper()
	*p.loads++
	p.visit(fmt.Sprintf("%s?%d%s", theServer(p).url(), *p.loads, hash(fragment)))
	p.ready()
}

func hash(fragment string) string {
	if fragment == "" {
		return ""
	}
	return "#" + fragment
}

// visit navigates and does not wait for the page to be ready.
func (p *tab) visit(url string) {
	p.Helper()
	p.do(chromedp.Navigate(url))
}

func (p *tab) ready() {
	p.Helper()
	p.until("the page is ready", `document.documentElement.dataset.ready === "true"`)
}

func (p *tab) resize(width, height int64) {
	p.Helper()
	p.do(chromedp.EmulateViewport(width, height))
}

// do runs steps, each within patience.
func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	// The first run binds the tab to the context it gets, so that one has no end.
	if chromedp.FromContext(p.ctx).Target == nil {
		if err := chromedp.Do(p.ctx); err != nil {
			p.Fatal(err)
		}
	}
	for _, step := range steps {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		err := chromedp.Do(ctx, step)
		cancel()
		if err != nil {
			p.Fatal(err)
		}
	}
}

// call makes a step of a protocol command whose result does not matter.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

// callBrowser is call for commands of the browser as a whole.
func callBrowser[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.CallBrowser(ctx, command, params)
		return err
	})
}

func (p *tab) browserContext() cdp.BrowserContextID {
	return chromedp.FromContext(p.ctx).BrowserContextID
}

// ask runs a command for its result.
func ask[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		p.Fatal(err)
	}
	return result
}

// read evaluates an expression that only looks at the document. Promises are awaited.
func read[T any](p *tab, expression string) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, longest)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%v\nin %s", err, shorten(expression))
	}
	return value
}

// until waits for an expression to come true. The wait is inside the page, so
// the condition is seen within a few milliseconds.
func (p *tab) until(what, condition string) {
	p.Helper()
	if !p.within(patience, condition) {
		p.Fatalf("waited %v in vain until %s\n%s", patience, what, p.brief())
	}
}

func (p *tab) within(d time.Duration, condition string) bool {
	p.Helper()
	return read[bool](p, fmt.Sprintf(`(async () => {
		for (const end = performance.now() + %d; ; ) {
			if (%s) return true;
			if (performance.now() > end) return false;
			await new Promise((resolve) => setTimeout(resolve, 4));
		}
	})()`, d.Milliseconds(), condition))
}

// brief says what stands on the page, for messages of failed tests.
func (p *tab) brief() string {
	text := read[string](p, `[document.querySelector("fc-boot")?.innerText, document.querySelector("fc-notation textarea")?.value,
		document.querySelector("#notation-error")?.innerText, document.querySelector("fc-verdict")?.innerText,
		document.querySelector("#exchange")?.innerText, document.activeElement?.outerHTML.slice(0, 200)].filter(Boolean).join("\n")`)
	return shorten(text)
}

// onEveryPage runs a script in each new document before the page's own scripts.
func (p *tab) onEveryPage(script string) {
	p.Helper()
	p.do(call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}))
}

// allow says that a complaint is what the test wants.
func (p *complaints) allow(pattern string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = append(p.allowed, regexp.MustCompile(pattern))
}

func (p *complaints) listen(event any) {
	switch event := event.(type) {
	case *runtime.EventExceptionThrown:
		details := event.ExceptionDetails
		text := details.Text
		if details.Exception != nil {
			text += " " + details.Exception.Description
		}
		p.problem("exception: %s (%s:%d)", text, details.URL, details.LineNumber)
	case *runtime.EventConsoleAPICalled:
		if event.Type == runtime.ConsoleAPICalledTypeError || event.Type == runtime.ConsoleAPICalledTypeWarning || event.Type == runtime.ConsoleAPICalledTypeAssert {
			arguments, _ := json.Marshal(event.Args)
			p.problem("console.%s: %s", event.Type, arguments)
		}
	case *log.EventEntryAdded:
		if event.Entry.Level == log.EntryLevelError || event.Entry.Level == log.EntryLevelWarning {
			p.problem("log: %s: %s (%s)", event.Entry.Source, event.Entry.Text, event.Entry.URL)
		}
	case *audits.EventIssueAdded:
		switch details := event.Issue.Details; {
		case details.ContentSecurityPolicyIssueDetails != nil:
			csp := details.ContentSecurityPolicyIssueDetails
			p.problem("Content-Security-Policy: %s blocked %s", csp.ViolatedDirective, csp.BlockedURL)
		case details.QuirksModeIssueDetails != nil:
			p.problem("the document is in quirks mode")
		case details.DeprecationIssueDetails != nil:
			p.problem("deprecated: %s", details.DeprecationIssueDetails.Type)
		}
	}
}

func (p *complaints) problem(format string, arguments ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, fmt.Sprintf(format, arguments...))
}

// complain fails the test for every problem that was not allowed, once.
func (p *tab) complain() {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
next:
	for _, problem := range p.problems {
		for _, pattern := range p.allowed {
			if pattern.MatchString(problem) {
				continue next
			}
		}
		p.Errorf("the page complained: %s", problem)
	}
	p.problems = nil
}

func shorten(text string) string {
	if len(text) > 900 {
		return text[:900] + "…"
	}
	return text
}

// quote writes a Go string as a JavaScript one.
func quote(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // strings always encode
	return strings.TrimSpace(b.String())
}

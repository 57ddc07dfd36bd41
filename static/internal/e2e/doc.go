// Package e2e tests the built page on the built server in a real Chromium, with
// the mouse and the keyboard that its input events stand for. `make test-page`
// runs it.
//
// In reading order: server_test.go starts the server, browser_test.go Chromium,
// page_test.go a tab that collects every complaint of the console, of the
// Content-Security-Policy and of promises; input_test.go clicks and types;
// views_test.go reads what the page shows. All other files are tests of one
// concern each.
//
// It is a module of its own, so that the browser's driver is no dependency of
// the product. What bytes mean it asks package protocol, built natively: the
// page's answers come from the same code built for js/wasm.
package e2e

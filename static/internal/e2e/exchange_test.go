package e2e

// Reading the exchange: the connection's state and what came of the newest send.

// connected waits until the page's own socket is open.
func (p *tab) connected() {
	p.Helper()
	p.until("the socket is open", `document.querySelector("fc-status .status-word")?.textContent === "connected"`)
}

// newest is the last send, the top of the list.
const newest = `document.querySelector(".exchange-entry.send")`

// agreed waits for the answer to the newest send.
func (p *tab) agreed() {
	p.Helper()
	p.until("native and WASM agree on the newest send", newest+`?.querySelector(".exchange-badge")?.textContent.includes("native and WASM agree")`)
}

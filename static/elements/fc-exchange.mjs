// <fc-exchange>: what was sent, in what the browser carried it, what the server
// read, and how the connection fares. The Send button stands at its head.
//
// Entries come from exchange.mjs with a version each; only those that changed
// are made anew, and what an entry shows when it is opened is made when it is
// opened first. Once a second, and only while the server is away, the
// count-down to the next try is written.

import { Part, count, h, setAttribute, setShown, setText } from "../dom.mjs";
import { detailsOf, summaryOf, timeOf } from "./exchange-entry.mjs";

/** Where the dock has room for an open entry at all times; css/layout.css has the same sizes. */
const roomy = matchMedia("(width >= 1600px) and (height >= 900px)");

class FcExchange extends Part {
  #parts;
  #rows = new Map();
  #ticker = 0;
  #unfolded = null;

  build() {
    const send = h(
      "button",
      {
        type: "button",
        class: "primary exchange-send",
        "aria-keyshortcuts": "Control+Enter",
        "aria-describedby": "exchange-reason",
        "aria-disabled": "true",
        title: "Control + Enter",
        onclick: () => this.#send(),
      },
      "Send",
    );
    const clear = h("button", { type: "button", class: "quiet small", hidden: true, onclick: () => this.intend({ do: "clear-exchange" }) }, "Clear");
    const reason = h("p", { class: "exchange-reason", id: "exchange-reason", hidden: true });
    const words = h("span", { class: "exchange-away-words" });
    const connect = h("button", { type: "button", class: "small", onclick: () => this.intend({ do: "connect" }) }, "Connect now");
    const away = h("div", { class: "exchange-away", hidden: true }, h("span", { class: "exchange-away-sign", "aria-hidden": "true" }, "!"), words, connect);
    const list = h("ol", { class: "exchange-list", "aria-label": "Exchange, newest first" });
    const empty = h(
      "div",
      { class: "exchange-empty" },
      h("p", {}, "Nothing sent yet."),
      h("p", { class: "muted" }, "Each send appears here: the crafted bytes, the carrier frame that the browser made around them, what the server read, and whether that agrees with this page, byte for byte."),
    );
    this.#parts = { send, clear, reason, away, words, connect, list, empty };
    this.append(h("header", { class: "exchange-bar" }, h("h2", {}, "Exchange"), away, reason, clear, send), empty, list);
  }

  disconnectedCallback() {
    clearInterval(this.#ticker);
    this.#ticker = 0;
  }

  paint(state, before) {
    if (!before || state.bytes !== before.bytes || state.catalog !== before.catalog || state.error !== before.error || state.connection !== before.connection) {
      this.#paintSend(state);
    }
    if (!before || state.connection !== before.connection) this.#paintConnection(state);
    if (!before || state.exchange !== before.exchange || state.catalog !== before.catalog) this.#paintEntries(state);
  }

  #paintSend({ bytes, catalog, error, connection }) {
    const { send, reason } = this.#parts;
    const why = refusal({ bytes, catalog, error, connection });
    setText(send, `Send ${count(bytes.length, "byte")}`);
    setAttribute(send, "aria-disabled", why === "" ? null : "true");
    setText(reason, why);
    setShown(reason, why !== "");
  }

  #send() {
    if (this.#parts.send.getAttribute("aria-disabled") === "true") {
      this.intend({ do: "announce", text: this.#parts.reason.textContent });
      return;
    }
    this.intend({ do: "send" });
  }

  #paintConnection({ connection }) {
    const away = connection?.state === "waiting";
    setShown(this.#parts.away, away);
    if (away && this.#ticker === 0) this.#ticker = setInterval(() => this.#countDown(), 1000);
    if (!away && this.#ticker !== 0) {
      clearInterval(this.#ticker);
      this.#ticker = 0;
    }
    this.#countDown();
  }

  #countDown() {
    const { connection } = this.state;
    if (connection?.state !== "waiting") return;
    const left = Math.max(0, Math.ceil((connection.retryAt - Date.now()) / 1000));
    setText(this.#parts.words, `Server away. Next try in ${left} s.`);
  }

  #paintEntries({ exchange }) {
    const { list, empty, clear } = this.#parts;
    setShown(empty, !exchange.some(({ kind }) => kind === "send"));
    setShown(list, exchange.length > 0);
    setShown(clear, exchange.length > 0);
    const rows = new Map();
    let place = list.firstElementChild;
    for (const entry of exchange) {
      const row = this.#row(entry);
      rows.set(entry.id, row);
      if (row.node === place) place = place.nextElementSibling;
      else list.insertBefore(row.node, place);
    }
    for (const [id, row] of this.#rows) if (!rows.has(id)) row.node.remove();
    const sentNow = exchange[0]?.kind === "send" && !this.#rows.has(exchange[0].id);
    this.#rows = rows;
    // Whoever sends wants to see what comes of it; the newest entry stands on top.
    if (!sentNow) return;
    if (this.parentElement) this.parentElement.scrollTop = 0;
    if (roomy.matches) this.#unfold(rows.get(exchange[0].id));
  }

  /** Opens the entry of what was just sent, in place of the one that was opened so before. */
  #unfold(row) {
    if (this.#unfolded) this.#unfolded.details.open = false;
    this.#unfolded = row;
    row.details.open = true;
  }

  /** The row of an entry: the one there is, brought up to date, or a new one. */
  #row(entry) {
    let row = this.#rows.get(entry.id);
    if (row?.version === entry.version) return row;
    if (!row) row = { node: h("li", { class: `exchange-entry ${entry.kind}` }), version: -1, entry, details: null };
    row.version = entry.version;
    row.entry = entry;
    if (entry.kind === "note") paintNote(row.node, entry);
    else this.#paintEntry(row);
    return row;
  }

  #paintEntry(row) {
    const { node, entry } = row;
    if (!row.details) {
      const summary = h("summary", { class: "exchange-line" });
      const body = h("div", { class: "exchange-body" });
      row.details = h("details", {}, summary, body);
      row.details.addEventListener("toggle", () => {
        if (row.details.open) this.#paintBody(row);
      });
      node.append(row.details);
    }
    row.details.firstElementChild.replaceChildren(...summaryOf(entry, this.#codeName));
    if (row.details.open) this.#paintBody(row);
  }

  #paintBody({ details, entry }) {
    details.lastElementChild.replaceChildren(
      ...detailsOf(entry, {
        codeName: this.#codeName,
        onLoad: () => {
          this.intend({ do: "load", doc: entry.doc, sender: entry.sender, ended: entry.ended, deflate: entry.deflate });
          this.intend({ do: "announce", text: "Loaded what was sent." });
        },
      }),
    );
  }

  /** "1002 Protocol Error": the catalog knows the names. */
  #codeName = (code) => {
    const entry = this.state.catalog.statusCodes.find(({ first, last }) => code >= first && code <= last);
    return entry ? `${code} ${entry.name}` : String(code);
  };
}

/** Why nothing can be sent now, or "". */
function refusal({ bytes, catalog, error, connection }) {
  if (error && error.intent === "read") return "The notation cannot be read.";
  if (catalog && bytes.length > catalog.messageLimit) {
    return `Over the limit: ${count(bytes.length, "byte")}, and one message may have ${catalog.messageLimit.toLocaleString("en")}.`;
  }
  if (connection?.pending) return "One send waits for the connection.";
  return "";
}

function paintNote(node, entry) {
  const signs = { opened: "·", closed: "×", failed: "!" };
  node.classList.remove("opened", "closed", "failed");
  node.classList.add(entry.phase);
  const tries = entry.phase === "failed" && entry.tries > 1 ? ` ${entry.tries} tries so far.` : "";
  node.replaceChildren(
    timeOf(entry),
    h("span", { class: "exchange-arrow", "aria-hidden": "true" }, signs[entry.phase]),
    h("span", { class: "exchange-note" }, entry.text + tries),
  );
}

customElements.define("fc-exchange", FcExchange);

// <fc-status>: two pills. The first says how the socket is, by a shape and a
// word; the second which builds of the protocol code read a crafted frame now,
// and whether they have agreed so far.

import { Part, count, h, setAttribute, setText } from "../dom.mjs";

const connections = {
  open: ["●", "connected", "good", "The page's WebSocket to the server is open."],
  connecting: ["◌", "connecting", "quiet", "The page's WebSocket is being opened."],
  waiting: ["▲", "server away", "warn", "The server is away; the page keeps trying. Everything but sending works."],
  closed: ["○", "not connected", "quiet", "The page's WebSocket is not open."],
};

class FcStatus extends Part {
  #parts;

  build() {
    const [connection, builds] = ["connection", "builds"].map((name) => {
      const sign = h("span", { class: "status-sign", "aria-hidden": "true" });
      const word = h("span", { class: "status-word" });
      return { pill: h("span", { class: `status-pill ${name}` }, sign, word), sign, word };
    });
    this.#parts = { connection, builds };
    this.append(connection.pill, builds.pill);
  }

  paint(state, before) {
    if (!before || state.connection !== before.connection) {
      write(this.#parts.connection, connections[state.connection?.state] ?? connections.closed);
    }
    if (!before || state.connection !== before.connection || state.exchange !== before.exchange) {
      write(this.#parts.builds, buildsOf(state));
    }
  }
}

function buildsOf({ connection, exchange }) {
  const answered = exchange.filter((entry) => entry.phase === "answered");
  const differ = answered.filter((entry) => !entry.agree).length;
  if (differ > 0) return ["≠", "native ≠ WASM", "danger", `The two builds read ${count(differ, "send")} differently: see the exchange.`];
  if (connection?.state !== "open") return ["", "WASM", "quiet", "Frames are read by WASM in this page; the native build is not in reach."];
  if (answered.length === 0) return ["", "native + WASM", "quiet", "WASM reads as you type; each send is read by the native build as well."];
  return ["✓", "native + WASM", "good", `Native and WASM agreed on ${answered.length === 1 ? "the one send" : `all ${answered.length} sends`} so far.`];
}

function write({ pill, sign, word }, [shape, words, kind, title]) {
  setText(sign, shape);
  setText(word, words);
  setAttribute(pill, "data-kind", kind);
  setAttribute(pill, "title", title);
}

customElements.define("fc-status", FcStatus);

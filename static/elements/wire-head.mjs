// The head of a request or a response: its first line and its fields, each with
// its place in the bytes, broken ones marked; for the handshake's key, the steps
// from it to the Accept value. Pointing at a line lights its bytes, and the other
// way round.

import { ByteGrid } from "../bytegrid.mjs";
import { h, resize, setAttribute, setShown, setText } from "../dom.mjs";
import { hexDigits } from "../reading.mjs";
import { WirePart } from "../wire/wire-part.mjs";

/** Which of the page's tints stand for what: first line, names, values, the rest. */
const tints = { line: 0, name: 4, value: 6 };

class Head extends WirePart {
  #pieces = [];
  #lit = null;

  build() {
    this.first = h("p", { className: "head-first mono" });
    this.body = h("tbody", {});
    this.table = h("table", { className: "head-fields" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Field"), h("th", { scope: "col" }, "Value"))), this.body);
    this.accept = h("section", { className: "accept", "aria-label": "Sec-WebSocket-Accept, step by step" });
    this.grid = new ByteGrid({
      label: "Bytes of the head, hex and ASCII",
      light: (bit) => this.#light(bit === null ? null : this.#pieceAt(bit >> 3)),
      name: (index, byte, piece) => `byte ${index}, ${piece?.name ?? "line end"}, hex ${hexDigits[byte]}`,
    });
    this.grid.fixed = true;
    this.bytes = h("section", { className: "panel bytes-panel", "aria-label": "Bytes" },
      h("header", { className: "panel-head" }, h("h2", {}, "Bytes")), this.grid.element);
    this.append(h("div", { className: "panel head-panel" }, this.first, this.table), this.accept, this.bytes);
    for (const type of ["pointerover", "focusin"]) {
      this.table.addEventListener(type, (event) => {
        const index = event.target.closest?.("[data-piece]")?.dataset.piece;
        this.#light(index === undefined ? null : this.#pieces[index]);
      });
    }
    this.table.addEventListener("pointerleave", () => this.#light(null));
  }

  /** The state here: {head, bytes of its side, diagnostics of the row, key}. */
  paint(state, before) {
    const { head, diagnostics } = state;
    if (!head) return;
    if (before?.key !== state.key || (state.lit && state.lit !== before.lit)) this.#lit = state.lit ?? null;
    this.#pieces = [
      ...head.line.map(({ name, value, start, end }) => ({ name, value, start, end, tint: tints.line })),
      ...head.fields.flatMap((field) => [
        { name: `name of ${field.name}`, value: field.name, start: field.nameStart, end: field.nameEnd, tint: tints.name },
        { name: `value of ${field.name}`, value: field.value, start: field.valueStart, end: field.valueEnd, tint: tints.value },
      ]),
    ];
    const brokenIn = (start, end) => diagnostics.filter(({ bit, bits }) => bit < end * 8 && bit + Math.max(bits, 1) > start * 8);
    this.first.replaceChildren(...head.line.flatMap((part, index) => [
      index > 0 ? " " : "",
      this.#piece(index, part.value, brokenIn(part.start, part.end)),
    ]));
    const rows = resize(this.body, head.fields.length, () => h("tr", {}, h("th", { scope: "row", className: "mono" }), h("td", { className: "mono" })));
    head.fields.forEach((field, index) => {
      const at = head.line.length + 2 * index;
      const broken = brokenIn(field.start, field.end);
      rows[index].children[0].replaceChildren(this.#piece(at, field.name, broken.filter(({ bit, bits }) => bit < field.nameEnd * 8 && bit + bits > field.nameStart * 8)));
      rows[index].children[1].replaceChildren(
        this.#piece(at + 1, field.value === "" ? "(empty)" : field.value, broken.filter(({ bit, bits }) => bit < field.valueEnd * 8 && bit + bits > field.valueStart * 8)));
      setAttribute(rows[index], "data-broken", broken.length > 0);
      setAttribute(rows[index], "title", broken.length > 0 ? broken.map(({ found }) => found).join(" ") : null);
    });
    this.#paintAccept(head);
    this.#show();
  }

  #piece(index, text, broken) {
    return h("span", { className: `piece${broken.length > 0 ? " touched" : ""}`, "data-piece": index, "data-tint": this.#pieces[index].tint }, text);
  }

  /** The steps. Only a response has a value to compare; a request asks for one. */
  #paintAccept({ request, accept }) {
    setShown(this.accept, Boolean(accept));
    if (!accept) return;
    const { key, guid, joined, sha1, base64 } = accept;
    const step = (title, ...content) => h("li", {}, h("span", { className: "accept-title muted" }, title), h("span", { className: "mono accept-value" }, ...content));
    const steps = [
      step(request ? "the key" : "the key that the client sent", key || "(none)"),
      step("joined with the RFC's fixed GUID", h("span", {}, joined.slice(0, joined.length - guid.length)), h("span", { className: "accept-guid" }, guid)),
      step("its SHA-1, 20 bytes", sha1.replace(/..(?=.)/g, "$& ")),
      step(request ? "in base64, what the server has to answer as Sec-WebSocket-Accept" : "in base64", base64),
    ];
    if (!request) steps.push(compared(accept));
    this.accept.replaceChildren(h("h2", {}, "Accept, step by step"), h("ol", { className: "accept-steps panel" }, ...steps));
  }

  #pieceAt(byte) {
    return this.#pieces.find(({ start, end }) => byte >= start && byte < end) ?? null;
  }

  #light(piece) {
    if (piece === this.#lit) return;
    this.#lit = piece;
    this.#show();
  }

  #show() {
    const { head, bytes, diagnostics } = this.state;
    for (const node of this.querySelectorAll("[data-piece]")) node.classList.toggle("lit", this.#pieces[node.dataset.piece] === this.#lit);
    this.grid.show({
      bytes,
      start: head.start,
      end: head.end,
      map: (bit, bits) => mapPieces(this.#pieces, diagnostics, this.#lit, bit, bits),
      tintOf: (name) => this.#pieces.find((piece) => piece.name === name)?.tint ?? 9,
    });
  }
}

/** What the server sent beside what it should have. */
function compared({ sent, agrees }) {
  const [mark, words] = !sent ? ["✗", "No value was sent."] : agrees ? ["✓", "The computed value is what was sent: they agree."] : ["✗", "The computed value is not what was sent."];
  return h("li", { "data-agrees": String(Boolean(agrees)) },
    h("span", { className: "accept-title muted" }, "Sec-WebSocket-Accept as sent"),
    h("span", { className: "mono accept-value" }, sent || "(none)"),
    h("span", { className: "accept-agrees" }, h("span", { "aria-hidden": "true" }, `${mark} `), words));
}

/** As mapBits of reading.mjs, with the pieces of a head for fields. */
function mapPieces(pieces, diagnostics, lit, from, count) {
  const map = { from, fields: pieces, field: new Int32Array(count).fill(-1), broken: new Uint16Array(count), lit: new Uint8Array(count) };
  const fill = (array, value, bit, bits) => array.fill(value, Math.max(0, Math.min(bit - from, count)), Math.max(0, Math.min(bit + bits - from, count)));
  pieces.forEach(({ start, end }, index) => fill(map.field, index, start * 8, (end - start) * 8));
  diagnostics.forEach(({ bit, bits }, index) => fill(map.broken, index + 1, bit, bits));
  if (lit) fill(map.lit, 1, lit.bit ?? lit.start * 8, lit.bits ?? (lit.end - lit.start) * 8);
  return map;
}

customElements.define("wire-head", Head);

// The frame diagram of RFC 6455, section 5.2, drawn with the selected draft's
// real bits: 32 to a row, or 16 or 8 where space is short. Under each row stand
// the names and values of the fields above. A bit is flipped by a click, Enter
// or Space, set by 0 and 1; the arrow keys walk.
//
// A long payload would be millions of cells, so the diagram stops after a few
// rows and offers more up to a bound; the hex grid shows everything.
//
// With `fixed` in its state the bits can be walked and not changed: these went
// over a wire.

import { Part, count, h, resize, setAttribute, setShown, setText } from "../dom.mjs";
import { fieldAt, fieldEntry, frameAt, hexDigits, litBy, mapBits, printable, standsAlone } from "../reading.mjs";

const firstBits = 256;
const moreBits = 512;
const mostBits = 2304;
/** The narrowest that a bit may be, in rem, for 32 and for 16 to a row. */
const bitRem = [[32, 1.1], [16, 1.1], [8, 0]];

class Diagram extends Part {
  #columns = 32;
  #limit = firstBits;
  #at = 0;
  #cells = [];

  build() {
    this.ruler = h("div", { className: "ruler", "aria-hidden": "true" });
    this.rows = h("div", { className: "bits-rows", role: "presentation" });
    this.grid = h("div", {
      className: "bits panel",
      role: "grid",
      "aria-label": "Frame diagram, one cell a bit",
      onclick: (event) => this.#clicked(event),
      onkeydown: (event) => this.#key(event),
      onpointermove: (event) => this.#hovered(event),
      onpointerleave: () => this.#light(null),
      onfocusin: (event) => this.#focused(event),
      onfocusout: () => this.#light(null),
    }, this.ruler, this.rows);
    this.more = h("button", { type: "button", className: "small", onclick: () => this.#more() }, "");
    this.rest = h("span", { className: "muted" }, "");
    this.note = h("p", { className: "reading-note" }, "");
    this.append(this.grid, h("div", { className: "diagram-foot" }, this.note, this.rest, this.more));
    new ResizeObserver(([entry]) => this.#resized(entry.contentRect.width)).observe(this);
  }

  #resized(width) {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const [columns] = bitRem.find(([n, least]) => width >= n * least * rem);
    if (columns === this.#columns) return;
    this.#columns = columns;
    this.rows.replaceChildren();
    this.#cells = [];
    if (this.state?.report) this.paint(this.state, null);
  }

  paint(state, before) {
    const draft = state.view.drafts[state.selected];
    if (before && before.selected !== state.selected) this.#at = 0;
    const start = draft ? draft.start * 8 : 0;
    const total = draft ? (draft.end - draft.start) * 8 : 0;
    const shown = Math.min(total, this.#limit);
    this.#at = Math.max(0, Math.min(this.#at, shown - 1));
    this.start = start;
    this.total = total;
    this.shown = shown;
    setAttribute(this.grid, "aria-readonly", state.fixed ? "true" : null);

    const focused = this.grid.contains(document.activeElement);
    this.#paintRuler();
    const columns = this.#columns;
    const map = mapBits(state, start - 1, Math.ceil(shown / columns) * columns + 2);
    const rows = resize(this.rows, Math.ceil(shown / columns), (row) => this.#makeRow(row));
    this.#cells.length = rows.length * columns;
    for (let bit = 0; bit < rows.length * columns; bit++) this.#paintBit(bit, map, draft);
    for (let row = 0; row < rows.length; row++) this.#paintLabels(rows[row].lastElementChild, row, map);
    this.#paintFoot(draft);
    // The bit under the focus may be gone; the one that took its place gets it.
    if (focused && !this.grid.contains(document.activeElement)) this.#cells[this.#at]?.node.focus();
  }

  #paintRuler() {
    this.grid.style.setProperty("--columns", this.#columns);
    const marks = resize(this.ruler, this.#columns / 8, () => h("span", {}, ""));
    for (let index = 0; index < marks.length; index++) setText(marks[index], String(index * 8));
  }

  #makeRow(row) {
    const cells = Array.from({ length: this.#columns }, (_, column) => {
      const node = h("span", { className: "bit", role: "gridcell", tabindex: "-1" }, "");
      this.#cells[row * this.#columns + column] = { node, key: "" };
      return node;
    });
    return h("div", { className: "bits-row", role: "presentation" },
      h("div", { className: "bits-line", role: "row", "aria-rowindex": row + 1 }, cells),
      h("div", { className: "labels", "aria-hidden": "true" }));
  }

  #paintBit(bit, map, draft) {
    const cell = this.#cells[bit];
    const at = bit + 1;
    const inside = bit < this.shown;
    const value = inside ? (this.state.bytes[draft.start + (bit >> 3)] >> (7 - (bit & 7))) & 1 : "";
    const field = inside ? map.fields[map.field[at]] : undefined;
    const tint = field ? fieldEntry(this.state.catalog, field.name).tint : null;
    const broken = inside ? edges(map.broken, at) : 0;
    const lit = inside ? edges(map.lit, at) : 0;
    const starts = field !== undefined && field.bit === this.start + bit;
    const key = `${value},${field?.name},${tint},${broken},${lit},${starts},${bit === this.#at}`;
    if (cell.key === key) return;
    cell.key = key;
    setText(cell.node, String(value));
    const spans = (flags, word) => (flags ? ` ${word}${flags & 2 ? ` ${word}-start` : ""}${flags & 4 ? ` ${word}-end` : ""}` : "");
    cell.node.className = `bit${inside ? "" : " blank"}${starts ? " starts" : ""}${spans(broken, "broken")}${spans(lit, "lit")}`;
    setAttribute(cell.node, "data-tint", tint);
    setAttribute(cell.node, "aria-hidden", inside ? null : "true");
    setAttribute(cell.node, "aria-label", inside ? `bit ${bit}, ${field?.name ?? "not read"}, ${value}${broken ? ", broken" : ""}` : null);
    setAttribute(cell.node, "tabindex", inside ? (bit === this.#at ? "0" : "-1") : null);
  }

  /** One label for each run of bits that a field has in this row. */
  #paintLabels(line, row, map) {
    const first = row * this.#columns;
    const end = Math.min(first + this.#columns, this.shown);
    const runs = [];
    for (let bit = first; bit < end; ) {
      const index = map.field[bit + 1];
      let to = bit + 1;
      while (to < end && map.field[to + 1] === index) to++;
      runs.push({ from: bit, to, field: index < 0 ? null : map.fields[index] });
      bit = to;
    }
    const labels = resize(line, runs.length, () => h("span", { className: "label" }, ""));
    runs.forEach(({ from, to, field }, index) => {
      const label = labels[index];
      const bits = to - from;
      setText(label, field ? this.#labelText(field, from, bits) : "");
      setAttribute(label, "data-tint", field && fieldEntry(this.state.catalog, field.name).tint);
      label.style.setProperty("--bits", bits);
      label.className = field && field.bit === this.start + from ? "label starts" : "label";
      setAttribute(label, "data-bits", bits < 4 ? "few" : null);
    });
  }

  #labelText(field, from, bits) {
    const entry = fieldEntry(this.state.catalog, field.name);
    if (bits < 4) return entry.short;
    const name = bits < 12 ? entry.short : entry.name;
    if (field.value === "") return this.#payloadText(name, from, bits);
    // Four bits are as wide as two short words; of longer ones the meaning says more than the name.
    if (bits === 4 && field.meaning !== "") return field.meaning.length > 4 ? field.meaning : `${name} · ${field.meaning}`;
    const spoken = field.meaning !== "" && bits >= 24;
    return `${name} · ${spoken ? `${field.value}, ${field.meaning}` : field.value}`;
  }

  /** The bytes of this row, as they are and as a receiver unmasks them. */
  #payloadText(name, from, bits) {
    if (from % 8 !== 0 || bits < 8) return name;
    const { bytes, unmasked } = this.state;
    const at = (this.start + from) / 8;
    const end = at + Math.floor(bits / 8);
    const plain = Array.from(unmasked.subarray(at, end), printable).join("");
    const masked = Array.from(bytes.subarray(at, end), (byte) => hexDigits[byte]).join(" ");
    if (bits < 16) return `${masked} “${plain}”`;
    const words = masked === Array.from(unmasked.subarray(at, end), (byte) => hexDigits[byte]).join(" ")
      ? `${masked} “${plain}”`
      : `${masked}, unmasked “${plain}”`;
    return bits >= 32 ? `${name} · ${words}` : words;
  }

  #paintFoot(draft) {
    const left = this.total - this.shown;
    setShown(this.more, left > 0 && this.shown < mostBits);
    setText(this.more, `Show ${count(Math.min(moreBits, left) / 8, "more byte", "more bytes")}`);
    setText(this.rest, draft ? (left > 0 ? `${count(left / 8, "byte")} more in the hex grid.` : "") : "No frame: add one, or take one from “Break it”.");
    setText(this.note, draft ? this.#readingNote(draft) : "");
  }

  /** Says so when a receiver does not read these bytes as the one frame that the draft is. */
  #readingNote(draft) {
    const { report } = this.state;
    if (draft.end === draft.start) return "These are no bytes at all.";
    const index = frameAt(report, draft.start);
    const frame = report.frames[index];
    if (!frame || standsAlone(draft, frame)) return "";
    if (frame.start < draft.start) {
      return `A receiver reads these bytes as a part of frame ${index + 1}, which began ${count(draft.start - frame.start, "byte")} earlier.`;
    }
    if (!frame.complete) return "";
    if (frame.end > draft.end) return `A receiver reads on: this frame ends ${count(frame.end - draft.end, "byte")} behind this draft.`;
    const last = frameAt(report, draft.end - 1);
    if (last === index) return "A receiver reads a shorter frame in these bytes.";
    return `A receiver reads frames ${index + 1} ${last === index + 1 ? "and" : "to"} ${last + 1} in these bytes.`;
  }

  #more() {
    this.#limit = Math.min(mostBits, this.#limit + moreBits);
    const at = this.shown;
    this.paint(this.state, this.state);
    this.#go(Math.min(at, this.shown - 1));
  }

  #bitOf(node) {
    const target = node.closest?.(".bit");
    return target ? this.#cells.findIndex((cell) => cell?.node === target) : -1;
  }

  #clicked(event) {
    const bit = this.#bitOf(event.target);
    if (bit < 0 || bit >= this.shown) return;
    this.#go(bit);
    if (!this.state.fixed) this.#flip(bit);
  }

  #flip(bit) {
    this.intend({ do: "edit", op: `flip ${this.state.selected} ${bit}` });
    const label = this.#cells[bit]?.node.getAttribute("aria-label");
    if (label) this.intend({ do: "announce", text: label });
  }

  #hovered(event) {
    const bit = this.#bitOf(event.target);
    if (bit >= 0 && bit < this.shown) {
      this.#light(fieldAt(this.state.report, this.start + bit));
      return;
    }
    const label = event.target.closest?.(".label");
    if (!label) return;
    const row = [...this.rows.children].indexOf(label.closest(".bits-row"));
    let at = row * this.#columns;
    for (const one of label.parentNode.children) {
      if (one === label) break;
      at += Number(one.style.getPropertyValue("--bits"));
    }
    this.#light(fieldAt(this.state.report, this.start + at));
  }

  #focused(event) {
    const bit = this.#bitOf(event.target);
    if (bit < 0) return;
    this.#at = bit;
    this.#light(fieldAt(this.state.report, this.start + bit));
  }

  #light(field) {
    this.intend({ do: "light", field: litBy(field) });
  }

  #go(bit) {
    const old = this.#cells[this.#at];
    if (old) {
      old.node.tabIndex = -1;
      old.key = "";
    }
    this.#at = Math.max(0, Math.min(bit, this.shown - 1));
    const cell = this.#cells[this.#at];
    if (!cell) return;
    cell.key = "";
    cell.node.tabIndex = 0;
    cell.node.focus();
  }

  #key(event) {
    if (event.altKey || event.metaKey || this.#bitOf(event.target) < 0) return;
    const at = this.#at;
    const row = at - (at % this.#columns);
    const moves = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at - this.#columns < 0 ? at : at - this.#columns,
      ArrowDown: at + this.#columns >= this.shown ? at : at + this.#columns,
      Home: event.ctrlKey ? 0 : row,
      End: event.ctrlKey ? this.shown - 1 : row + this.#columns - 1,
    };
    const value = this.#cells[at].node.textContent;
    if (event.key in moves) this.#go(moves[event.key]);
    else if (event.ctrlKey || (this.state.fixed && event.key !== " ")) return;
    else if (this.state.fixed) this.#go(at); // Space would scroll
    else if (event.key === " " || event.key === "Enter") this.#flip(at);
    else if (event.key === "0" || event.key === "1") {
      if (event.key !== value) this.#flip(at);
      if (at + 1 < this.shown) this.#go(at + 1);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** 0: not in a span; else 1, with 2 where the span begins and 4 where it ends. */
function edges(marks, at) {
  if (marks[at] === 0) return 0;
  return 1 + 2 * (marks[at - 1] !== marks[at]) + 4 * (marks[at + 1] !== marks[at]);
}

customElements.define("fc-diagram", Diagram);

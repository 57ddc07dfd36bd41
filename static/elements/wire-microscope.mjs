// The DEFLATE microscope: a compressed message, symbol by symbol. On the left the
// bits of each with what they mean, on the right the bytes that come out, with a
// curve from every match to the place in the window that it copies. Pointing at
// one side lights the other.
//
// Both sides hold only the rows in sight. Both can be walked with the arrow keys.

import { count, draw, h, resize, setAttribute, setText, uniqueId } from "../dom.mjs";
import { hexDigits, printable } from "../reading.mjs";
import { bitText, codesText, layOut, rowAt } from "../wire/symbols.mjs";
import { WirePart } from "../wire/wire-part.mjs";

const rowRem = 1.5;
/** Room above the first line of output, for the curves. */
const topRem = 1;
const spareRows = 4;
const columnChoices = [64, 48, 32, 24, 16];
/** Curves that are drawn at once. */
const mostLinks = 400;

class Microscope extends WirePart {
  #rows = [];
  #output = new Uint8Array(0);
  #lit = -1;
  #columns = 16;
  #rem = 16;
  #letter = 0;
  #id = uniqueId("symbols");

  build() {
    this.facts = h("p", { className: "muted scope-facts" }, "");
    this.error = h("p", { className: "error-line" }, "");
    this.blocks = h("div", { className: "scope-blocks", role: "group", "aria-label": "Blocks" });
    this.symbolSpace = h("div", { className: "scope-space", role: "presentation" });
    this.symbols = h("div", {
      className: "scope-symbols", role: "listbox", tabindex: "0", "aria-label": "Symbols, in the order of the bits",
      onscroll: () => this.#paintSymbols(), onkeydown: (event) => this.#key(event),
      onpointermove: (event) => this.#hovered(event), onclick: (event) => this.#hovered(event),
    }, this.symbolSpace);
    this.links = draw("svg", { class: "scope-links", "aria-hidden": "true" });
    this.outputSpace = h("div", { className: "scope-space mono", role: "presentation" }, this.links);
    this.outputView = h("div", {
      className: "scope-output", role: "group", tabindex: "0", "aria-label": "Bytes that come out",
      onscroll: () => this.#paintOutput(), onkeydown: (event) => this.#outputKey(event),
      onpointermove: (event) => this.#outputHovered(event), onclick: (event) => this.#outputHovered(event),
    }, this.outputSpace);
    this.says = h("p", { className: "scope-says mono", role: "status" }, "");
    this.append(
      h("section", { className: "panel scope", "aria-label": "Compressed message" },
        h("header", { className: "panel-head" }, h("h2", {}, "Compressed message"), this.facts),
        this.error, this.blocks,
        h("div", { className: "scope-both" },
          h("div", {}, h("h3", { className: "scope-title" }, "Bits and what they mean"), this.symbols),
          h("div", {}, h("h3", { className: "scope-title" }, "Bytes that come out"), this.outputView)),
        this.says));
    this.symbolPool = [];
    this.outputPool = [];
    new ResizeObserver(() => this.#resized()).observe(this.outputView);
    new ResizeObserver(() => this.#paintSymbols()).observe(this.symbols);
  }

  /** The state here: {key, view, data, output}: what Go says, the compressed bytes, and the window with what came out behind it. */
  paint(state, before) {
    if (before?.key === state.key) return;
    const { view, data, output } = state;
    this.#rows = layOut(view);
    this.#output = output;
    this.#lit = -1;
    const ratio = data.length > 0 ? view.message.inflatedLength / data.length : 0;
    setText(this.facts, `${count(data.length, "byte")} become ${count(view.message.inflatedLength, "byte")}${ratio > 1 ? `, ${ratio.toFixed(1)} times as many` : ""} · ${count(view.literals, "literal")}, ${count(view.matches, "match", "matches")}`);
    setText(this.error, view.error ? `At bit ${view.error.bit}: found ${view.error.found}, expected ${view.error.expected}.` : "");
    const blocks = resize(this.blocks, view.blocks.length, () => h("button", { type: "button", className: "small", onclick: (event) => this.#toBlock(Number(event.currentTarget.dataset.block)) }, ""));
    view.blocks.forEach((block, index) => {
      blocks[index].dataset.block = index;
      blocks[index].style.setProperty("flex-grow", String(Math.max(1, block.bits)));
      setText(blocks[index], `${index + 1} ${block.type}${block.final ? ", final" : ""} · ${count(block.bits, "bit")}`);
    });
    const left = view.symbolCount - this.#rows.length;
    setText(this.says, left > 0 ? `The first ${this.#rows.length.toLocaleString("en")} pieces are listed, ${left.toLocaleString("en")} more follow.` : "");
    this.#resized();
    this.symbols.scrollTop = 0;
    this.outputView.scrollTop = Math.floor(view.window / this.#columns) * rowRem * this.#rem;
    this.#paintSymbols();
  }

  #resized() {
    this.#rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const width = this.outputView.clientWidth - this.#rem;
    this.#letter = this.#rem * 0.75;
    this.#columns = columnChoices.find((columns) => width >= columns * this.#letter) ?? 16;
    this.outputPool.forEach(({ node }) => node.remove());
    this.outputPool = [];
    this.#paintOutput();
  }

  #window(view, total) {
    const rowHeight = rowRem * this.#rem;
    const inSight = Math.ceil(view.clientHeight / rowHeight) + 2 * spareRows;
    const first = Math.max(0, Math.floor(view.scrollTop / rowHeight) - spareRows);
    return { rowHeight, inSight, first, last: Math.min(total, first + inSight) };
  }

  #paintSymbols() {
    if (!this.state) return;
    const { rowHeight, inSight, first, last } = this.#window(this.symbols, this.#rows.length);
    this.symbolSpace.style.setProperty("height", `${this.#rows.length * rowHeight}px`);
    while (this.symbolPool.length < Math.min(inSight, this.#rows.length)) this.symbolPool.push(this.#makeSymbol());
    const size = this.symbolPool.length;
    this.symbolPool.forEach(({ node }) => (node.hidden = true));
    for (let index = first; index < last; index++) this.#paintSymbol(this.symbolPool[index % size], index, rowHeight);
    const named = this.#lit >= first && this.#lit < last;
    setAttribute(this.symbols, "aria-activedescendant", named ? this.symbolPool[this.#lit % size].node.id : null);
  }

  #makeSymbol() {
    const parts = ["scope-bit", "scope-bits", "scope-kind"].map((className) => h("span", { className }));
    const node = h("div", { className: "scope-row mono", role: "option", id: `${this.#id}-${this.symbolPool.length}` }, parts);
    this.symbolSpace.append(node);
    return { node, parts, index: -1 };
  }

  #paintSymbol(slot, index, rowHeight) {
    const row = this.#rows[index];
    const { node, parts } = slot;
    slot.index = index;
    node.hidden = false;
    node.style.setProperty("transform", `translateY(${index * rowHeight}px)`);
    setText(parts[0], String(row.bit));
    setText(parts[1], bitText(this.state.data, row.bit, row.bits));
    setText(parts[2], this.#meaning(row));
    setAttribute(node, "data-kind", row.kind);
    setAttribute(node, "data-lit", index === this.#lit);
    setAttribute(node, "data-broken", (row.flags & 5) !== 0);
    setAttribute(node, "aria-selected", String(index === this.#lit));
    setAttribute(node, "aria-posinset", index + 1);
    setAttribute(node, "aria-setsize", this.#rows.length);
  }

  #meaning(row) {
    switch (row.kind) {
      case "literal":
        return `literal ${hexDigits[row.value]} “${printable(row.value)}”`;
      case "match": {
        const marks = ["beyond the window", "in an earlier message", "that was to be forgotten"].filter((_, index) => row.flags & (1 << index));
        return `${row.value} from ${row.distance.toLocaleString("en")} back “${this.#text(row.at, row.length, 12)}”${marks.length > 0 ? `, ${marks.join(", ")}` : ""}`;
      }
      case "stored":
        return `stored, ${count(row.value, "byte")} “${this.#text(row.at, row.length, 12)}”`;
      case "header":
        return `block ${this.#blockOf(row) + 1}: ${this.#words(this.state.view.blocks[this.#blockOf(row)])}`;
      case "codes": {
        const { codes } = this.state.view.blocks[this.#blockOf(row)];
        return codes ? `codes: ${codesText(codes.litlen)} for literals and lengths, ${codesText(codes.dist)} for distances` : "codes";
      }
      case "end":
        return "end of the block";
      case "length":
        return `length of what is stored: ${row.value.toLocaleString("en")}`;
      default:
        return row.kind;
    }
  }

  #words(block) {
    return block ? `${block.type}${block.final ? ", the last one" : ""}` : "not listed";
  }

  /** Index of the block that a row belongs to. */
  #blockOf(row) {
    return this.state.view.blocks.findLastIndex(({ bit }) => bit <= row.bit);
  }

  #text(at, length, most) {
    const text = Array.from(this.#output.subarray(at, at + Math.min(length, most)), printable).join("");
    return length > most ? `${text}…` : text;
  }

  #paintOutput() {
    if (!this.state || this.#letter === 0) return;
    const columns = this.#columns;
    const total = Math.ceil(this.#output.length / columns);
    const { rowHeight, inSight, first, last } = this.#window(this.outputView, total);
    const height = Math.max(1, total) * rowHeight + topRem * this.#rem;
    this.outputSpace.style.setProperty("height", `${height}px`);
    setAttribute(this.links, "height", height);
    setAttribute(this.links, "width", columns * this.#letter);
    while (this.outputPool.length < Math.min(inSight, total)) this.outputPool.push(this.#makeLine());
    const size = this.outputPool.length;
    this.outputPool.forEach(({ node }) => (node.hidden = true));
    const lit = this.#rows[this.#lit];
    const [from, to] = lit && lit.length > 0 ? [lit.at, lit.at + lit.length] : [-1, -1];
    const source = lit?.kind === "match" ? [lit.at - lit.distance, Math.min(lit.at, lit.at - lit.distance + lit.length)] : [-1, -1];
    for (let line = first; line < last; line++) {
      const { node, cells } = this.outputPool[line % size];
      node.hidden = false;
      node.style.setProperty("transform", `translateY(${line * rowHeight + topRem * this.#rem}px)`);
      for (let column = 0; column < columns; column++) {
        const at = line * columns + column;
        const inside = at < this.#output.length;
        const cell = cells[column];
        setText(cell, inside ? printable(this.#output[at]) : "");
        const copied = inside && this.#rows[rowAt(this.#rows, at)]?.kind === "match";
        const past = at < this.state.view.window;
        const name = `scope-byte${past ? " past" : ""}${copied ? " copied" : ""}${at >= from && at < to ? " lit" : ""}${at >= source[0] && at < source[1] ? " source" : ""}`;
        if (cell.className !== name) cell.className = name;
      }
    }
    this.#paintLinks(first * columns, last * columns, rowHeight);
  }

  #makeLine() {
    const cells = Array.from({ length: this.#columns }, () => h("span", { className: "scope-byte" }));
    const node = h("div", { className: "scope-line" }, cells);
    this.outputSpace.append(node);
    return { node, cells };
  }

  /** A curve for each match whose copy begins in sight; the lit one stands out. */
  #paintLinks(from, to, rowHeight) {
    const centre = (at) => [((at % this.#columns) + 0.5) * this.#letter, (Math.floor(at / this.#columns) + 0.5) * rowHeight + topRem * this.#rem];
    const curve = (row) => {
      const [x1, y1] = centre(row.at);
      const [x2, y2] = centre(Math.max(0, row.at - row.distance));
      const edge = rowHeight * 0.35;
      if (y1 === y2) return `M${x1} ${y1 - edge}C${x1} ${y1 - rowHeight * 1.1} ${x2} ${y2 - rowHeight * 1.1} ${x2} ${y2 - edge}`;
      const middle = (y1 + y2) / 2;
      return `M${x1} ${y1 - edge}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2 + edge}`;
    };
    const curves = [];
    for (let index = Math.max(0, rowAt(this.#rows, Math.min(from, this.#output.length - 1))); index < this.#rows.length && this.#rows[index].at < to && curves.length < mostLinks; index++) {
      if (this.#rows[index].kind === "match") curves.push([curve(this.#rows[index]), index === this.#lit]);
    }
    const lit = this.#rows[this.#lit];
    if (lit?.kind === "match" && !curves.some(([, on]) => on)) curves.push([curve(lit), true]);
    const nodes = resize(this.links, curves.length, () => draw("path", {}));
    curves.forEach(([path, on], index) => {
      setAttribute(nodes[index], "d", path);
      setAttribute(nodes[index], "class", on ? "scope-link lit" : "scope-link");
    });
  }

  #light(index, follow) {
    if (index === this.#lit || index < 0 || index >= this.#rows.length) return;
    this.#lit = index;
    const row = this.#rows[index];
    const rowHeight = rowRem * this.#rem;
    if (follow !== "symbols") reveal(this.symbols, index * rowHeight, rowHeight);
    if (follow !== "output" && row.length > 0) reveal(this.outputView, Math.floor(row.at / this.#columns) * rowHeight, rowHeight);
    this.#paintSymbols();
    this.#paintOutput();
    const { window } = this.state.view;
    const bits = row.bits === 1 ? `bit ${row.bit}` : `bits ${row.bit}–${row.bit + row.bits - 1}`;
    const out = row.length > 0 ? `, ${row.length > 1 ? `bytes ${row.at - window} to ${row.at - window + row.length - 1}` : `byte ${row.at - window}`} of what comes out` : "";
    setText(this.says, `${bits}: ${this.#meaning(row)}${out}`);
  }

  #toBlock(block) {
    const index = Math.min(this.state.view.blocks[block].first, this.#rows.length - 1);
    this.#light(index, "");
    this.symbols.scrollTop = index * rowRem * this.#rem;
    this.symbols.focus();
  }

  #hovered(event) {
    const node = event.target.closest?.(".scope-row");
    const slot = this.symbolPool.find((one) => one.node === node);
    if (slot) this.#light(slot.index, "symbols");
  }

  #outputHovered(event) {
    const cell = event.target.closest?.(".scope-byte");
    const line = cell && this.outputPool.find(({ node }) => node === cell.parentNode);
    if (!line) return;
    const row = Math.floor((line.node.getBoundingClientRect().top - this.outputSpace.getBoundingClientRect().top) / (rowRem * this.#rem));
    this.#light(rowAt(this.#rows, row * this.#columns + line.cells.indexOf(cell)), "output");
  }

  #key(event) {
    const page = Math.max(1, Math.floor(this.symbols.clientHeight / (rowRem * this.#rem)) - 1);
    const to = { ArrowDown: this.#lit + 1, ArrowUp: this.#lit - 1, PageDown: this.#lit + page, PageUp: this.#lit - page, Home: 0, End: this.#rows.length - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.#light(Math.max(0, Math.min(this.#rows.length - 1, to)), "");
  }

  /** Walks from symbol to symbol among those that something comes out of. */
  #outputKey(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    let index = this.#lit;
    do index += step;
    while (this.#rows[index] && this.#rows[index].length === 0);
    this.#light(index, "");
  }
}

/** Scrolls a view so that what stands at `top` is seen. */
function reveal(view, top, height) {
  if (top < view.scrollTop) view.scrollTop = top;
  else if (top + height > view.scrollTop + view.clientHeight) view.scrollTop = top + height - view.clientHeight;
}

customElements.define("wire-microscope", Microscope);

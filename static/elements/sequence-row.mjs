// One row of the sequence diagram: the time, a piece of both lifelines, an arrow
// or a sign, and the words above it. Its nodes are made once and moved from row
// to row while the diagram is scrolled.
//
// Each kind of row has a shape of its own, so that colours say nothing alone:
//
//   data frame     a solid arrow             TCP open     a dotted arrow
//   control frame  a thin one, open head     TCP end      an arrow that stops at a bar
//   head           a double one              TCP reset    one that stops at a cross
//   bytes          a dashed one              failed, stop a cross and a bar across the lines
//   broken rules   a dashed line below the arrow and a warning sign with their number

import { count, draw, setAttribute, setText } from "../dom.mjs";
import { labelOf, other, sentenceOf, timeText } from "../wire/rows.mjs";

/** Where things stand across, by the width of the diagram. All in pixels. */
export function measures(width, rem, letter) {
  const time = Math.max(3.75 * rem, letter * 8.5);
  const wide = width >= 38 * rem;
  const margin = wide ? Math.min(15 * rem, width * 0.26) : 1 * rem;
  const client = time + 1.25 * rem;
  const server = width - margin - 0.5 * rem;
  return { width, time, client, server, wide, letter, rem, margin };
}

/** Ticks stand at least so far apart. */
const tickPixels = 24;

/** The next of 1, 2, 5, 10, 20, … at or above a time, in milliseconds. */
function roundTime(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((n) => n * power).find((time) => time >= least);
}

const controls = new WeakMap();

/** Whether an opcode is one of control frames: the catalog knows. */
function isControl(catalog, opcode) {
  let set = controls.get(catalog);
  if (set === undefined) {
    set = new Set(catalog.opcodes.filter(({ control }) => control).map(({ value }) => value));
    controls.set(catalog, set);
  }
  return set.has(opcode);
}

export class SequenceRow {
  index = -1;
  #version = -1;
  #chosen = false;

  constructor(id) {
    this.hit = draw("rect", { class: "seq-hit", x: 2, y: 0 });
    this.time = draw("text", { class: "seq-time" });
    this.lives = { client: draw("path", { class: "seq-life" }), server: draw("path", { class: "seq-life" }) };
    this.arrow = draw("path", { class: "seq-arrow" });
    this.tip = draw("path", { class: "seq-tip" });
    this.under = draw("path", { class: "seq-under" });
    this.fold = draw("text", { class: "seq-fold" });
    this.ticks = draw("path", { class: "seq-ticks" });
    this.words = Object.fromEntries(["sign", "name", "size", "marks", "preview"].map((name) => [name, draw("tspan", { class: `seq-${name}` })]));
    this.label = draw("text", { class: "seq-label" }, ...Object.values(this.words));
    this.aside = draw("text", { class: "seq-aside" });
    this.node = draw("g", { class: "seq-row", role: "option", id }, this.hit, this.lives.client, this.lives.server, this.fold, this.ticks, this.time, this.under, this.arrow, this.tip, this.label, this.aside);
  }

  hide() {
    if (this.index === -1) return;
    this.index = -1;
    this.#version = -1;
    this.node.setAttribute("display", "none");
  }

  /** Shows a row, unless it does so already. */
  show(row, place) {
    if (this.index === place.index && this.#version === place.version) {
      if (this.#chosen !== place.chosen) this.#mark(place.chosen);
      return;
    }
    if (this.index === -1) this.node.removeAttribute("display");
    this.index = place.index;
    this.#version = place.version;
    const { measures: m, height, gap } = place;
    const at = height * 0.66;
    this.node.setAttribute("transform", `translate(0,${place.top})`);
    setAttribute(this.node, "data-kind", row.kind);
    setAttribute(this.node, "data-met", row.kind === "expect" ? String(row.met === true) : null);
    setAttribute(this.node, "data-broken", row.diagnostics > 0);
    setAttribute(this.node, "aria-posinset", place.index + 1);
    setAttribute(this.node, "aria-setsize", place.total);
    setAttribute(this.node, "aria-label", sentenceOf(row));
    setAttribute(this.hit, "width", m.width - 4);
    setAttribute(this.hit, "height", height);
    setText(this.time, timeText(row.at));
    setAttribute(this.time, "x", m.time);
    setAttribute(this.time, "y", at + 4);
    for (const side of ["client", "server"]) setAttribute(this.lives[side], "d", lifeline(m[side], gap, height, place.folded));
    this.#silence(place, m);
    const side = row.side ?? place.role;
    this.#arrow(row, side, m, at, place.state.catalog);
    this.#label(row, side, m, at);
    this.#mark(place.chosen);
  }

  /** The time without an event above the row: its length in words, and to scale a tick for each round time in it. */
  #silence({ gap, height, folded, silence }, m) {
    const tick = folded || gap < height * 2 ? 0 : roundTime((silence * tickPixels) / gap);
    const words = gap > 0 && (folded || gap > height) ? `${timeText(silence)} of silence${tick ? `, a tick each ${timeText(tick)}` : ""}` : "";
    setText(this.fold, words);
    setAttribute(this.fold, "x", (m.client + m.server) / 2);
    setAttribute(this.fold, "y", tick ? 18 - gap : 4 - gap / 2);
    let marks = "";
    for (let at = tick; tick > 0 && at < silence; at += tick) marks += `M${m.time - 8} ${(at / silence) * gap - gap}h8`;
    setAttribute(this.ticks, "d", marks);
  }

  #mark(chosen) {
    this.#chosen = chosen;
    this.node.setAttribute("aria-selected", String(chosen));
  }

  #arrow(row, side, m, y, catalog) {
    const towards = side === "client" ? 1 : -1;
    const from = m[side];
    const to = m[other(side)];
    const end = to - towards * 2;
    let line = "";
    let tip = "";
    let style = row.kind;
    switch (row.kind) {
      case "frame": {
        style = isControl(catalog, row.opcode) ? "control" : "frame";
        // A frame that never came whole ends before it arrives.
        const reach = row.complete === false ? from + (to - from) * 0.6 : end;
        line = `M${from} ${y}H${reach}`;
        tip = row.complete === false ? `M${reach} ${y - 5}l${4 * towards} 3l${-6 * towards} 4l${4 * towards} 3` : style === "control" ? `M${end - 8 * towards} ${y - 5}L${end} ${y}L${end - 8 * towards} ${y + 5}` : `M${end} ${y}l${-9 * towards} -5v10z`;
        break;
      }
      case "head":
        line = `M${from} ${y - 1.75}H${end - 7 * towards}M${from} ${y + 1.75}H${end - 7 * towards}`;
        tip = `M${end} ${y}l${-9 * towards} -5.5v11z`;
        break;
      case "bytes":
      case "open":
        line = `M${from} ${y}H${end}`;
        tip = `M${end - 8 * towards} ${y - 5}L${end} ${y}L${end - 8 * towards} ${y + 5}`;
        break;
      case "end":
        line = `M${from} ${y}H${end - 6 * towards}`;
        tip = `M${end - 6 * towards} ${y - 7}v14`;
        break;
      case "reset":
        line = `M${from} ${y}H${end - 12 * towards}`;
        tip = `M${end - 12 * towards} ${y - 6}l${12 * towards} 12m0 -12l${-12 * towards} 12`;
        break;
      case "failed":
        tip = `M${from - 6} ${y - 6}l12 12m0 -12l-12 12`;
        break;
      case "stop":
        line = `M${m.client - 8} ${y}H${m.server + 8}`;
        tip = `M${from - 5} ${y - 5}h10v10h-10z`;
        break;
      default: // an expectation stands at the side that had it
        tip = row.met ? `M${from - 5} ${y}l4 4l7 -9` : `M${from - 5} ${y - 5}l10 10m0 -10l-10 10`;
    }
    setAttribute(this.node, "data-style", style);
    setAttribute(this.arrow, "d", line);
    setAttribute(this.tip, "d", tip);
    setAttribute(this.under, "d", row.diagnostics > 0 ? `M${m.client + 4} ${y + 6}H${m.server - 4}` : "");
  }

  #label(row, side, m, y) {
    const { name, size, marks, preview } = labelOf(row);
    const expects = row.kind === "expect";
    // Expectations and broken rules have the margin to themselves, where there is one.
    const broken = row.diagnostics ? count(row.diagnostics, "rule") + " broken" : "";
    const room = Math.floor((m.server - m.client - m.rem) / m.letter);
    const sign = row.diagnostics && !m.wide ? `⚠ ${row.diagnostics} ` : "";
    const words = !expects ? name : m.wide ? "" : `line ${row.line} ${name}`;
    let left = room - sign.length - words.length;
    const fit = (text, gapBefore) => {
      const cut = text === "" || left < gapBefore + 3 ? "" : text.length + gapBefore <= left ? text : `${text.slice(0, left - gapBefore - 1)}…`;
      left -= cut === "" ? 0 : cut.length + gapBefore;
      return cut;
    };
    const flags = fit(marks.join(" "), 1);
    const length = fit(size, 1);
    const shown = fit(oneLine(preview), 2);
    setText(this.words.sign, sign);
    setText(this.words.name, words);
    setText(this.words.marks, flags && ` ${flags}`);
    setText(this.words.size, length && ` ${length}`);
    setText(this.words.preview, shown && (words === "" ? shown : `  ${shown}`));
    setAttribute(this.label, "x", expects ? m[side] + (side === "client" ? 1 : -1) * m.rem : (m.client + m.server) / 2);
    setAttribute(this.label, "text-anchor", !expects ? "middle" : side === "client" ? "start" : "end");
    setAttribute(this.label, "y", expects ? y + 4 : y - 8);
    const asideRoom = Math.floor((m.width - m.server - m.rem) / m.letter);
    const aside = !m.wide ? "" : expects ? `${row.met ? "✓ met" : "✗ not met"}${row.line ? `, line ${row.line}` : ""}` : broken && `⚠ ${broken}`;
    setText(this.aside, aside.length > asideRoom ? `${aside.slice(0, asideRoom - 1)}…` : aside);
    setAttribute(this.aside, "x", m.server + m.rem);
    setAttribute(this.aside, "y", y + 4);
  }
}

/** A lifeline through a row and the silence before it, with a break in it where that is folded. */
function lifeline(x, gap, height, folded) {
  if (gap === 0 || !folded) return `M${x} ${-gap}V${height}`;
  const middle = -gap / 2;
  return `M${x} ${-gap}V${middle - 6}l-4 3l8 6l-4 3V${height}`;
}

function oneLine(text) {
  return text.replace(/[\u0000-\u001f\u007f]+/g, "·");
}

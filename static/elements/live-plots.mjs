// The last minutes as small plots on one axis of time: a number each, with its
// lowest and highest value. A slider below them, or the pointer over them, reads the
// numbers at any time.

import { draw, h, resize, setAttribute, setText, uniqueId } from "../dom.mjs";
import { LivePart } from "../live/live-part.mjs";
import { extent, pathOf, scaleOf } from "../live/plot.mjs";
import { pointAt } from "../live/series.mjs";
import { bytesText, countText, spanText, unknown } from "../live/units.mjs";

/** What is plotted. Counts and rates begin at 0; of memory the change is what counts, so its scale may be `near` it. */
const plots = [
  { column: "live", name: "Connections", text: countText, base: 10 },
  { column: "descriptors", name: "File descriptors", text: countText, base: 10 },
  { column: "resident", name: "Process memory", text: bytesText, base: 1024, near: true },
  { column: "socketMemory", name: "Kernel memory", text: bytesText, base: 1024, near: true },
  { column: "traffic", name: "Traffic", text: (value) => (value === null ? unknown : `${bytesText(value)}/s`), base: 1024 },
];

const spans = [[120, "2 min"], [600, "10 min"]];
/** A box that the style sheet stretches. */
const box = { width: 600, height: 100 };
const ticks = 4;

class Plots extends LivePart {
  /** How many seconds ago is read, null for now. */
  #ago = null;

  build() {
    const radios = spans.map(([span, words]) => h("label", { className: "choice" }, h("input", { type: "radio", name: "live-span", value: span, onchange: () => this.intend({ do: "span", span }) }), words));
    this.choices = h("div", { className: "choices", role: "radiogroup", "aria-label": "Time shown" }, radios);
    this.list = h("dl", {
      className: "plots",
      onpointermove: (event) => this.#pointed(event),
      onpointerleave: () => this.#read(null),
    });
    this.range = h("input", {
      type: "range", id: uniqueId("live-read"), className: "plots-range", max: "0", step: "1", title: "Read the numbers at a time (t)", "aria-keyshortcuts": "t",
      oninput: () => this.#read(-Number(this.range.value)),
      onkeydown: (event) => event.key === "Escape" && this.#read(null),
    });
    // The slider says it, and a pointer that passes by is no news.
    this.when = h("output", { for: this.range.id, className: "mono", "aria-live": "off" }, "");
    this.ticks = h("div", { className: "plots-ticks muted", "aria-hidden": "true" });
    this.append(this.choices, this.list, this.ticks,
      h("div", { className: "plots-read" }, h("label", { for: this.range.id, className: "visually-hidden" }, "Read the numbers at"), this.range, this.when));
  }

  paint(state, before) {
    if (before && before.points === state.points && before.span === state.span && endOf(before) === endOf(state)) return;
    const { points, span } = state;
    for (const input of this.choices.querySelectorAll("input")) input.checked = Number(input.value) === span;
    setAttribute(this.range, "min", -span);
    if (this.#ago > span) this.#ago = null;
    const now = points.at(-1)?.at ?? 0;
    const from = now - span;
    const items = resize(this.list, plots.length, (index) => makePlot(plots[index]));
    plots.forEach(({ column, text, base, near }, index) => {
      const { line, area, extremes, top, bottom } = items[index].parts;
      const range = extent(points, column, from);
      setText(extremes, range ? extremesText(text(range.low), text(range.high)) : unknown);
      const scale = range ? scaleOf(range, base, near) : { bottom: 0, top: 1 };
      setText(top, range ? text(scale.top) : "");
      setText(bottom, range ? text(scale.bottom) : "");
      const path = range ? pathOf(points, column, { from, span, ...scale, ...box }) : { line: "", area: "" };
      setAttribute(line, "d", path.line);
      setAttribute(area, "d", path.area);
    });
    const labels = resize(this.ticks, ticks + 1, () => h("span", {}, ""));
    for (let tick = 0; tick <= ticks; tick++) setText(labels[tick], tick === ticks ? endOf(state) : `−${spanText(span - (span / ticks) * tick)}`);
    this.#write();
  }

  /** Puts the focus where times are read. */
  read() {
    this.range.focus();
  }

  #pointed(event) {
    const drawing = this.list.querySelector("svg").getBoundingClientRect();
    const part = (event.clientX - drawing.left) / drawing.width;
    this.#read(part >= 0 && part <= 1 ? Math.round((1 - part) * this.state.span) : null);
  }

  #read(ago) {
    if (ago === this.#ago) return;
    this.#ago = ago;
    this.#write(true);
  }

  /**
   * Writes the values at the time that is read, and a mark there. What is said of the slider stays while it
   * has the focus and is not `moved`: a screen reader would say it anew with every report.
   */
  #write(moved = false) {
    const { points, span } = this.state;
    const end = endOf(this.state);
    const now = points.at(-1)?.at ?? 0;
    const ago = this.#ago ?? 0;
    const point = pointAt(points, now - ago);
    const x = (1 - ago / span) * box.width;
    plots.forEach(({ column, text }, index) => {
      const { value, mark } = this.list.children[index].parts;
      setText(value, point ? text(point[column]) : unknown);
      setAttribute(mark, "d", ago > 0 ? `M${x} 0V${box.height}` : null);
    });
    const when = ago === 0 ? end : `${spanText(ago)} ${end === "now" ? "ago" : "before"}`;
    setText(this.when, when);
    if (Number(this.range.value) !== -ago) this.range.value = String(-ago);
    if (moved || document.activeElement !== this.range) setAttribute(this.range, "aria-valuetext", point ? `${when}: ${plots.map(({ column, name, text }) => `${name} ${text(point[column])}`).join(", ")}` : `${when}: nothing is known`);
    setAttribute(this, "data-past", ago > 0);
  }
}

/** What the axis ends with: while the server is away or silent, its last report. */
function endOf({ feed, points }) {
  return points.length > 0 && (feed.silent || feed.close !== null) ? "the last" : "now";
}

/** "min 3, max 1,013", "min 25.3, max 36.7 MiB": a unit that is the same is said once. */
function extremesText(low, high) {
  const unit = / \D+$/.exec(high)?.[0] ?? "";
  return `min ${unit && low.endsWith(unit) ? low.slice(0, -unit.length) : low}, max ${high}`;
}

function makePlot({ name, column }) {
  const parts = {
    value: h("dd", { className: "plot-value mono" }, ""), extremes: h("dd", { className: "plot-range muted" }, ""),
    top: h("span", {}, ""), bottom: h("span", {}, ""),
    area: draw("path", { class: "plot-area" }), line: draw("path", { class: "plot-line" }), mark: draw("path", { class: "plot-mark" }),
  };
  const grid = Array.from({ length: ticks - 1 }, (_, tick) => `M${(box.width / ticks) * (tick + 1)} 0V${box.height}`).join("");
  const drawing = draw("svg", { viewBox: `0 0 ${box.width} ${box.height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    draw("path", { class: "plot-grid", d: grid }), parts.area, parts.line, parts.mark);
  return Object.assign(h("div", { className: "plot", "data-column": column },
    h("dt", {}, name), parts.value, parts.extremes,
    h("dd", { className: "plot-drawing" }, drawing, h("span", { className: "plot-scale mono muted", "aria-hidden": "true" }, parts.top, parts.bottom))), { parts });
}

customElements.define("live-plots", Plots);

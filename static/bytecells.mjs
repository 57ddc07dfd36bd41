// The cells of a byte grid: what each one shows, and writing only what changed.
// A cell remembers its text, its marks as one number, its background and its
// name; a repaint compares these and leaves the node alone where all are equal.

import { h, setAttribute, setText } from "./dom.mjs";

/** Marks of a cell. */
export const flag = { broken: 1, brokenStart: 2, brokenEnd: 4, lit: 8, litStart: 16, litEnd: 32, caret: 64, quiet: 128, low: 256, anyBroken: 7 };
const flagNames = [
  [flag.broken, "broken"],
  [flag.brokenStart, "broken-start"],
  [flag.brokenEnd, "broken-end"],
  [flag.lit, "lit"],
  [flag.litStart, "lit-start"],
  [flag.litEnd, "lit-end"],
  [flag.caret, "caret"],
  [flag.quiet, "caret-quiet"],
  [flag.low, "caret-low"],
];
const classes = new Map();

function classOf(base, flags) {
  const key = base + flags;
  let name = classes.get(key);
  if (name === undefined) {
    name = [base, ...flagNames.filter(([bit]) => flags & bit).map(([, word]) => word)].join(" ");
    classes.set(key, name);
  }
  return name;
}

/** One side of a byte. */
export function makeCell(side, id) {
  const node = h("span", { className: side, role: "gridcell", id }, "");
  return { node, side, text: "", flags: -1, background: "", name: null };
}

/** The marks of the byte whose first bit stands at `at` in the map. */
export function spanFlags(map, at) {
  let flags = 0;
  for (let bit = at; bit < at + 8; bit++) {
    if (map.broken[bit]) flags |= flag.broken;
    if (map.lit[bit]) flags |= flag.lit;
  }
  if (flags & flag.broken) {
    if (!map.broken[at] || map.broken[at - 1] !== map.broken[at]) flags |= flag.brokenStart;
    if (!map.broken[at + 7] || map.broken[at + 8] !== map.broken[at + 7]) flags |= flag.brokenEnd;
  }
  if (flags & flag.lit) {
    if (!map.lit[at] || !map.lit[at - 1]) flags |= flag.litStart;
    if (!map.lit[at + 7] || !map.lit[at + 8]) flags |= flag.litEnd;
  }
  return flags;
}

export function paintCell(cell, text, flags, background, name) {
  if (cell.text !== text) {
    cell.text = text;
    setText(cell.node, text);
  }
  if (cell.flags !== flags) {
    cell.flags = flags;
    cell.node.className = classOf(cell.side, flags);
  }
  if (cell.background !== background) {
    cell.background = background;
    if (background) cell.node.style.setProperty("background", background);
    else cell.node.style.removeProperty("background");
  }
  if (cell.name !== name) {
    cell.name = name;
    setAttribute(cell.node, "aria-label", name || null);
    setAttribute(cell.node, "aria-hidden", name ? null : "true");
  }
}

/** One tint, or a stripe for each field that has bits in the byte. */
export function backgroundOf(map, at, tintOf) {
  const first = map.field[at];
  let whole = true;
  for (let bit = 1; bit < 8; bit++) if (map.field[at + bit] !== first) whole = false;
  if (whole) return first < 0 ? "" : `var(--tint-${tintOf(map.fields[first].name)})`;
  const stops = [];
  for (let bit = 0; bit < 8; ) {
    const field = map.field[at + bit];
    let end = bit + 1;
    while (end < 8 && map.field[at + end] === field) end++;
    const colour = field < 0 ? "transparent" : `var(--tint-${tintOf(map.fields[field].name)})`;
    stops.push(`${colour} ${bit * 12.5}% ${end * 12.5}%`);
    bit = end;
  }
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

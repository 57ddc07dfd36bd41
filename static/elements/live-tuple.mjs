// Two connections as the kernel tells them apart: the four values of each side by
// side, with a sign and a word for what is the same, and their descriptors.

import { digits, h, resize, setAttribute, setShown, setText } from "../dom.mjs";
import { LivePart } from "../live/live-part.mjs";
import { unknown } from "../live/units.mjs";
import { parts, tellingPair, tupleOf } from "../live/tuple.mjs";

class Tuple extends LivePart {
  build() {
    this.boxes = h("dl", { className: "tuple-boxes" });
    this.says = h("p", { className: "tuple-says" }, "");
    this.hint = h("p", { className: "muted tuple-hint" }, "Choose rows in the table: the two that were chosen last are compared.");
    this.empty = h("p", { className: "muted" }, "As soon as you have two connections, they are compared here.");
    this.append(this.boxes, this.says, this.hint, this.empty);
  }

  paint({ rows, chosen }, before) {
    if (before && before.rows === rows && before.chosen === chosen) return;
    const pair = pairOf(rows ?? [], chosen);
    const shown = pair.length === 2;
    for (const node of [this.boxes, this.says, this.hint]) setShown(node, shown);
    setShown(this.empty, !shown);
    if (!shown) return;
    const [a, b] = pair.map(tupleOf);
    const values = [
      ["connection", ...pair.map(aboutOf)],
      ...parts.map((name, index) => [name, a[index], b[index]]),
      ["descriptor", ...pair.map(({ fd }) => (fd === null ? unknown : String(fd)))],
    ];
    const listed = rows.filter(({ ended }) => ended === null);
    const tuples = listed.map((row) => [...tupleOf(row), row.fd]);
    const counts = [`all ${digits(listed.length)} listed`, ...values.slice(1).map((_, part) => differentText(new Set(tuples.map((tuple) => tuple[part]))))];
    const boxes = resize(this.boxes, values.length, makeBox);
    values.forEach(([name, first, second], index) => {
      const box = boxes[index];
      const compared = index > 0 && first !== unknown;
      const same = compared && first === second;
      setText(box.parts.name, name);
      setText(box.parts.first, first);
      setText(box.parts.second, second);
      setText(box.parts.sign, !compared ? "" : same ? "= same" : "≠ differs");
      setText(box.parts.all, counts[index]);
      setAttribute(box, "data-differs", compared && !same);
      setAttribute(box, "data-part", index === 0 ? "who" : index <= parts.length ? "tuple" : "fd");
    });
    const differing = parts.filter((name, index) => a[index] !== b[index]);
    setText(this.says, sentenceOf(differing, a[1] === b[1], pair.filter(({ ended }) => ended !== null).length));
  }
}

function makeBox() {
  const box = {
    name: h("dt", {}, ""), first: h("dd", { className: "tuple-value mono" }, ""), sign: h("dd", { className: "tuple-sign" }, ""), second: h("dd", { className: "tuple-value mono" }, ""),
    all: h("dd", { className: "tuple-all muted" }, ""),
  };
  return Object.assign(h("div", { className: "tuple-box" }, Object.values(box)), { parts: box });
}

function differentText(values) {
  if (values.has(null)) return unknown;
  return values.size === 1 ? "one for all" : `${digits(values.size)} different`;
}

/** The two that were chosen last, as far as they are still there; else two that tell something. */
function pairOf(rows, chosen) {
  const found = chosen.map((id) => rows.find((row) => row.id === id)).filter(Boolean);
  if (found.length === 2) return found;
  const [first, second] = tellingPair(rows);
  if (found.length === 0) return second ? [first, second] : [];
  const other = [first, second].find((row) => row && row.id !== found[0].id);
  return other ? [found[0], other] : [];
}

function aboutOf({ own, route, ended }) {
  return `${route} ${own}${ended === null ? "" : ", ended"}`;
}

function sentenceOf(differing, samePort, ended) {
  if (ended > 0) return ended === 1 ? "One of them has ended: its descriptor is free for the next connection." : "Both have ended: their descriptors are free for the next connections.";
  if (differing.length === 0) return "All four are the same: this cannot be two connections that are open at once.";
  const [last, ...others] = differing.toReversed();
  const list = others.length === 0 ? last : `${others.reverse().join(", ")} and ${last}`;
  if (differing.length === 1) return `Only the ${list} differs${samePort ? "; even the source port is the same" : ""}. That is enough: two connections, two descriptors.`;
  return `They differ in ${list}. One of these would be enough for two connections, with two descriptors.`;
}

customElements.define("live-tuple", Tuple);

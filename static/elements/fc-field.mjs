// Explains the field under the pointer or the keyboard: its name, its bits in
// this frame, their value and meaning, what the RFC says about it and where.
// The last field stays until another one is lit, so that it can be read.

import { Part, count, h, setAttribute, setShown, setText } from "../dom.mjs";
import { draftAt, fieldAt, fieldEntry, hexDigits, sectionLink } from "../reading.mjs";

const shownBytes = 12;

class FieldPanel extends Part {
  #bit = null;

  build() {
    this.swatch = h("span", { className: "swatch", "aria-hidden": "true" });
    this.heading = h("h3", {}, "");
    this.bits = h("span", { className: "mono muted" }, "");
    this.value = h("span", { className: "mono" }, "");
    this.meaning = h("span", {}, "");
    this.text = h("p", { className: "muted" }, "");
    this.link = h("a", { className: "mono", target: "_blank", rel: "noreferrer" }, "");
    this.body = h("div", { className: "field-body panel" },
      h("header", { className: "field-head" }, this.swatch, this.heading, this.bits, this.link),
      h("p", { className: "field-value" }, this.value, this.meaning), this.text);
    this.hint = h("p", { className: "muted" }, "Point at a bit, a byte or a word, or walk to one with the arrow keys.");
    // Where the panel is out of sight, on narrow windows, a bar at the bottom says the least.
    this.barSwatch = h("span", { className: "swatch" });
    this.barText = h("span", {}, "");
    this.bar = h("div", { className: "field-bar", "aria-hidden": "true" }, this.barSwatch, this.barText);
    this.append(h("header", { className: "part-head" }, h("h2", {}, "Field")), this.hint, this.body, this.bar);
  }

  paint(state) {
    if (state.lit) this.#bit = state.lit.bit;
    const field = this.#bit === null ? null : fieldAt(state.report, this.#bit);
    setShown(this.body, field !== null);
    setShown(this.hint, field === null);
    setShown(this.bar, field !== null && state.lit !== null);
    if (field === null) return;
    const entry = fieldEntry(state.catalog, field.name);
    const draft = draftAt(state.view, field.bit >> 3);
    const from = field.bit - (state.view.drafts[draft]?.start ?? 0) * 8;
    for (const swatch of [this.swatch, this.barSwatch]) setAttribute(swatch, "data-tint", entry.tint);
    setText(this.heading, entry.title);
    setText(this.bits, field.bits === 1 ? `bit ${from}` : `bits ${from.toLocaleString("en")}–${(from + field.bits - 1).toLocaleString("en")}`);
    setText(this.value, valueText(state.bytes, field));
    setText(this.barText, [entry.title, this.value.textContent, field.meaning].filter(Boolean).join(" · "));
    setText(this.meaning, field.meaning && field.meaning[0].toUpperCase() + field.meaning.slice(1) + (field.short ? ". The bytes end inside this field." : "."));
    setShown(this.meaning, field.meaning !== "");
    setText(this.text, entry.text);
    const { number, place, href } = sectionLink(entry.section);
    setShown(this.link, entry.section !== "");
    setText(this.link, `RFC ${number}, ${place}`);
    setAttribute(this.link, "href", href);
  }
}

/** The bits as they stand: in hex where they are whole bytes, as bits where not. */
function valueText(bytes, { bit, bits, value }) {
  if (bit % 8 !== 0 || bits % 8 !== 0) {
    let digits = "";
    for (let at = bit; at < bit + bits && at < bytes.length * 8; at++) digits += (bytes[at >> 3] >> (7 - (at & 7))) & 1;
    return digits === value ? digits : `${digits} = ${value}`;
  }
  const start = bit / 8;
  const end = Math.min(start + bits / 8, bytes.length);
  const digits = Array.from(bytes.subarray(start, Math.min(end, start + shownBytes)), (byte) => hexDigits[byte]).join(" ");
  const rest = end - start > shownBytes ? ` … (${count(end - start, "byte")})` : "";
  const same = digits.replaceAll(" ", "") === value || value === "";
  return `${digits}${rest}${same ? "" : ` = ${value}`}`;
}

customElements.define("fc-field", FieldPanel);

// The form: every field of the selected draft, each independent of the others.
// Whatever is chosen or typed becomes one `set` operation at once. A field that
// is being typed into keeps the text as typed until it is left; all others
// follow the draft. What cannot be carried out is said below its field.

import { Part, count, digits, h, setAttribute, setShown, setText, uniqueId } from "../dom.mjs";
import { draftAt, fieldEntry, fieldsOf, frameAt, litBy, plainPayload, toHex } from "../reading.mjs";
import { bitNames, describe } from "./form-fields.mjs";

/** A payload up to this long is turned from text into hex, or back, as it is. */
const convertible = 1 << 16;

/** Raw bytes up to this many are shown as digits. */
const longestRaw = 4096;

class Form extends Part {
  #typing = null;

  build() {
    const set = (field, value, typed) => this.#set(field, value, typed);
    const parts = describe(set);
    this.controls = parts.controls;
    this.frameOnly = parts.frameOnly;
    this.groups = parts.groups;
    this.error = h("p", { className: "error-line", id: uniqueId("form-error"), role: "status" }, "");
    this.append(
      h("section", { className: "panel form-panel", "aria-label": "Fields of the frame" },
        h("header", { className: "panel-head" }, h("h2", {}, "Fields"), parts.bitGroup),
        h("div", { className: "form-fields" }, this.groups.all), this.error));
    this.rows = this.querySelectorAll("[data-field]");
    this.addEventListener("focusin", (event) => this.#light(event.target));
    this.addEventListener("pointerover", (event) => this.#light(event.target));
    this.addEventListener("pointerleave", () => this.intend({ do: "light", field: null }));
    this.addEventListener("focusout", () => {
      this.#typing = null;
      this.intend({ do: "light", field: null });
      // The field shows the draft's own value again, so the complaint has no object left.
      if (this.state?.error?.intent === "edit") this.intend({ do: "dismiss" });
      if (this.state?.view) this.paint(this.state);
    });
    this.controls.payloadForm.forEach((radio) => radio.addEventListener("change", () => this.#turn(radio.value)));
  }

  #set(field, value, typed = null) {
    this.#typing = typed;
    this.intend({ do: "edit", op: `set ${this.state.selected} ${field}\n${value}`, kind: typed ? `form ${field}` : "" });
  }

  paint(state, keepsError = false) {
    const draft = state.view.drafts[state.selected];
    setShown(this, Boolean(draft));
    if (!draft) return;
    const frame = draft.kind === "frame";
    const { controls } = this;
    for (const node of this.frameOnly) setShown(node, frame);
    for (const name of bitNames) controls[name].checked = draft[name] === 1;
    this.#fillOpcodes(state.catalog);
    this.#fill(controls.opcode, String(draft.opcode));

    controls.keyThere.checked = draft.key !== null;
    controls.key.disabled = draft.key === null;
    this.#fill(controls.key, draft.key ?? "");
    const used = draft.xor === null ? "same" : /^0*$/.test(draft.xor) ? "none" : "other";
    this.#fill(controls.used, used);
    setShown(controls.xor, used === "other");
    this.#fill(controls.xor, draft.xor ?? "");

    this.#fill(controls.form, draft.form === 0 ? "" : String(draft.form));
    this.#fill(controls.length, draft.length ?? "");
    setAttribute(controls.length, "placeholder", `its own, ${digits(draft.payload.length)}`);
    this.#fill(controls.cut, String(draft.cut));

    // Raw bytes may be written as text or repeated; here they are digits always.
    const raw = () => (draft.end - draft.start > longestRaw ? null : toHex(state.bytes.subarray(draft.start, draft.end)));
    const payload = frame ? draft.payload : { ...draft.payload, value: raw() };
    setText(controls.payloadTitle, frame ? "Payload" : "Raw bytes, in hex");
    const kind = frame ? payload.form : "hex";
    for (const radio of controls.payloadForm) radio.checked = radio.value === kind;
    this.#fillCodes(state.catalog);
    this.#fill(controls.code, payload.code === null ? "" : String(payload.code));
    this.#paintPayload(kind, payload);
    this.#paintDeflate(frame ? payload.deflate : null, state.catalog.deflate);
    if (keepsError !== true) this.#paintError(state.error);
    this.#paintLit(state, draft);
  }

  /** The rows that set the lit field, if it is this draft's own as a receiver reads it. */
  #paintLit({ lit, report, view, selected, catalog }, draft) {
    const here = lit !== null && draftAt(view, lit.bit >> 3) === selected && report.frames[frameAt(report, lit.bit >> 3)]?.start === draft.start;
    for (const row of this.rows) {
      const on = here && row.dataset.field.split(",").includes(lit.name);
      setAttribute(row, "data-lit", on);
      setAttribute(row, "data-tint", on ? fieldEntry(catalog, lit.name).tint : null);
    }
  }

  #paintPayload(kind, payload) {
    const { controls } = this;
    setShown(controls.repeatRow, kind === "repeat");
    setShown(controls.content, kind !== "repeat");
    const long = payload.value === null;
    setAttribute(controls.content, "aria-label", kind === "text" ? "Payload as text" : "Payload as hex digits");
    setAttribute(controls.content, "data-kind", kind);
    controls.content.readOnly = long;
    if (kind === "repeat") {
      this.#fill(controls.repeated, payload.value ?? "");
      this.#fill(controls.times, String(payload.count));
    } else if (long) {
      this.#fill(controls.content, "");
      setAttribute(controls.content, "placeholder", `${count(payload.length, "byte")}: edit them in the grids or the notation, or choose another kind of payload.`);
    } else {
      this.#fill(controls.content, kind === "hex" ? spaced(payload.value) : payload.value);
      setAttribute(controls.content, "placeholder", "empty");
    }
  }

  #paintDeflate(deflate, { blocks, minWindowBits, maxWindowBits }) {
    const { compress, block, final, tail, window, howRow } = this.controls;
    if (block.options.length === 0) {
      block.append(...blocks.map((name, at) => h("option", { value: name }, at === 0 ? name : `${name} blocks`)));
      for (let bits = minWindowBits; bits <= maxWindowBits; bits++) {
        window.append(h("option", { value: String(bits) }, `${(2 ** bits).toLocaleString("en")} bytes of window`));
      }
    }
    compress.checked = deflate !== null;
    setShown(howRow, deflate !== null);
    block.disabled = deflate === null;
    this.#fill(block, deflate?.block ?? blocks[0]);
    final.checked = deflate?.final ?? false;
    tail.checked = deflate?.tail ?? false;
    this.#fill(window, String(deflate?.window ?? ""));
  }

  #paintError(error) {
    const own = error?.intent === "edit" ? /^set \d+ (\S+)/.exec(error.op) : null;
    setText(this.error, own ? error.message : "");
    const wrong = own ? (own[1] === "repeat" ? "times" : own[1] === "text" || own[1] === "hex" ? "content" : own[1]) : null;
    for (const name of ["key", "xor", "length", "cut", "code", "content", "times", "repeated"]) {
      const bad = name === wrong;
      setAttribute(this.controls[name], "aria-invalid", bad ? "true" : null);
      setAttribute(this.controls[name], "aria-describedby", bad ? this.error.id : null);
    }
  }

  /** Follows the draft, except while somebody types here. */
  #fill(control, value) {
    if (control === document.activeElement && this.#typing === control) return;
    if (control.value !== value) control.value = value;
  }

  #fillOpcodes(catalog) {
    const { opcode } = this.controls;
    if (opcode.options.length > 0) return;
    opcode.append(...catalog.opcodes.map(({ value, name, reserved }) =>
      h("option", { value: String(value) }, `${value.toString(16)}  ${name}${reserved ? " (reserved)" : ""}`)));
  }

  #fillCodes(catalog) {
    const { codes } = this.controls;
    if (codes.childElementCount > 0) return;
    codes.append(...catalog.statusCodes.map(({ first, name }) => h("option", { value: String(first) }, name)));
  }

  /** Says the same payload in another form. */
  #turn(kind) {
    const { view, selected, bytes } = this.state;
    const draft = view.drafts[selected];
    if (!draft) return;
    const plain = plainPayload(draft, bytes);
    if (kind === "repeat") {
      const { form, value, count: times } = draft.payload;
      this.#set("repeat", `${form !== "text" && value ? value : toHex((plain ?? []).slice(0, 1)) || "00"},${times}`);
      return;
    }
    try {
      if (plain === null) throw new RangeError("what a long text is compressed to");
      if (plain.length > convertible) throw new RangeError(`more than ${count(convertible, "byte")}`);
      this.#set(kind, kind === "hex" ? toHex(plain) : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain));
    } catch (error) {
      const why = error instanceof RangeError ? `they are ${error.message}` : "they are not UTF-8";
      setText(this.error, `These bytes stay as they are: ${why}.`);
      this.paint(this.state, true);
    }
  }

  /** The field that a control stands for, lit in every view. */
  #light(target) {
    const names = target.closest?.("[data-field]")?.dataset.field.split(",");
    const { state } = this;
    const draft = state?.view?.drafts[state.selected];
    if (!names || !draft) return;
    const frame = frameAt(state.report, draft.start);
    const own = fieldsOf(state.report).filter((one) => one.frame === frame);
    // The last name says it best, where a frame has that field.
    const field = names.map((name) => own.find((one) => one.name === name)).findLast(Boolean);
    if (field) this.intend({ do: "light", field: litBy(field) });
  }
}

/** Hex digits in pairs. */
function spaced(digits) {
  return digits.replace(/(..)(?=.)/g, "$1 ");
}

customElements.define("fc-form", Form);

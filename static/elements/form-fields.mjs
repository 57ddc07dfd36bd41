// The controls of the form, made once. Native controls all of them: check boxes
// for bits, selects for what has a few values, text fields for the rest. Each
// group carries the name of the field that it sets, for lighting it up.

import { h, uniqueId } from "../dom.mjs";

export const bitNames = ["fin", "rsv1", "rsv2", "rsv3", "mask"];

/**
 * Makes the controls. `set(field, value, typed)` is called for every change;
 * `typed` is the control itself when somebody is still typing into it.
 */
export function describe(set) {
  const controls = {};
  const payloadName = uniqueId("payload-form");
  const codesId = uniqueId("status-codes");
  const frameOnly = [];
  const groups = {};
  const onlyFrames = (node) => {
    frameOnly.push(node);
    return node;
  };

  const text = (name, label, properties = {}) => {
    controls[name] = h("input", {
      type: "text", className: "mono", autocomplete: "off", spellcheck: "false", autocapitalize: "off", "aria-label": label,
      ...properties,
    });
    return controls[name];
  };
  const sets = (control, field, value = (node) => node.value) => {
    control.addEventListener("input", () => set(field, value(control), control));
    return control;
  };

  const bits = bitNames.map((name) => {
    controls[name] = h("input", { type: "checkbox", onchange: (event) => set(name, event.target.checked ? 1 : 0) });
    return h("label", { className: "bit-choice mono", "data-field": name.toUpperCase() }, controls[name], name.toUpperCase());
  });
  const bitGroup = onlyFrames(h("div", { className: "bit-choices", role: "group", "aria-label": "Bits" }, bits));

  controls.opcode = h("select", { className: "mono", onchange: (event) => set("opcode", event.target.value) });

  controls.keyThere = h("input", {
    type: "checkbox",
    "aria-label": "A masking key is written",
    onchange: (event) => set("key", event.target.checked ? randomKey() : ""),
  });
  sets(text("key", "Masking key, eight hex digits", { maxlength: "8", size: "8" }), "key");
  controls.used = h("select", {
    "aria-label": "Key that the payload is really masked with",
    onchange: ({ target }) => set("xor", { same: "", none: "00000000", other: randomKey() }[target.value]),
  }, h("option", { value: "same" }, "the key written"), h("option", { value: "none" }, "none at all"), h("option", { value: "other" }, "another one"));
  sets(text("xor", "Key really used, eight hex digits", { maxlength: "8", size: "8" }), "xor");

  controls.form = h("select", { "aria-label": "Length form", onchange: (event) => set("form", event.target.value) },
    h("option", { value: "" }, "shortest"), ["7", "16", "64"].map((n) => h("option", { value: n }, `${n} bits`)));
  sets(text("length", "Declared payload length", { inputmode: "numeric" }), "length");
  controls.cut = h("input", { type: "number", min: "0", step: "1", className: "mono", "aria-label": "Bytes cut from the end" });
  sets(controls.cut, "cut", (node) => node.value || "0");

  controls.payloadForm = ["text", "hex", "repeat"].map((value) => h("input", { type: "radio", name: payloadName, value }));
  const kinds = onlyFrames(h("div", { className: "choices", role: "radiogroup", "aria-label": "Kind of payload" },
    controls.payloadForm.map((radio) => h("label", { className: "choice" }, radio, radio.value))));
  controls.payloadTitle = h("span", {}, "");
  controls.codes = h("datalist", { id: codesId });
  sets(text("code", "Status code before the payload", { inputmode: "numeric", list: codesId, placeholder: "none", size: "6" }), "code");
  controls.content = h("textarea", { className: "mono", rows: "1", spellcheck: "false", autocomplete: "off", autocapitalize: "off" });
  controls.content.addEventListener("input", () => set(controls.content.dataset.kind, controls.content.value, controls.content));
  text("repeated", "Hex digits to repeat");
  controls.times = h("input", { type: "number", min: "0", step: "1", className: "mono", "aria-label": "How often" });
  for (const control of [controls.repeated, controls.times]) {
    sets(control, "repeat", () => `${controls.repeated.value},${controls.times.value}`);
  }
  controls.repeatRow = h("div", { className: "repeat-row" }, controls.repeated, h("span", { "aria-hidden": "true" }, "×"), controls.times);

  const words = () =>
    !controls.compress.checked ? "off"
    : [
        controls.block.selectedIndex > 0 && controls.block.value, controls.final.checked && "final", controls.tail.checked && "tail",
        controls.window.value && `window=${controls.window.value}`,
      ].filter(Boolean).join(",");
  const compresses = () => set("deflate", words());
  const check = (name, label) => {
    controls[name] = h("input", { type: "checkbox", onchange: compresses });
    return h("label", { className: "check" }, controls[name], label);
  };
  controls.compress = h("input", { type: "checkbox", "aria-label": "The payload is compressed", onchange: compresses });
  controls.block = h("select", { "aria-label": "Types of blocks", onchange: compresses });
  controls.window = h("select", { "aria-label": "Window bits", onchange: compresses }, h("option", { value: "" }, "largest window"));
  controls.howRow = h("div", { className: "deflate-row" }, check("final", "BFINAL"), check("tail", "00 00 ff ff kept"), controls.window);

  const row = (label, field, ...content) =>
    h("div", { className: "form-row", "data-field": field }, h("span", { className: "form-label" }, label), h("div", { className: "form-value" }, content));

  const opcodeRow = onlyFrames(h("label", { className: "form-row", "data-field": "opcode" },
    h("span", { className: "form-label" }, "Opcode"), h("div", { className: "form-value" }, controls.opcode)));
  const keyRow = onlyFrames(row("Masking key", "masking key", controls.keyThere, controls.key));
  const usedRow = onlyFrames(row("Masked with", "payload data", controls.used, controls.xor));
  const lengthRow = onlyFrames(row("Length form", "payload length,extended payload length", controls.form));
  const declaredRow = onlyFrames(row("Declared length", "payload length,extended payload length", controls.length));
  const cutRow = onlyFrames(row("Bytes cut off", "payload data", controls.cut));
  const compressRow = onlyFrames(row("Compressed", "payload data", controls.compress, controls.block));
  const codeRow = onlyFrames(row("Status code", "status code", controls.code, controls.codes));
  const payloadRow = h("div", { className: "form-row form-payload", "data-field": "reason,payload data" },
    h("div", { className: "form-label" }, controls.payloadTitle, kinds), h("div", { className: "form-value" }, controls.content, controls.repeatRow));

  groups.all = h("div", { className: "form-all" },
    h("div", { className: "form-columns" }, opcodeRow, keyRow, usedRow, lengthRow, declaredRow, cutRow, codeRow, compressRow), onlyFrames(controls.howRow), payloadRow);
  return { controls, frameOnly, groups, bitGroup };
}

/** A fresh key, as a client draws one for every frame. */
function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// How the bytes are to be read: who sent them, whether TCP ends after them, and
// what the two sides agreed on. All of it belongs to the page, not to a frame.

import { Part, h, setShown } from "../dom.mjs";

class Options extends Part {
  build() {
    const radio = (value, words) => {
      const input = h("input", { type: "radio", name: "sender", value, onchange: () => this.#choose() });
      return { input, label: h("label", { className: "choice" }, input, words) };
    };
    this.client = radio("client", "client");
    this.server = radio("server", "server");
    this.ended = h("input", { type: "checkbox", onchange: () => this.#choose() });
    this.deflate = h("input", { type: "checkbox", onchange: () => this.#choose() });
    this.params = h("div", { className: "agreement", role: "group", "aria-label": "Agreed parameters" });
    this.append(
      h("div", { className: "choices", role: "radiogroup", "aria-label": "Sent by" },
        h("span", { className: "choices-title muted", "aria-hidden": "true" }, "Sent by"), this.client.label, this.server.label),
      h("label", { className: "check" }, this.ended, "TCP ends after these bytes"),
      h("label", { className: "check" }, this.deflate, "Compression is agreed on"), this.params);
  }

  paint(state) {
    this.client.input.checked = state.sender === "client";
    this.server.input.checked = state.sender === "server";
    this.ended.checked = state.ended;
    this.deflate.checked = state.deflate !== "";
    setShown(this.params, state.deflate !== "");
    if (!state.catalog) return;
    this.controls ??= this.#describe(state.catalog.deflate);
    // Written by Go, so the same each time: "permessage-deflate; name; name=10".
    const said = new Map(state.deflate.split("; ").slice(1).map((param) => param.split("=")));
    for (const { name, control } of this.controls) {
      if (control.type === "checkbox") control.checked = said.has(name);
      else control.value = said.get(name) ?? "";
    }
  }

  /** One control for each parameter: a check box, or the windows that there are. */
  #describe({ params, minWindowBits, maxWindowBits }) {
    const windows = Array.from({ length: maxWindowBits - minWindowBits + 1 }, (_, at) => String(minWindowBits + at));
    return params.map(({ name, window }) => {
      const control = window
        ? h("select", { onchange: () => this.#choose() }, h("option", { value: "" }, "not said"), windows.map((bits) => h("option", { value: bits }, bits)))
        : h("input", { type: "checkbox", onchange: () => this.#choose() });
      this.params.append(h("label", { className: "check mono" }, window ? [breakable(name), control] : [control, name]));
      return { name, control };
    });
  }

  #agreement() {
    if (!this.deflate.checked) return "";
    const params = (this.controls ?? []).flatMap(({ name, control }) => {
      if (control.type === "checkbox") return control.checked ? [name] : [];
      return control.value ? [`${name}=${control.value}`] : [];
    });
    return [this.state.catalog.deflate.name, ...params].join("; ");
  }

  #choose() {
    this.intend({
      do: "options", sender: this.server.input.checked ? "server" : "client", ended: this.ended.checked, deflate: this.#agreement(),
    });
  }
}

/** A long name that may be broken behind each of its underscores. */
function breakable(name) {
  return h("span", {}, name.split(/(?<=_)/).flatMap((part, at) => (at > 0 ? [h("wbr"), part] : [part])));
}

customElements.define("fc-options", Options);

// How the bytes are to be read: who sent them, and whether TCP ends after them.
// Both belong to the page, not to a frame.

import { Part, h } from "../dom.mjs";

class Options extends Part {
  build() {
    const radio = (value, words) => {
      const input = h("input", { type: "radio", name: "sender", value, onchange: () => this.#choose() });
      return { input, label: h("label", { className: "choice" }, input, words) };
    };
    this.client = radio("client", "client");
    this.server = radio("server", "server");
    this.ended = h("input", { type: "checkbox", onchange: () => this.#choose() });
    this.append(
      h("div", { className: "choices", role: "radiogroup", "aria-label": "Sent by" },
        h("span", { className: "choices-title muted", "aria-hidden": "true" }, "Sent by"), this.client.label, this.server.label),
      h("label", { className: "check" }, this.ended, "TCP ends after these bytes"));
  }

  paint(state) {
    this.client.input.checked = state.sender === "client";
    this.server.input.checked = state.sender === "server";
    this.ended.checked = state.ended;
  }

  #choose() {
    this.intend({ do: "options", sender: this.server.input.checked ? "server" : "client", ended: this.ended.checked });
  }
}

customElements.define("fc-options", Options);

// Reading a transcript that somebody has, without playing anything: a button
// opens a dialog for its text; pasting anywhere outside of inputs does without.
// What the text is, and where it is wrong, Go decides.

import { shownBench } from "../benches.mjs";
import { h, setAttribute, setText } from "../dom.mjs";
import { WirePart } from "../wire/wire-part.mjs";

class WirePaste extends WirePart {
  #listen = null;

  build() {
    const button = h("button", { type: "button", "aria-haspopup": "dialog", onclick: () => this.open() }, "Paste");
    this.area = h("textarea", {
      className: "mono", id: "wire-paste-text", rows: "12", spellcheck: "false", autocomplete: "off", autocapitalize: "off",
      placeholder: '0ms client open 127.0.0.1:50112 127.0.0.1:8080\n0.31ms client bytes "GET /echo HTTP/1.1\\r\\n…"\n0.52ms server bytes 81 05 48 65 6c 6c 6f\n1.2ms client end',
      "aria-describedby": "wire-paste-about wire-paste-result",
      onkeydown: (event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        event.stopPropagation();
        this.#load();
      },
    });
    this.result = h("p", { className: "paste-result", id: "wire-paste-result", role: "status" });
    this.dialog = h("dialog", { className: "sheet paste-sheet", "aria-labelledby": "wire-paste-title" },
      h("form", { method: "dialog", onsubmit: (event) => this.#submitted(event) },
        h("h2", { id: "wire-paste-title" }, "Read a transcript"),
        h("p", { id: "wire-paste-about", className: "muted" }, "One entry a line: the time, the side, what happened. Nothing is played."),
        h("label", { className: "visually-hidden", for: "wire-paste-text" }, "Transcript"),
        this.area, this.result,
        h("div", { className: "sheet-actions" },
          h("button", { type: "button", onclick: () => this.dialog.close() }, "Cancel"),
          h("button", { type: "submit", className: "primary" }, "Read"))));
    this.append(button, this.dialog);
  }

  connectedCallback() {
    super.connectedCallback();
    this.#listen = new AbortController();
    document.addEventListener("paste", (event) => this.#pasted(event), { signal: this.#listen.signal });
  }

  disconnectedCallback() {
    this.#listen.abort();
  }

  open() {
    if (this.dialog.open) return;
    this.#say("");
    this.dialog.showModal();
    this.area.focus();
  }

  paint(state, before) {
    if (!state.pasted || state.pasted === before?.pasted) return;
    const { error, text } = state.pasted;
    if (error === "") {
      this.dialog.close();
      return;
    }
    if (!this.dialog.open) {
      this.area.value = text;
      this.dialog.showModal();
    }
    this.#say(error);
    this.area.focus();
  }

  #say(error) {
    this.result.classList.toggle("error", error !== "");
    setText(this.result, error);
    setAttribute(this.area, "aria-invalid", error === "" ? null : "true");
  }

  #submitted(event) {
    event.preventDefault();
    this.#load();
  }

  #load() {
    if (this.area.value.trim() === "") this.#say("There is nothing to read yet.");
    else this.intend({ do: "paste", text: this.area.value });
  }

  #pasted(event) {
    if (event.defaultPrevented || shownBench() !== "wire" || this.dialog.open) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable], [role=grid]") !== null) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text.trim() === "") return;
    event.preventDefault();
    this.intend({ do: "paste", text });
  }
}

customElements.define("wire-paste", WirePaste);

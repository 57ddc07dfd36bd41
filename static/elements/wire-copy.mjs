// What can be copied out of the Wire workbench: the scenario, the transcript that
// is shown, the link that holds the scenario. The button opens a native popover.

import { h, setText } from "../dom.mjs";
import { WirePart } from "../wire/wire-part.mjs";

const confirmFor = 2500;
const items = [["scenario", "Scenario"], ["transcript", "Transcript"], ["link", "Link"]];

class WireCopy extends WirePart {
  #timer = 0;

  build() {
    this.button = h("button", { type: "button", popovertarget: "wire-copy-menu" }, "Copy");
    this.choices = items.map(([what, words]) => h("button", { type: "button", className: "quiet", "data-what": what, onclick: () => this.#copy(what) }, words));
    this.menu = h("div", { className: "popup copy-menu", id: "wire-copy-menu", popover: "auto", role: "group", "aria-label": "Copy" }, h("div", { className: "copy-items" }, this.choices));
    this.done = h("div", { className: "popup copy-done", popover: "manual" });
    this.append(this.button, this.menu, this.done);
    this.menu.addEventListener("toggle", ({ newState }) => {
      if (newState !== "open") return;
      this.#place(this.menu);
      this.choices[0].focus();
    });
    this.menu.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const open = this.choices.filter((one) => !one.disabled);
      open[(open.indexOf(document.activeElement) + step + open.length) % open.length].focus();
    });
  }

  paint(state, before) {
    this.choices[1].disabled = !state.shown;
    if (!state.copied || state.copied === before?.copied) return;
    setText(this.done, `✓ ${state.copied.words}`);
    this.done.showPopover();
    this.#place(this.done);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.done.hidePopover(), confirmFor);
  }

  #copy(what) {
    this.menu.hidePopover();
    this.button.focus();
    this.intend({ do: "copy", what });
  }

  /** Below the button, and inside the window. */
  #place(popup) {
    const anchor = this.button.getBoundingClientRect();
    const left = Math.max(4, Math.min(anchor.left, document.documentElement.clientWidth - popup.offsetWidth - 4));
    popup.style.setProperty("left", `${left}px`);
    popup.style.setProperty("top", `${anchor.bottom + 4}px`);
  }
}

customElements.define("wire-copy", WireCopy);

// <fc-copy>: everything that can be copied out: hex, notation, the link, and a
// literal for each language that Go can write one for. The button opens a
// native popover, which closes by itself; a second one says in words what was
// copied, wherever the copying was asked for.

import { Part, h, setShown, setText } from "../dom.mjs";

const confirmFor = 2500;

class FcCopy extends Part {
  #parts;
  #timer = 0;
  #catalog = null;

  build() {
    const button = h("button", { type: "button", popovertarget: "copy-menu", id: "copy-button" }, "Copy");
    const scope = ["all", "one"].map((value) =>
      h("label", {}, h("input", { type: "radio", name: "copy-scope", value, checked: value === "all" }), h("span", {}, "")),
    );
    const choice = h("fieldset", { class: "copy-scope" }, h("legend", { class: "visually-hidden" }, "What to copy"), ...scope);
    const items = h("div", { class: "copy-items" });
    const menu = h(
      "div",
      { class: "popup copy-menu", id: "copy-menu", popover: "auto", role: "group", "aria-label": "Copy" },
      choice,
      items,
    );
    const done = h("div", { class: "popup copy-done", popover: "manual" });
    this.append(button, menu, done);
    this.#parts = { button, scope, choice, items, menu, done };

    menu.addEventListener("toggle", ({ newState }) => {
      if (newState !== "open") return;
      this.#place(menu);
      items.querySelector("button")?.focus();
    });
    menu.addEventListener("keydown", (event) => this.#key(event));
  }

  paint(state, before) {
    const { scope, choice, done } = this.#parts;
    if (state.catalog && state.catalog !== this.#catalog) {
      this.#catalog = state.catalog;
      this.#list();
    }
    if (!before || state.selected !== before.selected || state.view !== before.view) {
      const drafts = state.view?.drafts.length ?? 0;
      setText(scope[0].lastElementChild, `All ${drafts}`);
      setText(scope[1].lastElementChild, `Only number ${state.selected + 1}`);
      setShown(choice, drafts > 1);
    }
    if (state.copied && state.copied !== before?.copied) {
      setText(done, `✓ ${state.copied.words}`);
      done.showPopover?.();
      this.#place(done);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => done.hidePopover(), confirmFor);
    }
  }

  #list() {
    const plain = [
      ["hex", "Hex"],
      ["notation", "Notation"],
    ];
    const literals = this.#catalog.literals.map(({ id, title }) => [id, title]);
    const button = ([what, title]) => h("button", { type: "button", class: "quiet", "data-what": what, onclick: () => this.#copy(what) }, title);
    this.#parts.items.replaceChildren(
      ...plain.map(button),
      h("p", { class: "copy-title" }, "As a literal"),
      ...literals.map(button),
      h("p", { class: "copy-title" }, "The whole draft"),
      button(["link", "Link"]),
    );
  }

  #copy(what) {
    const { menu, scope, choice, button } = this.#parts;
    const all = choice.hidden || scope[0].firstElementChild.checked;
    menu.hidePopover();
    button.focus();
    this.intend({ do: "copy", what, all: what === "link" || all });
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.target.type === "radio") return;
    event.preventDefault();
    const buttons = [...this.#parts.items.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length].focus();
  }

  /** Below the button, and inside the window. */
  #place(popup) {
    const anchor = this.#parts.button.getBoundingClientRect();
    const gap = 4;
    const left = Math.max(gap, Math.min(anchor.left, document.documentElement.clientWidth - popup.offsetWidth - gap));
    popup.style.setProperty("left", `${left}px`);
    popup.style.setProperty("top", `${anchor.bottom + gap}px`);
  }
}

customElements.define("fc-copy", FcCopy);

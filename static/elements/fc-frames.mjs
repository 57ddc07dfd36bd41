// The frames in a row: choose one, add, duplicate, remove, move, undo and redo.
// Each card says what its frame is and how many rules are broken in it. The
// cards are one stop for Tab; the arrow keys walk them, Alt with the arrow keys
// moves a frame, Delete removes it.

import { Part, count, h, icon, resize, setAttribute, setShown, setText } from "../dom.mjs";
import { brokenCounts, draftAt } from "../reading.mjs";

/** So many cards are drawn, around the selected one. */
const mostCards = 120;

export const pictures = {
  duplicate: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  remove: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.7 9h5.6l.7-9",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  undo: "M6 3L2.5 6.5 6 10M3 6.5h6.5a4 4 0 0 1 0 8H7",
  redo: "M10 3l3.5 3.5L10 10M13 6.5H6.5a4 4 0 0 0 0 8H9",
};

class Frames extends Part {
  #first = 0;

  build() {
    this.list = h("ol", {
      className: "frames",
      "aria-label": "Frames, in the order of the wire",
      onkeydown: (event) => this.#key(event),
      onclick: (event) => this.#clicked(event),
    });
    this.earlier = h("p", { className: "muted frames-more" }, "");
    this.later = h("p", { className: "muted frames-more" }, "");
    const button = (words, run, picture, shortcut) => {
      const node = h("button", { type: "button", className: picture ? "icon" : "", title: shortcut ? `${words} (${shortcut})` : words, "aria-label": picture ? words : null, onclick: run });
      node.append(picture ? icon(pictures[picture]) : words);
      return node;
    };
    const edit = (op) => () => this.intend({ do: "edit", op: op(this.state.selected) });
    this.buttons = {
      duplicate: button("Duplicate frame", edit((i) => `duplicate ${i}`), "duplicate", "d"),
      remove: button("Remove frame", edit((i) => `remove ${i}`), "remove", "Delete"),
      up: button("Move frame up", edit((i) => `move ${i} ${i - 1}`), "up", "Alt+Up"),
      down: button("Move frame down", edit((i) => `move ${i} ${i + 1}`), "down", "Alt+Down"),
      undo: button("Undo", () => this.intend({ do: "undo" }), "undo", "Ctrl+Z"),
      redo: button("Redo", () => this.intend({ do: "redo" }), "redo", "Ctrl+Shift+Z"),
    };
    this.append(
      this.earlier,
      this.list,
      this.later,
      h("div", { className: "frames-tools", role: "toolbar", "aria-label": "Frames" },
        h("div", { className: "tool-row" },
          button("+ Frame", () => this.intend({ do: "add", what: "frame" }), null, "n"),
          button("+ Bytes", () => this.intend({ do: "add", what: "bytes" }), null, "r")),
        h("div", { className: "tool-row" }, Object.values(this.buttons))));
  }

  paint(state) {
    const { drafts } = state.view;
    const lit = state.lit ? draftAt(state.view, state.lit.bit >> 3) : -1;
    const counts = brokenCounts(state.view, state.report);
    const shown = Math.min(drafts.length, mostCards);
    this.#first = Math.max(0, Math.min(state.selected - (shown >> 1), drafts.length - shown));
    const cards = resize(this.list, shown, () => this.#makeCard());
    for (let slot = 0; slot < shown; slot++) {
      const index = this.#first + slot;
      this.#paintCard(cards[slot].firstChild, drafts[index], index, counts[index]);
      setAttribute(cards[slot].firstChild, "data-lit", index === lit && index !== state.selected);
    }
    const behind = drafts.length - this.#first - shown;
    setText(this.earlier, this.#first > 0 ? `${count(this.#first, "frame")} before` : "");
    setShown(this.earlier, this.#first > 0);
    setText(this.later, drafts.length === 0 ? "No frame. Add one, or take one from “Break it”." : behind > 0 ? `${count(behind, "frame")} behind` : "");
    setShown(this.later, behind > 0 || drafts.length === 0);
    this.buttons.duplicate.disabled = drafts.length === 0;
    this.buttons.remove.disabled = drafts.length === 0;
    this.buttons.up.disabled = state.selected === 0;
    this.buttons.down.disabled = state.selected >= drafts.length - 1;
    this.buttons.undo.disabled = !state.undoable && !state.error;
    this.buttons.redo.disabled = !state.redoable;
  }

  #makeCard() {
    const number = h("span", { className: "frame-digits" }, "");
    const name = h("span", { className: "frame-name" }, "");
    const broken = h("span", {}, "");
    const words = h("span", { className: "visually-hidden" }, "");
    const mark = h("span", { className: "frame-broken" }, broken, h("span", { "aria-hidden": "true" }, " ⚠"), words);
    const detail = h("span", { className: "frame-detail" }, "");
    const button = h("button", { type: "button", className: "frame-card mono" },
      h("span", { className: "frame-number" }, h("span", { className: "visually-hidden" }, "Frame "), number), name, mark, detail);
    Object.defineProperty(button, "parts", { value: { number, name, broken, words, mark, detail } });
    return h("li", {}, button);
  }

  #paintCard(button, draft, index, broken) {
    const { number, name, broken: digits, words, mark, detail } = button.parts;
    const selected = index === this.state.selected;
    setText(number, String(index + 1));
    setText(name, nameOf(draft));
    setText(digits, String(broken));
    setText(words, broken === 1 ? " rule broken" : " rules broken");
    setShown(mark, broken > 0);
    setText(detail, detailOf(draft));
    setAttribute(button, "aria-current", selected ? "true" : null);
    setAttribute(button, "tabindex", selected ? "0" : "-1");
  }

  #indexOf(node) {
    const item = node.closest?.("li");
    return item ? this.#first + [...this.list.children].indexOf(item) : -1;
  }

  #clicked(event) {
    const index = this.#indexOf(event.target);
    if (index >= 0) this.intend({ do: "select", index });
  }

  #key(event) {
    const { selected, view } = this.state;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const last = view.drafts.length - 1;
    const to = { ArrowUp: selected - 1, ArrowDown: selected + 1, Home: 0, End: last }[event.key];
    if (to !== undefined && !event.altKey) this.intend({ do: "select", index: Math.max(0, Math.min(to, last)) });
    else if ((event.key === "Delete" || event.key === "Backspace") && last >= 0) this.intend({ do: "edit", op: `remove ${selected}` });
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.focusSelected();
  }

  /** The focus follows the selection. */
  focusSelected() {
    const card = this.list.children[this.state.selected - this.#first]?.firstChild;
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest" });
  }
}

/** What a draft is, in the fewest words: its opcode and what is unusual about its bits. */
function nameOf(draft) {
  if (draft.kind === "bytes") return "bytes";
  const flags = [];
  if (draft.fin === 0) flags.push("FIN=0");
  for (const bit of ["rsv1", "rsv2", "rsv3"]) if (draft[bit] === 1) flags.push(bit.toUpperCase());
  if (draft.form !== 0) flags.push(`${draft.form}-bit`);
  return [draft.opcodeName, ...flags].join(" ");
}

/** The beginning of its payload, and how many bytes it makes. */
function detailOf(draft) {
  const { value, form, code, count: times, length, deflate } = draft.payload;
  const size = count(draft.end - draft.start, "byte");
  let preview = "";
  if (value === null) preview = `${count(length, "byte")} of payload`;
  else if (form === "text" && value !== "") preview = `"${clip(value)}"`;
  else if (form === "repeat") preview = `${clip(value)} × ${times.toLocaleString("en")}`;
  else if (value !== "") preview = clip(value.replace(/(..)(?=.)/g, "$1 "));
  return [code, deflate ? `compressed ${preview}` : preview, size].filter((part) => part !== null && part !== "").join(" · ");
}

function clip(text) {
  return text.length > 14 ? `${text.slice(0, 13)}…` : text;
}

customElements.define("fc-frames", Frames);

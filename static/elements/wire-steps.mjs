// The scenario step by step: a card a step, to choose, add, duplicate, remove and
// move. The cards are one stop for Tab; the arrow keys walk them, Delete removes
// one, Alt with the arrow keys moves it. After a play each expectation says
// whether it was met.

import { h, icon, resize, setAttribute, setShown, setText } from "../dom.mjs";
import { outcomesOf } from "../wire/rows.mjs";
import { isFrame, stepAt, stepsOf, textOf } from "../wire/script.mjs";
import { WirePart } from "../wire/wire-part.mjs";
import { pictures } from "./fc-frames.mjs";

/** So many cards are drawn, around the chosen one. */
const mostCards = 200;

class Steps extends WirePart {
  #first = 0;
  #steps = [];

  build() {
    this.list = h("ol", { className: "frames steps", "aria-label": "Steps, in the order they are played", onkeydown: (event) => this.#key(event), onclick: (event) => this.#clicked(event) });
    this.empty = h("p", { className: "muted" }, "No step yet.");
    const button = (words, run, picture, shortcut) => {
      const node = h("button", { type: "button", className: picture ? "icon" : "", title: shortcut ? `${words} (${shortcut})` : words, "aria-label": picture ? words : null, onclick: run });
      node.append(picture ? icon(pictures[picture]) : words);
      return node;
    };
    const step = (what) => () => this.intend({ do: "step-edit", what });
    this.buttons = {
      duplicate: button("Duplicate step", step("duplicate"), "duplicate", "d"),
      remove: button("Remove step", step("remove"), "remove", "Delete"),
      up: button("Move step up", step("up"), "up", "Alt+Up"),
      down: button("Move step down", step("down"), "down", "Alt+Down"),
      undo: button("Undo", () => this.intend({ do: "undo" }), "undo", "Ctrl+Z"),
      redo: button("Redo", () => this.intend({ do: "redo" }), "redo", "Ctrl+Shift+Z"),
    };
    const add = (words, what, shortcut) => button(words, () => this.intend({ do: "step-add", what }), null, shortcut);
    this.append(this.list, this.empty,
      h("div", { className: "frames-tools", role: "toolbar", "aria-label": "Steps" },
        h("div", { className: "tool-row" }, add("+ Frame", "frame", "n"), add("+ Expect", "expect", "x")),
        h("div", { className: "tool-row" }, add("+ Wait", "wait"), add("+ Bytes", "bytes", "r")),
        h("div", { className: "tool-row" }, Object.values(this.buttons))));
  }

  shows({ mode }) {
    return mode === "steps";
  }

  paint(state) {
    this.#steps = stepsOf(state.scenario);
    const chosen = stepAt(this.#steps, state.line);
    const outcomes = state.played ? outcomesOf(state.shown?.conversation) : new Map();
    const shown = Math.min(this.#steps.length, mostCards);
    this.#first = Math.max(0, Math.min(chosen - (shown >> 1), this.#steps.length - shown));
    const cards = resize(this.list, shown, () => makeCard());
    for (let slot = 0; slot < shown; slot++) {
      const index = this.#first + slot;
      const step = this.#steps[index];
      paintCard(cards[slot].firstChild, step, textOf(state.good, step), {
        chosen: index === chosen, tabbed: index === Math.max(0, chosen), outcome: outcomes.get(step.line), next: state.play.line === step.line, wrong: state.error !== null && index === chosen,
      });
    }
    setShown(this.empty, shown === 0);
    const none = this.#steps.length === 0 || chosen < 0;
    this.buttons.duplicate.disabled = this.buttons.remove.disabled = none;
    this.buttons.up.disabled = none || chosen === 0;
    this.buttons.down.disabled = none || chosen === this.#steps.length - 1;
    this.buttons.undo.disabled = !state.undoable && !state.error;
    this.buttons.redo.disabled = !state.redoable;
  }

  #clicked(event) {
    const item = event.target.closest?.("li");
    if (item) this.#choose(this.#first + [...this.list.children].indexOf(item));
  }

  #choose(index) {
    const step = this.#steps[index];
    if (step) this.intend({ do: "line", line: step.line });
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const at = Math.max(0, stepAt(this.#steps, this.state.line));
    const last = this.#steps.length - 1;
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: last }[event.key];
    if (to !== undefined && !event.altKey) this.#choose(Math.max(0, Math.min(last, to)));
    else if (event.key === "Delete" || event.key === "Backspace") this.intend({ do: "step-edit", what: "remove" });
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.focusChosen();
  }

  /** The focus follows the choice. */
  focusChosen() {
    const card = this.list.children[Math.max(0, stepAt(this.#steps, this.state.line)) - this.#first]?.firstChild;
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest" });
  }
}

function makeCard() {
  const parts = {
    line: h("span", { className: "frame-number mono" }, ""),
    name: h("span", { className: "frame-name" }, ""),
    sign: h("span", { className: "step-sign" }, ""),
    detail: h("span", { className: "frame-detail" }, ""),
  };
  const button = h("button", { type: "button", className: "frame-card mono" }, Object.values(parts));
  Object.defineProperty(button, "parts", { value: parts });
  return h("li", {}, button);
}

function paintCard(button, step, text, { chosen, tabbed, outcome, next, wrong }) {
  const { line, name, sign, detail } = button.parts;
  const lines = text.trim().split("\n");
  const [first, ...rest] = lines[0].split(/\s+/);
  setText(line, String(step.line));
  setText(name, isFrame(step) ? first : step.kind);
  setText(detail, [rest.join(" "), ...lines.slice(1).map((one) => one.trim())].filter(Boolean).join(" · ") || "\u00a0");
  setText(sign, wrong ? "! unreadable" : outcome ? (outcome.met ? "✓ met" : "✗ not met") : next ? "▸ next" : "");
  setAttribute(button, "data-outcome", wrong ? "unmet" : outcome ? (outcome.met ? "met" : "unmet") : null);
  setAttribute(button, "data-next", next);
  setAttribute(button, "aria-current", chosen ? "true" : null);
  setAttribute(button, "tabindex", tabbed ? "0" : "-1");
}

customElements.define("wire-steps", Steps);

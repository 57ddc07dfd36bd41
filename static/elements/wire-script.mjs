// The scenario as text. Every key is read at once; what cannot be read is marked
// in place and said below, with line, column and what was expected.
//
// Behind the text area lies a mirror with the same lines in the same places, as
// in fc-notation.mjs. It gives the area its height, carries the marks and, in the
// gutter, each line's number. Once the scenario was played, the gutter also says
// which expectation was met and which was not, and a list below says why, as long
// as the text is still the one that was played.

import { h, resize, setAttribute, setShown, setText, uniqueId } from "../dom.mjs";
import { outcomesOf } from "../wire/rows.mjs";
import { WirePart } from "../wire/wire-part.mjs";

/** Lines beyond these get no number and no marks. */
const markedLines = 4000;
/** Unmet expectations that are listed below the text. */
const listed = 20;

class Script extends WirePart {
  #typing = false;

  build() {
    const errorId = uniqueId("script-error");
    this.mirror = h("div", { className: "script-mirror", "aria-hidden": "true" });
    this.area = h("textarea", {
      className: "script-text",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      "aria-label": "Scenario",
      "aria-describedby": errorId,
      oninput: () => this.#typed(),
      onkeyup: () => this.#caretMoved(),
      onclick: () => this.#caretMoved(),
    });
    this.error = h("p", { className: "error-line script-error", id: errorId, role: "status" }, "");
    this.list = h("ul", { className: "script-outcomes", "aria-label": "Expectations that were not met" });
    this.append(
      h("div", { className: "script panel" }, h("div", { className: "script-edit" }, this.mirror, this.area)),
      this.error, this.list);
  }

  paint(state) {
    if (!this.#typing && this.area.value !== state.doc) {
      const { selectionStart, selectionEnd } = this.area;
      this.area.value = state.doc;
      if (document.activeElement === this.area) this.area.setSelectionRange(selectionStart, selectionEnd);
    }
    const error = state.error;
    setAttribute(this.area, "aria-invalid", error ? "true" : null);
    setText(this.error, error ? sentenceOf(error) : "");
    const outcomes = state.played ? outcomesOf(state.shown?.conversation) : new Map();
    this.#paintMirror(state, outcomes);
    this.#paintList(outcomes);
  }

  #typed() {
    this.#typing = true;
    this.intend({ do: "scenario", doc: this.area.value, kind: "script" });
    this.#typing = false;
  }

  #paintMirror(state, outcomes) {
    const lines = this.area.value.split("\n");
    const shown = Math.min(lines.length, markedLines);
    const rest = lines.length > shown;
    const nodes = resize(this.mirror, shown + (rest ? 1 : 0), () => makeLine());
    const width = String(shown).length;
    if (this.width !== width) {
      this.width = width;
      this.style.setProperty("--digits", String(Math.max(2, width)));
    }
    for (let index = 0; index < shown; index++) {
      const number = index + 1;
      const wrong = state.error?.line === number ? state.error : null;
      const outcome = outcomes.get(number);
      paintLine(nodes[index], lines[index], { number, wrong, outcome, next: state.play.line === number, chosen: state.line === number });
    }
    if (rest) paintLine(nodes[shown], lines.slice(shown).join("\n"), { number: "" });
  }

  #paintList(outcomes) {
    const unmet = [...outcomes].filter(([, { met }]) => !met).sort(([a], [b]) => a - b);
    const items = resize(this.list, Math.min(unmet.length, listed), () => {
      const where = h("button", { type: "button", className: "link mono", onclick: (event) => this.goTo(Number(event.currentTarget.dataset.line)) }, "");
      const why = h("span", {}, "");
      return h("li", {}, h("span", { className: "script-sign", "aria-hidden": "true" }, "✗"), where, why);
    });
    unmet.slice(0, listed).forEach(([line, { note }], index) => {
      const [, where, why] = items[index].children;
      where.dataset.line = line;
      setText(where, `line ${line}`);
      setText(why, `not met${note ? `: ${note}` : ""}`);
    });
    setShown(this.list, unmet.length > 0);
  }

  #caretMoved() {
    const line = this.area.value.slice(0, this.area.selectionStart).split("\n").length;
    if (line !== this.state.line) this.intend({ do: "line", line });
  }

  /** Puts the caret on a line. */
  goTo(line) {
    const before = this.area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const length = this.area.value.split("\n")[line - 1]?.length ?? 0;
    this.area.focus();
    this.area.setSelectionRange(before, before + length);
    this.mirror.children[line - 1]?.scrollIntoView({ block: "nearest" });
  }

  edit() {
    this.area.focus();
  }
}

function makeLine() {
  const sign = h("span", { className: "script-mark" });
  const number = h("span", { className: "script-number" });
  const text = [h("span"), h("span", { className: "wrong" }), h("span")];
  const node = h("div", { className: "script-line" }, h("span", { className: "script-gutter" }, sign, number), text, "\u200b");
  return Object.assign(node, { parts: { sign, number, text } });
}

function paintLine(node, line, { number, wrong = null, outcome = null, next = false, chosen = false }) {
  const { sign, number: digits, text } = node.parts;
  setText(digits, String(number));
  setText(sign, outcome ? (outcome.met ? "✓" : "✗") : wrong ? "!" : next ? "▸" : "");
  setAttribute(node, "data-outcome", outcome ? (outcome.met ? "met" : "unmet") : wrong ? "wrong" : null);
  setAttribute(node, "data-next", next);
  setAttribute(node, "data-chosen", chosen);
  const [from, to] = wrong ? spanOf(line, wrong) : [line.length, line.length];
  setText(text[0], line.slice(0, from));
  setText(text[1], wrong ? line.slice(from, to) || " " : "");
  setText(text[2], line.slice(to));
  setShown(text[1], wrong !== null);
}

/** Columns count characters, JavaScript's strings count halves of some. */
function spanOf(line, { column, width }) {
  const characters = [...line];
  const from = Math.min(characters.slice(0, column - 1).join("").length, line.length);
  const to = Math.min(from + characters.slice(column - 1, column - 1 + width).join("").length, line.length);
  return [from, Math.max(from, to)];
}

/** "Line 3, column 8: found …, expected …." */
function sentenceOf({ message }) {
  return `${message[0].toUpperCase()}${message.slice(1)}.`;
}

customElements.define("wire-script", Script);
